"""A parcel on this desk is finished, left, taken back, or put on hold by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from packstation.acts.alarming import end_alarms
from packstation.acts.announcing import announce_packed, take_back_packed
from packstation.acts.caring import give, take_back
from packstation.acts.judging import Judged, judge_locked, on_other_station, shelve, strictest_of
from packstation.acts.policies import current_policy
from packstation.acts.recording import evidence_of, record_decision
from packstation.acts.workplace import Workplace
from packstation.domain.cards import Judgement
from packstation.domain.care import Insert
from packstation.domain.holds import open_by_hand
from packstation.domain.ledger import EntryKind
from packstation.domain.packing import OnOtherStationError, PackingError, ParcelStanding, lease, release
from packstation.domain.packing import finish as finished_standing
from packstation.domain.packing import undo as undone_standing
from packstation.domain.verdict import VerdictKind
from packstation.store.database import database_now, lock_orders, transaction
from packstation.store.holds import latest_hold, open_hold
from packstation.store.parcels import (
    last_packed_of,
    on_desk_of,
    orders_of_parcel,
    save_standing,
    standing,
)
from packstation.store.scans import record_scan


class NoStationError(Exception):
    """Only a station with somebody signed in can do this."""


class NothingToUndoError(Exception):
    """This station has packed nothing that could be taken back any more."""


class Problem(StrEnum):
    """What a packer reports of the parcel on the desk."""

    SHORT = "short"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Finish:
    """What became of finishing a parcel: packed, or the second look found otherwise and it was left unfinished.

    `slot` is the hold shelf's for a parcel that is on hold meanwhile; None when it is not, or the shelf is full.
    """

    parcel_id: int
    number: str
    packed: bool
    judgement: Judgement
    slot: str | None = None


def finish(
    place: Workplace,
    person_id: int | None,
    parcel_id: int,
    code: str,
    *,
    scanned_in: bool = True,
    inserts: Sequence[Insert] = (),
) -> Finish:
    """Look at the parcel's orders once more and pack it; what was cancelled or held since the first scan stops it.

    Args:
        place: the station.
        person_id: who is signed in.
        parcel_id: the parcel on its desk.
        code: what was scanned to finish it.
        scanned_in: whether that was this parcel, which then is pulled; False when the next one's scan finishes it.
        inserts: what was put in as care; given if it is packed.

    Raises:
        NoStationError: nobody is signed in at a station.
    """
    station_id, person = _at_station(place, person_id)
    with transaction():
        order_ids = orders_of_parcel(parcel_id)
        lock_orders(order_ids)
        now = database_now()
        policy = current_policy()
        before = standing(parcel_id)
        judged = strictest_of([judge_locked(place, order_id, parcel_id, policy, now, person) for order_id in order_ids])
        if judged.verdict.kind is VerdictKind.PACK:
            try:
                after = _packed(before, station_id, person, now, place)
            except OnOtherStationError as error:
                judged, after = on_other_station(judged, error.standing, policy, now), before
        else:
            after = release(before, station_id, now)
        packed = judged.verdict.kind is VerdictKind.PACK
        if packed:
            end_alarms(place, person, [parcel_id], now)
            announce_packed(parcel_id, now, now + place.rules.undo_ms)
        save_standing(parcel_id, before, after, now)
        if packed and inserts:
            give(place, person, judged.facts.order.id, parcel_id, inserts, now)
        if scanned_in and not packed:
            end_alarms(place, person, [parcel_id], now)
        held = judged.verdict.kind is VerdictKind.CALL
        slot = shelve(place, judged.facts.order.id, parcel_id, now) if held else None
        record_scan(
            place.station_id,
            person,
            now,
            code,
            "packed" if packed else str(judged.verdict.kind),
            order_ids[0],
            parcel_id,
        )
        _record(place, EntryKind.PACKED if packed else EntryKind.UNFINISHED, judged, parcel_id, person, now)
    return Finish(parcel_id, judged.facts.order.number, packed, judged.judgement(code), slot)


def _packed(before: ParcelStanding, station_id: int, person_id: int, now: int, place: Workplace) -> ParcelStanding:
    """The parcel as packed. A lease that merely ran out is renewed.

    Raises:
        OnOtherStationError: another station took it meanwhile.
    """
    leased = lease(before, station_id, person_id, now, place.rules.lease_ms)
    return finished_standing(leased, station_id, person_id, now)


def _record(place: Workplace, kind: EntryKind, judged: Judged, parcel_id: int, person_id: int, now: int) -> None:
    place.ledger.write(
        kind,
        now,
        order_id=judged.facts.order.id,
        parcel_id=parcel_id,
        person_id=person_id,
        station_id=place.station_id,
        policy_version=judged.verdict.policy_version,
        facts={
            "verdict": str(judged.verdict.kind),
            "rules": ",".join(reason.rule for reason in judged.verdict.reasons),
            "data_age_ms": judged.facts.data_age_ms,
        },
        evidence=evidence_of(judged.facts),
    )


def take_off_desk(place: Workplace, person_id: int, judged: Judged, parcel_id: int, now: int) -> str | None:
    """Take a parcel that may not be packed any more off this desk, inside the transaction that judged it.

    Returns:
        The hold shelf's slot of one that is on hold now; None when it is not, or the shelf is full.
    """
    if place.station_id is None:
        raise NoStationError
    before = standing(parcel_id)
    save_standing(parcel_id, before, release(before, place.station_id, now), now)
    _record(place, EntryKind.UNFINISHED, judged, parcel_id, person_id, now)
    return shelve(place, judged.facts.order.id, parcel_id, now) if judged.verdict.kind is VerdictKind.CALL else None


def leave(place: Workplace, person_id: int | None, parcel_id: int) -> None:
    """Take the parcel off this desk as it was before; it is listed as unfinished."""
    station_id, person = _at_station(place, person_id)
    with transaction():
        order_ids = orders_of_parcel(parcel_id)
        lock_orders(order_ids)
        now = database_now()
        before = standing(parcel_id)
        after = release(before, station_id, now)
        if after == before:
            return
        save_standing(parcel_id, before, after, now)
        place.ledger.write(
            EntryKind.UNFINISHED,
            now,
            order_id=order_ids[0],
            parcel_id=parcel_id,
            person_id=person,
            station_id=station_id,
        )


def undo(place: Workplace, person_id: int | None) -> int:
    """Take the station's last finish back; the parcel's id.

    Raises:
        NothingToUndoError: nothing was packed here, or its window is over.
    """
    station_id, person = _at_station(place, person_id)
    with transaction():
        parcel_id = last_packed_of(station_id)
        if parcel_id is None:
            raise NothingToUndoError
        order_ids = orders_of_parcel(parcel_id)
        lock_orders(order_ids)
        now = database_now()
        before = standing(parcel_id)
        try:
            after = undone_standing(before, station_id, person, now, place.rules.undo_ms)
        except PackingError as error:
            raise NothingToUndoError from error
        save_standing(parcel_id, before, after, now)
        take_back_packed(parcel_id)
        take_back(place, person, parcel_id, now)
        place.ledger.write(
            EntryKind.UNDONE, now, order_id=order_ids[0], parcel_id=parcel_id, person_id=person, station_id=station_id
        )
    return parcel_id


def hold_by_hand(
    place: Workplace, person_id: int | None, parcel_id: int, code: str, why: str = ""
) -> tuple[Judgement, str | None]:
    """Put the parcel's orders on hold because the packer asks for it; the new judgement and the shelf slot."""
    station_id, person = _at_station(place, person_id)
    with transaction():
        order_ids = orders_of_parcel(parcel_id)
        lock_orders(order_ids)
        now = database_now()
        policy = current_policy()
        before = standing(parcel_id)
        save_standing(parcel_id, before, release(before, station_id, now), now)
        judged = [judge_locked(place, order_id, parcel_id, policy, now, person) for order_id in order_ids]
        for one in judged:
            held = latest_hold(one.facts.order.id)
            if held and held.hold.is_open:
                continue
            hold_id = open_hold(one.facts.order.id, open_by_hand(person, one.facts.order.decide_by, now), person, why)
            record_decision(
                place,
                EntryKind.HOLD_OPENED,
                one.facts,
                now,
                told={"why": "by_hand"},
                hold_id=hold_id,
                parcel_id=parcel_id,
                person_id=person,
                text=why,
            )
        worst = strictest_of([judge_locked(place, order_id, parcel_id, policy, now, person) for order_id in order_ids])
        slot = shelve(place, worst.facts.order.id, parcel_id, now) if worst.verdict.kind is VerdictKind.CALL else None
    return worst.judgement(code), slot


