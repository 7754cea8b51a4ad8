"""Rates: evenly spaced, with a share for who waits, never more than the channel bears."""

from __future__ import annotations

import asyncio

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
    background, urgent = await asyncio.gather(turns(rate, 0.5), turns(rate, 0.5, urgent=True))
    # The urgent share may have saved up one second's worth of its own.
    assert background <= 0.5 * 30 + 1
    assert urgent <= 1.5 * 10 + 1


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
