from __future__ import annotations

import csv
from pathlib import Path

import pytest
import python_calamine

from packstation.domain.orders import IncomingParcel, Outcome, Status
from packstation.domain.times import DAY
from tests.cli.conftest import CommandLine
from tests.factories import NOW, a_shop, an_order

HEADER = "Mã vận đơn,Mã đối soát,Tiền COD đã trả,Phí,Ngày chuyển khoản"
WEB = a_shop("web", "woocommerce")


@pytest.fixture
def statement(packstation: CommandLine, tmp_path: Path) -> Path:
    """Two delivered COD orders of 150,000 đồng each, and a statement that pays one short, and one that nobody knows."""
    for number in ("1", "2"):
        order = an_order(
            f"W-{number}",
            placed_at=NOW - 2 * DAY,
            status=Status.COMPLETED,
            outcome=Outcome.DELIVERED,
            known_at=NOW - DAY,
            parcels=(IncomingParcel(None, f"T{number}", "carrier"),),
        )
        packstation.hand_in(order, shop=WEB)
    file = tmp_path / "doi-soat.csv"
    rows = ("T1,DS-1,100.000,15.000,09/10/2025 09:00", "=T9,DS-1,20.000,,09/10/2025 09:00", ",DS-1,120.000,,09/10/2025")
    file.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return file


def test_a_statement_is_imported_once_and_its_differences_are_listed(
    packstation: CommandLine, statement: Path, tmp_path: Path
) -> None:
    ran = packstation("import", statement)
    assert ran.code == 3, ran.err
    assert "2 new, 0 as they were" in ran.out
    assert "paid short: 1" in ran.out
    assert "no_parcel_number" in statement.with_name("doi-soat.csv.rejects.csv").read_text("utf-8-sig")
    assert "0 new, 2 as they were" in packstation("import", statement).out
    document = packstation("cod", "--json").document
    assert [(one["kind"], one["tracking"], one["difference"]) for one in document["differences"]] == [
        ("unknown", "=T9", 20_000),
        ("short", "T1", -50_000),
        ("missing", "T2", -150_000),
    ]
    assert document["totals"] == [
        {
            "carrier": "carrier",
            "currency": "VND",
            "lines": 2,
            "paid": 120_000,
            "fees": 15_000,
            "counted": 100_000,
            "short": -50_000,
            "over": 0,
            "twice": 0,
            "unknown": 20_000,
            "not_delivered": 0,
            "missing": -150_000,
        }
    ]
    out = packstation("cod", "--short", lang="vi").out
    assert "trả thiếu" in out
    assert "-50.000" in out
    packstation("cod", "--csv", tmp_path / "cod.csv", "--xlsx", tmp_path / "cod.xlsx")
    rows = list(csv.DictReader((tmp_path / "cod.csv").open(encoding="utf-8-sig")))
    assert [row["tracking"] for row in rows] == ["'=T9", "T1", "T2"]
    book = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "cod.xlsx"))
    assert [row[5] for row in book.get_sheet_by_index(0).to_python()] == ["tracking", "=T9", "T1", "T2"]
    assert packstation("cod", "--carrier", "nobody", "--json").document == {"differences": [], "totals": []}


def test_a_difference_is_settled_by_a_supervisor_with_a_reason(packstation: CommandLine, statement: Path) -> None:
    packstation("import", statement)
    assert packstation("cod", "settle", "T1").code == 2
    assert packstation("cod", "settle", "T7", "--why", "đã đòi").code == 4, "nobody supervises yet"
    packstation("people", "add", "Bình", "--role", "supervisor", stdin="2468\n")
    assert packstation("cod", "settle", "T1", "--why", "đã đòi được", stdin="1111\n").code == 1
    ran = packstation("cod", "settle", "T1", "--why", "đã đòi được", stdin="2468\n")
    assert (ran.code, ran.out) == (0, "1 differences settled\n")
    assert [one["kind"] for one in packstation("cod", "--json").document["differences"]] == ["unknown", "missing"]


def test_a_dry_run_stores_nothing(packstation: CommandLine, statement: Path) -> None:
    assert "2 lines checked" in packstation("import", statement, "--dry-run").out
    assert packstation("cod", "--unknown").out.startswith("no differences")
