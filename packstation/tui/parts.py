"""The parts of the desk, each made once and wired to those it needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from textual.app import App

from packstation.tui.answering import Answering
from packstation.tui.calling import Calling
from packstation.tui.commands import Commands
from packstation.tui.contact_stage import DeskStage
from packstation.tui.contacting import Contacting, Ways
from packstation.tui.customers import Customers
from packstation.tui.dialing import Dialing
from packstation.tui.holding import Holding
from packstation.tui.idle_lock import IdleLock
from packstation.tui.noting import Noting
from packstation.tui.overlays import Overlays
from packstation.tui.overriding import Overriding
from packstation.tui.packing import Packing
from packstation.tui.painting import Painting
from packstation.tui.reporting import Reporting
from packstation.tui.rescuing import Rescuing
from packstation.tui.screens.choosing import DemoCard
from packstation.tui.screens.demo_lines import DemoLine
from packstation.tui.screens.help import Help
from packstation.tui.signing_in import SigningIn
from packstation.tui.slip_printing import SlipPrinting
from packstation.tui.station import Station
from packstation.tui.supervising import Supervising
from packstation.tui.watching import Watching


class DeskParts:
    """What a station's app hands scans, keys and clicks to.

    Args:
        app: the station's.
        station: what the parts share.
        demo_card: codes to try, shown after the first sign-in and on F12.
    """

    def __init__(self, app: App[Any], station: Station, demo_card: Sequence[DemoLine]) -> None:
        self.station = station
        self._demo_card = tuple(demo_card)
        remarks = [line.what for line in demo_card if not line.code]
        self.overlays = Overlays(app, station)
        self.slips = SlipPrinting(station)
        self.painting = Painting(station, self.slips.shelved)
        self.packing = Packing(station, self.painting)
        self.holding = Holding(station, self.painting)
        self.dialing = Dialing(station)
        ways = Ways(self.dialing, self.overlays.open, self._look)
        self.contacting = Contacting(station, DeskStage(station), ways)
        self.calling = Calling(app, station, ways)
        self.supervising = Supervising(station, self.overlays)
        self.overriding = Overriding(station, self.overlays.open_over, self.supervising.done)
        self.supervising.open_held = self.overriding.open
        self.noting = Noting(station, self.overlays.open)
        self.customers = Customers(station, self.overlays)
        self.reporting = Reporting(station, self.overlays.open)
        self.rescuing = Rescuing(station, self.overlays.open)
        self.signing_in = SigningIn(
            station, self.overlays.open, self._first_signed_in, self.calling.person_changed, remarks
        )
        self.idle_lock = IdleLock(station, self.overlays, self.packing, self.contacting, self.calling, self.signing_in)
        self.commands = Commands(
            station,
            self.packing,
            self.holding,
            self.contacting,
            self.calling,
            self.overriding,
            self.signing_in,
            self.slips,
            self.open_help,
        )
        self.answering = Answering(
            station, self.overlays, self.packing, self.calling, self.signing_in, self.commands, self._person_came
        )
        self.watching = Watching(station, self.packing, self.supervising, self.answering.answer_order, self._news_came)

    @property
    def contact_seen(self) -> Contacting:
        """The contact that is on screen: the call desk's while it is open, else the desk's."""
        return self.calling.contacting if self.calling.is_open else self.contacting

    def press_in_contact(self, key: str) -> None:
        """A key of the contact that is on screen."""
        press = self.calling.press if self.calling.is_open else self.contacting.press
        self.station.queue.put(partial(press, key))

    def open_help(self) -> None:
        """Open the page about keys and codes."""
        self.overlays.give_way()
        if not isinstance(self.overlays.top, Help):
            self.overlays.open(Help(with_demo=bool(self._demo_card)))

    def open_demo_card(self) -> None:
        """Open the codes to try, if there are any and somebody is there to try them."""
        if self._demo_card and self.station.person is not None:
            self.overlays.give_way()
            self.overlays.open(DemoCard(self._demo_card))

    def _look(self) -> None:
        self.watching.be_due()

    def _first_signed_in(self) -> None:
        self.painting.show_idle()
        self.open_demo_card()

    def _person_came(self) -> None:
        """Somebody else may work here now: what only a supervisor sees comes or goes."""
        self.supervising.news_came()
        self.watching.be_due_for_everything()

    def _news_came(self) -> None:
        self.overlays.news_came()
        self.supervising.news_came()
        self.calling.news_came()
