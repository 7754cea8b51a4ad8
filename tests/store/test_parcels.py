from __future__ import annotations

from packstation.domain.packing import ParcelStanding, ParcelState, finish, lease, release
from packstation.domain.people import Role
from packstation.domain.times import MINUTE
from packstation.store.database import rows_of, transaction
from packstation.store.parcels import (
    expired_leases,
    free_slots,
    give_slot,
    last_packed_of,
    on_desk_of,
    orders_of_parcel,
    packed_times,
    parcel_ids,
    parcel_of_order,
    save_standing,
    standing,
)
from packstation.store.people import add_person, station_named
from tests.factories import NOW, an_order, stored


def parcels_of(*numbers: str) -> list[int]:
    with transaction():
        return [parcel_of_order(order_id) for order_id in stored(*(an_order(number) for number in numbers))]


def desk() -> tuple[int, int]:
    return station_named("desk 1", NOW), add_person("Lan", Role.PACKER, None, NOW)


def move(parcel_id: int, after: ParcelStanding, now: int = NOW) -> None:
    with transaction():
        save_standing(parcel_id, standing(parcel_id), after, now)


def test_the_implicit_parcel_is_made_when_it_is_first_needed_and_only_once(database: str) -> None:
    [order_id] = stored(an_order())
    assert parcel_ids(order_id) == []
    with transaction():
        parcel_id = parcel_of_order(order_id)
        assert parcel_of_order(order_id) == parcel_id
    assert parcel_ids(order_id) == [parcel_id]
    assert orders_of_parcel(parcel_id) == (order_id,)
    assert standing(parcel_id) == ParcelStanding()


def test_a_leased_parcel_lies_on_the_desk_until_it_is_released(database: str) -> None:
    station_id, person_id = desk()
    first, second = parcels_of("A-1", "A-2")
    move(second, lease(standing(second), station_id, person_id, NOW, MINUTE))
    move(first, lease(standing(first), station_id, person_id, NOW + 1, MINUTE))
    assert on_desk_of(station_id) == [second, first]
    assert on_desk_of(station_id + 1) == []
    move(second, release(standing(second), station_id, NOW + 2))
    assert standing(second) == ParcelStanding()
    assert on_desk_of(station_id) == [first]


def test_a_lease_that_ran_out_is_found(database: str) -> None:
    station_id, person_id = desk()
    [parcel_id] = parcels_of("A-1")
    move(parcel_id, lease(standing(parcel_id), station_id, person_id, NOW, MINUTE))
    assert expired_leases(NOW + MINUTE - 1) == []
    assert expired_leases(NOW + MINUTE) == [parcel_id]


def test_every_change_of_state_is_an_event_and_a_renewed_lease_is_none(database: str) -> None:
    station_id, person_id = desk()
    [parcel_id] = parcels_of("A-1")
    for moment in (NOW, NOW + 1):
        move(parcel_id, lease(standing(parcel_id), station_id, person_id, moment, MINUTE), moment)
    move(parcel_id, finish(standing(parcel_id), station_id, person_id, NOW + 2), NOW + 2)
    assert rows_of("SELECT state, at, station_id, person_id FROM parcel_event ORDER BY id") == [
        ("on_desk", NOW, station_id, person_id),
        ("packed", NOW + 2, station_id, person_id),
    ]


def test_the_last_packed_parcel_and_the_packed_times_are_the_stations_own(database: str) -> None:
    station_id, person_id = desk()
    first, second = parcels_of("A-1", "A-2")
    for moment, parcel_id in enumerate((second, first)):
        move(parcel_id, lease(standing(parcel_id), station_id, person_id, NOW, MINUTE))
        move(parcel_id, finish(standing(parcel_id), station_id, person_id, NOW + moment))
    assert last_packed_of(station_id) == first
    assert packed_times(station_id, NOW) == [NOW, NOW + 1]
    assert packed_times(station_id, NOW + 1) == [NOW + 1]
    assert (last_packed_of(station_id + 1), packed_times(station_id + 1, 0)) == (None, [])
    assert standing(first).state is ParcelState.PACKED


def test_slots_are_given_in_order_kept_and_free_again(database: str) -> None:
    first, second, third = parcels_of("A-1", "A-2", "A-3")
    with transaction():
        assert [give_slot(parcel_id, ("A1", "A2"), NOW) for parcel_id in (first, second, third)] == ["A1", "A2", None]
        assert give_slot(first, ("B1",), NOW) == "A1"
        assert free_slots([first]) == ("A1",)
        assert free_slots([first]) == ()
        assert give_slot(third, ("A1", "A2"), NOW) == "A1"
