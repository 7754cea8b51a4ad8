"""The station's app: hands scans, keys and clicks to the parts of the desk, begins and ends them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from packstation.locale import _, language, use_language
from packstation.settings import Settings
from packstation.tui.database_thread import DatabaseThread
from packstation.tui.input.bursts import BurstTiming
from packstation.tui.input.scans import Scanned, ScanOrigin, TypedLineChanged
from packstation.tui.keys import DESK_KEYS, keys_shown
from packstation.tui.kiosk import KioskApp
from packstation.tui.opening import begin
from packstation.tui.parts import DeskParts
from packstation.tui.routes import routed, take
from packstation.tui.screens.demo_lines import DemoLine
from packstation.tui.screens.desk import Desk
from packstation.tui.sounds import Bell
from packstation.tui.station import Clock, Station
from packstation.tui.theme import THEME
from packstation.tui.widgets.contact_pane import ContactPane
from packstation.tui.widgets.header_bar import HeaderBar
from packstation.tui.widgets.key_bar import KeyBar
from packstation.tui.work_queue import Job, WorkQueue

__all__ = ["DemoLine", "StationApp", "run_station"]

_TICK_SECONDS = 30.0
_WATCH_SECONDS = 1.0


class StationApp(KioskApp):
    """One packing desk.

    Args:
        settings: the station's; the database is open and migrated already.
        demo_card: codes to try, shown after the first sign-in and on F12.
        clock: seconds, rising; tests bring their own.
        crash_logs: where a crash leaves its file; None for this user's folder for logs.
        watches: whether it looks by itself at what is written elsewhere; tests may look when they want to.
    """

    CSS_PATH = "station.tcss"
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key.key, f"app.{key.action}", show=False, priority=True) for key in DESK_KEYS),
        Binding("escape", "back", show=False),
    ]

    def __init__(
        self,
        settings: Settings,
        demo_card: Sequence[DemoLine] = (),
        *,
        clock: Clock = time.monotonic,
        crash_logs: Path | None = None,
        watches: bool = True,
    ) -> None:
        scanner = settings.scanner
        super().__init__(
            timing=BurstTiming(
                gap=scanner.key_gap_ms / 1_000,
                silence=scanner.silence_ms / 1_000,
                shortest=max(scanner.shortest_code, 3),
            ),
            kiosk=settings.station.kiosk,
            crash_logs=crash_logs,
        )
        if language() != settings.station.language:
            use_language(settings.station.language)
        self.register_theme(THEME)
        self.theme = THEME.name
        self.title = "packstation"
        self.settings = settings
        self.demo_card = tuple(demo_card)
        with_demo = bool(demo_card)
        self.desk = Desk(
            keys_shown(with_demo=with_demo, with_order=False), keys_shown(with_demo=with_demo, with_order=True)
        )
        self.database = DatabaseThread()
        self.queue = WorkQueue()
        self.station = Station(settings, self.desk, self.database, self.queue, Bell(settings.sounds, self.bell), clock)
        self._worker: asyncio.Task[None] | None = None
        self.parts = DeskParts(self, self.station, self.demo_card)
        self._watches = watches

    def get_default_screen(self) -> Screen[Any]:
        """The desk; everything else is laid over it."""
        return self.desk

    def on_mount(self) -> None:
        """Open the database's own thread; it begins to answer once the desk can show something."""
        self.take_signals()
        self.database.start()
        self.queue.put(partial(begin, self.parts))

    @on(Desk.Ready)
    def _begin(self) -> None:
        self._worker = asyncio.create_task(self._work())
        self.set_interval(_TICK_SECONDS, self._tick_is_due)
        if self._watches:
            self.set_interval(_WATCH_SECONDS, self.parts.watching.be_due)

    async def _work(self) -> None:
        try:
            await self.queue.work()
        except Exception as error:  # noqa: BLE001 - whatever it is ends the program through the one door for that
            self._handle_exception(error)

    # What comes in

    async def on_event(self, event: events.Event) -> None:
        """Whatever comes from keyboard, scanner or mouse shows that somebody is there."""
        if isinstance(event, events.Key | events.Paste | events.MouseEvent):
            self.parts.idle_lock.touched()
        await super().on_event(event)

    def on_scanned(self, message: Scanned) -> None:
        """A scanner, or a hand that typed a line."""
        self._press_held()
        self.parts.answering.take(message.code, typed=message.origin is ScanOrigin.HAND)

    def on_typed_line_changed(self, message: TypedLineChanged) -> None:
        """Show what is typed by hand."""
        self.station.status.show_typed(message.text)

    @routed
    def _answer(self, message: Message) -> None:
        take(self.parts, message)

    def _press_held(self) -> None:
        """A key of the contact that waits whether it begins a typed code was pressed before what came now."""
        if isinstance(self.focused, ContactPane) and (key := self.focused.take_held()):
            self.parts.press_in_contact(key)

    @on(HeaderBar.Clicked)
    def _header_clicked(self) -> None:
        self.action_shops()

    @on(KeyBar.Chosen)
    async def _key_clicked(self, message: KeyBar.Chosen) -> None:
        await self.run_action(message.action)

    # Keys

    def action_help(self) -> None:
        """F1."""
        self.parts.open_help()

    def action_contact(self) -> None:
        """F2."""
        self._ask(self.parts.calling.contact if self.parts.calling.is_open else self.parts.contacting.ask)

    def action_holds(self) -> None:
        """F3."""
        self._ask(self.parts.calling.open)

    def action_hold(self) -> None:
        """F4."""
        self._ask_desk(self.parts.holding.hold_or_withdraw)

    def action_supervisor(self) -> None:
        """F5."""
        self._ask_desk(self.parts.overriding.ask)

    def action_customer(self) -> None:
        """F6."""
        self._ask_desk(self.parts.customers.open_on_desk)

    def action_search(self) -> None:
        """Ctrl+F."""
        self._ask(self.parts.customers.ask_search)

    def action_undo(self) -> None:
        """F7."""
        self._ask_desk(self.parts.packing.undo)

    def action_packed(self) -> None:
        """F8."""
        self._ask_desk(partial(self.parts.packing.pack, self.station.clock()))

    def action_next(self) -> None:
        """F9."""
        self._ask(self.parts.calling.next if self.parts.calling.is_open else self.parts.packing.leave)

    def action_person(self) -> None:
        """F10."""
        if self.station.person is not None:
            self._ask(self.parts.signing_in.ask)

    def action_shops(self) -> None:
        """F11."""
        self._ask(self.parts.overlays.open_shops)

    def action_note(self) -> None:
        """Ctrl+N."""
        self._ask_desk(self.parts.noting.ask)

    def action_shelf(self) -> None:
        """Ctrl+L."""
        self._ask(self.parts.overlays.open_shelf)

    def action_board(self) -> None:
        """Ctrl+B."""
        self._ask(self.parts.supervising.open_board)

    def action_cases(self) -> None:
        """Ctrl+O."""
        self._ask(self.parts.reporting.ask)

    def action_due(self) -> None:
        """Ctrl+D."""
        self._ask(self.parts.customers.ask_due)

    def action_care(self) -> None:
        """Ctrl+T."""
        self._ask(self.parts.overlays.open_care)

    def action_demo_card(self) -> None:
        """F12."""
        self.parts.open_demo_card()

    async def action_back(self) -> None:
        """Escape at the desk: out of the contact panel or the past orders, else the alarms are acknowledged."""
        if self.parts.calling.is_open:
            self.queue.put(self.parts.calling.back)
            return
        if self.parts.contacting.close():
            return
        if self.desk.focused is not None:
            self.desk.set_focus(None)
        elif not self.station.acknowledge_alarms():
            self.station.say("")

    def _ask_desk(self, job: Job) -> None:
        if self.parts.calling.is_open:
            self.station.say(_("Only at the desk: F3 goes back there"))
        else:
            self._ask(job)

    def _ask(self, job: Job) -> None:
        if self.station.person is None:
            return
        self.parts.overlays.give_way()
        self._press_held()
        self.queue.put(job)

    # The passing of time

    def _tick_is_due(self) -> None:
        if self.station.is_open:
            self.parts.idle_lock.be_due()
            self.queue.put_later(self.parts.watching.tick)
            self.queue.put_later(self.parts.calling.tick)
            self.queue.put_later(self.station.refresh_header)
            self.parts.watching.be_due_for_everything()

    # The end

    async def on_unmount(self) -> None:
        """Stop taking jobs; the database thread ends the act in hand."""
        if self._worker:
            self._worker.cancel()
        self.parts.dialing.forget()
        self.give_signals_back()
        await asyncio.to_thread(self.database.close)


def run_station(settings: Settings, demo_card: Sequence[DemoLine] = ()) -> int:
    """Run the station on this terminal; its exit code.

    Args:
        settings: the station's; the database is open and migrated already.
        demo_card: codes to try.
    """
    app = StationApp(settings, demo_card)
    app.run()
    return app.return_code or 0
