"""The daemon: several shops beside each other, other configurations while it runs, other daemons, and its end."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
from pydantic_core import from_json

from packstation.cli.status import read_standing, standing_lines
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import SECOND
from packstation.settings_errors import SettingsError
from packstation.store import rereads
from packstation.store.database import database_now, open_database, rows_of, transaction
from packstation.store.outbox import set_switched_on, switched_on
from packstation.store.shops import shop_id_of
from packstation.store.sync_state import Keeper, begin, configured, take_shop
from sync.channels.protocol import Page, Span
from sync.daemon import SingleRun
from sync.holder import new_name
from sync.shops_config import (
    CHANNELS_FILE,
    MetricsConfig,
    PullConfig,
    ShopConfig,
    SyncConfig,
    WebhooksConfig,
    load_shops,
)
from tests.factories import a_shop
from tests.sync.daemons import Simulated, desk_with, end, simulated_channels, wait_until
from tests.sync.running import (
    OTHER_VAULT,
    QUICKLY,
    Running,
    a_daemon,
    config_of,
    holder,
    live_shop,
    numbers_of,
    running,
    standing,
    trouble_of,
    two_shops,
    until,
)
from tests.sync.scripted import ScriptedChannel

pytestmark = pytest.mark.usefixtures("sqlite_database")

UP_TO_DATE = SingleRun((), was_told_to_end=False)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


async def test_every_shop_is_brought_up_to_date_beside_the_others_and_given_back_at_the_end() -> None:
    async with two_shops() as shops:
        async with running(*shops):
            await until(lambda: all(shop.is_all_stored for shop in shops))
            assert all(holder(shop) for shop in shops)
        assert [holder(shop) for shop in shops] == [None, None]
        assert [trouble_of(shop) for shop in shops] == ["", ""]


async def test_a_new_shop_is_taken_in_and_a_removed_one_let_go_while_the_others_go_on() -> None:
    async with two_shops() as (stays, comes), running(stays) as at:
        await until(lambda: stays.is_all_stored)
        had_it = holder(stays)
        at.reload(config_of([stays, comes]))
        await until(lambda: comes.is_all_stored)
        at.reload(config_of([stays]))
        await until(lambda: holder(comes) is None)
        assert holder(stays) == had_it


async def test_a_shop_whose_keys_changed_is_begun_again_with_them() -> None:
    async with live_shop("tiktok") as shop:
        wrong = shop.config.model_copy(update={"api_host": f"http://127.0.0.1:{free_port()}"})
        async with running(wrong) as at:
            await until(lambda: trouble_of(shop))
            at.reload(config_of([shop]))
            await until(lambda: shop.is_all_stored and not trouble_of(shop))


async def test_a_configuration_with_a_mistake_changes_nothing_and_is_told_in_the_log() -> None:
    async with live_shop("tiktok") as shop, running(shop) as at:
        await until(lambda: shop.is_all_stored)
        had_it = holder(shop)
        at.reload(SettingsError("channels.toml: shops.x.channel: is missing"))
        await until(lambda: at.said("the new configuration is not taken"))
        assert at.said("the new configuration is not taken")[0]["text"].endswith("is missing")
        shop.stand.market.note(next(iter(shop.orders)), "hello", shop.stand.clock())
        calls = dict(shop.stand.calls)
        await until(lambda: shop.stand.calls != calls)
        assert holder(shop) == had_it


@pytest.mark.parametrize("now_is", ["missing", "empty", "a folder", "without shops"])
async def test_a_configuration_that_lost_all_its_shops_is_taken_for_a_mistake(
    now_is: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.daemon._TICK_EVERY", 0.05)
    file = tmp_path / CHANNELS_FILE
    async with live_shop("tiktok") as shop, running(shop) as at:
        await until(lambda: shop.is_all_stored)
        had_it = holder(shop)
        shop_id = shop_id_of(shop.config.shop)
        set_switched_on(shop_id, DecisionKind)
        match now_is:
            case "a folder":
                file.mkdir()
            case "empty":
                file.touch()
            case "without shops":
                file.write_text("[pull]\npoll_seconds = 5\n", encoding="utf-8")
        monkeypatch.setattr(at.daemon, "_load", lambda: load_shops(tmp_path))
        at.daemon.reload()
        [line] = at.said("the new configuration is not taken")
        assert line["text"].startswith("channels.toml is missing, no file, or has no shops")
        synced_at = standing(shop).synced_at or 0
        await until(lambda: (standing(shop).synced_at or 0) > synced_at + 200)
        assert (holder(shop), standing(shop).removed_at) == (had_it, None)
        assert switched_on(shop_id) == set(DecisionKind)
        assert not at.said("configuration read anew")


async def test_reloads_that_follow_each_other_at_once_end_with_the_last_configuration() -> None:
    async with two_shops() as (first, second), running(first) as at:
        await until(lambda: holder(first))
        for shops in ([second], [first, second], [first], [second]):
            at.reload(config_of(shops))
        await until(lambda: second.is_all_stored and holder(first) is None)
        assert len(at.said("configuration read anew")) == 4


async def test_another_rhythm_begins_every_shop_again() -> None:
    async with live_shop("tiktok") as shop, running(shop, rhythm=None) as at:
        await until(lambda: holder(shop))
        had_it = holder(shop)
        at.reload(replace(config_of([shop]), pull=PullConfig(poll_seconds=1.0)))
        await until(lambda: holder(shop) not in (had_it, None))


async def test_ports_are_opened_and_closed_as_the_configuration_says() -> None:
    async with live_shop("tiktok") as shop, running(shop) as at, httpx.AsyncClient() as client:
        hooks, metrics = free_port(), free_port()
        urls = [f"http://127.0.0.1:{hooks}/hooks/x", f"http://127.0.0.1:{metrics}/metrics"]

        async def answers() -> list[bool]:
            found = []
            for url in urls:
                try:
                    await client.get(url)
                    found.append(True)
                except httpx.TransportError:  # also one that was cut off while the port closed
                    found.append(False)
            return found

        async def become(wanted: list[bool]) -> None:
            for _time in range(200):
                if await answers() == wanted:
                    return
                await asyncio.sleep(0.02)
            assert await answers() == wanted

        await until(lambda: holder(shop))
        had_it = holder(shop)
        assert await answers() == [False, False]
        both = config_of(
            [shop], webhooks=WebhooksConfig(enabled=True, port=hooks), metrics=MetricsConfig(enabled=True, port=metrics)
        )
        at.reload(both)
        await become([True, True])
        at.reload(config_of([shop]))
        await become([False, False])
        assert holder(shop) == had_it


async def test_a_port_that_somebody_else_has_is_told_and_taken_once_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.listening._AGAIN_AFTER", 0.1)
    async with live_shop("tiktok") as shop:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            async with running(shop, webhooks=WebhooksConfig(enabled=True, port=port)) as at:
                await until(lambda: any(line.get("job") == "webhooks" for line in at.log) and shop.is_all_stored)
                taken.close()
                await until(lambda: at.said("receiving") and not _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


async def test_once_brings_every_shop_up_to_date_and_tells_whether_all_went_well() -> None:
    async with two_shops() as (first, second):
        assert await a_daemon(Running(config_of([first]))).run_once() == UP_TO_DATE
        assert first.is_all_stored
        assert holder(first) is None
        progress = standing(first).progress
        assert progress.history_is_done
        # The second look through the history is left to the daemon that runs.
        assert progress.checked_from == progress.begun_at
        dead = second.config.model_copy(update={"channel": "no-such-channel"})
        ended = await a_daemon(Running(config_of([first, dead]))).run_once()
        assert ended == SingleRun((dead.name,), was_told_to_end=False)


async def test_once_leaves_a_shop_alone_that_another_daemon_has() -> None:
    async with live_shop("tiktok") as shop:
        with transaction():
            shop_id = shop_id_of(shop.config.shop)
            begin(shop_id)
            assert take_shop(shop_id, "elsewhere/1/ab", database_now(), database_now() + 60 * SECOND)
        assert (await a_daemon(Running(config_of([shop]))).run_once()).behind == (shop.name,)
        assert holder(shop) == "elsewhere/1/ab"
        assert numbers_of(shop.name) == []


class Slow(ScriptedChannel):
    """Lists nothing until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()

    async def changes(self, span: Span, cursor: str | None) -> Page:
        await self.let.wait()
        return await super().changes(span, cursor)


