"""Addresses: one key for all spellings of a clear address, and whether a later one says anything else."""

from __future__ import annotations

import hashlib
import re

from packstation.domain.buyers import fold
from packstation.domain.orders import Address, is_masked

PLACE_PARTS = ("street", "ward", "district", "province")
"""The fields of an address that say where it is; the others say for whom."""
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[^\w|]+(?=\d)")


def address_key(address: Address) -> str | None:
    """A digest that equal clear addresses share; None when the street is unknown or anything of it is masked.

    The recipient and the phone are left out: a burst of orders to one door often bears several names.
    """
    parts = [getattr(address, name) for name in PLACE_PARTS]
    if not address.street.strip() or any(is_masked(part) for part in parts):
        return None
    return hashlib.blake2b(_letters("|".join(parts)).encode(), digest_size=12).hexdigest()


def is_same_place(one: Address, other: Address) -> bool:
    """Whether no part that is clear in both tells the two apart: a part that is empty or masked in one says nothing."""
    for name in PLACE_PARTS:
        first, second = getattr(one, name).strip(), getattr(other, name).strip()
        known = first and second and not is_masked(first) and not is_masked(second)
        if known and _letters(first) != _letters(second):
            return False
    return True


def _letters(text: str) -> str:
    # Commas and blanks are spelling, but 12/3 and 1/23 are two doors.
    numbered = _BETWEEN_NUMBERS.sub("/", fold(text).replace("/", " "))
    return "".join(character for character in numbered if character.isalnum() or character in "|/")
