"""Rescue calls over the call desk: the list, one buyer to call, and what the courier is to be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from packstation.acts.contacting import LONGEST_INSTRUCTION
from packstation.domain.holds import AttemptResult
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.locale.words import result_word
from packstation.store.rescues import RescueCard
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import KEY, MUTED, STRONG, TITLE
from packstation.tui.views.rescues import rescue_columns, rescue_row, rescue_rows
from packstation.tui.widgets.key_bar import KeyBar, KeyShown
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.widgets.text import Label, Shown, lines, styled

RESULT_KEYS: tuple[tuple[str, AttemptResult], ...] = (
    ("1", AttemptResult.CONFIRMED),
    ("2", AttemptResult.NO_ANSWER),
    ("3", AttemptResult.BUSY),
    ("4", AttemptResult.UNREACHABLE),
    ("5", AttemptResult.LATER),
    ("6", AttemptResult.MESSAGE_SENT),
    ("8", AttemptResult.REFUSED),
)
"""The same keys as for a hold, as far as a rescue knows these results."""
_MOST_DAYS = 3
_LATER_KEYS = ("1", "2", "3", "4")


class Rescues(Dialog):
    """Enter shows one, C contacts the buyer, a digit says how it ended; Escape leads back, and then out.

    Args:
        cards: the rescues, most urgent first.
        now: ms UTC.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "contact", show=False),
        *(Binding(key, f"digit('{key}')", show=False) for key in "0123456789"),
    ]

    class Contacted(Message):
        """The buyer of a rescue is to be contacted."""

        def __init__(self, dialog: Rescues, rescue_id: int) -> None:
            super().__init__()
            self.dialog = dialog
            self.rescue_id = rescue_id

    class Ended(Message):
        """A contact ended.

        Attributes:
            dialog: this list.
            rescue_id: of which rescue.
            result: how.
            days: in how many days the buyer wants the parcel; None for whenever.
            hours: in how many hours the buyer is to be called again; None for the usual wait.
            instruction: what the courier is to be told.
        """

        def __init__(
            self,
            dialog: Rescues,
            rescue_id: int,
            result: AttemptResult,
            *,
            days: int | None = None,
            hours: int | None = None,
            instruction: str = "",
        ) -> None:
            super().__init__()
            self.dialog = dialog
            self.rescue_id = rescue_id
            self.result = result
            self.days = days
            self.hours = hours
            self.instruction = instruction

    def __init__(self, cards: Sequence[RescueCard], now: int) -> None:
        super().__init__()
        self._cards = tuple(cards)
        self._now = now
        self._one: RescueCard | None = None
        self._opened = False
        self._asks: AttemptResult | None = None
        self._days: int | None = None

    def title_text(self) -> str:
        """The title."""
        return _("Rescue calls: {count}").format(count=sum(card.rescue.is_open for card in self._cards))

    def compose_content(self) -> ComposeResult:
        """The list, and in its place one rescue with the line for the courier."""
        yield Label(id="above")
        yield LineTable(rescue_columns(), id="list")
        yield Label(id="rescue")
        yield Input(placeholder=_("for the courier, or nothing"), id="courier", max_length=LONGEST_INSTRUCTION)

    def keys(self) -> Sequence[KeyShown]:
        """The keys of the list."""
        return (dialog_key("Enter", _("show"), "choose"), dialog_key("C", _("call"), "contact"), closing_key())

    def on_mount(self) -> None:
        """Begin with the list."""
        self.show_list()

    def renew(self, cards: Sequence[RescueCard], said: str) -> None:
        """Show the list as it is now, and say what was done."""
        self._cards = tuple(cards)
        if self.is_mounted:
            self.query_one("#title", Label).show(styled((plain(self.title_text()), TITLE)))
            self.show_list(said)

    def show_list(self, said: str = "") -> None:
        """Back to the list; its cursor stays."""
        self._one, self._opened, self._asks, self._days = None, False, None, None
        self._show("#above", "#list")
        self.complain("")
        table = self.query_one("#list", LineTable)
        rows = [rescue_row(card, self._now) for card in self._cards]
        table.show_rows(rows, min(table.cursor or 0, max(len(rows) - 1, 0)))
        table.focus()
        above = said or ("" if rows else _("No delivery that failed waits for a call."))
        self.query_one("#above", Label).show(styled((plain(above), STRONG if said else MUTED)))

    def show_contact(self, card: RescueCard) -> None:
        """The contact runs: show the phone, and how it can end."""
        self._one, self._opened = card, True
        self._show_one()

    def _show(self, *shown: str) -> None:
        for each in ("#above", "#list", "#rescue", "#courier"):
            self.query_one(each).display = each in shown
        bar = self.query_one("#dialog-keys", KeyBar)
        bar.display = "#courier" not in shown
        bar.show(self.keys() if "#list" in shown else (closing_key(),))

    def _show_one(self) -> None:
        if self._one is None:
            return
        rows = [*rescue_rows(self._one, self._now, opened=self._opened), styled(plain("")), self._keys_line()]
        self.query_one("#rescue", Label).show(lines(*rows))
        self._show("#rescue")
        self.complain("")
        self.set_focus(None)

    def _keys_line(self) -> Shown:
        """The keys that may be pressed now."""
        if self._one is None or not self._one.rescue.is_open:
            return styled((plain(_("The carrier is to be told; nobody has to be called.")), MUTED))
        if not self._opened:
            told = [("C", _("call"))]
        elif self._asks is AttemptResult.LATER:
            told = [(key, _("in {count} h").format(count=key)) for key in _LATER_KEYS]
        elif self._asks is AttemptResult.CONFIRMED:
            told = [("0", _("whenever")), ("1", _("tomorrow"))]
            told += [(str(days), _("in {count} days").format(count=days)) for days in range(2, _MOST_DAYS + 1)]
        else:
            told = [(key, result_word(result)) for key, result in RESULT_KEYS]
        parts = [part for key, word in told for part in ((plain(key), KEY), plain(f" {word}   "))]
        return styled(*parts)

    @property
    def _card(self) -> RescueCard | None:
        """The one that is shown, else under the cursor."""
        cursor = self.query_one("#list", LineTable).cursor
        return self._one or (self._cards[cursor] if cursor is not None and cursor < len(self._cards) else None)

    @on(LineTable.RowChosen)
    def _row_chosen(self, message: LineTable.RowChosen) -> None:
        message.stop()
        if type(message) is LineTable.RowChosen:
            self.action_choose()

    def action_choose(self) -> None:
        """Show the one under the cursor."""
        self._one = self._card
        self._show_one()

    def action_contact(self) -> None:
        """Start the contact."""
        card = self._card
        if card is None or self._opened:
            return
        if card.rescue.is_open:
            self.post_message(self.Contacted(self, card.id))
        else:
            self.action_choose()

    def action_digit(self, key: str) -> None:
        """How the contact ended, or the answer to what was asked then."""
        if self._one is None or not self._opened:
            return
        if self._asks is AttemptResult.LATER:
            if key in _LATER_KEYS:
                self.post_message(self.Ended(self, self._one.id, AttemptResult.LATER, hours=int(key)))
        elif self._asks is AttemptResult.CONFIRMED:
            if int(key) <= _MOST_DAYS:
                self._days = int(key) or None
                self._show("#rescue", "#courier")
                self.query_one("#courier").focus()
        elif result := dict(RESULT_KEYS).get(key):
            if result in (AttemptResult.CONFIRMED, AttemptResult.LATER):
                self._asks = result
                self._show_one()
            else:
                self.post_message(self.Ended(self, self._one.id, result))

    @on(Input.Submitted, "#courier")
    def _told(self, message: Input.Submitted) -> None:
        if self._one is not None:
            ended = self.Ended(self, self._one.id, AttemptResult.CONFIRMED, days=self._days, instruction=message.value)
            message.input.value = ""
            self.post_message(ended)

    def action_leave(self) -> None:
        """Out of a question, back to the list, else out."""
        if self._asks is not None:
            self._asks = None
            self._show_one()
        elif not self.query_one("#list").display:
            self.show_list()
        else:
            super().action_leave()
