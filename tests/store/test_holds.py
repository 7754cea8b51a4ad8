from __future__ import annotations

from dataclasses import replace

import pytest
from peewee import IntegrityError

from packstation.domain.holds import (
    AttemptResult,
    ContactMethod,
    Hold,
    HoldReason,
    HoldState,
    open_by_hand,
    open_by_rule,
)
from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.people import Role
from packstation.domain.times import HOUR, MINUTE
from packstation.store.database import rows_of, transaction
from packstation.store.holds import (
    attempts_of,
    end_attempt,
    hold_by_id,
    latest_hold,
    open_attempt,
    open_hold,
    open_holds,
    orders_with_open_hold,
    running_attempt,
    running_attempts_before,
    save_hold,
    still_covers,
)
from packstation.store.people import add_person
from tests.factories import NOW, an_item, an_order, hand_in, stored

LATER = NOW + HOUR


def a_person(name: str = "Lan") -> int:
    return add_person(name, Role.CALLER, None, NOW)


def held(order_id: int, hold: Hold | None = None) -> int:
    with transaction():
        return open_hold(order_id, hold or open_by_rule(NOW + 48 * HOUR, NOW), None)


def moved(hold_id: int, state: HoldState, reason: HoldReason, at: int = LATER) -> None:
    with transaction():
        before, _order = hold_by_id(hold_id)
        save_hold(hold_id, before, replace(before, state=state, reason=reason, changed_at=at), None, at, "why")


def test_a_hold_reads_back_as_it_was_saved(database: str) -> None:
    [order_id] = stored(an_order())
    lan = a_person()
    hold = open_by_hand(lan, NOW + HOUR, NOW)
    hold_id = held(order_id, hold)
    assert hold_by_id(hold_id) == (hold, order_id)
    changed = replace(
        hold,
        state=HoldState.ESCALATED,
        reason=HoldReason.WRONG_NUMBER,
        changed_at=LATER,
        next_try_at=LATER,
        tries=2,
        wants_changes=True,
        will_prepay=True,
        only_tries=False,
        decide_by_passed=True,
    )
    with transaction():
        save_hold(hold_id, hold, changed, lan, LATER)
    assert hold_by_id(hold_id) == (changed, order_id)
    assert rows_of("SELECT state, reason, at, person_id FROM hold_event ORDER BY id") == [
        ("waiting", "by_hand", NOW, None),
        ("escalated", "wrong_number", LATER, lan),
    ]


def test_a_change_that_leaves_state_and_reason_is_no_event(database: str) -> None:
    [order_id] = stored(an_order())
    hold_id = held(order_id)
    before, _order = hold_by_id(hold_id)
    with transaction():
        save_hold(hold_id, before, replace(before, tries=1), None, LATER)
        save_hold(hold_id, before, before, None, LATER)
    assert hold_by_id(hold_id)[0].tries == 1
    assert rows_of("SELECT count(*) FROM hold_event") == [(1,)]


def test_an_order_has_one_open_hold_at_most(database: str) -> None:
    [order_id] = stored(an_order())
    hold_id = held(order_id)
    with pytest.raises(IntegrityError):
        held(order_id)
    moved(hold_id, HoldState.RELEASED, HoldReason.CONFIRMED)
    second = held(order_id)
    latest = latest_hold(order_id)
    assert latest
    assert latest.id == second
    assert orders_with_open_hold([order_id, order_id + 1]) == [order_id]


def test_the_latest_hold_at_a_moment_is_as_it_was_known_then(database: str) -> None:
    [order_id] = stored(an_order())
    assert latest_hold(order_id) is None
    hold_id = held(order_id)
    moved(hold_id, HoldState.RELEASED, HoldReason.CONFIRMED)
    assert latest_hold(order_id, NOW) is None
    for moment, state in ((NOW + 1, HoldState.WAITING), (LATER, HoldState.WAITING), (LATER + 1, HoldState.RELEASED)):
        card = latest_hold(order_id, moment)
        assert card
        assert card.hold.state is state


