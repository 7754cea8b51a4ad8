from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.domain.orders import IncomingOrder, IncomingParcel, Outcome, Refund, Status
from packstation.domain.times import DAY, HOUR, MINUTE
from packstation.store.database import rows_of
from packstation.store.rereads import (
    BEGINNING,
    KEPT_FOR,
    Reread,
    Why,
    ask_for_tracking,
    ask_to_reread,
    due_rereads,
    forget_parked,
    known_as_changed,
    newest_change,
    newest_number,
    park,
    parked,
    settled,
    tried_in_vain,
    unended,
    unpark,
    without_tracking,
)
from packstation.store.shops import shop_id_of
from tests.factories import NOW, a_shop, an_order, stored


@pytest.fixture
def shop_id(database: str) -> int:
    """A shop."""
    return shop_id_of(a_shop())


@pytest.fixture
def other_id(shop_id: int) -> int:
    """Another one, whose orders have numbers of their own."""
    return shop_id_of(a_shop("shop-b", channel="lazada"))


def due_at() -> dict[str, int]:
    return dict(rows_of("SELECT number, due_at FROM reread"))


def due(shop_id: int, now: int = NOW, most: int = 9) -> list[str]:
    return [one.number for one in due_rereads(shop_id, now, most)]


def test_what_waits_longest_is_read_first_and_only_when_its_time_has_come(shop_id: int, other_id: int) -> None:
    ask_to_reread(shop_id, ["A-3", "A-2", "A-2"], Why.HINT, NOW)
    ask_to_reread(shop_id, ["A-1"], Why.MISSING, NOW - 1)
    ask_to_reread(shop_id, ["A-4"], Why.UNREADABLE, NOW + 1)
    ask_to_reread(other_id, ["A-3"], Why.HINT, NOW)
    assert due_rereads(shop_id, NOW, 2) == [Reread("A-1", Why.MISSING, 0), Reread("A-2", Why.HINT, 0)]
    assert due(shop_id) == ["A-1", "A-2", "A-3"]
    settled(shop_id, ["A-1", "A-3", "never asked"])
    assert (due(shop_id), due(other_id)) == (["A-2"], ["A-3"])


def test_a_hint_brings_a_rereading_forward_and_never_puts_it_off(shop_id: int) -> None:
    ask_for_tracking(shop_id, ["A-1"], NOW)
    ask_to_reread(shop_id, ["A-1"], Why.HINT, NOW)
    assert due(shop_id) == ["A-1"]
    ask_to_reread(shop_id, ["A-1"], Why.HINT, NOW + HOUR)
    assert due(shop_id) == ["A-1"]


def test_a_late_tracking_number_is_looked_for_after_one_minute_two_more_and_then_every_five(shop_id: int) -> None:
    waits, now = [], NOW
    for _ in range(5):
        ask_for_tracking(shop_id, ["A-1", "A-1"], now)
        waits.append(due_at()["A-1"] - now)
        now = due_at()["A-1"]
    assert waits == [MINUTE, 2 * MINUTE, 5 * MINUTE, 5 * MINUTE, 5 * MINUTE]


def test_an_order_that_comes_in_before_its_time_is_not_put_off(shop_id: int) -> None:
    ask_for_tracking(shop_id, ["A-1"], NOW)
    ask_for_tracking(shop_id, ["A-1"], NOW + MINUTE - 1)
    assert due_at() == {"A-1": NOW + MINUTE}
    assert due_rereads(shop_id, NOW + MINUTE, 9) == [Reread("A-1", Why.NO_TRACKING, 0)]


def test_a_vain_try_comes_later_and_is_counted_as_long_as_its_reason_stays(shop_id: int, other_id: int) -> None:
    for shop in (shop_id, other_id):
        ask_to_reread(shop, ["A-1"], Why.MISSING, NOW)
    tried_in_vain(shop_id, "A-1", Why.MISSING, NOW + HOUR)
    assert due(shop_id) == []
    assert due_rereads(shop_id, NOW + HOUR, 9) == [Reread("A-1", Why.MISSING, 1)]
    tried_in_vain(shop_id, "A-1", Why.UNREADABLE, NOW + HOUR)
    assert due_rereads(shop_id, NOW + HOUR, 9) == [Reread("A-1", Why.UNREADABLE, 0)]
    assert due_rereads(other_id, NOW, 9) == [Reread("A-1", Why.MISSING, 0)]


def test_records_that_make_no_order_are_kept_once_with_the_latest_reason(shop_id: int, other_id: int) -> None:
    park(shop_id, [("A-1", "total: no number"), ("A-2", "created_at: missing")], NOW)
    park(shop_id, [("A-1", "items: none")], NOW + 1)
    park(other_id, [("A-1", "currency: unknown")], NOW + 2)
    assert parked() == [
        ("shop-b", "A-1", "currency: unknown", NOW + 2),
        ("shop-a", "A-1", "items: none", NOW + 1),
        ("shop-a", "A-2", "created_at: missing", NOW),
    ]
    unpark(shop_id, ["A-1", "never parked"])
    assert [(shop, number) for shop, number, _why, _at in parked()] == [("shop-b", "A-1"), ("shop-a", "A-2")]


def test_records_without_a_number_are_kept_for_a_week_after_they_were_seen_last(shop_id: int, other_id: int) -> None:
    park(shop_id, [("?aa", "id: missing"), ("?bb", "id: missing"), ("A-1", "items: none")], NOW)
    park(other_id, [("?aa", "id: missing")], NOW)
    park(shop_id, [("?bb", "id: missing")], NOW + DAY)
    unpark(shop_id, ["A-2"])
    assert forget_parked(NOW + KEPT_FOR - 1) == 0
    assert forget_parked(NOW + KEPT_FOR) == 2
    assert [(shop, number) for shop, number, _why, _at in parked()] == [("shop-a", "?bb"), ("shop-a", "A-1")]
    assert forget_parked(NOW + 9 * KEPT_FOR) == 1
    assert [number for _shop, number, _why, _at in parked()] == ["A-1"], "a number tells when it can be read"


