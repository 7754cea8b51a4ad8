from __future__ import annotations

import pytest

from packstation.acts.costing import BadCostError, NoSuchShopError, WrittenCost, take_in_costs
from packstation.acts.customer_pages import ProductReading
from packstation.acts.customers import customer_at
from packstation.cli.customer_documents import figures_document
from packstation.domain.customer_worth import Profit
from packstation.domain.orders import Outcome, Refund
from packstation.domain.times import DAY, iso_utc
from packstation.store import customer_orders
from packstation.store.database import rows_of
from packstation.store.order_cards import customer_of
from tests.acts.worlds import World
from tests.factories import NOW, a_shop, an_item, an_order, hand_in, order_id

SHOP = a_shop("web", "woocommerce")


def the_customer() -> int:
    customer = customer_of(order_id("A-1", shop="web"))
    assert customer is not None
    return customer


@pytest.fixture
def orders(world: World) -> None:
    hand_in(
        an_order("A-1", placed_at=NOW - 9 * DAY, outcome=Outcome.DELIVERED, items=[an_item("TEA", 2, 100)]),
        an_order(
            "A-2",
            placed_at=NOW - 5 * DAY,
            outcome=Outcome.DELIVERED,
            items=[an_item("TEA", 3, 100)],
            refunds=(Refund(0, 1, 100, NOW - 2 * DAY),),
        ),
        an_order("A-3", placed_at=NOW - DAY),
        shop=SHOP,
    )


@pytest.mark.usefixtures("orders")
def test_the_lifetime_value_is_profit_once_all_costs_are_known() -> None:
    customer = the_customer()
    assert customer_at(customer)[0].profit is None
    since = iso_utc(NOW - 6 * DAY)
    assert take_in_costs("web", [WrittenCost(2, " TEA ", "60"), WrittenCost(3, "TEA", "70", since)]) == 2
    figures = customer_at(customer)[0]
    assert figures.profit == Profit((200 - 2 * 60) + (200 - 2 * 70), 2, 0)
    assert (figures.worth.lifetime_value, figures.worth.is_profit) == (140, True)
    document = figures_document(figures, in_clear=False)["figures"]
    assert (document["lifetime_value"], document["lifetime_value_is_profit"]) == (140, True)
    before = customer_at(customer, iso_utc(NOW - 3 * DAY))[0]
    assert before.worth.lifetime_value == (200 - 2 * 60) + (300 - 3 * 70)


@pytest.mark.usefixtures("orders")
def test_what_is_read_in_pieces_is_what_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    take_in_costs("web", [WrittenCost(2, "TEA", "60")])
    customer = the_customer()
    monkeypatch.setattr(customer_orders, "_PIECE", 1)
    reading = ProductReading(customer)
    pieces = 0
    while not reading.is_done:
        reading.read_on()
        pieces += 1
    assert pieces == 4
    figures = customer_at(customer)[0]
    assert (reading.products, reading.profit) == (figures.products, figures.profit)


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize(
    ("written", "what"),
    [
        (WrittenCost(3, " ", "1"), "sku"),
        (WrittenCost(3, "A", "x"), "cost"),
        (WrittenCost(3, "A", "-1"), "cost"),
        (WrittenCost(3, "A", "NaN"), "cost"),
        (WrittenCost(3, "A", "1", "soon"), "since"),
    ],
)
def test_a_line_that_cannot_be_read_takes_nothing_in(written: WrittenCost, what: str) -> None:
    with pytest.raises(BadCostError) as refused:
        take_in_costs("web", [WrittenCost(2, "TEA", "1"), written])
    assert (refused.value.line, refused.value.what) == (3, what)
    assert rows_of("SELECT * FROM item_cost") == []


@pytest.mark.usefixtures("orders")
def test_a_shop_that_is_none_is_said() -> None:
    with pytest.raises(NoSuchShopError):
        take_in_costs("nowhere", [])
