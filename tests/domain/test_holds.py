from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.hold_clock import Circumstances, due, end_attempt
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
    NoOpenContactError,
    NotAllowedError,
    NotReopenableError,
    NotTheAskerError,
    NotTheContactError,
    OrderCancelled,
    OrderShipped,
    OverrideRejected,
    OverrideReleased,
    Paid,
    Reopened,
    Withdrawn,
)
from packstation.domain.hold_steps import REOPENING, Effect, Step, advance
from packstation.domain.holds import (
    COVERING,
    REASONS,
    STOPPING,
    AttemptResult,
    ChannelDefault,
    ContactMethod,
    Hold,
    HoldReason,
    HoldRules,
    HoldState,
    RefusalWhy,
    covers,
    open_by_hand,
    open_by_rule,
    stops,
    with_decide_by,
)
from packstation.domain.times import HOUR, MINUTE

NOW = 1_700_000_000_000
PACKER, SUPERVISOR = 7, 9
RULES = HoldRules()
SHOPEE = Circumstances("shopee", "Asia/Ho_Chi_Minh", ContactMethod.CALL)
LAZADA = replace(SHOPEE, channel="lazada")
SHIP, ESCALATE = DecideByPassed(ChannelDefault.SHIP), DecideByPassed(ChannelDefault.ESCALATE)


def waiting(**changes: object) -> Hold:
    return replace(open_by_rule(NOW + 10 * HOUR, NOW), **changes)  # type: ignore[arg-type]


def escalated(**changes: object) -> Hold:
    return waiting(state=HoldState.ESCALATED, reason=HoldReason.TRIES_USED, **changes)


def by_hand() -> Hold:
    return open_by_hand(PACKER, NOW + 10 * HOUR, NOW)


def ended(reason: HoldReason, **changes: object) -> Hold:
    state = next(state for state, reasons in REASONS.items() if reason in reasons)
    return waiting(state=state, reason=reason, **changes)


def ends(result: AttemptResult, **changes: object) -> AttemptEnded:
    return replace(AttemptEnded(result, NOW, PACKER, ContactMethod.CALL), **changes)  # type: ignore[arg-type]


def after(hold: Hold, *events: HoldEvent, now: int = NOW) -> Hold:
    for event in events:
        hold = advance(hold, event, RULES, now).hold
    return hold


def standing(hold: Hold) -> str:
    return f"{hold.state}({hold.reason})"


STAYS = "stays"
# One row an event: what becomes of a hold opened by a rule from waiting(rule), and from escalated(tries_used).
TABLE: list[tuple[HoldEvent, str, str]] = [
    (ends(AttemptResult.NO_ANSWER), STAYS, STAYS),
    (ends(AttemptResult.BUSY), STAYS, STAYS),
    (ends(AttemptResult.UNREACHABLE), STAYS, STAYS),
    (ends(AttemptResult.MESSAGE_SENT), STAYS, STAYS),
    (ends(AttemptResult.LATER), STAYS, STAYS),
    (ends(AttemptResult.CONFIRMED), "released(confirmed)", "released(confirmed)"),
    (ends(AttemptResult.WANTS_CHANGES), STAYS, STAYS),
    (ends(AttemptResult.WRONG_NUMBER), "escalated(wrong_number)", "escalated(wrong_number)"),
    (ends(AttemptResult.NOT_MY_ORDER), "escalated(not_my_order)", "escalated(not_my_order)"),
    (ends(AttemptResult.REFUSED, why=RefusalWhy.PRICE), "closed(refused)", "closed(refused)"),
    (ends(AttemptResult.DUPLICATE_ORDER), "closed(duplicate_order)", "closed(duplicate_order)"),
    (ends(AttemptResult.WILL_PREPAY), STAYS, STAYS),
    (ends(AttemptResult.ABANDONED), STAYS, STAYS),
    (Paid(), "released(prepaid)", "released(prepaid)"),
    (OverrideReleased(SUPERVISOR), "released(overridden)", "released(overridden)"),
    (OverrideRejected(SUPERVISOR), "closed(rejected)", "closed(rejected)"),
    (OrderCancelled(), "closed(order_cancelled)", "closed(order_cancelled)"),
    (OrderShipped(), "closed(order_shipped)", "closed(order_shipped)"),
    (NoLongerAsked(), "released(rejudged)", STAYS),
    (DecideByNear(), "escalated(decide_by_near)", STAYS),
    (ESCALATE, "escalated(decide_by_passed)", "escalated(decide_by_passed)"),
    (SHIP, "released(defaulted)", "released(defaulted)"),
]


