"""Addresses: one key for all spellings of a clear address."""

from __future__ import annotations

import hashlib
import re

from packstation.domain.buyers import fold
from packstation.domain.orders import Address, is_masked

_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[^\w|]+(?=\d)")


def address_key(address: Address) -> str | None:
    """A digest that equal clear addresses share; None when the street is unknown or anything of it is masked.

    The recipient and the phone are left out: a burst of orders to one door often bears several names.
    """
    parts = (address.street, address.ward, address.district, address.province)
    if not address.street.strip() or any(is_masked(part) for part in parts):
        return None
    # Commas and blanks are spelling, but 12/3 and 1/23 are two doors.
    numbered = _BETWEEN_NUMBERS.sub("/", "|".join(fold(part).replace("/", " ") for part in parts))
    letters = "".join(character for character in numbered if character.isalnum() or character in "|/")
    return hashlib.blake2b(letters.encode(), digest_size=12).hexdigest()
