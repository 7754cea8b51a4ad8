"""A connector before its simulated channel, over a real socket, without a database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sync.channels.protocol import Channel
from sync.channels.registry import open_channel
from sync.credentials.credential import Credential
from sync.sandbox.counters import LIVE_COUNTERS
from sync.sandbox.faults import Fault, Faults
from sync.sandbox.market.market import Market
from sync.sandbox.server import application, serving, simulated
from sync.sandbox.stand import Stand, real_clock
from sync.shops_config import ShopConfig
from sync.web.connection import Connection, Manners

QUICK = Manners(connect_timeout=2.0, read_timeout=3.0, whole_timeout=4.0, first_wait=0.01, longest_wait=0.05)


class HeldTokens:
    """A credential that is kept in memory and renewed as often as it is asked, by one caller at a time."""

    def __init__(self, credential: Credential) -> None:
        self.credential = credential
        self.renewals = 0
        self._turn = asyncio.Lock()

    async def current(self) -> Credential:
        return self.credential

    async def renewed(self, stale: Credential, renew: Callable[[Credential], Awaitable[Credential]]) -> Credential:
        async with self._turn:
            if self.credential == stale:
                self.credential = await renew(stale)
                self.renewals += 1
            return self.credential


@dataclass
class AtStand:
    """A connector and what it talks to."""

    stand: Stand
    url: str
    channel: Channel
    connection: Connection
    tokens: HeldTokens
    opened_at: int


def make_stand(
    channel: str,
    *,
    orders: int = 120,
    faults: Mapping[Fault, float] | None = None,
    seed: int = 1,
    days: int = 10,
    clock: Callable[[], int] = real_clock,
) -> tuple[Stand, int]:
    opened_at = clock()
    market = Market(LIVE_COUNTERS[channel], seed=seed, opened_at=opened_at, orders=orders, days=days)
    return Stand(market, Faults(seed, faults), seed, clock), opened_at


@asynccontextmanager
async def at_stand(
    channel: str,
    *,
    orders: int = 120,
    faults: Mapping[Fault, float] | None = None,
    seed: int = 1,
    days: int = 10,
    clock: Callable[[], int] = real_clock,
    account: Mapping[str, str] | None = None,
) -> AsyncIterator[AtStand]:
    """A connector before a simulated channel with this many orders of the last `days`."""
    stand, opened_at = make_stand(channel, orders=orders, faults=faults, seed=seed, days=days, clock=clock)
    simulation = simulated(channel)
    async with serving(application(stand)) as url:
        config = shop_config(channel, url, {**simulation.account(stand), **(account or {})})
        tokens = HeldTokens(simulation.credential(stand))
        connection = Connection(tokens, manners=QUICK)
        try:
            yield AtStand(stand, url, open_channel(config, connection), connection, tokens, opened_at)
        finally:
            await connection.close()


def shop_config(channel: str, url: str, account: Mapping[str, str]) -> ShopConfig:
    return ShopConfig(
        name=LIVE_COUNTERS[channel].shop.name,
        channel=channel,
        api_host=url,
        auth_host=url,
        consent_host=url,
        account=dict(account),
    )
