"""Addresses: one key for all spellings of a clear address."""

from __future__ import annotations

import hashlib

from packstation.domain.buyers import fold
from packstation.domain.orders import Address, is_masked


def address_key(address: Address) -> str | None:
    """A digest that equal clear addresses share; None when the street is unknown or anything of it is masked.

    The recipient and the phone are left out: a burst of orders to one door often bears several names.
    """
    parts = (address.street, address.ward, address.district, address.province)
    if not address.street.strip() or any(is_masked(part) for part in parts):
        return None
    letters = "".join(character for character in fold("|".join(parts)) if character.isalnum() or character == "|")
    return hashlib.blake2b(letters.encode(), digest_size=12).hexdigest()
