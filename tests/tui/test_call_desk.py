from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from packstation.acts import calling
from packstation.acts.calling import tell_ring
from packstation.acts.contacting import open_contact
from packstation.acts.people import add_person
from packstation.domain.call_sharing import CallRules
from packstation.domain.holds import AttemptResult, ContactMethod
from packstation.domain.orders import Address
from packstation.domain.people import Role
from packstation.domain.times import HOUR
from packstation.store.calls import callee_of_order
from packstation.store.database import database_now, rows_of
from packstation.store.holds import courier_instruction, latest_hold
from packstation.tui.widgets.panel import Panel
from tests.factories import HOME, a_buyer, order_id
from tests.tui.test_alarms import screen_of
from tests.tui.worlds import SHOP, Hands, World, at_desk, fresh, risky, settings_for

HIDDEN = Address("N***n", "", "1*** Lý Thường Kiệt", "", "", "Hà Nội", "VN")


def bring(world: World, count: int = 3, **more: object) -> None:
    """Held orders ORD2000, ORD2001 … of as many buyers, with phones that end so, in the order of their decide-by."""
    for place in range(count):
        phone = replace(HOME, phone=f"091234{place:04d}", recipient=f"Buyer {place}")
        given = {"address": phone, "ship_by": database_now() + (6 + place) * HOUR, **more}
        world.bring(*risky(f"ORD200{place}", f"bom.{place}", **given))


def standing(number: str) -> tuple[str, str]:
    card = latest_hold(order_id(number, shop=SHOP.name))
    assert card is not None
    return str(card.hold.state), str(card.hold.reason)


def contact(hands: Hands) -> str:
    return hands.app.screen.query_one("#call-contact", Panel).text


def callee(hands: Hands) -> str:
    return hands.app.screen.query_one("#callee", Panel).text


def numbers(hands: Hands) -> list[str]:
    """The numbers in the queue on screen, from above."""
    return [word for row in screen_of(hands) for word in row.split() if word.startswith("ORD20")]


async def test_a_caller_takes_the_next_contacts_them_and_logs_the_result_by_the_keys_on_screen(world: World) -> None:
    bring(world)
    async with at_desk(settings_for(world.url), world.packer_badge, size=(80, 24)) as hands:
        await hands.press("f3")
        assert numbers(hands) == ["ORD2000", "ORD2001", "ORD2002"]
        assert "F9 Next  Enter Take" in screen_of(hands)[-1]
        await hands.press("f9")
        assert "CALL THE BUYER  ORD2000" in contact(hands)
        assert "0912" not in contact(hands)
        assert "Buyer failed 2 of 2" in callee(hands)
        await hands.press("f2")
        assert "0912 340 000" in contact(hands)
        assert "▀▀▀▀▀▀▀" in contact(hands)
        await hands.press("1")
        assert standing("ORD2000") == ("released", "confirmed")
        assert "ORD2000: confirmed" in hands.app.station.status.text
        assert numbers(hands)[:2] == ["ORD2001", "ORD2002"]
        await hands.press("f9", "f2", "8", "3")
        assert standing("ORD2001") == ("closed", "refused")


async def test_the_same_by_printed_commands_alone(world: World) -> None:
    bring(world)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3")
        await hands.scan(*(world.command(text) for text in ("NEXT", "CONTACT:CALL", "RESULT:REFUSED:PRICE")))
        assert standing("ORD2000") == ("closed", "refused")
        await hands.scan(world.command("NEXT"), world.command("CONTACT:ZALO"), world.command("NEXT"))
        assert "Log first how this contact ended" in hands.app.station.status.text
        await hands.scan(world.command("RESULT:MESSAGE_SENT"), world.command("PACKED"))
        assert "Only at the desk" in hands.app.station.status.text
        attempts = rows_of("SELECT method, result FROM attempt ORDER BY id")
        assert attempts == [("call", "refused"), ("zalo", "message_sent")]