@asynccontextmanager
async def slow_run(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[ShopConfig, Slow, asyncio.Task[SingleRun]]]:
    """`--once` that has begun with a channel that takes its time, under a lease of one second."""
    channel = Slow()
    monkeypatch.setattr("sync.shop_daemon.open_channel", lambda _shop, _connection: channel)
    async with live_shop("tiktok") as shop:
        daemon = a_daemon(Running(config_of([shop])), replace(QUICKLY, lease=1.0))
        running = asyncio.create_task(daemon.run_once())
        await until(lambda: holder(shop))
        yield shop.config, channel, running


async def test_once_keeps_its_shop_however_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with slow_run(monkeypatch) as (shop, channel, running):
        had_until = standing(shop.name).daemon_until or 0
        await until(lambda: database_now() > had_until + 200)
        assert (standing(shop.name).daemon_until or 0) > database_now()
        assert (await a_daemon(Running(config_of([shop]))).run_once()).behind == (shop.name,)
        channel.let.set()
        assert await running == UP_TO_DATE
        assert trouble_of(shop.name) == ""


async def test_once_that_loses_its_shop_says_so_in_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    async with slow_run(monkeypatch) as (shop, _channel, running):
        other_until = database_now() + 60 * SECOND
        rows_of("UPDATE shop_sync SET daemon = 'elsewhere/1/ab', daemon_until = ? RETURNING shop_id", (other_until,))
        assert await asyncio.wait_for(running, 10) == SingleRun((shop.name,), was_told_to_end=False)
        assert "another daemon took the shop over" in trouble_of(shop.name)
        assert standing(shop.name).daemon == "elsewhere/1/ab"


