from __future__ import annotations

import pytest

from packstation.acts import dues
from packstation.domain.orders import IncomingBuyer, Outcome, Status
from packstation.domain.times import DAY, from_ms, to_ms
from packstation.store.database import database_now
from packstation.tui.screens import due
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.widgets.text import Label
from tests.factories import an_order
from tests.tui.worlds import Hands, World, at_desk, settings_for


@pytest.fixture
def shop(world: World) -> World:
    now = database_now()
    for number, days in (("A-1", 29), ("A-2", 100), ("A-3", 33)):
        buyer = IncomingBuyer(f"b-{number}", f"Khách {number}")
        order = an_order(
            number, buyer=buyer, placed_at=now - days * DAY, status=Status.DELIVERED, outcome=Outcome.DELIVERED
        )
        world.bring(order)
    return world


def seen(hands: Hands) -> list[str]:
    table = hands.app.screen.query_one("#list", LineTable)
    lines = ["".join(segment.text for segment in table.render_line(y)) for y in range(1, 1 + table.row_count)]
    return [" ".join(line.split()) for line in lines]


async def test_who_is_due_is_listed_at_the_desk_and_opened(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dues.due_piece, "__defaults__", (1,))
    async with at_desk(settings_for(shop.url, language="vi"), shop.packer_badge, size=(80, 24)) as hands:
        await hands.press("ctrl+d")
        assert hands.dialog == "DueList"
        above = hands.app.screen.query_one("#above", Label).shown
        assert above == "1 sắp dùng hết: 2  ·  2 lâu chưa mua lại: 1  ·  3 sắp sinh nhật: 0"
        first, second, third = seen(hands)
        assert first.startswith("ngày mai sắp dùng hết #1 Khách A-1 1 × Trà sen")
        assert second.startswith("3 ngày trước sắp dùng hết #3")
        assert third.startswith("10 ngày trước lâu chưa mua lại #2")
        await hands.press("v")
        assert seen(hands) == []
        assert "1 sắp dùng hết: 0  ·  2 lâu chưa mua lại: 0" in hands.app.screen.query_one("#above", Label).shown
        await hands.press("v")
        assert "mua giá gốc" in hands.app.screen.query_one("#above", Label).shown
        await hands.press("2")
        assert seen(hands) == [third]
        await hands.press("enter")
        assert hands.dialog == "CustomerScreen"
        assert "Khách A-2" in hands.app.screen.query_one("#title", Label).shown


async def test_who_buys_with_vouchers_is_not_crowded_out_by_all_the_others(
    shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "MOST", 1)
    far = an_order(
        "A-4",
        buyer=IncomingBuyer("b-A-4", "Khách A-4"),
        placed_at=database_now() - 35 * DAY,
        status=Status.DELIVERED,
        outcome=Outcome.DELIVERED,
        vouchers=("SALE",),
    )
    shop.bring(far)
    async with at_desk(settings_for(shop.url, language="vi"), shop.packer_badge, size=(80, 24)) as hands:
        await hands.press("ctrl+d", "1", "v")
        assert [line.split(" 1 ×")[0] for line in seen(hands)] == ["5 ngày trước sắp dùng hết #4 Khách A-4"]
        assert "1 sắp dùng hết: 1" in hands.app.screen.query_one("#above", Label).shown


async def test_what_is_due_today_stands_above_yesterday_and_tomorrow_at_any_hour(world: World) -> None:
    midnight = to_ms(from_ms(database_now(), "Asia/Ho_Chi_Minh").replace(hour=0, minute=0, second=0, microsecond=0))
    for place, due_at in enumerate((midnight - 1, midnight + DAY, midnight + DAY - 1, midnight)):
        delivered = an_order(
            f"D-{place}",
            buyer=IncomingBuyer(f"b-{place}", f"Khách {place}"),
            placed_at=due_at - 30 * DAY,
            status=Status.DELIVERED,
            outcome=Outcome.DELIVERED,
        )
        world.bring(delivered)
    async with at_desk(settings_for(world.url), world.packer_badge, size=(80, 24)) as hands:
        await hands.press("ctrl+d")
        assert [line.split()[0] for line in seen(hands)][:2] == ["today", "today"]
        assert {line.split()[0] for line in seen(hands)[2:]} == {"yesterday", "tomorrow"}


async def test_a_scan_closes_the_list_and_is_answered(shop: World) -> None:
    async with at_desk(settings_for(shop.url), shop.packer_badge) as hands:
        await hands.press("ctrl+d")
        await hands.scan("A-1")
        assert hands.dialog == ""
        assert hands.tone == "stop"
