"""What a connector made of an order, in the words in which a simulated channel says what it should be."""

from __future__ import annotations

from collections import Counter

from packstation.domain.orders import IncomingOrder, Outcome
from sync.sandbox.truth import Expected


def understood(order: IncomingOrder) -> Expected:
    """The order, to be compared with the simulation's `expected`."""
    ended = order.outcomes[-1] if order.outcomes else None
    refunded: Counter[str] = Counter()
    for refund in order.refunds:
        if refund.line is not None and refund.quantity:
            refunded[order.items[refund.line].sku] += refund.quantity
    return Expected(
        number=order.number,
        status=order.statuses[-1].status,
        outcome=ended.outcome if ended else Outcome.OPEN,
        cause=ended.cause if ended else None,
        total=order.total,
        cod=bool(order.cod),
        placed_at=order.placed_at,
        kind=order.kind,
        items=tuple(sorted((item.sku, item.quantity, item.price) for item in order.items)),
        trackings=tuple(sorted(parcel.tracking for parcel in order.parcels if parcel.tracking)),
        deadlines=(order.arrange_by, order.ship_by, order.cancels_at, order.answer_by),
        refunded=tuple(sorted(refunded.items())),
    )
