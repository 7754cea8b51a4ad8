"""The lines of a demo card."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoLine:
    """A code to try, the verdict it should get ("pack", "call", "stop", "unknown"), and what it shows.

    Without a code the line is a remark for who tries.
    """

    code: str
    expected: str
    what: str
