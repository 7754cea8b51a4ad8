"""What a shop agreed with its carriers: when COD money comes, how long a failed parcel waits, when a lost one is claimed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from packstation.domain.buyers import fold
from packstation.domain.times import DAY, HOUR


@dataclass(frozen=True, slots=True)
class CarrierTerms:
    """One carrier. Durations in ms.

    Attributes:
        name: what it is called here.
        names: what channels call it, as a whole or as the beginning of a longer name.
        payout_ms: from a delivery to the payment of its COD money; later it is missing.
        returns_after_ms: from a delivery that failed to the parcel's way back; until then a call can rescue it.
        claim_after_ms: from the beginning of a parcel's way back to the moment from which it is overdue and can be claimed.
        claim_until_ms: from the same to the last moment at which the carrier takes a claim; not less than `claim_after_ms`.
    """

    name: str
    names: tuple[str, ...] = ()
    payout_ms: int = 7 * DAY
    returns_after_ms: int = 24 * HOUR
    claim_after_ms: int = 15 * DAY
    claim_until_ms: int = 30 * DAY

    def is_called(self, told: str) -> bool:
        """Whether a channel or a statement means this carrier."""
        word = fold(told)
        return any(word == own or word.startswith(f"{own} ") for own in map(fold, (self.name, *self.names)))


STANDARD_TERMS = CarrierTerms("")
"""What counts for carriers that nobody configured."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """All that are configured; of any other one the standard terms count."""

    known: tuple[CarrierTerms, ...] = ()

    def terms(self, told: str | None) -> CarrierTerms:
        """The terms of a carrier by what a channel or a statement calls it."""
        word = (told or "").strip()
        found = next((one for one in self.known if one.is_called(word)), None) if word else None
        return found or replace(STANDARD_TERMS, name=word)

    def name(self, told: str | None) -> str:
        """What a carrier is called here; empty for none."""
        return self.terms(told).name

    @property
    def longest_claim_ms(self) -> int:
        """After how long no carrier takes a claim any more."""
        return max(one.claim_until_ms for one in (*self.known, STANDARD_TERMS))


NONE_CONFIGURED = Carriers()
"""Every carrier has the standard terms."""


def names_twice(carriers: Sequence[CarrierTerms]) -> str | None:
    """A name that two carriers have; None where each is one carrier's."""
    seen: set[str] = set()
    for one in carriers:
        own = {fold(name) for name in (one.name, *one.names)}
        if seen & own:
            return sorted(seen & own)[0]
        seen |= own
    return None
