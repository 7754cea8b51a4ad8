"""The buyers who were reported to their channel, and those who should be: a list, a letter, and what the channel answered."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Input

from packstation.domain.cases import CaseCard, CaseState
from packstation.domain.plain_text import plain, plain_lines
from packstation.locale import _
from packstation.locale.case_words import way_words
from packstation.store.case_evidence import DueReport
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import MUTED, STRONG, TITLE, WARNING
from packstation.tui.views.cases import case_columns, case_row, due_row
from packstation.tui.widgets.key_bar import KeyBar, KeyShown
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.widgets.text import Label, Shown, lines, styled

_LONGEST_RESULT = 300
_MOST_LETTER_LINES = 400


class Wish(StrEnum):
    """What a supervisor wants of the list."""

    REPORT = "report"
    ANSWER = "answer"
    CLOSE = "close"


class Cases(Dialog):
    """One list; Enter shows a letter, Escape leads back to the list and then out.

    Args:
        cards: the cases, those to be looked at first.
        due: the buyers whom somebody should report.
        number: the order on screen, which can be reported; empty for none.
        now: ms UTC.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "report", show=False),
        Binding("a", "answer", show=False),
        Binding("c", "end", show=False),
    ]

    class Wanted(Message):
        """Something is to be done.

        Attributes:
            dialog: this list.
            wish: what.
            case_id: with which case; None for a new one.
            order_id: of which order; None for the one on screen, or where a case is given.
            result: what the channel answered.
            check_days: in how many days somebody has to look again; None for never.
        """

        def __init__(
            self,
            dialog: Cases,
            wish: Wish,
            *,
            case_id: int | None = None,
            order_id: int | None = None,
            result: str = "",
            check_days: int | None = None,
        ) -> None:
            super().__init__()
            self.dialog = dialog
            self.wish = wish
            self.case_id = case_id
            self.order_id = order_id
            self.result = result
            self.check_days = check_days

    def __init__(self, cards: Sequence[CaseCard], due: Sequence[DueReport], number: str, now: int) -> None:
        super().__init__()
        self._cards = tuple(cards)
        self._due = tuple(due)
        self._number = number
        self._now = now
        self._asked_to_close: int | None = None

    def title_text(self) -> str:
        """The title."""
        still_open = [card for card in self._cards if card.case.is_open]
        overdue = sum(card.case.is_overdue(self._now) for card in still_open)
        title = _("Reported buyers: {count} open").format(count=len(still_open))
        return f"{title}, {_('{count} to look at').format(count=overdue)}" if overdue else title

    def compose_content(self) -> ComposeResult:
        """The list, and in its place the letter or the fields for an answer."""
        yield Label(id="above")
        yield LineTable(case_columns(), id="list")
        with VerticalScroll(id="letter"):
            yield Label(id="text")
        yield Input(placeholder=_("what the channel answered"), id="result", max_length=_LONGEST_RESULT)
        yield Input(placeholder=_("look again in how many days? empty: no more"), id="days", max_length=3)

    def keys(self) -> Sequence[KeyShown]:
        """The keys of the list, or of the letter in its place."""
        if self.is_mounted and self.query_one("#letter").display:
            return (dialog_key("↑↓", _("scroll"), "nothing"), dialog_key("Esc", _("back"), "leave"))
        return (
            dialog_key("Enter", _("letter"), "show_letter"),
            dialog_key("R", _("report"), "report"),
            dialog_key("A", _("answered"), "answer"),
            dialog_key("C", _("close case"), "end"),
            closing_key(),
        )

    def on_mount(self) -> None:
        """Begin with the list."""
        self.show_list()

    def renew(self, cards: Sequence[CaseCard], due: Sequence[DueReport], said: str) -> None:
        """Show the list as it is now, and say what was done."""
        self._cards, self._due = tuple(cards), tuple(due)
        if self.is_mounted:
            self.query_one("#title", Label).show(styled((plain(self.title_text()), TITLE)))
            self.show_list()
            self.query_one("#above", Label).show(styled((plain(said), STRONG)))

    def show_list(self) -> None:
        """Back to the list; its cursor stays."""
        self._show("#above", "#list")
        self._asked_to_close = None
        self.complain("")
        table = self.query_one("#list", LineTable)
        rows = [case_row(card, self._now) for card in self._cards] + [due_row(each) for each in self._due]
        table.show_rows(rows, min(table.cursor or 0, max(len(rows) - 1, 0)))
        table.focus()
        above = (
            _("R reports the buyer of order {number}").format(number=plain(self._number, 40)) if self._number else ""
        )
        if not rows:
            above = above or _("Nobody was reported, and nobody needs to be.")
        self.query_one("#above", Label).show(styled((plain(above), MUTED)))

    def _show(self, *shown: str) -> None:
        for each in ("#above", "#list", "#letter", "#result", "#days"):
            self.query_one(each).display = each in shown
        keys = self.query_one("#dialog-keys", KeyBar)
        keys.display = "#result" not in shown
        keys.show(self.keys())

    @property
    def _card(self) -> CaseCard | None:
        """The case under the cursor."""
        cursor = self.query_one("#list", LineTable).cursor
        return self._cards[cursor] if cursor is not None and cursor < len(self._cards) else None

    @property
    def _due_one(self) -> DueReport | None:
        """The buyer to report under the cursor."""
        cursor = self.query_one("#list", LineTable).cursor
        place = -1 if cursor is None else cursor - len(self._cards)
        return self._due[place] if 0 <= place < len(self._due) else None

    @on(LineTable.RowChosen)
    def _row_chosen(self, message: LineTable.RowChosen) -> None:
        message.stop()
        if type(message) is LineTable.RowChosen:
            self.action_show_letter()

    def action_show_letter(self) -> None:
        """Show the letter of the case under the cursor."""
        card = self._card
        if card is None:
            self.complain(_("No letter yet: R reports this buyer") if self._due_one else "")
            return
        rows: list[Shown] = [styled((plain(way_words(card), 200), MUTED))]
        if card.case.result:
            answered = _("The channel answered: {result}").format(result=card.case.result)
            rows.append(styled((plain(answered), WARNING)))
        if card.letter is None:
            rows.append(styled((plain(_("its letter was erased")), MUTED)))
        else:
            rows += [styled(plain("")), styled((plain(card.letter.subject, 200), TITLE)), styled(plain(""))]
            rows += [styled(line) for line in plain_lines(card.letter.text, most_lines=_MOST_LETTER_LINES)]
        self.query_one("#text", Label).show(lines(*rows))
        self._show("#letter")
        self.query_one("#letter").scroll_home(animate=False)
        self.query_one("#letter").focus()

    def action_report(self) -> None:
        """Report the buyer under the cursor, else that of the order on screen."""
        if not self.query_one("#list").display:
            return
        due = self._due_one
        if due is None and not self._number:
            self.complain(_("No order on screen: scan the parcel, or choose a buyer who is to be reported"))
            return
        self.post_message(self.Wanted(self, Wish.REPORT, order_id=due.order_id if due else None))

    def action_answer(self) -> None:
        """Ask what the channel answered."""
        card = self._card
        if card is None or not self.query_one("#list").display:
            return
        if card.case.state in (CaseState.DRAFT, CaseState.CLOSED):
            self.complain(_("Only a case that is sent or saved, and not closed, can be answered"))
            return
        for each in self.query(Input):
            each.value = ""
        self._show("#above", "#result", "#days")
        told = _("Case {id}, order {number}: Enter leads to the days, the next notes it; Esc leads back")
        self.query_one("#above", Label).show(
            styled((plain(told.format(id=card.id, number=plain(card.number, 40))), MUTED))
        )
        self.complain("")
        self.query_one("#result").focus()

    @on(Input.Submitted, "#result")
    def _to_days(self) -> None:
        self.query_one("#days").focus()

    @on(Input.Submitted, "#days")
    def _answer_given(self) -> None:
        card, days = self._card, self.query_one("#days", Input).value.strip()
        if days and not (days.isascii() and days.isdigit()):
            self.complain(_("Days are a whole number, or nothing"))
        elif card is not None:
            result = self.query_one("#result", Input).value
            check = int(days) if days else None
            self.post_message(self.Wanted(self, Wish.ANSWER, case_id=card.id, result=result, check_days=check))

    def action_end(self) -> None:
        """Close the case under the cursor; pressed once more, as it cannot be opened again."""
        card = self._card
        if card is None or not self.query_one("#list").display:
            return
        if not card.case.is_open:
            self.complain(_("It is closed already"))
        elif self._asked_to_close != card.id:
            self._asked_to_close = card.id
            self.complain(_("C once more closes case {id} for good").format(id=card.id))
        else:
            self._asked_to_close = None
            self.post_message(self.Wanted(self, Wish.CLOSE, case_id=card.id))

    def on_key(self, event: events.Key) -> None:
        """Any other key takes a question back."""
        if self._asked_to_close is not None and event.key != "c":
            self._asked_to_close = None
            self.complain("")

    def action_leave(self) -> None:
        """Back to the list, else out."""
        if self.query_one("#list").display:
            super().action_leave()
        else:
            self.show_list()
