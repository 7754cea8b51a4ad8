"""A process of its own for what comes in bulk, while a history is fetched or a day is caught up with.

Beside the thread that reads pages, a transaction would be stopped in its middle again and again (one interpreter runs one thread at
a time), and a desk that waits for the file would wait for several times as long. The process begins with the first bulk, ends when
none came for a while, and ends by itself when the daemon does, however that ends.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import structlog

from packstation.acts.workplace import open_command
from packstation.domain.orders import IncomingOrder, Shop
from packstation.locale import said
from packstation.store.database import DatabaseAwayError, answering, close_database, opening_again
from sync.logs import begin_log, place_of
from sync.pieces import store_in_pieces

IDLE_FOR = 120.0
"""Seconds without a bulk after which the process ends; the next one begins another."""
_LONGEST_END = 10.0

log = structlog.get_logger(__name__)


class StoringError(Exception):
    """Storing stumbled over a mistake of the program; the text is its kind, the log of the process has the place."""


class BulkStore:
    """Stores one bulk after another in its process; made and called in one event loop."""

    def __init__(self, idle_for: float = IDLE_FOR) -> None:
        self._idle_for = idle_for
        self._turn = asyncio.Lock()
        self._process: BaseProcess | None = None
        self._ours: Connection | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    async def __call__(self, shop: Shop, shop_id: int, orders: Sequence[IncomingOrder]) -> int:
        """Store and judge orders; how many are new or changed. A caller that is cancelled leaves it to be stored to its end.

        Raises:
            DatabaseAwayError: the database does not answer, or the process was ended by somebody; handing in again completes it.
        """
        return await asyncio.shield(asyncio.ensure_future(self._store(shop, shop_id, orders)))

    async def close(self) -> None:
        """End the process once its work is done."""
        async with self._turn:
            if self._ending is not None:
                self._ending.cancel()
            await asyncio.to_thread(self._end)

    async def _store(self, shop: Shop, shop_id: int, orders: Sequence[IncomingOrder]) -> int:
        async with self._turn:
            if self._ending is not None:
                self._ending.cancel()
            try:
                answer = await asyncio.to_thread(self._ask, shop, shop_id, orders)
            finally:
                self._ending = asyncio.get_running_loop().call_later(self._idle_for, self._close_later)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _close_later(self) -> None:
        self._closing = asyncio.ensure_future(self.close())

    def _ask(self, shop: Shop, shop_id: int, orders: Sequence[IncomingOrder]) -> int | BaseException:
        try:
            pipe = self._ours or self._begin()
            pipe.send((shop, shop_id, orders))
            answer: int | BaseException = pipe.recv()
        except (EOFError, OSError):
            self._end()
            raise DatabaseAwayError(said("the process that stores was ended; it is begun again")) from None
        return answer

    def _begin(self) -> Connection:
        # Forking would copy locks that other threads hold.
        context = get_context("spawn")
        self._ours, its = context.Pipe()
        self._process = context.Process(target=_serve, args=(its, opening_again()), name="storing", daemon=True)
        self._process.start()
        its.close()
        return self._ours

    def _end(self) -> None:
        if self._ours is not None:
            self._ours.close()
            self._ours = None
        if self._process is not None:
            self._process.join(_LONGEST_END)
            self._process.kill()
            self._process.join()
            self._process = None


def _serve(pipe: Connection, open_same_database: Callable[[], object]) -> None:
    """Store what comes through the pipe until its other end is closed."""
    # Whoever ends the daemon tells the whole group; what is being stored is finished all the same.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    begin_log()
    open_same_database()
    store = None
    while True:
        try:
            shop, shop_id, orders = pipe.recv()
        except (EOFError, OSError):
            break
        try:
            with answering():
                store = store or partial(store_in_pieces, open_command("sync"))
                answer: int | BaseException = store(shop, shop_id, orders)
        except DatabaseAwayError as error:
            answer = DatabaseAwayError(str(error))
        except Exception as error:  # noqa: BLE001 - handed to who asked
            log.error("stumbled", job="storing", kind=type(error).__name__, where=place_of(error))
            answer = StoringError(type(error).__name__)
        try:
            pipe.send(answer)
        except OSError:
            break
    close_database()
