"""A scan of a parcel at a desk: recorded, judged, leased or put on the shelf before anything is painted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from packstation.acts.alarming import end_alarms
from packstation.acts.asking import ask_for_code, ask_for_orders
from packstation.acts.finishing import Finish, finish, leave, take_off_desk
from packstation.acts.judging import Judged, judge_locked, on_other_station, shelve, strictest_of
from packstation.acts.looking_up import LookedUp, look_up
from packstation.acts.policies import current_policy
from packstation.acts.workplace import Workplace
from packstation.domain.cards import Candidate, Judgement
from packstation.domain.care import Insert
from packstation.domain.desk_flow import OnDesk, ScanStep, step_for_scan
from packstation.domain.packing import OnOtherStationError, ParcelState, lease
from packstation.domain.policy import Policy
from packstation.domain.verdict import AMBIGUOUS_CODE, Reason, Verdict, VerdictKind, decide
from packstation.store.database import database_now, lock_orders, transaction
from packstation.store.finding import Found
from packstation.store.judging import read_for_judging
from packstation.store.parcels import (
    free_slots,
    orders_of_parcel,
    parcel_ids,
    parcel_of_order,
    save_standing,
    standing,
    unpacked_parcels,
)
from packstation.store.scans import record_scan

WHICH_PARCEL = "which-parcel"
"""The rule of the reason for an order number with several parcels still to pack."""
UNKNOWN_CODE = "unknown-code"
"""The rule of the reason for a code that nothing here has."""


class Notice(StrEnum):
    """What the desk says besides the verdict."""

    INPUT_METHOD = "input_method"
    SHELF_FULL = "shelf_full"
    ACKNOWLEDGE_FIRST = "acknowledge_first"
    SIGN_IN_FIRST = "sign_in_first"


@dataclass(frozen=True, slots=True)
class DeskState:
    """What this screen shows before the scan: a parcel in green, or a stopped code that wants to be acknowledged.

    `inserts` are what was put into the parcel as care, which a finish records.
    """

    on_desk: OnDesk | None = None
    stopped_code: str | None = None
    inserts: tuple[Insert, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """What a scan did. `judgement` None: nothing new to paint (a repeat, or codes to be scanned one by one).

    `parcel_id` is the parcel that this desk now has; `finished` what the scan finished or failed to finish;
    `left` the number of a parcel left unfinished; `glued` two codes that came as one and are to be scanned singly.
    `asked` are the requests that look for an unknown code; `pulled` the parcel that was to be pulled and now is.
    """

    code: str
    step: ScanStep
    judgement: Judgement | None = None
    parcel_id: int | None = None
    slot: str | None = None
    freed_slots: tuple[str, ...] = ()
    finished: Finish | None = None
    left: str | None = None
    notice: Notice | None = None
    glued: tuple[str, str] | None = None
    asked: tuple[int, ...] = ()
    pulled: tuple[int, ...] = ()


def scan(place: Workplace, person_id: int | None, code: str, state: DeskState, shop: str | None = None) -> ScanAnswer:
    """Answer a scanned order or parcel code.

    Args:
        place: the station.
        person_id: who is signed in.
        code: as normalised.
        state: what the screen shows.
        shop: only this shop's orders, after the packer chose among an ambiguous code's candidates.
    """
    if state.stopped_code is not None and code != state.stopped_code:
        with transaction():
            record_scan(place.station_id, person_id, database_now(), code, str(Notice.ACKNOWLEDGE_FIRST), None, None)
        return ScanAnswer(code, ScanStep.REPEAT, notice=Notice.ACKNOWLEDGE_FIRST)
    looked_up = look_up(code, shop)
    if looked_up.glued:
        return ScanAnswer(code, ScanStep.SAY_UNKNOWN, glued=looked_up.glued)
    meanings = looked_up.found
    if state.on_desk and len(meanings) > 1:
        # Chosen once, the code goes on meaning the parcel that lies on this desk.
        meanings = tuple(one for one in meanings if state.on_desk.parcel_id in _parcels_meant(one)) or meanings
    found = meanings[0] if len(meanings) == 1 else None
    step = step_for_scan(state.on_desk, _parcels_meant(found) if found else None, place.rules)
    if found is None:
        return _unknown(place, person_id, code, looked_up)
    if step is ScanStep.REPEAT:
        with transaction():
            record_scan(
                place.station_id, person_id, database_now(), code, str(step), found.order_ids[0], found.parcel_id
            )
        return ScanAnswer(code, step)
    finished, left = None, None
    if state.on_desk and step in (ScanStep.FINISH, ScanStep.FINISH_THEN_JUDGE):
        finished = finish(
            place,
            person_id,
            state.on_desk.parcel_id,
            code,
            scanned_in=step is ScanStep.FINISH,
            inserts=state.inserts,
        )
        if step is ScanStep.FINISH:
            return ScanAnswer(code, step, finished.judgement, slot=finished.slot, finished=finished)
    elif state.on_desk and step is ScanStep.LEAVE_THEN_JUDGE:
        leave(place, person_id, state.on_desk.parcel_id)
        left = state.on_desk.number
    return _judge(place, person_id, code, found, step, finished, left, looked_up.rewritten)


def record_unanswered(place: Workplace, code: str) -> None:
    """Record a scan that is not answered because nobody is signed in at the station."""
    with transaction():
        record_scan(place.station_id, None, database_now(), code, str(Notice.SIGN_IN_FIRST), None, None)


def _parcels_meant(found: Found) -> frozenset[int]:
    if found.parcel_id is not None:
        return frozenset({found.parcel_id})
    order_id = found.order_ids[0]
    return frozenset(unpacked_parcels(order_id) or parcel_ids(order_id))


def _unknown(place: Workplace, person_id: int | None, code: str, looked_up: LookedUp) -> ScanAnswer:
    with transaction():
        now = database_now()
        version = current_policy().version
        record_scan(place.station_id, person_id, now, code, str(VerdictKind.UNKNOWN), None, None)
        asked = () if looked_up.found else ask_for_code(place, code, now)
    candidates = tuple(Candidate(found.shop, found.number) for found in looked_up.found)
    reason = Reason(AMBIGUOUS_CODE, {"shops": len(candidates)}) if candidates else Reason(UNKNOWN_CODE)
    verdict = Verdict(VerdictKind.UNKNOWN, (reason,), version, now)
    return ScanAnswer(code, ScanStep.SAY_UNKNOWN, Judgement(code, verdict, candidates=candidates), asked=asked)


def _judge(
    place: Workplace,
    person_id: int | None,
    code: str,
    found: Found,
    step: ScanStep,
    finished: Finish | None,
    left: str | None,
    rewritten: bool,
) -> ScanAnswer:
    with transaction():
        lock_orders(found.order_ids)
        now = database_now()
        policy = current_policy()
        judged = _judged(place, person_id, found, policy, now)
        pulled = end_alarms(place, person_id, _scanned_in(found), now)
        if any(parcel.id in pulled and parcel.state is ParcelState.PACKED for parcel in judged.facts.order.parcels):
            judged = _judged(place, person_id, found, policy, now)
        if step is ScanStep.SAY_UNKNOWN:
            judged = _which(judged, len(unpacked_parcels(judged.facts.order.id)), policy, now)
        kind = judged.verdict.kind
        parcel_id: int | None = None
        slot: str | None = None
        freed: tuple[str, ...] = ()
        if kind is VerdictKind.PACK:
            judged, parcel_id = _lease(place, person_id, judged, found, policy, now)
            if parcel_id is not None:
                freed = free_slots([parcel_id])
        elif kind is VerdictKind.CALL:
            slot = shelve(place, judged.facts.order.id, found.parcel_id, now)
        elif kind is VerdictKind.STOP and (pulled or (judged.facts.hold and not judged.facts.hold.hold.is_open)):
            freed = free_slots(_parcels_meant(found))
        record_scan(
            place.station_id,
            person_id,
            now,
            code,
            str(judged.verdict.kind),
            judged.facts.order.id,
            parcel_id or found.parcel_id,
        )
        ask_for_orders(place, found.order_ids, code, now)
    notice = Notice.INPUT_METHOD if rewritten else None
    if kind is VerdictKind.CALL and slot is None:
        notice = Notice.SHELF_FULL
    return ScanAnswer(
        code,
        step,
        judged.judgement(code),
        parcel_id=parcel_id,
        slot=slot,
        freed_slots=freed,
        finished=finished,
        left=left,
        notice=notice,
        pulled=pulled,
    )


def _judged(place: Workplace, person_id: int | None, found: Found, policy: Policy, now: int) -> Judged:
    return strictest_of(
        [judge_locked(place, order_id, found.parcel_id, policy, now, person_id) for order_id in found.order_ids]
    )


def _scanned_in(found: Found) -> frozenset[int]:
    """The parcel that was scanned; none for the number of an order with several, which stands on each of them."""
    meant = _parcels_meant(found)
    return meant if len(meant) == 1 else frozenset()


def _which(judged: Judged, parcels: int, policy: Policy, now: int) -> Judged:
    reason = Reason(WHICH_PARCEL, {"parcels": parcels})
    return Judged(judged.facts, Verdict(VerdictKind.UNKNOWN, (reason,), policy.version, now))


def _lease(
    place: Workplace, person_id: int | None, judged: Judged, found: Found, policy: Policy, now: int
) -> tuple[Judged, int | None]:
    """Take the parcel of a PACK onto this desk; STOP names the station that has it, an order with several asks which."""
    order_id = judged.facts.order.id
    parcel_id = found.parcel_id
    if parcel_id is None:
        unpacked = unpacked_parcels(order_id)
        if len(unpacked) > 1:
            return _which(judged, len(unpacked), policy, now), None
        parcel_id = unpacked[0] if unpacked else parcel_of_order(order_id)
    before = standing(parcel_id)
    if place.station_id is None or person_id is None:
        return judged, None
    try:
        after = lease(before, place.station_id, person_id, now, place.rules.lease_ms)
    except OnOtherStationError as error:
        return on_other_station(judged, error.standing, policy, now), None
    save_standing(parcel_id, before, after, now)
    return judged, parcel_id


def look_again(place: Workplace, person_id: int, parcel_id: int, code: str) -> ScanAnswer | None:
    """Look once more at the parcel that lies on this desk in green, after something was written: None while nothing speaks against it.

    What is cancelled, held or blocked meanwhile leaves the desk unfinished. Nothing is written unless the verdict turned.

    Args:
        place: the station.
        person_id: who is signed in.
        parcel_id: the parcel.
        code: as it was scanned.
    """
    order_ids = orders_of_parcel(parcel_id)
    policy = current_policy()
    if all(_still_green(order_id, parcel_id, policy) for order_id in order_ids):
        return None
    with transaction():
        lock_orders(order_ids)
        now = database_now()
        found = Found(parcel_id, order_ids, "", "")
        judged = _judged(place, person_id, found, policy, now)
        if judged.verdict.kind is VerdictKind.PACK:
            return None
        slot = take_off_desk(place, person_id, judged, parcel_id, now)
    return ScanAnswer(code, ScanStep.JUDGE, judged.judgement(code), slot=slot)


def _still_green(order_id: int, parcel_id: int, policy: Policy) -> bool:
    facts = read_for_judging(order_id, parcel_id, policy.holds, policy.prior_weight, database_now())
    history = facts.customer.history if facts.customer else None
    return decide(facts.judged, history, policy, database_now()).kind is VerdictKind.PACK
