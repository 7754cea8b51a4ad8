"""A customer's history as known at a moment, and every figure derived from it.

Definitions: docs/definitions.md, "History". Two roads lead to a `History` and must agree: `history_from_orders` counts
orders one by one (any moment), the store's summaries hold the same counts for the present moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median

from packstation.domain.money import divide_half_even
from packstation.domain.order_counts import COUNT_NAMES, Counts, contribution
from packstation.domain.orders import Outcome
from packstation.domain.past_orders import PastOrder, replaced_positions
from packstation.domain.shop_rates import ShopRate
from packstation.domain.times import DAY, months_back

FAILED_DELIVERIES_WINDOW = 90 * DAY
GAP_ORDERS = 20
HISTORY_FIGURES: Mapping[str, type] = {
    "label": str,
    **dict.fromkeys(COUNT_NAMES, float),
    **dict.fromkeys(
        (
            "judged",
            "failed",
            "early_cancels",
            "failed_deliveries",
            "cancel_ratio",
            "smoothed_cancel_ratio",
            "plain_cancel_ratio",
            "spent",
            "spent_3m",
            "average_order",
            "days_between_orders",
            "failed_deliveries_90d",
        ),
        float,
    ),
}
"""Every single figure of a history by its name, with its type: float for numbers."""


@dataclass(frozen=True, slots=True)
class History:
    """The customer's other orders as known at a moment; money in minor units of `currency`, times ms UTC."""

    counts: Counts
    by_channel: Mapping[str, Counts]
    currency: str
    spent_by_currency: Mapping[str, int]
    spent_3m: int
    arrived_in_currency: int
    days_between_orders: float | None
    first_order_at: int | None
    last_order_at: int | None
    failed_deliveries_90d: int
    shop_rate: ShopRate
    prior_weight: float

    @property
    def smoothed_cancel_ratio(self) -> float:
        """(failed + m p0) / (judged + m): never None, pulled towards the shop's own rate."""
        weight = self.prior_weight
        return (self.counts.failed + weight * self.shop_rate.prior_ratio) / (self.counts.judged + weight)

    @property
    def spent(self) -> int:
        """What arrived, less refunds, in the shop's currency."""
        return self.spent_by_currency.get(self.currency, 0)

    @property
    def average_order(self) -> int | None:
        """`spent` over the orders that arrived in that currency, None when none did."""
        return divide_half_even(self.spent, self.arrived_in_currency) if self.arrived_in_currency else None

    def figures(self) -> dict[str, int | float | str | None]:
        """Every single figure by its name: what policy rules may name and what `check --json` prints."""
        counts = self.counts
        return {
            "label": str(counts.label),
            **{name: getattr(counts, name) for name in COUNT_NAMES},
            "judged": counts.judged,
            "failed": counts.failed,
            "early_cancels": counts.early_cancels,
            "failed_deliveries": counts.failed_deliveries,
            "cancel_ratio": counts.cancel_ratio,
            "smoothed_cancel_ratio": self.smoothed_cancel_ratio,
            "plain_cancel_ratio": counts.plain_cancel_ratio,
            "spent": self.spent,
            "spent_3m": self.spent_3m,
            "average_order": self.average_order,
            "days_between_orders": self.days_between_orders,
            "failed_deliveries_90d": self.failed_deliveries_90d,
        }


def days_between(placed_newest_first: Sequence[int]) -> float | None:
    """The median gap in days between up to 20 orders given by placed time, newest first; one decimal, half-even.

    Source: docs/definitions.md, "days_between_orders".
    """
    latest = placed_newest_first[:GAP_ORDERS]
    if len(latest) < 2:
        return None
    gaps = [Fraction(newer - older, DAY) for newer, older in pairwise(latest)]
    return float(round(median(gaps), 1))


def history_from_orders(
    orders: Iterable[PastOrder],
    *,
    at: int | None,
    now: int,
    zone: str,
    currency: str,
    shop_rate: ShopRate,
    prior_weight: float,
    judging: PastOrder | None = None,
) -> History:
    """Count a customer's history at a moment from the orders themselves.

    Args:
        orders: all orders of the customer that count (samples, exchanges, replacements and warranty orders left out by the
            caller); the one being judged may be among them and is left out of every count.
        at: the moment, ms UTC; None for the present, when everything stored counts.
        now: the present, ms UTC; only windows ending at the present look at it, and only when `at` is None.
        zone: the shop's time zone, for calendar months.
        currency: the shop's currency.
        shop_rate: the shop's own rate as known at the moment.
        prior_weight: m of the smoothed ratio.
        judging: the order being judged, None for the customer screen.
    """
    everything = list(orders)
    left_out = judging.position if judging else None
    counted = sorted(
        (order for order in everything if order.position != left_out and (at is None or order.placed_at < at)),
        key=lambda order: (order.placed_at, order.position),
    )
    if judging and all(order.position != judging.position for order in everything):
        everything.append(judging)
    replaced = replaced_positions(everything, at, judging)
    moment = now if at is None else at
    months_ago = months_back(moment, 3, zone)

    by_channel: dict[str, Counts] = {}
    spent: dict[str, int] = {}
    spent_3m = arrived_in_currency = failed_90d = 0
    for order in counted:
        ended = order.ended_at(at)
        outcome, cause = (ended.outcome, ended.cause) if ended else (Outcome.OPEN, None)
        counts = contribution(
            outcome, cause, replaced=order.position in replaced, has_voucher=order.has_voucher, cod=order.cod
        )
        by_channel[order.channel] = by_channel.get(order.channel, Counts()) + counts
        if counts.arrived:
            worth = order.worth_at(at)
            spent[order.currency] = spent.get(order.currency, 0) + worth
            if order.currency == currency:
                arrived_in_currency += 1
                spent_3m += worth if in_window(order.placed_at, months_ago, at) else 0
        if counts.failed_deliveries and ended and in_window(ended.known_at, moment - FAILED_DELIVERIES_WINDOW, at):
            failed_90d += 1
    kept = [order.placed_at for order in reversed(counted) if _counts_for_gaps(order, at)]
    return History(
        counts=sum(by_channel.values(), Counts()),
        by_channel=by_channel,
        currency=currency,
        spent_by_currency=spent,
        spent_3m=spent_3m,
        arrived_in_currency=arrived_in_currency,
        days_between_orders=days_between(kept),
        first_order_at=counted[0].placed_at if counted else None,
        last_order_at=counted[-1].placed_at if counted else None,
        failed_deliveries_90d=failed_90d,
        shop_rate=shop_rate,
        prior_weight=prior_weight,
    )


def in_window(moment: int, start: int, end: int | None) -> bool:
    """Whether start <= moment < end; a window ending at the present (None) has no upper bound."""
    return start <= moment and (end is None or moment < end)


def _counts_for_gaps(order: PastOrder, at: int | None) -> bool:
    ended = order.ended_at(at)
    return ended is None or ended.outcome is not Outcome.UNPAID_EXPIRED
