"""What the customer screen shows of single orders: what happened to them, and why another's order may be the same person's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.cards import PastOrderCard


class Happening(StrEnum):
    """What kind of thing happened."""

    PLACED = "placed"
    STATUS = "status"
    OUTCOME = "outcome"
    REFUND = "refund"
    PARCEL = "parcel"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened, ms UTC.

    Attributes:
        at: when it became known.
        kind: what of.
        word: the status, outcome, parcel's state or hold's state it came to.
        more: the channel's own word, the cause, or the hold's reason; empty for none.
        where: the station, or the tracking number of the parcel.
        by: who did it.
        amount: of a refund, minor units.
    """

    at: int
    kind: Happening
    word: str = ""
    more: str = ""
    where: str = ""
    by: str = ""
    amount: int = 0


class Why(StrEnum):
    """What an order has in common with the customer's; what says most comes first."""

    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class RelatedOrder:
    """An order of somebody else, or of a guest (`customer_id` None), and what it has in common."""

    order: PastOrderCard
    customer_id: int | None
    name: str
    why: tuple[Why, ...]
