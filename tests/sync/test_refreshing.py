"""What desks ask: a known order is read again, an unknown code is looked for, and nobody at a desk waits behind a back-fill."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import pytest
import structlog

from packstation.acts.asking import ask_for_code, ask_for_orders, outcome
from packstation.acts.workplace import Workplace, open_station
from packstation.domain.desk_flow import DeskRules
from packstation.domain.orders import IncomingOrder, IncomingParcel, Status
from packstation.domain.times import HOUR, MINUTE
from packstation.store import sync_state
from packstation.store.database import database_now, rows_of, transaction
from packstation.store.refreshes import RefreshState
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Abilities, Page, ReadOrders, Span
from sync.refreshing import Refreshing
from sync.web.rates import is_urgent, urgently
from tests.factories import NOW, an_order
from tests.sync.running import holder, live_shop, numbers_of, running, standing, until
from tests.sync.scripted import Pulling, ScriptedChannel, pulling

pytestmark = pytest.mark.usefixtures("sqlite_database")

T = TypeVar("T")


def an_order_at(number: str, at: int, status: Status = Status.TO_PACK, tracking: str | None = None) -> IncomingOrder:
    parcels = (IncomingParcel(None, tracking),) if tracking else ()
    return an_order(number, placed_at=at - HOUR, status=status, updated_at=at, buyer=None, parcels=parcels)


@dataclass
class Desk:
    """A desk, and a daemon's half that serves it from a scripted channel."""

    at: Pulling
    place: Workplace
    log: Sequence[object]

    async def ask_code(self, code: str) -> tuple[int, ...]:
        def ask() -> tuple[int, ...]:
            with transaction():
                return ask_for_code(self.place, code, database_now())

        return await self.at.in_db(ask)

    async def ask_order(self, number: str) -> int:
        def ask() -> int:
            order_id: int = rows_of("SELECT id FROM orders WHERE number = ?", (number,))[0][0]
            with transaction():
                ask_for_orders(self.place, [order_id], number, database_now())
            asked: int = rows_of("SELECT max(id) FROM refresh_request")[0][0]
            return asked

        return await self.at.in_db(ask)

    async def answer_to(self, asked: int) -> tuple[bool, str]:
        """What the request was answered with: whether something was found, and what the trouble was."""
        return await self.until(
            lambda: [
                (bool(row[0]), row[1])
                for row in rows_of(
                    "SELECT found, trouble FROM refresh_request WHERE id = ? AND answered_at IS NOT NULL", (asked,)
                )
            ]
        )

    async def until(self, look: Callable[[], list[T]]) -> T:
        for _look in range(500):
            if found := await self.at.in_db(look):
                return found[0]
            await asyncio.sleep(0.01)
        pytest.fail("nothing came")


@asynccontextmanager
async def desk_beside(channel: ScriptedChannel, now: int = NOW) -> AsyncIterator[Desk]:
    with structlog.testing.capture_logs() as log:
        at = await pulling(channel, now)
        place = await at.in_db(lambda: open_station("Bàn 1", DeskRules(slots=("A1",))))
        await at.pull.changes()
        await at.in_db(lambda: sync_state.synced(at.store.shop_id, database_now()))
        serving = asyncio.create_task(Refreshing(at.in_db, {at.store.shop_id: at.pull}).run())
        try:
            yield Desk(at, place, log)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            await at.pull.close()
            await at.in_db.close()


async def test_a_known_order_is_read_anew() -> None:
    channel = ScriptedChannel([an_order_at("A-1", NOW - MINUTE)])
    async with desk_beside(channel) as desk:
        await desk.at.pull.history()
        channel.there = {"A-1": an_order_at("A-1", NOW, Status.CANCELLED)}
        assert await desk.answer_to(await desk.ask_order("A-1")) == (True, "")
        assert await desk.at.in_db(lambda: rows_of("SELECT status FROM orders")) == [("cancelled",)]


async def test_an_unknown_code_is_looked_for_where_the_channel_can() -> None:
    channel = ScriptedChannel(codes={"SPX77": ["A-7"]})
    async with desk_beside(channel) as desk:
        channel.there = {"A-7": an_order_at("A-7", NOW - 9 * HOUR, tracking="SPX77")}
        [asked] = await desk.ask_code("SPX77")
        assert await desk.answer_to(asked) == (True, "")
        assert (await desk.at.in_db(lambda: outcome("SPX77", [asked]))).state is RefreshState.FOUND


async def test_a_code_that_the_channel_cannot_look_for_is_looked_for_among_the_newest_changes() -> None:
    channel = ScriptedChannel(abilities=Abilities(index_lag=600_000))
    async with desk_beside(channel) as desk:
        cursor = desk.at.pull.progress.changes_until
        channel.listed = [an_order_at("A-8", NOW + 1_000, Status.LABEL_READY, "GHN88")]
        desk.at.now = NOW + MINUTE
        [asked] = await desk.ask_code("GHN88")
        assert await desk.answer_to(asked) == (True, "")
        assert desk.at.pull.progress.changes_until == cursor


async def test_only_the_newest_changes_are_gone_through_when_the_daemon_was_away_for_long() -> None:
    channel = ScriptedChannel()
    async with desk_beside(channel) as desk:
        desk.at.now = NOW + 100 * HOUR
        [asked] = await desk.ask_code("GHN99")
        assert await desk.answer_to(asked) == (False, "")
        assert channel.spans[-1] == Span(NOW + 99 * HOUR, NOW + 100 * HOUR)


async def test_a_code_that_is_nowhere_is_answered_as_such() -> None:
    async with desk_beside(ScriptedChannel()) as desk:
        desk.at.now = NOW + MINUTE
        [asked] = await desk.ask_code("NOWHERE1")
        assert await desk.answer_to(asked) == (False, "")
        assert (await desk.at.in_db(lambda: outcome("NOWHERE1", [asked]))).state is RefreshState.NOT_FOUND


