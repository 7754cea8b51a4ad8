"""Holds: why an order may not be packed yet, in which state that is, and for how long. Pure.

Source of the rules: docs/definitions.md, "Hold".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from packstation.domain.orders import Status
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
class Deadlines:
    """What the channel asks for, ms UTC; None where it sets no such deadline.

    Attributes:
        arrange_by: the shipment must be arranged.
        ship_by: the parcel must be handed over.
        cancels_at: the channel cancels by itself.
        answer_by: a buyer's request to cancel must be answered.
    """

    arrange_by: int | None = None
    ship_by: int | None = None
    cancels_at: int | None = None
    answer_by: int | None = None

    def ruling(self, status: Status) -> tuple[int | None, ...]:
        """The deadlines that an order in this status still has to keep.

        Channels go on naming deadlines of what is done: the shipment is arranged once the label is ready, and a request is
        to be answered only while there is one.
        """
        arrange_by = self.arrange_by if status in (Status.TO_PACK, Status.UNPAID) else None
        answer_by = self.answer_by if status is Status.CANCEL_REQUESTED else None
        return arrange_by, self.ship_by, self.cancels_at, answer_by


def decide_by(deadlines: Iterable[int | None], placed_at: int, rules: HoldRules) -> int:
    """When a hold of this order must be decided, ms UTC.

    Args:
        deadlines: every deadline that rules it (see `Deadlines.ruling`) and the truck's cut-off; None where there is none.
        placed_at: when the order was placed.
        rules: time that packing takes, and the default without any deadline.
    """
    known = [deadline for deadline in deadlines if deadline is not None]
    return min(known) - rules.packing_takes_ms if known else placed_at + rules.default_decide_by_ms


def with_decide_by(hold: Hold, decide_by_at: int, now: int) -> Hold:
    """The open hold after its order's deadlines moved; one that had passed can pass again when it now lies ahead."""
    if decide_by_at == hold.decide_by or not hold.is_open:
        return hold
    return replace(hold, decide_by=decide_by_at, decide_by_passed=hold.decide_by_passed and decide_by_at <= now)


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
