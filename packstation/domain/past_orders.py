"""Orders as a history looks at them, and which of them the customer placed again.

Definitions: docs/definitions.md, "History".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.times import DAY

REPLACED_WITHIN = DAY


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
