from __future__ import annotations

import pytest

from packstation.acts.blocking import block_buyer
from packstation.domain.outbox import DecisionKind
from packstation.store import outbox
from packstation.store.database import rows_of
from tests.tui.worlds import PIN, Hands, World, at_desk, fresh, risky, settings_for


def let_cancellations_be_asked() -> None:
    for (shop_id,) in rows_of("SELECT id FROM shop"):
        outbox.set_switched_on(shop_id, [DecisionKind.CANCELLATION])


def cancellations() -> list[str]:
    """The reasons that the channel was told, by the outbox."""
    return [payload for (payload,) in rows_of("SELECT payload FROM outbox WHERE kind = 'cancellation' ORDER BY id")]


def complaint(hands: Hands) -> str:
    return str(hands.app.screen.query_one("#complaint").shown)  # type: ignore[attr-defined]


async def test_a_supervisor_releases_a_hold_with_reason_and_pin(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD3001")
        await hands.press("f5")
        assert hands.dialog == "Override"
        await hands.scan(world.supervisor_badge)
        await hands.press("r", "1")
        await hands.type("9999")
        await hands.press("enter")
        assert complaint(hands) == "Wrong PIN"
        await hands.type(PIN)
        await hands.press("enter")
        assert hands.dialog == ""
        assert "OVERRIDDEN" in hands.banner
        assert hands.app.station.person == world.packer or hands.app.station.person_id == world.packer.id
        await hands.scan("ORD3001")
        assert hands.tone == "pack"


async def test_a_supervisors_badge_typed_by_hand_decides_nothing_without_the_pin(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD3001")
        await hands.press("f5")
        await hands.type(world.supervisor_badge)
        await hands.press("enter")
        await hands.scan(world.supervisor_badge)
        await hands.press("r", "1", "enter", "enter")
        assert hands.dialog == "Override"
        await hands.scan(world.supervisor_badge)
        assert hands.dialog == "Override"
        await hands.press("escape")
        await hands.scan("ORD3001")
        assert hands.tone == "call"
    assert rows_of("SELECT state FROM hold") == [("waiting",)]


async def test_a_rejected_hold_stops_the_parcel(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.scan("ORD3001")
        await hands.press("f5", "x", "5")
        await hands.type("nobody home")
        await hands.press("enter")
        await hands.type(PIN)
        await hands.press("enter")
        assert "REJECTED" in hands.banner
        await hands.scan("ORD3001")
        assert hands.tone == "stop"
        assert "NOT TO BE PACKED" in hands.banner


async def test_who_asked_for_the_hold_may_not_override_it(world: World) -> None:
    world.bring(fresh("ORD3001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.scan("ORD3001")
        await hands.press("f4", "f5", "r", "1")
        await hands.type(PIN)
        await hands.press("enter")
        assert "a second person has to decide it" in complaint(hands)
        await hands.press("escape")
        await hands.scan("ORD3001")
        assert hands.tone == "call"


async def test_too_many_wrong_pins_lock_the_person_out(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.scan("ORD3001")
        await hands.press("f5", "r", "1")
        for _try in range(4):
            await hands.type("1111")
            await hands.press("enter")
        assert "locked until" in complaint(hands)


async def test_a_packers_badge_decides_nothing(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD3001")
        await hands.scan(world.command("SUPERVISOR"))
        await hands.scan(world.packer_badge)
        assert complaint(hands) == "Lan is no supervisor"


async def test_a_parcel_scanned_into_the_dialog_closes_it_undecided(world: World) -> None:
    world.bring(*risky("ORD3001"), fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.scan("ORD3001")
        await hands.press("f5", "r", "1")
        await hands.scan("ORD1001")
        assert hands.dialog == ""
        assert hands.tone == "pack"
        await hands.scan("ORD3001")
        assert hands.tone == "call"


async def test_a_closed_hold_can_be_opened_again(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.scan("ORD3001", world.command("CONTACT:CALL"), world.command("RESULT:REFUSED:PRICE"), "ORD3001")
        assert hands.tone == "stop"
        await hands.press("f5", "o", "1")
        await hands.type(PIN)
        await hands.press("enter")
        assert "OPEN AGAIN" in hands.banner
        await hands.scan("ORD3001")
        assert hands.tone == "call"


async def test_a_rejected_order_can_have_its_channel_asked_to_cancel_it_at_once(world: World) -> None:
    world.bring(*risky("ORD3001"))
    let_cancellations_be_asked()
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.scan("ORD3001")
        await hands.press("f5", "c", "enter", "5")
        await hands.type("nobody home")
        await hands.press("enter")
        await hands.type(PIN)
        await hands.press("enter")
        assert "REJECTED" in hands.banner
        assert hands.panel("reasons") == "The channel is asked to cancel it."
    [asked] = cancellations()
    assert "nobody home" in asked


async def test_a_reject_stands_where_the_channel_may_not_be_asked_and_says_why(world: World) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge, size=(80, 24)) as hands:
        await hands.scan("ORD3001")
        await hands.press("f5", "c", "enter", "1")
        await hands.type(PIN)
        await hands.press("enter")
        assert "REJECTED" in hands.banner
        assert "not switched on for Trà Lan" in hands.panel("reasons")
        await hands.scan("ORD3001")
        assert hands.tone == "stop"
    assert cancellations() == []


@pytest.mark.parametrize(
    ("switched_on", "says"), [(True, "that was asked already"), (False, "not switched on for Trà Lan")]
)
async def test_cancelling_a_rejected_order_needs_the_pin_and_says_why_it_is_refused(
    world: World, switched_on: bool, says: str
) -> None:
    world.bring(*risky("ORD3001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.scan("ORD3001", world.command("CONTACT:CALL"), world.command("RESULT:REFUSED:PRICE"), "ORD3001")
        await hands.press("f5", "c", "enter", "1")
        await hands.type("9999")
        await hands.press("enter")
        assert complaint(hands) == "Wrong PIN"
        if switched_on:
            let_cancellations_be_asked()
            await hands.type(PIN)
            await hands.press("enter")
            assert "CANCEL ASKED" in hands.banner
            await hands.scan("ORD3001")
            await hands.press("f5", "c", "enter", "1")
        await hands.type(PIN)
        await hands.press("enter")
        assert says in complaint(hands)
    assert len(cancellations()) == switched_on


async def test_a_blocked_buyer_and_a_packed_parcel_on_screen_can_be_let_go_again(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.supervisor_badge) as hands:
        await hands.scan("ORD1001")
        hands.later(2)
        await hands.scan("ORD1001", "ORD1001")
        assert "ALREADY PACKED" in hands.banner
        await hands.press("f5", "1")
        await hands.type(PIN)
        await hands.press("enter")
        assert "OPEN AGAIN" in hands.banner
        block_buyer(world.place, "shopee", "buyer-of-ORD1001", "lừa đảo")
        await hands.scan("ORD1001")
        assert "BUYER BLOCKED" in hands.banner
        await hands.press("f5", "1")
        await hands.type(PIN)
        await hands.press("enter")
        assert "UNBLOCKED" in hands.banner
        await hands.scan("ORD1001")
        assert hands.tone == "pack"
