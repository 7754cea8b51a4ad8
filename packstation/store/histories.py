"""A customer's history: from the summaries for the present, from the orders themselves for any other moment."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from packstation.domain.history import FAILED_DELIVERIES_WINDOW, GAP_ORDERS, History, days_between, history_from_orders
from packstation.domain.order_counts import Counts, contribution
from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.past_orders import PastOrder
from packstation.domain.shop_rates import ShopRate, rate_changes
from packstation.domain.times import DAY, day_of, months_back
from packstation.store.database import rows_of
from packstation.store.order_rows import load_orders
from packstation.store.replacing import past_order
from packstation.store.summaries import counts_of

_COUNTING = "kind = 'normal'"


@dataclass(frozen=True, slots=True)
class HistoryScope:
    """Whose eyes a history is seen with: the shop whose currency, zone and rate apply, and the policy's prior weight."""

    shop_id: int
    currency: str
    zone: str
    prior_weight: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The order being judged, as far as it must be taken out of the summaries again."""

    id: int
    buyer_id: int
    counts: Counts
    currency: str
    placed_at: int
    worth: int
    failed_known_at: int | None


def buyers_of(customer_id: int) -> list[tuple[int, str, str]]:
    """The buyers of the customer that this number means now, as (id, channel, external id); never none.

    A number whose own buyer was linked with others since it was read means their customer.
    """
    return [
        (row[0], row[1], row[2])
        for row in rows_of(
            "SELECT id, channel, external_id FROM buyer WHERE customer_id = (SELECT customer_id FROM buyer WHERE home_id = ?) "
            "ORDER BY id",
            (customer_id,),
        )
    ]


def customer_with(buyer_id: int) -> tuple[int, list[tuple[int, str, str]]]:
    """A buyer's customer and all its buyers as (id, channel, external id), at one moment: links change beside a scan."""
    rows = rows_of(
        "SELECT id, channel, external_id, customer_id FROM buyer WHERE customer_id = (SELECT customer_id FROM buyer WHERE id = ?) "
        "ORDER BY id",
        (buyer_id,),
    )
    return rows[0][3], [(row[0], row[1], row[2]) for row in rows]


def left_out(order_id: int) -> LeftOut | None:
    """What the order adds to the summaries; None when it adds nothing."""
    row = rows_of(
        "SELECT buyer_id, outcome, cause, replaced, vouchers, counts_as_cod, currency, placed_at, first_total - refunded, "
        f"outcome_known_at FROM orders WHERE id = ? AND buyer_id IS NOT NULL AND {_COUNTING}",
        (order_id,),
    )
    if not row:
        return None
    buyer_id, outcome, cause, replaced, vouchers, cod, currency, placed_at, worth, known_at = row[0]
    counts = contribution(
        Outcome(outcome),
        FailureCause(cause) if cause else None,
        replaced=bool(replaced),
        has_voucher=vouchers != "[]",
        cod=bool(cod),
    )
    failed_at = known_at if counts.failed_deliveries else None
    return LeftOut(order_id, buyer_id, counts, currency, placed_at, worth if counts.arrived else 0, failed_at)


def history_now(buyers: Sequence[tuple[int, str, str]], scope: HistoryScope, now: int, judged: int | None) -> History:
    """The present history of a customer from the kept summaries: the same cost for 2 orders and for 20,000.

    Args:
        buyers: the customer's buyers, from `buyers_of`.
        scope: whose eyes.
        now: the present, ms UTC.
        judged: the order being judged, left out of every figure; None for the customer screen.
    """
    ids = [buyer_id for buyer_id, _channel, _external in buyers]
    out = left_out(judged) if judged is not None else None
    counts = counts_of(ids)
    if out and out.buyer_id in counts:
        counts[out.buyer_id] -= out.counts
    by_channel: dict[str, Counts] = {}
    for buyer_id, channel, _external in buyers:
        by_channel[channel] = by_channel.get(channel, Counts()) + counts[buyer_id]
    spent, arrived = _spent(ids, scope.currency, out)
    start = months_back(now, 3, scope.zone)
    first, last = _first_and_last(ids, judged)
    return History(
        counts=sum(by_channel.values(), Counts()),
        by_channel={channel: counts for channel, counts in by_channel.items() if counts.orders},
        currency=scope.currency,
        spent_by_currency=spent,
        spent_3m=_spent_since(ids, scope.currency, start, out),
        arrived_in_currency=arrived,
        days_between_orders=days_between(_latest_placed(ids, judged)),
        first_order_at=first,
        last_order_at=last,
        failed_deliveries_90d=_failed_since(ids, now - FAILED_DELIVERIES_WINDOW, out),
        shop_rate=shop_rate_now(scope.shop_id),
        prior_weight=scope.prior_weight,
    )


