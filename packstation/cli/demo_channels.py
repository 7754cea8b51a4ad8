"""The demo's channels: simulated shops and the daemon that syncs them, as processes beside the desk."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from packstation.settings import Settings

CHANNELS = ("shopee", "tiktok", "lazada", "woocommerce")
"""What the demo simulates: the three market places that most sellers have, and a web shop."""
_ORDERS = 150
_DAYS = 30
_ARRIVALS_PER_HOUR = 90
_RISKY_ARRIVALS = 2
"""So many orders at each channel soon come from buyers who refused before: there is something to hold while one watches."""
_TOLD = {"woocommerce": ("note", "hold_released")}
"""Which decisions the channels are told, so that notes can be tried."""
_PULL = "[pull]\npoll_seconds = 2\nlease_seconds = 5\n"


@contextmanager
def simulated_channels(speed: float) -> Iterator[subprocess.Popen[str]]:
    """Start the simulated shops; they tell on standard output, a line each, where they are.

    Args:
        speed: how many times faster than in a real shop new orders live.
    """
    named = [word for channel in CHANNELS for word in ("--channel", channel)]
    figures = ["--orders", _ORDERS, "--days", _DAYS, "--arrivals", _ARRIVALS_PER_HOUR, "--speed", speed]
    figures += ["--risky", _RISKY_ARRIVALS]
    command = [sys.executable, "-m", "packstation", "sandbox", "--json", *named, *map(str, figures)]
    with _ended_after(
        subprocess.Popen(  # noqa: S603 - this very program
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
    ) as process:
        yield process


@contextmanager
def daemon_for(simulation: subprocess.Popen[str], settings: Settings, folder: Path) -> Iterator[None]:
    """Log the simulated shops in and run the daemon for them. The database is open.

    Args:
        simulation: the process of the simulated shops.
        settings: they name the database.
        folder: the daemon's own config folder and log go there.
    """
    from sync.credentials.key import KEY_VARIABLE

    lines = [simulation.stdout.readline() for _channel in CHANNELS] if simulation.stdout else []
    shops = [json.loads(line) for line in lines if line]
    key = secrets.token_bytes(32)
    _log_in(shops, key)
    text = _PULL + "".join(_section(shop) for shop in shops)
    (folder / "channels.toml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "packstation", "--config", str(folder), "--database", settings.database, "sync"]
    environment = {**os.environ, KEY_VARIABLE: base64.urlsafe_b64encode(key).decode("ascii")}
    with (folder / "sync.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)  # noqa: S603 - this very program
        with _ended_after(process):
            yield


def _log_in(shops: list[dict[str, Any]], key: bytes) -> None:
    from packstation.domain.orders import Shop
    from packstation.store.database import transaction
    from packstation.store.shops import shop_id_of
    from sync.credentials.credential import Credential
    from sync.credentials.key import Key, KeyPlace
    from sync.credentials.tokens import log_in
    from sync.credentials.vault import Vault

    vault = Vault((Key(key, KeyPlace.ENVIRONMENT),))
    for shop in shops:
        with transaction():
            shop_id = shop_id_of(Shop(shop["shop"], shop["channel"], "VND", "Asia/Ho_Chi_Minh"))
        log_in(vault, shop_id, Credential(**shop["credential"]))


def _section(shop: dict[str, Any]) -> str:
    account = ", ".join(f"{name} = {json.dumps(value)}" for name, value in shop["account"].items())
    told = _TOLD.get(shop["channel"], ())
    outbox = f"outbox = {json.dumps(told)}\n" if told else ""
    hosts = "".join(f"{name} = {json.dumps(shop['url'])}\n" for name in ("api_host", "auth_host", "consent_host"))
    return (
        f"[shops.{json.dumps(shop['shop'], ensure_ascii=False)}]\nchannel = {json.dumps(shop['channel'])}\n{hosts}"
        f"history_days = {_DAYS}\n{outbox}account = {{ {account} }}\n"
    )


@contextmanager
def _ended_after(process: subprocess.Popen[Any]) -> Iterator[Any]:
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
