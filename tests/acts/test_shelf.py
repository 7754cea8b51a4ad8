from __future__ import annotations

import pytest

from packstation.acts.overriding import override
from packstation.acts.shelf import shelf, slips_of, to_fetch
from packstation.domain.desk_flow import DeskRules
from packstation.domain.holds import AttemptResult, RefusalWhy
from packstation.domain.orders import Status
from packstation.domain.times import HOUR
from tests.acts.worlds import PIN, World, risky, tracked
from tests.factories import an_order

WHY = "khách quen"


def fetched() -> list[tuple[str, str]]:
    return [(each.slot, each.number) for each in shelf().fetch]


def lying() -> list[tuple[str, str, str]]:
    return [(each.slot, each.number, str(each.place)) for each in shelf().lies]


def test_every_parcel_of_a_held_order_has_a_slot_of_its_own_and_is_fetched_by_itself(world: World) -> None:
    world.arrive(risky("A-1", parcels=tracked("T-0001", "T-0002")))
    assert world.desk.scan("T-0002").slot == "A1"
    assert world.desk.scan("T-0001").slot == "A2"
    assert world.desk.scan("A-1").slot == "A1, A2", "the number stands on both"
    override(world.desk.place, world.supervisor(), PIN, world.hold_of().id, release=True, reason=WHY)
    assert (fetched(), to_fetch()) == ([("A1", "A-1"), ("A2", "A-1")], 2)
    assert world.desk.scan("T-0002").freed_slots == ("A1",)
    assert (fetched(), to_fetch()) == ([("A2", "A-1")], 1)
    world.desk.pack("T-0001")
    assert (fetched(), to_fetch(), lying()) == ([], 0, [])


def test_an_orders_number_puts_each_of_its_parcels_on_the_shelf(world: World) -> None:
    world.arrive(risky("A-1", parcels=tracked("T-0001", "T-0002")))
    assert world.desk.scan("A-1").slot == "A1, A2"
    assert [slip.code for slip in slips_of("A-1")] == ["T-0001", "T-0002"]


def test_what_is_refused_is_put_aside_and_its_slot_is_free_once_it_is_scanned(world: World) -> None:
    card = world.held(parcels=tracked("T-0001"))
    world.desk.scan("T-0001")
    assert lying() == [("A1", "A-1", "waits")]
    world.contact(card.id, AttemptResult.REFUSED, why=RefusalWhy.PRICE)
    assert lying() == [("A1", "A-1", "put_aside")]
    world.desk.scan("T-0001")
    assert lying() == []


def test_a_combined_parcel_waits_until_the_last_of_its_orders_is_released(world: World) -> None:
    world.arrive(risky("A-1", parcels=tracked("T-0001")), risky("A-2", buyer="b", parcels=tracked("T-0001")))
    world.desk.scan("T-0001")
    boss = world.supervisor()
    override(world.desk.place, boss, PIN, world.hold_of("A-1").id, release=True, reason=WHY)
    assert (lying(), to_fetch()) == ([("A1", "A-2", "waits")], 0)
    override(world.desk.place, boss, PIN, world.hold_of("A-2").id, release=True, reason=WHY)
    assert (lying(), to_fetch()) == ([], 1)


def test_a_cancelled_orders_parcel_is_on_the_pull_list_until_it_is_scanned(world: World) -> None:
    world.held(parcels=tracked("T-0001"))
    world.desk.scan("T-0001")
    world.arrive(risky("A-1", status=Status.CANCELLED, parcels=tracked("T-0001")))
    assert [(alarm.slot, alarm.number) for alarm in shelf().pull] == [("A1", "A-1")]
    assert to_fetch() == 0
    world.desk.scan("T-0001")
    assert (shelf().pull, lying(), fetched()) == ((), [], [])


def test_a_released_order_that_is_cancelled_then_is_pulled_and_not_fetched(world: World) -> None:
    card = world.held(parcels=tracked("T-0001"))
    world.desk.scan("T-0001")
    override(world.desk.place, world.supervisor(), PIN, card.id, release=True, reason=WHY)
    assert to_fetch() == 1
    world.arrive(risky("A-1", status=Status.CANCELLED, parcels=tracked("T-0001")))
    assert (to_fetch(), fetched(), lying()) == (0, [], [])
    assert [alarm.number for alarm in shelf().pull] == ["A-1"]


def test_a_full_shelf_gives_no_slot_and_the_next_free_one_is_given_to_who_is_scanned_then(world: World) -> None:
    desk = world.desk_of("Bàn 2", world.packer, DeskRules(slots=("Kệ-1",)))
    for number in ("A-1", "A-2"):
        world.arrive(risky(number, buyer=number))
    assert desk.scan("A-1").slot == "Kệ-1"
    full = desk.scan("A-2")
    assert (full.slot, str(full.notice)) == (None, "shelf_full")
    override(desk.place, world.supervisor(), PIN, world.hold_of("A-1").id, release=True, reason=WHY)
    desk.scan("A-1")
    assert desk.scan("A-2").slot == "Kệ-1"


def test_a_slip_says_slot_barcode_decide_by_and_opens_its_order_when_scanned(world: World) -> None:
    card = world.held(parcels=tracked("T-0001"))
    assert slips_of("T-0001") == []
    world.desk.scan("A-1")
    world.clock.pass_(HOUR)
    [slip] = slips_of("T-0001")
    assert (slip.slot, slip.code, slip.number, slip.decide_by) == ("A1", "T-0001", "A-1", card.hold.decide_by)
    judgement = world.desk.scan(slip.code).judgement
    assert judgement is not None
    assert judgement.order is not None
    assert judgement.order.number == "A-1"


@pytest.mark.parametrize("number", ["A-1", "ĐƠN-1"])
def test_an_order_without_packages_has_its_number_on_the_slip(world: World, number: str) -> None:
    world.arrive(risky(number))
    world.desk.scan(number)
    assert [slip.code for slip in slips_of(number)] == [number]


def test_the_shelf_knows_since_when_a_parcel_lies_there(world: World) -> None:
    world.arrive(risky("A-1"), an_order("A-2"))
    world.desk.scan("A-1")
    since = world.clock.now
    world.clock.pass_(HOUR)
    world.desk.scan("A-1")
    assert [each.since for each in shelf().lies] == [since]
