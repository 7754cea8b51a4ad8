"""A simulated WooCommerce shop with a clock that a test moves, and its API called as another client would."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from packstation.domain.orders import IncomingOrder
from packstation.domain.times import HOUR, iso_utc
from sync.channels.protocol import Channel, Span, Unreadable
from sync.sandbox.channels.woocommerce import expected
from sync.sandbox.channels.woocommerce.records import TOUCHED_EVERY
from sync.sandbox.faults import Fault
from sync.sandbox.truth import Expected
from tests.sync.channels.stands import AtStand, at_stand

TOUCHED = 5185 * TOUCHED_EVERY
"""The second to which a plugin moves all orders of the four days before."""
OPENED = TOUCHED + HOUR


class Clock:
    """The shop's time, ms UTC."""

    def __init__(self, now: int = OPENED) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@dataclass
class Shop:
    """The connector, the simulated shop that it talks to, and a plain client with the shop's key."""

    at: AtStand
    clock: Clock
    api: httpx.AsyncClient
    _truth_at: int = 0
    _truth: dict[str, Expected] = field(default_factory=dict)

    @property
    def channel(self) -> Channel:
        return self.at.channel

    async def call(self, method: str, path: str, body: object = None, **query: object) -> httpx.Response:
        """A call as it goes over TLS, with Basic."""
        keys = self.at.tokens.credential.secrets
        return await self.api.request(
            method,
            f"/wp-json/wc/v3/{path}",
            params={name: str(value) for name, value in query.items()},
            json=body,
            auth=(keys["consumer_key"], keys["consumer_secret"]),
            headers={"x-forwarded-proto": "https"},
        )

    async def listed(self, **query: object) -> list[Any]:
        answer = await self.call("GET", "orders", **query)
        assert answer.status_code == 200, answer.text
        rows: list[Any] = answer.json()
        return rows

    async def one(self, order_id: object) -> dict[str, Any]:
        answer = await self.call("GET", f"orders/{order_id}")
        assert answer.status_code == 200, answer.text
        row: dict[str, Any] = answer.json()
        return row

    def truth(self) -> dict[str, Expected]:
        if self._truth_at != self.clock():
            every = (expected(facts) for facts in self.at.stand.market.every(self.clock()))
            self._truth = {one.number: one for one in every if one is not None}
            self._truth_at = self.clock()
        return self._truth

    @property
    def whole_span(self) -> Span:
        return Span(self.clock() - 400 * 24 * HOUR, self.clock() + 1)


@asynccontextmanager
async def shop(
    orders: int = 60, *, days: int = 20, seed: int = 1, faults: Mapping[Fault, float] | None = None
) -> AsyncIterator[Shop]:
    clock = Clock()
    async with (
        at_stand("woocommerce", orders=orders, days=days, seed=seed, faults=faults, clock=clock) as at,
        httpx.AsyncClient(base_url=at.url, trust_env=False, verify=False) as api,
    ):
        yield Shop(at, clock, api)


async def walked(channel: Channel, span: Span) -> tuple[list[IncomingOrder], list[Unreadable], int]:
    """Every order of the span as it comes, what was unreadable, and the number of pages."""
    orders: list[IncomingOrder] = []
    unreadable: list[Unreadable] = []
    cursor: str | None = None
    for pages in range(1, 200):
        page = await channel.changes(span, cursor)
        orders += page.orders
        unreadable += page.unreadable
        cursor = page.next_cursor
        if cursor is None:
            return orders, unreadable, pages
    raise AssertionError("the walk does not end")


def gmt(ms: int) -> str:
    """The second as the API writes it."""
    return iso_utc(ms - ms % 1000).removesuffix("Z")
