from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

import pytest

from packstation.domain.outbox import Announcement, DecisionKind, OutboxState
from packstation.domain.times import MINUTE, SECOND
from packstation.store import outbox, sync_state
from packstation.store.database import database_now, lock_orders, rows_of, transaction
from packstation.store.outbox import ParkedDecision, Taken
from packstation.store.tables.base import database as proxy
from tests.factories import NOW, a_shop, an_order, stored

LEASE = 5 * MINUTE
OURS = "desk-pc:/etc/packstation"


def shop_id(name: str = "shop-a") -> int:
    return int(rows_of("SELECT id FROM shop WHERE name = ?", (name,))[0][0])


def orders(*numbers: str, on: Iterable[DecisionKind] = DecisionKind) -> list[int]:
    """Stored orders of a shop that switched decisions on."""
    ids = stored(*(an_order(number) for number in numbers))
    outbox.set_switched_on(shop_id(), on)
    return ids


def note(order_id: int, text: str = "gọi trước khi giao", *, now: int = NOW, wait: int = 0) -> bool:
    with transaction():
        return outbox.add(order_id, Announcement(DecisionKind.NOTE, order_id, text), now, now + wait)


def take(now: int = NOW, taker: str = "d1") -> Taken | None:
    return outbox.take_due(shop_id(), taker, now, LEASE)


def text_of(taken: Taken | None) -> str:
    assert taken is not None
    return taken.announcement.text


def states() -> list[str]:
    return [row[0] for row in rows_of("SELECT state FROM outbox ORDER BY id")]


def failed(taken: Taken | None, state: OutboxState = OutboxState.WAITING, **more: Any) -> bool:
    assert taken is not None
    told: dict[str, Any] = {"tries": taken.tries + 1, "next_try_at": NOW + MINUTE, "trouble": "bận", **more}
    return outbox.not_delivered(taken.id, "d1", state, **told)


def configured(shop: str, configuration: str = OURS) -> None:
    sync_state.begin(shop_id(shop))
    sync_state.configured(shop_id(shop), configuration)


def test_shops_that_are_configured_no_more_are_told_nothing_and_what_waits_for_them_stays(database: str) -> None:
    [order] = orders("A-1")
    assert note(order)
    stored(an_order("W-1"), shop=a_shop("web", "woocommerce"))
    outbox.set_switched_on(shop_id("web"), DecisionKind)
    for shop in ("shop-a", "web"):
        configured(shop)
    assert outbox.switch_off_absent(OURS, ["shop-a", "web"], NOW) == []
    assert outbox.switch_off_absent(OURS, ["web"], NOW) == ["shop-a"]
    assert (outbox.switched_on(shop_id()), states()) == (frozenset(), ["waiting"])
    assert not note(order, "2")
    assert outbox.switched_on(shop_id("web")) == set(DecisionKind)
    assert outbox.switch_off_absent(OURS, [], NOW) == ["web"]


def test_a_shop_that_a_living_daemon_has_is_not_switched_off(database: str) -> None:
    orders("A-1")
    configured("shop-a")
    assert sync_state.take_shop(shop_id(), "elsewhere/1/ab", NOW, NOW + MINUTE)
    assert outbox.switch_off_absent(OURS, [], NOW) == []
    assert outbox.switch_off_absent(OURS, [], NOW + MINUTE) == ["shop-a"]


def test_shops_of_another_configuration_keep_their_outbox_though_no_daemon_has_them(database: str) -> None:
    orders("A-1")
    assert outbox.switch_off_absent(OURS, [], NOW) == [], "it is nobody's yet"
    configured("shop-a", "warehouse:/etc/packstation")
    assert outbox.switch_off_absent(OURS, [], NOW) == []
    assert outbox.switched_on(shop_id()) == set(DecisionKind)
    configured("shop-a")
    assert outbox.switch_off_absent("warehouse:/etc/packstation", [], NOW) == [], "it was moved here"


