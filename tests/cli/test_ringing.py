from __future__ import annotations

import pytest

from packstation.acts.workplace import open_station
from packstation.domain.desk_flow import DeskRules
from packstation.store.database import open_database, rows_of
from tests.cli.conftest import CommandLine
from tests.factories import an_order


def test_a_phone_system_tells_a_station_who_rings(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("P-1"))
    open_database(packstation.url)
    open_station("Bàn 1", DeskRules(slots=()))
    ran = packstation("ring", "0912 345 678", "--station", "Bàn 1")
    assert (ran.code, ran.out) == (0, "Bàn 1 is told that +84912345678 rings\n")
    assert rows_of("SELECT phone_key, taken_at FROM ring") == [("+84912345678", None)]


@pytest.mark.parametrize("number", ["anonymous", "12", "0912345678; reboot", "$(reboot)", "0912345678\n1"])
def test_what_is_no_number_is_refused_in_one_line(packstation: CommandLine, number: str) -> None:
    packstation.hand_in(an_order("P-1"))
    ran = packstation("ring", number)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "is no telephone number" in ran.err


def test_a_station_that_there_is_not_is_refused_with_those_that_there_are(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("P-1"))
    open_database(packstation.url)
    open_station("Bàn 1", DeskRules(slots=()))
    ran = packstation("ring", "0912345678", "--station", "Bàn 9")
    assert ran.code == 2
    assert "Bàn 9: there is no such station; there are: Bàn 1" in ran.err
