from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.acts.alarming import open_alarms
from packstation.acts.vanishing import store_gone
from packstation.domain.alarms import PullReason
from packstation.domain.orders import GONE, Outcome, Status
from packstation.domain.times import DAY, HOUR
from packstation.store.database import rows_of
from tests.acts.worlds import World, checked, dump, risky, standing_of_hold, tracked
from tests.factories import HOME, NOW, a_shop, an_order

SHOP = a_shop()


def gone(world: World, number: str = "A-1") -> bool:
    world.clock.pass_(DAY)
    return store_gone(world.daemon, SHOP, number)


def test_an_order_that_its_channel_deleted_is_cancelled_by_nobody_knows_whom(world: World) -> None:
    world.arrive(an_order("A-1", updated_at=NOW, parcels=tracked("T-1")))
    assert gone(world)
    columns = "status, channel_status, outcome, cause, outcome_known_at, updated_at, total, street"
    now = NOW + DAY
    expected = ("cancelled", GONE, "cancelled", None, now, NOW, 150_000, HOME.street)
    assert rows_of(f"SELECT {columns} FROM orders") == [expected]
    assert rows_of("SELECT status FROM status_change ORDER BY place") == [("to_pack",), ("cancelled",)]
    assert rows_of("SELECT tracking FROM parcel") == [("T-1",)]
    assert checked("T-1") == ("stop", ["status"])
    before = dump()
    assert not gone(world), "it has ended now"
    assert dump() == before


@pytest.mark.parametrize("outcome", [Outcome.DELIVERED, Outcome.BUYER_CANCELLED])
def test_an_order_that_had_ended_keeps_its_end(world: World, outcome: Outcome) -> None:
    status = Status.DELIVERED if outcome is Outcome.DELIVERED else Status.CANCELLED
    world.arrive(an_order("A-1", status=status, outcome=outcome, known_at=NOW))
    before = dump()
    assert not gone(world)
    assert dump() == before


def test_an_order_that_nobody_knows_or_that_is_another_shops_changes_nothing(world: World) -> None:
    world.arrive(an_order("A-1"))
    before = dump(["shop"])
    assert not gone(world, "A-2")
    assert not store_gone(world.daemon, replace(SHOP, name="shop-b"), "A-1")
    assert dump(["shop"]) == before


def test_one_that_is_held_or_packed_is_judged_at_once(world: World) -> None:
    card = world.held("R-1")
    world.arrive(an_order("A-1", buyer="binh", parcels=tracked("T-1")))
    world.desk.pack("T-1")
    assert gone(world, "R-1")
    assert gone(world)
    assert standing_of_hold(world.hold_of("R-1")) == ("closed", "order_cancelled")
    assert world.hold_of("R-1").id == card.id
    assert [(alarm.number, alarm.why) for alarm in open_alarms()] == [("A-1", PullReason.CANCELLED)]


def test_an_order_that_is_listed_again_as_it_was_is_as_before_and_held_again(world: World) -> None:
    world.held("A-1", updated_at=NOW, parcels=tracked("T-1"))
    columns = "status, channel_status, outcome, updated_at, total"
    before = rows_of(f"SELECT {columns} FROM orders")
    assert gone(world)
    assert standing_of_hold(world.hold_of()) == ("closed", "order_cancelled")
    world.arrive(risky("A-1", updated_at=NOW, parcels=tracked("T-1")))
    assert rows_of(f"SELECT {columns} FROM orders") == before
    assert checked("T-1")[0] == "call"
    world.clock.pass_(DAY)
    assert gone(world), "it can vanish once more"
    assert rows_of("SELECT status, outcome FROM orders") == [("cancelled", "cancelled")]


def test_an_order_that_ended_before_it_was_taken_as_gone_has_that_end_once_it_is_told(world: World) -> None:
    world.arrive(an_order("A-1", status=Status.SHIPPED, updated_at=NOW))
    assert gone(world)
    world.arrive(
        an_order("A-1", status=Status.DELIVERED, outcome=Outcome.DELIVERED, known_at=NOW + HOUR, updated_at=NOW + HOUR)
    )
    assert rows_of("SELECT status, outcome FROM orders") == [("delivered", "delivered")]


def test_an_order_that_the_channel_tells_of_again_is_open_again(world: World) -> None:
    world.arrive(risky("A-1", updated_at=NOW))
    assert gone(world)
    world.clock.pass_(DAY)
    back = risky("A-1", updated_at=world.clock.now, seller_note="từ thùng rác")
    world.arrive(back)
    assert rows_of("SELECT status, outcome FROM orders") == [("to_pack", "open")]
    assert checked()[0] == "call"
