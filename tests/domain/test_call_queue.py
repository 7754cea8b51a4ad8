from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.domain.call_queue import Callee, LastAttempt, QueuedHold, QueueFilter, ShelfFilter, Waiting, queue_of
from packstation.domain.holds import AttemptResult, ContactMethod, Hold, HoldReason, HoldRules, HoldState, open_by_rule
from packstation.domain.shop_week import Holidays, Hours
from packstation.domain.times import DAY, HOUR, MINUTE
from tests.domain.queued import queued

NOW = 1_700_000_000_000 - 1_700_000_000_000 % DAY + 10 * HOUR
RULES = HoldRules()
AN, BINH = Callee(customer_id=1), Callee(customer_id=2)


def held(number: int = 1, callee: Callee = AN, hold: Hold | None = None, **more: object) -> QueuedHold:
    return queued(number, callee, hold or open_by_rule(NOW + 20 * HOUR + number, NOW), **more)


def queue(*holds: QueuedHold) -> tuple[Waiting, ...]:
    return queue_of(holds, {}, RULES, NOW)


def escalated(reason: HoldReason) -> Hold:
    return replace(open_by_rule(NOW + HOUR, NOW), state=HoldState.ESCALATED, reason=reason)


def test_a_hold_is_due_at_once_until_somebody_tried_and_then_after_the_wait_of_that_method() -> None:
    assert held().due_at(RULES, NOW) == NOW
    for method, minutes in (("call", 30), ("chat", 120), ("zalo", 120), ("sms", 120), ("email", 240)):
        last = LastAttempt(7, ContactMethod(method), NOW, AttemptResult.NO_ANSWER)
        near = held(hold=escalated(HoldReason.DECIDE_BY_NEAR), last=last)
        assert near.due_at(RULES, NOW) == NOW + minutes * MINUTE
    planned = replace(open_by_rule(NOW + DAY, NOW), next_try_at=NOW + 5 * HOUR)
    assert held(hold=planned).due_at(RULES, NOW) == NOW + 5 * HOUR


def test_outside_the_hours_nobody_is_due_before_the_next_opening() -> None:
    evening = HoldRules(calling=Hours((((18 * 60, 20 * 60),),) * 7, Holidays(())))
    assert held().due_at(evening, NOW) == NOW + 8 * HOUR
    assert held(method=ContactMethod.CHAT).due_at(evening, NOW) == NOW


@pytest.mark.parametrize("reason", [HoldReason.TRIES_USED, HoldReason.WRONG_NUMBER, HoldReason.NOT_MY_ORDER])
def test_a_contact_is_no_use_where_only_a_supervisor_can_decide(reason: HoldReason) -> None:
    assert held(hold=escalated(reason)).due_at(RULES, NOW) is None


@pytest.mark.parametrize("result", [AttemptResult.WANTS_CHANGES, AttemptResult.WILL_PREPAY])
def test_nobody_is_bothered_while_the_seller_or_the_money_is_waited_for(result: AttemptResult) -> None:
    assert held(last=LastAttempt(7, ContactMethod.CALL, NOW, result)).due_at(RULES, NOW) is None


def test_a_customer_who_was_not_reached_for_one_order_rests_for_all() -> None:
    tried = replace(open_by_rule(NOW + 20 * HOUR, NOW), next_try_at=NOW + HOUR)
    last = LastAttempt(7, ContactMethod.CALL, NOW, AttemptResult.NO_ANSWER)
    [an] = queue(held(1, hold=tried, last=last), held(2))
    assert (an.due_at, an.sticky_to) == (NOW + HOUR, 7)


def test_who_runs_a_contact_has_the_customer() -> None:
    [an] = queue(held(1, last=LastAttempt(7, ContactMethod.CALL, None, None)), held(2))
    assert an.leased_by == 7


def test_filters_go_through_what_there_is_and_back_to_all() -> None:
    there = queue(
        held(1, AN, slots=("A2",), channel="shopee", tier="new"),
        held(2, BINH, slots=("C1", "A1"), channel="lazada", tier="returning"),
        held(3, Callee(order_id=3), channel="tiktok"),
    )
    seen = QueueFilter()
    channels, shelves, tiers = [], [], []
    for _turn in range(4):
        seen = seen.next_channel(there)
        channels.append(seen.channel)
    for _turn in range(5):
        seen = seen.next_shelf(there)
        shelves.append(seen.shelf)
    for _turn in range(3):
        seen = seen.next_tier(there)
        tiers.append(seen.tier)
    assert channels == ["lazada", "shopee", "tiktok", ""]
    assert shelves == [ShelfFilter.ON_SHELF, "A", "C", ShelfFilter.ELSEWHERE, ShelfFilter.ANY]
    assert tiers == ["new", "returning", ""]
    assert seen == QueueFilter()


@pytest.mark.parametrize(
    ("seen", "numbers"),
    [
        (QueueFilter(), [1, 2, 3]),
        (QueueFilter(channel="lazada"), [2]),
        (QueueFilter(shelf=ShelfFilter.ON_SHELF), [1, 2]),
        (QueueFilter(shelf="C"), [2]),
        (QueueFilter(shelf=ShelfFilter.ELSEWHERE), [3]),
        (QueueFilter(tier="new"), [1]),
        (QueueFilter(only_due=True), [1, 3]),
        (QueueFilter(ringing="4321"), [3]),
        (QueueFilter(channel="shopee", only_due=True, shelf="A"), [1]),
        (QueueFilter(channel="lazada", shelf=ShelfFilter.ELSEWHERE), []),
    ],
)
def test_a_filter_shows_who_has_one_hold_with_all_that_is_asked_for(seen: QueueFilter, numbers: list[int]) -> None:
    later = replace(open_by_rule(NOW + 20 * HOUR + 2, NOW), next_try_at=NOW + 1)
    there = queue(
        held(1, AN, slots=("A2",), tier="new"),
        held(2, BINH, hold=later, slots=("C1", "A1"), channel="lazada"),
        held(3, Callee(order_id=3), phone_key="+84987654321"),
    )
    assert [each.first.hold_id for each in there if seen.shows(each, NOW)] == numbers
