from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from packstation.domain.outbox import MOST_TRIES, Announcement, DecisionKind
from packstation.domain.times import HOUR, MINUTE, SECOND
from packstation.store import outbox
from packstation.store.database import rows_of, transaction
from packstation.store.tables.base import database as proxy
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.protocol import Abilities, Decision, Delivered
from sync.push import LEASE, deliver_due
from tests.acts.worlds import Clock
from tests.factories import an_order, stored

T = TypeVar("T")


class Killed(BaseException):
    """The process ends here."""


class Recorder:
    """A channel that remembers what it was told, and fails as planned: one plan a call, None for success."""

    def __init__(self, *plan: BaseException | None, decisions: Iterable[DecisionKind] = DecisionKind) -> None:
        self.abilities = Abilities(decisions=frozenset(decisions))
        self.told: list[Decision] = []
        self._plan = list(plan)

    async def deliver(self, decision: Decision) -> Delivered:
        await asyncio.sleep(0)
        self.told.append(decision)
        planned = self._plan.pop(0) if self._plan else None
        if planned is not None:
            raise planned
        return Delivered()

    @property
    def texts(self) -> list[str]:
        return [decision.text for decision in self.told]

    @property
    def keys(self) -> list[str]:
        return [decision.idempotency_key for decision in self.told]


class Out:
    """The outbox of one shop, with a clock that tests move."""

    def __init__(self) -> None:
        self.clock = Clock()
        self._orders: dict[str, int] = {}
        [_first] = stored(an_order("A-0"))
        self.shop_id: int = rows_of("SELECT id FROM shop")[0][0]
        outbox.set_switched_on(self.shop_id, DecisionKind)

    def note(self, number: str, text: str) -> None:
        if number not in self._orders:
            [self._orders[number]] = stored(an_order(number))
        self.add(number, Announcement(DecisionKind.NOTE, self._orders[number], text))

    def add(self, number: str, announcement: Announcement, wait: int = 0) -> int:
        if number not in self._orders:
            [self._orders[number]] = stored(an_order(number))
        with transaction():
            assert outbox.add(self._orders[number], announcement, self.clock.now, self.clock.now + wait)
        return self._orders[number]

    async def deliver(self, channel: Recorder, after: int = 0) -> int:
        self.clock.pass_(after)
        return await deliver_due(self.shop_id, channel, at_once, self.clock, chance=random.Random(1))

    @property
    def rows(self) -> list[tuple[str, int, str]]:
        return [(row[0], row[1], row[2]) for row in rows_of("SELECT state, tries, trouble FROM outbox ORDER BY id")]


async def at_once(work: Callable[[], T]) -> T:
    return work()


@pytest.fixture
def out(database: str) -> Out:
    return Out()


def busy(retry_after: float | None = None) -> ChannelError:
    return ChannelError("the channel is busy", Advice.RETRY, retry_after=retry_after)


async def test_what_is_due_is_told_whole_and_once(out: Out) -> None:
    out.add("A-1", Announcement(DecisionKind.PACKED, 7, packages=("P-1", "P-2")))
    out.add("A-2", Announcement(DecisionKind.CANCELLATION, 1, reason="hết hàng"))
    channel = Recorder()
    assert await out.deliver(channel) == 2
    assert await out.deliver(channel, HOUR) == 0
    first, second = channel.told
    assert (first.order_number, first.kind, first.packages, first.reason) == (
        "A-1",
        DecisionKind.PACKED,
        ("P-1", "P-2"),
        "",
    )
    assert (second.order_number, second.kind, second.reason) == ("A-2", DecisionKind.CANCELLATION, "hết hàng")
    assert first.decided_at == out.clock.now - HOUR
    assert [state for state, _tries, _trouble in out.rows] == ["delivered", "delivered"]


