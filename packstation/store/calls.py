"""Who has which customer, who calls today, and who rings back."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.call_queue import Callee, callee_of
from packstation.store.database import execute_many, lock_name, rows_of
from packstation.store.order_cards import customer_of

_LEASE = (
    "INSERT INTO call_lease (callee, person_id, station_id, until_at) VALUES (?, ?, ?, ?) ON CONFLICT (callee) DO UPDATE "
    "SET person_id = excluded.person_id, station_id = excluded.station_id, until_at = excluded.until_at"
)
_SEEN = "INSERT INTO caller_shift (person_id, seen_at) VALUES (?, ?) ON CONFLICT (person_id) DO UPDATE SET seen_at = excluded.seen_at"
_RUNNING = (
    "SELECT a.person_id, p.name FROM attempt a JOIN person p ON p.id = a.person_id JOIN hold h ON h.id = a.hold_id "
    "JOIN orders o ON o.id = h.order_id LEFT JOIN buyer b ON b.id = o.buyer_id "
    "WHERE a.result IS NULL AND a.person_id <> ? AND a.opened_at > ? AND {whose} ORDER BY a.id LIMIT 1"
)


def lock_calls() -> None:
    """One after the other: two who ask at once are never given the same customer. Comes before any order's lock."""
    lock_name("calls")


def callee_of_order(order_id: int) -> Callee:
    """Whom one contacts for an order."""
    return callee_of(customer_of(order_id), order_id)


def lease(callee: Callee, person_id: int, station_id: int | None, until: int) -> None:
    """Give somebody to a caller until a moment, ms UTC."""
    execute_many(_LEASE, [(callee.key, person_id, station_id, until)])


def give_back(person_id: int) -> None:
    """End all leases of a caller."""
    execute_many("DELETE FROM call_lease WHERE person_id = ?", [(person_id,)])


def ran_out(moment: int) -> list[str]:
    """The leases, by `Callee.key`, that ran out before a moment, ms UTC."""
    return [row[0] for row in rows_of("SELECT callee FROM call_lease WHERE until_at <= ?", (moment,))]


def end_leases(keys: Sequence[str], moment: int) -> None:
    """End those of the leases that ran out before a moment, ms UTC: not one that was taken anew."""
    execute_many("DELETE FROM call_lease WHERE callee = ? AND until_at <= ?", [(key, moment) for key in keys])


def leases(now: int) -> dict[str, int]:
    """Who has whom, by `Callee.key`."""
    return {row[0]: row[1] for row in rows_of("SELECT callee, person_id FROM call_lease WHERE until_at > ?", (now,))}


def contacted_by_other(callee: Callee, person_id: int, now: int, opened_after: int) -> str:
    """The name of another person who has this customer now, or contacts them; empty for nobody.

    Args:
        callee: the customer.
        person_id: who asks.
        now: ms UTC.
        opened_after: a contact that began before has run out.
    """
    held = rows_of(
        "SELECT p.name FROM call_lease c JOIN person p ON p.id = c.person_id "
        "WHERE c.callee = ? AND c.person_id <> ? AND c.until_at > ?",
        (callee.key, person_id, now),
    )
    if held:
        return str(held[0][0])
    whose = "b.customer_id = ?" if callee.customer_id else "o.id = ?"
    running = rows_of(_RUNNING.format(whose=whose), (person_id, opened_after, callee.customer_id or callee.order_id))
    return str(running[0][1]) if running else ""


def seen_calling(person_id: int, now: int) -> None:
    """Note that somebody who calls is there."""
    execute_many(_SEEN, [(person_id, now)])


def on_shift(since: int) -> frozenset[int]:
    """Who calls and was there since a moment, ms UTC."""
    return frozenset(row[0] for row in rows_of("SELECT person_id FROM caller_shift WHERE seen_at >= ?", (since,)))


def ring(station_id: int, phone_key: str, now: int) -> None:
    """Note that a number rings at a station; what rang before and nobody looked at is forgotten."""
    execute_many("DELETE FROM ring WHERE station_id = ?", [(station_id,)])
    execute_many("INSERT INTO ring (station_id, phone_key, rang_at) VALUES (?, ?, ?)", [(station_id, phone_key, now)])


def ringing(station_id: int, since: int) -> tuple[int, str] | None:
    """The number that rings at a station since no longer than a moment and that nobody was told of, with the id of its row."""
    rows = rows_of(
        "SELECT id, phone_key FROM ring WHERE station_id = ? AND taken_at IS NULL AND rang_at >= ? ORDER BY id DESC LIMIT 1",
        (station_id, since),
    )
    return (rows[0][0], rows[0][1]) if rows else None


def end_ring(ring_id: int, now: int) -> None:
    """Note that somebody was told of it."""
    execute_many("UPDATE ring SET taken_at = ? WHERE id = ?", [(now, ring_id)])


def forget_rings_before(moment: int) -> None:
    """Forget the numbers that rang before a moment, ms UTC."""
    execute_many("DELETE FROM ring WHERE id = ?", rows_of("SELECT id FROM ring WHERE rang_at < ?", (moment,)))
