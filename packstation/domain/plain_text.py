"""Text from outside made harmless: no control, bidi or zero-width characters, bounded accents, bounded length."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterable
from typing import SupportsIndex

ELLIPSIS = "…"
LONGEST = 500
"""Characters kept of one text unless the caller says otherwise."""
MOST_MARKS = 3
"""Combining marks kept on one letter; Vietnamese needs two, taller stacks leave their line."""

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACES = frozenset({"Zs", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})
_BLANK_CONTROLS = frozenset("\t\n\v\f\r\x85")
_INVISIBLE = frozenset(
    (
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
        *range(0x1F1E6, 0x1F200),
        *range(0x1F3FB, 0x1F400),
    )
)
"""Fillers, variation selectors, halves of flags and skin tones: letters, marks or signs whose width terminals disagree on."""
_CACHED = 8192
_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_NEEDS_NO_QUOTES = re.compile(r"\w[\w.-]*")
_WORKS_IN_DOUBLE_QUOTES = re.compile(r'["$`\\!]')
_MARK, _NO_MARK = "\u0300", "x"


class PlainText(str):
    """Text that is safe on a terminal as it stands.

    Only `plain` and its siblings make it; anything cut or joined from it is an ordinary `str` again.
    """

    __slots__ = ()

    def __new__(cls, *_: object) -> PlainText:
        """Refuse: cleaning must not be skipped.

        Raises:
            TypeError: always.
        """
        raise TypeError("PlainText is made by plain()")

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[object, ...]:
        """Copies and pickles are cleaned again."""
        return plain, (str(self), max(len(self), 1))


class _Cleaning(dict[int, str]):
    """A translation table that learns what becomes of a character when it first meets it."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if character in _BLANK_CONTROLS or category in _SPACES:
            becomes = " "
        elif category in _DROPPED or code in _INVISIBLE:
            becomes = ""
        else:
            becomes = character
        if len(self) < _CACHED:
            self[code] = becomes
        return becomes


class _Shape(dict[int, str]):
    """A translation table into marks and the rest, so that a run of marks can be found as a plain substring."""

    def __missing__(self, code: int) -> str:
        becomes = _MARK if unicodedata.category(chr(code)) in _MARKS else _NO_MARK
        if len(self) < _CACHED:
            self[code] = becomes
        return becomes


_CLEANING = _Cleaning()
_SHAPE = _Shape()


def plain(text: object, limit: int = LONGEST) -> PlainText:
    """The text as one harmless line: NFC, blanks as spaces, at most `limit` characters, the last of them `…` if cut.

    Args:
        text: anything; what is not a string is shown as `str` shows it.
        limit: characters, at least 1.
    """
    if isinstance(text, PlainText) and len(text) <= limit:
        return text
    raw = str(text)
    if len(raw) > limit * 16:
        # Cleaning can only shorten, and what lies this far behind the cut cannot come back into view.
        raw = raw[: limit * 16]
    if not (raw.isascii() and raw.isprintable()):
        raw = _capped_marks(unicodedata.normalize("NFC", raw.translate(_CLEANING)))
    if len(raw) > limit:
        raw = raw[: limit - 1] + ELLIPSIS
    return str.__new__(PlainText, raw)


def plain_lines(text: object, limit: int = LONGEST, most_lines: int = 20) -> tuple[PlainText, ...]:
    """The text as harmless lines of at most `limit` characters; what exceeds `most_lines` is cut with a last `…`."""
    lines = _LINE_ENDS.split(str(text), maxsplit=most_lines)
    kept = [plain(line, limit) for line in lines[:most_lines]]
    if len(lines) > most_lines:
        kept[-1] = plain(ELLIPSIS)
    return tuple(kept)


def joined(separator: PlainText, parts: Iterable[PlainText]) -> PlainText:
    """Harmless texts joined by a harmless separator, uncut."""
    text = separator.join(parts)
    return plain(text, max(len(text), 1))


def shell_word(text: str) -> str:
    """The text as one word of a command that is suggested to people: pasted into a shell it is that word and runs nothing."""
    if _NEEDS_NO_QUOTES.fullmatch(text):
        return text
    if "'" in text and not _WORKS_IN_DOUBLE_QUOTES.search(text):
        return f'"{text}"'
    return shlex.quote(text)


def _capped_marks(text: str) -> str:
    """The text without marks that have no letter and without the marks above `MOST_MARKS` on a letter."""
    shape = text.translate(_SHAPE)
    if not shape.startswith(_MARK) and _MARK * (MOST_MARKS + 1) not in shape:
        return text
    kept: list[str] = []
    marks = MOST_MARKS
    for character, kind in zip(text, shape, strict=True):
        marks = marks + 1 if kind == _MARK else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))
