"""The hold shelf: three lists on one screen, renewed while it is open."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from packstation.acts.shelf import Shelf
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import MUTED
from packstation.tui.views.shelf import shelf_columns, shelf_rows
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.widgets.text import Label, styled


class ShelfLists(Dialog):
    """What to fetch back, what to pull, what lies there; a scan of a parcel takes it off its list.

    Args:
        shelf: the shelf.
        now: ms UTC.
    """

    def __init__(self, shelf: Shelf, now: int) -> None:
        super().__init__()
        self._shelf = shelf
        self._now = now

    def title_text(self) -> str:
        """The title."""
        return _("Hold shelf")

    def compose_content(self) -> ComposeResult:
        """What to do, and the lists."""
        yield Label(
            styled((plain(_("Scan a parcel and it leaves its list. What was released is packed then.")), MUTED))
        )
        yield LineTable(shelf_columns(), id="list")

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (dialog_key("↑↓", _("scroll"), "nothing"), closing_key())

    def on_mount(self) -> None:
        """Fill the lists."""
        self.renew(self._shelf, self._now)
        self.query_one("#list").focus()

    def renew(self, shelf: Shelf, now: int) -> None:
        """Show the shelf as it is now."""
        self._shelf, self._now = shelf, now
        if self.is_mounted or self.is_attached:
            table = self.query_one("#list", LineTable)
            table.show_rows(shelf_rows(shelf, now), table.cursor or 0)

    def on_line_table_row_chosen(self, message: LineTable.RowChosen) -> None:
        """A row is looked at, not chosen: choosing it would mean that its parcel was scanned."""
        message.stop()

    def action_nothing(self) -> None:
        """A key that only explains itself."""
