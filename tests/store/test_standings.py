from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packstation.domain.orders import IncomingBalance, OrderKind, Outcome
from packstation.domain.times import DAY, HOUR
from packstation.store.balances import balance_of, keep_balances
from packstation.store.database import rows_of, transaction
from packstation.store.shops import shop_id_of
from packstation.store.standings import OrderInHand, bought_before, dealings_of
from tests.factories import NOW, a_shop, an_item, an_order, order_id, stored

pytestmark = pytest.mark.usefixtures("database")
POS = a_shop("quay", "kiotviet")


def buyers() -> list[int]:
    return [row[0] for row in rows_of("SELECT id FROM buyer ORDER BY id")]


def days(number: str | None = None, at: int | None = None) -> float | None:
    order = None
    if number is not None:
        [(placed_at,)] = rows_of("SELECT placed_at FROM orders WHERE number = ?", (number,))
        order = OrderInHand(order_id(number), placed_at)
    return dealings_of(buyers(), balance_of(0), at, NOW, order).days_since_previous_order


def test_who_buys_again_does_so_from_the_order_bought_before_to_the_one_in_hand() -> None:
    stored(
        an_order("A-1", placed_at=NOW - 40 * DAY, outcome=Outcome.DELIVERED),
        an_order("A-2", placed_at=NOW - 20 * DAY, outcome=Outcome.BUYER_CANCELLED),
        an_order("A-3", placed_at=NOW - 10 * DAY, outcome=Outcome.RETURNED),
        an_order("A-4", placed_at=NOW - 9 * DAY, outcome=Outcome.DELIVERY_FAILED),
        an_order("A-5", placed_at=NOW - 3 * DAY - 12 * HOUR),
        an_order("A-6", placed_at=NOW - 2 * DAY, kind=OrderKind.SAMPLE),
    )
    assert days("A-1") is None
    assert days("A-3") == 30
    assert days("A-5") == 6.5
    assert days() == 6.5


def test_at_a_moment_counts_what_was_known_then() -> None:
    stored(
        an_order("A-1", placed_at=NOW - 40 * DAY, outcome=Outcome.DELIVERED),
        an_order("A-2", placed_at=NOW - 9 * DAY, outcome=Outcome.BUYER_CANCELLED, known_at=NOW - 5 * DAY),
        an_order("A-3", placed_at=NOW - 8 * DAY),
    )
    assert days("A-3") == 32
    assert days("A-3", at=NOW - 5 * DAY) == 1
    assert days("A-3", at=NOW - 5 * DAY + 1) == 32
    assert days(None, at=NOW - 8 * DAY) == 31
    assert days(None, at=NOW - 9 * DAY) is None


def test_a_single_order_was_not_bought_again() -> None:
    stored(an_order("A-1"))
    assert days() is None
    assert days("A-1") is None


def owed(*balances: tuple[str, int]) -> float | None:
    with transaction():
        keep_balances("kiotviet", shop_id_of(POS), [IncomingBalance(who, debt, 0, NOW) for who, debt in balances])
    [(customer,)] = rows_of("SELECT customer_id FROM buyer WHERE external_id = 'KH1'")
    return dealings_of(buyers(), balance_of(customer), None, NOW, None).unpaid_days


def test_a_debt_is_as_old_as_the_oldest_order_that_it_is_owed_for() -> None:
    price: dict[str, Any] = {"buyer": "KH1", "items": [an_item(price=100)], "outcome": Outcome.DELIVERED, "cod": False}
    stored(
        an_order("1", placed_at=NOW - 90 * DAY, **price),
        an_order("2", placed_at=NOW - 60 * DAY, **price),
        an_order("3", placed_at=NOW - 50 * DAY, paid_at=NOW - 50 * DAY, **price),
        an_order("4", placed_at=NOW - 30 * DAY, **price),
        an_order("5", placed_at=NOW - 20 * DAY, **{**price, "outcome": Outcome.SELLER_CANCELLED}),
        an_order("6", placed_at=NOW - 10 * DAY, **{**price, "cod": True}),
        shop=POS,
    )
    assert owed(("KH1", 100)) == 30
    assert owed(("KH1", 101)) == 60
    assert owed(("KH1", 200)) == 60
    assert owed(("KH1", 100_000)) == 90
    assert owed(("KH1", 0)) == 0
    assert owed(("KH1", -5)) == 0


def test_a_debt_without_orders_has_no_age() -> None:
    assert owed(("KH1", 50_000)) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=6))
def test_the_gap_is_that_of_the_last_two_orders_bought(placed: list[tuple[int, bool]]) -> None:
    who = f"buyer-{rows_of('SELECT count(*) FROM buyer')[0][0]}"
    numbers = [f"{who}-{place}" for place in range(len(placed))]
    stored(
        *(
            an_order(
                number,
                buyer=who,
                placed_at=NOW - day * DAY,
                outcome=Outcome.DELIVERED if arrived else Outcome.BUYER_CANCELLED,
            )
            for number, (day, arrived) in zip(numbers, placed, strict=True)
        )
    )
    ids = [row[0] for row in rows_of("SELECT id FROM buyer WHERE external_id = ?", (who,))]
    bought = sorted(day for day, arrived in placed if arrived)
    assert bought_before(ids, None, None, 2) == [NOW - day * DAY for day in bought[:2]]
    found = dealings_of(ids, balance_of(0), None, NOW, None).days_since_previous_order
    assert found == (bought[1] - bought[0] if len(bought) > 1 else None)
