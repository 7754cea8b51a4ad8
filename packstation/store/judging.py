"""Everything that the verdict on an order looks at, read in one go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from packstation.domain.cards import CustomerCard, HoldCard, OrderCard, ParcelCard
from packstation.domain.deadlines import Deadlines
from packstation.domain.holds import HoldRules
from packstation.domain.next_truck import ToLeave
from packstation.domain.orders import OrderKind, Status
from packstation.domain.packing import ParcelState
from packstation.domain.tiers import Dealings, standing_of
from packstation.domain.times import HOUR
from packstation.domain.verdict import HoldStanding, JudgedOrder, JudgedParcel
from packstation.store.customer_cards import customer_card
from packstation.store.customer_overrides import override_in_force
from packstation.store.database import rows_of
from packstation.store.histories import (
    HistoryScope,
    ShopRateTimeline,
    customer_with,
    history_at,
    history_now,
)
from packstation.store.holds import latest_hold, still_covers
from packstation.store.identities import chunks, marks
from packstation.store.order_cards import order_card
from packstation.store.standings import OrderInHand, current_tiers


@dataclass(frozen=True, slots=True)
class JudgingFacts:
    """One order with all that its verdict needs and all that is shown beside it."""

    order: OrderCard
    judged: JudgedOrder
    customer: CustomerCard | None
    hold: HoldCard | None
    data_age_ms: int | None


class ShopRates:
    """The shops' rates at any moment, each shop's timeline read once."""

    def __init__(self) -> None:
        self._timelines: dict[int, ShopRateTimeline] = {}

    def of(self, shop_id: int) -> ShopRateTimeline:
        """The timeline of one shop."""
        if shop_id not in self._timelines:
            self._timelines[shop_id] = ShopRateTimeline(shop_id)
        return self._timelines[shop_id]


def read_for_judging(
    order_id: int,
    parcel_id: int | None,
    rules: HoldRules,
    prior_weight: float,
    now: int,
    *,
    at: int | None = None,
    rates: ShopRates | None = None,
) -> JudgingFacts:
    """The order as known now or, with `at`, as known strictly before that moment.

    Args:
        order_id: the order.
        parcel_id: the parcel that was scanned; None for the order by its number, judged over all its parcels.
        rules: the policy's hold rules.
        prior_weight: m of the smoothed ratio.
        now: the present by the database's clock, ms UTC.
        at: a past moment, ms UTC; None for the present.
        rates: the shops' timelines, needed with `at`; a batch shares one.
    """
    card = order_card(order_id, rules, at)
    row = rows_of(
        "SELECT o.buyer_id, o.shop_id, s.currency, s.synced_at, o.address_key, o.label_address_key, "
        "o.address_changed_at > o.label_address_changed_at, o.lines, o.units, o.kind, o.became, b.name "
        "FROM orders o JOIN shop s ON s.id = o.shop_id LEFT JOIN buyer b ON b.id = o.buyer_id WHERE o.id = ?",
        (order_id,),
    )[0]
    buyer_id, shop_id, currency, synced_at, address, label_address, told_changed, *rest = row
    lines, units, kind, became, name = rest
    if became is not None:
        # Looked up a moment before it proved to be a copy.
        return read_for_judging(became, parcel_id, rules, prior_weight, now, at=at, rates=rates)
    customer_id, buyers = customer_with(buyer_id) if buyer_id is not None else (None, [])
    buyer_ids = [buyer_id for buyer_id, _channel, _external in buyers]
    customer = None
    standing = standing_of(current_tiers(), None, Dealings())
    if customer_id is not None:
        scope = HistoryScope(shop_id, currency, card.zone, prior_weight)
        judged_id = order_id if kind == OrderKind.NORMAL else None
        if at is None:
            history = history_now(buyers, scope, now, judged_id)
        else:
            history = history_at(buyers, scope, (rates or ShopRates()).of(shop_id).at(at), at, judged_id)
        customer = customer_card(customer_id, name, buyers, history, at, now, OrderInHand(order_id, card.placed_at))
        standing = customer.standing
    hold = latest_hold(order_id, at)
    parcels = [parcel for parcel in card.parcels if parcel_id is None or parcel.id == parcel_id]
    moment = now if at is None else at
    judged = JudgedOrder(
        status=card.status,
        channel_status=card.channel_status,
        outcome=card.outcome,
        cod=card.cod,
        total=card.total,
        to_collect=card.to_collect,
        currency=card.currency,
        channel=card.channel,
        shop=card.shop,
        source=card.source,
        province=card.province,
        lines=lines,
        units=units,
        address_cod_orders_60m=_address_burst(order_id, address, card.placed_at, at),
        parcels=tuple(_judged_parcel(parcel) for parcel in parcels),
        hold=HoldStanding(hold.hold.state, hold.hold.reason, still_covers(hold, order_id, buyer_ids, at))
        if hold
        else None,
        address_changed=at is None
        and (bool(told_changed) or (None not in (label_address, address) and label_address != address)),
        blocked=_blocked(buyer_ids, moment),
        customer_override=override_in_force(buyer_ids, moment),
        booking=kind == OrderKind.BOOKING,
        standing=standing,
    )
    age = None if synced_at is None else max(0, now - synced_at)
    return JudgingFacts(card, judged, customer, hold, age)


def _judged_parcel(parcel: ParcelCard) -> JudgedParcel:
    done = parcel.state in (ParcelState.PACKED, ParcelState.HANDED_OVER)
    if not done:
        return JudgedParcel(parcel.state)
    return JudgedParcel(parcel.state, parcel.by or "", parcel.station or "", parcel.at)


def _address_burst(order_id: int, address_key: str | None, placed_at: int, at: int | None) -> int | None:
    """COD orders to one clear address placed within 60 minutes of this one, itself included; None for a masked address."""
    if address_key is None:
        return None
    known = 2**62 if at is None else at
    return int(
        rows_of(
            "SELECT count(*) FROM orders WHERE address_key = ? AND placed_at BETWEEN ? AND ? AND counts_as_cod "
            "AND (placed_at < ? OR id = ?) AND became IS NULL",
            (address_key, placed_at - HOUR, placed_at + HOUR, known, order_id),
        )[0][0]
    )


def _blocked(buyer_ids: Sequence[int], moment: int) -> str | None:
    if not buyer_ids:
        return None
    marks = ",".join("?" * len(buyer_ids))
    rows = rows_of(
        f"SELECT why FROM buyer_block WHERE buyer_id IN ({marks}) AND from_at <= ? AND (until_at IS NULL OR until_at > ?) "
        "ORDER BY id DESC LIMIT 1",
        (*buyer_ids, moment, moment),
    )
    return rows[0][0] if rows else None


_PACKABLE = (
    "status IN ('to_pack', 'label_ready', 'unpaid') AND (status <> 'unpaid' OR counts_as_cod) AND became IS NULL"
)

_TO_PULL = (
    "status IN ('cancelled', 'cancel_requested') AND EXISTS (SELECT 1 FROM parcel_order po JOIN parcel p ON p.id = po.parcel_id "
    "WHERE po.order_id = orders.id AND (p.state IN ('packed', 'on_desk') OR p.slot IS NOT NULL))"
)
_HELD = "EXISTS (SELECT 1 FROM hold h WHERE h.order_id = orders.id AND h.state IN ('waiting', 'escalated'))"


def other_packable_orders(order_ids: Sequence[int]) -> list[int]:
    """The packable orders among these and among all others of their customers, in id order."""
    found: set[int] = set()
    for start in range(0, len(order_ids), 300):
        some = order_ids[start : start + 300]
        marks = ",".join("?" * len(some))
        found.update(row[0] for row in rows_of(f"SELECT id FROM orders WHERE id IN ({marks}) AND {_PACKABLE}", some))
        found.update(
            row[0]
            for row in rows_of(
                "SELECT id FROM orders WHERE buyer_id IN (SELECT b.id FROM buyer b WHERE b.customer_id IN (SELECT c.customer_id "
                f"FROM buyer c JOIN orders o ON o.buyer_id = c.id WHERE o.id IN ({marks}))) AND {_PACKABLE}",
                some,
            )
        )
    return sorted(found)


def to_judge_of_buyers(buyer_ids: Collection[int]) -> list[int]:
    """The orders of buyers that could be packed now or are held, in id order."""
    found: list[int] = []
    for some in chunks(sorted(buyer_ids)):
        found += [
            row[0]
            for row in rows_of(
                f"SELECT id FROM orders WHERE buyer_id IN ({marks(some)}) AND ({_PACKABLE} OR {_HELD})", some
            )
        ]
    return sorted(found)


def to_judge_again(shop_id: int, numbers: Sequence[str]) -> list[int]:
    """Those orders that a shop's numbers mean, its own or those of which it holds a copy, that a judging has something to do with.

    They could be packed now, are held, or are cancelled (or asked to be) while a parcel of theirs is in our hands. In id order.
    """
    marks = ",".join("?" * len(numbers))
    return [
        row[0]
        for row in rows_of(
            f"SELECT id FROM orders WHERE (id IN (SELECT id FROM orders WHERE shop_id = ? AND number IN ({marks})) "
            f"OR id IN (SELECT order_id FROM order_code WHERE shop_id = ? AND code IN ({marks}))) "
            f"AND ({_PACKABLE} OR {_TO_PULL} OR {_HELD}) ORDER BY id",
            (shop_id, *numbers, shop_id, *numbers),
        )
    ]


_READY = (
    f"{_PACKABLE} AND NOT {_HELD} AND NOT EXISTS (SELECT 1 FROM parcel_order po JOIN parcel p ON p.id = po.parcel_id "
    "WHERE po.order_id = orders.id AND p.state IN ('packed', 'handed_over'))"
)


def count_to_pack(most: int) -> int:
    """How many orders are still to pack and not on hold; counting stops at `most`."""
    rows = rows_of(f"SELECT count(*) FROM (SELECT 1 FROM orders WHERE {_READY} LIMIT ?) AS found", (most,))
    return int(rows[0][0])


def ready_to_pack(most: int) -> list[ToLeave]:
    """The orders that are still to pack and not on hold, at most so many, with what says when they have to leave."""
    rows = rows_of(
        "SELECT o.id, o.status, o.placed_at, o.arrange_by, o.ship_by, o.cancels_at, o.answer_by, s.zone, p.carrier "
        "FROM (SELECT id, shop_id, status, placed_at, arrange_by, ship_by, cancels_at, answer_by FROM orders "
        f"WHERE {_READY} LIMIT ?) o JOIN shop s ON s.id = o.shop_id "
        "LEFT JOIN parcel_order po ON po.order_id = o.id LEFT JOIN parcel p ON p.id = po.parcel_id",
        (most,),
    )
    carriers: dict[int, set[str | None]] = {}
    for row in rows:
        carriers.setdefault(row[0], set()).add(row[8])
    orders = {row[0]: row for row in rows}
    return [
        ToLeave(Deadlines(*row[3:7]), Status(row[1]), row[2], row[7], frozenset(carriers[order_id]))
        for order_id, row in orders.items()
    ]


def packable_orders() -> list[int]:
    """All orders that could be packed now, by placed time."""
    return [row[0] for row in rows_of(f"SELECT id FROM orders WHERE {_PACKABLE} ORDER BY placed_at, id")]
