"""A customer's history as known at a moment, and every figure derived from it.

Definitions: docs/definitions.md, "History". Two roads lead to a `History` and must agree: `history_from_orders` counts
orders one by one (any moment), the store's summaries hold the same counts for the present moment.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from statistics import median

from packstation.domain.money import divide_half_even
from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.times import DAY, months_back

REPLACED_WITHIN = DAY
FAILED_DELIVERIES_WINDOW = 90 * DAY
GAP_ORDERS = 20
DEFAULT_PRIOR_RATIO = 0.10
PRIOR_NEEDS_JUDGED = 100


class Label(StrEnum):
    """What the customer is to the seller, by what arrived so far."""

    NEW = "new"
    RETURNING = "returning"
    NEVER_RECEIVED = "never_received"


@dataclass(frozen=True, slots=True)
class KnownOutcome:
    """An outcome with the moment it became known, ms UTC."""

    outcome: Outcome
    cause: FailureCause | None
    known_at: int


@dataclass(frozen=True, slots=True)
class PastOrder:
    """What history needs of one order. `outcomes` by known time; `refunds` are (known_at, amount) pairs.

    `position` orders equal placed times: lower came first.
    """

    position: int
    channel: str
    currency: str
    placed_at: int
    first_total: int
    cod: bool
    has_voucher: bool
    skus: frozenset[str]
    outcomes: tuple[KnownOutcome, ...] = ()
    refunds: tuple[tuple[int, int], ...] = ()

    def ended_at(self, at: int | None) -> KnownOutcome | None:
        """The last outcome known strictly before `at` (None: everything stored counts), None while open."""
        for known in reversed(self.outcomes):
            if at is None or known.known_at < at:
                return None if known.outcome is Outcome.OPEN else known
        return None

    def worth_at(self, at: int | None) -> int:
        """The amount first seen less the refunds known strictly before `at`, in minor units."""
        return self.first_total - sum(amount for known_at, amount in self.refunds if at is None or known_at < at)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many orders, by what became of them. `orders` is the sum of all outcome counts."""

    orders: int = 0
    open: int = 0
    delivered: int = 0
    returned: int = 0
    buyer_cancelled: int = 0
    delivery_failed: int = 0
    seller_cancelled: int = 0
    system_cancelled: int = 0
    unpaid_expired: int = 0
    cancelled: int = 0
    lost: int = 0
    replaced: int = 0
    courier_failed: int = 0
    voucher_orders: int = 0
    cod_orders: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COUNT_NAMES))

    def __sub__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) - getattr(other, name) for name in COUNT_NAMES))

    @property
    def judged(self) -> int:
        """Orders whose outcome says something about the buyer."""
        return (
            self.delivered
            + self.returned
            + self.buyer_cancelled
            - self.replaced
            + self.delivery_failed
            - self.courier_failed
        )

    @property
    def failed(self) -> int:
        """Judged orders that the buyer made fail."""
        return self.early_cancels + self.failed_deliveries

    @property
    def early_cancels(self) -> int:
        """Cancelled by the buyer before shipping and not placed again: these cost nothing."""
        return self.buyer_cancelled - self.replaced

    @property
    def failed_deliveries(self) -> int:
        """Failed at the door by the buyer: these cost freight both ways."""
        return self.delivery_failed - self.courier_failed

    @property
    def arrived(self) -> int:
        """Orders that reached the buyer, kept or sent back."""
        return self.delivered + self.returned

    @property
    def cancel_ratio(self) -> float | None:
        """Failed over judged, None while nothing was judged."""
        return self.failed / self.judged if self.judged else None

    @property
    def plain_cancel_ratio(self) -> float | None:
        """The plain ratio of the channels' own tools: all that did not arrive over all orders."""
        ended_badly = (
            self.buyer_cancelled
            + self.delivery_failed
            + self.seller_cancelled
            + self.system_cancelled
            + self.unpaid_expired
            + self.cancelled
        )
        return ended_badly / self.orders if self.orders else None

    @property
    def label(self) -> Label:
        """New, returning, or never received."""
        if self.arrived:
            return Label.RETURNING
        return Label.NEVER_RECEIVED if self.orders > self.open else Label.NEW


COUNT_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Counts))

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


