from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.domain.holds import Hold, HoldReason, HoldState, open_by_rule
from packstation.domain.shelf import ShelfPlace, ShelvedParcel, one_a_parcel, place_of, slot_order
from packstation.domain.times import HOUR
from tests.factories import NOW


def hold(state: HoldState, reason: HoldReason) -> Hold:
    return replace(open_by_rule(NOW + HOUR, NOW), state=state, reason=reason)


@pytest.mark.parametrize(
    ("held", "place"),
    [
        (None, ShelfPlace.FETCH_BACK),
        (hold(HoldState.WAITING, HoldReason.RULE), ShelfPlace.WAITS),
        (hold(HoldState.ESCALATED, HoldReason.TRIES_USED), ShelfPlace.WAITS),
        (hold(HoldState.RELEASED, HoldReason.REJUDGED), ShelfPlace.FETCH_BACK),
        (hold(HoldState.CLOSED, HoldReason.REJECTED), ShelfPlace.PUT_ASIDE),
        (hold(HoldState.CLOSED, HoldReason.ORDER_CANCELLED), ShelfPlace.PUT_ASIDE),
    ],
)
def test_a_parcel_lies_there_fetched_back_or_put_aside_by_its_hold(held: Hold | None, place: ShelfPlace) -> None:
    assert place_of(held) is place


def test_slots_are_sorted_as_people_count_them() -> None:
    slots = ["B1", "A10", "A2", "Kệ-2", "Kệ-11", "7", "12"]
    assert sorted(slots, key=slot_order) == ["7", "12", "A2", "A10", "B1", "Kệ-2", "Kệ-11"]


def test_a_combined_parcel_is_listed_once_with_the_order_that_keeps_it_there() -> None:
    released = hold(HoldState.RELEASED, HoldReason.CONFIRMED)
    waits = hold(HoldState.WAITING, HoldReason.RULE)
    shelved = [
        ShelvedParcel(1, order_id, "A1", number, "shop", "UTC", "T-1", held, NOW)
        for order_id, number, held in ((1, "A-1", released), (2, "A-2", waits))
    ]
    assert [each.number for each in one_a_parcel(shelved)] == ["A-2"]
