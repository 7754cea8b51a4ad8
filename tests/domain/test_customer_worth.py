from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.customer_worth import Profit, next_order_at, profit_of, voucher_share, worth_of
from packstation.domain.history import History
from packstation.domain.order_counts import Counts
from packstation.domain.orders import Outcome
from packstation.domain.product_tally import TalliedLine, TalliedOrder
from packstation.domain.shop_rates import ShopRate
from packstation.domain.times import DAY

NOW = 1_000 * DAY
HISTORY = History(
    Counts(orders=4, delivered=4, voucher_orders=1),
    {},
    "VND",
    {"VND": 400_000},
    0,
    4,
    10.0,
    NOW - 60 * DAY,
    NOW - 5 * DAY,
    0,
    ShopRate(),
    6,
)


def order(
    *lines: tuple[str, int, int], outcome: Outcome = Outcome.DELIVERED, back: int = 0, worth: int = 100
) -> TalliedOrder:
    refunds = ((0, back, 10 * back),) if back else ()
    return TalliedOrder(
        1, NOW, "VND", outcome, None, False, worth, tuple(TalliedLine(sku, "", *rest) for sku, *rest in lines), refunds
    )


def cost(_order: TalliedOrder, sku: str) -> int | None:
    return {"A": 7, "B": 3}.get(sku)


def test_without_costs_the_lifetime_value_is_what_was_spent_and_says_so() -> None:
    worth = worth_of(HISTORY, NOW, None)
    assert (worth.lifetime_value, worth.is_profit) == (400_000, False)
    assert worth_of(HISTORY, NOW, Profit(90, 3, 1)).is_profit is False
    assert worth_of(HISTORY, NOW, Profit(0, 0, 0)).is_profit is False


def test_profit_is_what_was_paid_less_what_the_kept_pieces_cost() -> None:
    orders = [
        order(("A", 2, 100), back=1),
        order(("B", 1, 100), outcome=Outcome.RETURNED, worth=0),
        order(("C", 1, 100)),
        order(("A", 9, 100), outcome=Outcome.DELIVERY_FAILED),
        replace(order(("A", 1, 100)), currency="GBP"),
    ]
    assert profit_of(orders, "VND", cost) == Profit(100 - 7 + 0, 2, 1)
    worth = worth_of(HISTORY, NOW, Profit(100_000, 4, 0))
    assert (worth.lifetime_value, worth.is_profit) == (100_000, True)
    assert worth.expected_12m == round(36.5 * 100_000 * 100_000 / 400_000)


def test_a_year_of_the_usual_gap_is_expected_and_halved_for_each_gap_of_silence() -> None:
    assert next_order_at(HISTORY) == NOW + 5 * DAY
    for silent, orders in ((0, 36.5), (5 * DAY, 36.5), (15 * DAY - 1, 36.5), (15 * DAY, 18.2), (25 * DAY, 9.1)):
        worth = worth_of(HISTORY, NOW + silent, None)
        assert worth.expected_orders_12m == orders
    assert worth_of(HISTORY, NOW, None).expected_12m == 3_650_000


def test_a_gap_below_a_day_counts_as_one() -> None:
    assert worth_of(replace(HISTORY, days_between_orders=0.0), NOW - 5 * DAY, None).expected_orders_12m == 365


@pytest.mark.parametrize(
    "history",
    [replace(HISTORY, days_between_orders=None), replace(HISTORY, days_between_orders=None, last_order_at=None)],
)
def test_nothing_is_expected_of_who_ordered_once_or_never(history: History) -> None:
    worth = worth_of(history, NOW, None)
    assert (worth.next_order_at, worth.expected_12m, worth.expected_orders_12m) == (None, None, None)


def test_vouchers_are_a_share_of_the_orders_that_were_not_left_unpaid() -> None:
    assert voucher_share(Counts(orders=5, unpaid_expired=1, voucher_orders=1)) == 0.25
    assert voucher_share(Counts(orders=1, unpaid_expired=1)) is None


@given(st.floats(0, 2_000).map(lambda days: round(days, 1)), st.integers(0, 10**6 * DAY))
def test_more_silence_never_lets_more_be_expected(gap: float, silent: int) -> None:
    history = replace(HISTORY, days_between_orders=gap)
    sooner, later = worth_of(history, NOW, None).expected_12m, worth_of(history, NOW + silent, None).expected_12m
    assert sooner is not None
    assert later is not None
    assert 0 <= later <= sooner
