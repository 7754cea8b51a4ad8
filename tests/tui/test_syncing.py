from __future__ import annotations

import re

import pytest

from packstation.acts.policies import publish_policy
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, HOUR, MINUTE, SECOND
from packstation.settings import default_config_folder
from packstation.store import outbox, sync_state
from packstation.store.database import database_now, rows_of, transaction
from packstation.store.refreshes import ask_for_code
from packstation.store.sync_state import Progress
from tests.factories import a_shop
from tests.tui.worlds import HIDDEN_PHONE_SHOP, OTHER_SHOP, SHOP, Hands, World, at_desk, fresh, settings_for

TROUBLE = "the shop takes this computer's clock for wrong"


def sync(
    shop: str,
    *,
    ago: int | None = 0,
    trouble: str = "",
    troubled_for: int = 0,
    left: bool = False,
    history: float = 1.0,
) -> int:
    """A daemon has a shop, or had it, and this is how it got on; the shop's id."""
    [(shop_id,)] = rows_of("SELECT id FROM shop WHERE name = ?", (shop,))
    now = database_now()
    sync_state.begin(shop_id)
    with transaction():
        sync_state.take_shop(shop_id, "daemon", now, now + HOUR)
        start = now - 100 * DAY
        done = now - round(history * 100 * DAY)
        sync_state.save_progress(shop_id, Progress(now, start, done, None, None, now), "daemon")
        if ago is not None:
            sync_state.synced(shop_id, now - ago)
        if trouble:
            sync_state.troubled(shop_id, trouble, "code", now - troubled_for)
    if left:
        sync_state.leave_shop(shop_id, "daemon")
    return int(shop_id)


def once(shop_id: int, ago: int) -> None:
    """It was a single run, which ended."""
    sync_state.leave_shop(shop_id, "daemon", database_now() - ago)


def taken_out(shop_id: int) -> None:
    """The shop was taken out of the configuration."""
    sync_state.configured(shop_id, "desk-pc:/a")
    sync_state.let_go_of_absent("desk-pc:/a", [], database_now())


def page(hands: Hands) -> str:
    """The page of shops."""
    return str(hands.app.screen.query_one("#shops").shown)  # type: ignore[attr-defined]


def first_line(hands: Hands) -> str:
    """The header as it is painted."""
    return "".join(segment.text for segment in hands.app.desk.header.render_line(0))


def last_line(hands: Hands) -> str:
    """The keys as they are painted."""
    return "".join(segment.text for segment in hands.app.desk.query_one("#keys").render_line(0))


def complaint(hands: Hands) -> str:
    return str(hands.app.screen.query_one("#complaint").shown)  # type: ignore[attr-defined]


def told(shop: str = SHOP.name) -> list[tuple[str, str, str]]:
    """What waits in the outbox: order number, kind and text."""
    [(shop_id,)] = rows_of("SELECT id FROM shop WHERE name = ?", (shop,))
    found = []
    now = database_now()
    while taken := outbox.take_due(shop_id, "test", now, HOUR):
        with transaction():
            outbox.delivered(taken.id, "test", now)
        kept = taken.announcement
        found.append((taken.order_number, str(kept.kind), kept.text or kept.reason))
    return found


def tell_everything(shop: str = SHOP.name) -> None:
    """The shop's channel is told every decision."""
    outbox.set_switched_on(sync(shop), DecisionKind)


# The header


async def test_the_header_marks_channels_in_trouble_and_keeps_them_longest(world: World) -> None:
    for shop in (SHOP, OTHER_SHOP, HIDDEN_PHONE_SHOP, a_shop("Trà Web", "woocommerce")):
        world.bring(fresh(f"ORD-{shop.channel}"), shop=shop)
    sync(SHOP.name, ago=8 * SECOND)
    sync(OTHER_SHOP.name, ago=20 * MINUTE)
    sync(HIDDEN_PHONE_SHOP.name, ago=5 * SECOND, trouble=TROUBLE, troubled_for=3 * MINUTE)
    sync("Trà Web", ago=None, left=True, history=0.34)
    station = {"name": "Bàn đóng gói số 1"}
    async with at_desk(settings_for(world.url, station=station), world.packer_badge, size=(80, 24)) as hands:
        await hands.look()
        assert re.search(
            r"shopee \d+ s  lazada 20 min  tiktok \d+ s !  woocommerce – \(34 %\) !", hands.app.desk.header.text
        )
        line = first_line(hands)
        assert len(line) == 80
        assert line.startswith(" Bàn đóng gói số 1  ")
        assert re.search(r"tiktok \d+s !  woocommerce – \(34 %\) !  \d\d:\d\d $", line)
        assert "…" not in line


async def test_a_shop_whose_daemon_is_started_anew_is_not_in_trouble_yet(world: World) -> None:
    world.bring(fresh("ORD1001"))
    sync(SHOP.name, ago=8 * SECOND, left=True)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.look()
        assert "!" not in first_line(hands)
        sync(SHOP.name, ago=3 * MINUTE, left=True)
        await hands.look()
        assert "shopee 3 min !" in first_line(hands)
        assert "Trà Lan: nobody syncs this shop: start `packstation sync`" in hands.status


