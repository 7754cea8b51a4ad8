"""Holds: why an order may not be packed yet, and what ends that. Pure; every state change goes through `advance`.

Source of the rules: docs/definitions.md, "Hold".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from packstation.domain.times import HOUR, MINUTE


class HoldState(StrEnum):
    """Where a hold stands. It is open while waiting or escalated."""

    WAITING = "waiting"
    ESCALATED = "escalated"
    RELEASED = "released"
    CLOSED = "closed"


class HoldReason(StrEnum):
    """Why a hold is in its state."""

    RULE = "rule"
    BY_HAND = "by_hand"
    TRIES_USED = "tries_used"
    DECIDE_BY_NEAR = "decide_by_near"
    DECIDE_BY_PASSED = "decide_by_passed"
    WRONG_NUMBER = "wrong_number"
    NOT_MY_ORDER = "not_my_order"
    REOPENED = "reopened"
    CONFIRMED = "confirmed"
    PREPAID = "prepaid"
    OVERRIDDEN = "overridden"
    DEFAULTED = "defaulted"
    REJUDGED = "rejudged"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    DUPLICATE_ORDER = "duplicate_order"
    REJECTED = "rejected"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_SHIPPED = "order_shipped"


REASONS: dict[HoldState, frozenset[HoldReason]] = {
    HoldState.WAITING: frozenset({HoldReason.RULE, HoldReason.BY_HAND}),
    HoldState.ESCALATED: frozenset(
        {
            HoldReason.TRIES_USED,
            HoldReason.DECIDE_BY_NEAR,
            HoldReason.DECIDE_BY_PASSED,
            HoldReason.WRONG_NUMBER,
            HoldReason.NOT_MY_ORDER,
            HoldReason.REOPENED,
        }
    ),
    HoldState.RELEASED: frozenset(
        {
            HoldReason.CONFIRMED,
            HoldReason.PREPAID,
            HoldReason.OVERRIDDEN,
            HoldReason.DEFAULTED,
            HoldReason.REJUDGED,
            HoldReason.WITHDRAWN,
        }
    ),
    HoldState.CLOSED: frozenset(
        {
            HoldReason.REFUSED,
            HoldReason.DUPLICATE_ORDER,
            HoldReason.REJECTED,
            HoldReason.ORDER_CANCELLED,
            HoldReason.ORDER_SHIPPED,
        }
    ),
}
"""Which reasons a state can have."""

COVERING = frozenset({HoldReason.CONFIRMED, HoldReason.PREPAID, HoldReason.OVERRIDDEN, HoldReason.DEFAULTED})
"""The releases that cover the order afterwards; the others leave it to the policy."""

STOPPING = frozenset({HoldReason.REFUSED, HoldReason.DUPLICATE_ORDER, HoldReason.REJECTED})
"""The closes after which the order must not be packed; only from these can a hold be reopened."""


class AttemptResult(StrEnum):
    """How one contact with the buyer ended."""

    CONFIRMED = "confirmed"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    MESSAGE_SENT = "message_sent"
    LATER = "later"
    WRONG_NUMBER = "wrong_number"
    NOT_MY_ORDER = "not_my_order"
    WANTS_CHANGES = "wants_changes"
    REFUSED = "refused"
    DUPLICATE_ORDER = "duplicate_order"
    WILL_PREPAY = "will_prepay"
    ABANDONED = "abandoned"


TRIES = frozenset(
    {
        AttemptResult.NO_ANSWER,
        AttemptResult.BUSY,
        AttemptResult.UNREACHABLE,
        AttemptResult.MESSAGE_SENT,
        AttemptResult.LATER,
    }
)
"""The results that use up a try: the buyer has not said yes or no."""

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


class RefusalWhy(StrEnum):
    """Why a buyer does not want the order any more."""

    CHANGED_MIND = "changed_mind"
    BY_MISTAKE = "by_mistake"
    PRICE = "price"
    BOUGHT_ELSEWHERE = "bought_elsewhere"
    TOO_SLOW = "too_slow"


class ContactMethod(StrEnum):
    """How a buyer is contacted."""

    CALL = "call"
    CHAT = "chat"
    ZALO = "zalo"
    SMS = "sms"
    EMAIL = "email"


class ChannelDefault(StrEnum):
    """What becomes of a hold on this channel that nobody decided in time."""

    ESCALATE = "escalate"
    SHIP = "ship"


class Effect(StrEnum):
    """What the caller of `advance` has to bring about besides storing the hold."""

    NEXT_TRY_PLANNED = "next_try_planned"
    DECIDE_BY_ALARM = "decide_by_alarm"
    PULL_PARCEL_IF_PACKED = "pull_parcel_if_packed"


class NotAllowedError(Exception):
    """This act is not possible on this hold, or not for this person. Nothing changed."""


class FourEyesError(NotAllowedError):
    """Who asked for a hold by hand may not override it; a second person has to."""


class NotTheAskerError(NotAllowedError):
    """Only who asked for a hold by hand may withdraw it."""


class EndedHoldError(NotAllowedError):
    """The hold is released or closed already."""


class NotReopenableError(NotAllowedError):
    """Only a hold closed as refused, duplicate order or rejected can be reopened."""


class NoOpenContactError(NotAllowedError):
    """A result needs a contact that is open; this one ran out."""


class NotTheContactError(NotAllowedError):
    """Only who opened the contact may log that the buyer confirmed."""


def _default_waits() -> dict[ContactMethod, int]:
    return {
        ContactMethod.CALL: 30 * MINUTE,
        ContactMethod.CHAT: 2 * HOUR,
        ContactMethod.ZALO: 2 * HOUR,
        ContactMethod.SMS: 2 * HOUR,
        ContactMethod.EMAIL: 4 * HOUR,
    }


@dataclass(frozen=True, slots=True)
class HoldRules:
    """What a shop decided about holds. All durations in ms.

    Attributes:
        tries: contacts without a yes or no before a supervisor decides.
        waits: time until the next try after a contact, by its method.
        escalate_before_ms: how long before decide-by a supervisor is asked.
        default_decide_by_ms: decide-by after placing, where the channel sets no deadline.
        packing_takes_ms: taken off the channel's deadline, so that a release still leaves time to pack.
        abandoned_after_ms: how long a contact may stay open without a result.
        channel_defaults: what a passed decide-by does, by channel; `escalate` where a channel is not named.
    """

    tries: int = 3
    waits: Mapping[ContactMethod, int] = field(default_factory=_default_waits)
    escalate_before_ms: int = 2 * HOUR
    default_decide_by_ms: int = 48 * HOUR
    packing_takes_ms: int = 30 * MINUTE
    abandoned_after_ms: int = 15 * MINUTE
    channel_defaults: Mapping[str, ChannelDefault] = field(default_factory=dict)

    def channel_default(self, channel: str) -> ChannelDefault:
        """What a passed decide-by does on this channel."""
        return self.channel_defaults.get(channel, ChannelDefault.ESCALATE)


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold of one order. Times are ms UTC, people are ids.

    Attributes:
        changed_at: when `state` or `reason` last changed.
        next_try_at: when to contact the buyer again; None means any time, or not at all once ended.
        tries: contacts so far that used up a try.
        wants_changes: the buyer once asked for changes.
        will_prepay: the buyer once promised to pay first.
        only_tries: no attempt ended otherwise than by using up a try; true while there was none.
        decide_by_passed: the passing of decide-by was already acted upon.
    """

    state: HoldState
    reason: HoldReason
    opened_at: int
    opened_reason: HoldReason
    opened_by: int | None
    decide_by: int
    changed_at: int
    next_try_at: int | None = None
    tries: int = 0
    wants_changes: bool = False
    will_prepay: bool = False
    only_tries: bool = True
    decide_by_passed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the order may not be packed until somebody decides."""
        return self.state in (HoldState.WAITING, HoldState.ESCALATED)

    @property
    def is_by_hand(self) -> bool:
        """Whether a person asked for this hold."""
        return self.opened_reason is HoldReason.BY_HAND


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """A contact of person `by` ended at `at` (ms UTC). `next_try_at` is the time agreed with the buyer, if any."""

    result: AttemptResult
    at: int
    by: int
    method: ContactMethod
    why: RefusalWhy | None = None
    next_try_at: int | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """The order was paid, as seen at the channel or logged by a person."""


@dataclass(frozen=True, slots=True)
class OverrideReleased:
    """Supervisor `by` lets the order go."""

    by: int


@dataclass(frozen=True, slots=True)
class OverrideRejected:
    """Supervisor `by` does not let the order go."""

    by: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Person `by` takes back the hold they asked for."""

    by: int


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """The order was cancelled at the channel."""


