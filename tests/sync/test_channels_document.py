"""docs/channels.md says what the connectors say, and its example of a channel of one's own works."""

from __future__ import annotations

import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.orders import Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import HOUR
from packstation.store.database import rows_of, transaction
from packstation.store.shops import shop_id_of
from sync.channels.registry import channel_names, open_channel
from sync.credentials.credential import Credential
from sync.credentials.login import GivenCredential
from sync.credentials.tokens import log_in
from sync.sandbox.server import serving
from sync.sandbox.stand import real_clock
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from tests.sync.running import VAULT, running, trouble_of, until

DOCUMENT = (Path(__file__).parents[2] / "docs" / "channels.md").read_text("utf-8")
ROWS = {
    cells[0].strip(" `"): cells[1:]
    for cells in (row.split("|")[1:-1] for row in re.findall(r"^\| `.*\|$", DOCUMENT, re.M))
}


def named(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def test_every_channel_has_a_row() -> None:
    assert set(ROWS) == set(channel_names())


@pytest.mark.parametrize("channel", channel_names())
async def test_a_row_names_what_the_connector_asks_for_and_can_be_told(channel: str) -> None:
    account, secrets, consent, tells, pushes = ROWS[channel]
    connection = Connection(GivenCredential(Credential()))
    able = open_channel(ShopConfig(name="x", channel=channel), connection).abilities
    await connection.close()
    assert set(able.account) <= named(account)
    assert {*able.secrets, *able.push_secrets} <= named(secrets)
    assert not able.consent or consent.strip() != "no"
    told = {"all": set(DecisionKind), "nothing": set()}.get(tells.strip(), {DecisionKind(one) for one in named(tells)})
    assert told == able.decisions
    assert (pushes.strip() == "yes") == able.pushes


def acme(now: int, asked: list[str]) -> Starlette:
    """A shop with an API of three lines."""
    rows = [
        {"id": f"ACME-{place}", "placed": now - HOUR, "changed": now - HOUR + place, "state": state}
        | {"sku": "TEA", "product": "Trà", "pieces": 2, "price": 50_000}
        for place, state in enumerate(["new", "sent", "moonlit"])
    ]

    async def orders(request: Request) -> Response:
        if request.headers.get("x-api-key") != "k-1":
            return JSONResponse([], 401)
        query = request.query_params
        asked.append(str(query))
        if "numbers" in query:
            return JSONResponse([row for row in rows if row["id"] in query["numbers"].split(",")])
        return JSONResponse([row for row in rows if int(query["since"]) <= row["changed"] < int(query["until"])])  # type: ignore[operator]

    return Starlette(routes=[Route("/orders", orders)])


@pytest.mark.usefixtures("sqlite_database")
async def test_the_example_is_a_channel_that_the_daemon_syncs(monkeypatch: pytest.MonkeyPatch) -> None:
    [example] = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    installed = ModuleType("acme_packstation")
    exec(compile(example, "acme_packstation.py", "exec"), installed.__dict__)
    monkeypatch.setitem(sys.modules, "acme_packstation", installed)
    [(name, target)] = re.findall(r'^(\w+) = "(acme[^"]+)"$', DOCUMENT, re.MULTILINE)

    def entry_points(group: str) -> list[Any]:
        return [EntryPoint(name, target, group)]

    monkeypatch.setattr("sync.channels.registry.entry_points", entry_points)
    asked: list[str] = []
    async with serving(acme(real_clock(), asked)) as url:
        shop = ShopConfig(name="Sóc Nâu Acme", channel="acme", api_host=url)
        with transaction():
            shop_id = shop_id_of(shop.shop)
        log_in(VAULT, shop_id, Credential(secrets={"api_key": "k-1"}))
        async with running(shop):
            await until(lambda: len(rows_of("SELECT 1 FROM orders")) == 3)
            await until(lambda: not trouble_of(shop.name))
        stored = dict(rows_of("SELECT number, status FROM orders"))
        assert stored == {"ACME-0": Status.TO_PACK, "ACME-1": Status.SHIPPED, "ACME-2": Status.CHANNEL_HOLD}
        assert rows_of(
            "SELECT DISTINCT orders.total, quantity FROM orders JOIN order_item ON order_id = orders.id"
        ) == [(100_000, 2)]
        connection = Connection(GivenCredential(Credential(secrets={"api_key": "k-1"})))
        channel = open_channel(shop, connection)
        assert (await channel.orders(["ACME-1", "ACME-9"])).missing == ("ACME-9",)
        await channel.check()
        assert await channel.find("ACME-1") == ["ACME-1"]
        await connection.close()
