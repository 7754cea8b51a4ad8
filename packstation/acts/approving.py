"""A desk asks the board to let a held order go, and a supervisor there grants or refuses it."""

from __future__ import annotations

from packstation.acts.overriding import decide_locked, reason_given
from packstation.acts.proving import prove_supervisor
from packstation.acts.recording import facts_of, record_decision
from packstation.acts.workplace import Workplace
from packstation.domain.expressions import Value
from packstation.domain.hold_events import EndedHoldError, OverrideReleased
from packstation.domain.holds import Hold
from packstation.domain.ledger import EntryKind
from packstation.domain.supervision import ApprovalRequest, ApprovalState
from packstation.store import approvals
from packstation.store import holds as stored
from packstation.store.database import answering, database_now, lock_orders, transaction


class NoDeskError(Exception):
    """Only a station with somebody signed in can ask."""


class RequestedAlreadyError(Exception):
    """The board was asked about this hold and has not answered yet."""


class RequestOverError(Exception):
    """The request was answered, or ran out."""


def ask_approval(place: Workplace, person_id: int | None, hold_id: int, why: str) -> int:
    """Ask the board to let a held order go; the request's id. It stands until it is answered or runs out.

    Raises:
        NoDeskError: nobody is signed in at a station.
        ReasonMissingError: nothing says why.
        EndedHoldError: the hold was decided meanwhile.
        RequestedAlreadyError: the board is asked already.
    """
    if place.station_id is None or person_id is None:
        raise NoDeskError
    said = reason_given(why)
    with transaction():
        _hold, order_id = stored.hold_by_id(hold_id)
        lock_orders([order_id])
        now = database_now()
        hold, _order = stored.hold_by_id(hold_id)
        if not hold.is_open:
            raise EndedHoldError
        before = approvals.asked_for(hold_id)
        if before and before.stands(now):
            raise RequestedAlreadyError
        if before:
            _end(place, before.id, ApprovalState.EXPIRED, order_id, hold_id, None, now)
        expires_at = now + place.supervision.request_ms
        request_id = approvals.add_request(hold_id, place.station_id, person_id, said, now, expires_at)
        told = {"request": request_id, "expires_at": expires_at}
        facts = facts_of(order_id, now)
        record_decision(
            place, EntryKind.APPROVAL_ASKED, facts, now, told=told, hold_id=hold_id, person_id=person_id, text=said
        )
    return request_id


def grant(place: Workplace, supervisor_id: int, pin: str, request_id: int, *, reason: str) -> Hold:
    """Grant a request: the hold is overridden.

    Raises:
        ReasonMissingError, NotASupervisorError, WrongPinError, PinLockedError, FourEyesError, EndedHoldError: as `override`.
        RequestOverError: it was answered meanwhile, or ran out.
    """
    said = reason_given(reason)
    prove_supervisor(place, supervisor_id, pin)
    request = _request(request_id)
    with transaction():
        lock_orders([request.order_id])
        now = database_now()
        _refuse_unless_stands(request_id, now)
        return decide_locked(
            place, supervisor_id, request.hold_id, request.order_id, OverrideReleased(supervisor_id), said, now
        )


def refuse(place: Workplace, supervisor_id: int, pin: str, request_id: int, *, reason: str) -> None:
    """Refuse a request: the hold stays as it is.

    Raises:
        ReasonMissingError, NotASupervisorError, WrongPinError, PinLockedError: as `override`.
        RequestOverError: it was answered meanwhile, or ran out.
    """
    said = reason_given(reason)
    prove_supervisor(place, supervisor_id, pin)
    request = _request(request_id)
    with transaction():
        lock_orders([request.order_id])
        now = database_now()
        _refuse_unless_stands(request_id, now)
        _end(place, request_id, ApprovalState.REFUSED, request.order_id, request.hold_id, supervisor_id, now, said)


def expire_requests(place: Workplace) -> int:
    """End the requests that nobody answered in time, and those whose holds were decided otherwise; how many there were.

    What became of the latter is no news to the desk that asked: nothing was kept from it.
    """
    ended = 0
    for request_id, order_id in approvals.requests_that_are_over(database_now()):
        with transaction():
            lock_orders([order_id])
            now = database_now()
            request = approvals.request_by_id(request_id)
            if request is None or request.state is not ApprovalState.ASKED:
                continue
            hold, _order = stored.hold_by_id(request.hold_id)
            if hold.is_open and request.stands(now):
                continue
            _end(place, request_id, ApprovalState.EXPIRED, order_id, request.hold_id, None, now)
            if not hold.is_open:
                approvals.mark_told([request_id], now)
            ended += 1
    return ended


def answers_for(place: Workplace) -> list[ApprovalRequest]:
    """What came of this station's requests since it last looked; each is told once."""
    if place.station_id is None:
        return []
    with answering():
        if not approvals.untold(place.station_id):
            return []
    with transaction():
        ended = approvals.untold(place.station_id)
        approvals.mark_told([request.id for request in ended], database_now())
    return ended


def _request(request_id: int) -> ApprovalRequest:
    request = approvals.request_by_id(request_id)
    if request is None:
        raise RequestOverError
    return request


def _refuse_unless_stands(request_id: int, now: int) -> None:
    if not _request(request_id).stands(now):
        raise RequestOverError


def _end(
    place: Workplace,
    request_id: int,
    state: ApprovalState,
    order_id: int,
    hold_id: int,
    person_id: int | None,
    now: int,
    said: str = "",
) -> None:
    approvals.end_request(request_id, state, person_id, now)
    told: dict[str, Value] = {"request": request_id, "state": str(state)}
    facts = facts_of(order_id, now)
    record_decision(
        place, EntryKind.APPROVAL_ENDED, facts, now, told=told, hold_id=hold_id, person_id=person_id, text=said
    )
