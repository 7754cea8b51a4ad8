"""A daemon of this process before simulated channels of this process, so that a test can look into all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import structlog

from packstation.acts.policies import publish_policy
from packstation.acts.workplace import open_command
from packstation.settings_errors import SettingsError
from packstation.store import sync_state
from packstation.store.database import rows_of, transaction
from packstation.store.policies import newest_version
from packstation.store.shops import shop_id_of
from packstation.store.sync_state import SyncStanding
from sync.credentials.credential import Credential
from sync.credentials.key import Key, KeyPlace
from sync.credentials.tokens import log_in
from sync.credentials.vault import Vault
from sync.daemon import Daemon
from sync.rhythm import Rhythm
from sync.sandbox.market.facts import Facts
from sync.sandbox.server import application, serving, simulated
from sync.sandbox.stand import Stand, real_clock
from sync.shops_config import MetricsConfig, ShopConfig, SyncConfig, WebhooksConfig
from tests.sync.channels.stands import make_stand, shop_config
from tests.sync.scripted import POLICY

VAULT = Vault((Key(bytes(range(32)), KeyPlace.ENVIRONMENT),))
OTHER_VAULT = Vault((Key(bytes(32), KeyPlace.ENVIRONMENT),))
QUICKLY = Rhythm(poll=0.1, reconcile=3600, rereads=0.1, outbox=0.1, lease=20.0, seller_must_act=0.1, longest_rest=0.2)
SELDOM = replace(QUICKLY, poll=600, rereads=600)
DAYS = 5


@dataclass
class LiveShop:
    """A simulated channel, and how the daemon is to sync it."""

    stand: Stand
    config: ShopConfig

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def credential(self) -> Credential:
        return simulated(self.config.channel).credential(self.stand)

    @property
    def orders(self) -> dict[str, Facts]:
        """What the channel lets one see."""
        every = self.stand.market.every(self.stand.clock())
        channel = simulated(self.config.channel)
        return {facts.number: facts for facts in every if channel.expected(facts) is not None}

    @property
    def is_all_stored(self) -> bool:
        return set(numbers_of(self.name)) >= set(self.orders)

    def log_in(self, vault: Vault = VAULT) -> None:
        with transaction():
            shop_id = shop_id_of(self.config.shop)
        log_in(vault, shop_id, self.credential)


@asynccontextmanager
async def live_shop(
    channel: str,
    *,
    orders: int = 20,
    clock: Callable[[], int] = real_clock,
    vault: Vault | None = VAULT,
    **keys: Any,
) -> AsyncIterator[LiveShop]:
    """A simulated channel that answers; its shop is logged in unless there is no vault."""
    stand, _opened_at = make_stand(channel, orders=orders, days=DAYS, clock=clock)
    async with serving(application(stand)) as url:
        config = shop_config(channel, url, simulated(channel).account(stand))
        config = config.model_copy(update={"history_days": DAYS, "requests_per_second": 500.0, **keys})
        shop = LiveShop(stand, config)
        if vault is not None:
            shop.log_in(vault)
        yield shop


@dataclass
class Running:
    """A daemon, the configuration that it reads, and what it logged."""

    daemon: Daemon = field(init=False)
    config: SyncConfig | SettingsError
    log: list[Any] = field(default_factory=list)

    def load(self) -> SyncConfig:
        if isinstance(self.config, SettingsError):
            raise self.config
        return self.config

    def reload(self, config: SyncConfig | SettingsError) -> None:
        self.config = config
        self.daemon.reload()

    def said(self, event: str) -> list[Any]:
        return [line for line in self.log if line["event"] == event]


def a_daemon(running: Running, rhythm: Rhythm | None = QUICKLY) -> Daemon:
    if newest_version() == 0:
        publish_policy(open_command("test"), POLICY, None, "risk.toml")
    return Daemon(running.load, lambda: open_command("sync"), VAULT, rhythm)


@asynccontextmanager
async def running(
    *shops: LiveShop | ShopConfig,
    rhythm: Rhythm | None = QUICKLY,
    webhooks: WebhooksConfig | None = None,
    metrics: MetricsConfig | None = None,
) -> AsyncIterator[Running]:
    """The daemon of these shops until the block ends; then it is stopped, as SIGTERM does."""
    config = config_of(shops, webhooks=webhooks or WebhooksConfig(), metrics=metrics or MetricsConfig())
    at = Running(config)
    with structlog.testing.capture_logs() as at.log:
        at.daemon = a_daemon(at, rhythm)
        task = asyncio.create_task(at.daemon.run())
        try:
            yield at
        finally:
            at.daemon.stop()
            await asyncio.wait_for(task, 20)


def config_of(shops: Iterable[LiveShop | ShopConfig], **keys: Any) -> SyncConfig:
    return SyncConfig(tuple(one if isinstance(one, ShopConfig) else one.config for one in shops), **keys)


@asynccontextmanager
async def two_shops(**keys: Any) -> AsyncIterator[tuple[LiveShop, LiveShop]]:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(live_shop("tiktok", **keys))
        second = await stack.enter_async_context(live_shop("lazada"))
        yield first, second


async def until(what: Callable[[], object], patience: float = 15.0) -> None:
    """Wait until it is true."""
    for _look in range(round(patience / 0.02)):
        if what():
            return
        await asyncio.sleep(0.02)
    if not what():
        pytest.fail(f"still not so after {patience} s; shops: {sync_state.sync_standings()}")


def numbers_of(shop: str) -> list[str]:
    rows = rows_of("SELECT o.number FROM orders o JOIN shop s ON s.id = o.shop_id WHERE s.name = ?", (shop,))
    return [row[0] for row in rows]


def standing(shop: LiveShop | str) -> SyncStanding:
    name = shop if isinstance(shop, str) else shop.name
    return next(one for one in sync_state.sync_standings() if one.shop == name)


def trouble_of(shop: LiveShop | str) -> str:
    name = shop if isinstance(shop, str) else shop.name
    return next((one.trouble for one in sync_state.sync_standings() if one.shop == name), "")


def holder(shop: LiveShop) -> str | None:
    return next((one.daemon for one in sync_state.sync_standings() if one.shop == shop.name), None)
