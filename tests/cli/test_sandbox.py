"""`packstation sandbox`: simulated channels that say how to connect to them."""

from __future__ import annotations

import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx

from sync.shops_config import load_shops
from tests.cli.conftest import CommandLine
from tests.sync.daemons import end, simulated_channels


def test_an_unknown_channel_is_answered_with_those_that_there_are(packstation: CommandLine) -> None:
    ran = packstation("sandbox", "--channel", "shoppee")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "shopee" in ran.err


def test_a_port_that_is_taken_is_one_line(packstation: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = packstation("sandbox", "--channel", "tiktok", "--orders", 0, "--port", port)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert str(port) in ran.err


def test_what_it_prints_for_people_is_a_section_for_the_config_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "packstation", "sandbox", "--channel", "lazada", "--orders", "3"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        told = "".join(iter(process.stdout.readline, "\n"))
    finally:
        code = end(process)  # type: ignore[arg-type]
        process.stdout.close()
    assert code == 0
    assert "packstation sync login" in told
    assert set(tomllib.loads(told)) == {"shops"}
    (tmp_path / "channels.toml").write_text(told, "utf-8")
    [shop] = load_shops(tmp_path).shops
    assert (shop.channel, bool(shop.account), str(shop.api_host).startswith("http://127.0.0.1:")) == (
        "lazada",
        True,
        True,
    )


def test_several_channels_are_served_each_on_a_port_of_its_own_until_the_end() -> None:
    with simulated_channels(["tiktok", "woocommerce"], "--orders", "7") as shops:
        assert len({shop.url for shop in shops}) == 2
        for shop in shops:
            assert len(httpx.get(f"{shop.url}/_sandbox/truth").json()) <= 7
        url = shops[0].url
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) != 0


def test_a_push_to_elsewhere_or_from_a_channel_that_is_not_simulated_is_refused_in_one_line(
    packstation: CommandLine,
) -> None:
    here = "http://127.0.0.1:8790/hooks/x"
    for push in ("shopee=https://desk.example.vn/hooks/x", f"lazada={here}", f"pancake={here}", here, ""):
        ran = packstation("sandbox", "--channel", "shopee", "--channel", "pancake", "--push", push)
        assert (ran.code, ran.err.count("\n")) == (2, 1)
        assert "shopee" in ran.err
