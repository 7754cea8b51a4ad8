"""The daemon against simulated channels with every fault switched on, killed at random, and started twice by mistake."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from sync.sandbox.counters import LIVE_COUNTERS
from tests.sync.daemons import Simulated, desk_with, end, simulated_channels
from tests.sync.truth import differences, stored_in, truth_of

CHANNELS = sorted(LIVE_COUNTERS)
_LONG_PATIENCE = 1500.0


def brought_up_to_truth(folder: Path, shop: Simulated, patience: float) -> list[str]:
    """What still differs when patience has run out; ends as soon as nothing does."""
    deadline = time.monotonic() + patience
    while True:
        left = differences(truth_of(shop.url), stored_in(folder / "desk.db", shop.shop))
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(1.0)


def chaos(
    channel: str, folder: Path, monkeypatch: pytest.MonkeyPatch, orders: int, kills: int, patience: float
) -> None:
    rng = random.Random(f"{channel}/{orders}")
    options = ("--orders", str(orders), "--days", "60", "--arrivals", "60", "--faults", "0.01")
    with simulated_channels([channel], *options) as (shop,):
        desk = desk_with([shop], folder, monkeypatch, keys="history_days = 61\n")
        daemons = [desk.start_daemon(), desk.start_daemon()]
        try:
            for _kill in range(kills):
                time.sleep(rng.uniform(0.5, 6.0))
                place = rng.randrange(2)
                daemons[place].send_signal(signal.SIGKILL)
                daemons[place].wait(10)
                daemons[place] = desk.start_daemon()
            left = brought_up_to_truth(folder, shop, patience)
        finally:
            for daemon in daemons:
                if daemon.poll() is None:
                    end(daemon)
        log = (folder / "sync.log").read_text(encoding="utf-8")
        assert not left, f"{len(left)} differences: {left[:20]}\n{log[-3000:]}"
        check = desk.run("db", "check")
        assert check.returncode == 0, check.stdout
        with sqlite3.connect(f"file:{desk.database}?mode=ro", uri=True) as connection:
            (doubled,) = connection.execute(
                "SELECT count(*) - count(DISTINCT number || shop_id) FROM orders"
            ).fetchone()
        assert doubled == 0
        assert "Traceback" not in log


@pytest.mark.parametrize("channel", ["shopee", "woocommerce"])
def test_a_few_kills_and_faults_leave_the_truth(channel: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chaos(channel, tmp_path, monkeypatch, orders=150, kills=2, patience=90)


@pytest.mark.long
@pytest.mark.parametrize("channel", CHANNELS)
def test_ten_thousand_orders_fifty_kills_and_every_fault_leave_the_truth(
    channel: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders, kills = int(os.environ.get("CHAOS_ORDERS", "10000")), int(os.environ.get("CHAOS_KILLS", "50"))
    chaos(channel, tmp_path, monkeypatch, orders=orders, kills=kills, patience=_LONG_PATIENCE)
