from __future__ import annotations

from pathlib import Path

import pytest

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import DAY
from packstation.store.database import close_database, database_now, open_database, rows_of
from tests.cli.conftest import CommandLine
from tests.factories import an_order


@pytest.fixture
def folder(packstation: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where letters are saved; a supervisor and an order are there."""
    packstation.hand_in(an_order("A-1"))
    packstation("people", "add", "Mai", "--role", "supervisor", stdin="2468\n")
    monkeypatch.setenv("PACKSTATION_CASES__FOLDER", str(tmp_path / "letters"))
    return tmp_path / "letters"


def test_a_case_is_opened_answered_and_closed_with_a_supervisors_pin(packstation: CommandLine, folder: Path) -> None:
    assert packstation("case", "open", "A-1", stdin="1111\n").code == 1
    assert packstation("case", "list", "--json").document == {"cases": [], "due": []}
    opened = packstation("case", "open", "A-1", "--lang", "vi", stdin="2468\n")
    assert opened.out == f"case 1: the letter is saved in {folder / 'case-1-A-1.pdf'}; hand it in to the channel\n"
    assert "this buyer is reported already: case 1" in packstation("case", "open", "A-1", stdin="2468\n").err
    shown = packstation("case", "show", 1).out
    assert "Báo cáo người mua: đơn A-1" in shown
    assert f"letter saved in {folder}" in shown
    assert packstation("case", "answered", 1, "--result", "khóa", stdin="1111\n").code == 1
    assert packstation("case", "answered", 1, "--result", " ", stdin="2468\n").code == 2
    told = packstation("case", "answered", 1, "--result", "khóa 7 ngày", "--next-check", "2020-01-02", stdin="2468\n")
    assert told.out == "case 1: the answer is noted\n"
    [listed] = packstation("case", "list", "--json").document["cases"]
    assert (listed["state"], listed["result"], listed["overdue"]) == ("answered", "khóa 7 ngày", True)
    assert listed["next_check_at"] == "2020-01-02T01:00:00Z"
    assert "CHECK, since 02/01/2020" in packstation("case", "list").out
    assert "1 cases of reported buyers are to be looked at" in packstation("report", "day").out
    assert packstation("case", "close", 1, stdin="1111\n").code == 1
    assert packstation("case", "close", 1, stdin="2468\n").code == 0
    assert "case 1 is closed: that is not possible now" in packstation("case", "close", 1, stdin="2468\n").err
    assert packstation("report", "day", "--json").document["cases_to_check"] == 0
    open_database(packstation.url)
    people = {row[0] for row in rows_of("SELECT person_id FROM ledger WHERE kind LIKE 'case_%'")}
    close_database()
    assert people == {1}


def test_with_mail_and_an_address_the_letter_waits_for_the_daemon(
    packstation: CommandLine, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PACKSTATION_MAIL__HOST", "127.0.0.1")
    monkeypatch.setenv("PACKSTATION_MAIL__SENDER", "shop@example.vn")
    monkeypatch.setenv("PACKSTATION_CASES__RECIPIENTS", '{"shopee": "report@shopee.example"}')
    opened = packstation("case", "open", "A-1", stdin="2468\n")
    assert "case 1: the letter waits to be sent to report@shopee.example" in opened.out
    assert not folder.exists()
    assert packstation("status", "--json").document["mail"]["waiting"] == 1
    file = tmp_path / "thư.pdf"
    assert packstation("case", "show", 1, "--pdf", file).code == 0
    assert file.read_bytes().startswith(b"%PDF")
    assert packstation("case", "answered", 1, "--result", "x", stdin="2468\n").code == 1


def test_the_list_names_who_is_to_be_reported(packstation: CommandLine, folder: Path) -> None:
    packstation.hand_in(
        *(
            an_order(
                f"R-{day}",
                buyer="binh",
                placed_at=database_now() - day * DAY,
                status=Status.RETURNED,
                outcome=Outcome.DELIVERY_FAILED,
                known_at=database_now() - DAY,
            )
            for day in (5, 4, 3)
        )
    )
    assert "to report: shop-a  R-3, keeps refusing (0 never answered, 3 refused)" in packstation("case", "list").out
    packstation("case", "open", "R-3", stdin="2468\n")
    assert packstation("case", "list", "--json").document["due"] == []


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("open", "A-9"), 4, "there is no order 'A-9'"),
        (("open", "A-1", "--lang", "de"), 2, "must be vi or en"),
        (("show", "9"), 4, "there is no case 9"),
        (("answered", "9", "--result", "x"), 4, "there is no case 9"),
        (("close", "9"), 4, "there is no case 9"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(
    packstation: CommandLine, folder: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    ran = packstation("case", *words, stdin="2468\n")
    assert ran.code == code
    assert says in ran.err
    assert ran.err.count("\n") == 1
