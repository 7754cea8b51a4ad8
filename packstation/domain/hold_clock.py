"""What the clock does to holds and to contacts that are left open. Pure.

Source of the rules: docs/definitions.md, "Hold".
"""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.hold_events import (
    AttemptEnded,
    DecideByNear,
    DecideByPassed,
    NoOpenContactError,
    NotTheContactError,
)
from packstation.domain.holds import AttemptResult, ContactMethod, Hold, HoldRules, HoldState, RefusalWhy


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What of a held order matters while time passes: its channel, its shop's zone, and how its buyer is reached first."""

    channel: str
    zone: str
    method: ContactMethod


def due(hold: Hold, circumstances: Circumstances, rules: HoldRules, now: int) -> DecideByNear | DecideByPassed | None:
    """The event that the passing of time brings to this hold by now, if any.

    A hold whose buyer nobody may contact before the notice is near at once, unless the buyer is waiting for a contact till then.
    """
    if not hold.is_open or hold.decide_by_passed:
        return None
    if now >= hold.decide_by:
        return DecideByPassed(rules.channel_default(circumstances.channel))
    if hold.state is not HoldState.WAITING:
        return None
    opening = rules.opening(circumstances.method, now, circumstances.zone)
    agreed = hold.next_try_at if hold.next_try_at is not None and hold.next_try_at >= now else None
    notice = rules.notice_at(hold.decide_by)
    has_chance = any(chance < notice for chance in (opening, agreed) if chance is not None)
    return None if has_chance else DecideByNear()


def end_attempt(
    result: AttemptResult,
    *,
    opened_by: int,
    opened_at: int,
    method: ContactMethod,
    by: int,
    now: int,
    rules: HoldRules,
    zone: str,
    why: RefusalWhy | None = None,
    next_try_at: int | None = None,
) -> AttemptEnded:
    """The end of the contact that `opened_by` opened at `opened_at`, as logged by `by`; `zone` is the shop's.

    Raises:
        NoOpenContactError: the contact ran out (only `abandoned` ends it then).
        NotTheContactError: a confirmation by somebody else.
    """
    if result is not AttemptResult.ABANDONED and has_run_out(opened_at, rules, now):
        raise NoOpenContactError
    if result is AttemptResult.CONFIRMED and by != opened_by:
        raise NotTheContactError
    return AttemptEnded(result, now, by, method, why, next_try_at, zone)


def has_run_out(opened_at: int, rules: HoldRules, now: int) -> bool:
    """Whether a contact opened at `opened_at` without a result counts as abandoned by now."""
    return now >= opened_at + rules.abandoned_after_ms