@pytest.mark.parametrize(("event", "from_waiting", "_"), TABLE, ids=str)
def test_a_waiting_hold_goes_where_the_table_says(event: HoldEvent, from_waiting: str, _: str) -> None:
    assert standing(after(waiting(), event)) == from_waiting.replace(STAYS, "waiting(rule)")


@pytest.mark.parametrize(("event", "_", "from_escalated"), TABLE, ids=str)
def test_an_escalated_hold_goes_where_the_table_says(event: HoldEvent, _: str, from_escalated: str) -> None:
    assert standing(after(escalated(), event)) == from_escalated.replace(STAYS, "escalated(tries_used)")


def test_the_table_has_a_row_for_everything_that_can_happen_to_an_open_hold() -> None:
    happens = {event.result if isinstance(event, AttemptEnded) else type(event) for event, *_ in TABLE}
    of_a_person_or_an_ended_hold = {Withdrawn, Reopened, BuyerRangBack}
    assert happens == {*AttemptResult, *get_args(HoldEvent)} - {AttemptEnded, *of_a_person_or_an_ended_hold}


# Where a hold by hand goes another way than one by a rule.
BY_HAND: dict[HoldEvent, tuple[str, str]] = {
    NoLongerAsked(): (STAYS, STAYS),
    SHIP: ("escalated(decide_by_passed)", "escalated(decide_by_passed)"),
    Withdrawn(PACKER): ("released(withdrawn)", STAYS),
}


@pytest.mark.parametrize(
    ("event", "from_waiting", "from_escalated"),
    [
        *((event, *BY_HAND.get(event, ways)) for event, *ways in TABLE),
        (Withdrawn(PACKER), *BY_HAND[Withdrawn(PACKER)]),
    ],
    ids=str,
)
def test_a_hold_by_hand_goes_the_same_way_but_is_bound_to_who_asked(
    event: HoldEvent, from_waiting: str, from_escalated: str
) -> None:
    assert standing(after(by_hand(), event)) == from_waiting.replace(STAYS, "waiting(by_hand)")
    asked = replace(by_hand(), state=HoldState.ESCALATED, reason=HoldReason.TRIES_USED)
    assert standing(after(asked, event)) == from_escalated.replace(STAYS, "escalated(tries_used)")


@pytest.mark.parametrize("reason", sorted(REASONS[HoldState.RELEASED] | REASONS[HoldState.CLOSED]))
@pytest.mark.parametrize(
    "event", [Paid(), OrderCancelled(), OrderShipped(), NoLongerAsked(), DecideByNear(), ESCALATE, SHIP], ids=str
)
def test_facts_that_come_too_late_leave_an_ended_hold_as_it_is(reason: HoldReason, event: HoldEvent) -> None:
    over = ended(reason)
    assert advance(over, event, RULES, NOW) == Step(over)


@pytest.mark.parametrize("result", sorted(TRIES))
def test_the_last_try_without_an_answer_goes_to_the_supervisor(result: AttemptResult) -> None:
    tried_twice = after(waiting(), ends(result), ends(result))
    assert standing(tried_twice) == "waiting(rule)"
    tried_out = after(tried_twice, ends(result))
    assert standing(tried_out) == "escalated(tries_used)"
    assert tried_out.next_try_at is None


def test_the_next_try_waits_as_long_as_the_method_needs() -> None:
    step = advance(waiting(), ends(AttemptResult.NO_ANSWER), RULES, NOW)
    assert step.hold.next_try_at == NOW + 30 * MINUTE
    assert step.effects == (Effect.NEXT_TRY_PLANNED,)
    assert after(waiting(), ends(AttemptResult.MESSAGE_SENT, method=ContactMethod.ZALO)).next_try_at == NOW + 2 * HOUR


def test_a_time_agreed_with_the_buyer_is_the_next_try() -> None:
    assert after(waiting(), ends(AttemptResult.LATER, next_try_at=NOW + 5)).next_try_at == NOW + 5
    assert after(escalated(), ends(AttemptResult.LATER, next_try_at=NOW + 5)).next_try_at == NOW + 5


@pytest.mark.parametrize("result", [AttemptResult.WANTS_CHANGES, AttemptResult.WILL_PREPAY])
def test_a_buyer_who_must_act_first_plans_no_try(result: AttemptResult) -> None:
    hold = after(waiting(), ends(AttemptResult.BUSY), ends(result))
    assert (hold.next_try_at, hold.tries) == (None, 1)


