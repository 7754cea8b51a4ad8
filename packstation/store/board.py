"""What the supervisor's board lists: every open hold, and every order that a closed one keeps from being packed."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.holds import Hold
from packstation.domain.supervision import ApprovalRequest
from packstation.store.approvals import standing_requests
from packstation.store.database import rows_of
from packstation.store.holds import holds_of_ids

_BLOCKED = (
    "EXISTS (SELECT 1 FROM buyer_block k JOIN buyer c ON c.id = k.buyer_id WHERE c.customer_id = b.customer_id AND k.from_at <= ? "
    "AND (k.until_at IS NULL OR k.until_at > ?))"
)
_READ = (
    "SELECT h.id, o.id, o.number, s.name, s.channel, s.zone, o.total, "
    "COALESCE(o.to_collect, CASE WHEN o.counts_as_cod THEN o.total ELSE 0 END), o.currency, b.customer_id, b.name, o.recipient, p.name, "
    "(SELECT count(*) FROM attempt a WHERE a.hold_id = h.id AND a.result IS NOT NULL AND a.result <> 'abandoned'), "
    f"{_BLOCKED} FROM hold h JOIN orders o ON o.id = h.order_id JOIN shop s ON s.id = o.shop_id LEFT JOIN buyer b ON b.id = o.buyer_id "
    "LEFT JOIN person p ON p.id = h.opened_by WHERE h.state IN ('waiting', 'escalated') OR (h.state = 'closed' "
    "AND h.reason IN ('refused', 'duplicate_order', 'rejected') AND o.status IN ('to_pack', 'label_ready', 'unpaid') "
    "AND h.id = (SELECT max(l.id) FROM hold l WHERE l.order_id = o.id))"
)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A hold on the board. Money in minor units.

    Attributes:
        customer_id: None for a guest's order.
        customer: the buyer's name, else the recipient's; both may be masked by the channel.
        asked_by: who asked for the hold by hand; empty when a rule did.
        attempts: how often the buyer was contacted.
        is_blocked: whether the customer's orders are stopped.
        slots: where its parcels lie on the hold shelf.
        request: the desk's that waits for an answer.
    """

    hold_id: int
    order_id: int
    number: str
    shop: str
    channel: str
    zone: str
    total: int
    to_collect: int
    currency: str
    customer_id: int | None
    customer: str
    asked_by: str
    attempts: int
    is_blocked: bool
    slots: tuple[str, ...]
    hold: Hold
    request: ApprovalRequest | None


def board_rows(now: int) -> list[BoardRow]:
    """All of them: what a desk asks first, then what is escalated, then what waits, then what is stopped, each by decide-by."""
    slots: dict[int, list[str]] = {}
    for order_id, slot in rows_of(
        "SELECT po.order_id, p.slot FROM parcel p JOIN parcel_order po ON po.parcel_id = p.id WHERE p.slot IS NOT NULL ORDER BY p.slot"
    ):
        slots.setdefault(order_id, []).append(slot)
    requests = {request.hold_id: request for request in standing_requests(now)}
    read = rows_of(_READ, (now, now))
    holds = holds_of_ids([row[0] for row in read])
    rows = [
        BoardRow(
            *(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9]),
            customer=row[10] or row[11] or "",
            asked_by=row[12] or "",
            attempts=row[13],
            is_blocked=bool(row[14]),
            slots=tuple(slots.get(row[1], ())),
            hold=holds[row[0]],
            request=requests.get(row[0]),
        )
        for row in read
    ]
    return sorted(rows, key=_rank)


def _rank(row: BoardRow) -> tuple[bool, bool, str, int, int]:
    # "escalated" comes before "waiting" by the alphabet too.
    return not row.hold.is_open, row.request is None, str(row.hold.state), row.hold.decide_by, row.hold_id


def escalated_numbers() -> list[tuple[int, str, str]]:
    """The escalated holds by decide-by, as (hold id, order number, reason)."""
    return [
        (row[0], row[1], row[2])
        for row in rows_of(
            "SELECT h.id, o.number, h.reason FROM hold h JOIN orders o ON o.id = h.order_id WHERE h.state = 'escalated' "
            "ORDER BY h.decide_by, h.id"
        )
    ]


def moves_of(hold_id: int) -> list[tuple[int, str, str, str, str]]:
    """The states that a hold came into, the oldest first, as (ms UTC, state, reason, who, why in their words)."""
    return [
        (row[0], row[1], row[2], row[3] or "", row[4])
        for row in rows_of(
            "SELECT e.at, e.state, e.reason, p.name, e.why FROM hold_event e LEFT JOIN person p ON p.id = e.person_id "
            "WHERE e.hold_id = ? ORDER BY e.id",
            (hold_id,),
        )
    ]
