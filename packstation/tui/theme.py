"""The colours of the screen: one theme for Textual's own parts, and the styles and tones that panels are painted with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from textual.theme import Theme

MUTED = "#8f9bab"
STRONG = "bold #f3f6fa"
TITLE = "bold #79b8ff"
GOOD = "#5fd38a"
WARNING = "bold #f5b83d"
BAD = "bold #ff7b72"
OVERDUE = "bold #0d1117 on #ff7b72"
KEY = "bold #0d1117 on #79b8ff"

THEME = Theme(
    name="packstation",
    dark=True,
    primary="#79b8ff",
    secondary="#5fd38a",
    accent="#79b8ff",
    warning="#f5b83d",
    error="#ff7b72",
    success="#5fd38a",
    foreground="#dfe5ec",
    background="#0d1117",
    surface="#161c25",
    panel="#202835",
)


class Tone(StrEnum):
    """What the banner says with its colour."""

    IDLE = "idle"
    PACK = "pack"
    DONE = "done"
    CALL = "call"
    STOP = "stop"
    PACKED_ALREADY = "packed_already"
    UNKNOWN = "unknown"
    SAID = "said"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Paint:
    """Background and letters."""

    background: str
    letters: str


PAINTS = {
    Tone.IDLE: Paint("#1b2330", "#a9b7c8"),
    Tone.PACK: Paint("#0b8f45", "#ffffff"),
    Tone.DONE: Paint("#1d3b2c", "#8fe3b0"),
    Tone.CALL: Paint("#f2a900", "#1a1200"),
    Tone.STOP: Paint("#c9211e", "#ffffff"),
    Tone.PACKED_ALREADY: Paint("#6e2b32", "#ffdcd8"),
    Tone.UNKNOWN: Paint("#6b34c9", "#ffffff"),
    Tone.SAID: Paint("#22405f", "#e3f0ff"),
    Tone.AWAY: Paint("#3a3f47", "#ffffff"),
}
