"""What a desk asks goes first: a known order is read again, an unknown code is looked for, else the newest changes are pulled."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

import structlog

from packstation.locale import said
from packstation.store import refreshes
from packstation.store.database import DatabaseAwayError, database_now, transaction
from packstation.store.finding import find_code
from packstation.store.refreshes import RefreshRequest
from packstation.store.watching import change_mark
from sync.channels.errors import STUMBLES, ChannelError
from sync.database_thread import DatabaseThread
from sync.logs import place_of
from sync.pull import LostShopError, Pull
from sync.web.rates import urgently

_LOOK_EVERY = 0.03
_REST_WITHOUT_DATABASE = 1.0

log = structlog.get_logger(__name__)


class Refreshing:
    """Serves the requests of the shops that this daemon has right now; each request in a task of its own, and in one at a time."""

    def __init__(self, in_db: DatabaseThread, shops: Mapping[int, Pull]) -> None:
        self._in_db = in_db
        self._shops = shops
        self._mark = ""
        self._serving: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Watch for requests until cancelled."""
        with urgently():
            while True:
                try:
                    request = await self._in_db(self._next)
                except DatabaseAwayError:
                    await asyncio.sleep(_REST_WITHOUT_DATABASE)
                    continue
                if request is None or request.id in self._serving:
                    await asyncio.sleep(_LOOK_EVERY)
                    continue
                task = asyncio.create_task(self._serve(request))
                self._serving[request.id] = task
                task.add_done_callback(partial(self._served, request.id))

    def _next(self) -> RefreshRequest | None:
        # Requests are rows: nothing written since the last empty answer means that there is none.
        mark = change_mark()
        if mark == self._mark:
            return None
        request = refreshes.take_next(tuple(self._shops), database_now())
        self._mark = mark if request is None else ""
        return request

    def _served(self, request_id: int, _task: asyncio.Task[None]) -> None:
        del self._serving[request_id]

    async def _serve(self, request: RefreshRequest) -> None:
        pull = self._shops.get(request.shop_id)
        if pull is None:
            return
        found, trouble = False, ""
        try:
            if request.order_number is not None:
                found = await pull.read_now([request.order_number])
            else:
                found = await pull.find_now(request.code) or await self._among_changes(pull, request)
        except ChannelError as error:
            trouble = str(error)
        except STUMBLES as error:
            log.error("stumbled", shop_id=request.shop_id, kind=type(error).__name__, where=place_of(error))
            trouble = said("the answer was not understood ({kind})", kind=type(error).__name__)
        except (DatabaseAwayError, LostShopError):
            return
        log.info("refreshed", shop_id=request.shop_id, found=found, trouble=trouble)
        # A request that cannot be answered now is taken once more later.
        with suppress(DatabaseAwayError):
            await self._in_db(partial(self._answer, request.id, found, trouble))

    async def _among_changes(self, pull: Pull, request: RefreshRequest) -> bool:
        """Whether the code is known once the newest changes are stored."""
        await pull.newest()
        return await self._in_db(lambda: bool(find_code([request.code])))

    @staticmethod
    def _answer(request_id: int, found: bool, trouble: str) -> None:
        with transaction():
            refreshes.answer(request_id, database_now(), found=found, trouble=trouble)
