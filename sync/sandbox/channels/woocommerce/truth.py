"""What packstation should know of an order of this shop."""

from __future__ import annotations

from dataclasses import replace

from packstation.domain.orders import FailureCause, Outcome, Status
from sync.sandbox.channels.woocommerce.records import Record, is_gone, is_trashed, record_of, status_of
from sync.sandbox.channels.woocommerce.wire import is_deleted_product, product_id
from sync.sandbox.market.facts import Facts
from sync.sandbox.truth import Expected, plainly

_NO_DEADLINES = (None, None, None, None)


def expected(facts: Facts) -> Expected | None:
    """What the API tells of the order; None for one that was deleted for good.

    WooCommerce does not say who cancelled or why a parcel came back, has one word for delivered and completed, and no deadlines.
    """
    if is_gone(facts):
        return None
    record = record_of(facts, facts.updated_at)
    status, outcome, cause = _standing(facts)
    items = sorted(
        (str(product_id(line.sku)) if is_deleted_product(facts, place) else line.sku, line.ordered, line.price)
        for place, line in enumerate(facts.lines)
    )
    return replace(
        plainly(facts),
        status=Status.CANCELLED if is_trashed(facts) else status,
        outcome=outcome,
        cause=cause,
        placed_at=record.created,
        items=tuple(items),
        deadlines=_NO_DEADLINES,
        refunded=_refunded(facts, record),
    )


def _standing(facts: Facts) -> tuple[Status, Outcome, FailureCause | None]:
    """Status and outcome as far as the shop's word tells."""
    tracked = any(package.tracking for package in facts.packages)
    if facts.odd_word:
        return Status.CHANNEL_HOLD, Outcome.OPEN, None
    match status_of(facts):
        case "pending":
            return Status.UNPAID, Outcome.OPEN, None
        case "on-hold":
            return Status.CHANNEL_HOLD, Outcome.OPEN, None
        case "processing":
            return (Status.LABEL_READY if tracked else Status.TO_PACK), Outcome.OPEN, None
        case "shipped":
            return Status.SHIPPED, Outcome.OPEN, None
        case "completed":
            return Status.COMPLETED, Outcome.DELIVERED, None
        case "returning":
            return Status.RETURNING, Outcome.DELIVERY_FAILED, None
        case "returned":
            return Status.RETURNED, Outcome.DELIVERY_FAILED, None
        case "refunded" if facts.reached(Status.DELIVERED) is not None:
            return Status.RETURNED, Outcome.RETURNED, None
        case "failed":
            return Status.CANCELLED, Outcome.UNPAID_EXPIRED, None
        case _:
            return Status.CANCELLED, Outcome.CANCELLED, None


def _refunded(facts: Facts, record: Record) -> tuple[tuple[str, int], ...]:
    """Pieces that came back, by SKU: what is refunded before it was delivered never left."""
    delivered = record.completed
    if delivered is None:
        return ()
    back: dict[str, int] = {}
    for refund in record.refunds:
        for place, pieces, _money in refund.lines:
            line = facts.lines[place]
            sku = str(product_id(line.sku)) if is_deleted_product(facts, place) else line.sku
            if refund.created >= delivered:
                back[sku] = back.get(sku, 0) + pieces
    return tuple(sorted(back.items()))
