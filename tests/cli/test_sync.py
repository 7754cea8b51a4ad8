"""`packstation sync`: what is wrong is one line and an exit code; --once tells whether every shop is up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import CommandLine
from tests.sync.daemons import desk_with, simulated_channels


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


def test_once_syncs_and_ends_and_status_tells_what_troubles_a_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with simulated_channels(["tiktok", "lazada"], "--orders", "30", "--days", "5") as shops:
        desk = desk_with(shops, tmp_path, monkeypatch, keys="history_days = 6\nrequests_per_second = 200\n")
        ran = desk.run("--lang", "en", "sync", "--once")
        assert (ran.returncode, ran.stdout) == (0, "")
        with sqlite3.connect(f"file:{tmp_path / 'desk.db'}?mode=ro", uri=True) as connection:
            found = connection.execute("SELECT trouble, daemon FROM shop_sync").fetchall()
        assert found == [("", None), ("", None)]
        assert desk.run("--lang", "en", "status").stdout.count("the last `packstation sync --once` ended") == 2
        httpx.post(f"{shops[0].url}/_sandbox/faults", json={"revoked": 1}).raise_for_status()
        ran = desk.run("--lang", "en", "sync", "--once")
        assert ran.returncode == 1
        assert ran.stderr.splitlines()[-1].startswith("packstation: ")
        troubles = [line for line in desk.run("--lang", "en", "status").stdout.splitlines() if "trouble" in line]
        assert len(troubles) == 1
        assert "log in again" in troubles[0]
