from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packstation.domain.orders import OrderKind, Outcome
from packstation.domain.times import DAY
from packstation.store.care import nth_order
from packstation.store.database import rows_of
from packstation.store.standings import OrderInHand
from tests.factories import NOW, an_order, order_id, stored

pytestmark = pytest.mark.usefixtures("database")
OUTCOMES = (None, Outcome.DELIVERED, Outcome.RETURNED, Outcome.BUYER_CANCELLED, Outcome.DELIVERY_FAILED)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(OUTCOMES), st.booleans()), min_size=1, max_size=7))
def test_the_nth_order_is_counted_over_those_that_arrived_or_are_under_way(
    orders: list[tuple[int, Outcome | None, bool]],
) -> None:
    who = f"buyer-{rows_of('SELECT count(*) FROM buyer')[0][0]}"
    numbers = [f"{who}-{place}" for place in range(len(orders))]
    stored(
        *(
            an_order(
                number,
                buyer=who,
                placed_at=NOW - day * DAY,
                outcome=outcome,
                items=[number],
                kind=OrderKind.NORMAL if counts else OrderKind.SAMPLE,
            )
            for number, (day, outcome, counts) in zip(numbers, orders, strict=True)
        )
    )
    ids = [row[0] for row in rows_of("SELECT id FROM buyer WHERE external_id = ?", (who,))]
    arrived = (None, Outcome.DELIVERED, Outcome.RETURNED)
    for number, (day, _outcome, _counts) in zip(numbers, orders, strict=True):
        here = (-day, order_id(number))
        earlier = [
            other
            for other, (other_day, outcome, counts) in zip(numbers, orders, strict=True)
            if counts and outcome in arrived and (-other_day, order_id(other)) < here
        ]
        assert nth_order(OrderInHand(order_id(number), NOW - day * DAY), ids) == len(earlier) + 1
