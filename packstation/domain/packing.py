"""Where a parcel stands at our desks: leased, packed, handed over, taken back. Pure.

Source of the rules: docs/definitions.md, "Packing".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.times import SECOND

DEFAULT_UNDO_WINDOW = 30 * SECOND
"""How long a finish can be taken back at the desk, ms."""


class ParcelState(StrEnum):
    """What we did with a parcel. Its orders' status at the channel is something else."""

    UNSEEN = "unseen"
    ON_DESK = "on_desk"
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class ParcelStanding:
    """One parcel's state and who brought it there. Times are ms UTC by the database's clock.

    Attributes:
        former_state: what the parcel returns to when its lease ends; set while on a desk only.
        station_id: where the state was reached; None while unseen.
        person_id: who brought it there; None while unseen.
        since: when the state was reached; None while unseen.
        lease_until: when the lease of the station ends; set while on a desk only.
        packed_at: when it was packed; None unless packed or handed over.
    """

    state: ParcelState = ParcelState.UNSEEN
    former_state: ParcelState | None = None
    station_id: int | None = None
    person_id: int | None = None
    since: int | None = None
    lease_until: int | None = None
    packed_at: int | None = None


class PackingError(Exception):
    """The parcel cannot go there from where it stands; `standing` says where that is. Nothing changed."""

    def __init__(self, standing: ParcelStanding) -> None:
        super().__init__(f"parcel is {standing.state}")
        self.standing = standing


class OnOtherStationError(PackingError):
    """Another station has the parcel on its desk, or packed it."""


class AlreadyPackedError(PackingError):
    """The parcel is packed: `standing` says where, by whom and when."""


class HandedOverError(PackingError):
    """The parcel left with a carrier."""


class NotOnDeskError(PackingError):
    """The parcel is not on this desk, or its lease ran out."""


class NotPackedError(PackingError):
    """The parcel is not packed."""


class UndoTooLateError(PackingError):
    """The window for taking the finish back is over; a supervisor can still reopen the parcel."""


def lease(standing: ParcelStanding, station_id: int, person_id: int, now: int, lease_ms: int) -> ParcelStanding:
    """The parcel on this station's desk until `now + lease_ms`; on a parcel it has already, the lease is renewed.

    Raises:
        OnOtherStationError: another station's lease still runs.
        AlreadyPackedError, HandedOverError: nothing to pack any more.
    """
    standing = expire(standing, now)
    _refuse_when_done(standing)
    since, former = now, standing.state
    if standing.state is ParcelState.ON_DESK:
        if standing.station_id != station_id:
            raise OnOtherStationError(standing)
        since, former = standing.since or now, standing.former_state or ParcelState.UNSEEN
    return ParcelStanding(ParcelState.ON_DESK, former, station_id, person_id, since, now + lease_ms)


def release(standing: ParcelStanding, station_id: int, now: int) -> ParcelStanding:
    """The parcel off this station's desk, as it was before; one that is not there stays as it is."""
    if standing.state is ParcelState.ON_DESK and standing.station_id == station_id:
        return _as_before(standing, now)
    return standing


def expire(standing: ParcelStanding, now: int) -> ParcelStanding:
    """The parcel as it was before a lease that has ended by now; any other stays as it is."""
    if standing.state is ParcelState.ON_DESK and (standing.lease_until is None or now >= standing.lease_until):
        return _as_before(standing, now)
    return standing


def finish(standing: ParcelStanding, station_id: int, person_id: int, now: int) -> ParcelStanding:
    """The parcel packed at this station.

    Raises:
        NotOnDeskError: this station has no running lease of it.
        OnOtherStationError: another station has.
        AlreadyPackedError, HandedOverError: packed before.
    """
    standing = expire(standing, now)
    _refuse_when_done(standing)
    if standing.state is not ParcelState.ON_DESK:
        raise NotOnDeskError(standing)
    if standing.station_id != station_id:
        raise OnOtherStationError(standing)
    return ParcelStanding(ParcelState.PACKED, None, station_id, person_id, now, None, now)


def undo_until(standing: ParcelStanding, window_ms: int = DEFAULT_UNDO_WINDOW) -> int | None:
    """When the finish can no longer be taken back and may be told to the channel, ms UTC; None unless packed."""
    if standing.state is not ParcelState.PACKED or standing.packed_at is None:
        return None
    return standing.packed_at + window_ms


def undo(
    standing: ParcelStanding, station_id: int, person_id: int, now: int, window_ms: int = DEFAULT_UNDO_WINDOW
) -> ParcelStanding:
    """The parcel reopened by the station that packed it, inside the window.

    Raises:
        HandedOverError, NotPackedError: no finish to take back.
        OnOtherStationError: packed at another station.
        UndoTooLateError: the window is over.
    """
    until = undo_until(standing, window_ms)
    if until is not None:
        if standing.station_id != station_id:
            raise OnOtherStationError(standing)
        if now >= until:
            raise UndoTooLateError(standing)
    return reopen(standing, station_id, person_id, now)


def reopen(standing: ParcelStanding, station_id: int, person_id: int, now: int) -> ParcelStanding:
    """The packed parcel to be packed again: by a supervisor, or scanned in after a pull-parcel alarm.

    Raises:
        HandedOverError: it left with a carrier.
        NotPackedError: it is not packed.
    """
    if standing.state is ParcelState.HANDED_OVER:
        raise HandedOverError(standing)
    if standing.state is not ParcelState.PACKED:
        raise NotPackedError(standing)
    return ParcelStanding(ParcelState.REOPENED, None, station_id, person_id, now)


def hand_over(standing: ParcelStanding, station_id: int, person_id: int, now: int) -> ParcelStanding:
    """The packed parcel given to a carrier.

    Raises:
        HandedOverError: given away before.
        NotPackedError: it is not packed.
    """
    if standing.state is ParcelState.HANDED_OVER:
        raise HandedOverError(standing)
    if standing.state is not ParcelState.PACKED:
        raise NotPackedError(standing)
    return ParcelStanding(ParcelState.HANDED_OVER, None, station_id, person_id, now, None, standing.packed_at)


def _refuse_when_done(standing: ParcelStanding) -> None:
    if standing.state is ParcelState.PACKED:
        raise AlreadyPackedError(standing)
    if standing.state is ParcelState.HANDED_OVER:
        raise HandedOverError(standing)


def _as_before(standing: ParcelStanding, now: int) -> ParcelStanding:
    if standing.former_state is ParcelState.REOPENED:
        return ParcelStanding(ParcelState.REOPENED, None, standing.station_id, standing.person_id, now)
    return ParcelStanding()