@dataclass(frozen=True, slots=True)
class OrderShipped:
    """The order was shipped elsewhere."""


@dataclass(frozen=True, slots=True)
class NoLongerAsked:
    """Policy or data no longer ask for this hold."""


@dataclass(frozen=True, slots=True)
class DecideByNear:
    """Decide-by is nearer than the configured notice."""


@dataclass(frozen=True, slots=True)
class DecideByPassed:
    """Decide-by has passed; the channel's default says what that does."""

    channel_default: ChannelDefault


@dataclass(frozen=True, slots=True)
class Reopened:
    """Supervisor `by` opens a closed hold again."""

    by: int


@dataclass(frozen=True, slots=True)
class BuyerRangBack:
    """The buyer of a closed hold got in touch again."""


HoldEvent = (
    AttemptEnded
    | Paid
    | OverrideReleased
    | OverrideRejected
    | Withdrawn
    | OrderCancelled
    | OrderShipped
    | NoLongerAsked
    | DecideByNear
    | DecideByPassed
    | Reopened
    | BuyerRangBack
)


@dataclass(frozen=True, slots=True)
class Step:
    """A hold after an event, and what else the event brings about."""

    hold: Hold
    effects: tuple[Effect, ...] = ()


def decide_by(deadlines: Iterable[int | None], placed_at: int, rules: HoldRules) -> int:
    """When a hold of this order must be decided, ms UTC.

    Args:
        deadlines: every deadline the channel sets (arrange shipment, hand over, auto-cancel, answer a cancel
            request) and the truck's cut-off; None where there is none.
        placed_at: when the order was placed.
        rules: time that packing takes, and the default without any deadline.
    """
    known = [deadline for deadline in deadlines if deadline is not None]
    return min(known) - rules.packing_takes_ms if known else placed_at + rules.default_decide_by_ms


