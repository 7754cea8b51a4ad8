from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from packstation.domain.times import to_ms
from packstation.store.database import rows_of
from tests.cli.conftest import CommandLine
from tests.factories import an_order

CARE = """
[[insert]]
id = "tet"
kind = "voucher"
list = "TET"
when = "nth_order == 1"
vi = "Phiếu Tết"
en = "Tet voucher"

[[insert]]
id = "again"
kind = "card"
when = "nth_order == 2"
vi = "Thiệp"
en = "Card"
"""


@pytest.fixture
def published(packstation: CommandLine, tmp_path: Path) -> CommandLine:
    packstation.hand_in(an_order("A-1"))
    file = tmp_path / "care.toml"
    file.write_text(CARE)
    assert packstation("policy", "publish", "--care", file).code == 0
    return packstation


def test_codes_are_imported_once_and_counted(published: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "tet.csv"
    file.write_text("code,amount,currency,expires\nT1,50000,VND,31/12/2099\nT2,x,VND,\nT3,50000,VND,2020-01-01\n")
    ran = published("care", "vouchers", "import", file, "--list", "TET")
    assert (ran.code, ran.out) == (3, "TET: 2 codes added, 0 known already, 1 lines rejected\n")
    assert ran.err == "line 3: amount 'x' is missing, unreadable or there twice\n"
    assert published("care", "vouchers", "import", file, "--list", "TET").out.startswith("TET: 0 codes added, 2 known")
    [one] = published("care", "vouchers", "list", "--json").document["lists"]
    assert one == {"list": "TET", "given": 0, "expired": 1, "left": 1}
    assert "50,000 ₫, until 31/12/2099" in published("care", "show", "A-1").out


def test_the_last_day_of_a_voucher_is_the_shops_wherever_the_computer_is(
    published: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    try:
        file = tmp_path / "tet.csv"
        file.write_text("code,amount,currency,expires\nT1,50000,VND,31/12/2099\n")
        published("care", "vouchers", "import", file, "--list", "TET")
        assert rows_of("SELECT expires_at FROM care_voucher") == [
            (to_ms(datetime(2100, 1, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))),)
        ]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_show_says_what_goes_in_and_why_without_keeping_anything(published: CommandLine) -> None:
    document = published("care", "show", "A-1", "--json").document
    assert (document["inserts"], document["empty_lists"]) == ([], ["TET"])
    assert document["rules"] == [
        {"rule": "tet", "gives": True, "figures": {"nth_order": 1}},
        {"rule": "again", "gives": False, "figures": {"nth_order": 1}},
    ]
    assert published("care", "show", "NONE").code == 4


def test_codes_are_added_for_a_supervisors_pin(published: CommandLine, tmp_path: Path) -> None:
    published("people", "add", "Mai", "--role", "supervisor", stdin="2468\n2468\n")
    file = tmp_path / "tet.csv"
    file.write_text("code,amount,currency\nT1,50000,VND\n")
    assert published("care", "vouchers", "import", file, "--list", "TET", stdin="1111\n").code == 1
    assert published("care", "vouchers", "list", "--json").document == {"lists": []}
    assert published("care", "vouchers", "import", file, "--list", "TET", stdin="2468\n").code == 0


def test_a_file_without_a_needed_column_or_a_bad_name_is_one_line(published: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "tet.csv"
    file.write_text("code,amount\nT1,5\n")
    for arguments in ((file, "--list", "TET"), (file, "--list", "a b"), (tmp_path / "none.csv", "--list", "TET")):
        ran = published("care", "vouchers", "import", *arguments)
        assert (ran.code, ran.err.count("\n")) == (2, 1)


def test_a_mistake_in_care_is_refused(published: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "care.toml"
    file.write_text(CARE.replace("nth_order == 1", "tier == 'gold'"))
    ran = published("policy", "check", "--care", file)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert f"{file}: insert[1].when" in ran.err
    assert "gold" in ran.err
