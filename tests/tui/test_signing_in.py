from __future__ import annotations

from packstation.acts.people import set_active
from packstation.domain.people import Role
from packstation.store.people import everybody
from packstation.tui.app import DemoLine
from tests.tui.worlds import PIN, World, at_desk, fresh, settings_for


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
