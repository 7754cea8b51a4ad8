from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from packstation.cli.sync_login import _pasted_or_caught
from packstation.store.credentials import all_credentials
from packstation.store.database import close_database, open_database
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Abilities
from sync.credentials.credential import Credential
from sync.credentials.key import find_keys
from sync.credentials.tokens import stored_credential
from sync.credentials.vault import Vault
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from tests.cli.conftest import CommandLine, Ran
from tests.sync.credentials.conftest import free_port

SHOP = "Sóc Nâu"
CHANNELS = f"""
[shops."{SHOP}"]
channel = "fair"
account = {{ shop_id = "7" }}
[shops.hub]
channel = "keyed"
[shops.lost]
channel = "nowhere"
"""


class Fair:
    """A channel with a consent page."""

    abilities = Abilities(secrets=("partner_key",), account=("shop_id",), consent=True)
    refuses: ChannelError | None = None
    state = ""

    def __init__(self, shop: ShopConfig, connection: Connection) -> None:
        self._shop = shop
        self._connection = connection

    @property
    def consent(self) -> Fair | None:
        return self if self.abilities.consent else None

    def consent_url(self, redirect: str, state: str) -> str:
        Fair.state = state
        return f"https://consent.example/?to={redirect}&state={state}"

    async def exchange(self, answer: Mapping[str, str]) -> Credential:
        given = await self._connection._tokens.current()
        if answer["code"] != "good":
            raise ChannelError("the code is not taken any more", Advice.ASK_SELLER)
        return replace(given, access_token="s3cret-access", refresh_token="s3cret-refresh", account={"cipher": "X"})

    async def renew(self, credential: Credential) -> Credential:
        return credential

    async def check(self) -> None:
        given = await self._connection._tokens.current()
        if self.refuses is not None:
            raise self.refuses
        if given.secrets["partner_key"] == "wrong":
            raise ChannelError("the key is not taken", Advice.ASK_SELLER)


class Keyed(Fair):
    """A channel that is content with a key."""

    abilities = Abilities(secrets=("partner_key", "client_secret"))


