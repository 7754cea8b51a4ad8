"""The first back-fill against a bare httpx loop over the same pages, its memory, and a desk's wait beside it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

import httpx

from packstation.acts.people import add_person
from packstation.acts.scanning import DeskState, scan
from packstation.acts.workplace import Workplace, open_command, open_station
from packstation.domain.desk_flow import DeskRules
from packstation.domain.orders import Shop
from packstation.domain.people import Role
from packstation.domain.times import DAY, SECOND
from packstation.store import sync_state
from packstation.store.database import close_database, database_now, open_database, rows_of, transaction
from packstation.store.shops import shop_id_of
from sync.channels.protocol import Span
from sync.channels.registry import open_channel
from sync.credentials.credential import Credential
from sync.credentials.key import find_keys
from sync.credentials.login import GivenCredential
from sync.credentials.tokens import log_in
from sync.credentials.vault import Vault
from sync.pull import FIRST_SLICE, SLICE, SLICES_AT_ONCE
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from tests.bench.measuring import percentile, ratio_line, say
from tests.bench.rendered_channel import DAYS
from tests.bench.worlds import SHOP, TO_SCAN, make_world, packable_number
from tests.sync.daemons import KEY, Simulated

CHANNEL = os.environ.get("BENCH_CHANNEL", "shopee")
SIZES = tuple(int(size) for size in os.environ.get("BENCH_SIZES", "10000,100000").split(","))
CONCURRENCY = 2
_SCANS = 200
_BETWEEN_SCANS = 0.05


def run(folder: Path) -> None:
    """Measure the back-fill of both sizes; memory and the desk's wait are taken during them."""
    os.environ["PACKSTATION_KEY"] = KEY
    resident: dict[int, float] = {}
    for size in SIZES:
        with _rendered(size) as shop:
            until = time.time_ns() // 1_000_000 // SECOND * SECOND
            began = time.perf_counter()
            asyncio.run(render(shop, until))
            say(f"rendered the pages of {size} orders in {time.perf_counter() - began:.0f} s")
            pages = httpx.get(f"{shop.url}/_sandbox/asked", timeout=60).json()
            floor = asyncio.run(_bare(shop, pages))
            ours, resident[size], stored, waits = _backfill(folder / str(size), shop, until)
            floor = min(floor, asyncio.run(_bare(shop, pages)))
        say(f"back-fill: {stored} orders stored, {CONCURRENCY} calls at a time")
        say(ratio_line(f"back-fill of {size} orders against a bare loop", ours, floor, "<= 1.30x"))
        for percent in (50, 99):
            idle, busy = percentile(waits[0], percent), percentile(waits[1], percent)
            say(ratio_line(f"a desk's scan in the database beside it, p{percent}", busy, idle, "<= 2.00x", "ms"))
    small, large = resident[SIZES[0]], resident[SIZES[-1]]
    told = f"resident memory at {SIZES[0]} orders {small:.1f} MB, at {SIZES[-1]} {large:.1f} MB"
    say(f"{told}: {large - small:+.1f} MB   aim <= 20 MB")


