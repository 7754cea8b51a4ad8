"""Simulated channels push as the real ones do: as often, as patient and as touchy; and the daemon reads at once what they hint at."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from packstation.store.database import rows_of
from sync.receiving import hook_paths
from sync.sandbox import pushing as module
from sync.sandbox.counters import LIVE_COUNTERS
from sync.sandbox.pushing import MANNERS, NoPushesError, check_push, pushing
from sync.sandbox.server import serving, simulated
from sync.sandbox.stand import Stand, real_clock
from sync.shops_config import WebhooksConfig
from tests.sync.channels.stands import make_stand
from tests.sync.running import SELDOM, live_shop, running, until

AT_ONCE = 100_000.0
"""Twelve hours within half a second."""


@dataclass
class Ear:
    """A receiving end that answers as a test wants, and remembers what it heard."""

    answer: Callable[[], Response] = Response
    slowness: float = 0.0
    heard: list[bytes] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        self.heard.append(await request.body())
        await asyncio.sleep(self.slowness)
        return self.answer()


@asynccontextmanager
async def pushed_to(ear: Ear, stand: Stand, speed: float = AT_ONCE) -> AsyncIterator[None]:
    app = Starlette(routes=[Route("/hooks/here", ear.receive, methods=["POST"])])
    async with serving(app) as url, pushing(stand, f"{url}/hooks/here", speed=speed):
        yield


def change(stand: Stand, orders: int = 1) -> list[str]:
    """Let the seller write on some orders that the channel shows."""
    channel = simulated(stand.market.counter.shop.channel)
    shown = [one for one in stand.market.every(real_clock()) if channel.expected(one) is not None and not one.deleted]
    numbers = [facts.number for facts in shown[-orders:]]
    for number in numbers:
        assert stand.market.note(number, "gọi trước khi giao", real_clock())
    return numbers


@pytest.fixture
def steadily(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing twice and nothing late."""
    monkeypatch.setattr(module, "_TWICE", 0.0)
    monkeypatch.setattr(module, "_LATE", 0.0)


@pytest.mark.parametrize("channel", sorted(LIVE_COUNTERS))
def test_whoever_pushes_can_tell_of_any_order(channel: str) -> None:
    assert hasattr(simulated(channel), "deliveries") == (channel in MANNERS)
    if channel in MANNERS:
        stand, now = make_stand(channel, orders=200)
        told = [simulated(channel).deliveries(stand, facts) for facts in stand.market.every(now)]  # type: ignore[attr-defined]
        assert any(told)


@pytest.mark.usefixtures("steadily")
@pytest.mark.parametrize(
    ("channel", "tries"),
    [("shopee", 4), ("tiktok", 5), ("lazada", 13), ("nhanh", 4), ("shopify", 9), ("haravan", 9), ("sapo", 9)],
)
async def test_what_fails_is_tried_again_after_the_channels_own_table_and_then_given_up(
    channel: str, tries: int
) -> None:
    stand, _now = make_stand(channel, orders=20)
    ear = Ear(lambda: Response(status_code=500))
    async with pushed_to(ear, stand):
        change(stand)
        await until(lambda: stand.pushed.get("given_up", 0) == len(set(ear.heard)) > 0)
    assert set(Counter(ear.heard).values()) == {tries}
    assert len(MANNERS[channel].retries) == tries - 1
    assert "taken" not in stand.pushed


@pytest.mark.usefixtures("steadily")
async def test_shopee_takes_an_answer_with_a_body_for_a_failure_and_others_do_not() -> None:
    heard = {}
    for channel in ("shopee", "tiktok"):
        stand, _now = make_stand(channel, orders=20)
        ear = Ear(lambda: Response(b"ok"))
        async with pushed_to(ear, stand):
            change(stand)
            await until(lambda: set(stand.pushed) & {"taken", "given_up"})  # noqa: B023
        heard[channel] = set(stand.pushed)
    assert heard == {"shopee": {"failed", "given_up"}, "tiktok": {"taken"}}


