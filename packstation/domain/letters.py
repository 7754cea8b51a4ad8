"""A letter: a subject and parts, each a heading with its lines; as text, and as it is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, empty for none, and its lines."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to a channel."""

    subject: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The letter without its subject, as plain text: lines under a heading are indented by a dash."""
        blocks = []
        for part in self.parts:
            lines = [f"- {line}" for line in part.lines] if part.title else list(part.lines)
            blocks.append("\n".join([part.title, *lines] if part.title else lines))
        return "\n\n".join(blocks)

    def kept(self) -> str:
        """The letter as one text that `letter_of` reads."""
        parts = [[part.title, list(part.lines)] for part in self.parts]
        return json.dumps({"subject": self.subject, "parts": parts}, ensure_ascii=False, separators=(",", ":"))


def letter_of(kept: str) -> Letter | None:
    """The letter that was kept; None for one that was erased."""
    if not kept:
        return None
    told = json.loads(kept)
    return Letter(told["subject"], tuple(Part(title, tuple(lines)) for title, lines in told["parts"]))
