"""Parcels to pull reach the eye whatever is on the screen, and stay counted and listed until they are scanned in."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from packstation.domain.times import DAY
from packstation.store.database import execute_many
from packstation.tui.screens.demo_lines import DemoLine
from packstation.tui.widgets.header_bar import HeaderBar
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.widgets.panel import Panel
from packstation.tui.widgets.text import Label
from tests.tui.worlds import Hands, World, at_desk, cancelled, fresh, risky, settings_for

SMALL = (80, 24)
CARD = (DemoLine("ORD1001", "PACK", "a plain order"),)


async def pack(hands: Hands, *numbers: str) -> None:
    for number in numbers:
        await hands.scan(number)
        hands.later(2)
        await hands.scan(number)
        assert hands.tone == "done"


def screen_of(hands: Hands) -> list[str]:
    """What the terminal shows, a line a row."""
    return [
        "".join(segment.text for segment in strip)
        for strip in hands.app.screen._compositor.render_strips(hands.app.size)
    ]


def holds_table(hands: Hands) -> LineTable:
    return hands.app.screen.query_one("#queue", LineTable)


def told_above_the_queue(hands: Hands) -> str:
    return hands.app.screen.query_one("#call-alarms", Panel).text


@pytest.mark.parametrize(("key", "dialog"), [("f1", "Help"), ("f11", "Shops"), ("f12", "DemoCard")])
async def test_an_alarm_is_seen_over_every_tall_dialog_on_the_smallest_screen(
    world: World, key: str, dialog: str
) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge, size=SMALL, demo_card=CARD) as hands:
        await hands.press("escape")
        await pack(hands, "ORD1001")
        await hands.press(key)
        assert hands.dialog == dialog
        focused = hands.app.focused
        world.bring(cancelled("ORD1001"))
        await hands.look()
        assert hands.dialog == dialog
        assert hands.app.focused is focused
        first, *box = screen_of(hands)
        assert "PULL PARCEL ORD1001: cancelled" in first
        assert "╭" in box[0]
        assert "╰" in box[-2]
        await hands.press("escape")
        assert "PULL PARCEL ORD1001" in hands.panel("alarms"), "Escape closed the dialog only"


async def test_an_alarm_is_seen_over_a_dialog_that_opens_after_it_and_goes_with_the_alarm(world: World) -> None:
    world.bring(*(fresh(number) for number in ("ORD1001", "ORD1002")))
    async with at_desk(settings_for(world.url), world.packer_badge, size=SMALL) as hands:
        await pack(hands, "ORD1001", "ORD1002")
        world.bring(cancelled("ORD1001"), cancelled("ORD1002"))
        await hands.look()
        await hands.press("f1")
        assert "⚠ +1  PULL PARCEL" in screen_of(hands)[0]
        async with at_desk(settings_for(world.url, station={"name": "Desk 2"}), world.supervisor_badge) as other:
            await other.scan("ORD1001", "ORD1002")
        await hands.look()
        assert hands.dialog == "Help"
        assert "PULL" not in screen_of(hands)[0]


async def test_the_pin_field_keeps_the_keys_and_is_not_covered_by_an_alarm(world: World) -> None:
    world.bring(*risky("ORD2001"), fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge, size=SMALL) as hands:
        await pack(hands, "ORD1001")
        await hands.scan("ORD2001")
        await hands.press("f5", "r", "1")
        field = hands.app.screen.query_one("#pin", Input)
        assert hands.app.focused is field
        await hands.type("24")
        before = field.region
        world.bring(cancelled("ORD1001"))
        await hands.look()
        await hands.type("68")
        assert hands.app.focused is field
        assert field.value == "2468"
        assert field.region == before
        assert "PULL PARCEL ORD1001" in screen_of(hands)[0]
        assert before.y > 0


async def test_an_acknowledged_parcel_is_counted_and_listed_with_its_place_until_it_is_scanned_in(world: World) -> None:
    world.bring(*(fresh(number) for number in ("ORD1001", "ORD1002")))
    async with at_desk(settings_for(world.url, language="vi"), world.packer_badge) as hands:
        await pack(hands, "ORD1001", "ORD1002")
        assert "RÚT ĐƠN" not in hands.app.desk.header.text
        world.bring(cancelled("ORD1001"), cancelled("ORD1002"))
        await hands.look()
        await hands.press("escape")
        assert hands.panel("alarms") == ""
        assert "RÚT ĐƠN 2" in hands.app.desk.header.text
        await hands.press("f3")
        above = told_above_the_queue(hands)
        assert "RÚT ĐƠN ORD1001: đã hủy, đã đóng: Desk 1, Lan" in above
        assert "RÚT ĐƠN ORD1002" in above
        await hands.scan("ORD1001")
        assert "RÚT ĐƠN 1" in hands.app.desk.header.text
        await hands.scan("ORD1002")
        assert "RÚT ĐƠN" not in hands.app.desk.header.text


async def test_the_count_of_parcels_to_pull_is_never_left_out_of_the_header(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge, size=SMALL) as hands:
        await pack(hands, "ORD1001")
        world.bring(cancelled("ORD1001"))
        await hands.look()
        await hands.press("escape")
        header = hands.app.desk.query_one(HeaderBar)
        [colour] = [
            segment.style.color.name
            for segment in header.render_line(0)
            if segment.text == "PULL 1" and segment.style and segment.style.color
        ]
        assert colour == "#ff7b72"


async def test_many_parcels_to_pull_leave_room_for_the_holds(world: World) -> None:
    numbers = [f"ORD100{place}" for place in range(8)]
    world.bring(*(fresh(number, cod=False) for number in numbers), *risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge, size=SMALL) as hands:
        await pack(hands, *numbers)
        world.bring(*(cancelled(number) for number in numbers))
        await hands.look()
        await hands.press("f3")
        assert "⚠ +5" in told_above_the_queue(hands)
        assert any("ORD2001" in row for row in screen_of(hands))


async def test_the_queue_shows_what_comes_and_goes_and_keeps_the_chosen_row(world: World) -> None:
    world.bring(*risky("ORD2001", "first.buyer"), *risky("ORD2002", "second.buyer"))
    async with at_desk(settings_for(world.url), world.packer_badge, size=SMALL) as hands:
        await hands.press("f3", "down")
        table = holds_table(hands)
        assert table.row_count == 2
        chosen = [row for row in screen_of(hands) if "ORD200" in row][1]
        number = "ORD2001" if "ORD2001" in chosen else "ORD2002"
        world.bring(*risky("ORD2003", "third.buyer"))
        execute_many(
            "UPDATE hold SET decide_by = decide_by - ? WHERE order_id IN (SELECT id FROM orders WHERE number = 'ORD2003')",
            [(DAY // 24,)],
        )
        await hands.look()
        await hands.settle()
        assert "Open holds: 3" in "\n".join(screen_of(hands))
        assert table.cursor == 2
        await hands.press("o")
        assert hands.dialog == ""
        assert number in hands.banner
        await hands.press("f3")
        other = "ORD2002" if number == "ORD2001" else "ORD2001"
        world.bring(cancelled(other))
        await hands.look()
        await hands.settle()
        assert holds_table(hands).row_count == 2


async def test_an_empty_queue_says_so_until_one_opens(world: World) -> None:
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3")
        assert "No order waits" in "\n".join(screen_of(hands))
        world.bring(*risky("ORD2001"))
        await hands.look()
        await hands.settle()
        assert "No order waits" not in "\n".join(screen_of(hands))
        assert holds_table(hands).row_count == 1


async def test_an_alarm_is_seen_at_the_call_desk_and_escape_acknowledges_it_there(world: World) -> None:
    world.bring(fresh("ORD1001"), *risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge, size=SMALL) as hands:
        await pack(hands, "ORD1001")
        await hands.press("f3", "f9")
        world.bring(cancelled("ORD1001"))
        await hands.look()
        assert "PULL PARCEL ORD1001: cancelled" in told_above_the_queue(hands)
        await hands.press("escape", "escape")
        assert hands.dialog == "CallDesk"
        assert hands.panel("alarms") == ""
        assert "PULL PARCEL ORD1001" in told_above_the_queue(hands), "it is to be pulled still"
        await hands.press("escape")
        assert hands.dialog == ""


async def test_help_lists_the_card_of_codes_only_where_there_is_one(world: World) -> None:
    async def help_text(card: tuple[DemoLine, ...]) -> str:
        async with at_desk(settings_for(world.url), world.packer_badge, demo_card=card) as hands:
            await hands.press("escape", "f1")
            return "\n".join(label.shown for label in hands.app.screen.query(Label))

    assert "F12" in await help_text(CARD)
    assert "F12" not in await help_text(())