def test_an_abandoned_contact_uses_up_no_try_and_leaves_the_next_one_planned() -> None:
    tried = after(waiting(), ends(AttemptResult.BUSY))
    hold = after(tried, *[ends(AttemptResult.ABANDONED)] * 5)
    assert (standing(hold), hold.tries, hold.next_try_at) == ("waiting(rule)", 1, tried.next_try_at)


@pytest.mark.parametrize("event", [OverrideReleased(PACKER), OverrideRejected(PACKER)], ids=str)
@pytest.mark.parametrize("before", [(), (DecideByNear(),)], ids=str)
def test_who_asked_for_a_hold_by_hand_may_not_override_it(event: HoldEvent, before: tuple[HoldEvent, ...]) -> None:
    with pytest.raises(FourEyesError):
        after(by_hand(), *before, event)


def test_another_supervisor_overrides_a_hold_by_hand() -> None:
    assert standing(after(by_hand(), OverrideReleased(SUPERVISOR))) == "released(overridden)"
    assert standing(after(by_hand(), OverrideRejected(SUPERVISOR))) == "closed(rejected)"


def test_who_asked_for_a_hold_takes_it_back_while_it_waits_only() -> None:
    assert standing(after(by_hand(), Withdrawn(PACKER))) == "released(withdrawn)"
    assert standing(after(by_hand(), DecideByNear(), Withdrawn(PACKER))) == "escalated(decide_by_near)"


@pytest.mark.parametrize("hold", [by_hand(), waiting()], ids=standing)
def test_nobody_else_takes_a_hold_back(hold: Hold) -> None:
    with pytest.raises(NotTheAskerError):
        after(hold, Withdrawn(SUPERVISOR))


@pytest.mark.parametrize("result", [AttemptResult.WANTS_CHANGES, AttemptResult.WILL_PREPAY])
def test_what_the_buyer_asked_for_outlives_a_change_of_policy(result: AttemptResult) -> None:
    assert standing(after(waiting(), ends(result), ends(AttemptResult.BUSY), NoLongerAsked())) == "waiting(rule)"


def test_a_hold_by_hand_outlives_a_change_of_policy() -> None:
    assert standing(after(by_hand(), NoLongerAsked())) == "waiting(by_hand)"


@pytest.mark.parametrize(
    "result",
    [
        AttemptResult.WANTS_CHANGES,
        AttemptResult.WILL_PREPAY,
        AttemptResult.WRONG_NUMBER,
        AttemptResult.NOT_MY_ORDER,
        AttemptResult.ABANDONED,
    ],
)
def test_only_a_buyer_who_never_answered_is_shipped_by_default(result: AttemptResult) -> None:
    assert standing(after(waiting(), ends(AttemptResult.BUSY), SHIP)) == "released(defaulted)"
    assert standing(after(waiting(), ends(result), ends(AttemptResult.BUSY), SHIP)) == "escalated(decide_by_passed)"


def test_a_hold_by_hand_is_never_shipped_by_default() -> None:
    assert standing(after(by_hand(), SHIP)) == "escalated(decide_by_passed)"


def test_a_passed_decide_by_alarms_once() -> None:
    first = advance(waiting(), ESCALATE, RULES, NOW)
    assert first.effects == (Effect.DECIDE_BY_ALARM,)
    assert advance(first.hold, ESCALATE, RULES, NOW).effects == ()
    assert standing(after(first.hold, SHIP)) == "escalated(decide_by_passed)"


@pytest.mark.parametrize("reason", sorted(REASONS[HoldState.RELEASED]))
@pytest.mark.parametrize("result", sorted(AttemptResult))
def test_bad_news_from_a_contact_reopens_a_hold_released_meanwhile(reason: HoldReason, result: AttemptResult) -> None:
    released = ended(reason)
    step = advance(released, ends(result), RULES, NOW)
    bad_news = {"refused", "duplicate_order", "wants_changes", "wrong_number", "not_my_order"}
    if result in bad_news:
        assert standing(step.hold) == "escalated(reopened)"
        assert step.effects == (Effect.PULL_PARCEL_IF_PACKED,)
    else:
        assert (step.hold, step.effects) == (released, ())


