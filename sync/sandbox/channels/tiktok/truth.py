"""What TikTok Shop lets one know of a simulated order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import SECOND
from sync.sandbox.market.facts import Facts
from sync.sandbox.truth import Expected, plainly


def expected(facts: Facts) -> Expected | None:
    """What can be known: times in whole seconds, a parcel that came back or was lost by the reason of its cancellation alone."""
    if facts.deleted:
        return None
    truth = plainly(facts)
    status = truth.status
    if facts.outcome is Outcome.DELIVERY_FAILED:
        status = Status.RETURNED
    pieces: Counter[tuple[str, int]] = Counter()
    for sku, quantity, price in truth.items:
        pieces[sku, price] += quantity
    refunded = truth.refunded
    if facts.outcome is Outcome.RETURNED:
        back: Counter[str] = Counter()
        for sku, quantity, _price in truth.items:
            back[sku] += quantity
        refunded = tuple(sorted(back.items()))
    arrange_by, ship_by, cancels_at, answer_by = (_whole(at) for at in truth.deadlines)
    return replace(
        truth,
        status=status,
        placed_at=truth.placed_at // SECOND * SECOND,
        items=tuple(sorted((sku, quantity, price) for (sku, price), quantity in pieces.items())),
        deadlines=(arrange_by, ship_by, cancels_at, answer_by),
        refunded=refunded,
    )


def _whole(at: int | None) -> int | None:
    return None if at is None else at // SECOND * SECOND