@contextmanager
def _rendered(orders: int) -> Iterator[Simulated]:
    command = [sys.executable, "-m", "tests.bench.rendered_channel", CHANNEL, str(orders)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Simulated(**json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def _spans(until: int) -> Iterator[Span]:
    """The slices that the back-fill will read, newest first: some at once of the first length, then each twice as long."""
    start = until - DAYS * DAY
    end = until
    lengths = chain([FIRST_SLICE] * SLICES_AT_ONCE, (min(SLICE, FIRST_SLICE * 2**step) for step in count(1)))
    while end > start:
        span = Span(max(start, end - next(lengths)), end)
        yield span
        end = span.since


def _config(shop: Simulated) -> ShopConfig:
    return ShopConfig(
        name=shop.shop,
        channel=shop.channel,
        account=shop.account,
        concurrency=CONCURRENCY,
        api_host=shop.url,
        auth_host=shop.url,
        consent_host=shop.url,
    )


async def render(shop: Simulated, until: int) -> None:
    """Let the channel render every page of the back-fill once."""
    connection = Connection(GivenCredential(Credential(**shop.credential)), concurrency=CONCURRENCY)
    channel = open_channel(_config(shop), connection)
    for span in _spans(until):
        cursor = None
        while True:
            page = await channel.changes(span, cursor)
            cursor = page.next_cursor
            if cursor is None:
                break
    await connection.close()


async def _bare(shop: Simulated, pages: Sequence[tuple[str, str, str]]) -> float:
    """Download the same pages at the same concurrency and throw them away."""
    async with httpx.AsyncClient(timeout=60) as client:
        waiting = iter(pages)
        began = time.perf_counter()

        async def worker() -> None:
            for method, target, body in waiting:
                answer = await client.request(method, shop.url + target, content=body.encode() or None)
                answer.raise_for_status()

        await asyncio.gather(*(worker() for _worker in range(CONCURRENCY)))
        return time.perf_counter() - began


def _backfill(folder: Path, shop: Simulated, until: int) -> tuple[float, float, int, tuple[list[float], list[float]]]:
    """Run the daemon till the history is there: seconds, resident MB, orders, and a desk's waits before and beside it in ms."""
    folder.mkdir()
    database = folder / "desk.db"
    make_world(database, 3_000)
    open_database(f"sqlite:///{database}")
    place = open_station("bench", DeskRules(slots=("A1",)))
    person = add_person(open_command("bench"), "Mai", Role.PACKER, None).id
    prepare(shop, until)
    idle = _scans(place, person, 0, _SCANS, lambda: False)
    section = json.dumps(shop.shop, ensure_ascii=False)
    hosts = "".join(f"{name} = {json.dumps(shop.url)}\n" for name in ("api_host", "auth_host", "consent_host"))
    account = ", ".join(f"{name} = {json.dumps(value)}" for name, value in shop.account.items())
    (folder / "channels.toml").write_text(
        f'[shops.{section}]\nchannel = "{shop.channel}"\n{hosts}account = {{ {account} }}\nhistory_days = {DAYS}\n'
        f"concurrency = {CONCURRENCY}\nrequests_per_second = 1000\n",
        encoding="utf-8",
    )
    command = [
        sys.executable,
        "-m",
        "packstation",
        "--config",
        str(folder),
        "--database",
        f"sqlite:///{database}",
        "sync",
    ]
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_until_it_has_the_shop()
        began = time.perf_counter()
        busy = _scans(place, person, _SCANS, 10**9, _is_done)
        taken = time.perf_counter() - began
        resident = _resident(daemon.pid)
    finally:
        daemon.terminate()
        daemon.wait(30)
    stored = rows_of("SELECT count(*) FROM orders o JOIN shop s ON s.id = o.shop_id WHERE s.name = ?", (shop.shop,))[0][
        0
    ]
    close_database()
    return taken, resident, stored, (idle, busy)


def prepare(shop: Simulated, until: int) -> None:
    """Log the shop in, and let its history begin at the moment for which the pages were rendered."""
    with transaction():
        shop_id = shop_id_of(Shop(shop.shop, shop.channel, SHOP.currency, SHOP.zone))
        sync_state.begin(shop_id)
        sync_state.take_shop(shop_id, "bench", 0, 1)
        start = until - DAYS * DAY
        progress = sync_state.Progress(until, start, until, until, None, until)
        sync_state.save_progress(shop_id, progress, "bench")
    log_in(Vault(find_keys()), shop_id, Credential(**shop.credential))


def _scans(place: Workplace, person: int, first: int, most: int, is_done: Callable[[], bool]) -> list[float]:
    """Scan parcels as a desk does, some a second, until enough or until the back-fill is done; each scan's ms."""
    taken: list[float] = []
    while len(taken) < most and not is_done():
        began = time.perf_counter()
        scan(place, person, packable_number((first + len(taken)) % TO_SCAN), DeskState())
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(_BETWEEN_SCANS)
    return taken


def _wait_until_it_has_the_shop() -> None:
    deadline = time.monotonic() + 30
    while not rows_of("SELECT 1 FROM shop_sync WHERE daemon_until > ?", (database_now(),)):
        if time.monotonic() > deadline:
            raise TimeoutError("the daemon did not start")
        time.sleep(0.01)


def _is_done() -> bool:
    return bool(rows_of("SELECT 1 FROM shop_sync WHERE history_done_to <= history_from"))


def _resident(process: int) -> float:
    """Resident memory of a process in MB."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(process)
