"""A new caller clears the holds in a real terminal: once by the keys that the screen shows, once by scanner and command card alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from packstation.domain.people import Role
from packstation.domain.times import HOUR
from packstation.store.database import database_now, rows_of
from tests.end_to_end.real_desk import desk_of, hold_of
from tests.end_to_end.shop import World, risky
from tests.factories import HOME

HOW_MANY = [3, pytest.param(10, marks=pytest.mark.long)]


def bring(world: World, count: int) -> list[str]:
    """Holds of as many customers, in the order of their decide-by."""
    for place in range(count):
        address = replace(HOME, phone=f"09123450{place:02d}", street=f"{place} Hàng Bông")
        past, before, held = risky(f"R-{place}", address=address, ship_by=database_now() + (6 + place) * HOUR)
        buyer = replace(held.buyer, external_id=f"bom.{place}") if held.buyer else None
        world.bring(*(replace(order, buyer=buyer) for order in (past, before, held)))
    return [f"R-{place}" for place in range(count)]


@pytest.mark.parametrize("count", HOW_MANY)
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), pytest.param(130, 40, marks=pytest.mark.long)])
def test_by_the_keys_that_are_shown(world: World, tmp_path: Path, count: int, columns: int, rows: int) -> None:
    numbers = bring(world, count)
    with desk_of(world, tmp_path, columns=columns, rows=rows) as desk:
        desk.sees("F3")
        desk.press("f3")
        desk.sees(f"Open holds: {count}", "F9 Next" if columns < 100 else "F9 Take the next")
        for place, number in enumerate(numbers):
            desk.press("f9")
            desk.sees(f"CALL THE BUYER  {number}", "••• ••• ", " F2 ", "start: call, recorded")
            desk.press("f2")
            desk.sees(f"0912 345 0{place:02d}", "You placed order", " 1 ", "confirmed", " 8 ", "refuses", "▀▀▀▀▀▀▀")
            if place % 3 == 1:
                desk.press("8")
                desk.sees("Why does the buyer not want it?", "price")
                desk.press("3")
                desk.sees(f"{number}: refuses")
            else:
                desk.press("1")
                desk.sees(f"{number}: confirmed")
        desk.press("f9")
        desk.sees("It is nobody's turn", "Open holds: 0")
        desk.press("escape")
        desk.sees("SCAN")
    decided = [hold_of(number) for number in numbers]
    assert decided == [("closed", "refused") if place % 3 == 1 else ("released", "confirmed") for place in range(count)]
    assert rows_of("SELECT * FROM call_lease") == []


@pytest.mark.parametrize("count", HOW_MANY)
def test_by_scanner_and_command_card_alone(world: World, tmp_path: Path, count: int) -> None:
    numbers = bring(world, count)
    badge = world.person("Chi", Role.CALLER)
    with desk_of(world, tmp_path, badge=badge, language="vi") as desk:
        desk.sees("BÀN GỌI KHÁCH", f"Đang giữ: {count}")
        for place, number in enumerate(numbers):
            desk.scan(world.command("NEXT"))
            desk.sees(f"GỌI KHÁCH  {number}")
            desk.scan(world.command("CONTACT:CALL"))
            desk.sees(f"0912 345 0{place:02d}", "KHÁCH LẤY")
            if place % 3 == 1:
                desk.scan(world.command("RESULT:NO_ANSWER"))
                desk.sees(f"{number}: KHÔNG NGHE MÁY")
            else:
                desk.scan(world.command("RESULT:CONFIRMED"))
                desk.sees(f"{number}: KHÁCH LẤY")
        desk.scan(world.command("NEXT"))
        desk.sees("Chưa tới lượt ai; khách kế tiếp lúc")
    assert [hold_of(number)[1] for number in numbers] == [
        "rule" if place % 3 == 1 else "confirmed" for place in range(count)
    ]
    assert rows_of("SELECT count(*) FROM attempt WHERE result IS NULL") == [(0,)]
