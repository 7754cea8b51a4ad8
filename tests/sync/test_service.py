"""What the service manager is told, on a real socket of the kind systemd gives."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from packstation.cli.errors import WRONG_USE
from packstation.settings import default_config_folder
from sync.database_thread import DatabaseThread
from sync.service import show_life, tell_service_manager, watchdog_seconds
from tests.sync.running import live_shop, running, until

UNIT = default_config_folder() / "packstation-sync.service"


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


def heard(manager: socket.socket) -> list[str]:
    told = []
    while True:
        try:
            told.append(manager.recv(4096).decode())
        except BlockingIOError:
            return told


@pytest.mark.usefixtures("sqlite_database")
async def test_the_daemon_says_that_it_is_ready_alive_and_stopping(
    manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    told: list[str] = []

    def alive() -> bool:
        told.extend(heard(manager))
        return told.count("WATCHDOG=1") > 2

    async with live_shop("tiktok", orders=3) as shop, running(shop):
        await until(alive)
        assert told.index("READY=1") < 3
        assert "STOPPING=1" not in told
    told += heard(manager)
    assert told[-1] == "STOPPING=1" or "STOPPING=1" in told[-3:]
    assert told.count("READY=1") == told.count("STOPPING=1") == 1


async def test_slow_jobs_are_signs_of_life_and_a_hanging_one_is_not(manager: socket.socket) -> None:
    """A database that somebody keeps locked lets every job wait for seconds, and dozens of them wait for each other."""
    in_db = DatabaseThread()
    release = threading.Event()
    queued = [asyncio.ensure_future(in_db(lambda: time.sleep(0.1))) for _job in range(30)]
    life = asyncio.create_task(show_life(in_db, 0.2))
    try:
        await until(lambda: in_db.finished >= 3)
        await asyncio.sleep(0.1)
        assert not queued[-1].done()
        assert heard(manager)
        hanging = asyncio.ensure_future(in_db(release.wait))
        await asyncio.gather(*queued)
        await asyncio.sleep(0.15)
        heard(manager)
        await asyncio.sleep(0.4)
        assert heard(manager) == []
        release.set()
        await hanging
        await until(lambda: heard(manager))
    finally:
        release.set()
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        await in_db.close()


def test_an_abstract_socket_is_reached_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("")
        name = listening.getsockname().decode()
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name[1:])
        tell_service_manager("READY=1")
        assert listening.recv(64) == b"READY=1"


@pytest.mark.parametrize("address", [None, "", "/nowhere/at/all", "@" + "x" * 300])
def test_without_a_service_manager_nothing_happens(address: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    tell_service_manager("READY=1")


@pytest.mark.parametrize(
    ("microseconds", "seconds"), [("", None), ("0", None), ("-5", None), ("soon", None), ("60000000", 30.0)]
)
def test_a_sign_of_life_comes_twice_as_often_as_it_is_wanted(
    microseconds: str, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    assert watchdog_seconds() == seconds


def test_the_shipped_unit_asks_for_what_the_daemon_does() -> None:
    lines = [line for line in UNIT.read_text("utf-8").splitlines() if line and not line.startswith(("#", "["))]
    keys = dict(line.split("=", 1) for line in lines)
    assert keys["Type"] == "notify"
    assert keys["ExecStart"].endswith("packstation sync")
    assert keys["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert int(keys["WatchdogSec"]) >= 60
    assert keys["Restart"] == "on-failure"
    assert keys["RestartPreventExitStatus"] == str(WRONG_USE)
    assert keys["ProtectSystem"] == "strict"
    assert keys["NoNewPrivileges"] == "yes"