def open_by_rule(decide_by_at: int, now: int) -> Hold:
    """A hold that the policy asked for."""
    return _open(HoldReason.RULE, None, decide_by_at, now)


def open_by_hand(by: int, decide_by_at: int, now: int) -> Hold:
    """A hold that person `by` asked for."""
    return _open(HoldReason.BY_HAND, by, decide_by_at, now)


def _open(reason: HoldReason, by: int | None, decide_by_at: int, now: int) -> Hold:
    return Hold(HoldState.WAITING, reason, now, reason, by, decide_by_at, now)


def covers(hold: Hold) -> bool:
    """Whether this hold's release covers the order, as long as address, items, amount and history stay as they were."""
    return hold.state is HoldState.RELEASED and hold.reason in COVERING


def stops(hold: Hold) -> bool:
    """Whether this hold, as the order's latest, keeps the order from being packed for good."""
    return hold.state is HoldState.CLOSED and hold.reason in STOPPING


def due(hold: Hold, channel: str, rules: HoldRules, now: int) -> DecideByNear | DecideByPassed | None:
    """The event that the passing of time brings to this hold by now, if any."""
    if not hold.is_open or hold.decide_by_passed:
        return None
    if now >= hold.decide_by:
        return DecideByPassed(rules.channel_default(channel))
    if hold.state is HoldState.WAITING and now >= hold.decide_by - rules.escalate_before_ms:
        return DecideByNear()
    return None


def end_attempt(
    result: AttemptResult,
    *,
    opened_by: int,
    opened_at: int,
    method: ContactMethod,
    by: int,
    now: int,
    rules: HoldRules,
    why: RefusalWhy | None = None,
    next_try_at: int | None = None,
) -> AttemptEnded:
    """The end of the contact that `opened_by` opened at `opened_at`, as logged by `by`.

    Raises:
        NoOpenContactError: the contact ran out (only `abandoned` ends it then).
        NotTheContactError: a confirmation by somebody else.
    """
    if result is not AttemptResult.ABANDONED and has_run_out(opened_at, rules, now):
        raise NoOpenContactError
    if result is AttemptResult.CONFIRMED and by != opened_by:
        raise NotTheContactError
    return AttemptEnded(result, now, by, method, why, next_try_at)


def has_run_out(opened_at: int, rules: HoldRules, now: int) -> bool:
    """Whether a contact opened at `opened_at` without a result counts as abandoned by now."""
    return now >= opened_at + rules.abandoned_after_ms


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
    """After a contact that settled nothing: the next try, or the supervisor when none is left."""
    next_try_at = event.next_try_at
    if event.result in TRIES and hold.state is HoldState.WAITING:
        if hold.tries >= rules.tries:
            return Step(_escalated(hold, HoldReason.TRIES_USED, now))
        if next_try_at is None:
            next_try_at = event.at + rules.waits[event.method]
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
