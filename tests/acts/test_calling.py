from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from packstation.acts.calling import (
    NobodyWaitingError,
    NoSuchNumberError,
    NoSuchStationError,
    answer_ring,
    be_there,
    held_by_code,
    put_back,
    queue_now,
    rings_back,
    take,
    take_next,
    tell_ring,
)
from packstation.acts.contacting import ContactedByOtherError, open_contact
from packstation.domain.call_queue import Callee
from packstation.domain.call_sharing import CallRules
from packstation.domain.holds import AttemptResult, ContactMethod, RefusalWhy
from packstation.domain.orders import Address, IncomingParcel
from packstation.domain.times import HOUR, MINUTE
from packstation.store.calls import callee_of_order
from packstation.store.database import rows_of
from packstation.store.scans import scans_of
from packstation.store.tables.base import database as process_database
from tests.acts.worlds import World, tracked
from tests.factories import HOME, NOW, a_buyer, order_id

RULES = CallRules()


def callee(number: str) -> Callee:
    return callee_of_order(order_id(number))


def numbers(world: World, person: int | None = None) -> list[list[str]]:
    """The numbers of the queue, by who is contacted."""
    return [[held.number for held in each.holds] for each in queue_now(person, RULES).waiting]


def test_all_open_holds_of_a_customer_stand_together_in_the_queue(world: World) -> None:
    world.held("A-1", buyer="an", ship_by=NOW + 9 * HOUR)
    world.held("B-1", buyer="binh", ship_by=NOW + 8 * HOUR)
    world.held("A-2", buyer="an", ship_by=NOW + 7 * HOUR)
    world.held("G-1", buyer=None, ship_by=NOW + 6 * HOUR)
    assert numbers(world) == [["G-1"], ["A-2", "A-1"], ["B-1"]]


def test_a_rush_delivery_comes_first(world: World) -> None:
    world.held("A-1", buyer="an", ship_by=NOW + 4 * HOUR)
    world.held("B-1", buyer="binh", ship_by=NOW + 9 * HOUR, parcels=(IncomingParcel("P", "T-1", "SPX Instant"),))
    assert numbers(world) == [["B-1"], ["A-1"]]
    assert take_next(world.desk.place, world.packer, RULES).first.number == "B-1"


def test_next_gives_each_caller_somebody_else_and_nobody_twice(world: World) -> None:
    for number in ("A-1", "B-1", "C-1"):
        world.held(number, buyer=number)
    chi = world.hire("Chi")
    mine = take_next(world.desk.place, world.packer, RULES)
    hers = take_next(world.desk.place, chi, RULES)
    assert mine.callee != hers.callee
    with pytest.raises(ContactedByOtherError, match="Chi"):
        take(world.desk.place, world.packer, RULES, hers.callee)
    with pytest.raises(ContactedByOtherError, match="Chi"):
        open_contact(world.desk.place, world.packer, hers.first.hold_id, ContactMethod.CALL)
    again = take_next(world.desk.place, world.packer, RULES, {mine.callee})
    assert again.callee not in (mine.callee, hers.callee)
    leased = {each.callee: each.leased_by for each in queue_now(chi, RULES).waiting}
    assert leased == {mine.callee: None, hers.callee: chi, again.callee: world.packer}


def test_a_lease_ends_by_its_result_by_being_put_back_and_by_time(world: World) -> None:
    card = world.held()
    chi = world.hire("Chi")
    taken = take(world.desk.place, world.packer, RULES, callee("A-1"))
    assert taken is not None
    put_back(world.packer)
    assert take(world.desk.place, chi, RULES, callee("A-1")) is not None
    world.clock.pass_(10 * MINUTE)
    assert take(world.desk.place, world.packer, RULES, callee("A-1")) is not None
    world.contact(card.id, AttemptResult.NO_ANSWER)
    assert take(world.desk.place, chi, RULES, callee("A-1")) is not None
    world.clock.pass_(11 * MINUTE)
    world.tick()
    assert rows_of("SELECT * FROM call_lease") == []


def test_who_was_not_reached_rests_until_the_next_try_with_all_their_orders(world: World) -> None:
    first = world.held("A-1", buyer="an")
    world.held("A-2", buyer="an")
    world.contact(first.id, AttemptResult.NO_ANSWER)
    with pytest.raises(NobodyWaitingError) as nobody:
        take_next(world.desk.place, world.packer, RULES)
    assert nobody.value.next_at == world.clock.now + 30 * MINUTE
    world.clock.pass_(30 * MINUTE)
    assert [held.number for held in take_next(world.desk.place, world.packer, RULES).holds] == ["A-1", "A-2"]


