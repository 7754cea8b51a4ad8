"""A panel: lines of harmless text, drawn for the room there is, in one go and without a layout of the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from packstation.domain.plain_text import PlainText, joined, plain
from packstation.tui.theme import MUTED, STRONG, TITLE
from packstation.tui.widgets.cells import fitted
from packstation.tui.widgets.text import Shown, StyledText, content_of, styled

Draw = Callable[[int, int], Sequence[Shown]]
"""Makes the lines of a panel for a width and a height in cells."""

_BETWEEN = plain("  ·  ")
_SPACE = plain(" ")


class Panel(Widget):
    """Shows what `draw` makes of its room; lines that are too long are cut, lines too many are left out."""

    def __init__(self, draw: Draw | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._draw: Draw = draw or _nothing

    def show(self, draw: Draw) -> None:
        """Show something else."""
        self._draw = draw
        self.refresh()

    def clear(self) -> None:
        """Show nothing."""
        self.show(_nothing)

    @property
    def text(self) -> str:
        """What is on show, without its styles."""
        return self._content().plain

    def render(self) -> Content:
        """The lines that fit."""
        return self._content()

    def _content(self) -> Content:
        width, height = self.content_size
        return Content("\n").join(content_of(row) for row in self._draw(width, height)[:height])


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its name. `style` is a style of the house's own, for the figure."""

    label: PlainText
    value: PlainText
    style: str = STRONG


def fact(label: str, value: object, style: str = STRONG) -> Fact:
    """A figure with its name, both made harmless."""
    return Fact(plain(label), plain(value, 120), style)


def heading(title: str, rest: str = "") -> StyledText:
    """The first line of a panel."""
    return styled((plain(title), TITLE), (plain(f"  {rest}" if rest else ""), MUTED))


def listed(facts: Sequence[Fact], width: int) -> list[StyledText]:
    """One figure a line, the names in a column of their own."""
    names = min(max((cell_len(each.label) for each in facts), default=0), width // 2)
    return [styled((plain(fitted(each.label, names)), MUTED), _SPACE, _SPACE, _value(each)) for each in facts]


def flowed(facts: Sequence[Fact], width: int) -> list[StyledText]:
    """As many figures on a line as fit."""
    rows: list[list[Fact]] = []
    room = 0
    for each in facts:
        wide = cell_len(each.label) + 1 + cell_len(each.value)
        if rows and room + len(_BETWEEN) + wide <= width:
            rows[-1].append(each)
            room += len(_BETWEEN) + wide
        else:
            rows.append([each])
            room = wide
    return [_flowed_row(row) for row in rows]


def fitting(facts: Sequence[Fact], width: int, height: int) -> list[StyledText]:
    """The figures one a line where there is room for that, else as many on a line as fit."""
    return listed(facts, width) if len(facts) <= height else flowed(facts, width)


def wrapped(text: PlainText, width: int, most: int) -> list[PlainText]:
    """The text in at most so many lines, broken at spaces; what does not fit ends in `…`."""
    lines: list[list[PlainText]] = []
    room = 0
    for word in (plain(part) for part in text.split(" ") if part):
        wide = cell_len(word)
        if lines and room + 1 + wide <= width:
            lines[-1].append(word)
            room += 1 + wide
        else:
            lines.append([word])
            room = wide
    if len(lines) > most > 0:
        last = lines[most - 1]
        while len(last) > 1 and cell_len(" ".join(last)) + 2 > width:
            last.pop()
        last.append(plain("…"))
    shown = [joined(_SPACE, line) for line in lines[:most]]
    return [plain(fitted(line, width).rstrip()) if cell_len(line) > width else line for line in shown]


def _flowed_row(row: Sequence[Fact]) -> StyledText:
    parts: list[PlainText | tuple[PlainText, str]] = []
    for each in row:
        if parts:
            parts.append((_BETWEEN, MUTED))
        parts += [(each.label, MUTED), _SPACE, _value(each)]
    return styled(*parts)


def _value(each: Fact) -> tuple[PlainText, str]:
    return each.value, each.style


def _nothing(_width: int, _height: int) -> Sequence[Shown]:
    return ()
