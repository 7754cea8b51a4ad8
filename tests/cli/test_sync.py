"""`packstation sync`: what is wrong is one line and an exit code; --once tells whether every shop is up to date."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import CommandLine
from tests.sync.daemons import desk_with, end, simulated_channels, wait_until


def test_without_shops_it_says_how_to_get_a_file_to_edit(packstation: CommandLine) -> None:
    ran = packstation("sync")
    assert ran.code == 2
    assert "config init" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[shops.x]\n", "shops.x.channel"),
        ('[shops.x]\nchannel = "shopee"\napi_host = "http://example.vn"\n', "api_host"),
        ('[shops.x]\nchannel = "shopee"\npartner_key = "abcdef123"\n', "sync login"),
        ("[shops.x\n", "channels.toml"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_that_names_the_place(
    text: str, named: str, packstation: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "channels.toml").write_text(text, "utf-8")
    ran = packstation("--config", tmp_path, "sync")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert named in ran.err
    assert "abcdef123" not in ran.err


def test_without_a_key_it_says_how_to_get_one(
    packstation: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "channels.toml").write_text('[shops.x]\nchannel = "shopee"\n', "utf-8")
    monkeypatch.setenv("PACKSTATION_KEY", "not a key")
    ran = packstation("--config", tmp_path, "sync")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "PACKSTATION_KEY" in ran.err


def test_once_that_is_told_to_end_names_the_shops_that_are_behind_and_the_next_run_goes_on_there(
    packstation: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with simulated_channels(["tiktok"], "--orders", "60", "--days", "5") as shops:
        desk = desk_with(shops, tmp_path, monkeypatch, keys="history_days = 6\nrequests_per_second = 1\n")
        packstation.url = desk.url
        log = tmp_path / "sync.log"
        with log.open("w") as out:
            once = subprocess.Popen(
                desk.command("--lang", "en", "sync", "--once"), env=desk.environment(), stdout=out, stderr=out
            )
        try:
            assert wait_until(lambda: "started" in log.read_text("utf-8"), 30)
        finally:
            code = end(once)
        told = (
            f"packstation: told to end before these shops were up to date: {shops[0].shop}; the next run goes on there"
        )
        assert (code, log.read_text("utf-8").splitlines()[-1]) == (1, told)
        assert "trouble" not in packstation("--config", tmp_path, "status").out
        (tmp_path / "channels.toml").write_text(
            (tmp_path / "channels.toml").read_text("utf-8").replace("second = 1\n", "second = 500\n"), "utf-8"
        )
        assert desk.run("--lang", "en", "sync", "--once").returncode == 0


def test_once_syncs_and_ends_and_status_tells_what_troubles_a_shop(
    packstation: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with simulated_channels(["tiktok", "lazada"], "--orders", "30", "--days", "5") as shops:
        desk = desk_with(shops, tmp_path, monkeypatch, keys="history_days = 6\nrequests_per_second = 200\n")
        packstation.url = desk.url
        ran = desk.run("--lang", "en", "sync", "--once")
        assert (ran.returncode, ran.stdout) == (0, "")
        with sqlite3.connect(f"file:{tmp_path / 'desk.db'}?mode=ro", uri=True) as connection:
            found = connection.execute("SELECT trouble, daemon FROM shop_sync").fetchall()
        assert found == [("", None), ("", None)]
        assert packstation("--config", tmp_path, "status").out.count("the last `packstation sync --once` ended") == 2
        httpx.post(f"{shops[0].url}/_sandbox/faults", json={"revoked": 1}).raise_for_status()
        ran = desk.run("--lang", "en", "sync", "--once")
        assert ran.returncode == 1
        assert ran.stderr.splitlines()[-1].startswith(f"packstation: not up to date: {shops[0].shop};")
        troubles = [line for line in packstation("--config", tmp_path, "status").out.splitlines() if "trouble" in line]
        assert len(troubles) == 1
        assert "log in again" in troubles[0]
