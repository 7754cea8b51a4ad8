from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_asyncio

from packstation.store.credentials import extend_claim, replace_credential, sealed_credential
from packstation.store.database import DatabaseAwayError, close_database, execute_many
from sync.channels.errors import Advice, ChannelError
from sync.credentials import tokens
from sync.credentials.credential import Credential
from sync.credentials.errors import DamagedCredentialError, NotLoggedInError, PairLostError, WrongKeyError
from sync.credentials.tokens import Tokens, log_in, stored_credential
from sync.credentials.vault import Vault
from tests.sync.credentials.conftest import NEW, OLD, a_key

T = TypeVar("T")


class DatabaseOfOneThread:
    """A thread with a connection of its own, as a daemon has one."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1)

    async def __call__(self, act: Callable[[], T], /) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, act)

    def close(self) -> None:
        self._executor.submit(close_database).result()
        self._executor.shutdown()


class Channel:
    """Answers renewals as Shopee does: a refresh token works once."""

    def __init__(self, first: Credential) -> None:
        self.calls = 0
        self.usable = first.refresh_token
        self.answering = asyncio.Event()
        self.answering.set()
        self.asked = asyncio.Event()

    async def renew(self, old: Credential) -> Credential:
        self.calls += 1
        self.asked.set()
        if old.refresh_token != self.usable:
            raise ChannelError("used already", Advice.ASK_SELLER)
        self.usable = f"s3cret-r{self.calls + 1}"
        new = replace(old, access_token=f"s3cret-a{self.calls + 1}", refresh_token=self.usable)
        await self.answering.wait()
        return new


@pytest.fixture
def logged_in(shop_id: int, vault: Vault) -> int:
    log_in(vault, shop_id, OLD)
    return shop_id


@pytest_asyncio.fixture
async def daemon(logged_in: int, vault: Vault) -> AsyncIterator[Callable[[], Tokens]]:
    """Makes daemons: each has a thread and a connection of its own."""
    threads: list[DatabaseOfOneThread] = []

    def make() -> Tokens:
        threads.append(DatabaseOfOneThread())
        return Tokens(logged_in, "Sóc Nâu", vault, threads[-1])

    yield make
    for thread in threads:
        thread.close()


def stored_now(vault: Vault, shop_id: int) -> Credential:
    stored = stored_credential(vault, shop_id)
    assert stored is not None
    return stored[1]


async def test_callers_of_one_process_share_one_renewal(
    daemon: Callable[[], Tokens], logged_in: int, vault: Vault
) -> None:
    own, channel = daemon(), Channel(OLD)
    stale = await own.current()
    assert stale == OLD
    renewed = await asyncio.gather(*(own.renewed(stale, channel.renew) for _ in range(20)))
    assert channel.calls == 1
    assert set(map(repr, renewed)) == {repr(await own.current())}
    assert stored_now(vault, logged_in) == renewed[0] == await own.current()
    await own.renewed(stale, channel.renew)
    assert channel.calls == 1


async def test_two_daemons_renew_once(daemon: Callable[[], Tokens], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_LOOK_SECONDS", 0.01)
    first, second, channel = daemon(), daemon(), Channel(OLD)
    stale = await first.current()
    assert await second.current() == stale
    channel.answering.clear()
    renewals = [asyncio.ensure_future(one.renewed(stale, channel.renew)) for one in (first, second)]
    await channel.asked.wait()
    await asyncio.sleep(0.1)
    channel.answering.set()
    one, other = await asyncio.gather(*renewals)
    assert one == other
    assert channel.calls == 1
    for _ in range(3):
        await first.renewed(await first.current(), channel.renew)
        await second.renewed(stale, channel.renew)
    assert channel.calls == 4


async def test_the_new_pair_is_stored_before_anybody_gets_it(
    daemon: Callable[[], Tokens], logged_in: int, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, channel, seen = daemon(), Channel(OLD), []

    def store(*row: Any) -> bool:
        stored = replace_credential(*row)
        seen.append("stored")
        return stored

    monkeypatch.setattr(tokens, "replace_credential", store)

    async def use() -> None:
        await own.renewed(OLD, channel.renew)
        seen.append("used")

    await asyncio.gather(use(), use())
    assert seen == ["stored", "used", "used"]


async def test_a_caller_that_is_cancelled_loses_nothing(
    daemon: Callable[[], Tokens], logged_in: int, vault: Vault
) -> None:
    own, channel = daemon(), Channel(OLD)
    channel.answering.clear()
    caller = asyncio.ensure_future(own.renewed(OLD, channel.renew))
    await channel.asked.wait()
    caller.cancel()
    await asyncio.sleep(0)
    assert not caller.done()
    channel.answering.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert stored_now(vault, logged_in).refresh_token == channel.usable


async def test_a_database_that_is_away_for_a_while_loses_nothing(
    daemon: Callable[[], Tokens], logged_in: int, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, channel, away = daemon(), Channel(OLD), [True, True]

    def often_away(*row: Any) -> bool:
        if away:
            away.pop()
            raise DatabaseAwayError("disk full")
        return replace_credential(*row)

    monkeypatch.setattr(tokens, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(tokens, "replace_credential", often_away)
    await own.renewed(OLD, channel.renew)
    assert stored_now(vault, logged_in).refresh_token == channel.usable


def begun(shop_id: int) -> int | None:
    row = sealed_credential(shop_id)
    assert row is not None
    return row.renewing_since


async def test_a_renewal_that_fails_is_everybodys_and_leaves_the_way_free(
    daemon: Callable[[], Tokens], logged_in: int
) -> None:
    own, other, channel = daemon(), daemon(), Channel(NEW)
    failed = await asyncio.gather(*(own.renewed(OLD, channel.renew) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in failed] == [ChannelError] * 3
    assert channel.calls == 1
    assert begun(logged_in) is None
    channel.usable = OLD.refresh_token
    assert (await other.renewed(OLD, channel.renew)).refresh_token == channel.usable


async def test_a_pair_whose_answer_was_lost_is_told_as_such_when_the_old_one_is_refused(
    daemon: Callable[[], Tokens], logged_in: int
) -> None:
    own, channel = daemon(), Channel(OLD)

    async def answer_lost(old: Credential) -> Credential:
        await channel.renew(old)
        raise ChannelError("the channel does not answer in time", Advice.RETRY)

    with pytest.raises(ChannelError, match="in time"):
        await own.renewed(OLD, answer_lost)
    first = begun(logged_in)
    assert first is not None
    for _ in range(2):
        with pytest.raises(PairLostError, match=r"used already.*packstation sync login 'Sóc Nâu'") as caught:
            await own.renewed(OLD, channel.renew)
        assert caught.value.advice is Advice.ASK_SELLER
        assert begun(logged_in) == first


async def test_a_login_during_a_renewal_is_in_force(daemon: Callable[[], Tokens], logged_in: int, vault: Vault) -> None:
    own, channel = daemon(), Channel(OLD)
    channel.answering.clear()
    caller = asyncio.ensure_future(own.renewed(OLD, channel.renew))
    await channel.asked.wait()
    anew = replace(NEW, access_token="s3cret-anew")
    log_in(vault, logged_in, anew)
    channel.answering.set()
    assert await caller == anew
    assert stored_now(vault, logged_in) == anew


async def test_a_claim_is_kept_up_while_the_channel_takes_its_time_and_no_longer(
    daemon: Callable[[], Tokens], monkeypatch: pytest.MonkeyPatch
) -> None:
    extended: list[bool] = []
    often, loop = asyncio.Event(), asyncio.get_running_loop()

    def extend(*claim: Any) -> bool:
        extended.append(extend_claim(*claim))
        if len(extended) == 3:
            loop.call_soon_threadsafe(often.set)
        return extended[-1]

    monkeypatch.setattr(tokens, "extend_claim", extend)
    monkeypatch.setattr(tokens, "_KEEP_UP_SECONDS", 0.01)
    own, channel = daemon(), Channel(OLD)
    channel.answering.clear()
    renewal = asyncio.ensure_future(own.renewed(OLD, channel.renew))
    await often.wait()
    channel.answering.set()
    await renewal
    assert all(extended[:3])
    count = len(extended)
    await asyncio.sleep(0.05)
    assert len(extended) <= count + 1


async def test_who_has_not_logged_in_has_another_key_or_a_swapped_row_is_told_so(
    database: str, shop_id: int, vault: Vault
) -> None:
    thread = DatabaseOfOneThread()
    with pytest.raises(NotLoggedInError, match="packstation sync login 'Sóc Nâu'") as caught:
        await Tokens(shop_id, "Sóc Nâu", vault, thread).current()
    assert caught.value.advice is Advice.ASK_SELLER
    hostile = "Mẹ's $(reboot)"
    with pytest.raises(NotLoggedInError) as caught:
        await Tokens(shop_id, hostile, vault, thread).current()
    assert shlex.split(str(caught.value).rpartition("run ")[2].strip("`"))[3:] == [hostile]
    log_in(vault, shop_id, OLD)
    with pytest.raises(WrongKeyError):
        await Tokens(shop_id, "Sóc Nâu", Vault([a_key("x")]), thread).current()
    execute_many("UPDATE credential SET sealed = ?", [(vault.seal(shop_id + 1, OLD),)])
    with pytest.raises(DamagedCredentialError):
        await Tokens(shop_id, "Sóc Nâu", vault, thread).renewed(OLD, Channel(OLD).renew)
    thread.close()


_DAEMON = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from packstation.store.database import open_database
from sync.credentials import tokens
from sync.credentials.key import Key, KeyPlace
from sync.credentials.tokens import Tokens
from sync.credentials.vault import Vault

url, shop_id, folder, hangs = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] == "hangs"
tokens.LEASE_MS, tokens._LOOK_SECONDS = 700 if hangs else 60_000, 0.05

async def run(act):
    return act()

async def renew(old):
    with (folder / "calls").open("a") as calls:
        calls.write("call\\n")
    print("asked", flush=True)
    if hangs:
        await asyncio.Event().wait()
    await asyncio.sleep(0.2)
    return replace(old, access_token=old.access_token + "+", refresh_token=old.refresh_token + "+")

async def main():
    own = Tokens(shop_id, "shop", Vault([Key(b"k" * 32, KeyPlace.ENVIRONMENT)]), run)
    stale = await own.current()
    print("ready", flush=True)
    sys.stdin.readline()
    print((await own.renewed(stale, renew)).access_token, flush=True)

open_database(url)
asyncio.run(main())
"""


def a_process(database: str, shop_id: int, folder: Path, how: str = "answers") -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _DAEMON, database, str(shop_id), str(folder), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_renew_once_and_one_that_is_killed_is_taken_over_from(
    database: str, logged_in: int, vault: Vault, tmp_path: Path
) -> None:
    killed = a_process(database, logged_in, tmp_path, "hangs")
    others = [a_process(database, logged_in, tmp_path) for _ in range(2)]
    assert killed.stdin
    assert killed.stdout
    killed.stdin.write("go\n")
    killed.stdin.flush()
    assert killed.stdout.readline() == "asked\n"
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    row = sealed_credential(logged_in)
    assert row is not None
    assert row.renewing_since is not None
    told = []
    for process in others:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    threads = [threading.Thread(target=lambda one=one: told.append(one.communicate(timeout=30)[0])) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["asked\ns3cret-a1+\n", "s3cret-a1+\n"]
    assert (tmp_path / "calls").read_text() == "call\n" * 2
    assert stored_now(vault, logged_in).refresh_token == "s3cret-r1+"
    row = sealed_credential(logged_in)
    assert row is not None
    assert (row.version, row.renewing_since) == (2, None)