async def test_everything_about_a_customer_is_on_one_screen(world: World) -> None:
    world.bring(*risky("ORD2000", "bom.nguyen"), fresh("ORD2009", buyer="bom.nguyen"))
    async with at_desk(settings_for(world.url), world.packer_badge, size=(130, 40)) as hands:
        await hands.press("f3", "f9", "f2")
        told = callee(hands)
        assert "ORD2000" in told
        assert "ORD2009" in told
        assert "1 × Trà sen" in told
        assert "refused at the door" in told
        await hands.press("space", "1")
        assert {standing("ORD2000"), standing("ORD2009")} == {("released", "confirmed")}


async def test_a_parcel_that_is_on_hold_opens_its_customer_and_any_other_goes_to_the_desk(world: World) -> None:
    bring(world, 2)
    world.bring(fresh("ORD1001", cod=False))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3")
        await hands.scan("ORD2001")
        assert hands.dialog == "CallDesk"
        assert "ORD2001" in contact(hands)
        await hands.scan("ORD1001")
        assert hands.dialog == ""
        assert hands.tone == "pack"
        assert rows_of("SELECT * FROM call_lease") == []


async def test_whom_another_caller_has_is_shown_with_their_name_and_refused(world: World) -> None:
    bring(world, 2)
    chi = add_person(world.place, "Chi", Role.CALLER, None).id
    calling.take(world.place, chi, CallRules(), callee_of_order(order_id("ORD2000", shop=SHOP.name)))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3")
        assert any("ORD2000" in row and "Chi" in row for row in screen_of(hands))
        await hands.press("enter")
        assert "Chi is contacting this customer" in hands.app.station.status.text
        await hands.scan("ORD2000")
        assert "Chi is contacting this customer" in hands.app.station.status.text
        await hands.press("f9")
        assert "ORD2001" in contact(hands)


async def test_a_buyer_who_rings_back_is_found_by_the_last_digits_and_logged_as_incoming(world: World) -> None:
    bring(world, 2)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3")
        await hands.type("0001")
        await hands.press("enter")
        assert "ORD2001" in contact(hands)
        assert "confirmed" in contact(hands), "it is running already"
        await hands.press("1")
        assert standing("ORD2001") == ("released", "confirmed")
        await hands.press("r")
        await hands.type("9999")
        await hands.press("enter")
        assert "No hold of anybody" in hands.app.station.status.text
    assert rows_of("SELECT incoming FROM attempt") == [(1,)]


async def test_several_numbers_that_end_so_are_listed_and_the_one_that_rings_is_chosen(world: World) -> None:
    for place, number in enumerate(("0912345678", "0987345678")):
        world.bring(*risky(f"ORD200{place}", f"bom.{place}", address=replace(HOME, phone=number)))
    bring_other = risky("ORD2005", "other", address=replace(HOME, phone="0912000000"))
    world.bring(*bring_other)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3", "r")
        await hands.type("5678")
        await hands.press("enter")
        assert sorted(numbers(hands)) == ["ORD2000", "ORD2001"]
        await hands.press("enter")
        assert "confirmed" in contact(hands)
        await hands.press("escape")
        assert len(numbers(hands)) == 3
    assert rows_of("SELECT incoming FROM attempt") == [(1,)]


async def test_a_list_of_who_may_be_ringing_is_over_when_the_call_desk_is_left(world: World) -> None:
    for place, number in enumerate(("0912345678", "0987345678")):
        world.bring(*risky(f"ORD200{place}", f"bom.{place}", address=replace(HOME, phone=number)))
    world.bring(fresh("ORD1001", cod=False))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3", "r")
        await hands.type("5678")
        await hands.press("enter")
        assert len(numbers(hands)) == 2
        await hands.scan("ORD1001")
        await hands.press("f3", "enter")
        assert "ORD2000" in contact(hands)
    assert rows_of("SELECT count(*) FROM attempt") == [(0,)]


