"""A simulated channel pushes: every change of an order, at least once, now and then twice, out of order, and again after a failure.

Each channel is as patient and as touchy as its own documents say (`MANNERS`). What it has given up is kept in `Stand.lost`, for
channels that hand it out to whoever asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from random import Random
from typing import Protocol, cast
from urllib.parse import urlsplit

import httpx

from packstation.domain.times import HOUR, MINUTE, SECOND
from sync.sandbox.market.facts import Facts
from sync.sandbox.server import simulated
from sync.sandbox.stand import Stand
from sync.shops_config import LOOPBACK_HOSTS

_LOOK_SECONDS = 0.2
_MOST_WAITING = 2_000
"""Deliveries on their way or waiting for another try; what comes on top is lost."""
_AT_ONCE = 8
_TWICE = 0.1
_LATE = 0.2
_LONGEST_DELAY = 2.0
"""Seconds by which a late delivery is behind those that were caused after it."""

_ALL_FINE = range(200, 300)
_REFUSALS = frozenset({400, 401, 403, 404, 405})


@dataclass(frozen=True, slots=True)
class PushManners:
    """How a channel pushes, and what makes it stop.

    Attributes:
        seconds: how long it waits for the answer.
        retries: after how many ms it tries again; nothing means never.
        wants_empty: an answer with a body is a failure.
        ends_at: answers after which it never pushes again.
        ends_after: so many failures in a row after which it never pushes again; None for a channel that goes on.
    """

    seconds: float
    retries: tuple[int, ...] = ()
    wants_empty: bool = False
    ends_at: frozenset[int] = frozenset()
    ends_after: int | None = None


_OF_SHOPIFY = PushManners(5.0, tuple(minutes * MINUTE for minutes in (1, 2, 5, 12, 25, 45, 60, 90)))
MANNERS: Mapping[str, PushManners] = {
    "shopee": PushManners(3.0, (300 * SECOND, 1800 * SECOND, 10_800 * SECOND), wants_empty=True),
    "tiktok": PushManners(3.0, (2 * MINUTE, 30 * MINUTE, 3 * HOUR, 12 * HOUR)),
    "lazada": PushManners(0.5, (30 * MINUTE,) * 12),
    "woocommerce": PushManners(60.0, ends_after=5),
    "kiotviet": PushManners(5.0, (MINUTE, 5 * MINUTE, 30 * MINUTE), ends_at=_REFUSALS),
    "nhanh": PushManners(5.0, (5 * MINUTE, 10 * MINUTE, 30 * MINUTE)),
    "shopify": _OF_SHOPIFY,
    "haravan": _OF_SHOPIFY,
    "sapo": _OF_SHOPIFY,
}
"""By channel; those that are not here do not push.

Shopee Open Platform v2 "Push mechanism"; TikTok Shop and Lazada Open Platform on webhooks; WooCommerce REST v3 "Webhooks", which
does not retry; KiotViet's public API, which does not say when it retries; Nhanh API v3 "Webhooks"; Shopify "Troubleshooting
webhooks", eight times within four hours, whose steps it does not say. Haravan and Sapo are taken to be as patient as the model
that they follow.
"""


class NoPushesError(ValueError):
    """What was asked for is not pushed, or not to there. The text is one line for whoever asked."""


class _Pushes(Protocol):
    def deliveries(self, stand: Stand, facts: Facts) -> Sequence[tuple[Mapping[str, str], bytes]]: ...


def check_push(channel: str, url: str) -> None:
    """Make sure that a channel can push to an address.

    Raises:
        NoPushesError: it does not push, or the address is not one of this computer: simulated orders are for nobody else.
    """
    if channel not in MANNERS:
        raise NoPushesError(f"{channel} does not push; those that do: {', '.join(sorted(MANNERS))}")
    try:
        parts = urlsplit(url)
        is_here = parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS and parts.port != 0
    except ValueError:
        is_here = False
    if not is_here:
        raise NoPushesError(f"must begin with http:// and one of {', '.join(sorted(LOOPBACK_HOSTS))}")


@asynccontextmanager
async def pushing(stand: Stand, url: str, *, speed: float = 1.0) -> AsyncIterator[None]:
    """Push whatever changes at a stand from now on, while the context lasts; `stand.pushed` counts what came of it.

    Args:
        stand: the simulated channel; its `push_url` is set, because some channels sign it.
        url: where to, on this computer.
        speed: how many times sooner than in life a failed delivery is tried again.

    Raises:
        NoPushesError: as `check_push`.
    """
    check_push(stand.market.counter.shop.channel, url)
    stand.push_url = url
    limits = httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=_AT_ONCE)
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False, limits=limits, timeout=None) as client:  # noqa: S113
        running = asyncio.create_task(_Pusher(stand, url, speed, client).run())
        try:
            yield
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


class _Pusher:
    def __init__(self, stand: Stand, url: str, speed: float, client: httpx.AsyncClient) -> None:
        self._stand = stand
        self._url = url
        self._speed = speed
        self._client = client
        self._channel = stand.market.counter.shop.channel
        self._manners = MANNERS[self._channel]
        self._rng = Random(f"{stand.seed}/pushes")  # noqa: S311 - a simulation
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._failures = 0
        self._has_ended = False
        self._since = stand.clock()

    async def run(self) -> None:
        """Look for changes until cancelled, or until the channel has had enough of our answers."""
        writer = cast(_Pushes, simulated(self._channel))
        waiting: set[asyncio.Task[None]] = set()
        try:
            while not self._has_ended:
                await asyncio.sleep(_LOOK_SECONDS)
                until = self._stand.clock()
                for facts in self._stand.market.changed(self._since, until, until):
                    for headers, body in writer.deliveries(self._stand, facts):
                        for _copy in range(2 if self._rng.random() < _TWICE else 1):
                            if len(waiting) >= _MOST_WAITING:
                                self._lose("lost", body)
                                continue
                            task = asyncio.create_task(self._deliver(headers, body))
                            waiting.add(task)
                            task.add_done_callback(waiting.discard)
                self._since = max(self._since, until)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _deliver(self, headers: Mapping[str, str], body: bytes) -> None:
        is_late = self._rng.random() < _LATE
        await asyncio.sleep(self._rng.uniform(0.0, _LONGEST_DELAY) / self._speed if is_late else 0.0)
        for rest in (*self._manners.retries, None):
            async with self._turns:
                if self._has_ended:
                    return
                if await self._send(headers, body):
                    return
            if rest is None:
                self._lose("given_up", body)
                return
            await asyncio.sleep(rest / SECOND / self._speed)

    async def _send(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Send it once; whether the channel is content with the answer."""
        status, has_body = 0, False
        with suppress(httpx.HTTPError, TimeoutError):
            async with (
                asyncio.timeout(self._manners.seconds),
                self._client.stream("POST", self._url, content=body, headers=dict(headers)) as answer,
            ):
                async for part in answer.aiter_raw():
                    has_body = has_body or bool(part)
                    if has_body:
                        break
                status = answer.status_code
        if status in _ALL_FINE and not (has_body and self._manners.wants_empty):
            self._count("taken")
            self._failures = 0
            return True
        self._count("failed")
        self._failures += 1
        ends_after = self._manners.ends_after
        if status in self._manners.ends_at or (ends_after is not None and self._failures >= ends_after):
            self._count("ended")
            self._has_ended = True
        return False

    def _lose(self, how: str, body: bytes) -> None:
        self._stand.lost.append((self._stand.clock(), body))
        self._count(how)

    def _count(self, what: str) -> None:
        self._stand.pushed[what] = self._stand.pushed.get(what, 0) + 1
