from __future__ import annotations

import threading

from packstation.domain.alarms import PullReason
from packstation.domain.orders import Status
from packstation.domain.packing import ParcelStanding, ParcelState
from packstation.domain.people import Role
from packstation.store.alarms import end_alarm, open_alarms, open_reasons, orders_to_pull, raise_alarm
from packstation.store.database import transaction
from packstation.store.parcels import give_slot, parcel_of_order, save_standing, standing
from packstation.store.people import add_person, station_named
from packstation.store.tables.base import database as connections
from tests.factories import NOW, an_order, stored


def packed(number: str = "A-1", status: Status = Status.TO_PACK) -> tuple[int, int]:
    """An order whose parcel was packed; ids of order and parcel."""
    station, person = station_named("desk 1", NOW), add_person(f"Lan {number}", Role.PACKER, None, NOW)
    [order] = stored(an_order(number, status=status))
    with transaction():
        parcel = parcel_of_order(order)
        after = ParcelStanding(ParcelState.PACKED, None, station, person, NOW, None, NOW)
        save_standing(parcel, standing(parcel), after, NOW)
    return order, parcel


def test_an_alarm_says_which_parcel_why_and_where(database: str) -> None:
    order, parcel = packed()
    assert raise_alarm(parcel, order, PullReason.CANCELLED, NOW) is not None
    [alarm] = open_alarms()
    assert (alarm.number, alarm.why, alarm.state, alarm.station, alarm.by, alarm.packed_at, alarm.slot) == (
        "A-1",
        PullReason.CANCELLED,
        ParcelState.PACKED,
        "desk 1",
        "Lan A-1",
        NOW,
        None,
    )
    assert open_reasons([parcel, parcel + 1]) == {parcel: PullReason.CANCELLED}
    assert open_reasons([]) == {}


def test_a_parcel_on_the_shelf_is_told_by_its_slot(database: str) -> None:
    [order] = stored(an_order())
    with transaction():
        parcel = parcel_of_order(order)
        give_slot(parcel, ["B3"], NOW)
    raise_alarm(parcel, order, PullReason.CANCELLED, NOW)
    [alarm] = open_alarms()
    assert (alarm.slot, alarm.station, alarm.by) == ("B3", None, None)


def test_a_parcel_has_one_open_alarm_which_takes_on_a_graver_reason_only(database: str) -> None:
    order, parcel = packed()
    first = raise_alarm(parcel, order, PullReason.CANCEL_REQUESTED, NOW)
    assert raise_alarm(parcel, order, PullReason.CANCELLED, NOW + 1) is None
    assert raise_alarm(parcel, order, PullReason.HELD, NOW + 2) is None
    [alarm] = open_alarms()
    assert (alarm.id, alarm.why) == (first, PullReason.CANCELLED)


def test_an_alarm_that_ended_can_be_raised_anew(database: str) -> None:
    order, parcel = packed()
    first = raise_alarm(parcel, order, PullReason.HELD, NOW)
    end_alarm(parcel, None, NOW + 1)
    assert open_alarms() == []
    second = raise_alarm(parcel, order, PullReason.HELD, NOW + 2)
    assert second not in (None, first)


def test_the_latest_alarm_comes_first(database: str) -> None:
    for number, at in (("A-1", 1), ("A-2", 3), ("A-3", 2)):
        order, parcel = packed(number)
        raise_alarm(parcel, order, PullReason.HELD, NOW + at)
    assert [alarm.number for alarm in open_alarms()] == ["A-2", "A-3", "A-1"]


def test_orders_to_pull_are_the_cancelled_ones_with_a_parcel_in_our_hands(database: str) -> None:
    cancelled, _parcel = packed("A-1", Status.CANCELLED)
    asked, _parcel = packed("A-2", Status.CANCEL_REQUESTED)
    fine, _parcel = packed("A-3")
    [never_seen] = stored(an_order("A-4", status=Status.CANCELLED))
    assert orders_to_pull([never_seen, fine, asked, cancelled]) == sorted([cancelled, asked])
    assert orders_to_pull([asked]) == [asked]
    assert orders_to_pull([]) == []


def test_two_orders_of_one_parcel_judged_at_the_same_time_raise_one_alarm(database: str) -> None:
    order, parcel = packed()
    [other] = stored(an_order("A-2"))
    raised, looked = threading.Event(), threading.Event()

    def elsewhere() -> None:
        try:
            with transaction():
                raise_alarm(parcel, other, PullReason.HELD, NOW)
                raised.set()
                looked.wait(0.2)
        finally:
            connections.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    raised.wait(10)
    with transaction():
        assert raise_alarm(parcel, order, PullReason.HELD, NOW) is None
    looked.set()
    thread.join()
    assert [alarm.number for alarm in open_alarms()] == ["A-2"]