class Failing(ScriptedChannel):
    """Fails when it is asked for a code."""

    error: Exception = ChannelError("the channel cannot be reached", Advice.RETRY)

    async def find(self, code: str) -> Sequence[str]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (ChannelError("the channel cannot be reached", Advice.RETRY), "the channel cannot be reached"),
        (KeyError("0912345678"), "the answer was not understood (KeyError)"),
    ],
)
async def test_trouble_of_the_channel_is_answered_and_the_next_question_is_served(
    error: Exception, trouble: str
) -> None:
    channel = Failing([an_order_at("A-1", NOW - MINUTE)])
    channel.error = error
    async with desk_beside(channel) as desk:
        await desk.at.pull.history()
        [asked] = await desk.ask_code("SPX1")
        assert await desk.answer_to(asked) == (False, trouble)
        assert await desk.answer_to(await desk.ask_order("A-1")) == (True, "")
        assert "0912345678" not in str(desk.log)


class Silent(ScriptedChannel):
    """Answers nothing about codes until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()
        self.asked = 0

    async def find(self, code: str) -> Sequence[str]:
        self.asked += 1
        await self.let.wait()
        return await super().find(code)


async def test_a_question_that_takes_long_is_not_asked_once_more_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("packstation.store.refreshes.TAKEN_FOR", 0)
    channel = Silent()
    async with desk_beside(channel) as desk:
        [asked] = await desk.ask_code("SPX1")
        await desk.until(lambda: [True] if channel.asked else [])
        taken_at = database_now()
        again = "SELECT 1 FROM refresh_request WHERE taken_at > ?"
        await desk.until(lambda: rows_of(again, (taken_at + 50,)))
        assert channel.asked == 1
        channel.let.set()
        assert await desk.answer_to(asked) == (False, "")


class Gated(ScriptedChannel):
    """Answers a listing when the test lets it; notes who was served in which order."""

    def open_gates(self) -> None:
        self.gate = asyncio.Event()
        self.served: list[str] = []
        self.reached: list[bool] = []

    async def changes(self, span: Span, cursor: str | None) -> Page:
        self.reached.append(is_urgent())
        if not is_urgent():
            await self.gate.wait()
        page = await super().changes(span, cursor)
        self.served.append("urgent listing" if is_urgent() else "listing")
        return page

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        self.served.append("urgent order" if is_urgent() else "order")
        return await super().orders(numbers)


async def test_nobody_at_a_desk_waits_for_a_listing_of_the_back_fill_or_for_the_regular_one() -> None:
    channel = Gated([an_order_at("A-1", NOW - HOUR)])
    channel.open_gates()
    channel.gate.set()
    async with desk_beside(channel) as desk:
        await desk.at.pull.reread_due()
        await desk.at.pull.read_now(["A-1"])
        channel.gate.clear()
        channel.served.clear()
        channel.reached.clear()
        slow = [asyncio.create_task(desk.at.pull.history()), asyncio.create_task(desk.at.pull.changes())]
        desk.at.now = NOW + MINUTE
        await desk.until(lambda: [True] if len(channel.reached) >= 3 else [])
        assert await desk.answer_to(await desk.ask_order("A-1")) == (True, "")
        channel.listed.append(an_order_at("A-2", NOW + 1_000, Status.LABEL_READY, "GHN2"))
        [asked] = await desk.ask_code("GHN2")
        assert await desk.answer_to(asked) == (True, "")
        assert channel.served == ["urgent order", "urgent listing"]
        channel.gate.set()
        await asyncio.gather(*slow)


async def test_who_asks_while_the_newest_are_being_read_is_answered_by_the_next_reading_which_several_share() -> None:
    channel = ScriptedChannel(page_size=50)
    at = await pulling(channel, NOW)
    at.now = NOW + MINUTE
    first = asyncio.create_task(at.pull.newest())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    channel.spans.clear()
    later = [asyncio.create_task(at.pull.newest()) for _desk in range(5)]
    await asyncio.gather(first, *later)
    assert len(channel.spans) <= 2
    assert channel.spans
    await at.in_db.close()


async def test_urgent_work_in_the_database_goes_before_what_waits() -> None:
    at = await pulling(ScriptedChannel(), NOW)
    done: list[str] = []
    hold = threading.Event()

    async def usual(name: str) -> None:
        await at.in_db(lambda: done.append(name))

    async def urgent() -> None:
        with urgently():
            await at.in_db(lambda: done.append("urgent"))

    blocking = asyncio.create_task(at.in_db(lambda: hold.wait(5)))
    await asyncio.sleep(0.02)
    tasks = [asyncio.create_task(usual(str(place))) for place in range(3)]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(urgent()))
    await asyncio.sleep(0.02)
    hold.set()
    await asyncio.gather(blocking, *tasks)
    assert done == ["urgent", "0", "1", "2"]
    await at.in_db.close()


async def test_a_question_is_answered_while_the_back_fill_of_a_real_daemon_still_runs() -> None:
    async with live_shop("tiktok", orders=1200, requests_per_second=6.0, concurrency=1) as shop, running(shop):
        place = open_station("Bàn 1", DeskRules(slots=("A1",)))
        await until(lambda: holder(shop) and standing(shop).synced_at is not None)
        unknown = sorted(set(shop.orders) - set(numbers_of(shop.name)))[-1]
        with transaction():
            asked = ask_for_code(place, unknown, database_now())
        await until(lambda: outcome(unknown, asked).state is RefreshState.FOUND)
        assert not standing(shop).progress.history_is_done
