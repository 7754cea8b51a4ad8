"""Who is a buyer: the ids a profile is known by, and the guests that are nobody's profile."""

from __future__ import annotations

import unicodedata

from packstation.domain.orders import PLATFORM_CHANNELS, IncomingBuyer, is_masked
from packstation.domain.phones import identifying_phones

_NO_IDS = frozenset({"", "0", "-", "null", "none"})
_WALK_INS = frozenset({"khach le", "khach vang lai", "walk-in", "walk in", "guest", "kl"})


def fold(text: str) -> str:
    """The text without accents and case, inner spaces single: how names are searched."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.casefold().split())


def is_walk_in_name(name: str) -> bool:
    """Whether this is what shops call whoever bought at the counter and left no name."""
    return fold(name) in _WALK_INS


def profile_ids(buyer: IncomingBuyer | None) -> tuple[str, ...]:
    """The ids that this buyer's profile is known by, the leading one first; empty for a guest.

    Without an id of the channel a clear phone or email makes a profile; a masked id, and a number that people make up, is many
    people's. Walk-in customers ("Khách lẻ") never have one.
    """
    if buyer is None or is_walk_in_name(buyer.name):
        return ()
    offered = (text.strip() for text in (buyer.external_id or "", *buyer.also))
    ids = [text for text in offered if text.casefold() not in _NO_IDS and not is_masked(text)]
    if not ids:
        numbers = identifying_phones(buyer.phone)
        if numbers:
            ids = [f"phone:{numbers[0]}"]
        elif "@" in buyer.email and not is_masked(buyer.email):
            ids = [f"email:{buyer.email.strip().casefold()}"]
    return tuple(dict.fromkeys(ids))


def profile_scope(channel: str, shop_id: int) -> str:
    """Where a profile id is unique: the whole platform, or one shop where ids are the shop's own."""
    return channel if channel in PLATFORM_CHANNELS else f"shop:{shop_id}"
