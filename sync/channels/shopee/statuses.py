"""Shopee's words for where an order and its packages stand, and how an order ended.

Source: Shopee Open Platform v2, "Data Definition": OrderStatus, LogisticsStatus, PackageFulfillmentStatus, ReturnStatus.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum, auto

from packstation.domain.orders import Outcome, Status
from sync.files.status_words import Ending, cancellation

WORDS: Mapping[str, Status] = {
    "UNPAID": Status.UNPAID,
    "PENDING": Status.CHANNEL_HOLD,
    "INVOICE_PENDING": Status.CHANNEL_HOLD,
    "READY_TO_SHIP": Status.TO_PACK,
    "RETRY_SHIP": Status.TO_PACK,
    "PROCESSED": Status.LABEL_READY,
    "SHIPPED": Status.SHIPPED,
    "TO_CONFIRM_RECEIVE": Status.DELIVERED,
    "COMPLETED": Status.COMPLETED,
    "IN_CANCEL": Status.CANCEL_REQUESTED,
    "CANCELLED": Status.CANCELLED,
    "TO_RETURN": Status.RETURNING,
}
"""Of orders, and of bookings but for MATCHED, which is the order's to tell."""

REFUNDED = frozenset({"ACCEPTED", "REFUND_PAID"})
"""Returns that gave the money back. The documents explain none of the words: CLOSED is taken for closed without a refund."""

RETURN_OVER = frozenset({"CANCELLED", "CLOSED"})
"""Returns that came to nothing."""

DELIVERED_PARCEL = "LOGISTICS_DELIVERY_DONE"
REJECTED_PARCEL = "LOGISTICS_COD_REJECTED"
_FAILED = frozenset({"LOGISTICS_DELIVERY_FAILED", REJECTED_PARCEL})
_LOST = "LOGISTICS_LOST"


class Fate(Enum):
    """What the carrier made of a parcel that had left."""

    ON_THE_WAY = auto()
    DELIVERED = auto()
    FAILED = auto()
    LOST = auto()


def meaning(word: str, configured: Mapping[str, Status]) -> Status:
    """What a word of an order means; an unknown one is looked up in the shop's own list, and keeps the order back otherwise."""
    return WORDS.get(word) or configured.get(word, Status.CHANNEL_HOLD)


def fate_of(words: Collection[str]) -> Fate:
    """What became of a package, by the order's word for it and the package's own."""
    if DELIVERED_PARCEL in words:
        return Fate.DELIVERED
    if _LOST in words:
        return Fate.LOST
    return Fate.FAILED if _FAILED & set(words) else Fate.ON_THE_WAY


def cancelled_by(by: str, reason: str, *, shipped: bool, paid: bool, cod: bool) -> Ending:
    """How an order that Shopee calls cancelled ended.

    `cancel_by` is `buyer`, `seller`, `system` or `Ops` (Shopee's people, who count as the system). The system cancels what was
    never paid in time, and names no reason for it that a document would list: an order that is neither paid nor COD tells it.

    Args:
        by: `cancel_by`.
        reason: what is said of it, by whomever.
        shipped: whether the parcel had been picked up.
        paid: whether a payment is known.
        cod: whether money was to be collected at the door.
    """
    who = by.strip().lower()
    who = "system" if who == "ops" else who
    if who == "system" and not paid and not cod and not shipped:
        return Ending(Outcome.UNPAID_EXPIRED)
    return cancellation(who, reason, shipped=shipped)
