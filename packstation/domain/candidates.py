"""How likely two buyers whom no phone or email joins are one person: for a supervisor to decide, never for a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from packstation.domain.identities import within_one_letter

LEAST_CONFIDENCE = 0.5
_MOST_CONFIDENCE = 0.95
_SLIP = 0.75
_MOST_PERMUTED = 4


class LinkState(StrEnum):
    """How a buyer stands to a customer."""

    LINKED = "linked"
    SPLIT_OFF = "split_off"
    PROPOSED = "proposed"


class LinkReason(StrEnum):
    """Why buyers are linked, could be, or are not: the owner of the number that both used denied an order."""

    PHONE = "phone"
    EMAIL = "email"
    SUPERVISOR = "supervisor"
    NAME_AND_ADDRESS = "name_and_address"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class ProfileLink:
    """One buyer as seen from a customer.

    Attributes:
        buyer_id: the buyer.
        customer_id: the customer that the buyer is or belongs to.
        channel: the buyer's channel, and the id there.
        external_id: see there.
        name: as the channel tells it; may be empty or masked.
        state: one of the customer's buyers; split off by a supervisor or by whose number it used; or proposed.
        reasons: why linked, or why proposed; none for the only buyer of a customer.
        with_buyer: of a proposal, the customer's buyer that it is like.
        confidence: of a proposal, 0 to 1; else None.
        by: of a supervisor's link or split, who, when (ms UTC) and why.
        at: see there.
        why: see there.
    """

    buyer_id: int
    customer_id: int
    channel: str
    external_id: str
    name: str
    state: LinkState
    reasons: tuple[LinkReason, ...] = ()
    with_buyer: int | None = None
    confidence: float | None = None
    by: str | None = None
    at: int | None = None
    why: str = ""


def confidence(
    name: str, other_name: str, places: Sequence[str], other_places: Sequence[str], *, shared: bool
) -> float:
    """How likely two buyers are one person, 0 to 1, two decimals (docs/linking.md, "Proposals").

    Args:
        name: of the one, in `name_form`; `other_name` of the other.
        other_name: see there.
        places: the clear addresses of the one, in `place_form`; `other_places` of the other.
        other_places: see there.
        shared: both use a phone or email that too many people use to link them by itself.
    """
    names = likeness(name, other_name)
    place = max((likeness(one, other) for one in places for other in other_places), default=0.0)
    if shared:
        return round(0.3 + 0.5 * names + 0.15 * place, 2)
    return round(_MOST_CONFIDENCE * names * place, 2)


def likeness(one: str, other: str) -> float:
    """The share of words that two texts have in common; a word of four letters or more with one letter wrong counts for less."""
    ours, theirs = one.split(), other.split()
    if not ours or not theirs:
        return 0.0
    left = list(theirs)
    common = 0.0
    unmatched = []
    for word in ours:
        if word in left:
            left.remove(word)
            common += 1
        else:
            unmatched.append(word)
    for word in unmatched:
        slip = next((w for w in left if min(len(w), len(word)) > 3 and within_one_letter(word, w)), None)
        if slip is not None:
            left.remove(slip)
            common += _SLIP
    return 2 * common / (len(ours) + len(theirs))


def name_orders(name_key: str) -> list[str]:
    """The orders in which the words of a folded name may stand; of long names the turned ones only."""
    words = name_key.split()
    if len(words) <= _MOST_PERMUTED:
        return sorted({" ".join(order) for order in permutations(words)})
    return sorted({" ".join(words[at:] + words[:at]) for at in range(len(words))})