async def test_once_ends_gracefully_when_it_is_told_to_and_names_the_shops_that_are_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with slow_run(monkeypatch) as (shop, _channel, running):
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        signal.raise_signal(signal.SIGTERM)
        assert await asyncio.wait_for(running, 10) == SingleRun((shop.name,), was_told_to_end=True)
        assert standing(shop.name).daemon is None


async def test_once_that_is_told_to_end_when_every_shop_is_up_to_date_has_done_what_it_was_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sync.daemon.tick", lambda _place: signal.raise_signal(signal.SIGTERM))
    async with live_shop("tiktok") as shop:
        ended = await a_daemon(Running(config_of([shop]))).run_once()
        assert ended.behind == ()


async def test_no_decisions_pile_up_for_shops_that_are_configured_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.daemon._TICK_EVERY", 0.05)
    async with two_shops() as (stays, removed):
        unknown = stays.config.model_copy(update={"name": "Sóc Nâu X", "channel": "no-such-channel"})
        ids = []
        for shop in (stays.config.shop, removed.config.shop, unknown.shop, a_shop("elsewhere")):
            with transaction():
                ids.append(shop_id_of(shop))
                begin(ids[-1])
                configured(ids[-1], "" if shop.name != "elsewhere" else "warehouse:/etc/packstation")
                set_switched_on(ids[-1], DecisionKind)
        async with running(stays, removed, unknown) as at:
            await until(lambda: not switched_on(ids[2]))
            await until(lambda: holder(stays) and holder(removed))
            with transaction():
                for shop_id in ids[:2]:
                    set_switched_on(shop_id, DecisionKind)
            at.reload(config_of([stays, unknown]))
            await until(lambda: not switched_on(ids[1]))
            await until(lambda: standing(removed).removed_at)
            assert switched_on(ids[0]) == switched_on(ids[3]) == set(DecisionKind)
            assert (standing(stays).removed_at, standing("elsewhere").removed_at) == (None, None)


