"""Vietnamese input methods rewrite what a scanner types (`AA` -> `Â`, `DD` -> `Đ`, `W` -> `Ư`); this undoes it.

Telex marks a letter by a following letter, VNI by a following digit. The mark's key may stand right behind its letter
or later in the same word, so one rewritten code has several spellings that may have been scanned. What an input method
swallowed without a trace (`ASS` typed for `AS`) cannot be told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

MOST_SPELLINGS = 512
"""Spellings offered for one code; one with more marks is undone at the likeliest places only."""
_READINGS = 8
"""Ways tried to read the letters themselves (`Ư` is `UW` or a lone `W`)."""
_FARTHEST = 8
"""Characters that a mark's key may stand behind its letter."""

_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_TELEX = {"\u0300": "F", "\u0301": "S", "\u0309": "R", "\u0303": "X", "\u0323": "J", _BREVE: "W", _HORN: "W"}
_VNI = {"\u0300": "2", "\u0301": "1", "\u0309": "3", "\u0303": "4", "\u0323": "5", _CIRCUMFLEX: "6", _HORN: "7"}
_VNI |= {_BREVE: "8"}
_BASES = {"Đ": "D", "đ": "d"}


@dataclass(frozen=True, slots=True)
class _Reading:
    """One letter as it may have been typed: the letter, and the keys behind it that the method took away."""

    letter: str
    keys: tuple[str, ...] = ()


def is_rewritten(code: str) -> bool:
    """Whether the code has letters that only an input method can have put there."""
    return any(_marks(character) is not None for character in unicodedata.normalize("NFC", code))


def unfold(code: str) -> tuple[str, ...]:
    """The ASCII spellings that an input method may have made this code of, likeliest first.

    At most `MOST_SPELLINGS`; none for a code that is untouched, or that has other letters outside ASCII.
    """
    composed = unicodedata.normalize("NFC", code)
    if not is_rewritten(composed):
        return ()
    spellings: dict[str, None] = {}
    readings = [list(islice(product(*_readings(composed, telex)), _READINGS)) for telex in (True, False)]
    share = MOST_SPELLINGS // sum(len(each) for each in readings)
    for letters in (letters for each in readings for letters in each):
        spellings.update(dict.fromkeys(_put_back(letters, share)))
    return tuple(spelling for spelling in spellings if spelling.isascii())


def _marks(character: str) -> tuple[str, ...] | None:
    """The marks of a Vietnamese letter (none for đ), or None for any other character."""
    if character in _BASES:
        return ()
    base, *marks = list(unicodedata.normalize("NFD", character))
    return tuple(marks) if marks and base.isascii() and all(mark in _VNI for mark in marks) else None


def _readings(code: str, telex: bool) -> Iterator[list[_Reading]]:
    """For each character of the code the ways it may have been typed, likeliest first."""
    for index, character in enumerate(code):
        marks = _marks(character)
        if marks is None:
            yield [_Reading(character)]
            continue
        base = _BASES.get(character) or unicodedata.normalize("NFD", character)[0]
        if not marks:
            yield [_Reading(base, (base if telex else "9",))]
            continue
        keys = tuple(_cased(_key(base, mark, telex), base) for mark in marks)
        ways = [_Reading(base, keys)]
        if len(keys) == 2:
            ways.append(_Reading(base, keys[::-1]))
        if base in "Uu" and _HORN in marks:
            tones = tuple(key for key, mark in zip(keys, marks, strict=True) if mark != _HORN)
            following = unicodedata.normalize("NFD", code[index + 1 : index + 2])
            if following[:1] in ("O", "o") and _HORN in following:
                ways.insert(0, _Reading(base, tones))
            if telex:
                ways.append(_Reading(_cased("W", base), tones))
        yield ways


def _key(base: str, mark: str, telex: bool) -> str:
    if not telex:
        return _VNI[mark]
    return base if mark == _CIRCUMFLEX else _TELEX[mark]


def _cased(key: str, base: str) -> str:
    return key.lower() if base.islower() else key


def _put_back(letters: tuple[_Reading, ...], most: int) -> Iterator[str]:
    """The spellings with every key back in its word, those with the keys nearest to their letters first."""
    slots = [(index, key) for index, reading in enumerate(letters) for key in reading.keys]
    room = max(1, int(most ** (1 / len(slots)) + 1e-9)) if slots else 1
    reaches = [range(min(room, _word_end(letters, index) - index + 1)) for index, _ in slots]
    for offsets in sorted(product(*reaches), key=sum)[:most]:
        behind: dict[int, str] = {}
        for (index, key), offset in zip(slots, offsets, strict=True):
            behind[index + offset] = behind.get(index + offset, "") + key
        yield "".join(reading.letter + behind.get(index, "") for index, reading in enumerate(letters))


def _word_end(letters: tuple[_Reading, ...], index: int) -> int:
    """The index of the last character of the word that goes on from `index`, at most `_FARTHEST` on."""
    end = index
    while end + 1 < len(letters) and letters[end + 1].letter.isalnum() and end - index < _FARTHEST:
        end += 1
    return end