def _marks(ids: Sequence[int]) -> str:
    return ",".join("?" * len(ids))


def _spent(ids: Sequence[int], currency: str, out: LeftOut | None) -> tuple[dict[str, int], int]:
    spent: dict[str, int] = {}
    arrived: dict[str, int] = {}
    for name, amount, count in rows_of(
        f"SELECT currency, spent, arrived FROM buyer_spent WHERE buyer_id IN ({_marks(ids)})",
        ids,
    ):
        spent[name] = spent.get(name, 0) + amount
        arrived[name] = arrived.get(name, 0) + count
    if out and out.counts.arrived:
        spent[out.currency] -= out.worth
        arrived[out.currency] -= 1
    return {name: amount for name, amount in spent.items() if arrived[name]}, arrived.get(currency, 0)


def _spent_since(ids: Sequence[int], currency: str, start: int, out: LeftOut | None) -> int:
    """Worth of the orders that arrived and were placed from `start` on: whole days from buckets, the first from orders."""
    first_whole_day = day_of(start + DAY - 1)
    total = sum(
        row[0] or 0
        for row in [
            *rows_of(
                f"SELECT sum(spent) FROM buyer_day WHERE buyer_id IN ({_marks(ids)}) AND currency = ? AND day >= ?",
                (*ids, currency, first_whole_day),
            ),
            *rows_of(
                f"SELECT sum(first_total - refunded) FROM orders WHERE buyer_id IN ({_marks(ids)}) AND currency = ? "
                f"AND placed_at >= ? AND placed_at < ? AND {_COUNTING} AND outcome IN ('delivered', 'returned')",
                (*ids, currency, start, first_whole_day * DAY),
            ),
        ]
    )
    taken = out.worth if out and out.currency == currency and out.placed_at >= start else 0
    return int(total) - taken


def _failed_since(ids: Sequence[int], start: int, out: LeftOut | None) -> int:
    count = rows_of(
        f"SELECT count(*) FROM orders WHERE buyer_id IN ({_marks(ids)}) AND outcome IN ('delivery_failed', 'buyer_cancelled') "
        f"AND outcome = 'delivery_failed' AND outcome_known_at >= ? AND (cause IS NULL OR cause <> 'courier') AND {_COUNTING}",
        (*ids, start),
    )[0][0]
    taken = out is not None and out.failed_known_at is not None and out.failed_known_at >= start
    return int(count) - int(taken)


def _first_and_last(ids: Sequence[int], judged: int | None) -> tuple[int | None, int | None]:
    found = [_end(buyer_id, "ASC", judged) for buyer_id in ids]
    latest = [_end(buyer_id, "DESC", judged) for buyer_id in ids]
    return (
        min((placed for placed in found if placed is not None), default=None),
        max((placed for placed in latest if placed is not None), default=None),
    )


def _end(buyer_id: int, direction: str, judged: int | None) -> int | None:
    row = rows_of(
        f"SELECT placed_at FROM orders WHERE buyer_id = ? AND id <> ? AND {_COUNTING} "
        f"ORDER BY placed_at {direction}, id {direction} LIMIT 1",
        (buyer_id, judged or 0),
    )
    return row[0][0] if row else None


def _latest_placed(ids: Sequence[int], judged: int | None) -> list[int]:
    placed = [
        (row[0], row[1])
        for buyer_id in ids
        for row in rows_of(
            f"SELECT placed_at, id FROM orders WHERE buyer_id = ? AND id <> ? AND {_COUNTING} "
            f"AND outcome <> 'unpaid_expired' ORDER BY placed_at DESC, id DESC LIMIT {GAP_ORDERS}",
            (buyer_id, judged or 0),
        )
    ]
    return [moment for moment, _id in sorted(placed, reverse=True)]


