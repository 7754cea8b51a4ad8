"""The daemon: every configured shop beside the others, requests of the desks first, and a graceful end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from wsgiref.simple_server import WSGIServer

import structlog

from packstation.acts.ticking import tick
from packstation.acts.workplace import Workplace
from packstation.domain.times import SECOND
from packstation.settings_errors import SettingsError
from packstation.store import refreshes, rereads, sync_state
from packstation.store.database import DatabaseAwayError, database_now
from packstation.store.outbox import outbox_standing, switch_off_absent
from sync.bulk_storing import BulkStore
from sync.channels.registry import channel_names
from sync.credentials.vault import Vault
from sync.database_thread import DatabaseThread
from sync.logs import place_of
from sync.mail import MailAccount, Mailing, deliver_mails
from sync.metrics import Figures, ShopFigures, Snapshot, serve_figures_when_free
from sync.pull import Pull
from sync.receiving import Receiver
from sync.refreshing import Refreshing
from sync.rhythm import Rhythm
from sync.service import show_life, tell_service_manager, watchdog_seconds
from sync.shop_daemon import ShopDaemon
from sync.shops_config import ShopConfig, SyncConfig

_TICK_EVERY = 5.0
_AGAIN_AFTER = 5.0
_FIGURES_EVERY = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SingleRun:
    """How a single run ended: the shops that are not up to date, and whether it was told to end while it ran."""

    behind: tuple[str, ...]
    was_told_to_end: bool


class Daemon:
    """All shops of `channels.toml`. Made and run in one event loop; the database is open already."""

    def __init__(
        self,
        load: Callable[[], SyncConfig],
        open_place: Callable[[], Workplace],
        vault: Vault,
        rhythm: Rhythm | None = None,
        mail: MailAccount | None = None,
    ) -> None:
        """Get ready.

        Args:
            load: reads the configuration; called again when it is to be read anew.
            open_place: begins to act, in the thread of the database.
            vault: opens the shops' credentials.
            rhythm: how often what is done; None takes it from the configuration.
            mail: how mails go out; None: they wait.
        """
        self._load = load
        self._open_place = open_place
        self._vault = vault
        self._rhythm = rhythm
        self._mail = mail
        self._config = load()
        self._installed = channel_names()
        self._in_db = DatabaseThread()
        self._in_bulk = BulkStore()
        self._running: dict[int, Pull] = {}
        self._shops: dict[str, tuple[ShopConfig, ShopDaemon, asyncio.Task[bool]]] = {}
        self._stopping = asyncio.Event()
        self._figures = Figures()
        self._serving: list[asyncio.Task[None]] = []
        self._following: set[asyncio.Task[None]] = set()
        self._reloading = asyncio.Lock()

    async def run(self) -> None:
        """Sync until SIGTERM or SIGINT; SIGHUP reads the configuration anew."""
        self._end_when_told()
        if hasattr(signal, "SIGHUP"):
            _on_signal(signal.SIGHUP, self.reload)
        async with self._database():
            place = await self._begin()
            jobs = [
                self._job("refreshing", Refreshing(self._in_db, self._running).run),
                self._job("tick", partial(self._tick, place)),
            ]
            if self._mail is not None:
                jobs.append(self._job("mail", Mailing(self._mail, place, self._in_db).run))
            if (seconds := watchdog_seconds()) is not None:
                jobs.append(self._job("watchdog", partial(show_life, self._in_db, seconds)))
            self._serve()
            tell_service_manager("READY=1")
            await self._stopping.wait()
            log.info("stopping")
            tell_service_manager("STOPPING=1")
            async with self._reloading:
                await _ended([*jobs, *self._serving])
                await self._end_shops(list(self._shops))

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[None]:
        """What talks to the database is ended behind the work, however that ends."""
        try:
            yield
        finally:
            await self._in_bulk.close()
            await self._in_db.close()

    def _job(self, name: str, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """A piece of work that goes on until cancelled, whatever happens to it."""

        async def go_on() -> None:
            while True:
                try:
                    await work()
                except (DatabaseAwayError, OSError) as error:
                    log.warning("trouble", job=name, text=str(error))
                except Exception as error:  # noqa: BLE001 - a daemon that runs for months must not lose a part of itself
                    log.error("stumbled", job=name, kind=type(error).__name__, where=place_of(error))
                await asyncio.sleep(_AGAIN_AFTER)

        return asyncio.create_task(go_on())

    def _serve(self) -> None:
        """Open the ports that the configuration wants."""
        self._serving = []
        if self._config.webhooks.enabled:
            config = self._config
            self._serving.append(
                self._job("webhooks", lambda: Receiver(config, self._in_db, self._running, self._vault).serve())
            )
        if self._config.metrics.enabled:
            self._serving.append(self._job("metrics", partial(self._serve_figures, self._config.metrics.port)))

    async def _serve_figures(self, port: int) -> None:
        self._figures.snapshot = await self._in_db(self._snapshot)
        server = await serve_figures_when_free(self._figures, port)
        try:
            while True:
                await asyncio.sleep(_FIGURES_EVERY)
                with suppress(DatabaseAwayError):
                    self._figures.snapshot = await self._in_db(self._snapshot)
        finally:
            await asyncio.to_thread(_shut, server)

    async def run_once(self) -> SingleRun:
        """Bring every shop up to date and end, or end sooner on SIGTERM or SIGINT."""
        self._end_when_told()
        async with self._database():
            place = await self._begin(once=True)
            leaving = asyncio.create_task(self._leave_when_told())
            results = await asyncio.gather(*(task for _config, _shop, task in self._shops.values()))
            behind = tuple(name for name, is_up_to_date in zip(self._shops, results, strict=True) if not is_up_to_date)
            await _ended([leaving])
            if self._mail is not None:
                await deliver_mails(self._mail, place, self._in_db)
            await self._in_db(partial(tick, place))
            await self._in_db(_forget_what_is_old)
            await self._in_db(self._let_go_of_absent)
        return SingleRun(behind, self._stopping.is_set())

    def _end_when_told(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            _on_signal(number, self._stopping.set)

    async def _leave_when_told(self) -> None:
        await self._stopping.wait()
        log.info("stopping")
        for _config, shop, _task in self._shops.values():
            shop.leave()

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
        shop = ShopDaemon(
            config, place, self._vault, self._in_db, self._in_bulk, self._running, rhythm, self._config.name
        )
        self._shops[config.name] = (config, shop, asyncio.create_task(shop.run(once=once)))

    def reload(self) -> None:
        """Read the configuration anew, as SIGHUP does; one with a mistake, or without the shops that there were, changes nothing."""
        try:
            config = self._load()
            if self._config.shops and not config.shops:
                raise SettingsError(
                    "channels.toml is missing, no file, or has no shops; who wants none ends the daemon"
                )
        except SettingsError as error:
            log.error("the new configuration is not taken", text=str(error))
            return
        following = asyncio.create_task(self._follow(config))
        self._following.add(following)
        following.add_done_callback(self._following.discard)

    async def _follow(self, config: SyncConfig) -> None:
        """Do what another configuration says; what it does not change goes on undisturbed."""
        async with self._reloading:
            if self._stopping.is_set():
                return
            before, self._config = self._config, config
            wanted = {shop.name: shop for shop in config.shops}
            in_step = before.pull == config.pull
            changed = [
                name for name, (had, _shop, _task) in self._shops.items() if not in_step or wanted.get(name) != had
            ]
            await self._end_shops(changed)
            for shop in config.shops:
                if shop.name not in self._shops:
                    self._start(shop, self._place)
            ports = (config.webhooks, config.metrics)
            if ports != (before.webhooks, before.metrics) or (config.webhooks.enabled and config.shops != before.shops):
                await _ended(self._serving)
                self._serve()
            log.info("configuration read anew", shops=list(wanted), changed=changed)

    async def _end_shops(self, names: list[str]) -> None:
        ending = [self._shops.pop(name) for name in names]
        for _config, shop, _task in ending:
            shop.leave()
        await asyncio.gather(*(task for _config, _shop, task in ending), return_exceptions=True)

    async def _tick(self, place: Workplace) -> None:
        while True:
            await self._in_db(partial(tick, place))
            await self._in_db(_forget_what_is_old)
            await self._in_db(self._let_go_of_absent)
            await asyncio.sleep(_TICK_EVERY)

    def _let_go_of_absent(self) -> None:
        """Let go of the shops that are configured no more; no decisions pile up for them, nor where no channel is installed."""
        now, configuration = database_now(), self._config.name
        let_go = sync_state.let_go_of_absent(configuration, [shop.name for shop in self._config.shops], now)
        if let_go:
            log.info("shops are configured no more", shops=let_go)
        served = [shop.name for shop in self._config.shops if shop.channel in self._installed]
        gone = switch_off_absent(configuration, served, now)
        if gone:
            log.warning("nothing is told any more to shops that are not configured", shops=gone)

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
                    daemon.figures.stored.orders,
                    daemon.figures.delivered,
                    dict(daemon.figures.errors),
                    standing.rereads,
                    standing.unreadable,
                    standing.synced_at,
                )
            )
        outbox = outbox_standing()
        waiting = sum(count for _shop, count in refreshes.waiting(now))
        return Snapshot(tuple(shops), outbox.waiting, outbox.parked, waiting)


def _forget_what_is_old() -> None:
    refreshes.forget_old(database_now())
    rereads.forget_parked(database_now())


def _on_signal(number: signal.Signals, act: Callable[[], None]) -> None:
    with suppress(NotImplementedError):  # no such signals for event loops on Windows
        asyncio.get_running_loop().add_signal_handler(number, act)


async def _ended(jobs: Sequence[asyncio.Task[None]]) -> None:
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)


def _shut(server: WSGIServer) -> None:
    server.shutdown()
    server.server_close()
