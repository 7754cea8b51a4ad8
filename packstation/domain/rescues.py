"""A parcel whose delivery failed is rescued by a call before its carrier sends it back. No hold, and no verdict changes. Pure.

Source of the rules: docs/cod-and-waybills.md, "Rescue calls".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from packstation.domain.carriers import CarrierTerms
from packstation.domain.hold_events import TRIES
from packstation.domain.holds import AttemptResult, ContactMethod, HoldRules
from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.times import MINUTE
from packstation.domain.waybills import COMING_BACK, WaybillEvent, WaybillMeaning

LAST_TRY_BEFORE = 30 * MINUTE
"""A further try comes no later than this before the deadline, ms."""
RESULTS = frozenset(
    {AttemptResult.CONFIRMED, AttemptResult.REFUSED, AttemptResult.LATER, AttemptResult.ABANDONED, *TRIES}
)
"""How a contact for a rescue can end; `confirmed` is that the buyer takes the parcel."""


class RescueState(StrEnum):
    """Where a rescue stands."""

    WAITING = "waiting"
    WILL_TAKE = "will_take"
    REFUSED = "refused"
    EXPIRED = "expired"
    DELIVERED = "delivered"
    RETURNED = "returned"


UNDECIDED = frozenset({RescueState.WAITING, RescueState.WILL_TAKE})
"""The states in which what becomes of the parcel is not known yet."""


class NotARescueResultError(ValueError):
    """A rescue's contact cannot end so."""


@dataclass(frozen=True, slots=True)
class Rescue:
    """One rescue. Times ms UTC.

    Attributes:
        reason: what the courier wrote.
        cause: whose fault it was, as far as that is known.
        failed_at: when the delivery failed.
        deadline: when the carrier sends the parcel back.
        tries: contacts without a yes or no.
        next_try_at: when the next one is planned; None for at once.
        wanted_at: when the buyer wants the parcel.
        instruction: what they ask of the courier.
    """

    carrier: str
    reason: str
    cause: FailureCause | None
    failed_at: int
    opened_at: int
    deadline: int
    state: RescueState
    changed_at: int
    tries: int = 0
    next_try_at: int | None = None
    wanted_at: int | None = None
    instruction: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody has to call."""
        return self.state is RescueState.WAITING


def follow(
    latest: Rescue | None, events: Sequence[WaybillEvent], outcome: Outcome, carrier: CarrierTerms, now: int
) -> Rescue | None:
    """A parcel's rescue after what carrier and channel told.

    Args:
        latest: the parcel's rescue, if there was one.
        events: what the carrier said of it, oldest first.
        outcome: the order's.
        carrier: the carrier's terms.
        now: ms UTC.

    Returns:
        The same, changed or not; a new one, which has `opened_at` = now; None where there is nothing to rescue.
    """
    end = _end(events, outcome)
    if latest is not None and latest.state in UNDECIDED and end is not None:
        return replace(latest, state=end, changed_at=now, next_try_at=None)
    failures = [event for event in events if event.meaning is WaybillMeaning.FAILED_ONCE]
    if end is not None or not failures:
        return latest
    last = failures[-1]
    deadline = last.known_at + carrier.returns_after_ms
    if deadline <= now or (latest is not None and last.known_at <= latest.failed_at):
        return latest
    if latest is not None and latest.is_open:
        return replace(
            latest,
            reason=last.reason,
            cause=last.cause,
            failed_at=last.known_at,
            deadline=deadline,
            changed_at=now,
            next_try_at=None,
        )
    if latest is not None and latest.state not in (RescueState.WILL_TAKE, RescueState.EXPIRED):
        return latest
    return Rescue(carrier.name, last.reason, last.cause, last.known_at, now, deadline, RescueState.WAITING, now)


def _end(events: Sequence[WaybillEvent], outcome: Outcome) -> RescueState | None:
    """How the parcel ended; None while it is under way."""
    meanings = {event.meaning for event in events}
    if WaybillMeaning.DELIVERED in meanings or outcome is Outcome.DELIVERED:
        return RescueState.DELIVERED
    if meanings & {*COMING_BACK, WaybillMeaning.LOST} or outcome is not Outcome.OPEN:
        return RescueState.RETURNED
    return None


def expire(rescue: Rescue, outcome: Outcome, now: int) -> Rescue:
    """The rescue after time passed: expired at its deadline, or ended because the channel told how the order ended."""
    if rescue.state in UNDECIDED and outcome is not Outcome.OPEN:
        state = RescueState.DELIVERED if outcome is Outcome.DELIVERED else RescueState.RETURNED
        return replace(rescue, state=state, changed_at=now, next_try_at=None)
    if rescue.is_open and now >= rescue.deadline:
        return replace(rescue, state=RescueState.EXPIRED, changed_at=now, next_try_at=None)
    return rescue


def contacted(
    rescue: Rescue,
    result: AttemptResult,
    method: ContactMethod,
    rules: HoldRules,
    zone: str,
    now: int,
    *,
    next_try_at: int | None = None,
    wanted_at: int | None = None,
    instruction: str = "",
) -> Rescue:
    """The rescue after a contact with the buyer.

    Args:
        rescue: an open one.
        result: how the contact ended.
        method: how the buyer was contacted.
        rules: waits and hours of contact.
        zone: the shop's.
        now: ms UTC.
        next_try_at: the time agreed with the buyer.
        wanted_at: when they want the parcel.
        instruction: what they ask of the courier.

    Raises:
        NotARescueResultError: a rescue's contact cannot end so.
    """
    if result not in RESULTS:
        raise NotARescueResultError(result)
    if result is AttemptResult.CONFIRMED:
        return replace(
            rescue,
            state=RescueState.WILL_TAKE,
            changed_at=now,
            next_try_at=None,
            wanted_at=wanted_at,
            instruction=instruction,
        )
    if result is AttemptResult.REFUSED:
        return replace(rescue, state=RescueState.REFUSED, changed_at=now, next_try_at=None)
    if result is AttemptResult.ABANDONED:
        return rescue
    planned = next_try_at
    if planned is None:
        planned = rules.opening(method, now + rules.waits[method], zone) or now + rules.waits[method]
    latest = max(now, rescue.deadline - LAST_TRY_BEFORE)
    return replace(rescue, tries=rescue.tries + 1, next_try_at=min(planned, latest), changed_at=now)
