"""What is out of the ordinary about some orders, so that a channel's harder cases occur in every run."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from random import Random


class Trait(Enum):
    """One peculiarity of an order."""

    LATE_TRACKING = auto()
    """The label is made, the tracking number comes minutes later."""
    SPLIT = auto()
    """It travels in two packages."""
    FREE_LINE = auto()
    """One line costs nothing."""
    UNIT_CANCELLED = auto()
    """Some pieces are cancelled before shipping."""
    PARTLY_RETURNED = auto()
    """Some pieces come back after delivery."""
    ADDRESS_CHANGED = auto()
    """The buyer changes the address after the label was made."""
    CANCEL_WITHDRAWN = auto()
    """The buyer asks to cancel and takes it back."""
    CANCEL_GRANTED = auto()
    """The buyer asks to cancel and the seller agrees."""
    PREORDER = auto()
    """It must not be shipped before a day to come."""
    SAMPLE = auto()
    """A free sample for a creator."""
    REPLACEMENT = auto()
    """Goods in place of broken ones."""
    ODD_WORD = auto()
    """For a while it bears a status that no document knows."""
    BOOKED = auto()
    """It was a booking before somebody ordered it."""
    VANISHED = auto()
    """The shop deletes the record in the end."""
    FROM_MARKETPLACE = auto()
    """A hub's copy of an order placed at a marketplace."""


_SHARES: Mapping[Trait, float] = {
    Trait.LATE_TRACKING: 0.15,
    Trait.SPLIT: 0.04,
    Trait.FREE_LINE: 0.05,
    Trait.UNIT_CANCELLED: 0.03,
    Trait.PARTLY_RETURNED: 0.03,
    Trait.ADDRESS_CHANGED: 0.02,
    Trait.CANCEL_WITHDRAWN: 0.02,
    Trait.CANCEL_GRANTED: 0.03,
    Trait.PREORDER: 0.02,
    Trait.SAMPLE: 0.01,
    Trait.REPLACEMENT: 0.01,
    Trait.ODD_WORD: 0.01,
    Trait.BOOKED: 0.02,
    Trait.VANISHED: 0.01,
    Trait.FROM_MARKETPLACE: 0.2,
}
TRAITS_OF: Mapping[str, frozenset[Trait]] = {
    "shopee": frozenset(Trait)
    - {Trait.ADDRESS_CHANGED, Trait.SAMPLE, Trait.REPLACEMENT, Trait.VANISHED, Trait.FROM_MARKETPLACE},
    "lazada": frozenset(
        {
            Trait.LATE_TRACKING,
            Trait.SPLIT,
            Trait.FREE_LINE,
            Trait.UNIT_CANCELLED,
            Trait.PARTLY_RETURNED,
            Trait.ADDRESS_CHANGED,
            Trait.CANCEL_WITHDRAWN,
            Trait.CANCEL_GRANTED,
            Trait.ODD_WORD,
        }
    ),
    "tiktok": frozenset(Trait) - {Trait.BOOKED, Trait.VANISHED, Trait.FROM_MARKETPLACE},
    "tiki": frozenset({Trait.LATE_TRACKING, Trait.FREE_LINE, Trait.ODD_WORD, Trait.PREORDER, Trait.REPLACEMENT}),
    "woocommerce": frozenset(
        {Trait.FREE_LINE, Trait.PARTLY_RETURNED, Trait.ODD_WORD, Trait.VANISHED, Trait.LATE_TRACKING}
    ),
    "shopify": frozenset(
        {Trait.FREE_LINE, Trait.PARTLY_RETURNED, Trait.LATE_TRACKING, Trait.UNIT_CANCELLED, Trait.SPLIT}
    ),
    "haravan": frozenset(
        {Trait.FREE_LINE, Trait.PARTLY_RETURNED, Trait.LATE_TRACKING, Trait.ODD_WORD, Trait.FROM_MARKETPLACE}
    ),
    "sapo": frozenset({Trait.FREE_LINE, Trait.LATE_TRACKING, Trait.ODD_WORD, Trait.FROM_MARKETPLACE}),
    "kiotviet": frozenset(
        {
            Trait.FREE_LINE,
            Trait.LATE_TRACKING,
            Trait.SPLIT,
            Trait.PARTLY_RETURNED,
            Trait.ODD_WORD,
            Trait.FROM_MARKETPLACE,
        }
    ),
    "nhanh": frozenset({Trait.FREE_LINE, Trait.LATE_TRACKING, Trait.ODD_WORD, Trait.FROM_MARKETPLACE, Trait.VANISHED}),
    "pancake": frozenset(
        {Trait.FREE_LINE, Trait.LATE_TRACKING, Trait.PARTLY_RETURNED, Trait.ODD_WORD, Trait.FROM_MARKETPLACE}
    ),
}
"""Which peculiarities each channel's documents know."""


def drawn(channel: str, rng: Random) -> frozenset[Trait]:
    """The traits of one order of this channel."""
    return frozenset(
        trait for trait in sorted(TRAITS_OF[channel], key=lambda one: one.value) if rng.random() < _SHARES[trait]
    )
