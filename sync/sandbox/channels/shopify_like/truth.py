"""What can be known of an order of the family's shops."""

from __future__ import annotations

from dataclasses import replace

from packstation.domain.orders import FailureCause, Outcome, Status
from sync.sandbox.channels.shopify_like.facets import order_id
from sync.sandbox.market.facts import Facts
from sync.sandbox.truth import Expected, plainly

_UNTOLD = {Status.CANCEL_REQUESTED: Status.LABEL_READY, Status.LOST: Status.SHIPPED}


def told(facts: Facts) -> Expected:
    """What Haravan tells; the others tell as much or less.

    Requests to cancel, lost parcels and deadlines are not told; nor who cancelled, unless a reason names them; nor why a parcel
    came back, unless nobody was met. A return after delivery is known when its money is given back.
    """
    truth = plainly(facts)
    status = _UNTOLD.get(facts.status, facts.status)
    if status is Status.RETURNING and facts.reached(Status.DELIVERED) is not None:
        status = Status.DELIVERED
    refunded = truth.refunded
    if facts.outcome is Outcome.RETURNED:
        refunded = tuple(sorted((line.sku, line.active) for line in facts.lines if line.active))
    outcome = {Outcome.SYSTEM_CANCELLED: Outcome.CANCELLED, Outcome.LOST: Outcome.OPEN}.get(
        facts.outcome, facts.outcome
    )
    return replace(
        truth,
        number=str(order_id(facts.number)),
        status=Status.CHANNEL_HOLD if facts.odd_word else status,
        outcome=outcome,
        cause=facts.cause if facts.cause is FailureCause.UNREACHABLE else None,
        deadlines=(None, None, None, None),
        refunded=refunded,
    )