async def test_a_number_that_the_phone_system_tells_opens_its_customer(world: World) -> None:
    bring(world, 2)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        tell_ring("0912340001", "Desk 1")
        await hands.look()
        await hands.settle()
        assert "A buyer rings" in hands.status
        await hands.press("f3")
        tell_ring("0912340001", "Desk 1")
        await hands.look()
        await hands.settle()
        assert "ORD2001" in contact(hands)
        assert "0912 340 001" in contact(hands)


async def test_a_contact_that_runs_wants_its_result_before_anybody_else_is_on_screen(world: World) -> None:
    bring(world, 2)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3", "f9", "f2")
        await hands.scan("ORD2001")
        assert "Log first how this contact ended" in hands.app.station.status.text
        await hands.type("0001")
        await hands.press("enter")
        assert "Log first how this contact ended" in hands.app.station.status.text
        tell_ring("0912340001", "Desk 1")
        await hands.look()
        await hands.settle()
        assert "A buyer rings, number ending in 0001" in hands.app.station.status.text
        assert "0912 340 000" in contact(hands)
        await hands.scan("ORD2000")
        assert "0912 340 000" in contact(hands)
        await hands.press("1")
        assert standing("ORD2000") == ("released", "confirmed")
        await hands.scan("ORD2001")
        assert "ORD2001" in contact(hands)
    assert rows_of("SELECT count(*) FROM attempt") == [(1,)]


async def test_a_result_counts_before_what_is_pressed_or_scanned_right_behind_it(world: World) -> None:
    bring(world)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3", "f9", "f2")
        await hands.type("1")
        await hands.press("f9")
        assert standing("ORD2000") == ("released", "confirmed")
        assert "ORD2001" in contact(hands)
        await hands.press("f2")
        await hands.type("2")
        await hands.scan(world.command("NEXT"))
        assert "ORD2002" in contact(hands)
    assert rows_of("SELECT result FROM attempt ORDER BY id") == [("confirmed",), ("no_answer",)]


async def test_what_is_left_of_a_typed_code_does_not_swallow_the_results_keys(world: World) -> None:
    bring(world, 1)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3")
        await hands.type("4")
        assert hands.app.typed_line == "4"
        await hands.press("f9", "f2", "1")
        assert standing("ORD2000") == ("released", "confirmed")


