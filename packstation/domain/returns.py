"""Parcels on their way back: how long, and until when a carrier takes a claim for one that does not arrive. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReturnStage(StrEnum):
    """How far a parcel's way back is from being looked after."""

    ON_ITS_WAY = "on_its_way"
    OVERDUE = "overdue"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class ComingBack:
    """One parcel on its way back. Times ms UTC; `tracking` is empty for an order without one.

    Attributes:
        since: when it became known that it comes back.
        claim_from: from when it is overdue and can be claimed.
        claim_until: the last moment for a claim.
        value: what the order is worth, in minor units of `currency`.
    """

    order_id: int
    number: str
    shop: str
    zone: str
    tracking: str
    carrier: str
    since: int
    claim_from: int
    claim_until: int
    value: int
    currency: str

    def stage(self, now: int) -> ReturnStage:
        """Whether it is overdue."""
        if now > self.claim_until:
            return ReturnStage.TOO_LATE
        return ReturnStage.OVERDUE if now >= self.claim_from else ReturnStage.ON_ITS_WAY
