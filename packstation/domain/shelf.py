"""The hold shelf: what lies in its slots, and why. Pure.

Source of the rules: docs/definitions.md, "Hold".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.holds import STOPPING, Hold, HoldState


class ShelfPlace(StrEnum):
    """What is to be done with a parcel on the shelf."""

    FETCH_BACK = "fetch_back"
    PUT_ASIDE = "put_aside"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class ShelvedParcel:
    """A parcel in a slot.

    Attributes:
        slot: its name.
        number: the order's; of a combined parcel that of the order which keeps it there.
        shop: the order's.
        zone: the shop's.
        code: what its label or slip says: tracking number, else package number, else the order's.
        hold: the order's open hold, else its latest; None if it never had one.
        since: when it was put there, ms UTC; None for what lay there before that was kept.
    """

    parcel_id: int
    order_id: int
    slot: str
    number: str
    shop: str
    zone: str
    code: str
    hold: Hold | None
    since: int | None

    @property
    def place(self) -> ShelfPlace:
        """What is to be done with it."""
        return place_of(self.hold)


def place_of(hold: Hold | None) -> ShelfPlace:
    """What is to be done with a shelved parcel whose order has this hold."""
    if hold is None:
        return ShelfPlace.FETCH_BACK
    if hold.is_open:
        return ShelfPlace.WAITS
    if hold.state is HoldState.CLOSED and hold.reason in STOPPING:
        return ShelfPlace.PUT_ASIDE
    # Cancelled and shipped orders have their own alarm; what they left on the shelf is taken off it all the same.
    return ShelfPlace.PUT_ASIDE if hold.state is HoldState.CLOSED else ShelfPlace.FETCH_BACK


_STRICTNESS = (ShelfPlace.FETCH_BACK, ShelfPlace.PUT_ASIDE, ShelfPlace.WAITS)


def one_a_parcel(shelved: Sequence[ShelvedParcel]) -> list[ShelvedParcel]:
    """Each parcel once, by slot: of the orders of a combined one that which keeps it there the most."""
    strictest: dict[int, ShelvedParcel] = {}
    for each in shelved:
        before = strictest.get(each.parcel_id)
        if before is None or _STRICTNESS.index(each.place) > _STRICTNESS.index(before.place):
            strictest[each.parcel_id] = each
    return sorted(strictest.values(), key=lambda each: slot_order(each.slot))


def slot_order(slot: str) -> tuple[tuple[str, int], ...]:
    """Sorts slots as people count them: A2 before A10."""
    return tuple((letters.casefold(), int(digits or 0)) for letters, digits in re.findall(r"(\D+|^)(\d*)", slot))


@dataclass(frozen=True, slots=True)
class Slip:
    """What is stuck to a shelved parcel. `decide_by` in ms UTC; `instruction` is the courier's, empty for none."""

    hold_id: int
    slot: str
    code: str
    number: str
    shop: str
    zone: str
    decide_by: int
    instruction: str = ""