@pytest.mark.usefixtures("steadily")
@pytest.mark.parametrize(("channel", "status", "failures"), [("kiotviet", 404, 1), ("woocommerce", 500, 5)])
async def test_a_channel_that_has_had_enough_never_pushes_again(channel: str, status: int, failures: int) -> None:
    stand, _now = make_stand(channel, orders=30)
    ear = Ear(lambda: Response(status_code=status))
    async with pushed_to(ear, stand):
        for _change in range(failures):
            change(stand)
            before = stand.pushed.get("failed", 0)
            await until(lambda: stand.pushed.get("failed", 0) > before)  # noqa: B023
        await until(lambda: "ended" in stand.pushed)
        ear.answer = Response
        ear.heard.clear()
        change(stand, orders=5)
        await asyncio.sleep(0.5)
        assert ear.heard == []
    assert (stand.pushed["failed"], stand.pushed["ended"], stand.pushed.get("taken")) == (failures, 1, None)


@pytest.mark.usefixtures("steadily")
async def test_an_answer_after_the_channels_time_is_none() -> None:
    stand, _now = make_stand("lazada", orders=20)
    ear = Ear(slowness=MANNERS["lazada"].seconds * 1.5)
    async with pushed_to(ear, stand):
        change(stand)
        await until(lambda: "failed" in stand.pushed)
        assert "taken" not in stand.pushed
        ear.slowness = 0.0
        await until(lambda: "taken" in stand.pushed)


async def test_some_come_twice_and_some_overtake_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TWICE", 0.5)
    monkeypatch.setattr(module, "_LATE", 0.5)
    stand, _now = make_stand("woocommerce", orders=40)
    ear = Ear()
    async with pushed_to(ear, stand, speed=10.0):
        numbers = change(stand, orders=20)
        await until(lambda: len(set(ear.heard)) >= len(numbers))
        await asyncio.sleep(0.3)
    assert set(Counter(ear.heard).values()) == {1, 2}
    first_of_each = list(dict.fromkeys(ear.heard))
    caused = [next(n for n in numbers if f'"id": {n},'.encode() in body) for body in first_of_each]
    assert sorted(caused) == sorted(numbers)
    assert caused != sorted(caused)


async def test_the_end_of_the_sandbox_is_the_end_of_its_pushes() -> None:
    stand, _now = make_stand("tiktok", orders=20)
    ear = Ear(lambda: Response(status_code=500))
    app = Starlette(routes=[Route("/hooks/here", ear.receive, methods=["POST"])])
    async with serving(app) as url:
        async with pushing(stand, f"{url}/hooks/here", speed=1000.0):
            change(stand)
            await until(lambda: ear.heard)
        heard = len(ear.heard)
        change(stand)
        await asyncio.sleep(0.5)
        assert len(ear.heard) == heard


@pytest.mark.parametrize(
    ("channel", "url"),
    [
        ("pancake", "http://127.0.0.1:8790/hooks/x"),
        ("shopee", "https://desk.example.vn/hooks/x"),
        ("shopee", "http://desk.example.vn/hooks/x"),
        ("shopee", "http://127.0.0.1.example.vn/hooks/x"),
        ("shopee", "http://127.0.0.1:99999/hooks/x"),
        ("shopee", "http://[::1/hooks/x"),
        ("shopee", ""),
    ],
)
async def test_made_up_orders_go_nowhere_but_to_this_computer(channel: str, url: str) -> None:
    with pytest.raises(NoPushesError):
        check_push(channel, url)
    stand, _now = make_stand(channel, orders=1)
    with pytest.raises(NoPushesError):
        await pushing(stand, url).__aenter__()


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize("channel", ["shopee", "tiktok", "lazada"])
async def test_what_changes_at_the_channel_is_read_by_the_daemon_long_before_its_next_poll(channel: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    hooks = WebhooksConfig(enabled=True, port=port, public_url=base)
    async with live_shop(channel) as shop, running(shop, rhythm=SELDOM, webhooks=hooks) as at:
        await until(lambda: shop.is_all_stored and at.said("receiving"))
        [path] = hook_paths([shop.name]).values()
        async with pushing(shop.stand, base + path):
            [number] = change(shop.stand)
            known = "SELECT updated_at FROM orders WHERE number = ?"
            before = rows_of(known, (number,))
            await until(lambda: rows_of(known, (number,)) != before)
        assert shop.stand.pushed.get("taken", 0) > 0
        assert "failed" not in shop.stand.pushed
