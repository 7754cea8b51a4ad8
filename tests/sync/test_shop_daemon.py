"""One shop in trouble: a line that says what to do, every other shop goes on, and it heals when its cause is gone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from packstation.domain.times import DAY, HOUR, MINUTE
from packstation.store.database import rows_of
from packstation.store.engines import sqlite_path
from packstation.store.tables.base import database as proxy
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Page, Span
from sync.sandbox.faults import Fault
from sync.sandbox.stand import real_clock
from tests.factories import an_order
from tests.sync.channels.stands import QUICK
from tests.sync.running import (
    OTHER_VAULT,
    QUICKLY,
    LiveShop,
    holder,
    live_shop,
    numbers_of,
    running,
    standing,
    trouble_of,
    until,
)
from tests.sync.scripted import ScriptedChannel

pytestmark = pytest.mark.usefixtures("sqlite_database")


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that fail are tried again within milliseconds."""
    monkeypatch.setattr("sync.web.connection.Manners", lambda: QUICK)


async def test_a_shop_that_nobody_logged_in_to_says_which_command_does_and_the_others_go_on() -> None:
    async with live_shop("tiktok", vault=None) as locked_out, live_shop("lazada") as fine, running(locked_out, fine):
        await until(lambda: fine.is_all_stored)
        await until(lambda: trouble_of(locked_out))
        assert f"packstation sync login '{locked_out.name}'" in trouble_of(locked_out)
        assert trouble_of(fine) == ""
        locked_out.log_in()
        await until(lambda: locked_out.is_all_stored and not trouble_of(locked_out))


async def test_a_credential_that_another_key_sealed_is_told_as_such() -> None:
    async with live_shop("tiktok", vault=OTHER_VAULT) as shop, running(shop):
        await until(lambda: trouble_of(shop))
        assert "key" in trouble_of(shop)
        assert standing(shop).trouble_code == "credential"
        assert numbers_of(shop.name) == []


async def test_a_consent_that_the_seller_took_back_is_told_until_it_is_given_again() -> None:
    async with live_shop("tiktok") as revoked, live_shop("lazada") as fine, running(revoked, fine):
        await until(lambda: revoked.is_all_stored and fine.is_all_stored)
        revoked.stand.faults.chances = {Fault.REVOKED: 1.0}
        await until(lambda: trouble_of(revoked))
        assert "log in again" in trouble_of(revoked)
        calls = sum(fine.stand.calls.values())
        await until(lambda: sum(fine.stand.calls.values()) > calls + 2)
        assert trouble_of(fine) == ""
        revoked.stand.faults.chances = {}
        revoked.stand.accepted.pop("revoked")
        revoked.log_in()
        await until(lambda: not trouble_of(revoked))


@pytest.mark.parametrize("minutes", [10, -10])
async def test_a_clock_that_is_off_works_and_is_told_since_it_was_first_seen(minutes: int) -> None:
    async with live_shop("tiktok", clock=lambda: real_clock() + minutes * MINUTE) as shop, running(shop):
        await until(lambda: shop.is_all_stored and trouble_of(shop))
        assert "10 minutes" in trouble_of(shop)
        since = standing(shop).trouble_since
        synced_at = standing(shop).synced_at
        await until(lambda: standing(shop).synced_at != synced_at)
        assert standing(shop).trouble_since == since


@pytest.mark.parametrize("host", ["http://127.0.0.1:1", "https://no-such-host.invalid"])
async def test_a_host_that_cannot_be_reached_is_told_and_keeps_nobody_else(host: str) -> None:
    async with live_shop("tiktok", api_host=host) as away, live_shop("lazada") as fine, running(away, fine):
        await until(lambda: trouble_of(away) and fine.is_all_stored)
        assert standing(away).trouble_code in ("unreachable", "breaker")
        assert numbers_of(away.name) == []


async def test_a_channel_that_nobody_offers_is_told_with_those_that_there_are() -> None:
    async with live_shop("tiktok") as fine:
        unknown = fine.config.model_copy(update={"name": "Sóc Nâu X", "channel": "shoppee"})
        async with running(unknown, fine):
            await until(lambda: fine.is_all_stored and trouble_of("Sóc Nâu X"))
            assert "shopee" in trouble_of("Sóc Nâu X")


