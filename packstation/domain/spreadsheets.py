"""Files of spreadsheet programs: cells that they cannot mistake for formulas, and what divides cells in the CSV that they write."""

from __future__ import annotations

import re

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*", re.ASCII)


def harmless_cell(text: str) -> str:
    """The text, with an apostrophe before anything that a spreadsheet program would compute; plain numbers stay."""
    if text.lstrip(" ").startswith(_FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def divider_of(titles: str) -> str:
    """What divides the cells of a CSV file whose first line this is: a comma, or a semicolon where spreadsheets write one."""
    return ";" if titles.count(";") > titles.count(",") else ","
