"""The process that stores what comes in bulk: it stores all, ends with the daemon however that ends, and is begun again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import pytest

from packstation.acts.policies import publish_policy
from packstation.acts.workplace import open_command
from packstation.domain.orders import IncomingOrder
from packstation.domain.times import HOUR
from packstation.store import sync_state
from packstation.store.database import DatabaseAwayError, rows_of, transaction
from packstation.store.shops import shop_id_of
from sync.bulk_storing import BulkStore, StoringError
from tests.factories import NOW, a_shop, an_order
from tests.sync.scripted import POLICY

SHOP = a_shop()


def orders(count: int, first: int = 0) -> list[IncomingOrder]:
    return [
        an_order(f"A-{place:03}", placed_at=NOW - HOUR, updated_at=NOW + place, buyer=None)
        for place in range(first, first + count)
    ]


def a_shop_that_syncs() -> int:
    publish_policy(open_command("tests"), POLICY, None, "risk.toml")
    with transaction():
        shop_id = shop_id_of(SHOP)
        sync_state.begin(shop_id)
    return shop_id


@pytest.fixture
def shop_id(sqlite_database: str) -> int:
    return a_shop_that_syncs()


@pytest.fixture
async def in_bulk() -> AsyncIterator[BulkStore]:
    store = BulkStore()
    yield store
    await store.close()


def storing_processes(of: int) -> set[int]:
    """The processes that a process has begun."""
    return {
        int(one)
        for one in subprocess.run(
            ["pgrep", "-P", str(of), "-f", "spawn_main"], capture_output=True, check=False
        ).stdout.split()
    }


def is_gone(process: int, patience: float = 20) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.usefixtures("database")
async def test_a_bulk_is_stored_and_judged_and_the_same_again_changes_nothing(in_bulk: BulkStore) -> None:
    shop_id = a_shop_that_syncs()
    assert await in_bulk(SHOP, shop_id, orders(50)) == 50
    assert await in_bulk(SHOP, shop_id, orders(60)) == 10
    assert rows_of("SELECT count(*), count(DISTINCT number) FROM orders") == [(60, 60)]


async def test_bulks_of_several_callers_are_all_stored(in_bulk: BulkStore, shop_id: int) -> None:
    counts = await asyncio.gather(*(in_bulk(SHOP, shop_id, orders(20, first=20 * place)) for place in range(4)))
    assert counts == [20] * 4


async def test_a_bulk_whose_caller_is_cancelled_is_stored_to_its_end(in_bulk: BulkStore, shop_id: int) -> None:
    storing = asyncio.ensure_future(in_bulk(SHOP, shop_id, orders(50)))
    await asyncio.sleep(0)
    storing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await storing
    await in_bulk.close()
    assert rows_of("SELECT count(*) FROM orders") == [(50,)]


async def test_a_process_that_somebody_ends_is_told_and_the_next_bulk_begins_another(
    in_bulk: BulkStore, shop_id: int
) -> None:
    before = storing_processes(os.getpid())
    await in_bulk(SHOP, shop_id, orders(1))
    (process,) = storing_processes(os.getpid()) - before
    os.kill(process, signal.SIGKILL)
    with pytest.raises(StoringError, match="was ended"):
        await in_bulk(SHOP, shop_id, orders(50))
    assert await in_bulk(SHOP, shop_id, orders(50)) == 49


async def test_a_process_that_hangs_is_ended_and_told(in_bulk: BulkStore, shop_id: int) -> None:
    before = storing_processes(os.getpid())
    await in_bulk(SHOP, shop_id, orders(1))
    (process,) = storing_processes(os.getpid()) - before
    os.kill(process, signal.SIGSTOP)
    in_bulk.longest_piece = 0.3
    with pytest.raises(StoringError, match="did not get on"):
        await in_bulk(SHOP, shop_id, orders(50))
    assert is_gone(process)


async def test_without_work_the_process_ends_and_is_begun_again(shop_id: int) -> None:
    in_bulk = BulkStore(idle_for=0.01)
    before = storing_processes(os.getpid())
    await in_bulk(SHOP, shop_id, orders(1))
    (process,) = storing_processes(os.getpid()) - before
    while not await asyncio.to_thread(is_gone, process, 0.05):
        pass
    assert await in_bulk(SHOP, shop_id, orders(2)) == 1
    await in_bulk.close()


async def test_a_database_that_does_not_take_it_is_told_and_the_process_goes_on(
    in_bulk: BulkStore, shop_id: int
) -> None:
    await in_bulk(SHOP, shop_id, orders(1))
    with transaction():
        rows_of("ALTER TABLE order_item RENAME TO elsewhere")
    with pytest.raises(DatabaseAwayError, match="order_item"):
        await in_bulk(SHOP, shop_id, orders(2))
    with transaction():
        rows_of("ALTER TABLE elsewhere RENAME TO order_item")
    assert await in_bulk(SHOP, shop_id, orders(2)) == 1


_DAEMON = """
import asyncio, sys, time
from packstation.store.database import open_database
from sync.bulk_storing import BulkStore
from tests.sync.test_bulk_storing import SHOP, orders

async def run():
    store = BulkStore()
    await store(SHOP, int(sys.argv[2]), orders(1))
    print("stored", flush=True)
    if sys.argv[3] == "fails":
        raise ValueError
    await asyncio.sleep(60)

if __name__ == "__main__":
    open_database(sys.argv[1])
    asyncio.run(run())
"""


def a_daemon(url: str, shop_id: int, end: str) -> subprocess.Popen[str]:
    """A program that has stored a bulk, and then fails or waits for its end."""
    command = [sys.executable, "-c", _DAEMON, url, str(shop_id), end]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert daemon.stdout is not None
    assert daemon.stdout.readline() == "stored\n"
    return daemon


def test_the_process_ends_with_a_daemon_that_is_killed(sqlite_database: str, shop_id: int) -> None:
    with a_daemon(sqlite_database, shop_id, "waits") as daemon:
        (process,) = storing_processes(daemon.pid)
        daemon.kill()
    assert is_gone(process)


def test_a_program_that_fails_without_closing_ends_and_its_process_too(sqlite_database: str, shop_id: int) -> None:
    with a_daemon(sqlite_database, shop_id, "fails") as daemon:
        _out, errors = daemon.communicate(timeout=30)
    assert daemon.returncode == 1
    assert "ValueError" in errors
