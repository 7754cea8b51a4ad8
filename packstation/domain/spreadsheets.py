"""Cells that a spreadsheet program cannot mistake for formulas."""

from __future__ import annotations

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless_cell(text: str) -> str:
    """The text, with an apostrophe before anything that a spreadsheet program would compute; plain numbers stay."""
    if text.startswith(_FORMULA_STARTS) and not text.lstrip("+-").replace(".", "", 1).isdigit():
        return f"'{text}"
    return text
