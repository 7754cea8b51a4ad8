"""The daemon: every configured shop beside the others, requests of the desks first, and a graceful end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import structlog

from packstation.acts.ticking import tick
from packstation.acts.workplace import Workplace
from packstation.domain.times import SECOND
from packstation.settings_errors import SettingsError
from packstation.store import refreshes, sync_state
from packstation.store.database import DatabaseAwayError, database_now
from packstation.store.outbox import outbox_standing
from sync.credentials.vault import Vault
from sync.database_thread import DatabaseThread
from sync.metrics import Figures, ShopFigures, Snapshot, serve_figures
from sync.pull import Pull
from sync.receiving import Receiver
from sync.refreshing import Refreshing
from sync.rhythm import Rhythm
from sync.service import tell_service_manager, watchdog_seconds
from sync.shop_daemon import ShopDaemon
from sync.shops_config import ShopConfig, SyncConfig

_TICK_EVERY = 5.0
_FIGURES_EVERY = 10.0

log = structlog.get_logger(__name__)


class Daemon:
    """All shops of `channels.toml`. Made and run in one event loop; the database is open already."""

    def __init__(
        self,
        load: Callable[[], SyncConfig],
        open_place: Callable[[], Workplace],
        vault: Vault,
        rhythm: Rhythm | None = None,
    ) -> None:
        """Get ready.

        Args:
            load: reads the configuration; called again when it is to be read anew.
            open_place: begins to act, in the thread of the database.
            vault: opens the shops' credentials.
            rhythm: how often what is done; None takes it from the configuration.
        """
        self._load = load
        self._open_place = open_place
        self._vault = vault
        self._rhythm = rhythm
        self._config = load()
        self._in_db = DatabaseThread()
        self._running: dict[int, Pull] = {}
        self._shops: dict[str, tuple[ShopConfig, ShopDaemon, asyncio.Task[bool]]] = {}
        self._stopping = asyncio.Event()
        self._figures = Figures()

    async def run(self) -> None:
        """Sync until SIGTERM or SIGINT; SIGHUP reads the configuration anew."""
        loop = asyncio.get_running_loop()
        handled = [(signal.SIGTERM, self._stopping.set), (signal.SIGINT, self._stopping.set)]
        if hasattr(signal, "SIGHUP"):
            handled.append((signal.SIGHUP, partial(self._reload)))
        for number, act in handled:
            with suppress(NotImplementedError):  # no such signals for event loops on Windows
                loop.add_signal_handler(number, act)
        place = await self._begin()
        jobs = [
            asyncio.create_task(Refreshing(self._in_db, self._running).run()),
            asyncio.create_task(self._tick(place)),
            asyncio.create_task(self._keep_figures()),
        ]
        if self._config.webhooks.enabled:
            receiver = Receiver(self._config, self._in_db, self._running, self._vault)
            jobs.append(asyncio.create_task(receiver.serve()))
        if (seconds := watchdog_seconds()) is not None:
            jobs.append(asyncio.create_task(self._show_life(seconds)))
        server = serve_figures(self._figures, self._config.metrics.port)[0] if self._config.metrics.enabled else None
        tell_service_manager("READY=1")
        await self._stopping.wait()
        log.info("stopping")
        tell_service_manager("STOPPING=1")
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await self._end_shops(list(self._shops))
        if server is not None:
            await asyncio.to_thread(server.shutdown)
        await self._in_db.close()

    async def run_once(self) -> bool:
        """Bring every shop up to date and end; whether none has trouble."""
        place = await self._begin(once=True)
        results = await asyncio.gather(*(task for _config, _shop, task in self._shops.values()))
        await self._in_db(partial(tick, place))
        await self._in_db.close()
        return all(results)

    def stop(self) -> None:
        """End gracefully, as SIGTERM does."""
        self._stopping.set()

    async def _begin(self, *, once: bool = False) -> Workplace:
        place = await self._in_db(self._open_place)
        for config in self._config.shops:
            self._start(config, place, once=once)
        log.info("started", shops=[config.name for config in self._config.shops])
        self._place = place
        return place

    def _start(self, config: ShopConfig, place: Workplace, *, once: bool = False) -> None:
        rhythm = self._rhythm or self._config.pull.rhythm
        shop = ShopDaemon(config, place, self._vault, self._in_db, self._running, rhythm)
        self._shops[config.name] = (config, shop, asyncio.create_task(shop.run(once=once)))

    def _reload(self) -> None:
        try:
            config = self._load()
        except SettingsError as error:
            log.error("the new configuration is not taken", text=str(error))
            return
        self._config = config
        wanted = {shop.name: shop for shop in config.shops}
        changed = [name for name, (had, _shop, _task) in self._shops.items() if wanted.get(name) != had]

        async def follow() -> None:
            await self._end_shops(changed)
            for shop in config.shops:
                if shop.name not in self._shops:
                    self._start(shop, self._place)
            log.info("configuration read anew", shops=list(wanted))

        self._following = asyncio.create_task(follow())

    async def _end_shops(self, names: list[str]) -> None:
        ending = [self._shops.pop(name) for name in names]
        for _config, shop, _task in ending:
            shop.leave()
        await asyncio.gather(*(task for _config, _shop, task in ending), return_exceptions=True)

    async def _tick(self, place: Workplace) -> None:
        while True:
            try:
                await self._in_db(partial(tick, place))
                await self._in_db(lambda: refreshes.forget_old(database_now()))
            except DatabaseAwayError as error:
                log.warning("the database does not answer", text=str(error))
            await asyncio.sleep(_TICK_EVERY)

    async def _show_life(self, seconds: float) -> None:
        """A sign of life as long as both the event loop and the thread of the database go on."""
        while True:
            await self._in_db(lambda: None)
            tell_service_manager("WATCHDOG=1")
            await asyncio.sleep(seconds)

    async def _keep_figures(self) -> None:
        while True:
            with suppress(DatabaseAwayError):
                self._figures.snapshot = await self._in_db(self._snapshot)
            await asyncio.sleep(_FIGURES_EVERY)

    def _snapshot(self) -> Snapshot:
        now = database_now()
        shops = []
        for standing in sync_state.sync_standings():
            mine = self._shops.get(standing.shop)
            if mine is None:
                continue
            daemon = mine[1]
            shops.append(
                ShopFigures(
                    standing.shop,
                    standing.channel,
                    None if standing.synced_at is None else max(0, now - standing.synced_at) / SECOND,
                    standing.progress.history_share,
                    bool(standing.trouble),
                    daemon.figures.orders,
                    daemon.figures.delivered,
                    dict(daemon.figures.errors),
                    standing.rereads,
                    standing.unreadable,
                )
            )
        outbox = outbox_standing()
        waiting = sum(count for _shop, count in refreshes.waiting(now))
        return Snapshot(tuple(shops), outbox.waiting, outbox.parked, waiting)