def test_a_release_covers_until_address_items_or_amount_change(database: str) -> None:
    [order_id] = stored(an_order())
    hold_id = held(order_id)
    card = latest_hold(order_id)
    assert card
    assert not still_covers(card, order_id, [])
    moved(hold_id, HoldState.RELEASED, HoldReason.CONFIRMED)
    card = latest_hold(order_id)
    assert card
    assert still_covers(card, order_id, [])
    hand_in(an_order(seller_note="call the guard"))
    assert still_covers(card, order_id, [])
    hand_in(an_order(items=[an_item(quantity=2)]))
    assert not still_covers(card, order_id, [])


@pytest.mark.parametrize("reason", [HoldReason.REJUDGED, HoldReason.WITHDRAWN])
def test_other_releases_cover_nothing(database: str, reason: HoldReason) -> None:
    [order_id] = stored(an_order())
    moved(held(order_id), HoldState.RELEASED, reason)
    card = latest_hold(order_id)
    assert card
    assert not still_covers(card, order_id, [])


@pytest.mark.parametrize(
    ("outcome", "cause", "known_at", "covered"),
    [
        (Outcome.DELIVERY_FAILED, FailureCause.REFUSED, LATER + 1, False),
        (Outcome.DELIVERY_FAILED, FailureCause.REFUSED, LATER, True),
        (Outcome.DELIVERY_FAILED, FailureCause.COURIER, LATER + 1, True),
        (Outcome.BUYER_CANCELLED, None, LATER + 1, False),
        (Outcome.CANCELLED, None, LATER + 1, True),
        (Outcome.DELIVERED, None, LATER + 1, True),
    ],
)
def test_a_release_covers_until_a_further_order_of_the_customer_fails(
    database: str, outcome: Outcome, cause: FailureCause | None, known_at: int, covered: bool
) -> None:
    [order_id] = stored(an_order())
    moved(held(order_id), HoldState.RELEASED, HoldReason.OVERRIDDEN)
    hand_in(an_order("A-2", items=["OTHER"], outcome=outcome, cause=cause, known_at=known_at))
    buyer_ids = [row[0] for row in rows_of("SELECT id FROM buyer")]
    card = latest_hold(order_id)
    assert card
    assert still_covers(card, order_id, buyer_ids) is covered


def test_open_holds_come_by_decide_by(database: str) -> None:
    first, second, third = stored(an_order("A-1"), an_order("A-2"), an_order("A-3"))
    held(first, open_by_rule(NOW + 3 * HOUR, NOW))
    held(second, open_by_rule(NOW + 2 * HOUR, NOW))
    moved(held(third, open_by_rule(NOW + HOUR, NOW)), HoldState.CLOSED, HoldReason.REFUSED)
    assert [order_id for _hold, order_id, _ in open_holds()] == [second, first]


def test_a_contact_runs_until_its_result_and_belongs_to_its_person(database: str) -> None:
    [order_id] = stored(an_order())
    hold_id = held(order_id)
    lan, minh = a_person("Lan"), a_person("Minh")
    attempt_id = open_attempt(hold_id, lan, None, ContactMethod.CALL, NOW)
    assert running_attempt(hold_id, lan) == (attempt_id, lan, ContactMethod.CALL, NOW)
    assert running_attempt(hold_id) == (attempt_id, lan, ContactMethod.CALL, NOW)
    assert running_attempt(hold_id, minh) is None
    assert running_attempts_before(NOW) == []
    assert running_attempts_before(NOW + 1) == [(attempt_id, hold_id)]
    end_attempt(attempt_id, AttemptResult.NO_ANSWER, "", NOW + MINUTE, NOW + HOUR)
    assert running_attempt(hold_id) is None
    [card] = attempts_of(hold_id)
    assert (card.result, card.ended_at) == (AttemptResult.NO_ANSWER, NOW + MINUTE)


def test_an_abandoned_contact_is_no_try(database: str) -> None:
    [order_id] = stored(an_order())
    hold_id = held(order_id)
    lan = a_person()
    for result in (AttemptResult.ABANDONED, AttemptResult.BUSY):
        end_attempt(open_attempt(hold_id, lan, None, ContactMethod.CALL, NOW), result, "", NOW, None)
    card = latest_hold(order_id)
    assert card
    assert card.attempts == 1
