from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.deadlines import Deadlines, cut_off
from packstation.domain.holds import ANY_CARRIER, HoldRules
from packstation.domain.next_truck import NextTruck, ToLeave, next_truck
from packstation.domain.orders import Status
from packstation.domain.shop_week import Departures
from packstation.domain.times import DAY, HOUR, MINUTE
from tests.factories import NOW

ZONE = "Asia/Ho_Chi_Minh"
# NOW is Thursday, 15:53 in Hanoi.
FIVE = NOW + 67 * MINUTE - 20_000
EVENING, EVENING_AND_NOON = Departures(((17 * 60,),) * 7), Departures(((12 * 60, 17 * 60),) * 7)
RULES = HoldRules(cut_offs={"spx": EVENING, ANY_CARRIER: EVENING_AND_NOON})


def order(leaves_by: int | None, carrier: str | None = "SPX", placed_at: int = NOW - DAY) -> ToLeave:
    return ToLeave(Deadlines(ship_by=leaves_by), Status.TO_PACK, placed_at, ZONE, frozenset({carrier}))


def test_what_cannot_wait_for_the_truck_after_the_next_is_counted() -> None:
    orders = [order(FIVE + HOUR), order(FIVE + DAY - 1), order(FIVE + DAY), order(NOW - HOUR), order(None)]
    assert next_truck(orders, RULES, NOW) == NextTruck(FIVE, ZONE, 3)
    assert next_truck([order(FIVE + 2 * DAY)], RULES, NOW) is None


def test_another_carriers_next_truck_may_be_the_one_after_that_of_the_first() -> None:
    assert next_truck([order(FIVE + HOUR, None)], RULES, FIVE + 1) == NextTruck(FIVE + 19 * HOUR, ZONE, 1)
    both = [order(FIVE + 19 * HOUR, None), order(FIVE + DAY, "SPX")]
    assert next_truck(both, RULES, FIVE + 1) == NextTruck(FIVE + 19 * HOUR, ZONE, 1)


def test_without_trucks_nothing_has_to_make_one() -> None:
    assert next_truck([order(FIVE)], HoldRules(), NOW) is None


@pytest.mark.parametrize(("placed_at", "counted"), [(NOW - 47 * HOUR, True), (NOW - 40 * HOUR, False)])
def test_an_order_without_any_deadline_leaves_with_the_first_truck_after_its_default_one(
    placed_at: int, counted: bool
) -> None:
    assert (next_truck([order(None, placed_at=placed_at)], RULES, NOW) is not None) == counted


@given(
    st.one_of(st.none(), st.integers(-3 * DAY, 4 * DAY)),
    st.integers(-5 * DAY, 0),
    st.sampled_from(["SPX", None, "GHN"]),
)
def test_it_agrees_with_each_orders_own_truck(leaves_in: int | None, placed: int, carrier: str | None) -> None:
    one = order(None if leaves_in is None else NOW + leaves_in, carrier, NOW + placed)
    own = cut_off(one.deadlines, one.status, one.placed_at, one.carriers, ZONE, RULES)
    found = next_truck([one], RULES, NOW)
    departures = RULES.departures(carrier)
    assert departures is not None
    first = departures.first_from(NOW, ZONE)
    assert first is not None
    if own is not None:
        assert (found is not None) == (own <= first)
    elif found is not None:
        assert one.deadlines.leaves_by is not None
        assert one.deadlines.leaves_by < first, "it is due before any truck that it could make"