def test_a_shop_has_no_more_than_the_latest_hundred_records_without_a_number(shop_id: int, other_id: int) -> None:
    park(other_id, [("?other", "id: missing")], NOW - DAY)
    park(shop_id, [(f"A-{place}", "items: none") for place in range(120)], NOW)
    for place in range(120):
        park(shop_id, [(f"?{place:03}", "id: missing")], NOW + place)
    kept = [number for shop, number, _why, _at in parked() if number[0] == "?" and shop == "shop-a"]
    assert kept == [f"?{place:03}" for place in range(119, 19, -1)]
    assert len(parked()) == 221


def test_orders_wait_for_tracking_while_labelled_and_some_parcel_has_none(shop_id: int) -> None:
    ready = {
        "no parcel": (),
        "none": (IncomingParcel("P1"),),
        "one of two": (IncomingParcel("P2", "T2"), IncomingParcel("P3")),
        "both": (IncomingParcel("P4", "T4"), IncomingParcel("P5", "T5")),
    }
    stored(*(an_order(number, status=Status.LABEL_READY, parcels=parcels) for number, parcels in ready.items()))
    stored(an_order("to pack", parcels=(IncomingParcel("P6"),)), an_order("gone", status=Status.SHIPPED))
    stored(an_order("elsewhere", status=Status.LABEL_READY), shop=a_shop("shop-b", channel="lazada"))
    asked = [*ready, "to pack", "gone", "elsewhere", "unknown"]
    assert sorted(without_tracking(shop_id, asked)) == ["no parcel", "none", "one of two"]
    assert without_tracking(shop_id, ["both", "none", *(f"X-{n}" for n in range(1_200))]) == ["none"]
    assert without_tracking(shop_id, []) == []


def test_orders_are_known_by_when_they_changed_the_end_left_out(shop_id: int, other_id: int) -> None:
    stored(*(an_order(f"A-{n}", updated_at=NOW + n) for n in range(4)), an_order("A-9"))
    stored(an_order("B-1", updated_at=NOW + 1), shop=a_shop("shop-b", channel="lazada"))
    assert sorted(known_as_changed(shop_id, NOW + 1, NOW + 3)) == ["A-1", "A-2"]


def test_orders_without_an_end_that_were_quiet_for_long_come_oldest_first(shop_id: int) -> None:
    stored(
        an_order("A-1", updated_at=NOW - 2 * DAY),
        an_order("A-2", placed_at=NOW - 3 * DAY),
        an_order("A-3", updated_at=NOW - DAY),
        an_order("A-4", placed_at=NOW - 9 * DAY, updated_at=NOW - HOUR),
        an_order("A-5", status=Status.DELIVERED, outcome=Outcome.DELIVERED, updated_at=NOW - 5 * DAY),
    )
    assert unended(shop_id, NOW - DAY, 9) == (["A-2", "A-1"], BEGINNING)
    assert unended(shop_id, NOW, 9)[0] == ["A-2", "A-1", "A-3", "A-4"]


def test_where_refunds_vanish_in_silence_orders_with_refunds_have_their_turn_too(shop_id: int) -> None:
    def refunded(number: str, updated_at: int) -> IncomingOrder:
        done = an_order(number, status=Status.DELIVERED, outcome=Outcome.DELIVERED, updated_at=updated_at)
        return replace(done, refunds=(Refund(None, 0, 5_000, updated_at),))

    stored(
        refunded("A-1", NOW - 2 * DAY),
        refunded("A-2", NOW - 9 * DAY),
        an_order("A-3", updated_at=NOW - 20 * DAY),
        an_order("A-4", status=Status.DELIVERED, outcome=Outcome.DELIVERED, updated_at=NOW - 2 * DAY),
        refunded("A-5", NOW),
    )
    assert unended(shop_id, NOW, 9, refunded_since=NOW - 9 * DAY)[0] == ["A-3", "A-2", "A-1"]
    assert unended(shop_id, NOW, 9, refunded_since=NOW - 8 * DAY)[0] == ["A-3", "A-1"]
    assert unended(shop_id, NOW, 9)[0] == ["A-3"]


def test_a_look_at_orders_without_an_end_goes_on_where_the_last_one_ended_and_then_begins_again(shop_id: int) -> None:
    stored(*(an_order(f"A-{n}", updated_at=NOW - (2 - n // 2) * DAY) for n in range(4)))
    looks, place = [], BEGINNING
    for _look in range(4):
        numbers, place = unended(shop_id, NOW, 3, place)
        looks.append(numbers)
    assert looks == [["A-0", "A-1", "A-2"], ["A-3"], ["A-0", "A-1", "A-2"], ["A-3"]]


def test_what_changed_last_is_known_and_so_is_its_number_among_others(shop_id: int, other_id: int) -> None:
    assert (newest_change(shop_id), newest_number(shop_id)) == (None, None)
    stored(*(an_order(f"A-{n}", updated_at=NOW + n) for n in range(4)))
    ask_to_reread(shop_id, ["A-3"], Why.HINT, NOW)
    assert newest_change(shop_id) == NOW + 3
    assert newest_number(shop_id) == "A-2"
    assert newest_number(shop_id, ["A-2", "A-1", "X"]) == "A-0"
    assert newest_number(shop_id, ["A-0", "A-1", "A-2"]) is None
    assert (newest_change(other_id), newest_number(other_id)) == (None, None)