def report_problem(
    place: Workplace, person_id: int | None, parcel_id: int, problem: Problem, code: str
) -> tuple[Judgement, str | None]:
    """Goods are short or damaged: recorded, and the parcel is held by hand until somebody settles it."""
    station_id, person = _at_station(place, person_id)
    with transaction():
        place.ledger.write(
            EntryKind.PROBLEM_REPORTED,
            database_now(),
            order_id=orders_of_parcel(parcel_id)[0],
            parcel_id=parcel_id,
            person_id=person,
            station_id=station_id,
            facts={"problem": str(problem)},
        )
        return hold_by_hand(place, person_id, parcel_id, code, str(problem))


def clear_desk(place: Workplace, person_id: int | None) -> list[int]:
    """Take everything off this station's desk that an earlier run left there; the parcels' ids."""
    if place.station_id is None:
        return []
    parcels = on_desk_of(place.station_id)
    for parcel_id in parcels:
        with transaction():
            lock_orders(orders_of_parcel(parcel_id))
            now = database_now()
            before = standing(parcel_id)
            save_standing(parcel_id, before, release(before, place.station_id, now), now)
            place.ledger.write(
                EntryKind.UNFINISHED, now, parcel_id=parcel_id, person_id=person_id, station_id=place.station_id
            )
    return parcels


def _at_station(place: Workplace, person_id: int | None) -> tuple[int, int]:
    if place.station_id is None or person_id is None:
        raise NoStationError
    return place.station_id, person_id
