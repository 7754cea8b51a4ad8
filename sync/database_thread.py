"""The one thread of the daemon that talks to the database: short jobs, urgent ones first, the event loop never waits."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from packstation.store.database import answering, close_database
from sync.web.rates import is_urgent

T = TypeVar("T")


@dataclass(order=True, slots=True)
class _Job:
    rank: tuple[int, int]
    work: Callable[[], Any] | None = field(compare=False)
    loop: asyncio.AbstractEventLoop = field(compare=False)
    done: asyncio.Future[Any] = field(compare=False)


class DatabaseThread:
    """Runs jobs one after another on a connection of its own; a job begun under `urgently()` goes before those that wait.

    Attributes:
        finished: how many jobs came to an end, well or not: as long as it grows, the thread lives.
    """

    def __init__(self) -> None:
        self.finished = 0
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._count = itertools.count()
        self._thread = threading.Thread(target=self._run, name="database", daemon=True)
        self._thread.start()

    async def __call__(self, work: Callable[[], T], /) -> T:
        """The work's result, or what it raised. A caller that is cancelled leaves its job running to its end.

        Raises:
            DatabaseAwayError: the database does not answer in time, or has no room left; also for work outside any transaction.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job((0 if is_urgent() else 1, next(self._count)), work, loop, done))
        return await done

    async def close(self) -> None:
        """End the thread once its jobs are done, with its connection."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._jobs.put(_Job((2, next(self._count)), None, loop, done))
        await done

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            if job.work is None:
                close_database()
                job.loop.call_soon_threadsafe(_resolve, job.done, None, None)
                return
            try:
                with answering():
                    result, error = job.work(), None
            except BaseException as raised:  # noqa: BLE001 - handed to who asked
                result, error = None, raised
            self.finished += 1
            try:
                job.loop.call_soon_threadsafe(_resolve, job.done, result, error)
            except RuntimeError:
                return


def _resolve(done: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)
