from __future__ import annotations

import sys
from pathlib import Path

from packstation.store.database import execute_many
from packstation.tui.widgets.line_table import LineTable
from tests.tui.worlds import PIN, Hands, World, at_desk, cancelled, fresh, risky, settings_for


def lists(hands: Hands) -> list[str]:
    table = hands.app.screen.query_one("#list", LineTable)
    return [" ".join(str(getattr(cell, "text", cell)) for cell in row).strip() for row in table._rows]


async def test_the_shelf_tells_what_to_fetch_what_to_pull_and_what_lies_there(world: World) -> None:
    world.bring(*risky("ORD3001"), *risky("ORD3002", buyer="b"), *risky("ORD3003", buyer="c"), fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge, size=(80, 24)) as hands:
        await hands.scan("ORD3001", "ORD3002", "ORD3003")
        await hands.press("f5", "x", "1")
        await hands.type(PIN)
        await hands.press("enter")
        await hands.scan("ORD3001")
        await hands.press("f5", "r", "1")
        await hands.type(PIN)
        await hands.press("enter")
        await hands.scan("ORD1001")
        world.bring(cancelled("ORD1001"))
        await hands.look()
        assert "FETCH 1" in hands.app.desk.header.text
        await hands.press("ctrl+l")
        shown = lists(hands)
        assert shown[0] == "FETCH BACK: 1"
        assert shown[1].startswith("A1 ORD3001 overridden by the supervisor")
        assert shown[2] == "ON THE SHELF: 2" or shown[2].startswith("PULL: ")
        assert any(row.startswith("A2 ORD3002 by the policy") for row in shown)
        assert any(row.startswith("A3 ORD3003 put aside: rejected by the supervisor") for row in shown)
        await hands.scan("ORD3001")
        assert hands.tone == "pack"
        assert "fetch it from slot A1" in hands.banner
        await hands.press("ctrl+l")
        assert lists(hands)[0] == "FETCH BACK: 0"
        await hands.scan("ORD3003")
        await hands.press("ctrl+l")
        assert not any("ORD3003" in row for row in lists(hands))


async def test_a_scan_of_a_held_parcel_says_its_slot_and_where_its_hold_stands(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD3001", world.command("CONTACT:CALL"))
        await hands.scan("ORD3001")
        assert "put on hold shelf A1" in hands.banner
        assert "Lan is contacting the buyer now" in hands.banner
        await hands.scan(world.command("CONTACT:CALL"), world.command("RESULT:BUSY"), "ORD3001")
        assert "next try " in hands.banner
        execute_many("UPDATE hold SET state = ?, reason = ?", [("escalated", "tries_used")])
        await hands.scan("ORD3001")
        assert "for the supervisor: no tries left" in hands.banner


async def test_a_full_shelf_says_so_and_the_parcel_is_held_all_the_same(world: World) -> None:
    world.bring(*risky("ORD3001"), *risky("ORD3002", buyer="b"))
    async with at_desk(settings_for(world.url, shelf={"slots": ["Kệ-1"]}), world.packer_badge) as hands:
        await hands.scan("ORD3001")
        assert "hold shelf Kệ-1" in hands.banner
        await hands.scan("ORD3002")
        assert hands.tone == "call"
        assert "hold shelf is full" in hands.banner


async def test_a_slip_goes_to_the_configured_command_once_and_again_when_asked_for(
    world: World, tmp_path: Path
) -> None:
    world.bring(*risky("ORD3001"))
    out = tmp_path / "printed"
    script = f"import sys; open({str(out)!r}, 'ab').write(sys.stdin.buffer.read()[:5])"
    settings = settings_for(world.url, shelf={"slip_command": [sys.executable, "-c", script]})
    async with at_desk(settings, world.packer_badge) as hands:
        await hands.scan("ORD3001", "ORD3001")
        await hands.app.parts.slips.finished()
        assert out.read_bytes() == b"%PDF-"
        await hands.scan(world.command("REPRINT"))
        await hands.app.parts.slips.finished()
        assert out.read_bytes() == b"%PDF-%PDF-"
        assert "slip for A1" in hands.status


async def test_a_printer_that_fails_is_said_and_nothing_else_stops(world: World) -> None:
    world.bring(*risky("ORD3001"), fresh("ORD1001"))
    settings = settings_for(world.url, shelf={"slip_command": ["/nowhere/printer"]})
    async with at_desk(settings, world.packer_badge) as hands:
        await hands.scan("ORD3001")
        await hands.app.parts.slips.finished()
        assert "The slip was not printed" in hands.status
        await hands.scan("ORD1001")
        assert hands.tone == "pack"
