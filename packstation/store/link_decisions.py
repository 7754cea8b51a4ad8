"""What supervisors decided about who is one person with whom, as long as it holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from packstation.store.database import execute_many, rows_of


class DecisionKind(StrEnum):
    """What was decided: two buyers are one person, or are not; one takes part in no automatic link."""

    LINK = "link"
    REFUSED = "refused"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that holds. Of a pair `buyer_id` is the smaller one; a split names no `other_id`."""

    kind: DecisionKind
    buyer_id: int
    other_id: int | None
    at: int
    by: str | None
    why: str


def add_decision(
    kind: DecisionKind, buyer_id: int, other_id: int | None, at: int, person_id: int | None, why: str
) -> None:
    """Store a decision; one that holds already stays as it was made."""
    if other_id is not None:
        buyer_id, other_id = sorted((buyer_id, other_id))
    execute_many(
        "INSERT INTO link_decision (kind, buyer_id, other_id, at, person_id, why) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        [(str(kind), buyer_id, other_id, at, person_id, why)],
    )


def drop_decision(kind: DecisionKind, buyer_id: int, other_id: int | None = None) -> None:
    """Take a decision back."""
    if other_id is not None:
        buyer_id, other_id = sorted((buyer_id, other_id))
    execute_many(
        "DELETE FROM link_decision WHERE kind = ? AND buyer_id = ? AND coalesce(other_id, 0) = ?",
        [(str(kind), buyer_id, other_id or 0)],
    )


def drop_links_of(buyer_id: int) -> None:
    """Take back every link of a buyer that a supervisor made."""
    execute_many("DELETE FROM link_decision WHERE kind = 'link' AND ? IN (buyer_id, other_id)", [(buyer_id,)])


def decisions_about(buyer_id: int) -> list[Decision]:
    """What was decided about a buyer and holds, as it was decided."""
    return [
        Decision(DecisionKind(kind), one, other, at, by, why)
        for kind, one, other, at, by, why in rows_of(
            "SELECT d.kind, d.buyer_id, d.other_id, d.at, p.name, d.why FROM link_decision d "
            "LEFT JOIN person p ON p.id = d.person_id WHERE d.buyer_id = ? OR d.other_id = ? ORDER BY d.id",
            (buyer_id, buyer_id),
        )
    ]


def is_split(buyer_id: int) -> bool:
    """Whether a buyer takes part in no automatic link."""
    return bool(rows_of("SELECT 1 FROM link_decision WHERE kind = 'split' AND buyer_id = ?", (buyer_id,)))
