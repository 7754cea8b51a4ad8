"""A web shop deletes a refund, which moves no time of modification: the reconciliation finds out, and the store forgets it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from packstation.domain.times import DAY
from packstation.store.database import rows_of
from sync.sandbox.stand import real_clock
from tests.sync.running import QUICKLY, LiveShop, live_shop, running, standing, until

pytestmark = pytest.mark.usefixtures("sqlite_database")

OFTEN = replace(QUICKLY, reconcile=0.2)


class Later:
    """The shop's clock, which a test sets forward."""

    ahead = 0

    def __call__(self) -> int:
        return real_clock() + self.ahead


@asynccontextmanager
async def backstage(shop: LiveShop) -> AsyncIterator[httpx.AsyncClient]:
    """The shop's API as its owner's clicks use it."""
    keys = shop.credential.secrets
    basic = base64.b64encode(f"{keys['consumer_key']}:{keys['consumer_secret']}".encode()).decode()
    headers = {"authorization": f"Basic {basic}", "x-forwarded-proto": "https"}
    async with httpx.AsyncClient(base_url=f"{shop.config.api_host}/wp-json/wc/v3/", headers=headers) as api:
        yield api


def refunds_of(number: str) -> list[int]:
    """The amounts that are stored as given back."""
    sql = "SELECT f.amount FROM order_refund f JOIN orders o ON o.id = f.order_id WHERE o.number = ?"
    return [row[0] for row in rows_of(sql, (number,))]


@pytest.mark.parametrize("days", [1, 10])
async def test_a_refund_deleted_at_the_shop_vanishes_whether_its_order_changed_yesterday_or_long_ago(days: int) -> None:
    clock = Later()
    async with live_shop("woocommerce", clock=clock) as shop, running(shop, rhythm=OFTEN), backstage(shop) as api:
        await until(lambda: shop.is_all_stored)
        number = str((await api.get("orders", params={"status": "completed"})).json()[0]["id"])
        made = (await api.post(f"orders/{number}/refunds", json={"amount": "1000"})).json()
        await until(lambda: refunds_of(number) == [1_000])
        clock.ahead = days * DAY
        await until(lambda: (standing(shop).progress.changes_until or 0) > real_clock() + days * DAY - 5_000)
        modified = (await api.get(f"orders/{number}")).json()["date_modified_gmt"]
        gone = await api.delete(f"orders/{number}/refunds/{made['id']}", params={"force": "true"})
        assert gone.status_code == 200
        assert (await api.get(f"orders/{number}")).json()["date_modified_gmt"] == modified
        await until(lambda: refunds_of(number) == [])
