"""What becomes of a hold: `advance`, through which every change of one goes. Pure.

Source of the rules: docs/definitions.md, "Hold".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from packstation.domain.hold_events import (
    TRIES,
    AttemptEnded,
    BuyerRangBack,
    DecideByNear,
    DecideByPassed,
    EndedHoldError,
    FourEyesError,
    HoldEvent,
    NoLongerAsked,
    NotReopenableError,
    NotTheAskerError,
    OrderCancelled,
    OrderShipped,
    OverrideRejected,
    OverrideReleased,
    Paid,
    Reopened,
    Withdrawn,
)
from packstation.domain.holds import AttemptResult, ChannelDefault, Hold, HoldReason, HoldRules, HoldState, stops

REOPENING = frozenset(
    {
        AttemptResult.REFUSED,
        AttemptResult.DUPLICATE_ORDER,
        AttemptResult.WANTS_CHANGES,
        AttemptResult.WRONG_NUMBER,
        AttemptResult.NOT_MY_ORDER,
    }
)
"""The results that open a hold again which was released while the contact went on."""


class Effect(StrEnum):
    """What the caller of `advance` has to bring about besides storing the hold."""

    NEXT_TRY_PLANNED = "next_try_planned"
    DECIDE_BY_ALARM = "decide_by_alarm"
    PULL_PARCEL_IF_PACKED = "pull_parcel_if_packed"


@dataclass(frozen=True, slots=True)
class Step:
    """A hold after an event, and what else the event brings about."""

    hold: Hold
    effects: tuple[Effect, ...] = ()


def advance(hold: Hold, event: HoldEvent, rules: HoldRules, now: int) -> Step:
    """The hold after the event. Facts that come too late to matter leave an ended hold as it is.

    Raises:
        FourEyesError: an override by who asked for the hold by hand.
        NotTheAskerError: a withdrawal by somebody else, or of a hold that a rule opened.
        EndedHoldError: an override or a withdrawal of a hold that is released or closed.
        NotReopenableError: a reopening of anything but a hold closed as refused, duplicate order or rejected.
    """
    match event:
        case Reopened() | BuyerRangBack():
            if not stops(hold):
                raise NotReopenableError
            return Step(_reopened(hold, now))
        case OverrideReleased(by) | OverrideRejected(by) | Withdrawn(by):
            return Step(_decided_by_person(hold, event, by, now))
        case AttemptEnded():
            return _attempted(hold, event, rules, now)
    if not hold.is_open:
        return Step(hold)
    match event:
        case Paid():
            return Step(_ended(hold, HoldState.RELEASED, HoldReason.PREPAID, now))
        case OrderCancelled():
            return Step(_ended(hold, HoldState.CLOSED, HoldReason.ORDER_CANCELLED, now))
        case OrderShipped():
            return Step(_ended(hold, HoldState.CLOSED, HoldReason.ORDER_SHIPPED, now))
        case NoLongerAsked():
            return Step(_rejudged(hold, now))
        case DecideByNear():
            waiting = hold.state is HoldState.WAITING
            return Step(_escalated(hold, HoldReason.DECIDE_BY_NEAR, now) if waiting else hold)
        case DecideByPassed(channel_default):
            return _decide_by_passed(hold, channel_default, now)


def _decided_by_person(hold: Hold, event: OverrideReleased | OverrideRejected | Withdrawn, by: int, now: int) -> Hold:
    if not hold.is_open:
        raise EndedHoldError
    asked_by_them = hold.is_by_hand and hold.opened_by == by
    if isinstance(event, Withdrawn):
        if not asked_by_them:
            raise NotTheAskerError
        waiting = hold.state is HoldState.WAITING
        return _ended(hold, HoldState.RELEASED, HoldReason.WITHDRAWN, now) if waiting else hold
    if asked_by_them:
        raise FourEyesError
    if isinstance(event, OverrideReleased):
        return _ended(hold, HoldState.RELEASED, HoldReason.OVERRIDDEN, now)
    return _ended(hold, HoldState.CLOSED, HoldReason.REJECTED, now)


def _attempted(hold: Hold, event: AttemptEnded, rules: HoldRules, now: int) -> Step:
    if hold.state is HoldState.CLOSED:
        return Step(hold)
    if hold.state is HoldState.RELEASED:
        if event.result not in REOPENING:
            return Step(hold)
        return Step(_reopened(_remembering(hold, event), now), (Effect.PULL_PARCEL_IF_PACKED,))
    if event.result is AttemptResult.ABANDONED:
        return Step(replace(hold, only_tries=False))
    hold = _remembering(hold, event)
    match event.result:
        case AttemptResult.CONFIRMED:
            return Step(_ended(hold, HoldState.RELEASED, HoldReason.CONFIRMED, now))
        case AttemptResult.REFUSED:
            return Step(_ended(hold, HoldState.CLOSED, HoldReason.REFUSED, now))
        case AttemptResult.DUPLICATE_ORDER:
            return Step(_ended(hold, HoldState.CLOSED, HoldReason.DUPLICATE_ORDER, now))
        case AttemptResult.WRONG_NUMBER:
            return Step(_escalated(hold, HoldReason.WRONG_NUMBER, now))
        case AttemptResult.NOT_MY_ORDER:
            return Step(_escalated(hold, HoldReason.NOT_MY_ORDER, now))
        case _:
            return _undecided(hold, event, rules, now)


def _undecided(hold: Hold, event: AttemptEnded, rules: HoldRules, now: int) -> Step:
    """After a contact that settled nothing: the next try, or the supervisor when none is left or can be in time.

    A time agreed with the buyer stays as it is; a try after a wait moves into the hours in which buyers are contacted so.
    """
    next_try_at = event.next_try_at
    if event.result in TRIES and hold.state is HoldState.WAITING:
        if hold.tries >= rules.tries:
            return Step(_escalated(hold, HoldReason.TRIES_USED, now))
        if next_try_at is None:
            waited = event.at + rules.waits[event.method]
            next_try_at = rules.opening(event.method, waited, event.zone)
            is_moved = next_try_at != waited
            if is_moved and (next_try_at is None or next_try_at >= rules.notice_at(hold.decide_by)):
                return Step(_escalated(hold, HoldReason.DECIDE_BY_NEAR, now))
    effects = () if next_try_at is None else (Effect.NEXT_TRY_PLANNED,)
    return Step(replace(hold, next_try_at=next_try_at), effects)


def _remembering(hold: Hold, event: AttemptEnded) -> Hold:
    """The hold with what the attempt's result means for later events."""
    if event.result in TRIES:
        return replace(hold, tries=hold.tries + 1)
    return replace(
        hold,
        only_tries=False,
        wants_changes=hold.wants_changes or event.result is AttemptResult.WANTS_CHANGES,
        will_prepay=hold.will_prepay or event.result is AttemptResult.WILL_PREPAY,
    )