async def test_trouble_that_lasts_is_on_the_status_line_until_it_is_over(world: World) -> None:
    world.bring(fresh("ORD1001"))
    sync(SHOP.name, trouble=TROUBLE, troubled_for=10 * SECOND)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.look()
        assert TROUBLE not in hands.status
        sync(SHOP.name, trouble=TROUBLE, troubled_for=2 * MINUTE)
        await hands.look()
        assert f"Trà Lan: {TROUBLE}, for 2 min" in hands.status
        sync(SHOP.name)
        await hands.look()
        assert TROUBLE not in hands.status


async def test_a_shop_that_single_runs_keep_up_to_date_is_not_in_trouble_and_one_that_was_taken_out_is_not_there(
    world: World,
) -> None:
    world.bring(fresh("ORD1001"))
    world.bring(fresh("ORD2001"), shop=OTHER_SHOP)
    once(sync(SHOP.name, ago=20 * MINUTE), ago=20 * MINUTE)
    taken_out(sync(OTHER_SHOP.name, ago=9 * DAY, left=True))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.look()
        assert "shopee 20 min" in first_line(hands)
        assert "!" not in first_line(hands)
        assert "lazada" not in first_line(hands)
        assert "syncs this shop" not in hands.status
        await hands.press("f11")
        assert "Trà Hùng" in page(hands).splitlines()[3], "those that are looked after come first"
        assert "no daemon runs for it: the last `packstation sync --once` ended 20 min ago" in page(hands)
        assert "not in channels.toml any more" in page(hands)


# The list of shops


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_one_key_shows_age_history_queue_and_trouble_of_every_shop(world: World, size: tuple[int, int]) -> None:
    world.bring(fresh("ORD1001"))
    world.bring(fresh("ORD2001"), shop=OTHER_SHOP)
    sync(SHOP.name, ago=8 * SECOND, history=0.5)
    sync(OTHER_SHOP.name, ago=3 * HOUR, trouble=TROUBLE, troubled_for=3 * HOUR)
    async with at_desk(settings_for(world.url, language="vi"), world.packer_badge, size=size) as hands:
        ask_for_code("NOBODYS", 1, database_now())
        await hands.press("f11")
        assert hands.dialog == "Shops"
        assert re.search(r"Trà Lan +shopee +\d+ giây +50 % +1", page(hands))
        assert re.search(r"! Trà Hùng +lazada +3 giờ +✓ +1", page(hands))
        assert "cửa hàng cho rằng đồng hồ của máy này sai, đã 3 giờ" in re.sub(r"\s+", " ", page(hands))
        width = hands.app.screen.query_one("#page").content_size.width
        assert max(len(line) for line in page(hands).splitlines()) <= width


async def test_a_shop_list_without_any_daemon_says_so(world: World) -> None:
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("f11")
        assert "orders come from files" in page(hands)


# The last line


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_keys_of_the_moment_fit_the_smallest_screen(world: World, language: str) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url, language=language), world.packer_badge, size=(80, 24)) as hands:
        assert "F11" in last_line(hands)
        assert "^N" not in last_line(hands)
        await hands.scan("ORD1001")
        assert all(cap in last_line(hands) for cap in ("F1", "F2", "F4", "F5", "F7", "F8", "F9", "F10", "^N"))
        assert len(last_line(hands).rstrip()) <= 80


# Notes


async def test_a_note_to_the_order_on_screen_goes_to_its_channel(world: World) -> None:
    world.bring(fresh("ORD1001"))
    tell_everything()
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        await hands.press("ctrl+n")
        await hands.press("enter")
        assert complaint(hands) == "Nothing is written yet"
        await hands.type("two boxes")
        await hands.press("enter")
        assert hands.dialog == ""
        assert "The note to ORD1001 goes to the channel" in hands.status
    assert told() == [("ORD1001", "note", "two boxes")]


async def test_a_scan_closes_the_note_and_is_no_part_of_it(world: World) -> None:
    world.bring(fresh("ORD1001"), fresh("ORD1002"))
    tell_everything()
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.scan("ORD1001")
        await hands.press("ctrl+n")
        await hands.type("two")
        await hands.scan("ORD1002")
        assert (hands.dialog, hands.tone) == ("", "pack")
        assert "ORD1002" in hands.banner
    assert told() == []


async def test_a_shop_that_sends_no_notes_says_so_and_without_an_order_there_is_nothing_to_note(world: World) -> None:
    world.bring(fresh("ORD1001"))
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        await hands.press("ctrl+n")
        assert (hands.dialog, "No order on screen" in hands.status) == ("", True)
        await hands.scan("ORD1001")
        await hands.press("ctrl+n")
        await hands.type("hi")
        await hands.press("enter")
        assert complaint(hands).startswith("Trà Lan sends no notes")


async def test_the_header_says_how_many_have_to_make_the_next_truck(world: World) -> None:
    now = database_now()
    trucks = '\n[holds.cut_offs."*"]\nmon-sun = ["12:00", "23:30"]\n'
    publish_policy(world.place, (default_config_folder() / "risk.toml").read_text(encoding="utf-8") + trucks, None)
    async with at_desk(settings_for(world.url), world.packer_badge) as hands:
        world.bring(fresh("A-1", ship_by=now + HOUR), fresh("A-2", ship_by=now + 9 * DAY))
        await hands.app.station.refresh_header()
        await hands.settle()
        assert "1 for " in first_line(hands)