async def test_records_without_a_number_that_were_not_seen_for_long_are_forgotten() -> None:
    async with live_shop("tiktok") as shop:
        with transaction():
            shop_id = shop_id_of(shop.config.shop)
            rereads.park(shop_id, [("?aa", "id: missing"), ("A-1", "no price")], database_now() - rereads.KEPT_FOR)
            rereads.park(shop_id, [("?bb", "id: missing")], database_now())
        async with running(shop):
            await until(lambda: [number for _shop, number, _why, _at in rereads.parked()] == ["?bb", "A-1"])


async def test_a_shop_taken_out_while_no_daemon_ran_is_let_go_by_the_next_run_but_not_by_another_configuration() -> (
    None
):
    async with two_shops() as (stays, removed):
        ours = replace(config_of([stays, removed]), name="desk-pc:/etc/packstation")
        without = replace(config_of([stays]), name=ours.name)
        theirs = replace(config_of([removed]), name="warehouse:/etc/packstation")

        async def is_let_go_after(*runs: SyncConfig) -> bool:
            for config in runs:
                await a_daemon(Running(config)).run_once()
            return standing(removed).removed_at is not None

        assert not await is_let_go_after(ours, theirs, without)
        assert await is_let_go_after(ours, without)
        assert not await is_let_go_after(ours)


async def test_the_shop_of_a_daemon_that_cannot_be_seen_is_taken_over_when_its_lease_ends_and_not_before() -> None:
    async with live_shop("tiktok") as shop:
        with transaction():
            shop_id = shop_id_of(shop.config.shop)
            begin(shop_id)
            now = database_now()
            assert take_shop(shop_id, "elsewhere/1/ab", now, now + 800)
        async with running(shop) as at:
            await until(lambda: at.said("another daemon has this shop"))
            await until(lambda: holder(shop) != "elsewhere/1/ab")
            assert database_now() > now + 800
            await until(lambda: shop.is_all_stored)


async def test_a_shop_whose_work_fails_is_attended_over_the_rest_and_has_one_line_that_says_what_is_wrong() -> None:
    async with (
        live_shop("tiktok", vault=OTHER_VAULT) as sealed,
        live_shop("lazada", vault=None) as locked_out,
        live_shop("shopee", api_host=f"http://127.0.0.1:{free_port()}") as away,
    ):
        unknown = locked_out.config.model_copy(update={"name": "Sóc Nâu X", "channel": "no-such-channel"})
        shops = [sealed.config, locked_out.config, away.config, unknown]
        async with running(*shops, rhythm=replace(QUICKLY, lease=0.9, longest_rest=60)):
            await until(lambda: all(trouble_of(shop.name) for shop in shops))
            over = database_now() + 3 * SECOND
            while database_now() < over:
                assert {standing(shop.name).keeper(database_now()) for shop in shops} == {Keeper.DAEMON}
                await asyncio.sleep(0.05)
            told = [line for line in standing_lines(read_standing(None)) if line.startswith("  ")]
            assert [line[:12] for line in told if "history" not in line] == ["  trouble fo"] * len(shops)
            asked_at = monotonic()
        assert monotonic() - asked_at < 2
        assert {standing(shop.name).keeper(database_now()) for shop in shops} == {Keeper.NOBODY}


async def test_a_daemon_that_lost_its_shop_stands_by_and_takes_it_again_when_the_other_is_gone() -> None:
    async with live_shop("tiktok") as shop, running(shop, rhythm=replace(QUICKLY, lease=0.6)) as at:
        await until(lambda: shop.is_all_stored)
        ours = holder(shop)
        rows_of(
            "UPDATE shop_sync SET daemon = 'elsewhere/1/ab', daemon_until = ? RETURNING shop_id",
            (database_now() + 1_500,),
        )
        await until(lambda: at.said("another daemon took this shop over"))
        await until(lambda: holder(shop) == ours)
        calls = dict(shop.stand.calls)
        await until(lambda: shop.stand.calls != calls)


