"""What a customer is worth and what may be expected of them. Pure.

Definitions: docs/definitions.md, "Customer's worth".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from packstation.domain.history import History
from packstation.domain.order_counts import Counts
from packstation.domain.product_tally import TalliedOrder
from packstation.domain.times import DAY

_YEAR_DAYS = 365

CostOf = Callable[[TalliedOrder, str], int | None]
"""What one piece of a SKU cost when an order was placed, in minor units of the order's currency; None where nobody says."""


@dataclass(frozen=True, slots=True)
class Profit:
    """What the arrived orders whose costs are all known left over, how many those are, and of how many others nobody says."""

    amount: int
    orders_with_costs: int
    orders_without_costs: int

    @property
    def is_whole(self) -> bool:
        """Whether the costs of every arrived order are known."""
        return self.orders_without_costs == 0 and self.orders_with_costs > 0


@dataclass(frozen=True, slots=True)
class Worth:
    """A customer's worth as known at a moment; money in minor units of the history's currency, times ms UTC.

    `lifetime_value` is profit if `is_profit`, else what was spent; so is `expected_12m`, None where nothing can be expected.
    """

    lifetime_value: int
    is_profit: bool
    expected_orders_12m: float | None
    expected_12m: int | None
    next_order_at: int | None
    voucher_share: float | None


def profit_of(orders: Iterable[TalliedOrder], currency: str, cost_of: CostOf) -> Profit:
    """What the arrived orders in a currency left over: what was paid and kept, less what the kept pieces cost.

    An order counts if the cost of each of its kept lines is known.
    """
    amount = known = unknown = 0
    for order in orders:
        if not order.has_arrived or order.currency != currency:
            continue
        costs = [
            (cost_of(order, line.sku), kept)
            for line, kept in zip(order.lines, order.kept_quantities(), strict=True)
            if kept > 0
        ]
        if any(cost is None for cost, _kept in costs):
            unknown += 1
        else:
            known += 1
            amount += order.worth - sum((cost or 0) * kept for cost, kept in costs)
    return Profit(amount, known, unknown)


def worth_of(history: History, moment: int, profit: Profit | None) -> Worth:
    """What a customer is worth by their history.

    Args:
        history: with no order left out.
        moment: that of the history, ms UTC.
        profit: None where no costs are known at all.
    """
    is_profit = profit is not None and profit.is_whole
    value = profit.amount if profit is not None and is_profit else history.spent
    next_at = next_order_at(history)
    orders = _expected_orders(history, moment, next_at)
    expected = None
    if orders is not None and history.average_order is not None:
        amount = orders * history.average_order
        if is_profit:
            amount = amount * value / history.spent if history.spent else Fraction(0)
        expected = round(amount)
    return Worth(
        value,
        is_profit,
        None if expected is None or orders is None else float(round(orders, 1)),
        expected,
        next_at,
        voucher_share(history.counts),
    )


def next_order_at(history: History) -> int | None:
    """The last order and the usual gap after it; None without a gap."""
    if history.days_between_orders is None or history.last_order_at is None:
        return None
    return history.last_order_at + round(_gap(history) * DAY)


def voucher_share(counts: Counts) -> float | None:
    """Orders with a voucher over all but those never paid; None without such orders."""
    orders = counts.orders - counts.unpaid_expired
    return counts.voucher_orders / orders if orders else None


def _gap(history: History) -> Fraction:
    """The usual gap in days, exactly as it is shown."""
    return Fraction(round((history.days_between_orders or 0) * 10), 10)


def _expected_orders(history: History, moment: int, next_at: int | None) -> Fraction | None:
    """A year of the usual gap, halved for each such gap that passed in silence since the next order was expected."""
    if next_at is None:
        return None
    gap = max(_gap(history), Fraction(1))
    silent = max(0, moment - next_at) // round(gap * DAY)
    return Fraction(_YEAR_DAYS) / gap / (1 << min(silent, 60))
