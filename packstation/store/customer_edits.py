"""What people write of customers: fields, tags and notes. What was written before stays, with its author and time.

A row belongs to the customer that it was written for, which is the home of one buyer (docs/linking.md): it follows that buyer into
whatever customer they are linked with, and out of it again.
"""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.cards import NoteCard, TagCard
from packstation.domain.customer_profile import Field, Said
from packstation.store.database import execute_many, rows_of

_FAR = 2**62
_WRITTEN_FOR = (
    "customer_id IN (SELECT home_id FROM buyer WHERE customer_id = (SELECT customer_id FROM buyer WHERE home_id = ?))"
)


@dataclass(frozen=True, slots=True)
class EditCard:
    """One thing that somebody wrote for a field; `value` empty where it was taken back."""

    field: Field
    value: str
    by: str
    at: int


def latest_edits(customer_id: int, at: int | None = None) -> dict[Field, Said]:
    """What people wrote last for each field before a moment, ms UTC; None for the present."""
    return {edit.field: Said(edit.value, "", edit.by, edit.at) for edit in edits_of(customer_id, at)}


def edits_of(customer_id: int, at: int | None = None) -> list[EditCard]:
    """Everything that people wrote for fields, oldest first."""
    return [
        EditCard(Field(field), value, by or "", moment)
        for field, value, by, moment in rows_of(
            "SELECT e.field, e.value, p.name, e.at FROM customer_edit e LEFT JOIN person p ON p.id = e.person_id "
            f"WHERE e.{_WRITTEN_FOR} AND e.at < ? ORDER BY e.id",
            (customer_id, _FAR if at is None else at),
        )
    ]


def add_edit(customer_id: int, field: Field, value: str, person_id: int | None, now: int) -> None:
    """Keep what a person wrote for a field; empty takes back what was written."""
    execute_many(
        "INSERT INTO customer_edit (customer_id, field, value, at, person_id) VALUES (?, ?, ?, ?, ?)",
        [(customer_id, str(field), value, now, person_id)],
    )


def tags_of(customer_id: int, at: int | None = None) -> tuple[TagCard, ...]:
    """The customer's tags as of a moment, ms UTC, None for the present; the first given first, each once."""
    moment = _FAR if at is None else at
    found: dict[str, TagCard] = {}
    for tag, by, rule, added in rows_of(
        "SELECT t.tag, p.name, t.rule, t.added_at FROM customer_tag t LEFT JOIN person p ON p.id = t.added_by "
        f"WHERE t.{_WRITTEN_FOR} AND t.added_at < ? AND (t.ended_at IS NULL OR t.ended_at >= ?) ORDER BY t.id",
        (customer_id, moment, moment),
    ):
        found.setdefault(tag, TagCard(tag, by or "", rule, added))
    return tuple(found.values())


def add_tag(customer_id: int, tag: str, person_id: int | None, now: int, rule: str = "") -> bool:
    """Give a customer a tag; False when they have it."""
    if rows_of(f"SELECT 1 FROM customer_tag WHERE {_WRITTEN_FOR} AND tag = ? AND ended_at IS NULL", (customer_id, tag)):
        return False
    execute_many(
        "INSERT INTO customer_tag (customer_id, tag, rule, added_at, added_by) VALUES (?, ?, ?, ?, ?)",
        [(customer_id, tag, rule, now, person_id)],
    )
    return True


def end_tag(customer_id: int, tag: str, person_id: int | None, now: int) -> bool:
    """Take a tag from a customer; False when they do not have it."""
    have = rows_of(
        f"SELECT id FROM customer_tag WHERE {_WRITTEN_FOR} AND tag = ? AND ended_at IS NULL", (customer_id, tag)
    )
    execute_many(
        "UPDATE customer_tag SET ended_at = ?, ended_by = ? WHERE id = ?", [(now, person_id, *row) for row in have]
    )
    return bool(have)


def notes_of(customer_id: int, at: int | None = None) -> tuple[NoteCard, ...]:
    """The notes about a customer as of a moment, ms UTC, None for the present; the latest first."""
    moment = _FAR if at is None else at
    return tuple(note for note in every_note_of(customer_id) if note.at < moment and (note.ended_at or _FAR) >= moment)


def every_note_of(customer_id: int) -> tuple[NoteCard, ...]:
    """The notes about a customer, rewritten and taken back ones too; the latest first."""
    return tuple(
        NoteCard(row[0], row[1], row[2] or "", row[3], row[4], row[5] or "", row[6])
        for row in rows_of(
            "SELECT n.id, n.text, p.name, n.at, n.ended_at, q.name, n.instead_of FROM customer_note n "
            f"LEFT JOIN person p ON p.id = n.person_id LEFT JOIN person q ON q.id = n.ended_by WHERE n.{_WRITTEN_FOR} ORDER BY n.id DESC",
            (customer_id,),
        )
    )


def add_note(customer_id: int, text: str, person_id: int | None, now: int, instead_of: int | None = None) -> None:
    """Keep a note about a customer."""
    execute_many(
        "INSERT INTO customer_note (customer_id, text, at, person_id, instead_of) VALUES (?, ?, ?, ?, ?)",
        [(customer_id, text, now, person_id, instead_of)],
    )


def end_note(customer_id: int, note_id: int, person_id: int | None, now: int) -> bool:
    """Take a note back; False when it is not there any more."""
    have = rows_of(
        f"SELECT id FROM customer_note WHERE id = ? AND {_WRITTEN_FOR} AND ended_at IS NULL", (note_id, customer_id)
    )
    execute_many(
        "UPDATE customer_note SET ended_at = ?, ended_by = ? WHERE id = ?", [(now, person_id, *row) for row in have]
    )
    return bool(have)