def test_a_name_tells_whose_process_it_is() -> None:
    from sync.holder import has_died

    assert not has_died(new_name())
    here = new_name().partition("/")[0]
    assert has_died(f"{here}/{2**22 + 1}/ab")
    assert not has_died(f"another-{here}/{2**22 + 1}/ab")
    assert not has_died(f"{here}/{10**30}/ab")
    assert not has_died("")


async def test_a_shop_is_taken_over_at_once_when_the_daemon_that_had_it_is_killed_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live_shop("tiktok", vault=None) as shop:
        credential = {one.name: getattr(shop.credential, one.name) for one in fields(shop.credential)}
        told = Simulated(shop.name, "tiktok", str(shop.config.api_host), dict(shop.config.account), credential)
        desk = desk_with([told], tmp_path, monkeypatch, pull="[pull]\npoll_seconds = 1\nlease_seconds = 600\n")
        open_database(desk.url)
        first = desk.start_daemon()
        try:
            await until(lambda: holder(shop))
            its_name = holder(shop)
            async with running(shop) as at:
                await until(lambda: at.said("another daemon has this shop"))
                assert holder(shop) == its_name
                first.kill()
                first.wait(10)
                await until(lambda: holder(shop) not in (its_name, None))
                await until(lambda: shop.is_all_stored)
        finally:
            if first.poll() is None:
                first.kill()
                first.wait(10)


def test_signals_reload_and_end_the_daemon_and_its_log_names_no_buyer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with simulated_channels(["tiktok", "lazada"], "--orders", "60", "--days", "5") as (first, second):
        desk = desk_with([first, second], tmp_path, monkeypatch)
        channels = tmp_path / "channels.toml"
        both = channels.read_text("utf-8")
        channels.write_text(both.partition(f'[shops."{second.shop}"]')[0], "utf-8")
        log = tmp_path / "sync.log"
        daemon = desk.start_daemon()
        try:
            assert wait_until(lambda: count(tmp_path, first.shop) == 60, 20)
            channels.write_text("[shops.x]\n", "utf-8")
            daemon.send_signal(signal.SIGHUP)
            assert wait_until(lambda: "not taken" in log.read_text("utf-8"), 10)
            channels.write_text(both, "utf-8")
            daemon.send_signal(signal.SIGHUP)
            assert wait_until(lambda: count(tmp_path, second.shop) > 0, 20)
        finally:
            code = end(daemon)
        assert code == 0
        with sqlite3.connect(f"file:{tmp_path / 'desk.db'}?mode=ro", uri=True) as connection:
            leases = connection.execute("SELECT daemon FROM shop_sync").fetchall()
            people = connection.execute("SELECT recipient, phone FROM orders").fetchall()
        assert leases == [(None,), (None,)]
        lines = [from_json(line) for line in log.read_text("utf-8").splitlines()]
        assert {line["event"] for line in lines} >= {"started", "history", "configuration read anew", "stopping"}
        text = log.read_text("utf-8")
        secrets = [value for shop in (first, second) for value in secrets_of(shop.credential)]
        told = [word for pair in people for word in pair if word and len(word) > 6]
        assert len(told) > 20
        assert not [word for word in (*told, *secrets) if word in text]


def count(folder: Path, shop: str) -> int:
    with sqlite3.connect(f"file:{folder / 'desk.db'}?mode=ro", uri=True) as connection:
        asked = "SELECT count(*) FROM orders o JOIN shop s ON s.id = o.shop_id WHERE s.name = ?"
        found: int = connection.execute(asked, (shop,)).fetchone()[0]
        return found


def secrets_of(credential: dict[str, Any]) -> list[str]:
    return [*credential["secrets"].values(), credential["access_token"], credential["refresh_token"]]
