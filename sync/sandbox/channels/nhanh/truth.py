"""What packstation should know of an order at Nhanh."""

from __future__ import annotations

from dataclasses import replace

from packstation.domain.orders import FailureCause, Outcome, Status
from packstation.domain.times import SECOND
from sync.sandbox.channels.nhanh.writing import paid
from sync.sandbox.market.facts import Facts
from sync.sandbox.truth import Expected, plainly

_NO_DEADLINES = (None, None, None, None)


def expected(facts: Facts) -> Expected | None:
    """What the listing lets one know: no deadlines, no causes, no unpaid orders, nothing of what comes back after delivery."""
    if facts.deleted:
        return None
    whole = plainly(facts)
    status, outcome, cause = _standing(facts)
    return replace(
        whole,
        status=status,
        outcome=outcome,
        cause=cause,
        cod=paid(facts) < facts.total,
        placed_at=facts.placed_at // SECOND * SECOND,
        deadlines=_NO_DEADLINES,
    )


def _standing(facts: Facts) -> tuple[Status, Outcome, FailureCause | None]:
    if facts.odd_word:
        return Status.CHANNEL_HOLD, Outcome.OPEN, None
    if facts.reached(Status.DELIVERED) is not None:
        return Status.COMPLETED, Outcome.DELIVERED, None
    match facts.status:
        case Status.UNPAID:
            return Status.CHANNEL_HOLD, Outcome.OPEN, None
        case Status.RETURNED:
            return Status.RETURNED, Outcome.DELIVERY_FAILED, None
        case Status.RETURNING | Status.LOST:
            return Status.RETURNING, Outcome.DELIVERY_FAILED, None
        case Status.CANCELLED if facts.outcome is Outcome.UNPAID_EXPIRED:
            return Status.CANCELLED, Outcome.SYSTEM_CANCELLED, None
        case _:
            return facts.status, facts.outcome, None
