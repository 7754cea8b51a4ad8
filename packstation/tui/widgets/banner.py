"""The banner: the verdict as colour and as words that are read from three metres."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from packstation.domain.plain_text import PlainText, joined, plain
from packstation.tui.theme import PAINTS, Tone
from packstation.tui.widgets.big_letters import ROWS, big
from packstation.tui.widgets.cells import Alignment, fitted

_MARGIN = 2
_BETWEEN = plain("  ·  ")


@dataclass(frozen=True, slots=True)
class BannerText:
    """What the banner says.

    `words` is the same said at several lengths, the best first: the first that fits is shown in big letters. `lines` stand
    below it in ordinary ones, the most important first.
    """

    tone: Tone
    words: tuple[PlainText, ...]
    lines: tuple[PlainText, ...] = ()


class Banner(Widget):
    """Paints itself in the tone's colour without any style sheet, so that a verdict costs one drawing."""

    def __init__(self, says: BannerText, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._says = says
        self._covered: BannerText | None = None
        self._strips: list[Strip] = []

    @property
    def says(self) -> BannerText:
        """What is on show."""
        return self._covered or self._says

    def show(self, says: BannerText) -> None:
        """Say something else."""
        self._says = says
        self._redraw()

    def cover(self, says: BannerText | None) -> None:
        """Say this instead for as long as it lasts; None ends it, and what was said meanwhile is shown."""
        if says != self._covered:
            self._covered = says
            self._redraw()

    def on_resize(self, _event: events.Resize) -> None:
        """Draw for the new room."""
        self._redraw()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width)

    def _redraw(self) -> None:
        self._strips = drawn(self.says, self.size.width, self.size.height)
        self.refresh()


def drawn(says: BannerText, width: int, height: int) -> list[Strip]:
    """The banner's lines: the big words and the small lines together in the middle of the room."""
    paint = PAINTS[says.tone]
    letters = Style(color=paint.letters, bgcolor=paint.background, bold=True)
    rows = _rows(says, width, height)
    above = max(0, (height - len(rows)) // 2)
    rows = ["" for _ in range(above)] + rows
    rows += ["" for _ in range(height - len(rows))]
    return [Strip([Segment(row or " " * width, letters)], width) for row in rows[:height]]


def _rows(says: BannerText, width: int, height: int) -> list[str]:
    word = _fitting(says.words, width)
    small = [fitted(line, width, Alignment.CENTRE) for line in _spread(says.lines, max(1, height - ROWS))]
    if word is None or height < ROWS:
        return [fitted(says.words[0], width, Alignment.CENTRE) if says.words else "", *small]
    rows = big(word)
    if len(rows[0]) * 2 + 2 * _MARGIN <= width and ROWS * 2 + min(len(small), 2) <= height:
        rows = _doubled(rows)
    left = (width - len(rows[0])) // 2
    letters = [f"{' ' * left}{row}".ljust(width) for row in rows]
    spare = height - len(letters) - len(small)
    if spare >= 2 and small:
        letters.append("")
    return letters + small


def _spread(lines: tuple[PlainText, ...], room: int) -> tuple[PlainText, ...]:
    """The small lines in the rows there are: what would be left out shares the last of them."""
    if len(lines) <= room:
        return lines
    return (*lines[: room - 1], joined(_BETWEEN, lines[room - 1 :]))


def _fitting(words: tuple[PlainText, ...], width: int) -> PlainText | None:
    return next((word for word in words if word and len(big(word)[0]) + 2 <= width), None)


def _doubled(rows: tuple[str, ...]) -> tuple[str, ...]:
    """The same letters twice as high and wide."""
    lines = []
    for row in rows:
        lines.append("".join("██" if cell in "▀█" else "  " for cell in row))
        lines.append("".join("██" if cell in "▄█" else "  " for cell in row))
    return tuple(lines)
