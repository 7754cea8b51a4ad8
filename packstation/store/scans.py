"""Scans in the store: every code that a scanner sent, with what was answered."""

from __future__ import annotations

from packstation.store.database import execute_many, rows_of

_INSERT = (
    "INSERT INTO scan (station_id, person_id, at, code, verdict, order_id, parcel_id) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_LONGEST_CODE = 256


def record_scan(
    station_id: int | None,
    person_id: int | None,
    at: int,
    code: str,
    verdict: str,
    order_id: int | None,
    parcel_id: int | None,
) -> None:
    """Record a scan inside the transaction that answers it; a process without a station records none."""
    if station_id is not None:
        execute_many(_INSERT, [(station_id, person_id, at, code[:_LONGEST_CODE], verdict, order_id, parcel_id)])


def scans_of(station_id: int) -> list[tuple[int, str, str]]:
    """All scans of a station as (time in ms UTC, code, answer), oldest first."""
    return [
        (row[0], row[1], row[2])
        for row in rows_of("SELECT at, code, verdict FROM scan WHERE station_id = ? ORDER BY id", (station_id,))
    ]