async def test_what_is_taken_back_inside_its_window_is_never_told(out: Out) -> None:
    order_id = out.add("A-1", Announcement(DecisionKind.PACKED, 7), wait=30 * SECOND)
    channel = Recorder()
    assert await out.deliver(channel, 30 * SECOND - 1) == 0
    with transaction():
        outbox.drop(order_id, DecisionKind.PACKED, 7)
    assert await out.deliver(channel, HOUR) == 0
    assert channel.told == []


async def test_a_process_killed_between_sending_and_noting_sends_again_with_the_same_key_and_in_order(out: Out) -> None:
    out.note("A-1", "1")
    out.note("A-1", "2")
    channel = Recorder(Killed())
    with pytest.raises(Killed):
        await out.deliver(channel)
    assert await out.deliver(channel, LEASE - 1) == 0
    assert await out.deliver(channel, 1) == 2
    assert channel.texts == ["1", "1", "2"]
    assert channel.keys[0] == channel.keys[1] != channel.keys[2]


async def test_a_failed_try_is_repeated_later_and_later_and_keeps_the_orders_later_ones_back(out: Out) -> None:
    out.note("A-1", "1")
    out.note("A-1", "2")
    out.note("B-1", "3")
    channel = Recorder(busy())
    assert await out.deliver(channel) == 1
    assert out.rows[0] == ("waiting", 1, "the channel is busy")
    assert await out.deliver(channel, 40 * SECOND) == 0
    assert await out.deliver(channel, 40 * SECOND) == 2
    assert channel.texts == ["1", "3", "1", "2"]
    assert channel.keys[0] == channel.keys[2]
    assert out.rows[0] == ("delivered", 1, "")


async def test_the_channels_own_wait_is_kept(out: Out) -> None:
    out.note("A-1", "1")
    channel = Recorder(busy(retry_after=3600))
    await out.deliver(channel)
    assert await out.deliver(channel, HOUR - 1) == 0
    assert await out.deliver(channel, 1) == 1


async def test_after_eight_tries_over_half_a_day_a_decision_is_parked_until_a_person_asks(out: Out) -> None:
    out.note("A-1", "1")
    channel = Recorder(*(busy() for _ in range(MOST_TRIES)))
    begun = out.clock.now
    while out.rows[0][0] != "parked":
        await out.deliver(channel, 10 * MINUTE)
    assert len(channel.told) == MOST_TRIES == 8
    assert 9 * HOUR < out.clock.now - begun < 15 * HOUR
    assert len(set(channel.keys)) == 1
    out.note("A-1", "2")
    assert await out.deliver(channel, 24 * HOUR) == 0
    with transaction():
        assert outbox.retry(out.clock.now) == 1
    assert await out.deliver(channel) == 2
    assert channel.texts[-2:] == ["1", "2"]


@pytest.mark.parametrize("advice", [Advice.SKIP, Advice.GIVE_UP])
async def test_what_can_never_succeed_is_parked_at_once_and_other_orders_go_on(out: Out, advice: Advice) -> None:
    out.note("A-1", "1")
    out.note("A-1", "2")
    out.note("B-1", "3")
    channel = Recorder(ChannelError("no such order", advice))
    assert await out.deliver(channel) == 1
    assert await out.deliver(channel, 24 * HOUR) == 0
    assert channel.texts == ["1", "3"]
    assert [row[0] for row in out.rows] == ["parked", "waiting", "delivered"]
    [parked] = outbox.outbox_standing().parked_list
    assert (parked.number, parked.trouble) == ("A-1", "no such order")


async def test_what_waited_for_days_while_its_shop_was_away_is_parked_until_a_person_asks(out: Out) -> None:
    out.note("A-1", "1")
    out.note("A-1", "2")
    out.clock.pass_(HOUR)
    out.note("B-1", "3")
    channel = Recorder()
    assert await out.deliver(channel, 48 * HOUR - MINUTE) == 1
    assert channel.texts == ["3"]
    [parked] = outbox.outbox_standing().parked_list
    assert "packstation sync retry" in parked.trouble
    with transaction():
        assert outbox.retry(out.clock.now) == 1
    assert await out.deliver(channel, HOUR) == 2
    assert channel.texts == ["3", "1", "2"]


