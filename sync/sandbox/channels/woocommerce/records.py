"""An order as the shop's tables hold it: made of the facts, then of what was done to it through the API."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import DAY, SECOND
from sync.sandbox.market.facts import Facts

TOUCHED_EVERY = 4 * DAY
"""How often a plugin touches all orders placed since the last time: they share one second of modification then."""

_WORDS: Mapping[Status, str] = {
    Status.UNPAID: "pending",
    Status.TO_PACK: "processing",
    Status.LABEL_READY: "processing",
    Status.SHIPPED: "shipped",
    Status.DELIVERED: "completed",
    Status.COMPLETED: "completed",
}
_ODD_WORDS = {"WAITING_FOR_MOON": "waiting-for-moon", "trạng_thái_mới": "trang-thai-moi", "Z_99": "z-99"}


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund: pieces and money by line, and the whole amount in VND. `lines` is empty where only money was typed in."""

    id: int
    created: int
    amount: int
    lines: tuple[tuple[int, int, int], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One order. Times are ms UTC of whole seconds, None where the column is empty."""

    id: int
    facts: Facts
    status: str
    created: int
    modified: int
    paid: int | None
    completed: int | None
    customer_id: int
    customer_note: str
    refunds: tuple[RefundRow, ...]
    meta: tuple[tuple[str, object], ...] = ()
    shipping_title: str = ""


def whole_seconds(at: int) -> int:
    """The time as MySQL keeps it."""
    return at - at % SECOND


def is_trashed(facts: Facts) -> bool:
    """Whether the shop threw the order into the trash; the other deleted ones are gone for good."""
    return facts.deleted and facts.serial % 2 == 0


def is_gone(facts: Facts) -> bool:
    """Whether the order was deleted for good."""
    return facts.deleted and facts.serial % 2 == 1


def by_bank(facts: Facts) -> bool:
    """Whether the buyer pays by bank transfer, which WooCommerce puts on hold until the shop saw the money."""
    return not facts.cod and facts.serial % 3 == 0


def status_of(facts: Facts) -> str:
    """The word for where the order stands, before somebody threw it away."""
    if facts.odd_word:
        return _ODD_WORDS[facts.odd_word]
    if facts.status is Status.UNPAID and by_bank(facts):
        return "on-hold"
    if facts.outcome is Outcome.UNPAID_EXPIRED:
        return "failed" if facts.serial % 2 == 0 else "cancelled"
    if facts.status is Status.CANCELLED:
        return "cancelled"
    if facts.status is Status.LOST:
        return "cancelled" if facts.cod else "refunded"
    if facts.outcome is Outcome.DELIVERY_FAILED:
        return "returning" if facts.status is Status.RETURNING else "returned"
    if facts.outcome is Outcome.RETURNED:
        return "refunded"
    return "completed" if facts.status is Status.RETURNING else _WORDS[facts.status]


def record_of(facts: Facts, now: int) -> Record:
    """The order's row at `now` when nobody did anything to it through the API."""
    status = status_of(facts)
    delivered = facts.reached(Status.DELIVERED)
    paid = None if facts.outcome is Outcome.UNPAID_EXPIRED else facts.paid_at
    meta: tuple[tuple[str, object], ...] = ()
    if is_trashed(facts):
        meta = (("_wp_trash_meta_status", f"wc-{status}"), ("_wp_trash_meta_time", str(facts.updated_at // SECOND)))
    return Record(
        id=int(facts.number),
        facts=facts,
        status="trash" if is_trashed(facts) else status,
        created=whole_seconds(facts.placed_at),
        modified=whole_seconds(_modified(facts, now)),
        paid=whole_seconds(paid) if paid is not None else None,
        completed=whole_seconds(delivered) if delivered is not None else None,
        customer_id=int(facts.buyer.id or 0),
        customer_note=facts.buyer_note,
        refunds=_refunds(facts, status),
        meta=meta,
    )


def touched_at(placed_at: int) -> int:
    """When the plugin touches an order that was placed then."""
    return (placed_at // TOUCHED_EVERY + 1) * TOUCHED_EVERY


def tie_breaker(order_id: int, page: int) -> int:
    """Where an order stands among those of its second: MySQL promises nothing, and another page may see another order."""
    return zlib.crc32(f"{order_id}/{page}".encode())


def discount_by_line(facts: Facts) -> tuple[int, ...]:
    """The voucher spread over the lines by what they cost, the rest on the dearest."""
    if facts.voucher is None:
        return (0,) * len(facts.lines)
    costs = [line.price * line.ordered for line in facts.lines]
    shares = [facts.voucher[1] * cost // sum(costs) for cost in costs]
    shares[costs.index(max(costs))] += facts.voucher[1] - sum(shares)
    return tuple(shares)


def _modified(facts: Facts, now: int) -> int:
    touched = touched_at(facts.placed_at)
    return touched if facts.updated_at < touched <= now else facts.updated_at


def _refunds(facts: Facts, status: str) -> tuple[RefundRow, ...]:
    refund_id = 9_000_000 + int(facts.number)
    if status == "refunded":
        paid_back = whole_seconds(facts.passed[-1].at)
        if facts.serial % 2:
            return (RefundRow(refund_id, paid_back, facts.total, (), "Order fully refunded."),)
        discounts = discount_by_line(facts)
        lines = tuple(
            (place, line.ordered, line.price * line.ordered - discounts[place])
            for place, line in enumerate(facts.lines)
        )
        return (RefundRow(refund_id, paid_back, facts.total, lines, "Trả hàng"),)
    given_back = [
        (place, line.returned, line.price * line.returned) for place, line in enumerate(facts.lines) if line.returned
    ]
    if not given_back:
        return ()
    at = max(line.changed_at or facts.placed_at for line in facts.lines if line.returned)
    amount = sum(money for _place, _pieces, money in given_back)
    return (RefundRow(refund_id, whole_seconds(at), amount, tuple(given_back), "Hàng lỗi"),)
