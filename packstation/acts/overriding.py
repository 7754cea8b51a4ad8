"""A supervisor decides a hold, or who asked for it by hand takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packstation.acts.announcing import announce_hold
from packstation.acts.judging import judge_locked, judge_stored
from packstation.acts.policies import current_policy
from packstation.acts.proving import prove_supervisor
from packstation.acts.recording import facts_of, record_decision
from packstation.acts.workplace import Workplace
from packstation.domain.expressions import Value
from packstation.domain.hold_events import (
    EndedHoldError,
    FourEyesError,
    HoldEvent,
    NotReopenableError,
    OverrideRejected,
    OverrideReleased,
    Reopened,
    Withdrawn,
)
from packstation.domain.hold_steps import advance
from packstation.domain.holds import Hold
from packstation.domain.ledger import EntryKind
from packstation.domain.plain_text import plain
from packstation.domain.supervision import ApprovalState, Involved, refuse_unless_second, until_after
from packstation.store import approvals, customer_overrides
from packstation.store import holds as stored
from packstation.store.database import database_now, lock_orders, transaction
from packstation.store.labels import keep_label


class ReasonMissingError(Exception):
    """An override needs a reason."""


class WrongCountError(Exception):
    """How many holds are decided at once has to be said, and was said wrongly. Nothing changed."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """What came of a decision on several holds: those that moved, and those that did not, as they ended or need a second person."""

    moved: tuple[int, ...]
    ended: tuple[int, ...]
    own: tuple[int, ...]


class NoCustomerError(Exception):
    """A guest's order: nobody whose further orders this could be about."""


class NothingToClearError(Exception):
    """The order goes to the address that its label was made for."""


def reason_given(reason: str) -> str:
    """A reason as it is kept: harmless text.

    Raises:
        ReasonMissingError: it says nothing.
    """
    clean = str(plain(reason)).strip()
    if not clean:
        raise ReasonMissingError
    return clean


def override(place: Workplace, supervisor_id: int, pin: str, hold_id: int, *, release: bool, reason: str) -> Hold:
    """Release a hold, or reject it for good; recorded with its reason.

    Raises:
        ReasonMissingError: no reason was given.
        NotASupervisorError, WrongPinError, PinLockedError: the person may not, or did not prove who they are.
        FourEyesError: they asked for this hold by hand themselves, or had to do with it where the shop is stricter.
        EndedHoldError: it was decided meanwhile.
    """
    reason = reason_given(reason)
    prove_supervisor(place, supervisor_id, pin)
    return _decide(
        place,
        supervisor_id,
        hold_id,
        OverrideReleased(supervisor_id) if release else OverrideRejected(supervisor_id),
        reason,
    )


def override_many(
    place: Workplace, supervisor_id: int, pin: str, hold_ids: Sequence[int], *, count: int | None, reason: str
) -> Bulk:
    """Release several holds at once; whoever decides says how many they are. What was decided meanwhile is left alone.

    Raises:
        ReasonMissingError: no reason was given.
        WrongCountError: `count` is not how many there are, or there is none.
        NotASupervisorError, WrongPinError, PinLockedError: the person may not, or did not prove who they are.
    """
    reason = reason_given(reason)
    ids = sorted(set(hold_ids))
    if not ids or count != len(ids):
        raise WrongCountError
    prove_supervisor(place, supervisor_id, pin)
    moved, ended, own = [], [], []
    with transaction():
        order_ids = {hold_id: stored.hold_by_id(hold_id)[1] for hold_id in ids}
        lock_orders(order_ids.values())
        now = database_now()
        for hold_id, order_id in order_ids.items():
            try:
                decide_locked(place, supervisor_id, hold_id, order_id, OverrideReleased(supervisor_id), reason, now)
                moved.append(hold_id)
            except EndedHoldError:
                ended.append(hold_id)
            except FourEyesError:
                own.append(hold_id)
    return Bulk(tuple(moved), tuple(ended), tuple(own))


