"""Decisions as lines of an order's note, which the family has one of: each line bears its decision's key and is written once."""

from __future__ import annotations

from sync.channels.decision_notes import marker, note_of
from sync.channels.protocol import Decision

_MARK = "[packstation "


def with_decision(note: str, decision: Decision) -> str | None:
    """The note with a line for this decision; None when it has it already."""
    if marker(decision) in note:
        return None
    return f"{note.rstrip()}\n{note_of(decision)}".strip()


def without_decisions(note: str) -> str:
    """The note without the lines that packstation wrote."""
    return "\n".join(line for line in note.splitlines() if _MARK not in line).strip()
