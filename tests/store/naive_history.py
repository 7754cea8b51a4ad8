"""A customer's history and a shop's rate counted the long way, order by order, straight from the definitions.

Nothing here comes from `packstation.domain`: the two must agree because they mean the same, not because they share code.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from packstation.store.database import rows_of

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
FAR = 2**60


@dataclass
class Known:
    """One stored order."""

    id: int
    shop_id: int
    customer_id: int | None
    channel: str
    normal: bool
    placed_at: int
    currency: str
    first_total: int
    cod: bool
    vouchers: str
    skus: set[str] = field(default_factory=set)
    outcomes: list[tuple[int, int, str, str | None]] = field(default_factory=list)
    refunds: list[tuple[int, int]] = field(default_factory=list)

    def outcome(self, at: int) -> tuple[str, str | None, int]:
        known = [entry for entry in self.outcomes if entry[0] < at]
        if not known:
            return "open", None, 0
        known_at, _place, outcome, cause = max(known, key=lambda entry: (entry[0], entry[1]))
        return outcome, cause, known_at


def all_orders() -> list[Known]:
    """All stored orders, in the order in which they came."""
    rows = rows_of(
        "SELECT o.id, o.shop_id, b.customer_id, b.channel, o.kind, o.placed_at, o.currency, o.first_total, o.counts_as_cod, "
        "o.vouchers FROM orders o LEFT JOIN buyer b ON b.id = o.buyer_id ORDER BY o.id"
    )
    orders: dict[int, Known] = {}
    for order_id, shop_id, customer_id, channel, kind, placed_at, currency, total, cod, vouchers in rows:
        orders[order_id] = Known(
            order_id, shop_id, customer_id, channel, kind == "normal", placed_at, currency, total, bool(cod), vouchers
        )
    for order_id, sku in rows_of("SELECT order_id, sku FROM order_item WHERE sku <> ''"):
        orders[order_id].skus.add(sku)
    for order_id, *entry in rows_of("SELECT order_id, known_at, place, outcome, cause FROM outcome_change"):
        orders[order_id].outcomes.append((entry[0], entry[1], entry[2], entry[3]))
    for order_id, known_at, amount in rows_of("SELECT order_id, known_at, amount FROM order_refund"):
        orders[order_id].refunds.append((known_at, amount))
    return list(orders.values())


def is_replaced(order: Known, others: list[Known], at: int, judged: int | None) -> bool:
    outcome, _cause, cancelled_at = order.outcome(at)
    return outcome == "buyer_cancelled" and any(
        (other.placed_at < at or other.id == judged)
        and other.normal
        and other.customer_id == order.customer_id
        and other.outcome(at)[0] != "buyer_cancelled"
        and other.skus & order.skus
        and abs(other.placed_at - cancelled_at) <= DAY_MS
        for other in others
        if other.id != order.id
    )


def naive_rate(shop_id: int, at: int, everything: list[Known]) -> tuple[int, int]:
    """The shop's judged and failed orders as known at a moment."""
    judged = failed = 0
    for order in everything:
        if order.shop_id == shop_id and order.customer_id is not None and order.normal and order.placed_at < at:
            one, other = _charge(order, everything, at, None)
            judged, failed = judged + one, failed + other
    return judged, failed


def _charge(order: Known, everything: list[Known], at: int, judged: int | None) -> tuple[int, int]:
    outcome, cause, _known_at = order.outcome(at)
    if outcome in ("delivered", "returned"):
        return 1, 0
    if outcome == "delivery_failed" and cause != "courier":
        return 1, 1
    if outcome == "buyer_cancelled" and not is_replaced(order, everything, at, judged):
        return 1, 1
    return 0, 0


def naive_figures(customer_id: int, currency: str, zone: str, at: int, judged: int | None) -> dict[str, Any]:
    """The figures of a history as known at a moment, under the names of `History.figures` and of its other fields."""
    everything = all_orders()
    orders = [
        order
        for order in everything
        if order.customer_id == customer_id and order.normal and order.id != judged and order.placed_at < at
    ]
    outcomes = Counter(order.outcome(at)[0] for order in orders)
    charges = [_charge(order, everything, at, judged) for order in orders]
    arrived = [order for order in orders if order.outcome(at)[0] in ("delivered", "returned")]
    spent: dict[str, int] = {}
    for order in arrived:
        spent[order.currency] = spent.get(order.currency, 0) + worth(order, at)
    ours = [order for order in arrived if order.currency == currency]
    since = three_months_before(at, zone)
    placed = sorted(order.placed_at for order in orders)
    failed, total_judged = sum(charge[1] for charge in charges), sum(charge[0] for charge in charges)
    bad = "buyer_cancelled delivery_failed seller_cancelled system_cancelled unpaid_expired cancelled".split()
    return {
        **{
            name: outcomes[name]
            for name in ("open", "delivered", "returned", "seller_cancelled", "system_cancelled", "unpaid_expired")
        },
        **{name: outcomes[name] for name in ("buyer_cancelled", "delivery_failed", "cancelled", "lost")},
        "orders": len(orders),
        "replaced": sum(is_replaced(order, everything, at, judged) for order in orders),
        "courier_failed": sum(order.outcome(at)[:2] == ("delivery_failed", "courier") for order in orders),
        "voucher_orders": sum(order.vouchers != "[]" and order.outcome(at)[0] != "unpaid_expired" for order in orders),
        "cod_orders": sum(order.cod for order in orders),
        "judged": total_judged,
        "failed": failed,
        "cancel_ratio": failed / total_judged if total_judged else None,
        "plain_cancel_ratio": sum(outcomes[name] for name in bad) / len(orders) if orders else None,
        "label": "returning" if arrived else "never_received" if len(orders) > outcomes["open"] else "new",
        "spent": spent.get(currency, 0),
        "spent_by_currency": spent,
        "spent_3m": sum(worth(order, at) for order in ours if order.placed_at >= since),
        "average_order": half_even(Fraction(spent[currency], len(ours))) if ours else None,
        "days_between_orders": gaps([order.placed_at for order in orders if order.outcome(at)[0] != "unpaid_expired"]),
        "failed_deliveries_90d": sum(
            order.outcome(at)[0] == "delivery_failed"
            and order.outcome(at)[1] != "courier"
            and order.outcome(at)[2] >= at - 90 * DAY_MS
            for order in orders
        ),
        "first_order_at": placed[0] if placed else None,
        "last_order_at": placed[-1] if placed else None,
    }


def worth(order: Known, at: int) -> int:
    return order.first_total - sum(amount for known_at, amount in order.refunds if known_at < at)


def half_even(amount: Fraction) -> int:
    below = amount.numerator // amount.denominator
    rest = amount - below
    if rest == Fraction(1, 2):
        return below + below % 2
    return below + (rest > Fraction(1, 2))


def gaps(placed: list[int]) -> float | None:
    latest = sorted(placed)[-20:]
    between = sorted(later - earlier for earlier, later in pairwise(latest))
    if not between:
        return None
    middle = (between[(len(between) - 1) // 2] + between[len(between) // 2]) * Fraction(1, 2) / DAY_MS
    exact = Decimal(middle.numerator) / Decimal(middle.denominator)
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_EVEN))


def three_months_before(at: int, zone: str) -> int:
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone))
    year, month = (local.year, local.month - 3) if local.month > 3 else (local.year - 1, local.month + 9)
    for day in range(local.day, 0, -1):
        try:
            moved = local.replace(year=year, month=month, day=day, fold=0)
        except ValueError:
            continue
        return round((moved - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
    raise AssertionError("no such month")
