"""A supervisor decides a hold, or who asked for it by hand takes it back."""

from __future__ import annotations

from packstation.acts.announcing import announce_hold
from packstation.acts.judging import judge_locked
from packstation.acts.people import prove_supervisor
from packstation.acts.policies import current_policy
from packstation.acts.workplace import Workplace
from packstation.domain.hold_events import (
    HoldEvent,
    NotReopenableError,
    OverrideRejected,
    OverrideReleased,
    Reopened,
    Withdrawn,
    advance,
)
from packstation.domain.holds import Hold
from packstation.domain.ledger import EntryKind
from packstation.store import holds as stored
from packstation.store.database import database_now, lock_orders, transaction
from packstation.store.labels import keep_label


class ReasonMissingError(Exception):
    """An override needs a reason."""


class NothingToClearError(Exception):
    """The order goes to the address that its label was made for."""


def override(place: Workplace, supervisor_id: int, pin: str, hold_id: int, *, release: bool, reason: str) -> Hold:
    """Release a hold, or reject it for good; recorded with its reason.

    Raises:
        ReasonMissingError: no reason was given.
        NotASupervisorError, WrongPinError, PinLockedError: the person may not, or did not prove who they are.
        FourEyesError: they asked for this hold by hand themselves.
        EndedHoldError: it was decided meanwhile.
    """
    if not reason.strip():
        raise ReasonMissingError
    prove_supervisor(place, supervisor_id, pin)
    return _decide(
        place,
        supervisor_id,
        hold_id,
        OverrideReleased(supervisor_id) if release else OverrideRejected(supervisor_id),
        reason,
    )


def reopen(place: Workplace, supervisor_id: int, pin: str, hold_id: int, *, reason: str) -> Hold:
    """Open a hold again that was closed as refused, duplicate order or rejected; it is escalated.

    Raises:
        ReasonMissingError: no reason was given.
        NotASupervisorError, WrongPinError, PinLockedError: the person may not, or did not prove who they are.
        NotReopenableError: it is not closed so, or the order has a later hold.
    """
    if not reason.strip():
        raise ReasonMissingError
    prove_supervisor(place, supervisor_id, pin)
    return _decide(place, supervisor_id, hold_id, Reopened(supervisor_id), reason)


def withdraw(place: Workplace, person_id: int, hold_id: int) -> Hold:
    """Take back a hold that this person asked for by hand.

    Raises:
        NotTheAskerError: somebody else, or a rule, asked for it.
        EndedHoldError: it was decided meanwhile.
    """
    return _decide(place, person_id, hold_id, Withdrawn(person_id), "")


def clear_address(place: Workplace, supervisor_id: int, pin: str, order_id: int, *, reason: str) -> None:
    """Let an order go whose address changed after its label was made; recorded with its reason, and judged anew at once.

    Raises:
        ReasonMissingError: no reason was given.
        NotASupervisorError, WrongPinError, PinLockedError: the person may not, or did not prove who they are.
        NothingToClearError: the address did not change since.
    """
    if not reason.strip():
        raise ReasonMissingError
    prove_supervisor(place, supervisor_id, pin)
    with transaction():
        lock_orders([order_id])
        now = database_now()
        if not keep_label(order_id):
            raise NothingToClearError
        policy = current_policy()
        place.ledger.write(
            EntryKind.ADDRESS_CLEARED,
            now,
            order_id=order_id,
            person_id=supervisor_id,
            station_id=place.station_id,
            policy_version=policy.version,
            text=reason,
        )
        judge_locked(place, order_id, None, policy, now, supervisor_id)


def _decide(place: Workplace, person_id: int, hold_id: int, event: HoldEvent, reason: str) -> Hold:
    with transaction():
        _hold, order_id = stored.hold_by_id(hold_id)
        lock_orders([order_id])
        now = database_now()
        hold, _order = stored.hold_by_id(hold_id)
        policy = current_policy()
        latest = stored.latest_hold(order_id)
        if isinstance(event, Reopened) and latest and latest.id != hold_id:
            raise NotReopenableError
        after = advance(hold, event, policy.holds, now).hold
        stored.save_hold(hold_id, hold, after, person_id, now, reason)
        announce_hold(order_id, hold_id, hold, after, now)
        place.ledger.write(
            EntryKind.HOLD_MOVED,
            now,
            order_id=order_id,
            hold_id=hold_id,
            person_id=person_id,
            station_id=place.station_id,
            policy_version=policy.version,
            facts={"why": type(event).__name__, "state": str(after.state), "reason": str(after.reason)},
            text=reason,
        )
    return after
