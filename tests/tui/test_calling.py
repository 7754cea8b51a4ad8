from __future__ import annotations

from packstation.acts.policies import publish_policy
from packstation.domain.orders import Address
from packstation.domain.times import from_ms
from packstation.settings import default_config_folder
from packstation.store.database import database_now
from packstation.store.holds import latest_hold
from tests.factories import order_id
from tests.tui.worlds import SHOP, World, at_desk, fresh, risky, settings_for

HIDDEN = Address("N***n", "", "1*** Lý Thường Kiệt", "", "", "Hà Nội", "VN")


async def test_a_risky_order_is_amber_and_gets_a_shelf_slot(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        assert hands.tone == "call"
        assert "CALL" in hands.banner
        assert "not packed yet, put on hold shelf A1" in hands.banner
        assert "Buyer failed 2 of 2 judged orders" in hands.panel("reasons")
        assert hands.app.station.parcel is None


async def test_confirmed_by_a_call_it_is_fetched_scanned_and_green(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press("f2")
        assert "••• ••• 678" in hands.panel("contact")
        assert "0912" not in hands.panel("contact")
        await hands.press("1")
        assert "Start the contact first" in hands.status
        await hands.press("f2")
        contact = hands.panel("contact")
        assert "0912 345 678" in contact
        assert "12 Lý Thường Kiệt" in contact
        assert "▀▀▀▀▀▀▀" in contact
        await hands.press("1")
        assert "CONFIRMED" in hands.banner
        assert "fetch it from slot A1 and scan it again" in hands.banner
        assert hands.tone != "pack"
        await hands.scan("ORD2001")
        assert hands.tone == "pack"
        assert "fetch it from slot A1" in hands.banner


async def test_the_same_by_printed_commands(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001", world.command("CONTACT:CALL"), world.command("RESULT:CONFIRMED"), "ORD2001")
        assert hands.tone == "pack"


async def test_a_refusal_asks_why_and_stops_the_parcel(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press("f2", "f2", "8")
        assert "Why does the buyer not want it?" in hands.panel("contact")
        await hands.press("3")
        assert "REFUSES" in hands.banner
        assert "ask the buyer to cancel in the app first" in hands.banner
        await hands.scan("ORD2001")
        assert hands.tone == "stop"
        assert "BUYER REFUSES" in hands.banner


async def test_no_answer_plans_the_next_try_and_is_remembered(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press("f2", "f2", "2")
        assert "NO ANSWER" in hands.banner
        assert "next try" in hands.banner
        await hands.scan("ORD2001")
        assert hands.tone == "call"
        await hands.press("f2")
        assert "call: no answer – Lan" in hands.panel("contact")


async def test_call_later_asks_when(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press("f2", "f2", "5", "4")
        assert "CALL LATER" in hands.banner
        held = latest_hold(order_id("ORD2001", shop=SHOP.name))
        assert held is not None
        assert held.hold.next_try_at is not None


async def test_a_time_that_the_buyer_asked_for_is_shown_as_outside_the_hours(world: World) -> None:
    other_side_of_the_day = (from_ms(database_now(), SHOP.zone).hour + 12) % 24
    hours = f'[holds.calling]\nmon-sun = ["{other_side_of_the_day:02d}:00-{other_side_of_the_day:02d}:59"]\n'
    shipped = (default_config_folder() / "risk.toml").read_text(encoding="utf-8")
    publish_policy(world.place, shipped + hours, None)
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press("f2", "f2", "5", "4")
        assert "as the buyer asked, outside the contact hours" in hands.banner


async def test_other_holds_of_the_customer_that_are_ticked_are_confirmed_too(world: World) -> None:
    world.bring(*risky("ORD2001"), fresh("ORD2002", buyer="bom.nguyen"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2002", "ORD2001")
        await hands.press("f2", "f2")
        assert "[ ] ORD2002" in hands.panel("contact")
        await hands.press("space")
        assert "[x] ORD2002" in hands.panel("contact")
        await hands.press("1")
        assert "Confirmed with it: ORD2002" in hands.panel("reasons")
        await hands.scan("ORD2002")
        assert hands.tone == "pack"


async def test_where_the_channel_hides_the_phone_the_buyer_is_messaged(world: World) -> None:
    world.bring(*risky("ORD2001", address=HIDDEN))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        assert "MESSAGE" in hands.banner
        await hands.press("f2", "f2")
        contact = hands.panel("contact")
        assert "MESSAGE THE BUYER" in contact
        assert "use its chat" in contact
        assert "ORD2001" in contact


async def test_escape_leaves_the_contact_open_and_the_panels_come_back(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press("f2", "f2", "8", "escape")
        assert "confirmed" in hands.panel("contact")
        await hands.press("escape")
        assert not hands.app.desk.has_class("-contact")
        await hands.press("1")
        assert hands.app.typed_line == "1"


async def test_a_code_scanned_during_a_contact_is_answered(world: World) -> None:
    world.bring(*risky("ORD2001"), fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press("f2", "f2")
        await hands.scan("ORD1001")
        assert hands.tone == "pack"
        assert not hands.app.desk.has_class("-contact")


async def test_the_call_desk_opens_one_of_its_queue_at_the_desk(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3")
        assert hands.dialog == "CallDesk"
        await hands.press("o")
        assert hands.dialog == ""
        assert hands.tone == "call"
        assert "ORD2001" in hands.banner


async def test_a_past_order_opens_to_its_lines_and_marks_the_same_product(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press("f6", "2", "down", "enter")
        assert hands.dialog == "OrderLines"
        complaint = hands.app.screen.query_one("#complaint")
        assert "Refused this very product last time" in complaint.shown  # type: ignore[attr-defined]


async def test_a_code_typed_while_a_contact_is_open_logs_nothing(world: World) -> None:
    world.bring(*risky("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        await hands.press("f2", "f2")
        await hands.type("8123")
        assert hands.app.typed_line == "8123"
        held = latest_hold(order_id("ORD1001", shop=SHOP.name))
        assert held is not None
        assert held.hold.is_open
