"""Deliveries that a channel could not get rid of: noted before they are confirmed, page by page, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from packstation.domain.times import DAY, MINUTE, SECOND
from packstation.store.database import DatabaseAwayError, rows_of
from sync import lost_pushes
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import KeepsLostPushes, LostPushes, PushHint
from sync.channels.shopee.pushes import lost_hint
from sync.lost_pushes import keep_asking, take
from sync.receiving import hook_paths
from sync.sandbox.faults import Fault
from sync.sandbox.pushing import pushing
from sync.sandbox.stand import Stand, real_clock
from sync.shops_config import WebhooksConfig
from tests.sync.channels.stands import AtStand, at_stand
from tests.sync.running import SELDOM, LiveShop, live_shop, running, until


@dataclass
class Keeper:
    """A channel with a queue of numbers, two a page; `events` is what happened, in order."""

    queue: list[str]
    events: list[str] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    error: ChannelError | None = None

    async def lost_pushes(self) -> LostPushes:
        if self.error is not None:
            raise self.error
        page = self.queue[:2]
        return LostPushes(tuple(PushHint((one,)) for one in page), page[-1] if page else "", len(self.queue) > 2)

    async def confirm_lost_pushes(self, mark: str) -> None:
        self.events.append(f"confirmed {mark}")
        del self.queue[: self.queue.index(mark) + 1]

    async def note(self, hint: PushHint) -> None:
        if set(hint.numbers) & self.refuses:
            raise DatabaseAwayError("the disk is full")
        self.events.append(f"noted {hint.numbers[0]}")


async def test_a_page_is_confirmed_once_all_that_it_hints_at_is_noted_and_then_the_next_one_comes() -> None:
    keeper = Keeper(["A", "B", "C"])
    assert await take(keeper, keeper.note) == 3
    assert keeper.events == ["noted A", "noted B", "confirmed B", "noted C", "confirmed C"]
    assert await take(keeper, keeper.note) == 0
    assert len(keeper.events) == 5, "of an empty queue nothing is confirmed"


async def test_what_cannot_be_noted_is_not_confirmed_and_comes_again() -> None:
    keeper = Keeper(["A", "B", "C", "D"], refuses={"D"})
    with pytest.raises(DatabaseAwayError):
        await take(keeper, keeper.note)
    assert keeper.queue == ["C", "D"]
    keeper.refuses.clear()
    assert await take(keeper, keeper.note) == 2
    assert keeper.queue == []


async def test_a_queue_that_does_not_move_is_left_alone() -> None:
    class Stuck(Keeper):
        async def confirm_lost_pushes(self, mark: str) -> None:
            self.events.append(f"confirmed {mark}")

    keeper = Stuck(["A", "B", "C"])
    assert await take(keeper, keeper.note) == 2
    assert keeper.events == ["noted A", "noted B", "confirmed B"]


async def test_it_is_asked_again_and_again_while_the_shop_is_ours_whatever_goes_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lost_pushes, "EVERY", 0.01)
    monkeypatch.setattr(lost_pushes, "_UNTIL_OURS", 0.01)
    keeper, ours = Keeper(["A"]), False
    asking = asyncio.create_task(keep_asking("shop-a", keeper, keeper.note, lambda: ours))
    try:
        await asyncio.sleep(0.05)
        assert keeper.queue == ["A"]
        ours = True
        await until(lambda: not keeper.queue)
        for error in (ChannelError("busy", Advice.RETRY), RuntimeError("a third party's mistake")):
            keeper.error = error  # type: ignore[assignment]
            await asyncio.sleep(0.05)
            keeper.error = None
            keeper.queue.append("B")
            await until(lambda: not keeper.queue)
        assert not asking.done()
    finally:
        asking.cancel()


# Shopee's queue


def lose(stand: Stand, count: int, ago: int = MINUTE, first: int = 0) -> list[str]:
    """Let Shopee give up on pushes about orders that nobody else speaks of; their numbers."""
    numbers = [f"2609{place:02}LOST{place:04}" for place in range(first, first + count)]
    for number in numbers:
        push = {"data": {"ordersn": number}, "shop_id": 200_001, "code": 3, "timestamp": 1}
        stand.lost.append((stand.clock() - ago, json.dumps(push).encode()))
    return numbers


async def take_into(noted: list[str], at: AtStand) -> None:
    async def note(hint: PushHint) -> None:
        assert hint.shop_account == "200001"
        noted.extend(hint.numbers)

    channel: Any = at.channel
    assert isinstance(channel, KeepsLostPushes)
    await take(channel, note)


async def taken(at: AtStand) -> list[str]:
    noted: list[str] = []
    await take_into(noted, at)
    return noted


async def test_shopee_hands_out_what_it_lost_within_three_days_a_hundred_at_a_time() -> None:
    async with at_stand("shopee", orders=1) as at:
        assert await taken(at) == []
        lose(at.stand, 3, ago=3 * DAY + SECOND)
        numbers = lose(at.stand, 250, first=3)
        asked = dict(at.stand.calls)
        assert await taken(at) == numbers
        assert {path.rpartition("/")[2]: at.stand.calls[path] - asked.get(path, 0) for path in at.stand.calls} == {
            "get_lost_push_message": 3,
            "confirm_consumed_lost_push_message": 3,
        }
        assert await taken(at) == []
        later = lose(at.stand, 1, first=300)
        assert await taken(at) == later


async def test_nothing_is_lost_of_the_queue_whatever_fails() -> None:
    weather = {Fault.TOO_OFTEN: 0.2, Fault.SERVER_ERROR: 0.2, Fault.HTML_PAGE: 0.1, Fault.CUT_OFF: 0.1}
    weather |= {Fault.BROKEN_OFF: 0.1, Fault.SHIFTED: 1.0}
    async with at_stand("shopee", orders=1, faults=weather) as at:
        numbers = lose(at.stand, 450)
        noted: list[str] = []
        for _try in range(20):
            with suppress(ChannelError):
                await take_into(noted, at)
            at.connection.breaker.succeeded()
        at.stand.faults.chances = {}
        await take_into(noted, at)
        assert await taken(at) == []
    assert list(dict.fromkeys(noted)) == numbers
    assert len(noted) > len(numbers), "some came twice"
    assert {Fault.SERVER_ERROR, Fault.SHIFTED} <= set(at.stand.faults.struck)


async def test_a_record_without_its_push_hints_at_nothing_and_is_confirmed_along() -> None:
    async with at_stand("shopee", orders=1, faults={Fault.LOST_ROW: 1.0}) as at:
        lose(at.stand, 3)
        assert await taken(at) == []
        at.stand.faults.chances = {}
        assert await taken(at) == []


@pytest.mark.parametrize(
    ("record", "hint"),
    [
        ({"data": '{"code":2,"data":{"shop_id":7}}'}, PushHint((), "7", seller_must_act=True)),
        ({"data": '{"code":5,"data":{"actions":[]},"shop_id":7}'}, None),
        ({"data": "[]"}, None),
        ({"data": "{"}, None),
        ({"data": None}, None),
        ({"data": {"ordersn": "A"}}, None),
        ("nonsense", None),
        (None, None),
    ],
)
def test_records_that_are_no_pushes_about_orders_hint_at_no_order(record: object, hint: PushHint | None) -> None:
    assert lost_hint(record) == hint


# In the daemon


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken_port:
        port: int = taken_port.getsockname()[1]
        return port


def change(shop: LiveShop) -> str:
    number = max(shop.orders)
    assert shop.stand.market.note(number, "gọi trước khi giao", real_clock())
    return number


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize("enabled", [True, False])
async def test_the_daemon_reads_what_was_lost_if_it_receives_pushes_at_all(
    enabled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_pushes, "EVERY", 0.1)
    monkeypatch.setattr(lost_pushes, "_UNTIL_OURS", 0.1)
    port = free_port()
    hooks = WebhooksConfig(enabled=enabled, port=port, public_url=f"http://127.0.0.1:{port}")
    async with live_shop("shopee") as shop, running(shop, rhythm=replace(SELDOM, rereads=0.1), webhooks=hooks) as at:
        await until(lambda: shop.is_all_stored and (at.said("receiving") or not enabled))
        [path] = hook_paths([shop.name]).values()
        async with pushing(shop.stand, f"http://127.0.0.1:{free_port()}{path}", speed=100_000.0):
            number = change(shop)
            await until(lambda: shop.stand.pushed.get("given_up"))
        noted = "SELECT seller_note FROM orders WHERE number = ?"
        if enabled:
            await until(lambda: rows_of(noted, (number,)) == [("gọi trước khi giao",)])
            await until(lambda: at.said("lost pushes"))
        else:
            assert not [path for path in shop.stand.calls if "/push/" in path]
