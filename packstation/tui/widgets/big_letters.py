"""Words in letters that are read from three metres: 7 pixels high and 5 wide, drawn with half blocks in 5 rows.

A letter is drawn from its base and its marks, so every Vietnamese letter follows from 26 bases and 8 marks. Rows 0 and
1 are for marks above, 2 to 8 for the letter, 9 for the dot below; a letter with a mark gives up a row next to it, so
that the two do not run together.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ROWS = 5
"""Terminal rows of a word."""

_PIXEL_ROWS = 10
_TOP = 2
_INK = "#"
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}

_GLYPHS: dict[str, str] = {
    "A": ".###. #...# #...# #...# ##### #...# #...#",
    "B": "####. #...# #...# ####. #...# #...# ####.",
    "C": ".###. #...# #.... #.... #.... #...# .###.",
    "D": "####. #...# #...# #...# #...# #...# ####.",
    "Đ": ".####. .#...# .#...# ###..# .#...# .#...# .####.",
    "E": "##### #.... #.... ####. #.... #.... #####",
    "F": "##### #.... #.... ####. #.... #.... #....",
    "G": ".###. #...# #.... #.### #...# #...# .###.",
    "H": "#...# #...# #...# ##### #...# #...# #...#",
    "I": "### .#. .#. .#. .#. .#. ###",
    "J": "..### ...#. ...#. ...#. ...#. #..#. .##..",
    "K": "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
    "L": "#.... #.... #.... #.... #.... #.... #####",
    "M": "#...# ##.## #.#.# #.#.# #...# #...# #...#",
    "N": "#...# ##..# #.#.# #.#.# #..## #...# #...#",
    "O": ".###. #...# #...# #...# #...# #...# .###.",
    "P": "####. #...# #...# ####. #.... #.... #....",
    "Q": ".###. #...# #...# #...# #.#.# #..#. .##.#",
    "R": "####. #...# #...# ####. #.#.. #..#. #...#",
    "S": ".#### #.... #.... .###. ....# ....# ####.",
    "T": "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
    "U": "#...# #...# #...# #...# #...# #...# .###.",
    "V": "#...# #...# #...# #...# #...# .#.#. ..#..",
    "W": "#...# #...# #...# #.#.# #.#.# ##.## #...#",
    "X": "#...# #...# .#.#. ..#.. .#.#. #...# #...#",
    "Y": "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..",
    "Z": "##### ....# ...#. ..#.. .#... #.... #####",
    "0": ".###. #...# #..## #.#.# ##..# #...# .###.",
    "1": ".#. ##. .#. .#. .#. .#. ###",
    "2": ".###. #...# ....# ...#. ..#.. .#... #####",
    "3": "####. ....# ....# .###. ....# ....# ####.",
    "4": "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    "5": "##### #.... ####. ....# ....# #...# .###.",
    "6": ".###. #.... #.... ####. #...# #...# .###.",
    "7": "##### ....# ...#. ..#.. ..#.. ..#.. ..#..",
    "8": ".###. #...# #...# .###. #...# #...# .###.",
    "9": ".###. #...# #...# .#### ....# ....# .###.",
    "–": "..... ..... ..... ##### ..... ..... .....",
    "-": "... ... ... ### ... ... ...",
    "?": ".###. #...# ....# ...#. ..#.. ..... ..#..",
    "!": "# # # # # . #",
    " ": ".. .. .. .. .. .. ..",
}
_SPARE_ROWS = {"A": (3, 5), "Đ": (1, 5), "E": (1, 5), "I": (3, 2), "O": (3, 2), "U": (3, 2), "Y": (6, 5)}
"""Rows of a letter that can go when it has to make room for its marks, the first to go first."""

_GRAVE, _ACUTE, _CIRCUMFLEX, _TILDE, _BREVE = "\u0300", "\u0301", "\u0302", "\u0303", "\u0306"
_HOOK, _HORN, _DOT = "\u0309", "\u031b", "\u0323"
_ABOVE = {
    _GRAVE: (".#...", "..#.."),
    _ACUTE: ("...#.", "..#.."),
    _CIRCUMFLEX: ("..#..", ".#.#."),
    _TILDE: (".##.#", "#.##."),
    _BREVE: (".#.#.", ".###."),
    _HOOK: (".##..", "..#.."),
}
_BESIDE = {_GRAVE: ("#.", ".#"), _ACUTE: (".#", "#."), _HOOK: ("##", ".#"), _TILDE: (".#.#", "#.#.")}
"""Tone marks next to a circumflex or breve."""


def width(text: str) -> int:
    """The cells that `big` takes for the text."""
    return len(big(text)[0])


@lru_cache(maxsize=64)
def big(text: str) -> tuple[str, ...]:
    """The text in capitals, as `ROWS` strings of equal length.

    A character that has no big letter is left out.
    """
    glyphs = [_drawn(letter) for letter in _letters(text)]
    pixels = [".".join(glyph[row] for glyph in glyphs) for row in range(_PIXEL_ROWS)]
    return tuple(
        "".join(_HALVES[upper == _INK, lower == _INK] for upper, lower in zip(*pixels[row : row + 2], strict=True))
        for row in range(0, _PIXEL_ROWS, 2)
    )


def _letters(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The bases that can be drawn, each with its marks."""
    letters: list[tuple[str, tuple[str, ...]]] = []
    for character in unicodedata.normalize("NFC", text.upper()):
        base, *marks = list(unicodedata.normalize("NFD", character))
        if base in _GLYPHS:
            letters.append((base, tuple(marks)))
    return letters


@lru_cache(maxsize=256)
def _drawn(letter: tuple[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The pixel rows of a letter with its marks, all of one width."""
    base, marks = letter
    rows = _GLYPHS[base].split()
    above = [mark for mark in marks if mark in _ABOVE]
    dotted = _DOT in marks
    spare = sorted(_SPARE_ROWS.get(base, (3, 2))[: bool(above) + dotted], reverse=True)
    for number in spare:
        del rows[number]
    wide = len(rows[0])
    canvas = [list("." * wide) for _ in range(_PIXEL_ROWS)]
    top = _TOP + (1 if above else 0)
    for offset, row in enumerate(rows):
        canvas[top + offset] = list(row)
    if dotted:
        canvas[-1][wide // 2] = _INK
    if _HORN in marks:
        for number, line in enumerate(canvas):
            line.append(_INK if number in (top - 1, top) else ".")
        canvas[top][wide - 1] = _INK if base == "O" else canvas[top][wide - 1]
    _add_above(canvas, above, wide)
    return tuple("".join(row) for row in canvas)


def _add_above(canvas: list[list[str]], above: list[str], wide: int) -> None:
    """Put the marks above the letter: the shape first, a tone beside it, or the tone alone in the middle."""
    if not above:
        return
    shape, *tones = sorted(above, key=lambda mark: mark not in (_CIRCUMFLEX, _BREVE))
    for number in range(_TOP):
        _ink(canvas[number], _ABOVE[shape][number], wide // 2 - 2)
        for tone in tones[:1]:
            _ink(canvas[number], _BESIDE[tone][number], wide // 2 + 3)
    longest = max(len(row) for row in canvas)
    for row in canvas:
        row += "." * (longest - len(row))


def _ink(row: list[str], line: str, at: int) -> None:
    for offset, pixel in enumerate(line):
        if pixel == _INK and at + offset >= 0:
            row += "." * (at + offset + 1 - len(row))
            row[at + offset] = _INK
