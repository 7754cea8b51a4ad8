"""The shipped fonts, which have every Vietnamese letter, and how wide text is in them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FAMILY = "DejaVu Sans"
ELLIPSIS = "…"

_FOLDER = Path(__file__).parent


def font_file(*, bold: bool) -> Path:
    """The TrueType file."""
    return _FOLDER / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


@lru_cache(maxsize=32)
def font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    """The font at `size` dots an em."""
    return ImageFont.truetype(font_file(bold=bold), size)


def fitted(text: str, width: int, size: int, least_size: int, *, bold: bool) -> tuple[str, int]:
    """The text and the size at which it is at most `width` dots wide: first smaller, then cut with an ellipsis."""
    while size > least_size and font(size, bold=bold).getlength(text) > width:
        size -= 1
    if font(size, bold=bold).getlength(text) <= width:
        return text, size
    while text and font(size, bold=bold).getlength(text + ELLIPSIS) > width:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS, size
