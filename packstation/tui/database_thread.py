"""The one thread that talks to the database: it does every act, one after the other, on its own connection."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

from packstation.store.database import answering, close_database

ResultT = TypeVar("ResultT")

_PATIENCE = 8.0
"""Seconds that an act in hand gets to end when the program does."""


class DatabaseThread:
    """Acts go in, results come out on the loop that asked. Acts still waiting when it is closed are not begun."""

    def __init__(self) -> None:
        self._acts: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="database", daemon=True)

    def start(self) -> None:
        """Begin to take acts."""
        self._thread.start()

    async def do(self, act: Callable[[], ResultT]) -> ResultT:
        """Do an act and wait for its result without blocking the loop.

        Raises:
            DatabaseAwayError: the database does not answer. Whatever else the act raises comes through too.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ResultT] = loop.create_future()

        def done(result: ResultT | None, error: BaseException | None) -> None:
            if future.cancelled():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)  # type: ignore[arg-type]

        def work() -> None:
            result, raised = None, None
            try:
                with answering():
                    result = act()
            except Exception as error:  # noqa: BLE001 - it is raised again where the act was asked for
                raised = error
            if not loop.is_closed():
                loop.call_soon_threadsafe(done, result, raised)

        self._acts.put(work)
        return await future

    def close(self) -> None:
        """Let the act in hand end, and close the connection."""
        self._closing = True
        self._acts.put(None)
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        while (work := self._acts.get()) is not None and not self._closing:
            work()
        close_database()
