"""The station's app: hands scans, keys and clicks to the parts of the desk, begins and ends them."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.screen import Screen

from packstation.acts.policies import current_policy
from packstation.acts.workplace import Workplace, open_station
from packstation.locale import _, language, use_language
from packstation.settings import Settings
from packstation.store.schema import installation_token
from packstation.tui.answering import Answering
from packstation.tui.calling import Calling
from packstation.tui.commands import Commands
from packstation.tui.contact_stage import DeskStage
from packstation.tui.contacting import Contacting, Ways
from packstation.tui.customers import Customers
from packstation.tui.database_thread import DatabaseThread
from packstation.tui.dialing import Dialing
from packstation.tui.idle_lock import IdleLock
from packstation.tui.input.bursts import BurstTiming
from packstation.tui.input.scans import Scanned, TypedLineChanged
from packstation.tui.keys import DESK_KEYS, keys_shown
from packstation.tui.kiosk import KioskApp
from packstation.tui.noting import Noting
from packstation.tui.overlays import Overlays
from packstation.tui.overriding import Overriding
from packstation.tui.packing import Packing
from packstation.tui.reporting import Reporting
from packstation.tui.rescuing import Rescuing
from packstation.tui.screens.board import SupervisorsBoard
from packstation.tui.screens.call_desk import RESCUES_KEY, CallDesk
from packstation.tui.screens.care import Care
from packstation.tui.screens.cases import Cases
from packstation.tui.screens.choosing import CodeChosen, DemoCard
from packstation.tui.screens.customer import CustomerScreen
from packstation.tui.screens.customer_search import CustomerSearch
from packstation.tui.screens.demo_lines import DemoLine
from packstation.tui.screens.desk import Desk
from packstation.tui.screens.due import DueList
from packstation.tui.screens.first_start import FirstStart
from packstation.tui.screens.help import Help
from packstation.tui.screens.instruction import Instruction
from packstation.tui.screens.note import Note
from packstation.tui.screens.override import Override
from packstation.tui.screens.rescues import Rescues
from packstation.tui.screens.sign_in import SignIn
from packstation.tui.screens.which_pack import WhichPack
from packstation.tui.screens.write_line import WriteLine
from packstation.tui.signing_in import SigningIn
from packstation.tui.slip_printing import SlipPrinting
from packstation.tui.sounds import Bell
from packstation.tui.station import Clock, Station, rules_of
from packstation.tui.supervising import Supervising
from packstation.tui.theme import THEME
from packstation.tui.watching import Watching
from packstation.tui.widgets.contact_pane import ContactPane
from packstation.tui.widgets.header_bar import HeaderBar
from packstation.tui.widgets.key_bar import KeyBar
from packstation.tui.widgets.line_table import LineTable
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
        remarks = [line.what for line in self.demo_card if not line.code]
        self.overlays = Overlays(self, self.station)
        self.slips = SlipPrinting(self.station)
        self.packing = Packing(self.station, self.slips.shelved)
        self.dialing = Dialing(self.station)
        ways = Ways(self.dialing, self.overlays.open, self._look)
        self.contacting = Contacting(self.station, DeskStage(self.station), ways)
        self.calling = Calling(self, self.station, ways)
        self.supervising = Supervising(self.station, self.overlays)
        self.overriding = Overriding(self.station, self.overlays.open_over, self.supervising.done)
        self.supervising.open_held = self.overriding.open
        self.noting = Noting(self.station, self.overlays.open)
        self.customers = Customers(self.station, self.overlays)
        self.reporting = Reporting(self.station, self.overlays.open)
        self.rescuing = Rescuing(self.station, self.overlays.open)
        self.signing_in = SigningIn(
            self.station, self.overlays.open, self._first_signed_in, self.calling.person_changed, remarks
        )
        self.idle_lock = IdleLock(
            self.station, self.overlays, self.packing, self.contacting, self.calling, self.signing_in
        )
        self.commands = Commands(
            self.station,
            self.packing,
            self.contacting,
            self.calling,
            self.overriding,
            self.signing_in,
            self.slips,
            self.action_help,
        )
        self.answering = Answering(
            self.station,
            self.overlays,
            self.packing,
            self.calling,
            self.signing_in,
            self.commands,
            self._person_came,
        )
        self.watching = Watching(
            self.station, self.packing, self.supervising, self.answering.answer_order, self._news_came
        )
        self._watches = watches

    def get_default_screen(self) -> Screen[Any]:
        """The desk; everything else is laid over it."""
        return self.desk

    def on_mount(self) -> None:
        """Open the database's own thread; it begins to answer once the desk can show something."""
        self.take_signals()
        self.database.start()
        self.queue.put(self._open_station)

    @on(Desk.Ready)
    def _begin(self) -> None:
        self._worker = asyncio.create_task(self._work())
        self.set_interval(_TICK_SECONDS, self._tick_is_due)
        if self._watches:
            self.set_interval(_WATCH_SECONDS, self.watching.be_due)

    async def _work(self) -> None:
        try:
            await self.queue.work()
        except Exception as error:  # noqa: BLE001 - whatever it is ends the program through the one door for that
            self._handle_exception(error)

    async def _open_station(self) -> None:
        place, token = await self.station.act(partial(_opened, self.settings))
        self.station.open_at(place, token)
        self.station.show_header()
        await self.packing.clear_desk()
        await self.signing_in.ask()
        self.queue.put_later(self._warm_up)
        self.queue.put_later(self.station.refresh_header)
        self.watching.be_due()

    async def _warm_up(self) -> None:
        """Load what the first scan needs, now that the first screen is painted."""
        await self.station.act(_warm)
        # What is there now stays till the end: the collector need not stop a scan to look at it again and again.
        gc.collect()
        gc.freeze()

    def _look(self) -> None:
        self.watching.be_due()

    def _first_signed_in(self) -> None:
        self.packing.show_idle()
        if self.demo_card:
            self.action_demo_card()

    def _person_came(self) -> None:
        """Somebody else may work here now: what only a supervisor sees comes or goes."""
        self.supervising.news_came()
        self.watching.be_due_for_everything()

    def _news_came(self) -> None:
        self.overlays.news_came()
        self.supervising.news_came()
        self.calling.news_came()

    # What comes in

    async def on_event(self, event: events.Event) -> None:
        """Whatever comes from keyboard, scanner or mouse shows that somebody is there."""
        if isinstance(event, events.Key | events.Paste | events.MouseEvent):
            self.idle_lock.touched()
        await super().on_event(event)

    def on_scanned(self, message: Scanned) -> None:
        """A scanner, or a hand that typed a line."""
        self._press_held()
        self.answering.take(message.code)

    @on(CodeChosen)
    def _code_chosen(self, message: CodeChosen) -> None:
        self.answering.take_choice(message.code, message.shop)

    def on_typed_line_changed(self, message: TypedLineChanged) -> None:
        """Show what is typed by hand."""
        self.station.status.show_typed(message.text)

    @on(ContactPane.Pressed)
    def _contact_key(self, message: ContactPane.Pressed) -> None:
        self._press_in_contact(message.key)

    def _press_in_contact(self, key: str) -> None:
        press = self.calling.press if self.calling.is_open else self.contacting.press
        self.queue.put(partial(press, key))

    def _press_held(self) -> None:
        """A key of the contact that waits whether it begins a typed code was pressed before what came now."""
        if isinstance(self.focused, ContactPane) and (key := self.focused.take_held()):
            self._press_in_contact(key)

    @on(CallDesk.Pressed)
    def _call_key(self, message: CallDesk.Pressed) -> None:
        rescues = message.key == RESCUES_KEY
        self.queue.put(self.rescuing.ask if rescues else partial(self.calling.press, message.key))

    @on(CallDesk.Taken)
    def _call_taken(self, message: CallDesk.Taken) -> None:
        self.queue.put(partial(self.calling.chosen, message.callee))

    @on(Instruction.Written)
    def _instruction_written(self, message: Instruction.Written) -> None:
        contacting = self.calling.contacting if self.calling.is_open else self.contacting
        self.queue.put(partial(contacting.instruct, message.text))

    @on(SignIn.NameChosen)
    def _name_chosen(self, message: SignIn.NameChosen) -> None:
        if dialog := self.overlays.top:
            self.queue.put(partial(self.signing_in.by_name, message.person, message.pin, dialog))

    @on(SignIn.BadgeTaken)
    def _sign_in_badge(self, message: SignIn.BadgeTaken) -> None:
        self.queue.put(partial(self.signing_in.by_badge, message.secret, self.overlays.top))

    @on(FirstStart.Given)
    def _first_given(self, message: FirstStart.Given) -> None:
        if dialog := self.overlays.top:
            self.queue.put(partial(self.signing_in.first, message.name, message.pin, dialog))

    @on(Override.BadgeTaken)
    def _override_badge(self, message: Override.BadgeTaken) -> None:
        self.queue.put(partial(self.overriding.take_badge, message))

    @on(Override.Decided)
    def _override_decided(self, message: Override.Decided) -> None:
        self.queue.put(partial(self.overriding.decide, message))

    @on(Override.BoardAsked)
    def _override_board_asked(self, message: Override.BoardAsked) -> None:
        self.queue.put(partial(self.overriding.ask_board, message))

    @on(SupervisorsBoard.Pointed)
    def _board_pointed(self, message: SupervisorsBoard.Pointed) -> None:
        self.queue.put(partial(self.supervising.point, message))

    @on(SupervisorsBoard.Asked)
    def _board_asked(self, message: SupervisorsBoard.Asked) -> None:
        self.queue.put(partial(self.supervising.ask, message))

    @on(SupervisorsBoard.PackAsked)
    def _board_pack_asked(self) -> None:
        self.queue.put(self.supervising.ask_pack)

    @on(WhichPack.Given)
    def _pack_given(self, message: WhichPack.Given) -> None:
        self.queue.put(partial(self.supervising.reopen_pack, message))

    @on(Note.Written)
    def _note_written(self, message: Note.Written) -> None:
        self.queue.put(partial(self.noting.send, message))

    @on(CustomerSearch.Typed)
    def _search_typed(self, message: CustomerSearch.Typed) -> None:
        self.queue.put_later(partial(self.customers.search, message))

    @on(CustomerSearch.Chosen)
    def _customer_chosen(self, message: CustomerSearch.Chosen) -> None:
        self.queue.put(partial(self.customers.open, message.customer_id))

    @on(CustomerScreen.Wants)
    def _page_wanted(self, message: CustomerScreen.Wants) -> None:
        self.queue.put_later(partial(self.customers.read_page, message))

    @on(CustomerScreen.OrderWanted)
    def _order_wanted(self, message: CustomerScreen.OrderWanted) -> None:
        self.queue.put(partial(self.customers.open_order, message))

    @on(CustomerScreen.Writes)
    def _writing_wanted(self, message: CustomerScreen.Writes) -> None:
        self.queue.put(partial(self.customers.write, message))

    @on(CustomerScreen.LinkMeant)
    def _link_meant(self, message: CustomerScreen.LinkMeant) -> None:
        self.queue.put(partial(self.customers.ask_about_link, message))

    @on(CustomerScreen.ClearWanted)
    def _clear_wanted(self, message: CustomerScreen.ClearWanted) -> None:
        self.queue.put(partial(self.customers.show_clear, message))

    @on(WriteLine.Done)
    def _line_written(self, message: WriteLine.Done) -> None:
        self.queue.put(partial(self.customers.keep, message))

    @on(Cases.Wanted)
    def _case_wanted(self, message: Cases.Wanted) -> None:
        self.queue.put(partial(self.reporting.do, message))

    @on(Rescues.Contacted)
    def _rescue_contacted(self, message: Rescues.Contacted) -> None:
        self.queue.put(partial(self.rescuing.contact, message))

    @on(Rescues.Ended)
    def _rescue_ended(self, message: Rescues.Ended) -> None:
        self.queue.put(partial(self.rescuing.end, message))

    @on(DueList.Wants)
    def _due_wanted(self, message: DueList.Wants) -> None:
        self.queue.put_later(partial(self.customers.read_due, message))

    @on(DueList.Chosen)
    def _due_chosen(self, message: DueList.Chosen) -> None:
        self.queue.put(partial(self.customers.open, message.customer_id))

    @on(Care.Turned)
    def _insert_turned(self, message: Care.Turned) -> None:
        self.packing.turn_insert(message.rule)

    @on(HeaderBar.Clicked)
    def _header_clicked(self) -> None:
        self.action_shops()

    @on(LineTable.RowChosen)
    def _past_order_chosen(self, message: LineTable.RowChosen) -> None:
        if type(message) is LineTable.RowChosen and message.table.id == "past":
            self.queue.put(partial(self.overlays.open_past_order, message.index))

    @on(KeyBar.Chosen)
    async def _key_clicked(self, message: KeyBar.Chosen) -> None:
        await self.run_action(message.action)

    # Keys

    def action_help(self) -> None:
        """F1."""
        self.overlays.give_way()
        if not isinstance(self.overlays.top, Help):
            self.overlays.open(Help(with_demo=bool(self.demo_card)))

    def action_contact(self) -> None:
        """F2."""
        self._ask(self.calling.contact if self.calling.is_open else self.contacting.ask)

    def action_holds(self) -> None:
        """F3."""
        self._ask(self.calling.open)

    def action_hold(self) -> None:
        """F4."""
        self._ask_desk(self.packing.hold_or_withdraw)

    def action_supervisor(self) -> None:
        """F5."""
        self._ask_desk(self.overriding.ask)

    def action_customer(self) -> None:
        """F6."""
        self._ask_desk(self.customers.open_on_desk)

    def action_search(self) -> None:
        """Ctrl+F."""
        self._ask(self.customers.ask_search)

    def action_undo(self) -> None:
        """F7."""
        self._ask_desk(self.packing.undo)

    def action_packed(self) -> None:
        """F8."""
        self._ask_desk(partial(self.packing.pack, self.station.clock()))

    def action_next(self) -> None:
        """F9."""
        self._ask(self.calling.next if self.calling.is_open else self.packing.leave)

    def action_person(self) -> None:
        """F10."""
        if self.station.person is not None:
            self._ask(self.signing_in.ask)

    def action_shops(self) -> None:
        """F11."""
        self._ask(self.overlays.open_shops)

    def action_note(self) -> None:
        """Ctrl+N."""
        self._ask_desk(self.noting.ask)

    def action_shelf(self) -> None:
        """Ctrl+L."""
        self._ask(self.overlays.open_shelf)

    def action_board(self) -> None:
        """Ctrl+B."""
        self._ask(self.supervising.open_board)

    def action_cases(self) -> None:
        """Ctrl+O."""
        self._ask(self.reporting.ask)

    def action_due(self) -> None:
        """Ctrl+D."""
        self._ask(self.customers.ask_due)

    def action_care(self) -> None:
        """Ctrl+T."""
        self._ask(self.overlays.open_care)

    def action_demo_card(self) -> None:
        """F12."""
        if self.demo_card and self.station.person is not None:
            self.overlays.give_way()
            self.overlays.open(DemoCard(self.demo_card))

    async def action_back(self) -> None:
        """Escape at the desk: out of the contact panel or the past orders, else the alarms are acknowledged."""
        if self.calling.is_open:
            self.queue.put(self.calling.back)
            return
        if self.contacting.close():
            return
        if self.desk.focused is not None:
            self.desk.set_focus(None)
        elif not self.station.acknowledge_alarms():
            self.station.say("")

    def _ask_desk(self, job: Job) -> None:
        if self.calling.is_open:
            self.station.say(_("Only at the desk: F3 goes back there"))
        else:
            self._ask(job)

    def _ask(self, job: Job) -> None:
        if self.station.person is None:
            return
        self.overlays.give_way()
        self._press_held()
        self.queue.put(job)

    # The passing of time

    def _tick_is_due(self) -> None:
        if self.station.is_open:
            self.idle_lock.be_due()
            self.queue.put_later(self.watching.tick)
            self.queue.put_later(self.calling.tick)
            self.queue.put_later(self.station.refresh_header)
            self.watching.be_due_for_everything()

    # The end

    async def on_unmount(self) -> None:
        """Stop taking jobs; the database thread ends the act in hand."""
        if self._worker:
            self._worker.cancel()
        self.dialing.forget()
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


def _opened(settings: Settings) -> tuple[Workplace, str]:
    rules, retention, supervision = rules_of(settings), settings.retention.rules, settings.supervision.rules
    return open_station(settings.station.name, rules, retention, supervision), installation_token()


def _warm() -> None:
    """Import and compile what the first scan needs."""
    from packstation.domain.phones import phone_key

    current_policy()
    phone_key("0912345678")
