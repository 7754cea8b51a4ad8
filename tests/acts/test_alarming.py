from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.acts.alarming import open_alarms
from packstation.acts.contacting import end_contact, open_contact
from packstation.acts.finishing import finish, undo
from packstation.acts.overriding import override
from packstation.domain.alarms import PullReason
from packstation.domain.desk_flow import ScanStep
from packstation.domain.holds import AttemptResult, ContactMethod, RefusalWhy
from packstation.domain.orders import IncomingOrder, Outcome, Status, TimedStatus
from packstation.domain.packing import ParcelState, hand_over
from packstation.domain.times import HOUR, SECOND
from packstation.store.database import transaction
from packstation.store.parcels import parcel_ids, save_standing, standing
from tests.acts.worlds import PIN, RULES, World, entries, kinds, parcel_states, risky, tracked, verdict_of
from tests.factories import NOW, an_order, order_id

A, B = "SPXVN0001", "SPXVN0002"


def now_is(status: Status, number: str = "A-1", parcels: tuple[str, ...] = (A,)) -> IncomingOrder:
    """The order of the same number, which came to this status since."""
    statuses = (TimedStatus(Status.TO_PACK, "TO_PACK", NOW - HOUR), TimedStatus(status, str(status).upper(), NOW))
    ended = Outcome.BUYER_CANCELLED if status is Status.CANCELLED else None
    return an_order(number, statuses=statuses, outcome=ended, known_at=NOW, parcels=tracked(*parcels))


def packed(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A)))
    world.desk.pack(A)


def alarms() -> list[tuple[str, str]]:
    return [(alarm.number, str(alarm.why)) for alarm in open_alarms()]


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.CANCEL_REQUESTED])
def test_an_order_cancelled_or_asked_to_be_while_packed_is_to_be_pulled(world: World, status: Status) -> None:
    packed(world)
    assert alarms() == []
    world.arrive(now_is(status))
    assert alarms() == [("A-1", str(status))]
    [alarm] = open_alarms()
    assert (alarm.state, alarm.station, alarm.by) == (ParcelState.PACKED, "Bàn 1", "An")
    facts = {"why": str(status), "state": "packed"}
    assert ("alarm_raised", order_id("A-1"), alarm.parcel_id, facts) in entries(
        "kind", "order_id", "parcel_id", "facts"
    )


def test_a_parcel_on_a_desk_is_told_with_the_desk_and_one_on_the_shelf_with_its_slot(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A)), risky("A-2", parcels=tracked(B)))
    world.desk.scan(B)
    world.desk.scan(A)
    world.arrive(now_is(Status.CANCELLED), now_is(Status.CANCELLED, "A-2", (B,)))
    where = {alarm.number: (alarm.state, alarm.station, alarm.slot) for alarm in open_alarms()}
    assert where == {"A-1": (ParcelState.ON_DESK, "Bàn 1", None), "A-2": (ParcelState.UNSEEN, None, "A1")}


def test_what_never_was_in_our_hands_or_is_handed_over_raises_nothing(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A)), an_order("A-2", parcels=tracked(B)))
    world.desk.pack(A)
    [parcel] = parcel_ids(order_id("A-1"))
    with transaction():
        before = standing(parcel)
        station = world.desk.place.station_id or 0
        save_standing(parcel, before, hand_over(before, station, world.packer, world.clock.now), world.clock.now)
    world.arrive(now_is(Status.CANCELLED), now_is(Status.CANCELLED, "A-2", (B,)))
    assert alarms() == []


def test_an_order_shipped_while_packed_raises_nothing(world: World) -> None:
    packed(world)
    world.arrive(now_is(Status.SHIPPED))
    assert alarms() == []


def test_a_parcel_is_told_once_however_often_its_order_comes_in(world: World) -> None:
    packed(world)
    world.arrive(now_is(Status.CANCEL_REQUESTED))
    [first] = open_alarms()
    world.arrive(now_is(Status.CANCELLED))
    world.arrive(now_is(Status.CANCELLED))
    [alarm] = open_alarms()
    assert (alarm.id, alarm.why) == (first.id, PullReason.CANCELLED)
    assert kinds().count("alarm_raised") == 1


def test_scanning_the_packed_parcel_in_reopens_it_ends_the_alarm_and_still_stops(world: World) -> None:
    packed(world)
    world.arrive(now_is(Status.CANCELLED))
    elsewhere = world.desk_of("Bàn 2", world.packer)
    answer = elsewhere.scan(A)
    assert verdict_of(answer) == ("stop", ["status"]), "not that it is packed already"
    assert answer.pulled == tuple(parcel_ids(order_id("A-1")))
    assert parcel_states() == [ParcelState.REOPENED]
    assert alarms() == []
    assert ("alarm_ended", world.packer, {"why": "cancelled", "state": "packed"}) in entries(
        "kind", "person_id", "facts"
    )
    world.arrive(now_is(Status.CANCELLED))
    again = elsewhere.scan(A)
    assert (verdict_of(again), again.pulled, alarms()) == (("stop", ["status"]), (), [])


