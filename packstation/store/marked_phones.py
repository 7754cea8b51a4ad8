"""Numbers whose owners said that an order was not theirs: seen with the next order that has one, and nothing else."""

from __future__ import annotations

from packstation.domain.phones import phone_key
from packstation.store.database import execute_many, rows_of

_MARK = (
    "INSERT INTO marked_phone (phone_key, hold_id, person_id, marked_at) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (phone_key) DO UPDATE SET hold_id = excluded.hold_id, person_id = excluded.person_id, marked_at = excluded.marked_at"
)


def mark_phone(key: str, hold_id: int, person_id: int, now: int) -> None:
    """Mark a number (E.164)."""
    execute_many(_MARK, [(key, hold_id, person_id, now)])


def marked_at(phone: str) -> int | None:
    """When a number, in any spelling, was marked, ms UTC; None for never."""
    if not phone or not rows_of("SELECT 1 FROM marked_phone LIMIT 1"):
        return None
    rows = rows_of("SELECT marked_at FROM marked_phone WHERE phone_key = ?", (phone_key(phone),))
    return rows[0][0] if rows else None
