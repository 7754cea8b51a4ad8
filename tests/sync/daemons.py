"""Simulated channels and daemons as processes of their own, as they run at a seller's."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from packstation.domain.orders import Shop
from packstation.store.database import DatabaseAwayError, close_database, open_database, rows_of, transaction
from packstation.store.schema import migrate
from packstation.store.shops import shop_id_of
from sync.credentials.credential import Credential
from sync.credentials.key import find_keys
from sync.credentials.tokens import log_in
from sync.credentials.vault import Vault

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
PULL = "[pull]\npoll_seconds = 1\nreconcile_minutes = 1\nlease_seconds = 3\n"


@dataclass
class Simulated:
    """A simulated channel in another process."""

    shop: str
    channel: str
    url: str
    account: dict[str, str]
    credential: dict[str, Any]


@contextmanager
def simulated_channels(channels: Sequence[str], *options: str) -> Iterator[list[Simulated]]:
    """Simulated channels on loopback ports, as `packstation sandbox` serves them."""
    named = [word for channel in channels for word in ("--channel", channel)]
    process = subprocess.Popen(
        [sys.executable, "-m", "packstation", "sandbox", "--json", *named, *options], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield [Simulated(**json.loads(process.stdout.readline())) for _channel in channels]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@dataclass
class Desk:
    """A config folder and a database with the shops of simulated channels, logged in."""

    folder: Path
    url: str

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "packstation", "--config", str(self.folder), "--database", self.url, *words]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "PACKSTATION_KEY": KEY, "HOME": str(self.folder)}

    def start_daemon(self, log: Path | None = None) -> subprocess.Popen[bytes]:
        with (log or self.folder / "sync.log").open("ab") as out:
            return subprocess.Popen(self.command("sync"), env=self.environment(), stdout=out, stderr=out)

    def run(self, *words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), env=self.environment(), capture_output=True, text=True, timeout=timeout, check=False
        )


def desk_with(
    shops: Sequence[Simulated], folder: Path, monkeypatch: Any, *, pull: str = PULL, keys: str = "", url: str = ""
) -> Desk:
    """Configure, migrate and log in, as a person would with `config init`, `db init` and `sync login`.

    Without a database URL it is an SQLite file in the folder.
    """
    sections = [
        f"[shops.{json.dumps(one.shop, ensure_ascii=False)}]\n"
        f'channel = "{one.channel}"\n'
        + "".join(f'{name} = "{one.url}"\n' for name in ("api_host", "auth_host", "consent_host"))
        + f"account = {{ {', '.join(f'{name} = {json.dumps(value)}' for name, value in one.account.items())} }}\n{keys}"
        for one in shops
    ]
    (folder / "channels.toml").write_text("\n".join([pull, *sections]), encoding="utf-8")
    desk = Desk(folder, url or f"sqlite:///{folder / 'desk.db'}")
    monkeypatch.setenv("PACKSTATION_KEY", KEY)
    open_database(desk.url)
    migrate()
    vault = Vault(find_keys())
    for one in shops:
        with transaction():
            shop_id = shop_id_of(Shop(one.shop, one.channel, "VND", "Asia/Ho_Chi_Minh"))
        log_in(vault, shop_id, Credential(**one.credential))
    close_database()
    return desk


def log_in_where_asked(url: str, shop: Simulated) -> bool:
    """Do what a seller does who reads in `status` that a new login is needed; whether it was."""
    open_database(url, patient=True)
    try:
        with suppress(DatabaseAwayError):
            asked = rows_of(
                "SELECT y.shop_id FROM shop_sync y JOIN shop s ON s.id = y.shop_id WHERE s.name = ? AND y.trouble LIKE ?",
                (shop.shop, "%sync login%"),
            )
            if asked:
                credential = httpx.post(f"{shop.url}/_sandbox/login", timeout=30).json()
                log_in(Vault(find_keys()), asked[0][0], Credential(**credential))
                return True
        return False
    finally:
        close_database()


def end(process: subprocess.Popen[bytes], number: int = signal.SIGTERM, patience: float = 30) -> int:
    """Send a signal to a process of ours and wait for its end."""
    process.send_signal(number)
    return process.wait(patience)


def wait_until(what: Any, patience: float, every: float = 0.2) -> bool:
    """Ask until it is true; False when patience has run out."""
    deadline = time.monotonic() + patience
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
