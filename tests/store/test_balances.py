from __future__ import annotations

import pytest

from packstation.domain.orders import IncomingBalance
from packstation.store.balances import Balance, balance_of, keep_balances
from packstation.store.database import rows_of, transaction
from packstation.store.shops import shop_id_of
from tests.factories import NOW, a_shop

pytestmark = pytest.mark.usefixtures("database")


def kept(*balances: IncomingBalance) -> list[int]:
    with transaction():
        keep_balances("kiotviet", shop_id_of(a_shop("quay", "kiotviet")), balances)
    return [row[0] for row in rows_of("SELECT customer_id FROM buyer ORDER BY id")]


def test_the_newest_balance_of_a_buyer_is_kept() -> None:
    (customer,) = kept(IncomingBalance("KH1", 120_000, 30, NOW))
    kept(IncomingBalance("KH1", 90_000, 45, NOW + 1))
    kept(IncomingBalance("KH1", 500_000, 1, NOW - 1))
    assert balance_of(customer) == Balance(90_000, 45)


def test_a_customer_of_whom_no_shop_says_anything_has_no_balance() -> None:
    customers = kept(IncomingBalance("KH1", 0, 0, NOW))
    assert balance_of(customers[0]) == Balance(0, 0)
    assert balance_of(customers[0] + 1) == Balance()