@pytest.mark.parametrize("event", [Reopened(SUPERVISOR), BuyerRangBack()], ids=str)
@pytest.mark.parametrize("reason", sorted(HoldReason))
def test_only_a_refused_duplicate_or_rejected_order_is_opened_again(event: HoldEvent, reason: HoldReason) -> None:
    if reason in {"refused", "duplicate_order", "rejected"}:
        assert standing(after(ended(reason), event)) == "escalated(reopened)"
    else:
        with pytest.raises(NotReopenableError):
            after(ended(reason), event)


def test_a_hold_reopened_after_its_decide_by_is_not_shipped_by_that() -> None:
    rejected = after(waiting(), OverrideRejected(SUPERVISOR))
    late = rejected.decide_by + 1
    reopened = after(rejected, Reopened(SUPERVISOR), now=late)
    assert standing(after(reopened, SHIP, now=late)) == "escalated(reopened)"
    assert due(reopened, SHOPEE, RULES, late) is None


@pytest.mark.parametrize("reason", sorted(REASONS[HoldState.RELEASED] | REASONS[HoldState.CLOSED]))
@pytest.mark.parametrize("event", [OverrideReleased(SUPERVISOR), OverrideRejected(SUPERVISOR), Withdrawn(PACKER)])
def test_an_ended_hold_cannot_be_overridden_or_withdrawn(reason: HoldReason, event: HoldEvent) -> None:
    with pytest.raises(EndedHoldError):
        after(ended(reason), event)


def test_covering_releases_are_the_ones_that_somebody_or_the_channel_answers_for() -> None:
    assert {reason for reason in HoldReason if covers(ended(reason))} == {
        "confirmed",
        "prepaid",
        "overridden",
        "defaulted",
    }


def test_a_hold_stops_the_order_for_good_after_a_no_only() -> None:
    assert {reason for reason in HoldReason if stops(ended(reason))} == {"refused", "duplicate_order", "rejected"}


def test_a_decide_by_that_moves_ahead_can_pass_again() -> None:
    passed = after(waiting(), ESCALATE)
    assert passed.decide_by_passed
    assert not with_decide_by(passed, NOW + 1, NOW).decide_by_passed
    assert with_decide_by(passed, NOW - 1, NOW).decide_by_passed
    assert with_decide_by(passed, NOW - 1, NOW).decide_by == NOW - 1
    over = ended(HoldReason.CONFIRMED)
    assert with_decide_by(over, NOW + 1, NOW) == over


def test_time_brings_the_notice_then_the_passing_then_nothing() -> None:
    rules = HoldRules(channel_defaults={"shopee": ChannelDefault.SHIP})
    hold = waiting()
    notice = hold.decide_by - 2 * HOUR
    assert due(hold, SHOPEE, rules, notice - 1) is None
    assert due(hold, SHOPEE, rules, notice) == DecideByNear()
    assert due(after(hold, DecideByNear()), SHOPEE, rules, notice) is None
    assert due(hold, SHOPEE, rules, hold.decide_by) == SHIP
    assert due(hold, LAZADA, rules, hold.decide_by) == ESCALATE
    assert due(after(hold, ESCALATE), LAZADA, rules, hold.decide_by) is None
    assert due(after(hold, Paid()), LAZADA, rules, hold.decide_by) is None


def test_a_result_needs_a_contact_that_has_not_run_out() -> None:
    def end(result: AttemptResult, by: int, minutes: int) -> AttemptEnded:
        now = NOW + minutes * MINUTE
        return end_attempt(
            result, opened_by=PACKER, opened_at=NOW, method=ContactMethod.CHAT, by=by, now=now, rules=RULES, zone="UTC"
        )

    assert end(AttemptResult.CONFIRMED, PACKER, 14) == AttemptEnded(
        AttemptResult.CONFIRMED, NOW + 14 * MINUTE, PACKER, ContactMethod.CHAT
    )
    assert end(AttemptResult.BUSY, SUPERVISOR, 14).by == SUPERVISOR
    assert end(AttemptResult.ABANDONED, PACKER, 15).result is AttemptResult.ABANDONED
    with pytest.raises(NotTheContactError):
        end(AttemptResult.CONFIRMED, SUPERVISOR, 14)
    with pytest.raises(NoOpenContactError):
        end(AttemptResult.BUSY, PACKER, 15)