@pytest.fixture
def shop_floor(packstation: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line with shops at channels of this test."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "channels.toml").write_text(CHANNELS, encoding="utf-8")
    monkeypatch.setenv("PACKSTATION_CONFIG", str(folder))
    monkeypatch.setenv("PACKSTATION_KEY", base64.urlsafe_b64encode(b"k" * 32).decode())
    monkeypatch.setattr(Fair, "refuses", None)
    points = [SimpleNamespace(name=kind.__name__.lower(), load=lambda kind=kind: kind) for kind in (Fair, Keyed)]
    monkeypatch.setattr("sync.channels.registry.entry_points", lambda **_group: points)
    return packstation


def stored(packstation: CommandLine, name: str) -> Credential | None:
    open_database(packstation.url)
    found = [stored_credential(Vault(find_keys()), row[0]) for row in all_credentials() if row[1] == name]
    close_database()
    return found[0][1] if found and found[0] else None


def quiet(ran: Ran) -> Ran:
    """Nothing secret in what was shown, and an error is one line; doctor tells its findings as its output."""
    assert "s3cret" not in ran.out + ran.err
    assert ran.code in (0, 5) or ran.err.count("\n") == 1
    return ran


def test_a_shop_with_a_consent_page_is_logged_in_with_the_pasted_address(shop_floor: CommandLine) -> None:
    ran = quiet(shop_floor("sync", "login", SHOP, stdin="s3cret-key\nhttps://x/?code=good\n"))
    assert ran.code == 0, ran.err
    assert f"https://consent.example/?to=http://127.0.0.1:8791/&state={Fair.state}\n" in ran.out
    assert f"{SHOP}: logged in" in ran.out
    assert stored(shop_floor, SHOP) == Credential(
        {"partner_key": "s3cret-key"}, "s3cret-access", "s3cret-refresh", account={"cipher": "X"}
    )
    file = Path(shop_floor.url.removeprefix("sqlite:///"))
    assert b"s3cret" not in b"".join(one.read_bytes() for one in file.parent.glob("cli.db*"))


def test_another_logins_address_is_refused_and_nothing_stored(shop_floor: CommandLine) -> None:
    ran = quiet(shop_floor("sync", "login", SHOP, stdin="s3cret-key\nhttps://x/?code=good&state=old\n"))
    assert ran.code == 1
    assert f"{SHOP}: this address belongs to another login" in ran.err
    assert stored(shop_floor, SHOP) is None


def test_a_code_that_the_channel_refuses_is_one_line(shop_floor: CommandLine) -> None:
    ran = quiet(shop_floor("sync", "login", SHOP, stdin="s3cret-key\nused\n"))
    assert (ran.code, ran.err) == (1, f"packstation: {SHOP}: the code is not taken any more\n")
    assert stored(shop_floor, SHOP) is None


def test_a_shop_with_keys_only_is_tried_first_and_a_refused_key_not_stored(shop_floor: CommandLine) -> None:
    ran = quiet(shop_floor("sync", "login", "hub", stdin="wrong\ns3cret-2\n"))
    assert (ran.code, ran.err) == (1, "packstation: hub: the key is not taken\n")
    assert stored(shop_floor, "hub") is None
    assert quiet(shop_floor("sync", "login", "hub", stdin="s3cret-1\ns3cret-2\n")).code == 0
    assert quiet(shop_floor("sync", "login", "hub", stdin="wrong\n\n")).code == 1
    assert quiet(shop_floor("sync", "login", "hub", stdin="\ns3cret-3\n")).code == 0
    now = stored(shop_floor, "hub")
    assert now is not None
    assert now.secrets == {"partner_key": "s3cret-1", "client_secret": "s3cret-3"}


def test_a_channel_that_is_down_keeps_nobody_from_logging_in(
    shop_floor: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Fair, "refuses", ChannelError("cannot be reached", Advice.RETRY))
    ran = quiet(shop_floor("sync", "login", "hub", stdin="s3cret-1\ns3cret-2\n"))
    assert ran.code == 0
    assert "hub: stored, but the channel could not be asked" in ran.out
    assert stored(shop_floor, "hub") is not None


@pytest.mark.parametrize(
    ("shop", "stdin", "code", "says"),
    [
        ("nobody", "", 4, "channels.toml has no shop 'nobody'; it has: Sóc Nâu, hub, lost"),
        ("\x1b[2J", "", 4, "channels.toml has no shop"),
        ("lost", "", 2, "channel 'nowhere': allowed: "),
        ("hub", "", 2, "partner_key: must be one line of text"),
        ("hub", "a\x07b\n", 2, "partner_key: must be one line of text"),
    ],
)
def test_what_cannot_be_is_one_line(shop_floor: CommandLine, shop: str, stdin: str, code: int, says: str) -> None:
    ran = quiet(shop_floor("sync", "login", shop, stdin=stdin))
    assert ran.code == code
    assert says in ran.err
    assert "\x1b" not in ran.err


def test_ids_that_the_file_lacks_are_named(shop_floor: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "config" / "channels.toml"
    file.write_text(CHANNELS.replace("shop_id", "shop"), encoding="utf-8")
    ran = quiet(shop_floor("sync", "login", SHOP, stdin="s3cret\n"))
    assert (ran.code, ran.err) == (2, f"packstation: channels.toml: {SHOP}: account lacks shop_id\n")


def test_a_mistake_in_the_file_is_one_line(shop_floor: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "config" / "channels.toml").write_text('[shops.a]\nchannel = "x"\nsecret = "s3cret"\n')
    assert quiet(shop_floor("sync", "login", "a")).code == 2
    assert quiet(shop_floor("doctor")).code == 5


def test_once_there_is_a_supervisor_their_pin_comes_first(shop_floor: CommandLine) -> None:
    assert shop_floor("people", "add", "Mai", "--role", "supervisor", stdin="2468\n").code == 0
    wrong = quiet(shop_floor("sync", "login", "hub", stdin="1111\ns3cret-1\ns3cret-2\n"))
    assert (wrong.code, stored(shop_floor, "hub")) == (1, None)
    assert quiet(shop_floor("sync", "login", "hub", stdin="2468\ns3cret-1\ns3cret-2\n")).code == 0


def test_doctor_and_status_tell_of_logins_and_show_none(
    shop_floor: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop_floor("sync", "login", "hub", stdin="s3cret-1\ns3cret-2\n")
    told = quiet(shop_floor("doctor")).out
    assert "ok   hub: logged in" in told
    assert f"BAD  {SHOP}: nobody logged in: run `packstation sync login SHOP`" in told
    monkeypatch.setenv("PACKSTATION_KEY", base64.urlsafe_b64encode(b"x" * 32).decode())
    assert "BAD  hub: the credentials were sealed with another key" in quiet(shop_floor("doctor")).out
    monkeypatch.setenv("PACKSTATION_KEY", "s3cret")
    assert "BAD  hub: PACKSTATION_KEY: is no key" in quiet(shop_floor("doctor")).out
    assert quiet(shop_floor("status", "--json")).code == 0


_BROWSER = """
import sys, time, urllib.request
for _ in range(200):
    try:
        urllib.request.urlopen(sys.argv[1], timeout=5).read()
        break
    except OSError:
        time.sleep(0.05)
"""


def test_a_browser_on_this_computer_needs_no_pasting(shop_floor: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    redirect = f"http://127.0.0.1:{free_port()}/"
    monkeypatch.setattr("secrets.token_urlsafe", lambda _length: "known-state")
    url = f"{redirect}?code=good&state=known-state"
    browser = subprocess.Popen([sys.executable, "-c", _BROWSER, url])
    ran = quiet(shop_floor("sync", "login", SHOP, "--redirect", redirect, stdin="s3cret-key\n\n"))
    assert browser.wait(timeout=20) == 0
    assert ran.code == 0, ran.err
    assert stored(shop_floor, SHOP) is not None


async def test_at_a_terminal_whichever_comes_first_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = os.openpty()
    with os.fdopen(slave, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        for line in (b"pasted\n", b""):
            redirect = f"http://127.0.0.1:{free_port()}/"
            waiting = asyncio.ensure_future(_pasted_or_caught(redirect, "s"))
            await asyncio.sleep(0.05)
            if line:
                os.write(master, line)
                assert await waiting == {"code": "pasted"}
            else:
                async with httpx.AsyncClient(trust_env=False) as browser:
                    await browser.get(f"{redirect}?code=caught&state=s")
                assert await waiting == {"code": "caught", "state": "s"}
    os.close(master)
