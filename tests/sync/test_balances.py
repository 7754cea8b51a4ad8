"""What a page says that buyers owe and have is stored beside its orders, and told with the customer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from packstation.domain.orders import IncomingBalance
from packstation.domain.times import MINUTE
from packstation.settings import default_config_folder
from tests.cli.conftest import CommandLine
from tests.factories import NOW, a_buyer, an_order
from tests.sync.scripted import ScriptedChannel, pulling


def test_the_balances_of_a_page_are_told_with_the_customer_and_the_newest_counts(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    channel = ScriptedChannel(
        listed=[an_order("A-1", placed_at=NOW, updated_at=NOW, buyer=a_buyer("KH1"))],
        balances=(IncomingBalance("KH1", 120_000, 45, NOW), IncomingBalance("KH2", -50_000, 0, NOW)),
    )

    async def pull_twice() -> None:
        at = await pulling(channel, NOW)
        at.now = NOW + MINUTE
        await at.pull.changes()
        channel.balances = (IncomingBalance("KH1", 90_000, 57, NOW + 1), IncomingBalance("KH2", 7, 7, NOW - 1))
        await at.pull.changes()
        await at.in_db.close()

    asyncio.run(pull_twice())
    monkeypatch.setenv("PACKSTATION_CONFIG", str(default_config_folder()))
    packstation = CommandLine(tmp_path, monkeypatch, capsys)
    packstation.url = sqlite_database
    owing = packstation("customer", "KH1", "--json").document
    assert (owing["customer"]["debt"], owing["customer"]["points"]) == (90_000, 57)
    assert [order["number"] for order in owing["orders"]] == ["A-1"]
    without_orders = packstation("customer", "KH2", "--json").document
    assert (without_orders["customer"]["debt"], without_orders["customer"]["points"]) == (-50_000, 0)
    assert without_orders["orders"] == []
    checked = packstation("check", "A-1", "--json").document["customer"]
    assert (checked["debt"], checked["points"]) == (90_000, 57)