people = st.sampled_from([PACKER, SUPERVISOR])
events: st.SearchStrategy[HoldEvent] = st.one_of(
    st.builds(
        AttemptEnded,
        st.sampled_from(AttemptResult),
        st.just(NOW),
        people,
        st.sampled_from(ContactMethod),
        st.none(),
        st.none() | st.just(NOW + HOUR),
    ),
    st.builds(OverrideReleased, people),
    st.builds(OverrideRejected, people),
    st.builds(Withdrawn, people),
    st.builds(Reopened, people),
    st.builds(DecideByPassed, st.sampled_from(ChannelDefault)),
    st.sampled_from([Paid(), OrderCancelled(), OrderShipped(), NoLongerAsked(), DecideByNear(), BuyerRangBack()]),
)
opened = st.sampled_from([waiting(), by_hand()])


def explains(event: HoldEvent, reason: HoldReason) -> bool:
    match reason:
        case HoldReason.CONFIRMED:
            return isinstance(event, AttemptEnded) and event.result is AttemptResult.CONFIRMED
        case HoldReason.PREPAID:
            return isinstance(event, Paid)
        case HoldReason.OVERRIDDEN:
            return isinstance(event, OverrideReleased)
        case HoldReason.DEFAULTED:
            return event == SHIP
        case HoldReason.REJUDGED:
            return isinstance(event, NoLongerAsked)
        case HoldReason.WITHDRAWN:
            return isinstance(event, Withdrawn)
        case _:
            return False


@given(opened, st.lists(events, max_size=12))
def test_whatever_happens_a_hold_keeps_its_promises(hold: Hold, happenings: list[HoldEvent]) -> None:
    for event in happenings:
        try:
            step = advance(hold, event, RULES, NOW)
        except NotAllowedError:
            continue
        new = step.hold
        assert new.reason in REASONS[new.state]
        assert new.tries >= hold.tries
        assert (new.opened_at, new.opened_reason, new.opened_by) == (hold.opened_at, hold.opened_reason, hold.opened_by)
        if new.state is HoldState.RELEASED and hold.state is not HoldState.RELEASED:
            assert explains(event, new.reason)
        if hold.is_by_hand:
            assert new.reason not in (HoldReason.REJUDGED, HoldReason.DEFAULTED)
            assert not (isinstance(event, OverrideReleased | OverrideRejected) and event.by == hold.opened_by)
        if hold.state is HoldState.CLOSED and new != hold:
            assert hold.reason in STOPPING
            assert isinstance(event, Reopened | BuyerRangBack)
        if hold.state is HoldState.RELEASED and new != hold:
            assert isinstance(event, AttemptEnded)
            assert event.result in REOPENING
        if hold.state is HoldState.ESCALATED:
            assert new.state is not HoldState.WAITING
        if covers(new):
            assert new.reason in COVERING
        assert new.is_open or new.next_try_at is None
        hold = new


shops = st.sampled_from([SHOPEE, LAZADA])
passing = st.integers(1, 6 * HOUR)
moving = st.builds(lambda hours: ("decide_by", hours), st.integers(-3, 12))


@given(opened, shops, st.lists(events | passing | moving, max_size=25))
def test_whatever_happens_meanwhile_time_alone_neither_closes_a_hold_nor_passes_silently(
    hold: Hold, where: Circumstances, happenings: list[HoldEvent | int | tuple[str, int]]
) -> None:
    rules = HoldRules(channel_defaults={"shopee": ChannelDefault.SHIP})
    now, passed = NOW, set[int]()
    for happening in happenings:
        if isinstance(happening, tuple):
            hold = with_decide_by(hold, now + happening[1] * HOUR, now)
            if happening[1] > 0:
                passed.clear()
        elif isinstance(happening, int):
            now += happening
        elif not isinstance(happening, DecideByNear | DecideByPassed):
            try:
                hold = advance(hold, happening, rules, now).hold
            except NotAllowedError:
                continue
        while event := due(hold, where, rules, now):
            before, step = hold, advance(hold, event, rules, now)
            hold = step.hold
            assert before.is_open
            assert hold != before, "what is due is done, once"
            assert hold.state is HoldState.ESCALATED or (
                standing(hold) == "released(defaulted)" and where is SHOPEE and before.only_tries
            ), "nothing is cancelled or closed because time passes"
            if isinstance(event, DecideByPassed):
                assert now >= before.decide_by
                assert hold.decide_by not in passed, "it passes once, unless it was put off"
                passed.add(hold.decide_by)
                assert step.effects == ((Effect.DECIDE_BY_ALARM,) if hold.is_open else ())
        if hold.is_open and now >= hold.decide_by:
            assert hold.state is HoldState.ESCALATED
            assert hold.decide_by_passed
        if hold.state is HoldState.WAITING:
            assert now < rules.notice_at(hold.decide_by)
