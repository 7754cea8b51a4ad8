"""Slips of parcels on the hold shelf: the slot in large letters, the parcel's barcode, and until when it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from packstation.domain.shelf import Slip
from packstation.locale import _, words
from packstation.printing.drawing import drawn_labels
from packstation.printing.page import DOTS_PER_MM, Label, Shape

_SHAPE = Shape(width=80 * DOTS_PER_MM, height=58 * DOTS_PER_MM, bar_height=17 * DOTS_PER_MM, line_sizes=(96, 26))


def slips(file: Path, given: Sequence[Slip]) -> bytes:
    """What to write into `file`, of the kind its name ends in: as PDF a page a slip, as SVG or PNG one below the other.

    Raises:
        UnknownFileKindError: neither .svg, .png nor .pdf.
        CodeTooLongError, UnprintableCodeError: a code that cannot be printed.
    """
    return drawn_labels(file, [_label(slip) for slip in given], _SHAPE)


def _label(slip: Slip) -> Label:
    due = _("decide-by {time}").format(time=words.moment(slip.decide_by, slip.zone))
    lines = [slip.slot, due, f"{slip.number} · {slip.shop}"]
    if slip.instruction:
        lines.append(slip.instruction)
    return Label(slip.code, tuple(lines), code_shown=True)