def override_customer(place: Workplace, supervisor_id: int, pin: str, hold_id: int, *, days: int, reason: str) -> Hold:
    """Release a hold, and let the further orders of its customer go without a confirmation for so many days.

    Those of the customer's orders that wait because of a rule alone are released with it; held by hand, or escalated, they stay.

    Raises:
        ReasonMissingError, NotASupervisorError, WrongPinError, PinLockedError, FourEyesError, EndedHoldError: as `override`.
        DaysError: too few or too many days.
        NoCustomerError: a guest's order has no customer.
    """
    reason = reason_given(reason)
    until_after(days, 0)
    prove_supervisor(place, supervisor_id, pin)
    with transaction():
        _hold, order_id = stored.hold_by_id(hold_id)
        lock_orders([order_id])
        now = database_now()
        buyer_id = customer_overrides.buyer_of_order(order_id)
        if buyer_id is None:
            raise NoCustomerError
        after = decide_locked(place, supervisor_id, hold_id, order_id, OverrideReleased(supervisor_id), reason, now)
        until = until_after(days, now)
        customer_overrides.add_override(buyer_id, reason, now, until, supervisor_id)
        record_decision(
            place,
            EntryKind.CUSTOMER_OVERRIDDEN,
            facts_of(order_id, now),
            now,
            told={"buyer": buyer_id, "until": until},
            hold_id=hold_id,
            person_id=supervisor_id,
            text=reason,
        )
    judge_stored(place, [order_id])
    return after


def reopen(place: Workplace, supervisor_id: int, pin: str, hold_id: int, *, reason: str) -> Hold:
    """Open a hold again that was closed as refused, duplicate order or rejected; it is escalated.

    Raises:
        ReasonMissingError: no reason was given.
        NotASupervisorError, WrongPinError, PinLockedError: the person may not, or did not prove who they are.
        NotReopenableError: it is not closed so, or the order has a later hold.
    """
    reason = reason_given(reason)
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
    reason = reason_given(reason)
    prove_supervisor(place, supervisor_id, pin)
    with transaction():
        lock_orders([order_id])
        now = database_now()
        if not keep_label(order_id):
            raise NothingToClearError
        policy = current_policy()
        record_decision(
            place,
            EntryKind.ADDRESS_CLEARED,
            facts_of(order_id, now),
            now,
            told={},
            person_id=supervisor_id,
            text=reason,
        )
        judge_locked(place, order_id, None, policy, now, supervisor_id)


def _decide(place: Workplace, person_id: int, hold_id: int, event: HoldEvent, reason: str) -> Hold:
    with transaction():
        _hold, order_id = stored.hold_by_id(hold_id)
        lock_orders([order_id])
        return decide_locked(place, person_id, hold_id, order_id, event, reason, database_now())


def decide_locked(
    place: Workplace, person_id: int, hold_id: int, order_id: int, event: HoldEvent, reason: str, now: int
) -> Hold:
    """Move a hold as a person decided, inside a transaction that has locked its order; an approval asked for is answered by it.

    Raises:
        NotAllowedError: one of its kinds, as `advance` has them; a second person where the shop's rule of four eyes asks for one.
    """
    hold, _order = stored.hold_by_id(hold_id)
    policy = current_policy()
    latest = stored.latest_hold(order_id)
    if isinstance(event, Reopened) and latest and latest.id != hold_id:
        raise NotReopenableError
    overrides = isinstance(event, OverrideReleased | OverrideRejected)
    after = advance(hold, event, policy.holds, now).hold
    if overrides:
        involved = Involved(hold.opened_by, stored.people_who_contacted(hold_id), approvals.people_who_asked(hold_id))
        refuse_unless_second(place.supervision, involved, person_id)
    facts = facts_of(order_id, now)
    stored.save_hold(hold_id, hold, after, person_id, now, reason)
    announce_hold(order_id, hold_id, hold, after, now)
    told = {"why": type(event).__name__, "state": str(after.state), "reason": str(after.reason)}
    record_decision(
        place, EntryKind.HOLD_MOVED, facts, now, told=told, hold_id=hold_id, person_id=person_id, text=reason
    )
    request = approvals.asked_for(hold_id) if overrides else None
    if request:
        state = ApprovalState.GRANTED if isinstance(event, OverrideReleased) else ApprovalState.REFUSED
        approvals.end_request(request.id, state, person_id, now)
        answer: dict[str, Value] = {"request": request.id, "state": str(state)}
        record_decision(place, EntryKind.APPROVAL_ENDED, facts, now, told=answer, hold_id=hold_id, person_id=person_id)
    return after
