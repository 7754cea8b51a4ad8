"""Customers looked for as one types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.store.searching import SearchResult
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import MUTED
from packstation.tui.views.customer_hits import hit_columns, hit_row
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.widgets.text import Label, styled

_LONGEST = 80


class CustomerSearch(Dialog):
    """A field, and who fits what is in it so far; Enter opens the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move_pages(-1)", show=False, priority=True),
        Binding("pagedown", "move_pages(1)", show=False, priority=True),
    ]

    class Typed(Message):
        """Something else is looked for."""

        def __init__(self, dialog: CustomerSearch, query: str) -> None:
            super().__init__()
            self.dialog = dialog
            self.query = query

    class Chosen(Message):
        """A customer is to be opened."""

        def __init__(self, customer_id: int) -> None:
            super().__init__()
            self.customer_id = customer_id

    def __init__(self) -> None:
        super().__init__()
        self._result = SearchResult()
        self._shown_for = ""

    @property
    def query_text(self) -> str:
        """What is looked for now."""
        return self.query_one("#query", Input).value

    def title_text(self) -> str:
        """The title."""
        return _("Find a customer")

    def compose_content(self) -> ComposeResult:
        """The field, how many fit, and who."""
        yield Input(placeholder=_("name, phone, last digits, email or code"), id="query", max_length=_LONGEST)
        yield Label(id="found")
        yield LineTable(hit_columns(), id="list")

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("↑↓", _("choose"), "move(1)"), dialog_key("Enter", _("open it"), "open"), closing_key())

    def on_mount(self) -> None:
        """Keys are text from here on."""
        self.query_one("#query").focus()
        self.show_result("", SearchResult())

    def show_result(self, query: str, result: SearchResult) -> None:
        """Show who fits a query; an answer to an earlier one is not shown."""
        if query != self.query_text:
            return
        self._shown_for, self._result = query, result
        self.query_one("#list", LineTable).show_rows([hit_row(hit) for hit in result.hits])
        self.query_one("#found", Label).show(styled((plain(_said(query, result)), MUTED)))

    def action_move(self, rows: int) -> None:
        """Move the cursor; the field keeps the keyboard."""
        self.query_one("#list", LineTable).action_move(rows)

    def action_move_pages(self, pages: int) -> None:
        """Move the cursor by what is in view."""
        self.query_one("#list", LineTable).action_move_pages(pages)

    @on(Input.Changed, "#query")
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Typed(self, message.value))

    @on(Input.Submitted, "#query")
    def action_open(self) -> None:
        """Open the customer under the cursor, if the list belongs to what is in the field."""
        cursor = self.query_one("#list", LineTable).cursor
        if cursor is not None and self._shown_for == self.query_text:
            self._open(cursor)

    @on(LineTable.RowChosen)
    def _row_chosen(self, message: LineTable.RowChosen) -> None:
        message.stop()
        if type(message) is LineTable.RowChosen:
            self._open(message.index)

    def _open(self, index: int) -> None:
        self.post_message(self.Chosen(self._result.hits[index].id))


def _said(query: str, result: SearchResult) -> str:
    if not query.strip():
        return _("Accents and capitals do not matter; the beginning of each word is enough.")
    if not result.hits:
        return _("Nobody fits.")
    count = f"{result.count}" if result.is_count_exact else _("more than {count}").format(count=result.count - 1)
    if len(result.hits) < result.count:
        return _("{count} fit; the {shown} most likely are shown, type more to narrow it down").format(
            count=count, shown=len(result.hits)
        )
    return _("{count} fit").format(count=count)