async def test_what_the_seller_kept_waiting_for_two_days_is_parked_too(out: Out) -> None:
    out.note("A-1", "1")
    channel = Recorder(*(ChannelError("log in again", Advice.ASK_SELLER) for _ in range(60)))
    for _hour in range(49):
        await out.deliver(channel, HOUR)
    assert out.rows[0][0] == "parked"


async def test_while_only_the_seller_can_help_nothing_else_is_tried_and_no_try_is_used_up(out: Out) -> None:
    out.note("A-1", "1")
    out.note("B-1", "2")
    channel = Recorder(*(ChannelError("log in again", Advice.ASK_SELLER) for _ in range(2 * MOST_TRIES)))
    for turn in range(MOST_TRIES + 1):
        assert await out.deliver(channel, HOUR) == 0
        assert len(channel.told) == turn + 1
    assert out.rows[0] == ("waiting", 0, "log in again")
    assert await out.deliver(Recorder(), HOUR) == 2


async def test_a_channel_that_fails_again_and_again_is_left_alone_for_now(out: Out) -> None:
    for number in range(6):
        out.note(f"A-{number}", str(number))
    channel = Recorder(*(busy() for _ in range(6)))
    assert await out.deliver(channel) == 0
    assert channel.texts == ["0", "1", "2"]


async def test_what_the_channel_cannot_be_told_is_dropped_and_what_comes_after_is_told(out: Out) -> None:
    out.add("A-1", Announcement(DecisionKind.PACKED, 7))
    out.note("A-1", "2")
    channel = Recorder(decisions=[DecisionKind.NOTE])
    assert await out.deliver(channel) == 1
    assert channel.texts == ["2"]
    assert out.rows[0][0] == "dropped"


@pytest.mark.parametrize(
    "stumble", [KeyError("result"), TypeError("None"), UnreadableAnswerError("HTML instead of JSON"), TimeoutError()]
)
async def test_an_answer_that_trips_the_connector_is_a_failed_try_without_its_words(
    out: Out, stumble: Exception
) -> None:
    out.note("A-1", "1")
    channel = Recorder(stumble)
    assert await out.deliver(channel) == 0
    [(state, tries, trouble)] = out.rows
    assert (state, tries) == ("waiting", 1)
    assert trouble
    assert "result" not in trouble
    assert await out.deliver(channel, HOUR) == 1


async def test_no_sending_outlasts_its_lease(out: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.push._SENDING_AT_MOST", 20)
    out.note("A-1", "1")
    channel = Recorder()

    async def never(_decision: Decision) -> Delivered:
        await asyncio.Event().wait()
        return Delivered()

    monkeypatch.setattr(channel, "deliver", never)
    assert await out.deliver(channel) == 0
    assert out.rows[0][:2] == ("waiting", 1)


async def test_two_deliverers_at_once_send_each_decision_once_and_each_order_in_order(out: Out) -> None:
    for text in ("1", "2", "3"):
        for number in ("A-1", "B-1", "C-1", "D-1"):
            out.note(number, text)
    channel = Recorder()

    async def deliver_all() -> None:
        with ThreadPoolExecutor(1) as thread:
            loop = asyncio.get_running_loop()

            def in_thread(work: Callable[[], T]) -> Awaitable[T]:
                return loop.run_in_executor(thread, work)

            try:
                while len(channel.told) < 12:
                    await deliver_due(out.shop_id, channel, in_thread, out.clock)
            finally:
                await in_thread(lambda: proxy.obj.close())

    await asyncio.wait_for(asyncio.gather(deliver_all(), deliver_all()), 30)
    assert len(channel.told) == len(set(channel.keys)) == 12
    for number in ("A-1", "B-1", "C-1", "D-1"):
        assert [decision.text for decision in channel.told if decision.order_number == number] == ["1", "2", "3"]