def shop_rate_now(shop_id: int) -> ShopRate:
    """The shop's judged and failed orders as of now."""
    row = rows_of("SELECT judged, failed FROM shop_summary WHERE shop_id = ?", (shop_id,))
    return ShopRate(*row[0]) if row else ShopRate()


def past_orders(buyers: Sequence[tuple[int, str, str]]) -> list[PastOrder]:
    """All orders of the customer that count, for a history at any moment."""
    channels = {buyer_id: channel for buyer_id, channel, _external in buyers}
    return [
        past_order(order, channels[order.buyer_id])
        for order in load_orders(f"buyer_id IN ({_marks(list(channels))}) AND {_COUNTING}", list(channels))
        if order.buyer_id is not None
    ]


def history_at(
    buyers: Sequence[tuple[int, str, str]], scope: HistoryScope, rate: ShopRate, at: int, judged: int | None
) -> History:
    """A customer's history as known at a moment, counted from the orders.

    Args:
        buyers: the customer's buyers, from `buyers_of`.
        scope: whose eyes.
        rate: the shop's rate as known at the moment.
        at: the moment, ms UTC.
        judged: the order being judged; None for the customer screen.
    """
    orders = past_orders(buyers)
    judging = next((order for order in orders if order.position == judged), None)
    return history_from_orders(
        orders,
        at=at,
        now=at,
        zone=scope.zone,
        currency=scope.currency,
        shop_rate=rate,
        prior_weight=scope.prior_weight,
        judging=judging,
    )


class ShopRateTimeline:
    """How a shop's judged and failed orders grew over time, so that its rate is known at any moment."""

    def __init__(self, shop_id: int) -> None:
        changes = sorted(self._plain_changes(shop_id) + self._changes_with_cancels(shop_id))
        self._moments = [moment for moment, _judged, _failed in changes]
        self._judged = list(accumulate((judged for _moment, judged, _failed in changes), initial=0))
        self._failed = list(accumulate((failed for _moment, _judged, failed in changes), initial=0))

    def at(self, moment: int) -> ShopRate:
        """The rate as known strictly before a moment, ms UTC."""
        place = bisect_left(self._moments, moment)
        return ShopRate(self._judged[place], self._failed[place])

    _CANCELLERS = (
        "SELECT DISTINCT b.customer_id FROM outcome_change c JOIN orders o ON o.id = c.order_id "
        "JOIN buyer b ON b.id = o.buyer_id WHERE c.outcome = 'buyer_cancelled'"
    )

    def _plain_changes(self, shop_id: int) -> list[tuple[int, int, int]]:
        """Changes by customers who never cancelled: each outcome counts by itself."""
        changes = []
        current, before = None, (0, 0)
        for order_id, placed_at, outcome, cause, known_at in rows_of(
            "SELECT o.id, o.placed_at, c.outcome, c.cause, c.known_at FROM orders o JOIN outcome_change c ON c.order_id = o.id "
            f"JOIN buyer b ON b.id = o.buyer_id WHERE o.shop_id = ? AND o.{_COUNTING} "
            f"AND b.customer_id NOT IN ({self._CANCELLERS}) ORDER BY o.id, c.known_at, c.place",
            (shop_id,),
        ):
            if order_id != current:
                current, before = order_id, (0, 0)
            counts = contribution(
                Outcome(outcome), FailureCause(cause) if cause else None, replaced=False, has_voucher=False, cod=False
            )
            changes.append((max(known_at, placed_at), counts.judged - before[0], counts.failed - before[1]))
            before = (counts.judged, counts.failed)
        return changes

    def _changes_with_cancels(self, shop_id: int) -> list[tuple[int, int, int]]:
        changes: list[tuple[int, int, int]] = []
        for row in rows_of(self._CANCELLERS):
            buyers = buyers_of(row[0])
            in_shop = {
                found[0]
                for buyer_id, _channel, _external in buyers
                for found in rows_of("SELECT id FROM orders WHERE buyer_id = ? AND shop_id = ?", (buyer_id, shop_id))
            }
            if in_shop:
                changes += rate_changes(past_orders(buyers), in_shop)
        return changes