async def test_a_shop_with_orders_that_became_one_of_another_channel_is_refused() -> None:
    async with live_shop("tiktok") as fine, live_shop("lazada") as lazada:
        async with running(fine):
            await until(lambda: numbers_of(fine.name))
        renamed = lazada.config.model_copy(update={"name": fine.name})
        async with running(renamed) as at:
            await until(lambda: at.said("trouble"))
            assert fine.name in at.said("trouble")[0]["text"]
            assert rows_of("SELECT channel FROM shop WHERE name = ?", (fine.name,)) == [("tiktok",)]


class Stumbling(ScriptedChannel):
    """A third party's connector that raises what none should."""

    error: Exception | None = KeyError("Nguyễn Văn An")

    async def changes(self, span: Span, cursor: str | None) -> Page:
        if self.error is not None:
            raise self.error
        return await super().changes(span, cursor)


@pytest.mark.parametrize(
    ("error", "told"),
    [(KeyError("Nguyễn Văn An"), "does not understand"), (RuntimeError("0912345678"), "internal error")],
)
async def test_a_connector_that_stumbles_keeps_nobody_else_and_its_values_are_not_shown(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync.channels.registry import open_channel

    channel = Stumbling([an_order("A-1", updated_at=real_clock() - MINUTE)])
    channel.error = error
    monkeypatch.setattr(
        "sync.shop_daemon.open_channel",
        lambda shop, connection: channel if shop.channel == "scripted" else open_channel(shop, connection),
    )
    async with live_shop("tiktok") as fine:
        theirs = fine.config.model_copy(update={"name": "shop-a", "channel": "scripted"})
        async with running(theirs, fine) as at:
            await until(lambda: fine.is_all_stored and trouble_of("shop-a"))
            assert told in trouble_of("shop-a")
            assert not [line for line in at.log if str(error.args[0]) in str(line)]
            assert at.said("stumbled")[0]["where"].partition(":")[0].endswith(".py")
            channel.error = None
            await until(lambda: numbers_of("shop-a") == ["A-1"] and not trouble_of("shop-a"))


async def test_what_a_connector_repeats_of_a_buyer_is_not_shown_and_the_channels_other_words_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel = Stumbling()
    channel.error = ChannelError("Acme will not: An, 0912 345 678, an@d.vn " + "owes " * 200, Advice.SKIP)
    monkeypatch.setattr("sync.shop_daemon.open_channel", lambda _shop, _connection: channel)
    async with live_shop("tiktok") as other:
        shop = other.config.model_copy(update={"name": "shop-a", "channel": "scripted"})
        async with running(shop) as at:
            await until(lambda: trouble_of("shop-a"))
            assert trouble_of("shop-a").startswith("Acme will not: An, …, … owes owes")
            assert len(trouble_of("shop-a")) == 400
            assert not [line for line in at.log if "345" in str(line) or "@" in str(line)]


class WithoutHistory(ScriptedChannel):
    """A channel that lists what is new, and fails for what is older."""

    is_broken = True

    async def changes(self, span: Span, cursor: str | None) -> Page:
        if self.is_broken and span.since < real_clock() - HOUR:
            raise ChannelError("too old", Advice.RETRY, code="old")
        return await super().changes(span, cursor)


async def test_trouble_with_the_history_is_shown_although_what_is_new_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = WithoutHistory()
    monkeypatch.setattr("sync.shop_daemon.open_channel", lambda _shop, _connection: channel)
    async with live_shop("tiktok") as other:
        shop = other.config.model_copy(update={"name": "shop-a", "channel": "scripted"})
        async with running(shop):
            await until(lambda: trouble_of("shop-a"))
            since = standing("shop-a").trouble_since
            for _time in range(3):
                calls = len(channel.spans)
                await until(partial(lambda before: len(channel.spans) > before + 1, calls))
                assert (trouble_of("shop-a"), standing("shop-a").trouble_since) == ("too old", since)
            channel.is_broken = False
            await until(lambda: not trouble_of("shop-a") and standing("shop-a").progress.history_is_done)


class WithLongHistory(WithoutHistory):
    """A channel whose oldest orders take as long as the test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.oldest_may_come = asyncio.Event()

    async def changes(self, span: Span, cursor: str | None) -> Page:
        if span.since < real_clock() - 5 * DAY:
            await self.oldest_may_come.wait()
        return await super().changes(span, cursor)


async def test_trouble_with_the_history_is_over_when_it_gets_on_and_not_only_when_it_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel = WithLongHistory()
    monkeypatch.setattr("sync.shop_daemon.open_channel", lambda _shop, _connection: channel)
    async with live_shop("tiktok") as other:
        shop = other.config.model_copy(update={"name": "shop-a", "channel": "scripted"})
        async with running(shop):
            await until(lambda: trouble_of("shop-a"))
            channel.is_broken = False
            await until(lambda: not trouble_of("shop-a"))
            assert not standing("shop-a").progress.history_is_done
            channel.oldest_may_come.set()
            await until(lambda: standing("shop-a").progress.history_is_done)


async def test_who_logs_in_after_many_failures_need_not_wait_for_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.resting._LOOK_FOR_LOGIN", 0.05)
    monkeypatch.setattr("sync.resting.seconds_after", lambda _error, _failures, _rhythm: 3_600.0)
    async with live_shop("tiktok", vault=None) as shop, running(shop):
        await until(lambda: trouble_of(shop))
        shop.log_in()
        await until(lambda: shop.is_all_stored and not trouble_of(shop))


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else keeps writing all the time."""
    other = sqlite3.connect(sqlite_path(url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def test_a_locked_database_is_waited_for_and_nothing_is_lost(
    sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.daemon._AGAIN_AFTER", 0.1)
    monkeypatch.setattr(proxy.obj, "_patience", 0.1)
    monkeypatch.setattr(proxy.obj, "_timeout", 0.1)
    short_lease = replace(QUICKLY, lease=0.9)
    async with (
        live_shop("tiktok", orders=60) as shop,
        live_shop("lazada") as other,
        running(shop, other, rhythm=short_lease) as at,
    ):
        await until(lambda: numbers_of(shop.name))
        had_it = holder(shop)
        with locked(sqlite_database):
            shop.stand.market.note(next(iter(shop.orders)), "changed meanwhile", real_clock())
            line = (
                "the database does not answer (database is locked): end what keeps it locked; the rest comes by itself"
            )
            await until(lambda: [each["text"] for each in at.said("trouble")].count(line) > 6)
        await until(lambda: shop.is_all_stored and other.is_all_stored and not trouble_of(shop))
        assert "changed meanwhile" in notes_of(shop)
        assert holder(shop) == had_it
        assert not at.said("stumbled")


def notes_of(shop: LiveShop) -> str:
    rows: list[Any] = rows_of(
        "SELECT o.seller_note FROM orders o JOIN shop s ON s.id = o.shop_id WHERE s.name = ?", (shop.name,)
    )
    return " ".join(row[0] for row in rows)


@contextmanager
def room_for(pages: int) -> Iterator[None]:
    """The database's file may grow by so many pages of 4 kB; then the engine says that the disk is full."""
    here = rows_of("PRAGMA page_count")[0][0]
    limit = ("max_page_count", here + pages)
    proxy.obj._pragmas.append(limit)
    try:
        yield
    finally:
        proxy.obj._pragmas.remove(limit)


async def test_a_full_disk_is_told_in_one_line_and_the_rest_comes_once_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sync.daemon._AGAIN_AFTER", 0.1)
    async with live_shop("tiktok", orders=150) as shop:
        with room_for(8):
            async with running(shop) as at:
                told = "the database does not answer (database or disk is full): make room on the disk; the rest comes by itself"
                await until(lambda: told in [line["text"] for line in at.said("trouble")])
                assert not shop.is_all_stored
        assert rows_of("SELECT count(*) FROM orders WHERE id NOT IN (SELECT order_id FROM order_item)") == [(0,)]
        assert rows_of("PRAGMA integrity_check") == [("ok",)]
        async with running(shop) as at:
            await until(lambda: shop.is_all_stored and not trouble_of(shop))
        assert len(numbers_of(shop.name)) == len(set(numbers_of(shop.name))) == 150
