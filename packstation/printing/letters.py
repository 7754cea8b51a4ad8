"""Letters as PDF: A4, the shipped font, text that flows over as many pages as it needs."""

from __future__ import annotations

from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.enums import WrapMode

from packstation.domain.letters import Letter
from packstation.domain.times import SECOND
from packstation.printing.fonts import FAMILY, font_file

_MARGIN = 20.0
_BODY, _HEADING, _SUBJECT = 10.0, 11.0, 14.0
_LEADING = 1.5
_MM_PER_POINT = 25.4 / 72
_INDENT = 5.0
_LONGEST_WORD = 40


def letter_pdf(letter: Letter, written_at: int) -> bytes:
    """The letter, made so that the same one gives the same bytes.

    Args:
        letter: what it says.
        written_at: ms UTC.
    """
    page = FPDF(unit="mm", format="A4")
    page.set_creation_date(datetime.fromtimestamp(written_at / SECOND, UTC))
    page.set_title(letter.subject)
    page.set_margins(_MARGIN, _MARGIN)
    page.set_auto_page_break(auto=True, margin=_MARGIN)
    for style, bold in (("", False), ("B", True)):
        page.add_font(FAMILY, style, font_file(bold=bold))
    page.add_page()
    _write(page, letter.subject, _SUBJECT, "B")
    for part in letter.parts:
        page.ln(3)
        if part.title:
            _write(page, part.title, _HEADING, "B")
        for line in part.lines:
            _write(page, line, _BODY, "", _INDENT if part.title else 0.0)
    return bytes(page.output())


def _write(page: FPDF, text: str, size: float, style: str, indent: float = 0.0) -> None:
    page.set_font(FAMILY, style, size)
    page.set_x(_MARGIN + indent)
    # Tracking numbers and product names may have no blanks to break at.
    wrap = WrapMode.CHAR if any(len(word) > _LONGEST_WORD for word in text.split()) else WrapMode.WORD
    height = size * _MM_PER_POINT * _LEADING
    page.multi_cell(0, height, text, align="L", wrapmode=wrap, new_x="LMARGIN", new_y="NEXT")
