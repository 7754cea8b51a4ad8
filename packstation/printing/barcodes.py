"""Code 128 as runs of bars, in modules. What draws them decides how wide a module is."""

from __future__ import annotations

import re

import barcode

QUIET_ZONE = 10
"""Modules left blank on either side, without which a scanner does not find the code."""


class UnprintableCodeError(ValueError):
    """The text cannot be a Code 128 barcode: empty, or other than printable ASCII."""


def bars(text: str) -> tuple[tuple[int, int], ...]:
    """The dark bars of `text` from left to right, each as (start, width) in modules; the quiet zones not counted.

    Raises:
        UnprintableCodeError: empty, or other than printable ASCII.
    """
    if not text or not text.isascii() or not text.isprintable():
        raise UnprintableCodeError(text)
    modules: str = barcode.get("code128", text).build()[0]
    return tuple((run.start(), run.end() - run.start()) for run in re.finditer("1+", modules))
