"""The first line of the desk: station and person on the left, figures, data ages and clock on the right."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from packstation.domain.plain_text import PlainText, joined, plain
from packstation.tui.widgets.cells import fitted, width_of

_BACKGROUND = "#263042"
_LEFT = Style.parse(f"bold #ffffff on {_BACKGROUND}")
_RIGHT = Style.parse(f"#c5d2e3 on {_BACKGROUND}")
_GAP = plain("  ")

HeaderPart = PlainText | tuple[PlainText, str]
"""A part of the line; one that stands out brings the house's style for it."""


class HeaderBar(Widget):
    """One line; what does not fit is left out from the middle, never the station and the clock."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._left: tuple[PlainText, ...] = ()
        self._right: tuple[HeaderPart, ...] = ()

    @property
    def text(self) -> str:
        """All that it would show with enough room."""
        return joined(_GAP, (*self._left, *map(_text, self._right)))

    def show(self, left: tuple[PlainText, ...], right: tuple[HeaderPart, ...]) -> None:
        """Show other parts; those of the right are given up from its first on when room is short."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        width = self.size.width
        left = joined(_GAP, self._left)
        kept = list(self._right)
        while len(kept) > 1 and width_of(left) + _width(kept) + 4 > width:
            kept.pop(0)
        room = max(0, width - _width(kept) - 2)
        segments = [Segment(fitted(plain(f" {left}"), room), _LEFT), Segment(" ", _RIGHT)]
        for place, part in enumerate(kept):
            if place:
                segments.append(Segment(_GAP, _RIGHT))
            style = _RIGHT if isinstance(part, PlainText) else Style.parse(f"{part[1]} on {_BACKGROUND}")
            segments.append(Segment(_text(part), style))
        return Strip([*segments, Segment(" ", _RIGHT)]).adjust_cell_length(width, _LEFT)


def _text(part: HeaderPart) -> PlainText:
    return part if isinstance(part, PlainText) else part[0]


def _width(parts: Sequence[HeaderPart]) -> int:
    return width_of(joined(_GAP, map(_text, parts)))
