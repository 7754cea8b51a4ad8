"""Pages understood in steps: between them the loop does what else is due, so that who waits at a desk never waits for a whole page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

STEP = 5
"""Records that are understood at a stretch: one or two milliseconds' work."""


async def in_steps(records: Iterable[T]) -> AsyncIterator[T]:
    """The records one after another."""
    for place, record in enumerate(records):
        if place % STEP == STEP - 1:
            await asyncio.sleep(0)
        yield record


async def each_in_steps(read: Callable[[T], Awaitable[R]], records: Iterable[T]) -> list[R]:
    """What `read` makes of each record, those of a step beside each other."""
    rest = iter(records)
    made: list[R] = []
    while step := list(islice(rest, STEP)):
        made += await asyncio.gather(*map(read, step))
    return made
