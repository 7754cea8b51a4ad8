"""How long a piece of work rests after a failure, and what ends the rest sooner."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic

from packstation.store.database import DatabaseAwayError
from sync.channels.errors import Advice, ChannelError
from sync.rhythm import Rhythm

_LOOK_FOR_LOGIN = 2.0
"""Seconds between two looks whether somebody has logged in."""
_DATABASE_RETURNS = 10.0
"""A database, and what is no error of the channel, is tried again after this at most, s."""


def seconds_after(error: Exception, failures: int, rhythm: Rhythm) -> float:
    """How long to rest after this error, the `failures`th in a row: later and later, with jitter."""
    backoff = min(2.0 ** min(failures, 9), rhythm.longest_rest) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
    if not isinstance(error, ChannelError):
        return min(backoff, _DATABASE_RETURNS)
    if error.advice is Advice.ASK_SELLER:
        # A channel now and then refuses a token that it takes again a moment later.
        return min(rhythm.seller_must_act, 5.0 * 2.0 ** min(failures, 9))
    if error.advice is Advice.GIVE_UP:
        return max(error.retry_after or 0.0, rhythm.longest_rest)
    return max(error.retry_after or 0.0, min(backoff, rhythm.poll * 2))


async def rest_after(error: Exception, failures: int, rhythm: Rhythm, login: Callable[[], Awaitable[int]]) -> None:
    """Rest after this error, the `failures`th in a row; where the seller must act, no longer than until somebody logs in.

    Args:
        error: what went wrong.
        failures: how often in a row.
        rhythm: the longest rests.
        login: says which login the shop has now.
    """
    seconds = seconds_after(error, failures, rhythm)
    if not isinstance(error, ChannelError) or error.advice not in (Advice.ASK_SELLER, Advice.GIVE_UP):
        await asyncio.sleep(seconds)
        return
    over = monotonic() + seconds
    before = await _asked(login)
    while (left := over - monotonic()) > 0:
        await asyncio.sleep(min(left, _LOOK_FOR_LOGIN))
        if await _asked(login) != before:
            return


async def _asked(login: Callable[[], Awaitable[int]]) -> int | None:
    with suppress(DatabaseAwayError):
        return await login()
    return None
