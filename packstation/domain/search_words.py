"""What a customer can be found by, folded: the words of the name, and keys of which a beginning is enough.

Definitions: docs/customer.md, "Search".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from packstation.domain.buyers import fold

BACKWARDS = "<"
"""Begins the key of a phone number that stands backwards: its last digits are a beginning of it."""
FEWEST_LAST_DIGITS = 3
BEGINNING = "*"
"""Ends a word that stands for all names with a word that begins so; names themselves have no such letter."""
LONGEST_BEGINNING = 2
_LONGEST = 40
"""Letters of a word or key that count; nobody types more to find somebody."""
_MOST_WORDS = 8
_WORDS = re.compile(r"[^\W_]+")
_DIGITS_ONLY = re.compile(r"[\s\d+().-]+")
_HOME = "84"
_MADE_IDS = ("phone:", "email:", "erased-")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a query: fits a customer one of whose keys begins with one of `keys`, or whose name has all the `words`."""

    keys: tuple[str, ...]
    words: tuple[str, ...]

    def fits(self, name: str, keys: Iterable[str]) -> bool:
        """Whether a customer of this name and these keys is meant."""
        words = name_words(name)
        named = bool(self.words) and all(any(own.startswith(word) for own in words) for word in self.words)
        return named or any(key.startswith(self.keys) for key in keys)


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, folded, each once."""
    return tuple(dict.fromkeys(word[:_LONGEST] for word in _WORDS.findall(fold(name))))[:_MOST_WORDS]


def entries(words: Iterable[str]) -> set[str]:
    """The words with their beginnings of one and two letters, as the table has them."""
    found = set(words)
    for word in tuple(found):
        found.update(word[:length] + BEGINNING for length in range(1, LONGEST_BEGINNING + 1))
    return found


def phone_digits(phone_key: str) -> str:
    """A phone as it is typed: with 0 instead of the home country's code, else the digits of E.164."""
    digits = phone_key.lstrip("+")
    return f"0{digits[len(_HOME) :]}" if digits.startswith(_HOME) else digits


def search_keys(phone_key: str, email: str, codes: Iterable[str]) -> set[str]:
    """The keys of a profile: its codes, email and phone, and the phone backwards."""
    keys = {fold(code)[:_LONGEST] for code in codes if not code.startswith(_MADE_IDS)}
    if phone_key:
        digits = phone_digits(phone_key)[:_LONGEST]
        keys |= {digits, BACKWARDS + digits[::-1]}
    if email:
        keys.add(fold(email)[:_LONGEST])
    return keys - {""}


def chunks_of(query: str) -> list[Chunk]:
    """The parts of a query; each has to fit. One that is digits throughout is a number, however it is spaced."""
    text = fold(query)
    if _DIGITS_ONLY.fullmatch(text) and any(character.isdigit() for character in text):
        return [_number("".join(character for character in text if character.isdigit()), text)]
    return [_chunk(part) for part in text.split(" ")[:_MOST_WORDS] if part]


def _chunk(part: str) -> Chunk:
    if part.isdigit():
        return _number(part, part)
    return Chunk((part[:_LONGEST],), name_words(part))


def _number(digits: str, typed: str) -> Chunk:
    digits = digits[:_LONGEST]
    keys = [digits]
    if digits.startswith(_HOME):
        keys.append(f"0{digits[len(_HOME) :]}")
    if len(digits) >= FEWEST_LAST_DIGITS:
        keys.append(BACKWARDS + digits[::-1])
    return Chunk(tuple(keys), name_words(typed))
