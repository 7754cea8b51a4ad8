"""A process of its own for what comes in bulk, while a history is fetched or a day is caught up with.

Beside the thread that reads pages, a transaction would be stopped in its middle again and again (one interpreter runs one thread at
a time), and a desk that waits for the file would wait for several times as long. The process begins with the first bulk, ends when
none came for a while, and ends by itself when the daemon does, however that ends.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize

import structlog

from packstation.acts.workplace import Workplace, open_command
from packstation.domain.orders import IncomingOrder, Shop
from packstation.locale import said
from packstation.store.database import DatabaseAwayError, answering, close_database, opening_again
from sync.logs import begin_log, place_of
from sync.pieces import store_in_pieces

IDLE_FOR = 120.0
"""Seconds without a bulk after which the process ends; the next one begins another."""
LONGEST_PIECE = 90.0
"""Seconds that a piece may take: longer than any wait for a lock. A process that is silent for longer hangs, maybe with the lock."""
LONGEST_END = 10.0
"""Seconds that are left to a bulk in hand when the daemon ends."""

log = structlog.get_logger(__name__)


class StoringError(Exception):
    """The process could not store; the text is for people. What was stored stays, and handing in again completes it."""


class BulkStore:
    """Stores one bulk after another in its process; made and called in one event loop.

    Attributes:
        longest_piece: seconds of silence after which the process is taken to hang.
    """

    def __init__(self, idle_for: float = IDLE_FOR) -> None:
        self._idle_for = idle_for
        self.longest_piece = LONGEST_PIECE
        self._turn = asyncio.Lock()
        self._process: BaseProcess | None = None
        self._ours: Connection | None = None
        self._ending: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        # Where the program ends without `close`, multiprocessing would wait for the process, and it for the end of its pipe.
        self._at_exit = Finalize(None, self._end, exitpriority=10)

    async def __call__(self, shop: Shop, shop_id: int, orders: Sequence[IncomingOrder]) -> int:
        """Store and judge orders; how many are new or changed. A caller that is cancelled leaves them to be stored to their end.

        Raises:
            DatabaseAwayError: the database does not answer; handing in again completes it.
            StoringError: the process was ended, hung, or stumbled.
        """
        storing = asyncio.ensure_future(self._store(shop, shop_id, orders))
        storing.add_done_callback(_looked_at)
        return await asyncio.shield(storing)

    async def close(self) -> None:
        """End the process once its work is done, or when that takes too long."""
        try:
            async with asyncio.timeout(LONGEST_END):
                await self._turn.acquire()
        except TimeoutError:
            if self._process is not None:
                self._process.kill()
            await self._turn.acquire()
        try:
            if self._ending is not None:
                self._ending.cancel()
            await asyncio.to_thread(self._end)
        finally:
            self._turn.release()

    async def _store(self, shop: Shop, shop_id: int, orders: Sequence[IncomingOrder]) -> int:
        async with self._turn:
            if self._ending is not None:
                self._ending.cancel()
            try:
                return await asyncio.to_thread(self._ask, shop, shop_id, orders)
            finally:
                self._ending = asyncio.get_running_loop().call_later(self._idle_for, self._close_later)

    def _close_later(self) -> None:
        self._closing = asyncio.ensure_future(self.close())

    def _ask(self, shop: Shop, shop_id: int, orders: Sequence[IncomingOrder]) -> int:
        changed = 0
        try:
            pipe = self._ours or self._begin()
            pipe.send((shop, shop_id, orders))
            while True:
                if not pipe.poll(self.longest_piece):
                    self._end(patience=0.0)
                    raise StoringError(said("the process that stores did not get on; it is begun again"))
                answer: int | Exception | None = pipe.recv()
                if answer is None:
                    return changed
                if isinstance(answer, Exception):
                    raise answer
                changed += answer
        except (EOFError, OSError):
            self._end()
            raise StoringError(said("the process that stores was ended; it is begun again")) from None

    def _begin(self) -> Connection:
        # Forking would copy locks that other threads hold.
        context = get_context("spawn")
        self._ours, its = context.Pipe()
        self._process = context.Process(target=_serve, args=(its, opening_again()), name="storing", daemon=True)
        self._process.start()
        its.close()
        return self._ours

    def _end(self, patience: float = LONGEST_END) -> None:
        if self._ours is not None:
            self._ours.close()
            self._ours = None
        if self._process is not None:
            self._process.join(patience)
            self._process.kill()
            self._process.join()
            self._process = None


def _looked_at(storing: asyncio.Task[int]) -> None:
    """A caller that was cancelled asks no more how it ended; what was not stored is handed in again."""
    if not storing.cancelled():
        storing.exception()


def _serve(pipe: Connection, open_same_database: Callable[[], object]) -> None:
    """Store what comes through the pipe until its other end is closed: a count for every piece, None at the end, or the error."""
    # Whoever ends the daemon tells the whole group; what is being stored is finished all the same.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    begin_log()
    open_same_database()
    place: Workplace | None = None
    while True:
        try:
            shop, shop_id, orders = pipe.recv()
            try:
                with answering():
                    place = place or open_command("sync")
                    for changed in store_in_pieces(place, shop, shop_id, orders):
                        pipe.send(changed)
                pipe.send(None)
            except DatabaseAwayError as error:
                pipe.send(DatabaseAwayError(str(error)))
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 - handed to who asked
                kind = type(error).__name__
                log.error("stumbled", job="storing", kind=kind, where=place_of(error))
                text = said("internal error, please report it ({kind}); the daemon's log shows where", kind=kind)
                pipe.send(StoringError(text))
        except (EOFError, OSError):
            break
    close_database()
