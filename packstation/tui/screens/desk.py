"""The desk: header, banner, reasons, order, customer, past orders, contact panel, status line and keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen

from packstation.acts.desk_views import BesideVerdict
from packstation.domain.cards import PastOrderCard
from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _
from packstation.tui.screens.call_desk import CallDesk
from packstation.tui.screens.dialog import Dialog
from packstation.tui.screens.help import verdict_rows
from packstation.tui.theme import MUTED
from packstation.tui.views import banner_text
from packstation.tui.views.alarms import alarm_rows
from packstation.tui.views.answers import DeskAnswer
from packstation.tui.views.care import CareShown
from packstation.tui.views.contact import Contact, contact_panel
from packstation.tui.views.customer import customer_panel
from packstation.tui.views.last_scans import MOST, LastScan, last_scans
from packstation.tui.views.order import order_panel
from packstation.tui.views.past_orders import past_columns, past_rows
from packstation.tui.views.reasons import reasons
from packstation.tui.widgets.banner import Banner, BannerText
from packstation.tui.widgets.contact_pane import ContactPane
from packstation.tui.widgets.header_bar import HeaderBar
from packstation.tui.widgets.key_bar import KeyBar, KeyShown
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.widgets.panel import Panel, heading
from packstation.tui.widgets.status_line import StatusLine
from packstation.tui.widgets.text import Shown, styled

MOST_ALARMS = 3
"""How many alarms are seen at a time."""


class Desk(Screen[None]):
    """Shows what it is given; the verdict at once, the rest after it is painted. `alarms` are those that it shows.

    Args:
        keys: those of the last line.
        keys_with_order: those of the last line while an order is on screen; empty for the same.
    """

    class Ready(Message):
        """All parts are there to be shown something."""

    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (150, "-columns")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall"), (44, "-high")]  # noqa: RUF012

    def __init__(self, keys: Sequence[KeyShown], keys_with_order: Sequence[KeyShown] = ()) -> None:
        super().__init__()
        self._keys = tuple(keys)
        self._keys_with_order = tuple(keys_with_order) or self._keys
        self._past: tuple[PastOrderCard, ...] = ()
        self._scans: list[LastScan] = []
        self._beside: tuple[DeskAnswer, BesideVerdict] | None = None
        self.alarms: tuple[PlainText, ...] = ()
        self.customer_id: int | None = None
        """Whose figures are painted: they stay when the parcel is packed or taken back."""

    def compose(self) -> ComposeResult:
        """All parts; which of the lower ones are seen is a class of the screen."""
        yield HeaderBar(id="header")
        yield Panel(id="alarms")
        yield Banner(banner_text.starting(), id="banner")
        yield Panel(id="reasons")
        with Container(id="panels"):
            yield Panel(lambda _width, _height: _how_it_works(), id="order")
            yield Panel(last_scans(()), id="customer")
            yield LineTable(past_columns(), id="past")
        yield ContactPane(id="contact")
        yield StatusLine(id="status")
        yield KeyBar(self._keys, id="keys")

    def on_mount(self) -> None:
        """The parts that are asked for with every scan."""
        self.header = self.query_one("#header", HeaderBar)
        self.banner = self.query_one("#banner", Banner)
        self.status = self.query_one("#status", StatusLine)
        self._reasons = self.query_one("#reasons", Panel)
        self._order = self.query_one("#order", Panel)
        self._customer = self.query_one("#customer", Panel)
        self._past_table = self.query_one("#past", LineTable)
        self._contact = self.query_one("#contact", ContactPane)
        self._alarms_panel = self.query_one("#alarms", Panel)
        self._key_bar = self.query_one("#keys", KeyBar)
        self.post_message(self.Ready())

    def show_answer(self, answer: DeskAnswer) -> None:
        """Paint a verdict: the banner alone, so that it is there a frame before everything else."""
        self.close_contact()
        self.banner.show(banner_text.verdict(answer))
        self.status.show_said("")

    def show_order(self, answer: DeskAnswer) -> None:
        """Paint reasons, order and customer of an answer."""
        judgement = answer.judgement
        self._reasons.show(reasons(answer))
        order = judgement.order
        self.customer_id = judgement.customer.id if order and judgement.customer else None
        if order is None:
            self._show_nothing_on_desk()
        else:
            self._order.show(order_panel(order, judgement.verdict.at))
            self._customer.show(customer_panel(judgement.customer, order.zone))
        self._key_bar.show(self._keys_with_order if order else self._keys)
        self._show_past(())

    def remember(self, scan: LastScan) -> None:
        """Keep an answer for the list of the last scans."""
        self._scans.insert(0, scan)
        del self._scans[MOST:]

    def show_idle(self, says: BannerText) -> None:
        """Nothing is on the desk."""
        self.show_said(says)
        self._show_nothing_on_desk()
        self._show_past(())

    def _show_nothing_on_desk(self) -> None:
        self.customer_id = None
        self._order.show(lambda _width, _height: _how_it_works())
        self._customer.show(last_scans(tuple(self._scans)))

    def show_beside(self, answer: DeskAnswer, beside: BesideVerdict) -> None:
        """Paint what was read after the verdict."""
        self._show_past(beside.past)
        self._beside = (answer, beside)
        if beside.packable:
            self._reasons.show(reasons(answer, beside))

    def show_care(self, care: CareShown) -> None:
        """Paint what goes into the parcel on the desk, of which everything else is painted."""
        if self._beside and care.inserts:
            self._reasons.show(reasons(*self._beside, care))

    def show_said(self, says: BannerText, *rows: Shown) -> None:
        """Say something else than a verdict in the banner, with lines below it."""
        self.close_contact()
        self.banner.show(says)
        self._reasons.show(lambda _width, _height: rows)
        self._key_bar.show(self._keys)
        self.status.show_said("")

    def show_alarms(self, texts: Sequence[PlainText]) -> None:
        """Show the alarms that nobody has acknowledged yet, the most important first, here and over what is laid over the desk."""
        self.alarms = tuple(texts)
        rows = alarm_rows(texts, MOST_ALARMS)
        self._alarms_panel.styles.height = len(rows)
        self._alarms_panel.display = bool(rows)
        self._alarms_panel.show(lambda _width, _height: rows)
        for screen in self.app.screen_stack:
            if isinstance(screen, Dialog | CallDesk):
                screen.show_alarms(texts)

    def show_contact(self, contact: Contact, now: int, qr: Sequence[str]) -> None:
        """Put the contact panel in the place of the lower panels, and give it the keyboard."""
        self._contact.show(contact_panel(contact, now, qr))
        self._contact.asking = contact.asks is not None
        self.set_class(True, "-contact")
        self._contact.focus()

    def close_contact(self) -> None:
        """Put the lower panels back."""
        if self.has_class("-contact"):
            self.set_class(False, "-contact")
            self.set_focus(None)

    def past_order(self, index: int) -> PastOrderCard:
        """The past order in a row of the table."""
        return self._past[index]

    @on(LineTable.CursorMoved)
    def _cursor_moved(self, message: LineTable.CursorMoved) -> None:
        message.stop()

    def _show_past(self, cards: tuple[PastOrderCard, ...]) -> None:
        if cards or self._past:
            self._past = cards
            self._past_table.show_rows(past_rows(cards))
            if not cards and self._past_table.has_focus:
                self.set_focus(None)


def _how_it_works() -> list[Shown]:
    return [
        heading(_("HOW IT GOES")),
        *verdict_rows(),
        styled((plain(_("F1 shows all keys and commands.")), MUTED)),
    ]
