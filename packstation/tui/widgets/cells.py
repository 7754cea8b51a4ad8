"""Text measured in terminal cells: cut to a width, padded, aligned."""

from __future__ import annotations

from enum import StrEnum

from rich.cells import cell_len, set_cell_size

from packstation.domain.plain_text import ELLIPSIS, PlainText


class Alignment(StrEnum):
    """Where a text stands in a width that is larger than it."""

    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"


def width_of(text: PlainText) -> int:
    """The cells that the text takes: 2 for a wide character, 0 for a mark on the letter before it."""
    return cell_len(text)


def fitted(text: PlainText, width: int, alignment: Alignment = Alignment.LEFT) -> str:
    """The text in exactly `width` cells, padded or cut; what is cut ends in `…`."""
    if width <= 0:
        return ""
    missing = width - cell_len(text)
    if missing < 0:
        return _cut(text, width)
    before = {Alignment.LEFT: 0, Alignment.RIGHT: missing, Alignment.CENTRE: missing // 2}[alignment]
    return " " * before + text + " " * (missing - before)


def _cut(text: PlainText, width: int) -> str:
    """The head of a text that is too wide; a wide character that would be halved leaves a space."""
    # No character is more than two cells wide or less than a quarter of one for long: plain text caps its marks.
    head = text[: width * 4]
    return set_cell_size(head, width - 1) + ELLIPSIS
