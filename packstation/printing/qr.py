"""QR codes in the terminal, as rows of half blocks."""

from __future__ import annotations

import segno

QUIET_ZONE = 2
"""Modules left blank around: what phones need; the norm's four would push the panel off an 80x24 screen."""

_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


class UnprintableTextError(ValueError):
    """The text is empty, or more than a QR code holds."""


def qr_rows(text: str) -> tuple[str, ...]:
    """The rows of a QR code with its quiet zone, two modules a character; to be painted black on white.

    Never a Micro QR, which phones do not read.

    Raises:
        UnprintableTextError: empty, or too long.
    """
    if not text:
        raise UnprintableTextError
    try:
        code = segno.make_qr(text, error="l")
    except segno.DataOverflowError as error:
        raise UnprintableTextError from error
    modules = [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET_ZONE)]
    if len(modules) % 2:
        modules.append([False] * len(modules[0]))
    return tuple(
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(modules[::2], modules[1::2], strict=True)
    )
