"""The first line of the desk: station and person on the left, figures, data ages and clock on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from packstation.domain.plain_text import PlainText, joined, plain
from packstation.tui.widgets.cells import fitted, width_of

_BACKGROUND = "#263042"
_LEFT = Style.parse(f"bold #ffffff on {_BACKGROUND}")
_RIGHT = Style.parse(f"#c5d2e3 on {_BACKGROUND}")
_GAP = plain("  ")
_NOTHING = plain("")

ALWAYS = 100
"""The worth of a part that is never left out."""


@dataclass(frozen=True, slots=True)
class HeaderPart:
    """A part of the line.

    Attributes:
        text: what it says.
        style: a style of the house's own, if it stands out.
        worth: when room is short, the part that is worth least is left out first, of equals the first.
        short: what it says as soon as room is short; empty for the same.
    """

    text: PlainText
    style: str = ""
    worth: int = ALWAYS
    short: PlainText = _NOTHING

    @property
    def shortened(self) -> HeaderPart:
        """The part as it is when room is short."""
        return replace(self, text=self.short or self.text)


class HeaderBar(Widget):
    """One line of whole parts: those that are worth least are left out when room is short."""

    class Clicked(Message):
        """Somebody clicked the line."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._left: tuple[HeaderPart, ...] = ()
        self._right: tuple[HeaderPart, ...] = ()

    @property
    def text(self) -> str:
        """All that it would show with enough room."""
        return _joined((*self._left, *self._right))

    def show(self, left: tuple[HeaderPart, ...], right: tuple[HeaderPart, ...]) -> None:
        """Show other parts at the line's two ends."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Pass it on."""
        event.stop()
        self.post_message(self.Clicked())

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        left, right = _fitting(self._left, self._right, width - 4)
        room = max(0, width - width_of(_joined(right)) - 2)
        segments = [Segment(fitted(plain(f" {_joined(left)}"), room), _LEFT), Segment(" ", _RIGHT)]
        for place, part in enumerate(right):
            if place:
                segments.append(Segment(_GAP, _RIGHT))
            style = Style.parse(f"{part.style} on {_BACKGROUND}") if part.style else _RIGHT
            segments.append(Segment(part.text, style))
        return Strip([*segments, Segment(" ", _RIGHT)]).adjust_cell_length(width, _LEFT)


def _fitting(
    left: Sequence[HeaderPart], right: Sequence[HeaderPart], width: int
) -> tuple[list[HeaderPart], list[HeaderPart]]:
    """As many of the parts as fit."""
    kept = [list(left), list(right)]
    if _width(kept) > width:
        kept = [[part.shortened for part in parts] for parts in kept]
    spare = sorted((part for parts in kept for part in parts if part.worth < ALWAYS), key=lambda part: part.worth)
    while spare and _width(kept) > width:
        weakest = spare.pop(0)
        kept = [[part for part in parts if part is not weakest] for parts in kept]
    return kept[0], kept[1]


def _width(kept: Sequence[Sequence[HeaderPart]]) -> int:
    return sum(width_of(_joined(parts)) for parts in kept)


def _joined(parts: Sequence[HeaderPart]) -> PlainText:
    return joined(_GAP, (part.text for part in parts))
