"""Rates: evenly spaced, with a share for who waits, never more than the channel bears."""

from __future__ import annotations

import asyncio

import pytest

from sync.channels.errors import Advice, ChannelError
from sync.web.rates import Rate, urgently


async def turns(rate: Rate, seconds: float, *, urgent: bool = False) -> int:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    count = 0
    while True:
        if urgent:
            with urgently():
                await rate.turn()
        else:
            await rate.turn()
        if loop.time() > end:
            return count
        count += 1


async def test_both_shares_together_stay_within_the_rate() -> None:
    rate = Rate(40, urgent_share=0.25)
    with urgently():
        await rate.turn()
    background, urgent = await asyncio.gather(turns(rate, 0.5), turns(rate, 0.5, urgent=True))
    # The urgent share may have saved up one second's worth of its own.
    assert background <= 0.5 * 30 + 1
    assert urgent <= 1.5 * 10 + 1


class VirtualTime:
    """Stands for `asyncio` where it is asked for the time; sleeping takes none of ours."""

    def __init__(self) -> None:
        self.now = 1000.0

    def get_running_loop(self) -> VirtualTime:
        return self

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def virtual(monkeypatch: pytest.MonkeyPatch) -> VirtualTime:
    virtual = VirtualTime()
    monkeypatch.setattr("sync.web.rates.asyncio", virtual)
    return virtual


async def test_what_nobody_waits_for_uses_the_whole_rate_while_nobody_asks_urgently(virtual: VirtualTime) -> None:
    rate = Rate(40, urgent_share=0.25)
    begun = virtual.now

    async def background(calls: int) -> float:
        before = virtual.now
        for _turn in range(calls):
            await rate.turn()
        return virtual.now - before

    assert await background(41) == pytest.approx(1.0)
    with urgently():
        await rate.turn()
    assert virtual.now - begun == pytest.approx(1.0 + 1 / 40)
    assert await background(31) == pytest.approx(1.0 + 1 / 30)
    virtual.now += 10
    await background(1)
    assert await background(40) == pytest.approx(1.0)


async def test_a_burst_of_urgent_calls_after_a_silence_does_not_exceed_the_whole_rate(virtual: VirtualTime) -> None:
    rate = Rate(40, urgent_share=0.25)
    begun = virtual.now
    for _turn in range(30):
        await rate.turn()
    with urgently():
        for _turn in range(11):
            await rate.turn()
    assert virtual.now - begun >= 1.0


async def test_a_long_pause_is_told_at_once_to_who_waits_at_a_desk() -> None:
    rate = Rate(None)
    rate.pause(3600)
    with urgently(), pytest.raises(ChannelError) as caught:
        await asyncio.wait_for(rate.turn(), 1)
    assert caught.value.advice is Advice.RETRY
    assert 3590 < (caught.value.retry_after or 0) <= 3600


async def test_without_a_rate_nobody_waits() -> None:
    rate = Rate(None)
    async with asyncio.timeout(1):
        for _turn in range(10_000):
            await rate.turn()


async def test_a_pause_holds_everybody_back() -> None:
    rate = Rate(None)
    rate.pause(0.05)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    with urgently():
        await rate.turn()
    assert loop.time() - begun >= 0.05
