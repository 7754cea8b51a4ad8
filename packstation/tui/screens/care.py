"""What goes into the parcel beside the goods, to mark what is not put in."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message

from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.locale.care_words import insert_text
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import GOOD, MUTED, STRONG
from packstation.tui.views.care import CareShown
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.line_table import Cell, Column, LineTable, Row
from packstation.tui.widgets.text import Label, styled


class Care(Dialog):
    """The inserts of the parcel on the desk, each with its number key.

    Args:
        care: the inserts.
        zone: the shop's, for days.
    """

    class Turned(Message):
        """Something is put in after all, or is not put in; `rule` says what."""

        def __init__(self, rule: str) -> None:
            super().__init__()
            self.rule = rule

    def __init__(self, care: CareShown, zone: str) -> None:
        super().__init__()
        self._inserts = care.inserts
        self._left_out = set(care.left_out)
        self._zone = zone

    def title_text(self) -> str:
        """The title."""
        return _("Put into this parcel")

    def compose_content(self) -> ComposeResult:
        """How it goes, and the table."""
        text = _("All of it is recorded as given when the parcel is packed. Take out what you do not put in.")
        yield Label(styled((plain(text), MUTED)))
        yield LineTable((Column(plain(""), 3), Column(plain(""), 3), Column(plain(""))), id="list")

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("1-9", _("put in or not"), "turn"), closing_key())

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one("#list", LineTable)
        table.show_rows(self._rows())
        table.focus()

    def action_turn(self) -> None:
        """Turn the row under the cursor."""
        self._turn(self.query_one("#list", LineTable).cursor or 0)

    def on_key(self, event: events.Key) -> None:
        """A number key turns its row."""
        if event.key.isdigit() and 1 <= int(event.key) <= len(self._inserts):
            event.stop()
            self._turn(int(event.key) - 1)

    @on(LineTable.RowChosen)
    def _row_chosen(self, message: LineTable.RowChosen) -> None:
        message.stop()
        self._turn(message.index)

    def _turn(self, place: int) -> None:
        rule = self._inserts[place].rule
        self._left_out ^= {rule}
        self.query_one("#list", LineTable).show_rows(self._rows(), place)
        self.app.post_message(self.Turned(rule))

    def _rows(self) -> Sequence[Row]:
        rows: list[Row] = []
        for place, insert in enumerate(self._inserts, 1):
            out = insert.rule in self._left_out
            rows.append(
                (
                    Cell(plain(f" {place} "), STRONG),
                    Cell(plain("[ ]" if out else "[x]"), MUTED if out else GOOD),
                    Cell(plain(insert_text(insert, self._zone), 200), MUTED if out else STRONG),
                )
            )
        return rows
