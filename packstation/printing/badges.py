"""Badges of people: a name over a barcode, in the size of a bank card. The code is not written out: it signs a person in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from packstation.printing.drawing import drawn
from packstation.printing.page import DOTS_PER_MM, Label, Shape

TITLE = "packstation – thẻ nhân viên · badges"

_SHAPE = Shape(width=86 * DOTS_PER_MM, height=54 * DOTS_PER_MM, bar_height=20 * DOTS_PER_MM, line_sizes=(60, 30))


def badges(file: Path, people: Sequence[tuple[str, str]]) -> bytes:
    """What to write into `file`, of the kind its name ends in, for (badge code, person's name) pairs.

    Raises:
        UnknownFileKindError: neither .svg, .png nor .pdf.
        CodeTooLongError, UnprintableCodeError: a code that cannot be printed.
    """
    labels = [Label(code, (name, "packstation"), code_shown=False) for code, name in people]
    return drawn(file, TITLE, labels, _SHAPE)
