"""People and stations in the store. Badges and PINs come and go as digests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packstation.domain.people import Person, Role
from packstation.store.database import rows_of
from packstation.store.tables.people import PersonRow, StationRow

_COLUMNS = "id, name, role, active, badge_digest IS NOT NULL, pin_hash IS NOT NULL"


def _person(row: Sequence[Any]) -> Person:
    return Person(row[0], row[1], Role(row[2]), bool(row[3]), bool(row[4]), bool(row[5]))


def everybody() -> list[Person]:
    """All people by name, the disabled ones too."""
    return [_person(row) for row in rows_of(f"SELECT {_COLUMNS} FROM person ORDER BY name")]


def person_by_id(person_id: int) -> Person | None:
    """The person of an id."""
    rows = rows_of(f"SELECT {_COLUMNS} FROM person WHERE id = ?", (person_id,))
    return _person(rows[0]) if rows else None


def person_by_name(name: str) -> Person | None:
    """The person of a name, written exactly so."""
    rows = rows_of(f"SELECT {_COLUMNS} FROM person WHERE name = ?", (name,))
    return _person(rows[0]) if rows else None


def person_by_badge(digest: str) -> Person | None:
    """The person whose badge has this digest."""
    rows = rows_of(f"SELECT {_COLUMNS} FROM person WHERE badge_digest = ?", (digest,))
    return _person(rows[0]) if rows else None


def add_person(name: str, role: Role, pin_hash: str | None, now: int) -> int:
    """Store a new person; their id."""
    person_id: int = PersonRow.insert(
        name=name, role=str(role), pin_hash=pin_hash, active=True, failed_pins=0, added_at=now
    ).execute()
    return person_id


def set_badge(person_id: int, digest: str | None) -> None:
    """Give a person a badge; the earlier one stops working."""
    PersonRow.update(badge_digest=digest).where(PersonRow.id == person_id).execute()


def set_role(person_id: int, role: Role) -> None:
    """Give a person another role."""
    PersonRow.update(role=str(role)).where(PersonRow.id == person_id).execute()


def set_active(person_id: int, *, active: bool) -> None:
    """Disable or enable a person."""
    PersonRow.update(active=active).where(PersonRow.id == person_id).execute()


def pin_standing(person_id: int) -> tuple[str | None, int, int | None]:
    """The PIN's hash, how many wrong tries there were in a row, and until when (ms UTC) tries are refused."""
    return rows_of("SELECT pin_hash, failed_pins, locked_until FROM person WHERE id = ?", (person_id,))[0]


def set_pin_standing(person_id: int, failed: int, locked_until: int | None) -> None:
    """Store how many wrong tries there were in a row, and until when tries are refused."""
    PersonRow.update(failed_pins=failed, locked_until=locked_until).where(PersonRow.id == person_id).execute()


def set_pin(person_id: int, pin_hash: str) -> None:
    """Give a person a PIN."""
    PersonRow.update(pin_hash=pin_hash, failed_pins=0, locked_until=None).where(PersonRow.id == person_id).execute()


def station_named(name: str, now: int) -> int:
    """The id of the station of a name; made when new."""
    rows = rows_of("SELECT id FROM station WHERE name = ?", (name,))
    if rows:
        return int(rows[0][0])
    StationRow.insert(name=name, seen_at=now).on_conflict_ignore().execute()
    return station_named(name, now)


def station_by_name(name: str) -> tuple[int | None, tuple[str, ...]]:
    """The id of a station that there is, None for no such one, and the names of all."""
    known = {row[1]: row[0] for row in rows_of("SELECT id, name FROM station ORDER BY name")}
    return known.get(name), tuple(known)


def sign_in_at(station_id: int, person_id: int | None, now: int) -> None:
    """Store who is signed in at a station, None for nobody."""
    StationRow.update(person_id=person_id, seen_at=now).where(StationRow.id == station_id).execute()


def stations() -> list[tuple[str, str | None, int]]:
    """All stations as (name, person signed in, last seen)."""
    return [
        (row[0], row[1], row[2])
        for row in rows_of(
            "SELECT s.name, p.name, s.seen_at FROM station s LEFT JOIN person p ON p.id = s.person_id ORDER BY s.name"
        )
    ]


def station_name(station_id: int) -> str:
    """The name of a station."""
    return str(rows_of("SELECT name FROM station WHERE id = ?", (station_id,))[0][0])
