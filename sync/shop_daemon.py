"""One shop in the daemon: held by a lease, pulled, told, and never in the way of the other shops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

import structlog

from packstation.acts.workplace import Workplace
from packstation.domain.times import SECOND
from packstation.locale import said
from packstation.store import sync_state
from packstation.store.credentials import sealed_credential
from packstation.store.database import DatabaseAwayError, database_now, transaction
from packstation.store.outbox import set_switched_on
from packstation.store.shops import shop_id_of
from sync.bulk_storing import BulkStore, StoringError
from sync.channels.errors import STUMBLES, ChannelError
from sync.channels.protocol import Channel
from sync.channels.registry import open_channel
from sync.credentials.tokens import Tokens
from sync.credentials.vault import Vault
from sync.database_thread import DatabaseThread
from sync.holder import has_died, new_name
from sync.pull import LostShopError, Pull
from sync.push import deliver_due
from sync.resting import rest_after
from sync.rhythm import Rhythm
from sync.shops_config import ShopConfig
from sync.storing import ShopStore, Tally
from sync.troubles import POLL, Troubles
from sync.web.connection import Connection

_STANDING_BY = 1.0
"""Seconds between two looks at a shop that another daemon has."""

_HISTORY = "history"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Figures:
    """What a shop's sync did since the daemon began; for metrics."""

    errors: Mapping[str, int]
    stored: Tally = field(default_factory=Tally)
    delivered: int = 0


