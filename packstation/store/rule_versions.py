"""Published rules beside the policy (tiers, care): the newest of each kind is the one that every process follows."""

from __future__ import annotations

from packstation.domain.rule_kinds import RuleKind
from packstation.store.database import execute_many, lock_name, rows_of


def newest_rules(kind: RuleKind) -> tuple[int, str] | None:
    """The newest published rules of a kind as (version, text), None when none are published."""
    rows = rows_of("SELECT version, text FROM rules_version WHERE kind = ? ORDER BY version DESC LIMIT 1", (str(kind),))
    return (rows[0][0], rows[0][1]) if rows else None


def add_rules(kind: RuleKind, text: str, person_id: int | None, now: int) -> int:
    """Store rules as the next version of their kind; its number."""
    lock_name(f"rules {kind}")
    newest = newest_rules(kind)
    version = newest[0] + 1 if newest else 1
    execute_many(
        "INSERT INTO rules_version (kind, version, text, published_at, person_id) VALUES (?, ?, ?, ?, ?)",
        [(str(kind), version, text, now, person_id)],
    )
    return version


def rules_versions(kind: RuleKind) -> list[tuple[int, int, str | None]]:
    """All published versions of a kind as (version, published at, by whom), newest first."""
    return [
        (row[0], row[1], row[2])
        for row in rows_of(
            "SELECT v.version, v.published_at, p.name FROM rules_version v LEFT JOIN person p ON p.id = v.person_id "
            "WHERE v.kind = ? ORDER BY v.version DESC",
            (str(kind),),
        )
    ]
