from __future__ import annotations

from typing import Any

from packstation.domain.orders import IncomingBalance, Outcome
from packstation.domain.times import DAY
from packstation.store.balances import keep_balances
from packstation.store.database import rows_of, transaction
from packstation.store.debts import customers_in_debt, unpaid_of
from packstation.store.shops import shop_id_of
from tests.factories import NOW, a_shop, an_item, an_order, stored

POS = a_shop("quầy", "kiotviet")


def invoice(number: str, days_ago: int, price: int = 100, buyer: str = "KH1", **more: Any) -> Any:
    standard = {"outcome": Outcome.DELIVERED, "cod": False, "buyer": buyer, "items": [an_item(price=price)]}
    return an_order(number, placed_at=NOW - days_ago * DAY, **{**standard, **more})


def owing(**debts: int) -> None:
    with transaction():
        balances = [IncomingBalance(who, debt, 0, NOW) for who, debt in debts.items()]
        keep_balances("kiotviet", shop_id_of(POS), balances)


def customer(buyer: str) -> int:
    return int(rows_of("SELECT customer_id FROM buyer WHERE external_id = ?", (buyer,))[0][0])


def test_a_debt_is_told_on_the_newest_invoices_without_a_payment_and_never_on_cod_orders(database: str) -> None:
    stored(
        invoice("1", 90),
        invoice("2", 60),
        invoice("3", 50, paid_at=NOW - 50 * DAY),
        invoice("4", 30),
        invoice("5", 10, cod=True),
        shop=POS,
    )
    owing(KH1=150)
    assert [(one.number, one.owed, one.worth) for one in unpaid_of(customer("KH1"))] == [
        ("2", 50, 100),
        ("4", 100, 100),
    ]


def test_everybody_in_debt_is_listed_the_oldest_invoice_first(database: str) -> None:
    stored(invoice("1", 5), invoice("2", 40, buyer="KH2"), invoice("3", 3, buyer="KH3"), shop=POS)
    owing(KH1=100, KH2=30, KH3=0, KH4=70)
    told = [(one.customer_id, one.debt, len(one.invoices)) for one in customers_in_debt()]
    assert told == [(customer("KH2"), 30, 1), (customer("KH1"), 100, 1), (customer("KH4"), 70, 0)]
