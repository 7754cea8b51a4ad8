"""Holds of a shop that calls from eight to eight, when nobody answers, at night and before holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.hold_clock import Circumstances, due
from packstation.domain.hold_events import AttemptEnded, DecideByNear, DecideByPassed
from packstation.domain.hold_steps import advance
from packstation.domain.holds import (
    AttemptResult,
    ChannelDefault,
    ContactMethod,
    Hold,
    HoldReason,
    HoldRules,
    HoldState,
    open_by_rule,
)
from packstation.domain.shop_week import Holidays, Hours
from packstation.domain.times import DAY, HOUR, MINUTE, from_ms, to_ms, zone

HANOI = "Asia/Ho_Chi_Minh"
SHOPEE = Circumstances("shopee", HANOI, ContactMethod.CALL)
PHONE_HIDDEN = replace(SHOPEE, method=ContactMethod.CHAT)
TET = Holidays(((date(2027, 2, 5), date(2027, 2, 11)),))
DAYTIME = Hours((((8 * 60, 20 * 60),),) * 7, TET)
RULES = HoldRules(calling=DAYTIME)


def at(clock: str) -> int:
    return to_ms(datetime.fromisoformat(clock).replace(tzinfo=zone(HANOI)))


def hold(decide_by: str, opened: str = "2026-09-01T19:00") -> Hold:
    return open_by_rule(at(decide_by), at(opened))


def tried(before: Hold, clock: str, rules: HoldRules = RULES, **more: Any) -> Hold:
    event = AttemptEnded(AttemptResult.NO_ANSWER, at(clock), 7, ContactMethod.CALL, zone=HANOI)
    return advance(before, replace(event, **more), rules, at(clock)).hold


def next_try(after: Hold) -> str | None:
    return None if after.next_try_at is None else from_ms(after.next_try_at, HANOI).strftime("%a %d %H:%M")


FAR = "2026-09-04T12:00"


@pytest.mark.parametrize(
    ("tried_at", "planned"),
    [
        ("2026-09-01T19:00", "Tue 01 19:30"),
        ("2026-09-01T19:29", "Tue 01 19:59"),
        ("2026-09-01T19:30", "Wed 02 08:00"),
        ("2026-09-02T03:00", "Wed 02 08:00"),
    ],
)
def test_a_try_after_a_wait_falls_into_the_calling_hours(tried_at: str, planned: str) -> None:
    assert next_try(tried(hold(FAR), tried_at)) == planned


def test_a_try_waits_until_the_holidays_are_over() -> None:
    assert next_try(tried(hold("2027-02-20T12:00"), "2027-02-04T19:45")) == "Fri 12 08:00"


def test_what_needs_no_voice_goes_on_by_hours_of_its_own_or_at_any_time() -> None:
    chat: dict[str, Any] = {"method": ContactMethod.CHAT, "result": AttemptResult.MESSAGE_SENT}
    assert next_try(tried(hold(FAR), "2026-09-01T20:30", **chat)) == "Tue 01 22:30"
    rules = replace(RULES, messaging=Hours((((7 * 60, 22 * 60),),) * 7))
    assert next_try(tried(hold(FAR), "2026-09-01T20:30", rules, **chat)) == "Wed 02 07:00"


def test_a_time_agreed_with_the_buyer_stays_although_it_is_outside_the_hours() -> None:
    agreed = tried(hold(FAR), "2026-09-01T19:00", result=AttemptResult.LATER, next_try_at=at("2026-09-01T22:00"))
    assert next_try(agreed) == "Tue 01 22:00"


def test_a_try_that_would_open_too_late_goes_to_the_supervisor_at_once() -> None:
    in_time = tried(hold("2026-09-02T10:01"), "2026-09-01T19:45")
    assert (in_time.state, next_try(in_time)) == (HoldState.WAITING, "Wed 02 08:00")
    too_late = tried(hold("2026-09-02T10:00"), "2026-09-01T19:45")
    assert (too_late.state, too_late.reason) == (HoldState.ESCALATED, HoldReason.DECIDE_BY_NEAR)
    assert too_late.tries == 1


def test_a_hold_that_nobody_may_call_for_before_the_notice_is_near_as_soon_as_that_is_so() -> None:
    overnight = hold("2026-09-02T10:00")
    assert due(overnight, SHOPEE, RULES, at("2026-09-01T19:59")) is None
    assert due(overnight, SHOPEE, RULES, at("2026-09-01T20:00")) == DecideByNear()
    assert due(hold("2026-09-02T10:01"), SHOPEE, RULES, at("2026-09-01T20:00")) is None


def test_a_hold_that_opens_at_night_is_near_at_once_unless_its_buyer_is_reached_by_chat() -> None:
    at_night = hold("2026-09-02T10:00", opened="2026-09-01T23:00")
    assert due(at_night, SHOPEE, RULES, at("2026-09-01T23:00")) == DecideByNear()
    assert due(at_night, PHONE_HIDDEN, RULES, at("2026-09-01T23:00")) is None
    assert due(at_night, PHONE_HIDDEN, RULES, at("2026-09-02T08:00")) == DecideByNear()


def test_a_call_agreed_for_the_evening_is_waited_for() -> None:
    agreed = replace(hold("2026-09-02T10:00"), next_try_at=at("2026-09-01T22:00"))
    assert due(agreed, SHOPEE, RULES, at("2026-09-01T21:00")) is None
    assert due(agreed, SHOPEE, RULES, at("2026-09-01T22:00") + 1) == DecideByNear()
    after_the_notice = replace(agreed, next_try_at=at("2026-09-02T09:00"))
    assert due(after_the_notice, SHOPEE, RULES, at("2026-09-01T21:00")) == DecideByNear()


def test_hours_that_never_open_leave_every_hold_to_the_supervisor() -> None:
    rules = HoldRules(calling=Hours(((),) * 7))
    assert due(hold(FAR), SHOPEE, rules, at("2026-09-01T19:00")) == DecideByNear()
    assert tried(hold(FAR), "2026-09-01T19:00", rules).reason is HoldReason.DECIDE_BY_NEAR


moments = st.integers(at("2026-09-01T00:00"), at("2026-09-08T00:00"))


@given(moments, st.integers(0, 3 * DAY), st.none() | st.integers(-HOUR, DAY), st.sampled_from([SHOPEE, PHONE_HIDDEN]))
def test_no_deadline_passes_silently(opened: int, lasts: int, asked: int | None, where: Circumstances) -> None:
    waiting = open_by_rule(opened + lasts, opened)
    if asked is not None:
        waiting = replace(waiting, next_try_at=opened + asked)
    states = []
    for now in range(opened, opened + lasts + 20 * MINUTE, 20 * MINUTE):
        event = due(waiting, where, RULES, now)
        waiting = advance(waiting, event, RULES, now).hold if event else waiting
        states.append((now, event, waiting))
    assert [event for _now, event, _hold in states if event][-1] == DecideByPassed(ChannelDefault.ESCALATE)
    assert [event for _now, event, _hold in states].count(DecideByPassed(ChannelDefault.ESCALATE)) == 1
    for now, _event, stands in states:
        if now >= stands.decide_by - RULES.escalate_before_ms:
            assert stands.state is HoldState.ESCALATED
        if now >= stands.decide_by:
            assert stands.reason is HoldReason.DECIDE_BY_PASSED
