from __future__ import annotations

from pathlib import Path

import pytest

from packstation.store.database import rows_of
from tests.cli.conftest import CommandLine
from tests.factories import a_shop, an_order

KEPT = "SELECT sku, cost FROM item_cost ORDER BY sku"


@pytest.fixture
def file(packstation: CommandLine, tmp_path: Path) -> Path:
    packstation.hand_in(an_order("A-1"), shop=a_shop("web", "woocommerce"))
    return tmp_path / "costs.csv"


@pytest.mark.parametrize("divider", [",", ";"])
def test_a_file_as_spreadsheets_write_it_is_taken_in(packstation: CommandLine, file: Path, divider: str) -> None:
    lines = ("SKU,Cost,Note", "TEA,12000,", "CUP,500,new")
    file.write_text("\r\n".join(lines).replace(",", divider) + "\r\n", encoding="utf-8-sig", newline="")
    assert packstation("costs", "import", file, "--shop", "web").out == "web: 2 costs taken in\n"
    assert rows_of(KEPT) == [("CUP", 500), ("TEA", 12_000)]


def test_a_cost_with_a_comma_in_it_is_not_taken_for_its_first_digits(packstation: CommandLine, file: Path) -> None:
    file.write_text("sku,cost\nTEA,500\nCUP,12,000\n", encoding="utf-8")
    ran = packstation("costs", "import", file, "--shop", "web")
    assert (ran.code, "line 3: '12,000' is no cost; nothing was taken in" in ran.err) == (2, True)
    assert rows_of(KEPT) == []


def test_other_files_and_shops_are_one_line(packstation: CommandLine, file: Path) -> None:
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "sku" in packstation("costs", "import", file, "--shop", "web", lang="vi").err
    file.write_text("sku,cost\n", encoding="utf-8")
    assert packstation("costs", "import", file, "--shop", "elsewhere").code == 4
    assert packstation("costs", "import", file.with_name("none.csv"), "--shop", "web").err.count("\n") == 1
