"""Decide-by: from which deadlines it comes, and how urgent it makes a hold. Pure.

Source of the rules: docs/definitions.md, "Hold".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.holds import HoldRules
from packstation.domain.orders import Status


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What the channel asks for, ms UTC; None where it sets no such deadline.

    Attributes:
        arrange_by: the shipment must be arranged.
        ship_by: the parcel must be handed over.
        cancels_at: the channel cancels by itself.
        answer_by: a buyer's request to cancel must be answered.
    """

    arrange_by: int | None = None
    ship_by: int | None = None
    cancels_at: int | None = None
    answer_by: int | None = None

    def ruling(self, status: Status) -> tuple[int | None, ...]:
        """The deadlines that an order in this status still has to keep.

        Channels go on naming deadlines of what is done: the shipment is arranged once the label is ready, and a request is
        to be answered only while there is one.
        """
        arrange_by = self.arrange_by if status in (Status.TO_PACK, Status.UNPAID) else None
        answer_by = self.answer_by if status is Status.CANCEL_REQUESTED else None
        return arrange_by, self.ship_by, self.cancels_at, answer_by

    @property
    def leaves_by(self) -> int | None:
        """Until when the parcel must have left, with a truck; None where the channel does not say."""
        return min((each for each in (self.ship_by, self.cancels_at) if each is not None), default=None)


def cut_off(
    deadlines: Deadlines,
    status: Status,
    placed_at: int,
    carriers: Iterable[str | None],
    zone: str,
    rules: HoldRules,
) -> int | None:
    """When the truck leaves that the order has to make, ms UTC; of parcels with several carriers the first truck.

    It is the last that keeps the channel's deadline for handing over; a truck that an order could not have made even if it
    had been packed as soon as it was placed is none of its trucks. Without any deadline of the channel it is the first from
    the default decide-by on.

    Args:
        deadlines: the channel's.
        status: the order's.
        placed_at: when the order was placed, ms UTC.
        carriers: of its parcels; None for one that has no carrier yet.
        zone: the shop's, in whose clock the trucks leave.
        rules: when the trucks leave, how long packing takes, the default decide-by.

    Returns:
        None where no truck is configured, none can keep the deadline, or the channel sets only deadlines of another kind.
    """
    leaves_by = deadlines.leaves_by
    is_free = all(each is None for each in deadlines.ruling(status))
    found = []
    for carrier in set(carriers):
        departures = rules.departures(carrier)
        if departures is None:
            continue
        if leaves_by is not None:
            found.append(departures.last_between(placed_at + rules.packing_takes_ms, leaves_by, zone))
        elif is_free:
            found.append(departures.first_from(placed_at + rules.default_decide_by_ms, zone))
    return min((each for each in found if each is not None), default=None)


def decide_by(deadlines: Iterable[int | None], placed_at: int, rules: HoldRules) -> int:
    """When a hold of this order must be decided, ms UTC.

    Args:
        deadlines: every deadline that rules it (see `Deadlines.ruling`) and the truck's (`cut_off`); None where there is none.
        placed_at: when the order was placed.
        rules: time that packing takes, and the default without any deadline.
    """
    known = [deadline for deadline in deadlines if deadline is not None]
    return min(known) - rules.packing_takes_ms if known else placed_at + rules.default_decide_by_ms


class Urgency(StrEnum):
    """How near a decide-by is."""

    CALM = "calm"
    SOON = "soon"
    NEAR = "near"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Notices:
    """How long before decide-by it is `soon`, and `near`, which is when a supervisor is asked; ms."""

    soon_ms: int
    near_ms: int

    def urgency(self, decide_by_at: int, now: int) -> Urgency:
        """How urgent a decision is at `now`; of two holds the one with the earlier decide-by is never less urgent. Both in ms UTC."""
        left = decide_by_at - now
        if left <= 0:
            return Urgency.PASSED
        if left <= self.near_ms:
            return Urgency.NEAR
        return Urgency.SOON if left <= self.soon_ms else Urgency.CALM
