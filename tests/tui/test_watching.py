from __future__ import annotations

import asyncio
import re

import pytest

from packstation.acts.overriding import override
from packstation.domain.times import MINUTE, SECOND
from packstation.store.database import database_now, execute_many, rows_of
from packstation.store.holds import latest_hold
from packstation.store.refreshes import answer, take_next
from tests.factories import order_id
from tests.tui.worlds import OTHER_SHOP, PIN, SHOP, Hands, World, at_desk, cancelled, fresh, risky, settings_for


def let_sync(ago: int = 0) -> None:
    """Every shop syncs, the last time so many ms ago."""
    execute_many("UPDATE shop SET synced_at = ?", [(database_now() - ago,)])


def daemon_says(*, found: bool, trouble: str = "") -> None:
    """Whoever syncs answers everything that is asked."""
    shops = [row[0] for row in rows_of("SELECT id FROM shop")]
    while request := take_next(shops, database_now()):
        answer(request.id, database_now(), found=found, trouble=trouble)


async def pack(hands: Hands, number: str) -> None:
    await hands.scan(number)
    hands.later(2)
    await hands.scan(number)
    assert hands.tone == "done"


# Parcels to pull


async def test_a_packed_order_that_is_cancelled_is_to_be_pulled_until_it_is_scanned_in(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await pack(hands, "ORD1001")
        await hands.look()
        assert hands.panel("alarms") == ""
        world.bring(cancelled("ORD1001"))
        await hands.look()
        assert "PULL PARCEL ORD1001: cancelled, packed: Desk 1, Lan" in hands.panel("alarms")
        await hands.scan("ORD1001")
        assert hands.tone == "stop"
        assert "the alarm is over" in hands.banner
        assert hands.panel("alarms") == ""
        await hands.look()
        assert hands.panel("alarms") == ""


async def test_an_alarm_survives_the_desk_and_one_acknowledged_is_not_shown_again_here(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await pack(hands, "ORD1001")
    world.bring(cancelled("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        assert "PULL PARCEL ORD1001" in hands.panel("alarms")
        await hands.press("escape")
        assert hands.panel("alarms") == ""
        world.bring(fresh("ORD1002"))
        await hands.look()
        assert hands.panel("alarms") == ""
    async with at_desk(settings_for(world.url, station={"name": "Desk 2"}), world.supervisor_badge) as other:
        assert "PULL PARCEL ORD1001: cancelled, packed: Desk 1" in other.panel("alarms")


async def test_a_parcel_on_the_shelf_is_told_with_its_slot_in_vietnamese_too(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url, language="vi"), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        asked = cancelled("ORD2001")
        world.bring(asked)
        await hands.look()
        assert "RÚT ĐƠN ORD2001: đã hủy, kệ chờ A1" in hands.panel("alarms")


async def test_a_late_refusal_of_a_packed_order_is_told_to_every_desk(world: World) -> None:
    world.bring(*risky("ORD2001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD2001")
        await hands.press("f2", "f2")
        async with at_desk(settings_for(world.url, station={"name": "Desk 2"}), world.supervisor_badge) as other:
            await other.scan("ORD2001")
            await other.press("f2", "f2")
            assert "Lan is contacting this customer" in other.status
            held = latest_hold(order_id("ORD2001", shop=SHOP.name))
            assert held is not None
            override(world.place, world.supervisor.id, PIN, held.id, release=True, reason="known")
            await pack(other, "ORD2001")
            await hands.press("8", "3")
            assert "PULL PARCEL ORD2001: put on hold, packed: Desk 2, Mai" in hands.panel("alarms")
            await other.look()
            assert "PULL PARCEL ORD2001: put on hold, packed: Desk 2, Mai" in other.panel("alarms")


async def test_an_alarm_rings_once_at_each_desk(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        rung: list[str] = []
        monkeypatch.setattr(hands.app.station.bell, "play", lambda sound: rung.append(str(sound)))
        await pack(hands, "ORD1001")
        world.bring(cancelled("ORD1001"))
        rung.clear()
        for _time in range(2):
            await hands.look()
            world.bring(fresh("ORD1002"))
        assert rung == ["alarm"]


async def test_of_many_alarms_the_ones_seen_are_acknowledged_and_the_others_come_next(world: World) -> None:
    numbers = [f"ORD100{place}" for place in range(5)]
    world.bring(*(fresh(number, cod=False) for number in numbers))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        for number in numbers:
            await pack(hands, number)
        world.bring(*(cancelled(number) for number in numbers))
        await hands.look()
        seen = hands.panel("alarms")
        assert seen.count("PULL PARCEL") == 3
        assert "+2" in seen
        await hands.scan(world.command("ACK"))
        then = hands.panel("alarms")
        assert then.count("PULL PARCEL") == 2
        assert not any(number in then for number in numbers if number in seen)


# The order on the desk turns


async def test_a_green_parcel_whose_order_is_cancelled_turns_red_at_once(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        await hands.look()
        assert hands.tone == "pack"
        world.bring(cancelled("ORD1001"))
        await hands.look()
        assert hands.tone == "stop"
        assert "CANCELLED" in hands.banner
        assert "changed while it lay on the desk" in hands.banner
        assert "PULL PARCEL ORD1001: cancelled, at desk Desk 1" in hands.panel("alarms")
        assert "Unfinished: ORD1001" in hands.status
        await hands.press("f8")
        assert hands.tone == "stop"
        await hands.scan("ORD1001")
        assert hands.panel("alarms") == ""
        assert hands.tone == "stop"


async def test_what_turns_is_not_painted_over_what_was_scanned_since(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        await hands.scan("NOSUCHCODE")
        world.bring(cancelled("ORD1001"))
        await hands.look()
        assert hands.tone == "unknown"
        assert "NOT PACKED: ORD1001 – take it out again (CANCELLED)" in hands.panel("alarms")
        await hands.press("f8")
        assert "Nothing on the desk to finish" in hands.status


# What the channels are asked


async def test_an_unknown_code_that_is_found_is_answered_by_itself(world: World) -> None:
    world.bring(fresh("ORD1001"))
    let_sync()
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1002")
        assert hands.tone == "unknown"
        assert "asking the channels" in hands.banner
        await hands.look()
        assert hands.tone == "unknown"
        world.bring(fresh("ORD1002"))
        daemon_says(found=True)
        await hands.look()
        assert hands.tone == "pack"
        assert "ORD1002" in hands.banner
        hands.later(2)
        await hands.scan("ORD1002")
        assert hands.tone == "done"


async def test_what_was_found_is_never_painted_over_a_newer_scan(world: World) -> None:
    world.bring(fresh("ORD1001"))
    let_sync()
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1002")
        await hands.scan("ORD1001")
        assert "ORD1001" in hands.banner
        world.bring(fresh("ORD1002"))
        daemon_says(found=True)
        await hands.look()
        assert hands.tone == "pack"
        assert "ORD1001" in hands.banner
        assert "Unfinished" not in hands.status


async def test_a_scan_that_comes_in_while_the_desk_looks_is_answered_alone(world: World) -> None:
    world.bring(fresh("ORD1001"))
    let_sync()
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1002")
        world.bring(fresh("ORD1002"))
        hands.app.queue.put(hands.app.parts.watching.look)
        await hands.scan("ORD1001")
        await hands.look()
        assert "ORD1001" in hands.banner
        assert hands.tone == "pack"


async def test_what_was_found_waits_for_somebody_to_be_signed_in(world: World) -> None:
    world.bring(fresh("ORD1001"))
    let_sync()
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1002")
        world.bring(fresh("ORD1002"))
        person, hands.app.station.person = hands.app.station.person, None
        await hands.look()
        assert hands.tone == "unknown"
        hands.app.station.person = person
        await hands.look()
        assert hands.tone == "pack"


async def test_with_another_parcel_in_hand_what_was_found_waits_to_be_scanned_again(world: World) -> None:
    world.bring(fresh("ORD1001"))
    let_sync()
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        await hands.scan("ORD1002")
        world.bring(fresh("ORD1002"))
        await hands.look()
        assert "FOUND" in hands.banner
        assert "ORD1002: scan it again" in hands.banner
        hands.later(2)
        await hands.scan("ORD1001")
        assert hands.tone == "done"


async def test_a_code_that_no_channel_knows_is_said_to_be_not_found_with_the_trouble_there_was(world: World) -> None:
    world.bring(fresh("ORD1001"))
    let_sync()
    async with at_desk(settings_for(world.url, language="vi"), world.packer_badge) as hands:
        await hands.scan("ORD1002")
        assert "CHƯA THẤY ĐƠN" in hands.banner
        daemon_says(found=False, trouble="Trà Lan: khóa bị thu hồi \x1b[2J")
        await hands.look()
        assert "QUÉT KHÔNG RA" in hands.banner
        assert "khóa bị thu hồi" in hands.panel("reasons")
        assert "\x1b" not in hands.panel("reasons")
        await hands.scan("ORD1002")
        assert "CHƯA THẤY ĐƠN" in hands.banner, "asked anew"


async def test_without_an_answer_the_desk_gives_up_and_says_who_did_not_answer(world: World) -> None:
    world.bring(fresh("ORD1001"))
    let_sync()
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1002")
        execute_many("UPDATE refresh_request SET asked_at = asked_at - ?", [(21 * SECOND,)])
        await hands.look()
        assert "NOT FOUND" in hands.banner
        assert "No answer from the sync daemon" in hands.panel("reasons")


async def test_nothing_pretends_to_ask_where_nothing_syncs(world: World) -> None:
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1002")
        assert "asking" not in hands.banner
        assert "type the number" in hands.banner


# The age of the data


async def test_the_header_says_how_old_each_channels_data_is_the_oldest_last(world: World) -> None:
    world.bring(fresh("ORD1001"))
    world.bring(fresh("ORD1002"), shop=OTHER_SHOP)
    let_sync(ago=30 * SECOND)
    execute_many("UPDATE shop SET synced_at = ? WHERE channel = 'lazada'", [(database_now() - 119 * MINUTE,)])
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        header = hands.app.desk.header
        await hands.look()
        assert re.search(r"shopee \d\d s  lazada 119 min", header.text)
        hands.later(120)
        await hands.look()
        assert "shopee 2 min  lazada 2 h" in header.text
        coloured = {
            segment.text: segment.style.color.name
            for segment in header.render_line(0)
            if segment.style and segment.style.color
        }
        assert coloured["lazada 2 h"] != coloured["shopee 2 min"]


async def test_a_verdict_on_old_data_says_so(world: World) -> None:
    world.bring(fresh("ORD1001"), fresh("ORD1002"))
    let_sync(ago=14 * MINUTE)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        assert "decided on data" not in hands.banner
        let_sync(ago=40 * MINUTE)
        await hands.scan("ORD1002")
        assert "decided on data that is 40 min old" in hands.banner


async def test_the_desk_looks_by_itself(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge, watches=True) as hands:
        await hands.scan("ORD1001")
        world.bring(cancelled("ORD1001"))
        for _moment in range(400):
            if hands.tone == "stop":
                break
            await asyncio.sleep(0.05)
        assert hands.tone == "stop"