@lru_cache(maxsize=1024)
def contribution(
    outcome: Outcome, cause: FailureCause | None, *, replaced: bool, has_voucher: bool, cod: bool
) -> Counts:
    """What one order adds to its customer's counts."""
    courier = outcome is Outcome.DELIVERY_FAILED and cause is FailureCause.COURIER
    return Counts(
        orders=1,
        replaced=int(replaced and outcome is Outcome.BUYER_CANCELLED),
        courier_failed=int(courier),
        voucher_orders=int(has_voucher and outcome is not Outcome.UNPAID_EXPIRED),
        cod_orders=int(cod),
        **{str(outcome): 1},
    )


@dataclass(frozen=True, slots=True)
class ShopRate:
    """The shop's own judged and failed orders: what the smoothed ratio leans on."""

    judged: int = 0
    failed: int = 0

    @property
    def prior_ratio(self) -> float:
        """p0 of the smoothed ratio: the shop's rate, or 0.10 while the shop has judged fewer than 100 orders."""
        return self.failed / self.judged if self.judged >= PRIOR_NEEDS_JUDGED else DEFAULT_PRIOR_RATIO


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


def replaced_positions(orders: Sequence[PastOrder], at: int | None, judging: PastOrder | None = None) -> frozenset[int]:
    """The positions of the buyer-cancelled orders that the customer placed again.

    An order replaces another when it was placed within 24 hours around the other's cancellation, shares a SKU with it,
    is known at `at` (the order being judged always is) and was not itself cancelled by the buyer.

    Args:
        orders: all orders of the customer, the one being judged included if it is stored.
        at: the moment, ms UTC; None for the present.
        judging: the order being judged.
    """
    judged_position = judging.position if judging else None
    candidates = sorted(
        (
            order
            for order in orders
            if (at is None or order.placed_at < at or order.position == judged_position)
            and not _cancelled_by_buyer(order, at)
        ),
        key=lambda order: order.placed_at,
    )
    placed = [order.placed_at for order in candidates]
    found = set()
    for order in orders:
        ended = order.ended_at(at)
        if ended is None or ended.outcome is not Outcome.BUYER_CANCELLED:
            continue
        first = bisect_left(placed, ended.known_at - REPLACED_WITHIN)
        last = bisect_right(placed, ended.known_at + REPLACED_WITHIN)
        if any(not order.skus.isdisjoint(other.skus) for other in candidates[first:last]):
            found.add(order.position)
    return frozenset(found)


def _cancelled_by_buyer(order: PastOrder, at: int | None) -> bool:
    ended = order.ended_at(at)
    return ended is not None and ended.outcome is Outcome.BUYER_CANCELLED


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


def rate_changes(orders: Sequence[PastOrder], of: Collection[int]) -> list[tuple[int, int, int]]:
    """How one customer's orders moved their shop's judged and failed counts, as (moment, judged, failed) differences.

    Args:
        orders: all orders of the customer that count.
        of: the positions of those that belong to the shop.

    A change at a moment shows in what is known strictly after it.
    """
    by_placed = sorted(orders, key=lambda order: order.placed_at)
    placed = [order.placed_at for order in by_placed]
    changes = []
    for order in orders:
        if order.position not in of:
            continue
        rivals = [
            other
            for known in order.outcomes
            if known.outcome is Outcome.BUYER_CANCELLED
            for other in by_placed[
                bisect_left(placed, known.known_at - REPLACED_WITHIN) : bisect_right(
                    placed, known.known_at + REPLACED_WITHIN
                )
            ]
            if other is not order and not order.skus.isdisjoint(other.skus)
        ]
        moments = {order.placed_at, *(known.known_at for known in order.outcomes)}
        for rival in rivals:
            moments.update((rival.placed_at, *(known.known_at for known in rival.outcomes)))
        before = (0, 0)
        for moment in sorted(moments):
            after = _charge(order, rivals, moment + 1)
            if after != before:
                changes.append((moment, after[0] - before[0], after[1] - before[1]))
                before = after
    return changes


def _charge(order: PastOrder, rivals: Sequence[PastOrder], at: int) -> tuple[int, int]:
    """What the order adds to the judged and failed counts as known at a moment."""
    ended = order.ended_at(at)
    if ended is None or order.placed_at >= at:
        return 0, 0
    replaced = order.position in replaced_positions([order, *rivals], at)
    counts = contribution(ended.outcome, ended.cause, replaced=replaced, has_voucher=False, cod=False)
    return counts.judged, counts.failed