def test_a_request_to_cancel_that_was_withdrawn_lets_the_pulled_parcel_be_packed_again(world: World) -> None:
    packed(world)
    world.arrive(now_is(Status.CANCEL_REQUESTED))
    statuses = [TimedStatus(Status.CANCEL_REQUESTED, "X", NOW), TimedStatus(Status.TO_PACK, "Y", NOW + SECOND)]
    world.arrive(an_order("A-1", statuses=statuses, parcels=tracked(A), updated_at=NOW + SECOND))
    assert alarms() == [("A-1", "cancel_requested")], "until it is scanned in"
    answer = world.desk.scan(A)
    assert (verdict_of(answer)[0], parcel_states(), alarms()) == ("pack", [ParcelState.ON_DESK], [])
    assert world.desk.scan(A).step is ScanStep.FINISH
    assert parcel_states() == [ParcelState.PACKED]


def test_the_number_of_an_order_with_several_packed_parcels_pulls_none_of_them(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A, B)))
    world.desk.pack(A)
    world.desk.pack(B)
    world.arrive(now_is(Status.CANCELLED, parcels=(A, B)))
    assert alarms() == [("A-1", "cancelled")] * 2
    assert world.desk.scan("A-1").pulled == ()
    assert len(alarms()) == 2
    assert world.desk.scan(B).pulled != ()
    assert len(alarms()) == 1
    assert parcel_states() == [ParcelState.PACKED, ParcelState.REOPENED]


def test_the_shelf_is_free_again_once_the_cancelled_parcel_was_scanned_in(world: World) -> None:
    world.arrive(risky("A-1", parcels=tracked(A)))
    assert world.desk.scan(A).slot == "A1"
    world.arrive(now_is(Status.CANCEL_REQUESTED))
    answer = world.desk.scan(A)
    assert (verdict_of(answer)[0], answer.freed_slots, alarms()) == ("stop", ("A1",), [])
    world.arrive(now_is(Status.CANCELLED))
    assert alarms() == [], "it is in nobody's way any more"


def test_a_parcel_that_lies_on_one_desk_can_be_scanned_in_at_another(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A)))
    world.desk.scan(A)
    world.arrive(now_is(Status.CANCELLED))
    answer = world.desk_of("Bàn 2", world.packer).scan(A)
    assert (verdict_of(answer), alarms()) == (("stop", ["status"]), [])


def test_a_second_scan_that_finds_the_order_cancelled_is_the_scan_that_pulls_it(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A)))
    world.desk.scan(A)
    world.arrive(now_is(Status.CANCELLED))
    answer = world.desk.scan(A)
    assert answer.finished is not None
    assert (answer.finished.packed, parcel_states(), alarms()) == (False, [ParcelState.UNSEEN], [])


def test_the_scan_of_the_next_parcel_does_not_pull_the_one_that_lies_there(world: World) -> None:
    desk = world.desk_of("Bàn 2", world.packer, replace(RULES, finish_by_next_parcel=True))
    world.arrive(an_order("A-1", parcels=tracked(A)), an_order("A-2", parcels=tracked(B)))
    desk.scan(A)
    world.arrive(now_is(Status.CANCELLED))
    answer = desk.scan(B)
    assert answer.finished is not None
    assert (answer.finished.packed, alarms()) == (False, [("A-1", "cancelled")])
    assert desk.scan(A).pulled != ()
    assert alarms() == []


def test_a_hold_opened_again_after_packing_raises_the_alarm_and_the_scan_puts_the_parcel_on_the_shelf(
    world: World,
) -> None:
    card = world.held(parcels=tracked(A))
    other = world.hire("Chi")
    open_contact(world.desk.place, other, card.id, ContactMethod.CALL)
    override(world.desk.place, world.supervisor(), PIN, card.id, release=True, reason="Khách quen")
    world.desk.pack(A)
    ended = end_contact(world.desk.place, other, card.id, AttemptResult.REFUSED, RefusalWhy.CHANGED_MIND)
    assert (ended.pull, alarms()) == (("A-1",), [("A-1", "held")])
    answer = world.desk.scan(A)
    assert (verdict_of(answer)[0], answer.slot, parcel_states()) == ("call", "A1", [ParcelState.REOPENED])
    assert alarms() == []


def test_an_alarm_stays_when_nobody_is_signed_in_to_scan_the_parcel_in(world: World) -> None:
    packed(world)
    world.arrive(now_is(Status.CANCELLED))
    assert world.desk_of("Bàn 2", None).scan(A).pulled == ()
    assert alarms() == [("A-1", "cancelled")]
    assert parcel_states() == [ParcelState.PACKED]


def test_taking_the_finish_back_leaves_the_alarm_until_the_parcel_is_scanned(world: World) -> None:
    packed(world)
    world.arrive(now_is(Status.CANCELLED))
    undo(world.desk.place, world.packer)
    assert alarms() == [("A-1", "cancelled")]
    assert world.desk.scan(A).pulled != ()
    assert alarms() == []


def test_a_parcel_that_may_be_packed_after_all_has_no_alarm_once_it_is_packed(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A)))
    answer = world.desk.scan(A)
    world.arrive(now_is(Status.CANCEL_REQUESTED))
    statuses = [TimedStatus(Status.CANCEL_REQUESTED, "X", NOW), TimedStatus(Status.TO_PACK, "Y", NOW + SECOND)]
    world.arrive(an_order("A-1", statuses=statuses, parcels=tracked(A), updated_at=NOW + SECOND))
    assert answer.parcel_id is not None
    assert finish(world.desk.place, world.packer, answer.parcel_id, A).packed
    assert (alarms(), parcel_states()) == ([], [ParcelState.PACKED])
