"""How long a desk waits for an order that it asks for while the daemon fetches a long history from a channel 20 ms away."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from packstation.acts.asking import ask_for_code, ask_for_orders
from packstation.acts.workplace import Workplace, open_station
from packstation.domain.desk_flow import DeskRules
from packstation.domain.times import SECOND
from packstation.store.database import close_database, database_now, open_database, rows_of, transaction
from sync.channels.registry import open_channel
from sync.credentials.credential import Credential
from sync.credentials.login import GivenCredential
from sync.sandbox.counters import LIVE_COUNTERS
from sync.sandbox.faults import Faults
from sync.sandbox.market.market import Market
from sync.sandbox.running import Opened
from sync.sandbox.server import serving, simulated
from sync.sandbox.stand import Stand, real_clock
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from tests.bench import rendered_channel
from tests.bench.backfilling import CHANNEL, prepare, render
from tests.bench.measuring import percentile, say
from tests.bench.rendered_channel import DAYS, Rendered
from tests.sync.daemons import Desk, Simulated, desk_with, end

ORDERS = 8_000
LATENCY = 0.02
_QUESTIONS = 40
_CALLS = "/_sandbox/calls"
_BETWEEN = 0.1
_ALLOWED_MS = 100.0


def run(folder: Path) -> None:
    """Ask for known orders and unknown codes beside a back-fill; print p50 and p95 against what the calls alone take."""
    with _channel() as shop, pytest.MonkeyPatch.context() as patch:
        until = time.time_ns() // 1_000_000 // SECOND * SECOND
        asyncio.run(render(shop, until))
        keys = f"history_days = {DAYS}\nrequests_per_second = 200\n"
        desk = desk_with([shop], folder, patch, pull="[pull]\npoll_seconds = 30\n", keys=keys)
        open_database(desk.url)
        prepare(shop, until)
        close_database()
        every = [order["number"] for order in httpx.get(f"{shop.url}/_sandbox/truth", timeout=120).json()]
        needed = asyncio.run(_calls_needed(shop, every))
        daemon = desk.start_daemon()
        try:
            waited = _ask(desk, every)
        finally:
            end(daemon)
    for what, waits, calls in zip(("a known order", "an unknown code"), waited, needed, strict=True):
        bound = calls * LATENCY * 1000 + _ALLOWED_MS
        p50, p95 = percentile(waits, 50), percentile(waits, 95)
        told = f"{what} asked for beside a back-fill, {len(waits)} times, {calls} calls"
        say(f"{told}: p50 {p50:.0f} ms, p95 {p95:.0f} ms   aim <= {bound:.0f} ms")


async def _calls_needed(shop: Simulated, every: list[str]) -> tuple[int, int]:
    """How many calls a known order takes at p95, and how many an unknown code does, while nothing else runs."""
    config = ShopConfig(
        name=shop.shop, channel=shop.channel, account=shop.account, api_host=shop.url, auth_host=shop.url
    )
    connection = Connection(GivenCredential(Credential(**shop.credential)))
    channel = open_channel(config, connection)

    async def calls() -> int:
        async with httpx.AsyncClient() as client:
            return int((await client.get(shop.url + _CALLS)).json())

    known, unknown = [], []
    for number in every[:: len(every) // _QUESTIONS]:
        before = await calls()
        await channel.orders([number])
        between = await calls()
        await channel.orders(await channel.find(number))
        known.append(between - before)
        unknown.append(await calls() - between)
    await connection.close()
    return round(percentile(known, 95)), round(percentile(unknown, 95))


def _ask(desk: Desk, every: list[str]) -> tuple[list[float], list[float]]:
    """The waits for known orders and for unknown codes, in ms."""
    open_database(desk.url)
    place = open_station("bench", DeskRules(slots=("A1",)))
    _until("SELECT 1 FROM shop WHERE synced_at IS NOT NULL")
    _until("SELECT 1 FROM orders LIMIT 1 OFFSET 300")
    known: list[float] = []
    unknown: list[float] = []
    for question in range(_QUESTIONS):
        if _is_done():
            say(f"the back-fill ended after {question} questions")
            break
        stored = {row[0] for row in rows_of("SELECT number FROM orders")}
        missing = [number for number in every if number not in stored]
        known.append(_waited_for_order(place, question))
        if missing:
            unknown.append(_waited_for_code(place, missing[len(missing) // 2]))
        time.sleep(_BETWEEN)
    close_database()
    return known, unknown


def _waited_for_order(place: Workplace, question: int) -> float:
    [(order_id, number)] = rows_of("SELECT id, number FROM orders ORDER BY id LIMIT 1 OFFSET ?", (question,))
    began = time.perf_counter()
    with transaction():
        ask_for_orders(place, [order_id], number, database_now())
    _until("SELECT 1 FROM refresh_request WHERE order_id = ? AND answered_at IS NOT NULL", order_id)
    return (time.perf_counter() - began) * 1000


def _waited_for_code(place: Workplace, code: str) -> float:
    began = time.perf_counter()
    with transaction():
        [asked] = ask_for_code(place, code, database_now())
    _until("SELECT 1 FROM refresh_request WHERE id = ? AND answered_at IS NOT NULL", asked)
    return (time.perf_counter() - began) * 1000


def _until(question: str, *values: object) -> None:
    deadline = time.monotonic() + 60
    while not rows_of(question, values):
        if time.monotonic() > deadline:
            raise TimeoutError(question)
        time.sleep(0.002)


def _is_done() -> bool:
    return bool(rows_of("SELECT 1 FROM shop_sync WHERE history_done_to <= history_from"))


@contextmanager
def _channel() -> Iterator[Simulated]:
    """The simulated channel in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.refreshing"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Simulated(**json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


class _Far:
    """A channel whose every answer takes a while longer. It has its pages ready, as it would else be the one that is waited for."""

    def __init__(self, stand: Stand) -> None:
        self._inner = Rendered(stand)
        self._calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == _CALLS:
            await JSONResponse(self._calls)(scope, receive, send)
            return
        if not scope.get("path", "").startswith("/_sandbox"):
            self._calls += 1
            await asyncio.sleep(LATENCY)
        await self._inner(scope, receive, send)


async def _serve() -> None:
    market = Market(LIVE_COUNTERS[CHANNEL], seed=1, opened_at=real_clock(), orders=ORDERS, days=DAYS)
    stand = Stand(market, Faults(1))
    simulation = simulated(CHANNEL)
    rendered_channel.LATENCY = 0.0
    async with serving(_Far(stand)) as url:
        account: Mapping[str, str] = simulation.account(stand)
        opened = Opened(CHANNEL, market.counter.shop.name, url, dict(account), simulation.credential(stand))
        sys.stdout.write(opened.as_json() + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
