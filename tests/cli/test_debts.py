from __future__ import annotations

import csv
from pathlib import Path

from packstation.domain.orders import IncomingBalance, Outcome
from packstation.domain.times import DAY
from packstation.store.balances import keep_balances
from packstation.store.database import database_now, transaction
from packstation.store.shops import shop_id_of
from tests.cli.conftest import CommandLine
from tests.factories import a_buyer, a_shop, an_order

POS = a_shop("quầy", "kiotviet")


def test_what_customers_owe_is_listed_with_their_unpaid_invoices(packstation: CommandLine, tmp_path: Path) -> None:
    packstation.hand_in()
    assert packstation("debts").out == "nobody owes anything\n"
    placed = database_now() - 12 * DAY
    hoa = a_buyer("KH1", name="Hoa")
    packstation.hand_in(an_order("HD1", buyer=hoa, placed_at=placed, outcome=Outcome.DELIVERED, cod=False), shop=POS)
    with transaction():
        keep_balances("kiotviet", shop_id_of(POS), [IncomingBalance("KH1", 120_000, 0, placed)])
    [debt] = packstation("debts", "--json").document["debts"]
    assert (debt["name"], debt["debt"], debt["unpaid_days"]) == ("Hoa", 120_000, 12)
    assert [(one["number"], one["owed"], one["worth"]) for one in debt["invoices"]] == [("HD1", 120_000, 150_000)]
    assert "owes 120,000 ₫" in packstation("debts", "--customer", "Hoa").out
    assert "nợ 120.000 ₫" in packstation("debts", lang="vi").out
    packstation("debts", "--csv", tmp_path / "debts.csv")
    [row] = csv.DictReader((tmp_path / "debts.csv").open(encoding="utf-8-sig"))
    assert (row["number"], row["days"], row["owed"]) == ("HD1", "12", "120000")
    assert packstation("debts", "--customer", "Nobody").code == 4
