from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import CommandLine

Files = Callable[..., Path]
GOOD = (
    "1,anna,2011-01-01 10:00:00,10.00,1,1.0,UK,,,0",
    "2,anna,2011-01-02 10:00:00,20.00,1,1.0,UK,2011-01-05 09:00:00,,0",
)


def test_a_file_is_stored_and_its_history_can_be_asked_for(packstation: CommandLine, csv_file: Files) -> None:
    ran = packstation("import", csv_file(*GOOD))
    assert ran.code == 0, ran.err
    assert "2 new" in ran.out
    customer = packstation("customer", "anna", "--json").document["customer"]
    assert (customer["orders"], customer["delivered"], customer["delivery_failed"]) == (2, 1, 1)
    assert packstation("db", "check").code == 0


def test_the_same_file_again_changes_nothing(packstation: CommandLine, csv_file: Files) -> None:
    file = csv_file(*GOOD)
    packstation("import", file)
    assert "0 new, 0 changed, 2 as they were" in packstation("import", file).out


def test_a_newer_file_updates(packstation: CommandLine, csv_file: Files) -> None:
    packstation("import", csv_file(*GOOD))
    later = csv_file(GOOD[0].replace(",,,0", ",2011-02-01 09:00:00,,0"), GOOD[1])
    assert "1 changed, 1 as they were" in packstation("import", later).out
    assert packstation("customer", "anna", "--json").document["customer"]["delivery_failed"] == 2


def test_bad_rows_are_rejected_with_line_and_reason_and_the_rest_is_stored(
    packstation: CommandLine, csv_file: Files
) -> None:
    file = csv_file(GOOD[0], ",anna,2011-01-02 10:00:00,20.00,1,1.0,UK,,,0", "3,anna,whenever,5.00,1,1.0,UK,,,0")
    ran = packstation("import", file)
    assert ran.code == 3
    assert "1 new" in ran.out
    rejects = file.with_name("orders.csv.rejects.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in rejects[1:]] == [["3", "no_order_number"], ["4", "unreadable_time"]]


def test_a_dry_run_stores_nothing(packstation: CommandLine, csv_file: Files) -> None:
    assert packstation("import", csv_file(*GOOD), "--dry-run").code == 0
    assert packstation("check", "1").code == 1


def test_a_file_that_is_not_what_it_claims_to_be_is_refused_in_one_line(
    packstation: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "orders.xlsx"
    file.write_bytes(b"%PDF-1.7 nothing of the kind")
    ran = packstation("import", file)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert "orders.xlsx" in ran.err


def test_another_shops_name_takes_the_orders(packstation: CommandLine, csv_file: Files) -> None:
    packstation("import", csv_file(*GOOD), "--shop", "second")
    assert packstation("check", "1", "--shop", "second", "--json").document["order"]["shop"] == "second"
    assert packstation("check", "1", "--shop", "online-retail-orders").code == 30


def test_an_unknown_format_names_the_ones_there_are(packstation: CommandLine, csv_file: Files) -> None:
    ran = packstation("import", csv_file(*GOOD), "--format", "excel")
    assert ran.code == 2
    assert "shopee" in ran.err