def test_only_what_a_shop_switched_on_comes_into_its_outbox(database: str) -> None:
    [first] = orders("A-1", on=[DecisionKind.NOTE])
    [other] = stored(an_order("W-1"), shop=a_shop("web", "woocommerce"))
    with transaction():
        assert not outbox.add(first, Announcement(DecisionKind.HOLD_RELEASED, 7), NOW, NOW)
    assert not note(other)
    assert note(first)
    assert rows_of("SELECT shop_id, order_id, kind, state FROM outbox") == [(shop_id(), first, "note", "waiting")]
    assert outbox.switched_on(shop_id()) == {DecisionKind.NOTE}


def test_a_decision_comes_back_as_it_was_put_in(database: str) -> None:
    [order_id] = orders("A-1")
    put = Announcement(DecisionKind.PACKED, 12, packages=("P-1", "P'2\""), text="ghi chú\n☕", reason="")
    with transaction():
        outbox.add(order_id, put, NOW, NOW)
    taken = take()
    assert taken is not None
    assert (taken.order_number, taken.announcement, taken.decided_at, taken.tries) == ("A-1", put, NOW, 0)


def test_a_decision_handed_in_twice_is_kept_once_and_another_one_is_another(database: str) -> None:
    first, second = orders("A-1", "A-2")
    assert note(first)
    assert not note(first)
    assert note(first, "khác")
    assert note(first, now=NOW + 1)
    assert note(second)
    keys = {row[0] for row in rows_of("SELECT idempotency_key FROM outbox")}
    assert len(keys) == 4


def test_nothing_is_taken_before_its_time(database: str) -> None:
    [order_id] = orders("A-1")
    note(order_id, wait=30 * SECOND)
    assert take(NOW + 30 * SECOND - 1) is None
    assert take(NOW + 30 * SECOND) is not None


def test_a_decision_is_not_kept_when_the_act_that_decided_fails(database: str) -> None:
    [order_id] = orders("A-1")
    with pytest.raises(ZeroDivisionError), transaction():
        assert outbox.add(order_id, Announcement(DecisionKind.NOTE, order_id, "x"), NOW, NOW) / 0
    assert states() == []


def test_the_later_decisions_of_an_order_wait_for_the_earlier_and_other_orders_do_not(database: str) -> None:
    first, second = orders("A-1", "A-2")
    note(first, "1", wait=MINUTE)
    note(first, "2")
    note(second, "3")
    assert text_of(take()) == "3"
    assert take() is None
    assert text_of(earlier := take(NOW + MINUTE)) == "1"
    assert take(NOW + MINUTE) is None
    assert earlier is not None
    assert outbox.delivered(earlier.id, "d1", NOW + MINUTE)
    assert text_of(take(NOW + MINUTE)) == "2"


@pytest.mark.parametrize(
    ("state", "next_text"), [(OutboxState.PARKED, None), (OutboxState.WAITING, None), (OutboxState.DROPPED, "2")]
)
def test_a_parked_decision_keeps_the_later_ones_of_its_order_back_a_dropped_one_does_not(
    database: str, state: OutboxState, next_text: str | None
) -> None:
    [order_id] = orders("A-1")
    note(order_id, "1")
    note(order_id, "2")
    assert failed(take(), state)
    taken = take()
    assert (taken.announcement.text if taken else None) == next_text


def test_what_is_being_sent_is_nobody_elses_until_the_lease_ends_and_then_keeps_its_key(database: str) -> None:
    [order_id] = orders("A-1")
    note(order_id)
    mine = take(taker="d1")
    assert take(NOW + LEASE - 1, taker="d2") is None
    theirs = take(NOW + LEASE, taker="d2")
    assert mine is not None
    assert theirs is not None
    assert theirs.idempotency_key == mine.idempotency_key
    assert not outbox.delivered(mine.id, "d1", NOW + LEASE)
    assert not failed(mine, OutboxState.PARKED)
    assert outbox.delivered(theirs.id, "d2", NOW + LEASE)
    assert states() == ["delivered"]


def test_a_failed_one_goes_again_at_its_time_and_remembers_tries_and_trouble(database: str) -> None:
    [order_id] = orders("A-1")
    note(order_id)
    failed(take(), trouble="x" * 1_000)
    assert take(NOW + MINUTE - 1) is None
    again = take(NOW + MINUTE)
    assert again is not None
    assert again.tries == 1
    assert [len(row[0]) for row in rows_of("SELECT trouble FROM outbox")] == [200]


