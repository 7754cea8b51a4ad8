"""Approvals asked for from desks, in the store: at most one request a hold at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from packstation.domain.supervision import ApprovalRequest, ApprovalState
from packstation.store.database import execute_many, rows_of
from packstation.store.tables.supervision import ApprovalRequestRow

_READ = (
    "SELECT r.id, r.hold_id, h.order_id, o.number, s.name, w.name, r.person_id, p.name, r.why, r.asked_at, r.expires_at, r.state, "
    "e.name FROM approval_request r JOIN hold h ON h.id = r.hold_id JOIN orders o ON o.id = h.order_id JOIN shop s ON s.id = o.shop_id "
    "JOIN station w ON w.id = r.station_id JOIN person p ON p.id = r.person_id LEFT JOIN person e ON e.id = r.ended_by WHERE "
)
_END = "UPDATE approval_request SET state = ?, ended_at = ?, ended_by = ? WHERE id = ? AND state = 'asked'"


def _request(row: Sequence[Any]) -> ApprovalRequest:
    fields = (row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10])
    return ApprovalRequest(*fields, ApprovalState(row[11]), row[12] or "")


def add_request(hold_id: int, station_id: int, person_id: int, why: str, now: int, expires_at: int) -> int:
    """Store a request; its id. The order's row is locked by the caller, and no other request of the hold stands."""
    request_id: int = ApprovalRequestRow.insert(
        hold_id=hold_id,
        station_id=station_id,
        person_id=person_id,
        why=why,
        asked_at=now,
        expires_at=expires_at,
        state=str(ApprovalState.ASKED),
    ).execute()
    return request_id


def request_by_id(request_id: int) -> ApprovalRequest | None:
    """The request of an id."""
    rows = rows_of(f"{_READ}r.id = ?", (request_id,))
    return _request(rows[0]) if rows else None


def asked_for(hold_id: int) -> ApprovalRequest | None:
    """The request about a hold that nobody has answered yet."""
    rows = rows_of(f"{_READ}r.hold_id = ? AND r.state = 'asked'", (hold_id,))
    return _request(rows[0]) if rows else None


def standing_requests(now: int) -> list[ApprovalRequest]:
    """The requests that can still be granted or refused, the oldest first; those of holds decided otherwise are over."""
    rows = rows_of(
        f"{_READ}r.state = 'asked' AND r.expires_at > ? AND h.state IN ('waiting', 'escalated') ORDER BY r.id", (now,)
    )
    return [_request(row) for row in rows]


def requests_that_are_over(now: int) -> list[tuple[int, int]]:
    """The requests that nobody answered in time, or whose holds were decided otherwise, as (id, order id)."""
    return [
        (row[0], row[1])
        for row in rows_of(
            "SELECT r.id, h.order_id FROM approval_request r JOIN hold h ON h.id = r.hold_id WHERE r.state = 'asked' "
            "AND (r.expires_at <= ? OR h.state IN ('released', 'closed')) ORDER BY r.id",
            (now,),
        )
    ]


def end_request(request_id: int, state: ApprovalState, person_id: int | None, now: int) -> None:
    """Store what came of a request; one that ended before stays as it is."""
    execute_many(_END, [(str(state), now, person_id, request_id)])


def people_who_asked(hold_id: int) -> frozenset[int]:
    """Who ever asked for an approval of a hold."""
    return frozenset(
        row[0] for row in rows_of("SELECT DISTINCT person_id FROM approval_request WHERE hold_id = ?", (hold_id,))
    )


def untold(station_id: int) -> list[ApprovalRequest]:
    """What came of a station's requests that it has not read yet, the oldest first."""
    return [
        _request(row)
        for row in rows_of(
            f"{_READ}r.station_id = ? AND r.told_at IS NULL AND r.state <> 'asked' ORDER BY r.id", (station_id,)
        )
    ]


def mark_told(request_ids: Collection[int], now: int) -> None:
    """The station has read what came of its requests."""
    execute_many("UPDATE approval_request SET told_at = ? WHERE id = ?", [(now, each) for each in request_ids])
