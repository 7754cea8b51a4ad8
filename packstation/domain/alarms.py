"""Alarms to the desks: a parcel that must be taken back because its order may not leave. Pure.

Source: docs/definitions.md, "Packing".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.orders import Status
from packstation.domain.packing import ParcelState


class AlarmKind(StrEnum):
    """What the desks are to do."""

    PULL_PARCEL = "pull_parcel"


class PullReason(StrEnum):
    """Why a parcel must be taken back."""

    CANCELLED = "cancelled"
    CANCEL_REQUESTED = "cancel_requested"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class PullAlarm:
    """An open alarm about a parcel: of which order, why, and where the parcel is.

    Attributes:
        state: where the parcel stands now.
        slot: its place on the hold shelf when the alarm was raised; None when it lay on none.
        station: the desk that had it then.
        by: who packed it.
        packed_at: when it was packed, ms UTC; None unless it is.
        zone: the shop's time zone.
    """

    id: int
    parcel_id: int
    number: str
    why: PullReason
    state: ParcelState
    slot: str | None
    station: str | None
    by: str | None
    packed_at: int | None
    zone: str


def reason_to_pull(status: Status, state: ParcelState, *, on_shelf: bool, held: bool) -> PullReason | None:
    """Why a parcel must be taken back; None when it need not, or is not here.

    Cancelled orders, and those asked to be cancelled, are pulled from desk and shelf too: there a held one lies where it belongs.

    Args:
        status: the order's at its channel.
        state: the parcel's.
        on_shelf: whether the parcel has a slot of the hold shelf.
        held: whether the order has an open hold.
    """
    here = state in (ParcelState.PACKED, ParcelState.ON_DESK) or (on_shelf and state is not ParcelState.HANDED_OVER)
    if here and status is Status.CANCELLED:
        return PullReason.CANCELLED
    if here and status is Status.CANCEL_REQUESTED:
        return PullReason.CANCEL_REQUESTED
    if held and state is ParcelState.PACKED:
        return PullReason.HELD
    return None
