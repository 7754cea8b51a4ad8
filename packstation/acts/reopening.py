"""A supervisor has a packed parcel packed again, after the desk's own window for taking a finish back is over."""

from __future__ import annotations

from packstation.acts.announcing import take_back_packed
from packstation.acts.caring import take_back
from packstation.acts.looking_up import look_up
from packstation.acts.overriding import reason_given
from packstation.acts.proving import prove_supervisor
from packstation.acts.recording import facts_of, record_decision
from packstation.acts.workplace import Workplace
from packstation.domain.ledger import EntryKind
from packstation.domain.packing import PackingError, ParcelState, reopen
from packstation.store.database import answering, database_now, lock_orders, transaction
from packstation.store.parcels import orders_of_parcel, parcel_ids, save_standing, standing


class NoPackedParcelError(LookupError):
    """The code means no parcel that is packed and still here, or more than one; `packed` says how many."""

    def __init__(self, packed: int) -> None:
        super().__init__(f"{packed} packed parcels")
        self.packed = packed


class NotAtStationError(Exception):
    """A parcel is opened again at a station."""


def packed_parcel(code: str, shop: str | None = None) -> int:
    """The one packed parcel that a code means.

    Raises:
        NoPackedParcelError: none, or several.
    """
    with answering():
        found = look_up(code, shop).found
        meant: set[int] = set()
        for each in found:
            meant |= {each.parcel_id} if each.parcel_id is not None else set(parcel_ids(each.order_ids[0]))
        packed = [parcel_id for parcel_id in sorted(meant) if standing(parcel_id).state is ParcelState.PACKED]
    if len(packed) != 1:
        raise NoPackedParcelError(len(packed))
    return packed[0]


def reopen_parcel(place: Workplace, supervisor_id: int, pin: str, parcel_id: int, *, reason: str) -> None:
    """Have a packed parcel packed again; its channel is not told "packed", if it was not told yet.

    Raises:
        ReasonMissingError: no reason was given.
        NotASupervisorError, WrongPinError, PinLockedError: the person may not, or did not prove who they are.
        NotAtStationError: there is no station to open it at.
        NoPackedParcelError: it is not packed any more, or left with a carrier.
    """
    why = reason_given(reason)
    if place.station_id is None:
        raise NotAtStationError
    prove_supervisor(place, supervisor_id, pin)
    with transaction():
        order_ids = orders_of_parcel(parcel_id)
        lock_orders(order_ids)
        now = database_now()
        before = standing(parcel_id)
        try:
            after = reopen(before, place.station_id, supervisor_id, now)
        except PackingError as error:
            raise NoPackedParcelError(0) from error
        facts = facts_of(order_ids[0], now)
        save_standing(parcel_id, before, after, now)
        take_back_packed(parcel_id)
        take_back(place, supervisor_id, parcel_id, now)
        record_decision(
            place,
            EntryKind.PARCEL_REOPENED,
            facts,
            now,
            told={},
            parcel_id=parcel_id,
            person_id=supervisor_id,
            text=why,
        )