def test_what_is_taken_back_in_time_does_not_go_out(database: str) -> None:
    first, second = orders("A-1", "A-2")
    note(first, "1")
    note(second, "2")
    with transaction():
        assert outbox.drop(first, DecisionKind.NOTE, first) == 1
        assert outbox.drop(first, DecisionKind.PACKED, first) == 0
    assert text_of(take()) == "2"
    with transaction():
        assert outbox.drop(second, DecisionKind.NOTE, second) == 0
    assert states() == ["dropped", "sending"]
    assert not outbox.is_told(first, DecisionKind.NOTE)
    assert outbox.is_told(second, DecisionKind.NOTE)


def test_what_a_shop_switches_off_is_dropped_unless_it_is_being_sent(database: str) -> None:
    first, second, third = orders("A-1", "A-2", "A-3")
    note(first)
    take()
    note(second)
    with transaction():
        outbox.add(third, Announcement(DecisionKind.CANCELLATION, third), NOW, NOW)
    outbox.set_switched_on(shop_id(), [DecisionKind.CANCELLATION])
    assert states() == ["sending", "dropped", "waiting"]
    assert not note(third)


def test_a_retry_sends_again_what_failed_and_leaves_the_rest_at_its_time(database: str) -> None:
    first, second, third, fourth = orders("A-1", "A-2", "A-3", "A-4")
    note(first)
    failed(take(), OutboxState.PARKED, tries=8)
    note(second)
    failed(take(), OutboxState.WAITING)
    note(third, wait=MINUTE)
    note(fourth)
    assert outbox.retry(NOW + 1, [fourth, first]) == 1
    assert outbox.retry(NOW + 1) == 1
    assert states() == ["waiting"] * 4
    taken = [take(NOW + 1) for _ in range(4)]
    assert [(one.order_number, one.tries) if one else None for one in taken] == [
        ("A-1", 0),
        ("A-2", 0),
        ("A-4", 0),
        None,
    ]


def test_the_standing_counts_what_waits_and_names_what_is_parked(database: str) -> None:
    assert outbox.outbox_standing() == outbox.OutboxStanding(0, 0, None, ())
    first, second, third = orders("A-1", "A-2", "A-3")
    note(first, now=NOW - MINUTE)
    failed(take(), OutboxState.PARKED, trouble="đơn đã giao")
    note(second, now=NOW - 2)
    note(third, now=NOW - 1)
    take()
    standing = outbox.outbox_standing()
    assert (standing.waiting, standing.parked, standing.oldest_at) == (2, 1, NOW - 2)
    assert standing.parked_list == (ParkedDecision("shop-a", "A-1", DecisionKind.NOTE, "đơn đã giao"),)


def test_two_takers_at_once_never_take_the_same_and_leave_nothing(database: str) -> None:
    ids = orders(*(f"A-{number}" for number in range(12)))
    for order_id in ids:
        note(order_id)
    taken: dict[str, list[int]] = {"d1": [], "d2": []}
    both = threading.Barrier(2)

    def take_all(taker: str) -> None:
        try:
            both.wait(10)
            while found := outbox.take_due(shop_id(), taker, database_now(), LEASE):
                taken[taker].append(found.id)
        finally:
            proxy.obj.close()

    threads = [threading.Thread(target=take_all, args=(taker,)) for taker in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    every = taken["d1"] + taken["d2"]
    assert sorted(every) == sorted(set(every))
    assert len(every) == len(ids)


def test_a_decision_that_is_just_being_taken_back_is_not_taken(database: str) -> None:
    [order_id] = orders("A-1")
    note(order_id)
    begun, dropped = threading.Event(), []

    def take_back() -> None:
        try:
            with transaction():
                lock_orders([order_id])
                begun.set()
                time.sleep(0.2)
                dropped.append(outbox.drop(order_id, DecisionKind.NOTE, order_id))
        finally:
            proxy.obj.close()

    thread = threading.Thread(target=take_back)
    thread.start()
    assert begun.wait(10)
    taken = take()
    thread.join(30)
    assert taken is None
    assert dropped == [1]
