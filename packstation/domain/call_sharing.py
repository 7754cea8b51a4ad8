"""How callers share the queue: whom the next one is given. Pure.

Source of the rules: docs/call-desk.md, "Who gets whom".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from packstation.domain.call_queue import Callee, Waiting, order_of
from packstation.domain.deadlines import Urgency
from packstation.domain.times import MINUTE


@dataclass(frozen=True, slots=True)
class CallRules:
    """How callers share the queue, ms: how long one has a customer, and how long after their last sign of life they are on shift."""

    lease_ms: int = 10 * MINUTE
    on_shift_ms: int = 15 * MINUTE


_PRESSING = frozenset({Urgency.NEAR, Urgency.PASSED})


def next_for(
    person_id: int, queue: Sequence[Waiting], on_shift: Collection[int], now: int, put_back: Collection[Callee] = ()
) -> Waiting | None:
    """Whom a caller contacts next: their own customers first, then rush deliveries, then by decide-by.

    Somebody else's customer is left to them while they are on shift, not overloaded, and there is time. But nobody asks in vain
    as long as it is anybody's turn, and nobody is given whom another one has.

    Args:
        person_id: the caller who asks.
        queue: everybody with open holds.
        on_shift: who calls now; the caller counts as one of them.
        now: ms UTC.
        put_back: whom the caller put back without a result: they come last.

    Returns:
        None when it is nobody's turn, or others have them all.
    """
    due = [each for each in queue if each.is_due(now)]
    free = [each for each in due if each.leased_by in (None, person_id)]
    callers = {*on_shift, person_id}
    most = -(-len(due) // len(callers))
    busy = {caller for caller in callers if sum(_is_of(caller, each) for each in due) > most}

    def place(waiting: Waiting) -> tuple[bool, int, tuple[bool, int, int]]:
        return waiting.callee in put_back, rank(waiting), order_of(waiting)

    def rank(waiting: Waiting) -> int:
        owner = waiting.sticky_to
        if owner == person_id:
            return 0
        is_left = owner in callers and owner not in busy and waiting.urgency(now) not in _PRESSING
        return 2 if is_left else 1

    return min(free, key=place, default=None)


def _is_of(caller: int, waiting: Waiting) -> bool:
    return caller in (waiting.leased_by, waiting.sticky_to)