class ShopDaemon:
    """Everything the daemon does for one shop. `run` ends only when it is cancelled or, once, when all is done."""

    def __init__(
        self,
        config: ShopConfig,
        place: Workplace,
        vault: Vault,
        in_db: DatabaseThread,
        in_bulk: BulkStore,
        running: MutableMapping[int, Pull],
        rhythm: Rhythm,
        configuration: str = "",
    ) -> None:
        self.config = config
        self.name = new_name()
        self._troubles = Troubles(config.name, in_db)
        self.figures = Figures(self._troubles.counts)
        self._place = place
        self._vault = vault
        self._in_db = in_db
        self._in_bulk = in_bulk
        self._running = running
        self._rhythm = rhythm
        self._configuration = configuration
        self._shop_id = 0
        self._leaving = asyncio.Event()

    async def run(self, *, once: bool = False) -> bool:
        """Sync the shop until told to leave; with `once` until it is up to date. Whether it is without trouble at the end.

        Raises:
            asyncio.CancelledError: the daemon stops.
        """
        failures = 0
        stands_by = False
        while not self._leaving.is_set():
            try:
                if not self._shop_id:
                    await self._register()
                if await self._take():
                    stands_by = False
                    try:
                        done = await self._work(once=once)
                    finally:
                        await self._give_back(once=once)
                    failures = 0
                    if once:
                        return done
                elif not stands_by:
                    log.warning("another daemon has this shop", shop=self.config.name)
                    if once:
                        return False
                    stands_by = True
            except Exception as error:  # noqa: BLE001 - whatever it is, the other shops go on, and this one is tried again
                await self._troubles.report(self._shop_id, _first(error))
                if once:
                    return False
                failures += 1
                await self._rest(min(2.0 ** min(failures, 9), self._rhythm.longest_rest))
            else:
                await self._sleep(_STANDING_BY)
        return not once

    def leave(self) -> None:
        """Finish the page in hand and end."""
        self._leaving.set()

    async def _register(self) -> None:
        def register() -> int:
            with transaction():
                shop_id = shop_id_of(self.config.shop)
                sync_state.begin(shop_id)
                return shop_id

        self._shop_id = await self._in_db(register)

    def _publish(self, channel: Channel) -> None:
        """Say whose the shop is, and what its channel is told."""
        with transaction():
            sync_state.configured(self._shop_id, self._configuration)
            set_switched_on(self._shop_id, self.config.outbox & channel.abilities.decisions)

    async def _take(self) -> bool:
        def take() -> bool:
            with transaction():
                now = database_now()
                until = now + round(self._rhythm.lease * SECOND)
                holder = sync_state.holder_of(self._shop_id)
                if holder is not None and holder != self.name and has_died(holder):
                    sync_state.leave_shop(self._shop_id, holder)
                return sync_state.take_shop(self._shop_id, self.name, now, until)

        return await self._in_db(take)

    async def _give_back(self, *, once: bool) -> None:
        self._running.pop(self._shop_id, None)

        if not once and not self._leaving.is_set():
            await self._attend()
            return

        def give_back() -> None:
            sync_state.leave_shop(self._shop_id, self.name, database_now() if once else None)

        with suppress(DatabaseAwayError):
            await self._in_db(give_back)

    async def _attend(self) -> None:
        """Give the shop back and say for how long we count as attending it: a lease from now, or no more once we leave."""

        def attend() -> None:
            until = None if self._leaving.is_set() else database_now() + round(self._rhythm.lease * SECOND)
            sync_state.rest_with_shop(self._shop_id, self.name, until)

        with suppress(DatabaseAwayError):
            await self._in_db(attend)

    async def _rest(self, seconds: float) -> None:
        """Wait after a failure; the shop is not said to be without a daemon meanwhile, its own line says what is wrong."""
        over = monotonic() + seconds
        while not self._leaving.is_set() and (left := over - monotonic()) > 0:
            await self._attend()
            await self._sleep(min(left, self._rhythm.lease / 3))
        if self._leaving.is_set():
            await self._attend()

    async def _work(self, *, once: bool) -> bool:
        """Sync the shop while it is ours; with `once`, whether it was brought up to date."""
        done = False
        tokens = Tokens(self._shop_id, self.config.name, self._vault, self._in_db)
        connection = Connection(
            tokens, requests_per_second=self.config.requests_per_second, concurrency=self.config.concurrency
        )
        pull: Pull | None = None
        try:
            channel = open_channel(self.config, connection)
            connection.limit(self.config.requests_per_second or channel.abilities.requests_per_second)
            store = ShopStore(
                self._place, self.config.shop, self._shop_id, self._in_db, self._in_bulk, self.figures.stored
            )
            pull = Pull(channel, store, self.name, connection.clock.now, self.config.history_days)
            await self._in_db(partial(self._publish, channel))
            work = (
                partial(self._once, pull, connection, channel)
                if once
                else partial(self._go_on, pull, connection, channel)
            )
            async with asyncio.TaskGroup() as tasks:
                keeping = tasks.create_task(self._keep())
                working = tasks.create_task(work())
                leaving = tasks.create_task(self._leaving.wait())
                await asyncio.wait([working, leaving], return_when=asyncio.FIRST_COMPLETED)
                done = working.done()
                for task in (keeping, working, leaving):
                    task.cancel()
        except* LostShopError:
            log.warning("another daemon took this shop over", shop=self.config.name)
            done = False
            if once:
                text = said("another daemon took the shop over before it was up to date")
                await self._troubles.show(self._shop_id, text, "lost")
        finally:
            if pull is not None:
                await pull.close()
            await connection.close()
        return done

    async def _begin(self, pull: Pull) -> None:
        await pull.begin()
        self._running[self._shop_id] = pull

    async def _go_on(self, pull: Pull, connection: Connection, channel: Channel) -> None:
        """All work on the shop, until cancelled."""
        await self._begin(pull)
        async with asyncio.TaskGroup() as tasks:
            for job, work, every in (
                (POLL, partial(self._poll, pull, connection), self._rhythm.poll),
                (_HISTORY, partial(pull.history, partial(self._troubles.over, _HISTORY)), self._rhythm.poll),
                ("recent", partial(self._reconcile, pull), self._rhythm.poll),
                ("rereads", pull.reread_due, self._rhythm.rereads),
                ("outbox", partial(self._tell, channel), self._rhythm.outbox),
            ):
                tasks.create_task(self._again(job, work, every))

    async def _once(self, pull: Pull, connection: Connection, channel: Channel) -> None:
        """Bring the shop up to date; the second look through its history is left to the daemon that runs."""
        await self._begin(pull)
        await self._poll(pull, connection)
        await pull.history()
        await pull.reread_due()
        await self._tell(channel)

    async def _keep(self) -> None:
        """Keep the lease up; losing it ends all work on the shop. While the database is away nobody else can take it either."""
        asked_at = monotonic()
        while True:
            await asyncio.sleep(max(0.0, self._rhythm.lease / 3 - (monotonic() - asked_at)))
            asked_at = monotonic()
            with suppress(DatabaseAwayError):
                if not await self._take():
                    raise LostShopError(self.config.name)

    async def _again(self, job: str, work: Callable[[], Awaitable[object]], every: float) -> None:
        """Do a piece of work again and again; what goes wrong is reported, and tried later and later."""
        failures = 0
        while True:
            try:
                await work()
                failures = 0
                self._troubles.over(job)
            except (ChannelError, DatabaseAwayError, StoringError, *STUMBLES) as error:
                await self._troubles.report(self._shop_id, error, job)
                failures += 1
                await rest_after(error, failures, self._rhythm, partial(self._in_db, self._login))
            else:
                await asyncio.sleep(every)

    def _login(self) -> int:
        """Which login the shop's credential comes from, or which renewal of it; 0 for none."""
        found = sealed_credential(self._shop_id)
        return found.version if found else 0

    async def _poll(self, pull: Pull, connection: Connection) -> None:
        await pull.changes()
        await self._troubles.synced(self._shop_id, connection.clock.offset_ms)

    async def _reconcile(self, pull: Pull) -> None:
        """Go through the last days when it is time, and through a slice of the history once more as long as some is left."""
        progress = pull.progress
        if not progress.history_is_done:
            return
        await pull.next_second_look()
        now = await self._in_db(database_now)
        if progress.checked_at is None or now - progress.checked_at >= self._rhythm.reconcile * SECOND:
            await pull.reconcile()

    async def _tell(self, channel: Channel) -> None:
        self.figures.delivered += await deliver_due(self._shop_id, channel, self._in_db)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._leaving.wait(), seconds)


def _first(error: Exception) -> Exception:
    """The error itself, or the first of those that tasks beside each other raised."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
