"""Lazada's words for where a unit stands, who ended it, and what a whole order makes of its units.

Source: Lazada Open Platform, GetOrders and GetMultipleOrderItems; the values of `cancel_return_initiator` are an open list there,
and the reverse statuses are listed in part only, so that both are read by what the words contain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, auto

from packstation.domain.orders import Outcome, Status, TimedOutcome
from sync.files.lazada_words import LEAST_ADVANCED_FIRST, STATUS_WORDS
from sync.files.status_words import failed_delivery, folded

BEFORE_SHIPPING = frozenset({Status.CHANNEL_HOLD, Status.UNPAID, Status.TO_PACK, Status.LABEL_READY})
FAILED_WORDS = frozenset({"failed", "failed_delivery", "shipped_back", "shipped_back_success", "shipped_back_failed"})
"""The courier could not hand the unit over: it never was with the buyer."""


class Canceller(Enum):
    """Who cancelled a unit."""

    BUYER = auto()
    SELLER = auto()
    SYSTEM = auto()
    COURIER = auto()
    NOBODY_NAMED = auto()


class ReturnStage(Enum):
    """How far a reverse order's line is."""

    OPEN = auto()
    DONE = auto()
    VOID = auto()


def status_of(word: str, more: Mapping[str, Status]) -> Status:
    """What a unit's word means; one that no document knows is looked up in `more`, the shop's own list, else held.

    Args:
        word: as Lazada wrote it.
        more: `statuses` of channels.toml.
    """
    known = STATUS_WORDS.get(word.casefold())
    return known if known is not None else more.get(word, Status.CHANNEL_HOLD)


def least_advanced(statuses: Iterable[Status]) -> Status:
    """Where an order stands whose units stand like that: one unit that must not go keeps the parcel."""
    return min(statuses, key=LEAST_ADVANCED_FIRST.index)


def canceller_of(initiator: str) -> Canceller:
    """Who the word `cancel_return_initiator` means; Lazada's own customer service counts as the system."""
    word = folded(initiator)
    if "fail" in word:
        return Canceller.COURIER
    if any(one in word for one in ("internal", "system", "service", "operator", "lazada")):
        return Canceller.SYSTEM
    if any(one in word for one in ("customer", "buyer", "user")):
        return Canceller.BUYER
    return Canceller.SELLER if "seller" in word or "merchant" in word else Canceller.NOBODY_NAMED


def cancellation(initiator: str, reason: str, *, never_paid: bool) -> TimedOutcome:
    """How a cancelled order ended. Lazada tells no time of it.

    Args:
        initiator: `cancel_return_initiator`.
        reason: `reason` and `reason_detail`.
        never_paid: it was to be paid beforehand and was not; what the system cancels then, it cancels for that.
    """
    match canceller_of(initiator):
        case Canceller.BUYER:
            return TimedOutcome(Outcome.BUYER_CANCELLED, None, None)
        case Canceller.SELLER:
            return TimedOutcome(Outcome.SELLER_CANCELLED, None, None)
        case Canceller.COURIER:
            return undelivered(reason)
        case Canceller.SYSTEM if never_paid:
            return TimedOutcome(Outcome.UNPAID_EXPIRED, None, None)
        case Canceller.SYSTEM:
            return TimedOutcome(Outcome.SYSTEM_CANCELLED, None, None)
        case Canceller.NOBODY_NAMED:
            return TimedOutcome(Outcome.CANCELLED, None, None)


def undelivered(reason: str) -> TimedOutcome:
    """A failed delivery with the cause that the reason names; without one nobody is named, and it is not guessed."""
    ending = failed_delivery(reason)
    return TimedOutcome(Outcome.DELIVERY_FAILED, ending.cause, None)


def return_stage(reverse_status: str) -> ReturnStage:
    """How far a return is, by words such as REQUEST_INITIATE, REQUEST_REJECT, REQUEST_CANCEL, REFUND_SUCCESS."""
    word = folded(reverse_status)
    if "reject" in word or "cancel" in word:
        return ReturnStage.VOID
    if any(one in word for one in ("success", "complete", "authorized")):
        return ReturnStage.DONE
    return ReturnStage.OPEN
