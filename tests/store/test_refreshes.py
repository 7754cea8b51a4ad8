from __future__ import annotations

from packstation.domain.times import DAY, MINUTE, SECOND
from packstation.store.database import execute_many, rows_of
from packstation.store.people import station_named
from packstation.store.refreshes import (
    DEAD_AFTER,
    TAKEN_FOR,
    RefreshOutcome,
    RefreshState,
    answer,
    ask_for_code,
    ask_for_order,
    forget_old,
    outcome_of,
    take_next,
    waiting,
)
from packstation.store.shops import shop_id_of
from packstation.store.sync_state import begin, configured, let_go_of_absent
from tests.factories import NOW, a_shop, an_order, stored

OTHER = a_shop("shop-b", channel="lazada")
FILES = a_shop("shop-files", channel="file")


def synced() -> tuple[int, int]:
    """Two shops that sync, and one that does not."""
    ids = [shop_id_of(shop) for shop in (a_shop(), OTHER, FILES)]
    execute_many("UPDATE shop SET synced_at = ? WHERE name <> 'shop-files'", [(NOW,)])
    return ids[0], ids[1]


def desk() -> int:
    return station_named("desk 1", NOW)


def asked() -> list[tuple[str, int | None, int]]:
    return [tuple(row) for row in rows_of("SELECT code, order_id, shop_id FROM refresh_request ORDER BY id")]


def test_an_order_is_asked_for_once_while_nobody_has_answered(database: str) -> None:
    shop, _other = synced()
    [order] = stored(an_order())
    ask_for_order(order, "SPX1", desk(), NOW)
    ask_for_order(order, "A-1", desk(), NOW + SECOND)
    assert asked() == [("SPX1", order, shop)]
    taken = take_next([shop], NOW + SECOND)
    assert taken is not None
    answer(taken.id, NOW + SECOND, found=True)
    ask_for_order(order, "A-1", desk(), NOW + 2 * SECOND)
    assert asked() == [("SPX1", order, shop), ("A-1", order, shop)]


def test_a_shop_that_was_taken_out_of_the_configuration_is_asked_nothing(database: str) -> None:
    shop, other = synced()
    [order] = stored(an_order())
    for shop_id in (shop, other):
        begin(shop_id)
        configured(shop_id, "desk-pc:/a")
    let_go_of_absent("desk-pc:/a", [OTHER.name], NOW)
    ask_for_order(order, "A-1", desk(), NOW)
    assert len(ask_for_code("NEW-1", desk(), NOW)) == 1
    assert asked() == [("NEW-1", None, other)]


def test_nobody_is_asked_where_no_daemon_ever_synced(database: str) -> None:
    [order] = stored(an_order())
    ask_for_order(order, "A-1", desk(), NOW)
    assert ask_for_code("NEW-1", desk(), NOW) == ()
    assert asked() == []


def test_a_code_is_asked_of_every_shop_that_syncs_and_two_desks_wait_for_the_same_answer(database: str) -> None:
    shop, other = synced()
    requests = ask_for_code("NEW-1", desk(), NOW)
    assert [row[2] for row in asked()] == [shop, other]
    assert ask_for_code("NEW-1", station_named("desk 2", NOW), NOW + SECOND) == requests
    assert ask_for_code("NEW-2", desk(), NOW + SECOND) != requests
    assert waiting(NOW + SECOND) == [("shop-a", 2), ("shop-b", 2)]


def test_a_daemon_takes_the_oldest_request_of_its_own_shops_once(database: str) -> None:
    shop, other = synced()
    [order] = stored(an_order())
    ask_for_code("NEW-1", desk(), NOW)
    ask_for_order(order, "SPX1", desk(), NOW + SECOND)
    assert take_next([], NOW + SECOND) is None
    first, second = take_next([shop], NOW + 2 * SECOND), take_next([shop], NOW + 2 * SECOND)
    assert first is not None
    assert second is not None
    assert (first.code, first.order_id, first.order_number, first.shop_id) == ("NEW-1", None, None, shop)
    assert (second.code, second.order_id, second.order_number) == ("SPX1", order, "A-1")
    assert take_next([shop], NOW + 2 * SECOND) is None
    taken = take_next([shop, other], NOW + 2 * SECOND)
    assert taken is not None
    assert taken.shop_id == other


def test_what_a_daemon_that_died_had_in_hand_is_taken_again(database: str) -> None:
    shop, _other = synced()
    ask_for_code("NEW-1", desk(), NOW)
    first = take_next([shop], NOW)
    assert take_next([shop], NOW + TAKEN_FOR - 1) is None
    assert first is not None
    again = take_next([shop], NOW + TAKEN_FOR)
    assert again is not None
    assert again.id == first.id


def test_a_request_that_waited_too_long_is_dead_and_the_question_is_asked_anew(database: str) -> None:
    shop, _other = synced()
    first = ask_for_code("NEW-1", desk(), NOW)
    assert ask_for_code("NEW-1", desk(), NOW + DEAD_AFTER - 1) == first
    assert waiting(NOW + DEAD_AFTER) == []
    assert take_next([shop], NOW + DEAD_AFTER) is None
    assert set(ask_for_code("NEW-1", desk(), NOW + DEAD_AFTER)).isdisjoint(first)


def test_one_shop_that_finds_the_code_is_enough(database: str) -> None:
    synced()
    first, second = ask_for_code("NEW-1", desk(), NOW)
    assert outcome_of([first, second], NOW + SECOND) == RefreshOutcome(RefreshState.WAITING)
    answer(first, NOW + SECOND, found=False, trouble="the key was revoked")
    assert outcome_of([first, second], NOW + SECOND).state is RefreshState.WAITING
    answer(second, NOW + SECOND, found=True)
    assert outcome_of([first, second], NOW + SECOND) == RefreshOutcome(RefreshState.FOUND)


def test_a_code_is_not_found_once_every_shop_said_so_and_trouble_is_told(database: str) -> None:
    synced()
    first, second = ask_for_code("NEW-1", desk(), NOW)
    answer(first, NOW, found=False)
    answer(second, NOW, found=False, trouble="the key was revoked")
    assert outcome_of([first, second], NOW) == RefreshOutcome(RefreshState.NOT_FOUND, "the key was revoked")
    answer(second, NOW, found=True)
    assert outcome_of([first, second], NOW).state is RefreshState.NOT_FOUND, "the first answer stands"


def test_without_a_daemon_a_question_ends_as_unanswered(database: str) -> None:
    synced()
    requests = ask_for_code("NEW-1", desk(), NOW)
    assert outcome_of(requests, NOW + 20 * SECOND - 1, 20 * SECOND).state is RefreshState.WAITING
    assert outcome_of(requests, NOW + 20 * SECOND, 20 * SECOND).state is RefreshState.UNANSWERED


def test_old_questions_are_forgotten(database: str) -> None:
    synced()
    old = ask_for_code("NEW-1", desk(), NOW)
    ask_for_code("NEW-2", desk(), NOW + MINUTE)
    assert forget_old(NOW + DAY) == len(old)
    assert {row[0] for row in asked()} == {"NEW-2"}
    assert outcome_of(old, NOW + DAY).state is RefreshState.UNANSWERED