def _rejudged(hold: Hold, now: int) -> Hold:
    bound = hold.is_by_hand or hold.wants_changes or hold.will_prepay
    if bound or hold.state is HoldState.ESCALATED:
        return hold
    return _ended(hold, HoldState.RELEASED, HoldReason.REJUDGED, now)


def _decide_by_passed(hold: Hold, channel_default: ChannelDefault, now: int) -> Step:
    if hold.decide_by_passed:
        return Step(hold)
    hold = replace(hold, decide_by_passed=True)
    if channel_default is ChannelDefault.SHIP and not hold.is_by_hand and hold.only_tries:
        return Step(_ended(hold, HoldState.RELEASED, HoldReason.DEFAULTED, now))
    return Step(_escalated(hold, HoldReason.DECIDE_BY_PASSED, now), (Effect.DECIDE_BY_ALARM,))


def _reopened(hold: Hold, now: int) -> Hold:
    # A decide-by that passed while the hold was ended must not release it the moment somebody opens it again.
    passed = hold.decide_by_passed or now >= hold.decide_by
    return _escalated(replace(hold, decide_by_passed=passed), HoldReason.REOPENED, now)


def _escalated(hold: Hold, reason: HoldReason, now: int) -> Hold:
    return replace(hold, state=HoldState.ESCALATED, reason=reason, changed_at=now, next_try_at=None)


def _ended(hold: Hold, state: HoldState, reason: HoldReason, now: int) -> Hold:
    return replace(hold, state=state, reason=reason, changed_at=now, next_try_at=None)