async def test_filters_leave_out_rows_and_escape_brings_them_back(world: World) -> None:
    bring(world)
    world.bring(fresh("ORD2008", address=HIDDEN), shop=replace(SHOP, name="Trà TikTok", channel="tiktok"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press("f3", "s")
        assert numbers(hands) == ["ORD2001"]
        assert "shown 1: on the shelf" in "\n".join(screen_of(hands))
        await hands.press("escape", "c")
        assert len(numbers(hands)) == 3
        await hands.press("escape")
        assert hands.dialog == "CallDesk"


async def test_what_the_courier_is_asked_is_kept_and_shown_when_the_parcel_is_packed(world: World) -> None:
    bring(world, 1)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3", "f9", "f2", "i")
        assert hands.dialog == "Instruction"
        await hands.type("after 5 pm")
        await hands.press("enter")
        assert "courier: after 5 pm" in contact(hands)
        await hands.press("1")
        assert courier_instruction(order_id("ORD2000", shop=SHOP.name)) == "after 5 pm"
        await hands.press("escape")
        await hands.scan("ORD2000")
        assert hands.tone == "pack"
        assert "after 5 pm" in hands.banner
        assert "after 5 pm" in hands.panel("order")


async def test_not_my_order_is_seen_with_the_next_order_of_that_number(world: World) -> None:
    bring(world, 1)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3", "f9", "f2", "n")
        assert standing("ORD2000") == ("escalated", "not_my_order")
        world.bring(fresh("ORD1001", address=replace(HOME, phone="091234 0000")))
        await hands.scan("ORD1001")
        assert hands.tone == "pack"
        assert "not their order" in hands.panel("order")


async def test_another_person_who_signs_in_has_nobody_yet(world: World) -> None:
    bring(world, 1)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3", "f9")
        await hands.scan(world.supervisor_badge)
        assert rows_of("SELECT * FROM call_lease") == []
        assert numbers(hands) == ["ORD2000"]


async def test_where_the_phone_is_hidden_there_is_only_the_chat(world: World) -> None:
    bring(world, 1, address=HIDDEN)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f3", "f9")
        assert "MESSAGE THE BUYER" in contact(hands)
        assert "Lý Thường Kiệt" not in contact(hands), "a street is masked until a contact starts, as a phone is"
        assert "Zalo" not in contact(hands)
        await hands.scan(world.command("CONTACT:ZALO"))
        assert "cannot be reached so" in hands.app.station.status.text
        await hands.press("f2")
        assert "Please answer OK" in contact(hands)
        assert "Lý Thường Kiệt" in contact(hands)
        await hands.press("6")
    assert rows_of("SELECT method, result FROM attempt") == [("chat", "message_sent")]


async def test_a_mail_goes_out_with_its_result_where_there_is_a_mail_server(world: World) -> None:
    world.bring(*risky("ORD2000", "bom", address=HIDDEN))
    world.bring(fresh("ORD2000", address=HIDDEN, buyer=a_buyer("bom", email="bom@example.vn")))
    mail = {"host": "localhost", "sender": "shop@example.vn"}
    async with at_desk(settings_for(world.url, mail=mail), world.packer_badge) as hands:
        await hands.press("f3", "f9")
        assert "bom@" not in contact(hands)
        await hands.press("e")
        assert "bom@example.vn" in contact(hands)
        await hands.press("6")
    assert rows_of("SELECT count(*) FROM mail") == [(1,)]
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2000")
        await hands.press("f2")
        assert " e " not in hands.panel("contact")


@pytest.mark.parametrize("phone", ["0912345678", "0912345678; touch {other}"])
async def test_the_dial_command_gets_the_whole_number_as_one_argument_and_its_recording_is_kept(
    world: World, tmp_path: Path, phone: str
) -> None:
    file, other = tmp_path / "called", tmp_path / "other"
    script = "import sys; print('calling'); print('https://pbx.local/7.mp3'); open(sys.argv[1], 'a').write(repr(sys.argv[2:]))"
    dial = [sys.executable, "-c", script, str(file), "--call", "{phone}"]
    world.bring(*risky("ORD2000", address=replace(HOME, phone=phone.format(other=other))))
    async with at_desk(settings_for(world.url, contact={"dial": dial}), world.packer_badge) as hands:
        await hands.press("f3", "f9", "f2")
        for _turn in range(500):
            await asyncio.sleep(0.02)
            await hands.settle()
            if rows_of("SELECT recording FROM attempt") == [("https://pbx.local/7.mp3",)]:
                break
        assert file.read_text() == "['--call', '+84912345678']"
        assert rows_of("SELECT recording FROM attempt") == [("https://pbx.local/7.mp3",)]
    assert not other.exists()


async def test_a_dial_command_that_there_is_not_stops_nothing(world: World) -> None:
    bring(world, 1)
    dial = ["/no/such/softphone", "{phone}"]
    async with at_desk(settings_for(world.url, contact={"dial": dial}), world.packer_badge) as hands:
        await hands.press("f3", "f9", "f2")
        for _turn in range(100):
            await asyncio.sleep(0.02)
            if "does not start" in hands.app.station.status.text:
                break
        assert "/no/such/softphone does not start" in hands.app.station.status.text
        await hands.press("1")
        assert standing("ORD2000") == ("released", "confirmed")


async def test_the_desk_refuses_whom_a_caller_contacts(world: World) -> None:
    bring(world, 1)
    chi = add_person(world.place, "Chi", Role.CALLER, None).id
    held = latest_hold(order_id("ORD2000", shop=SHOP.name))
    assert held is not None
    open_contact(world.place, chi, held.id, ContactMethod.CALL)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2000")
        await hands.press("f2", "f2")
        assert "Chi is contacting this customer" in hands.status
        assert "0912" not in hands.panel("contact")
    assert str(AttemptResult.CONFIRMED) not in str(rows_of("SELECT result FROM attempt"))