def test_what_only_a_supervisor_can_decide_is_nobodys_turn(world: World) -> None:
    card = world.held()
    world.contact(card.id, AttemptResult.WRONG_NUMBER)
    with pytest.raises(NobodyWaitingError) as nobody:
        take_next(world.desk.place, world.packer, RULES)
    assert nobody.value.next_at is None
    assert numbers(world) == [["A-1"]], "it stays in the list"


def test_whom_one_called_before_is_left_to_them_while_they_are_on_shift(world: World) -> None:
    far = NOW + 40 * HOUR
    for number in ("A-1", "B-1", "C-1", "D-1"):
        world.held(number, buyer=number, ship_by=far)
    chi = world.hire("Chi")
    world.contact(world.hold_of("A-1").id, AttemptResult.NO_ANSWER, by=chi)
    world.clock.pass_(30 * MINUTE)
    be_there(chi)
    given = [take_next(world.desk.place, world.packer, RULES).first.number]
    while len(given) < 3:
        given.append(
            take_next(world.desk.place, world.packer, RULES, {callee(number) for number in given}).first.number
        )
    assert given == ["B-1", "C-1", "D-1"]
    assert take_next(world.desk.place, chi, RULES).first.number == "A-1"


def test_a_parcels_code_finds_whose_hold_it_is_and_is_recorded(world: World) -> None:
    world.held("A-1", parcels=tracked("T-0001"))
    assert held_by_code(world.desk.place, world.packer, "T-0001") == callee("A-1")
    assert [(code, verdict) for _at, code, verdict in scans_of(world.desk.place.station_id or 0)] == [
        ("T-0001", "call")
    ]
    world.contact(world.hold_of("A-1").id, AttemptResult.CONFIRMED)
    assert held_by_code(world.desk.place, world.packer, "T-0001") is None


def test_the_last_digits_find_who_rings_back_also_when_they_refused(world: World) -> None:
    world.held("A-1", buyer="an")
    world.held("B-1", buyer=a_buyer("binh"), address=replace(HOME, phone="0987 654 321"))
    hidden = Address("N***n", "******78", HOME.street)
    world.held("C-1", buyer=a_buyer("chau", phone="0987000321"), address=hidden)
    assert [held.number for held in rings_back("5678")] == ["A-1"]
    assert [held.number for held in rings_back("0912345678")] == ["A-1"]
    assert [held.number for held in rings_back("+84912345678")] == ["A-1"]
    assert [held.number for held in rings_back("0321")] == ["C-1"]
    world.contact(world.hold_of("A-1").id, AttemptResult.REFUSED, why=RefusalWhy.PRICE)
    assert [(held.number, held.hold.is_open) for held in rings_back("5678")] == [("A-1", False)]
    world.clock.pass_(31 * 24 * HOUR)
    assert rings_back("5678") == []


def test_a_number_that_rings_is_told_to_its_station_once_and_not_late(world: World) -> None:
    assert tell_ring(" 0912.345.678", "Bàn 1") == "+84912345678"
    assert answer_ring(world.desk.place) == "+84912345678"
    assert answer_ring(world.desk.place) == ""
    tell_ring("0912345678", "Bàn 1")
    world.clock.pass_(3 * MINUTE)
    assert answer_ring(world.desk.place) == ""
    for number in ("anonymous", "12", "0912345678; reboot", "$(id)", ""):
        with pytest.raises(NoSuchNumberError):
            tell_ring(number, "Bàn 1")
    with pytest.raises(NoSuchStationError, match="Bàn 1"):
        tell_ring("0912345678", "Bàn 9")


def test_callers_who_ask_at_once_get_different_customers_and_contact_no_one_twice(world: World) -> None:
    for place in range(6):
        world.held(f"A-{place}", buyer=f"b{place}")
    callers = [world.hire(f"Caller {place}") for place in range(4)]
    desks = {caller: world.desk_of(f"Desk {caller}", caller) for caller in callers}
    start = threading.Barrier(len(callers))
    given: dict[int, Callee] = {}
    refused: list[int] = []
    one = world.hold_of("A-5").id

    def work(caller: int) -> None:
        with process_database.connection_context():
            start.wait()
            given[caller] = take_next(desks[caller].place, caller, RULES).callee
            start.wait()
            try:
                open_contact(desks[caller].place, caller, one, ContactMethod.CALL)
            except ContactedByOtherError:
                refused.append(caller)

    threads = [threading.Thread(target=work, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(given.values())) == len(callers)
    assert len(refused) == len(callers) - 1
    assert rows_of("SELECT count(*) FROM attempt WHERE result IS NULL")[0][0] == 1
