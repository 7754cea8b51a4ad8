"""Holds: why an order may not be packed yet, in which state that is, and for how long. Pure.

Source of the rules: docs/definitions.md, "Hold".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from packstation.domain.shop_week import Departures, Hours
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


RUSH_CARRIERS = ("instant", "hỏa tốc", "hoả tốc", "now", "grab", "ahamove", "lalamove", "bedelivery")
"""What the name of a carrier has in it that fetches a parcel at once, as carriers in Vietnam call it."""
ANY_CARRIER = "*"
"""Stands for every carrier whose trucks have no times of their own."""


def folded(carrier: str) -> str:
    """A carrier's name in the one spelling by which it is known: small letters, single blanks."""
    return " ".join(carrier.casefold().split())


@dataclass(frozen=True, slots=True)
class HoldRules:
    """What a shop decided about holds. All durations in ms.

    Attributes:
        tries: contacts without a yes or no before a supervisor decides.
        waits: time until the next try after a contact, by its method.
        warn_before_ms: how long before decide-by a hold is shown as due soon; not less than `escalate_before_ms`.
        escalate_before_ms: how long before decide-by a supervisor is asked.
        default_decide_by_ms: decide-by after placing, where the channel sets no deadline.
        packing_takes_ms: taken off the channel's deadline, so that a release still leaves time to pack.
        abandoned_after_ms: how long a contact may stay open without a result.
        channel_defaults: what a passed decide-by does, by channel; `escalate` where a channel is not named.
        calling: when buyers may be called; None for any time.
        messaging: when they may be written to, by whatever needs no voice; None for any time.
        cut_offs: when the trucks leave, by the carrier's name in `folded` spelling; ANY_CARRIER for all that are not named.
        rush_carriers: words in the names of carriers that fetch a parcel at once, in `folded` spelling.
    """

    tries: int = 3
    waits: Mapping[ContactMethod, int] = field(default_factory=_default_waits)
    warn_before_ms: int = 4 * HOUR
    escalate_before_ms: int = 2 * HOUR
    default_decide_by_ms: int = 48 * HOUR
    packing_takes_ms: int = 30 * MINUTE
    abandoned_after_ms: int = 15 * MINUTE
    channel_defaults: Mapping[str, ChannelDefault] = field(default_factory=dict)
    calling: Hours | None = None
    messaging: Hours | None = None
    cut_offs: Mapping[str, Departures] = field(default_factory=dict)
    rush_carriers: tuple[str, ...] = RUSH_CARRIERS

    def is_rush(self, carrier: str | None) -> bool:
        """Whether this carrier fetches a parcel at once. Whole words count: no Snowy Express is a NOW."""
        name = f" {folded(carrier or '')} "
        return any(f" {word} " in name for word in self.rush_carriers)

    def channel_default(self, channel: str) -> ChannelDefault:
        """What a passed decide-by does on this channel."""
        return self.channel_defaults.get(channel, ChannelDefault.ESCALATE)

    def notice_at(self, decide_by: int) -> int:
        """When a supervisor is asked at the latest, ms UTC."""
        return decide_by - self.escalate_before_ms

    def opening(self, method: ContactMethod, moment: int, zone: str) -> int | None:
        """The first moment from `moment` on at which a buyer may be contacted so, ms UTC; None when there is none for long.

        Args:
            method: how.
            moment: ms UTC.
            zone: the shop's, in whose clock the hours are meant.
        """
        hours = self.calling if method is ContactMethod.CALL else self.messaging
        return moment if hours is None else hours.opening(moment, zone)

    def departures(self, carrier: str | None) -> Departures | None:
        """When this carrier's truck leaves; None where nobody says. A carrier that is not known yet is any."""
        return self.cut_offs.get(folded(carrier or ""), self.cut_offs.get(ANY_CARRIER))


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
