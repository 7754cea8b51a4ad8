"""Labels on sheets: where every bar and every line of text goes, in printer dots.

A dot is 1/8 mm, as on printers of 203 dpi, and a barcode module is two whole dots (0.25 mm): narrower or uneven modules
are not read reliably from such a printer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from packstation.printing.barcodes import QUIET_ZONE, bars
from packstation.printing.fonts import fitted

DOTS_PER_MM = 8
DPI = DOTS_PER_MM * 25.4
MODULE = 2
PAGE_WIDTH, PAGE_HEIGHT = 210 * DOTS_PER_MM, 297 * DOTS_PER_MM

_MARGIN = 10 * DOTS_PER_MM
_GAP = 5 * DOTS_PER_MM
_PADDING = 2 * DOTS_PER_MM
_LONGEST_LINE = 200
_LEAST_TEXT = 16
_CODE_TEXT = 18
_TITLE_TEXT = 40
_LEADING = 1.3


class CodeTooLongError(ValueError):
    """The barcode is wider than the page."""


@dataclass(frozen=True, slots=True)
class Label:
    """One barcode with the lines above it, the first one large; `code_shown` also writes the code under the bars."""

    code: str
    lines: tuple[str, ...]
    code_shown: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a label is, in dots. `line_sizes` are the sizes of its first line and of the others."""

    width: int
    height: int
    bar_height: int
    line_sizes: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in dots from the sheet's upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `y` is its baseline, `size` dots an em."""

    x: int
    y: int
    text: str
    size: int
    bold: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn: bars filled black, frames as thin outlines to cut along, lines of text."""

    width: int
    height: int
    bars: tuple[Box, ...]
    frames: tuple[Box, ...]
    lines: tuple[Line, ...]


def sheet(title: str, labels: Sequence[Label], shape: Shape) -> Sheet:
    """All labels on one sheet of page width, as tall as they need.

    Raises:
        CodeTooLongError: a code does not fit the page's width.
        UnprintableCodeError: a code cannot be a barcode.
    """
    places, bottom = _places(labels, shape)
    return _drawn(title, zip(labels, places, strict=True), shape, bottom + _MARGIN)


def pages(title: str, labels: Sequence[Label], shape: Shape) -> tuple[Sheet, ...]:
    """All labels on A4 pages, at least one.

    Raises:
        CodeTooLongError: a code does not fit the page's width.
        UnprintableCodeError: a code cannot be a barcode.
    """
    made: list[Sheet] = []
    rest = list(labels)
    while rest or not made:
        places, _ = _places(rest, shape)
        here = [place for place in places if place.y + place.height <= PAGE_HEIGHT - _MARGIN]
        made.append(_drawn(title, zip(rest, here, strict=False), shape, PAGE_HEIGHT))
        rest = rest[len(here) :]
    return tuple(made)


def strip(labels: Sequence[Label], shape: Shape) -> Sheet:
    """Labels one below the other on paper that is as wide as they are, as a label printer has it.

    Raises:
        CodeTooLongError: a code does not fit the width.
        UnprintableCodeError: a code cannot be a barcode.
    """
    places = [Box(0, place * shape.height, shape.width, shape.height) for place in range(len(labels))]
    for label in labels:
        if _bars_width(label.code) + 2 * _PADDING > shape.width:
            raise CodeTooLongError(label.code)
    lines, black = _written(zip(labels, places, strict=True), shape)
    return Sheet(shape.width, shape.height * len(labels), tuple(black), (), tuple(lines))


def _places(labels: Sequence[Label], shape: Shape) -> tuple[list[Box], int]:
    """A frame for each label, left to right and downwards, full width where the barcode needs it; and where they end."""
    across = PAGE_WIDTH - 2 * _MARGIN
    x, y = _MARGIN, _MARGIN + round(_TITLE_TEXT * _LEADING) + _PADDING
    places = []
    for label in labels:
        needed = _bars_width(label.code) + 2 * _PADDING
        if needed > across:
            raise CodeTooLongError(label.code)
        width = shape.width if needed <= shape.width else across
        if x + width > _MARGIN + across:
            x, y = _MARGIN, y + shape.height
        places.append(Box(x, y, width, shape.height))
        x += width + _GAP
    return places, y + shape.height


def _bars_width(code: str) -> int:
    start, width = bars(code)[-1]
    return (start + width + 2 * QUIET_ZONE) * MODULE


def _drawn(title: str, placed: Iterable[tuple[Label, Box]], shape: Shape, height: int) -> Sheet:
    across = PAGE_WIDTH - 2 * _MARGIN
    here = list(placed)
    lines, black = _written(here, shape)
    heading = _line(title, _MARGIN, _MARGIN + _TITLE_TEXT, across, _TITLE_TEXT, bold=True)
    return Sheet(PAGE_WIDTH, height, tuple(black), tuple(place for _label, place in here), (heading, *lines))


def _written(placed: Iterable[tuple[Label, Box]], shape: Shape) -> tuple[list[Line], list[Box]]:
    """The lines and the bars of labels in their places."""
    lines: list[Line] = []
    black: list[Box] = []
    for label, place in placed:
        left, room = place.x + _PADDING, place.width - 2 * _PADDING
        y = place.y + _PADDING
        for index, text in enumerate(label.lines):
            size = shape.line_sizes[min(index, 1)]
            y += round(size * _LEADING)
            lines.append(_line(text, left, y - size // 4, room, size, bold=index == 0))
        below = round(_CODE_TEXT * _LEADING) if label.code_shown else 0
        top = place.y + place.height - _PADDING - below - shape.bar_height
        origin = left + QUIET_ZONE * MODULE
        black += [Box(origin + at * MODULE, top, width * MODULE, shape.bar_height) for at, width in bars(label.code)]
        if label.code_shown:
            baseline = top + shape.bar_height + _CODE_TEXT
            lines.append(_line(label.code, origin, baseline, room - QUIET_ZONE * MODULE, _CODE_TEXT, bold=False))
    return lines, black


def _line(text: str, x: int, y: int, width: int, size: int, *, bold: bool) -> Line:
    printable = "".join(letter for letter in text if letter.isprintable())[:_LONGEST_LINE]
    shown, fitting_size = fitted(printable, width, size, _LEAST_TEXT, bold=bold)
    return Line(x, y, shown, fitting_size, bold)
