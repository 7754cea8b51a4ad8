"""What packstation should know of an order of this shop."""

from __future__ import annotations

from dataclasses import replace

from packstation.domain.orders import FailureCause, Outcome, Status
from sync.sandbox.channels.pancake.records import came_back_in_part
from sync.sandbox.market.facts import Facts
from sync.sandbox.truth import Expected, plainly


def expected(facts: Facts) -> Expected:
    """What the API tells of the order.

    Pancake does not say who cancelled, calls refused and unreachable alike the customer's doing, has no word for unpaid and none for
    lost, and tells no deadline.
    """
    status, outcome, cause = _standing(facts)
    whole = facts.outcome is Outcome.RETURNED
    returned: dict[str, int] = {}
    for line in facts.lines:
        returned[line.sku] = returned.get(line.sku, 0) + (line.ordered if whole else line.returned)
    return replace(
        plainly(facts),
        status=status,
        outcome=outcome,
        cause=cause,
        deadlines=(None, None, None, None),
        refunded=tuple(sorted((sku, pieces) for sku, pieces in returned.items() if pieces)),
    )


def _standing(facts: Facts) -> tuple[Status, Outcome, FailureCause | None]:
    if facts.odd_word or facts.status is Status.UNPAID:
        return Status.CHANNEL_HOLD, Outcome.OPEN, None
    if came_back_in_part(facts) is not None:
        return Status.DELIVERED, Outcome.DELIVERED, None
    if facts.status is Status.LOST:
        return Status.RETURNED, Outcome.DELIVERY_FAILED, FailureCause.COURIER
    if facts.outcome is Outcome.DELIVERY_FAILED:
        courier = facts.cause is FailureCause.COURIER
        return facts.status, Outcome.DELIVERY_FAILED, FailureCause.COURIER if courier else FailureCause.REFUSED
    if facts.status is Status.CANCELLED:
        return Status.CANCELLED, Outcome.CANCELLED, None
    return facts.status, facts.outcome, None
