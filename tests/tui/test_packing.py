from __future__ import annotations

from tests.factories import an_item
from tests.tui.worlds import OTHER_SHOP, World, at_desk, cancelled, fresh, risky, settings_for


async def test_a_good_order_is_green_with_its_number_and_amount(world: World) -> None:
    world.bring(fresh("ORD1001", items=[an_item(name="Ấm gốm", quantity=2)]))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        assert hands.tone == "pack"
        assert "ORD1001" in hands.banner
        assert "collect 300,000 ₫" in hands.banner
        assert "2 × Ấm gốm" in hands.panel("order")
        assert "NEW CUSTOMER" in hands.panel("customer")


async def test_a_second_scan_packs_and_a_third_says_who_where_and_when(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        hands.later(2)
        await hands.scan("ORD1001")
        assert hands.tone == "done"
        assert "PACKED" in hands.banner
        assert "packed today 1" in hands.app.desk.header.text
        await hands.scan("ORD1001")
        assert hands.tone == "packed_already"
        assert "Lan, Desk 1" in hands.banner


async def test_the_same_code_within_the_guard_does_nothing(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001", "ORD1001")
        hands.later(1.4)
        await hands.scan("ORD1001")
        assert hands.tone == "pack"
        await hands.scan(world.command("PACKED"))
        assert "Too soon" in hands.status
        hands.later(0.2)
        await hands.scan(world.command("PACKED"))
        assert hands.tone == "done"


async def test_another_parcel_leaves_the_first_unfinished_until_it_is_packed(world: World) -> None:
    world.bring(fresh("ORD1001"), fresh("ORD1002"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        hands.later(5)
        await hands.scan("ORD1002")
        assert "Unfinished: ORD1001" in hands.status
        await hands.scan("ORD1001")
        assert "Unfinished: ORD1002" in hands.status
        hands.later(2)
        await hands.press("f8")
        assert "ORD1001" in hands.banner
        assert hands.tone == "done"


async def test_the_next_parcel_finishes_where_the_shop_chose_so(world: World) -> None:
    world.bring(fresh("ORD1001"), fresh("ORD1002"))
    settings = settings_for(world.url, desk={"finish_by": "next_parcel"})
    async with at_desk(settings, world.packer_badge) as hands:
        await hands.scan("ORD1001")
        hands.later(2)
        await hands.scan("ORD1002")
        assert hands.tone == "pack"
        assert "ORD1001 is packed" in hands.banner
        assert "Unfinished" not in hands.status


async def test_an_order_cancelled_between_the_scans_is_not_packed_and_alarms(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        world.bring(cancelled("ORD1001"))
        hands.later(2)
        await hands.scan("ORD1001")
        assert hands.tone == "stop"
        assert "CANCELLED" in hands.banner
        assert "NOT PACKED: ORD1001" in hands.panel("alarms")
        assert "Unfinished: ORD1001" in hands.status
        await hands.press("escape")
        assert hands.panel("alarms") == ""


async def test_undo_takes_the_last_finish_back(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f7")
        assert "Nothing to take back" in hands.status
        await hands.scan("ORD1001")
        hands.later(2)
        await hands.scan("ORD1001")
        await hands.press("f7")
        assert "TAKEN BACK" in hands.banner
        await hands.scan("ORD1001")
        assert hands.tone == "pack"


async def test_next_clears_the_desk_and_lists_the_parcel(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        await hands.press("f9")
        assert hands.tone == "idle"
        assert "Unfinished: ORD1001" in hands.status
        assert hands.app.station.parcel is None


async def test_an_unknown_code_leaves_the_parcel_on_the_desk_alone(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        hands.later(2)
        await hands.scan("NOSUCHCODE")
        assert hands.tone == "unknown"
        assert "ORD1001 is still on the desk" in hands.banner
        await hands.scan("NOSUCHCODE")
        assert "NOT FOUND" in hands.banner
        await hands.scan("ORD1001")
        assert hands.tone == "done"


async def test_an_ambiguous_code_asks_which_shop(world: World) -> None:
    world.bring(fresh("SAME77"))
    world.bring(fresh("SAME77"), shop=OTHER_SHOP)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("SAME77")
        assert hands.dialog == "ChooseShop"
        asked = hands.app.station.answer
        assert asked is not None
        second = asked.judgement.candidates[1].shop
        await hands.press("2")
        assert hands.dialog == ""
        assert hands.tone == "pack"
        assert hands.app.station.answer is not None
        order = hands.app.station.answer.judgement.order
        assert order is not None
        assert order.shop == second
        hands.later(2)
        await hands.scan("SAME77")
        assert hands.tone == "done"


async def test_two_codes_glued_together_are_answered_one_after_the_other(world: World) -> None:
    world.bring(fresh("ORD1001"), *risky("ORD1002"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001ORD1002")
        assert hands.tone == "call"
        assert "Unfinished: ORD1001" in hands.status


async def test_a_parcel_put_on_hold_by_hand_gets_a_slot_and_can_be_taken_back_by_who_asked(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f4")
        assert "No parcel in green" in hands.status
        await hands.scan("ORD1001")
        await hands.press("f4")
        assert hands.tone == "call"
        assert "hold shelf A1" in hands.banner
        await hands.scan(world.command("HOLD"))
        await hands.press("f4")
        assert "Your hold is taken back" not in hands.status
        hands.later(2)
        await hands.press("f4")
        assert "Your hold is taken back" in hands.status
        await hands.scan("ORD1001")
        assert hands.tone == "pack"


async def test_goods_that_are_short_hold_the_parcel(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001", world.command("SHORT"))
        assert hands.tone == "call"
        assert hands.app.station.parcel is None


async def test_a_stop_has_to_be_acknowledged_where_the_shop_asks_for_it(world: World) -> None:
    world.bring(fresh("ORD1001"), fresh("ORD1002"))
    world.bring(cancelled("ORD1001"))
    settings = settings_for(world.url, desk={"require_acknowledge_stop": True})
    async with at_desk(settings, world.packer_badge) as hands:
        await hands.scan("ORD1001", "ORD1002")
        assert hands.tone == "stop"
        assert "not acknowledged" in hands.status
        await hands.scan(world.command("ACK"), "ORD1002")
        assert hands.tone == "pack"
        await hands.scan("ORD1001", "ORD1001", "ORD1002")
        assert hands.tone == "pack"


async def test_a_parcel_on_another_desk_names_it(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url, station={"name": "Desk 2"}), world.supervisor_badge) as other:
        await other.scan("ORD1001")
        async with at_desk(settings_for(world.url), world.packer_badge) as hands:
            await hands.scan("ORD1001")
            assert hands.tone == "stop"
            assert "Mai, Desk 2" in hands.banner


async def test_another_open_order_of_the_same_buyer_is_offered_to_be_packed_together(world: World) -> None:
    world.bring(fresh("ORD1001", buyer="an"), fresh("ORD1002", buyer="an"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        assert "another open order: ORD1002 – pack together?" in hands.panel("reasons")


async def test_commands_that_do_not_exist_here_say_so(world: World) -> None:
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        for name in ("HANDOVER", "RETURNS"):
            await hands.scan(world.command(name))
            assert f"{name} is not available at this station" in hands.status


async def test_a_command_of_another_installation_is_an_unknown_code(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        hands.later(2)
        await hands.scan("PS:ANOTHER:PACKED")
        assert hands.tone == "unknown"
        assert hands.app.station.parcel is not None


async def test_what_was_left_on_the_desk_by_an_earlier_run_is_listed(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        assert "Unfinished: ORD1001" in hands.status
