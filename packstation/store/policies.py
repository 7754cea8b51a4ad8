"""Published policies: the newest is the one that every process follows."""

from __future__ import annotations

from packstation.store.database import lock_name, rows_of
from packstation.store.tables.people import PolicyVersionRow


def newest_version() -> int:
    """The number of the newest published policy, 0 when none is."""
    return int(rows_of("SELECT max(version) FROM policy_version")[0][0] or 0)


def newest_policy() -> tuple[int, str] | None:
    """The newest published policy as (version, text), None when none is published."""
    rows = rows_of("SELECT version, text FROM policy_version ORDER BY version DESC LIMIT 1")
    return (rows[0][0], rows[0][1]) if rows else None


def add_version(text: str, person_id: int | None, now: int) -> int:
    """Store a policy as the next version; its number."""
    lock_name("policy")
    version = newest_version() + 1
    PolicyVersionRow.insert(version=version, text=text, published_at=now, person_id=person_id).execute()
    return version


def versions() -> list[tuple[int, int, str | None]]:
    """All published versions as (version, published at, by whom), newest first."""
    return [
        (row[0], row[1], row[2])
        for row in rows_of(
            "SELECT v.version, v.published_at, p.name FROM policy_version v LEFT JOIN person p ON p.id = v.person_id "
            "ORDER BY v.version DESC"
        )
    ]
