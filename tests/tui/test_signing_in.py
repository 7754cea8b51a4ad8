from __future__ import annotations

from packstation.acts.people import add_person, set_active
from packstation.acts.workplace import open_command
from packstation.domain.people import Role
from packstation.store.people import everybody, stations
from packstation.tui.app import DemoLine
from tests.tui.worlds import PIN, World, at_desk, fresh, risky, settings_for


async def test_the_first_start_makes_the_first_supervisor_and_signs_them_in(empty_world: str) -> None:
    async with at_desk(settings_for(empty_world)) as hands:
        assert hands.dialog == "FirstStart"
        await hands.press("escape")
        assert hands.dialog == "FirstStart"
        await hands.type("Mai")
        await hands.press("enter")
        await hands.type("2468")
        await hands.press("enter")
        await hands.type("2469")
        await hands.press("enter")
        assert hands.dialog == "FirstStart"
        await hands.press("backspace")
        await hands.type("8")
        await hands.press("enter")
        assert hands.dialog == ""
        assert "Mai (supervisor)" in hands.app.desk.header.text
        assert [(person.name, person.role) for person in everybody()] == [("Mai", Role.SUPERVISOR)]


async def test_a_badge_signs_in_at_once_and_another_switches(world: World) -> None:
    async with at_desk(settings_for(world.url)) as hands:
        assert hands.dialog == "SignIn"
        await hands.scan(world.packer_badge)
        assert hands.dialog == ""
        assert "Lan (packer)" in hands.app.desk.header.text
        await hands.scan(world.supervisor_badge)
        assert "Mai (supervisor)" in hands.app.desk.header.text


async def test_a_name_without_a_pin_is_chosen_by_typing(world: World) -> None:
    async with at_desk(settings_for(world.url)) as hands:
        await hands.type("la")
        await hands.press("enter")
        assert "Lan (packer)" in hands.app.desk.header.text


async def test_a_name_with_a_pin_asks_for_it(world: World) -> None:
    async with at_desk(settings_for(world.url)) as hands:
        await hands.press("down", "enter")
        await hands.type("1357")
        await hands.press("enter")
        assert hands.dialog == "SignIn"
        await hands.type(PIN)
        await hands.press("enter")
        assert "Mai (supervisor)" in hands.app.desk.header.text


async def test_a_badge_typed_by_hand_signs_in_nobody_who_has_a_pin(world: World) -> None:
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.type(world.supervisor_badge)
        await hands.press("enter")
        assert "A badge is scanned" in hands.status
        assert "Lan (packer)" in hands.app.desk.header.text
        await hands.scan(world.supervisor_badge)
        assert "Mai (supervisor)" in hands.app.desk.header.text
        await hands.type(world.packer_badge)
        await hands.press("enter")
        assert "Lan (packer)" in hands.app.desk.header.text


async def test_nobodys_badge_is_refused(world: World) -> None:
    async with at_desk(settings_for(world.url)) as hands:
        await hands.scan("PB:BCGH0000")
        assert hands.dialog == "SignIn"
        set_active(world.place, world.packer.id, active=False)
        await hands.scan(world.packer_badge)
        assert hands.dialog == "SignIn"


async def test_without_anybody_signed_in_a_parcel_is_not_answered_in_green(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url)) as hands:
        await hands.scan("ORD1001")
        assert hands.dialog == "SignIn"
        assert hands.tone == "idle"
        assert "Sign in first" in hands.status


async def test_changing_the_person_can_be_given_up(world: World) -> None:
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f10")
        assert hands.dialog == "SignIn"
        await hands.press("escape")
        assert hands.dialog == ""
        assert "Lan (packer)" in hands.app.desk.header.text


async def test_the_demo_card_comes_after_the_first_sign_in_and_scans_its_rows(world: World) -> None:
    world.bring(fresh("ORD1001"))
    card = [
        DemoLine("NOSUCHCODE", "unknown", "nothing"),
        DemoLine("ORD1001", "pack", "good"),
        DemoLine("", "", "PIN 2468"),
    ]
    async with at_desk(settings_for(world.url), world.packer_badge, demo_card=card) as hands:
        assert hands.dialog == "DemoCard"
        await hands.press("down", "enter")
        assert hands.dialog == ""
        assert hands.tone == "pack"
        await hands.press("f12")
        assert hands.dialog == "DemoCard"


async def test_a_packer_who_was_there_first_does_not_keep_the_first_supervisor_from_being_asked_for(
    empty_world: str,
) -> None:
    add_person(open_command("people add"), "Lan", Role.PACKER, None)
    async with at_desk(settings_for(empty_world)) as hands:
        assert hands.dialog == "FirstStart"


async def test_two_first_starts_make_one_first_supervisor(empty_world: str) -> None:
    async with at_desk(settings_for(empty_world)) as hands:
        add_person(open_command("people add"), "Mai", Role.SUPERVISOR, PIN)
        for text in ("Quân", "1111", "1111"):
            await hands.type(text)
            await hands.press("enter")
        assert hands.dialog == "SignIn"
        assert [person.name for person in everybody()] == ["Mai"]


async def test_a_station_that_nobody_touches_forgets_who_was_there_and_what_they_saw(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        assert hands.tone == "pack"
        hands.later(15 * 60)
        await hands.be_idle()
        assert hands.dialog == "SignIn"
        assert hands.tone == "idle"
        assert "ORD1001" not in hands.panel("order")
        assert "Lan" not in hands.app.desk.header.text
        assert stations()[0][:2] == ("Desk 1", None)
        await hands.press("escape")
        await hands.scan("ORD1001")
        assert hands.dialog == "SignIn"
        assert hands.tone == "idle"
        await hands.scan(world.packer_badge)
        await hands.scan("ORD1001")
        assert hands.tone == "pack"


async def test_a_half_made_override_and_a_contact_are_closed_by_the_lock(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press("f2", "f2")
        assert "0912 345 678" in hands.panel("contact")
        await hands.press("f5")
        assert hands.dialog == "Override"
        hands.later(15 * 60)
        await hands.be_idle()
        assert hands.dialog == "SignIn"
        await hands.scan(world.packer_badge)
        assert not hands.app.parts.contacting.is_open
        await hands.scan("ORD2001")
        await hands.press("f2")
        assert "0912" not in hands.panel("contact")


async def test_any_key_or_scan_keeps_the_station_open_and_a_setting_of_0_for_good(world: World) -> None:
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        for key in ("f1", "escape", "x"):
            hands.later(14 * 60)
            await hands.press(key)
        hands.later(14 * 60)
        await hands.be_idle()
        assert hands.dialog == ""
    async with at_desk(settings_for(world.url, station={"lock_after_minutes": 0}), world.packer_badge) as hands:
        hands.later(24 * 3600)
        await hands.be_idle()
        assert hands.dialog == ""
