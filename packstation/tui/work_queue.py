"""What the desk has still to do: one thing at a time, in the order in which it came."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Job = Callable[[], Awaitable[None]]


class WorkQueue:
    """Jobs of people and scanners in order; what only fills the screen waits until none of those is left."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._later: deque[Job] = deque()
        self._something = asyncio.Event()
        self._at_work = False

    @property
    def has_jobs(self) -> bool:
        """Whether people or scanners wait for something."""
        return bool(self._jobs)

    @property
    def is_idle(self) -> bool:
        """Whether everything is done."""
        return not (self._at_work or self._jobs or self._later)

    def put(self, job: Job) -> None:
        """Do this after everything that was asked for before."""
        self._jobs.append(job)
        self._wake()

    def put_first(self, *jobs: Job) -> None:
        """Do these, in this order, before everything else that waits."""
        self._jobs.extendleft(reversed(jobs))
        self._wake()

    def put_later(self, job: Job) -> None:
        """Do this when nobody waits for anything else."""
        self._later.append(job)
        self._wake()

    async def work(self) -> None:
        """Do jobs for ever."""
        while True:
            if not (self._jobs or self._later):
                self._at_work = False
                self._something.clear()
                await self._something.wait()
            self._at_work = True
            await (self._jobs or self._later).popleft()()

    def _wake(self) -> None:
        self._something.set()
