from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from python_calamine import load_workbook

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import DAY
from packstation.store.database import database_now, open_database, rows_of
from tests.cli.conftest import CommandLine
from tests.factories import a_buyer, an_order


@pytest.fixture
def shop(packstation: CommandLine) -> CommandLine:
    packstation.hand_in(an_order("A-0", buyer=None))
    buyer = a_buyer("an.nguyen", name="=HYPERLINK(evil)", phone="0912345678", email="an@example.vn")
    arrived: dict[str, Any] = {"status": Status.DELIVERED, "outcome": Outcome.DELIVERED}
    packstation.hand_in(an_order("A-1", buyer=buyer, placed_at=database_now() - 28 * DAY, **arrived))
    packstation("people", "add", "Mai", "--role", "supervisor", stdin="2468\n2468\n")
    return packstation


def test_the_list_on_screen_and_as_json_masks_phones(shop: CommandLine) -> None:
    ran = shop("due")
    assert ran.code == 0
    assert "runs out" in ran.out
    assert "in 2 days" in ran.out
    [one] = shop("due", "--kind", "runout", "--json").document["due"]
    assert (one["customer"], one["sku"], one["quantity"], one["days_left"]) == (1, "TEA-01", 1, 2)
    assert one["phone"].endswith("678")
    for text in (ran.out, one["phone"], one["email"]):
        assert "0912345678" not in text
        assert "an@example" not in text
    assert shop("due", "--kind", "birthday", lang="vi").out == "không có khách nào đến hạn\n"
    assert shop("due", "--vouchers", "lovers", "--json").document == {"due": []}


def test_a_file_has_phones_in_clear_for_a_supervisors_pin_and_is_recorded(shop: CommandLine, tmp_path: Path) -> None:
    as_csv, as_xlsx = tmp_path / "due.csv", tmp_path / "due.xlsx"
    assert shop("due", "--csv", as_csv, stdin="1111\n").code == 1
    assert not as_csv.exists()
    assert shop("due", "--csv", as_csv, stdin="2468\n").out == f"1 lines written to {as_csv}\n"
    [titles, row] = csv.reader(as_csv.read_text("utf-8-sig").splitlines())
    assert dict(zip(titles, row, strict=True))["phone"] == "0912345678"
    assert "'=HYPERLINK(evil)" in row
    assert shop("due", "--xlsx", as_xlsx, stdin="2468\n").code == 0
    [_titles, cells] = load_workbook(str(as_xlsx)).get_sheet_by_index(0).to_python()
    assert "0912345678" in cells
    open_database(shop.url, patient=True)
    assert rows_of("SELECT count(*) FROM ledger WHERE kind = 'due_exported' AND person_id IS NOT NULL") == [(2,)]


def test_what_cannot_be_is_one_line(shop: CommandLine, tmp_path: Path) -> None:
    assert shop("due", "--csv", tmp_path / "a", "--json").code == 2
    assert shop("due", "--kind", "gone").code == 2
    ran = shop("due", "--csv", tmp_path / "none" / "due.csv", stdin="2468\n")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
