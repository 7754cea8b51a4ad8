from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.past_orders import PastOrder, replaced_positions
from packstation.domain.shop_rates import ShopRate, rate_changes
from packstation.domain.times import DAY
from tests.domain.histories import T, customers, history, outcome_by_hand, past


def test_the_smoothed_ratio_leans_on_ten_percent_until_the_shop_has_judged_a_hundred_orders() -> None:
    failed = past(1, outcome=Outcome.DELIVERY_FAILED)
    assert history(failed, rate=ShopRate(99, 99)).smoothed_cancel_ratio == pytest.approx((1 + 6 * 0.1) / 7)
    assert history(failed, rate=ShopRate(100, 50)).smoothed_cancel_ratio == pytest.approx((1 + 6 * 0.5) / 7)
    assert history(rate=ShopRate(200, 20), weight=5).smoothed_cancel_ratio == pytest.approx(0.1)


@given(customers(), st.integers(T - 5 * DAY, T + 2 * DAY))
def test_the_changes_of_a_shops_rate_add_up_to_what_is_known_at_any_moment(orders: list[PastOrder], at: int) -> None:
    # A status is known no earlier than its order.
    orders = [replace(o, placed_at=min([o.placed_at, *(k.known_at for k in o.outcomes)])) for o in orders]
    of_shop = {order.position for order in orders if order.channel == "shopee"}
    before = [change for change in rate_changes(orders, of_shop) if change[0] < at]
    replaced = replaced_positions(orders, at)
    judged = failed = 0
    for order in orders:
        outcome, cause, _known_at = outcome_by_hand(order, at)
        if order.position in of_shop:
            charged = (outcome is Outcome.BUYER_CANCELLED and order.position not in replaced) or (
                outcome is Outcome.DELIVERY_FAILED and cause is not FailureCause.COURIER
            )
            failed += charged
            judged += charged or outcome in (Outcome.DELIVERED, Outcome.RETURNED)
    assert (sum(change[1] for change in before), sum(change[2] for change in before)) == (judged, failed)
