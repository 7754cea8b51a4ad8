"""What packstation should know of a sale of this shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from packstation.domain.orders import FailureCause, Outcome, Status
from sync.sandbox.channels.kiotviet.customers import Account, account_of, sales_by_customer
from sync.sandbox.channels.kiotviet.papers import has_order, invoice_code, is_counter_sale, is_recorded, order_code
from sync.sandbox.channels.kiotviet.records import back_at
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand
from sync.sandbox.truth import Expected, plainly


def expected(facts: Facts) -> Expected | None:
    """What the API tells of the sale; None while KiotViet has no record of it.

    KiotViet does not say who cancelled or why a parcel came back, cannot say that one is lost, and has no deadlines.
    """
    if not is_recorded(facts):
        return None
    status, outcome = _standing(facts)
    whole = outcome is Outcome.RETURNED
    cause: FailureCause | None = None
    returned: dict[str, int] = {}
    if back_at(facts) is not None:
        for line in facts.lines:
            returned[line.sku] = returned.get(line.sku, 0) + (line.ordered if whole else line.returned)
    return replace(
        plainly(facts),
        number=order_code(facts) if has_order(facts) else invoice_code(facts),
        status=status,
        outcome=outcome,
        cause=cause,
        cod=facts.cod and not is_counter_sale(facts),
        items=tuple(sorted((line.sku, line.ordered, line.price) for line in facts.lines)),
        trackings=() if is_counter_sale(facts) else plainly(facts).trackings,
        deadlines=(None, None, None, None),
        refunded=tuple(sorted((sku, pieces) for sku, pieces in returned.items() if pieces)),
    )


def accounts(stand: Stand) -> Mapping[str, Account]:
    """What each customer owes and has, by code."""
    sales = sales_by_customer(stand.market.every(stand.clock()))
    return {code: account_of(theirs) for code, theirs in sales.items()}


def _standing(facts: Facts) -> tuple[Status, Outcome]:
    if is_counter_sale(facts):
        return Status.COMPLETED, Outcome.DELIVERED
    if facts.odd_word:
        return Status.CHANNEL_HOLD, Outcome.OPEN
    match facts.status:
        case Status.UNPAID:
            return Status.CHANNEL_HOLD, Outcome.OPEN
        case Status.TO_PACK:
            return Status.TO_PACK, Outcome.OPEN
        case Status.LABEL_READY | Status.SHIPPED:
            return facts.status, Outcome.OPEN
        case Status.CANCELLED | Status.LOST:
            return Status.CANCELLED, Outcome.CANCELLED
        case Status.RETURNING | Status.RETURNED if facts.outcome is Outcome.DELIVERY_FAILED:
            return facts.status, Outcome.DELIVERY_FAILED
        case Status.RETURNED:
            return Status.RETURNED, Outcome.RETURNED
        case Status.DELIVERED if facts.serial % 4 == 0 and back_at(facts) is None:
            return Status.DELIVERED, Outcome.DELIVERED
        case _:
            return Status.COMPLETED, Outcome.DELIVERED
