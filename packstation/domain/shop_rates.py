"""A shop's own rate of failed orders, which the smoothed ratio leans on, and how it came to be.

Definitions: docs/definitions.md, "History".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from packstation.domain.order_counts import contribution
from packstation.domain.orders import Outcome
from packstation.domain.past_orders import REPLACED_WITHIN, PastOrder, replaced_positions

DEFAULT_PRIOR_RATIO = 0.10
PRIOR_NEEDS_JUDGED = 100


@dataclass(frozen=True, slots=True)
class ShopRate:
    """The shop's own judged and failed orders: what the smoothed ratio leans on."""

    judged: int = 0
    failed: int = 0

    @property
    def prior_ratio(self) -> float:
        """p0 of the smoothed ratio: the shop's rate, or 0.10 while the shop has judged fewer than 100 orders."""
        return self.failed / self.judged if self.judged >= PRIOR_NEEDS_JUDGED else DEFAULT_PRIOR_RATIO


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
