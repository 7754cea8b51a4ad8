"""Buyers blocked and slips printed from the shell."""

from __future__ import annotations

from pathlib import Path

from packstation.acts.scanning import DeskState, scan
from packstation.acts.workplace import open_station
from packstation.domain.desk_flow import DeskRules
from packstation.store.database import open_database, rows_of
from tests.cli.conftest import CommandLine
from tests.factories import a_buyer, an_item, an_order


def a_buyers_order(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("A-1", buyer=a_buyer("an", name="An", phone="0912345678")))
    assert packstation("people", "add", "Mai", "--role", "supervisor", stdin="2468\n").code == 0


def test_a_buyer_is_blocked_and_unblocked_with_a_supervisors_pin(packstation: CommandLine) -> None:
    a_buyers_order(packstation)
    assert packstation("check", "A-1").code == 0
    assert packstation("block", "0912345678", "--reason", "bom", stdin="1111\n").code == 1
    assert packstation("check", "A-1").code == 0
    assert packstation("block", "0912345678", "--reason", "bom", "--days", 7, stdin="2468\n").code == 0
    assert packstation("check", "A-1").code == 20
    assert packstation("unblock", "0912345678", "--reason", "xin lỗi rồi", stdin="2468\n").code == 0
    assert packstation("check", "A-1").code == 0
    ran = packstation("unblock", "0912345678", "--reason", "nữa", stdin="2468\n")
    assert (ran.code, "is not blocked" in ran.err) == (4, True)


def test_a_block_needs_a_reason_days_that_there_are_and_somebody_to_block(packstation: CommandLine) -> None:
    a_buyers_order(packstation)
    assert packstation("block", "0912345678", "--reason", " ", stdin="2468\n").code == 2
    ran = packstation("block", "0912345678", "--reason", "x", "--days", 400, stdin="2468\n")
    assert (ran.code, "from 1 to 365" in ran.err) == (2, True)
    assert packstation("block", "0999999999", "--reason", "x", stdin="2468\n").code == 4
    open_database(packstation.url)
    assert rows_of("SELECT * FROM buyer_block") == []


def test_the_slip_of_a_shelved_parcel_is_written(packstation: CommandLine, tmp_path: Path) -> None:
    packstation.hand_in(an_order("A-1", items=[an_item(price=90_000_000)], cod=True))
    slip = tmp_path / "slip.svg"
    ran = packstation("print", "slip", "A-1", "--to", slip)
    assert (ran.code, "nothing of it lies" in ran.err) == (4, True)
    open_database(packstation.url, patient=True)
    place = open_station("Bàn 1", DeskRules(slots=("B3",)))
    assert scan(place, None, "A-1", DeskState()).slot == "B3"
    assert packstation("print", "slip", "A-1", "--to", slip).code == 0
    assert "B3" in slip.read_text("utf-8")
    assert packstation("print", "slip", "A-1", "--to", tmp_path / "slip.txt").code == 2
