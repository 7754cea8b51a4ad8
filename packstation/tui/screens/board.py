"""The supervisor's board: every hold, the one under the cursor in detail, and what can be decided about it by which key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.message import Message

from packstation.acts.board import Board, HoldDetail
from packstation.domain.holds import HoldState
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.store.board import BoardRow
from packstation.tui.decisions import Decision
from packstation.tui.screens.dialog import Dialog
from packstation.tui.theme import GOOD, MUTED, TITLE
from packstation.tui.views.board import board_columns, board_counts, board_row, detail_panel
from packstation.tui.widgets.key_bar import KeyBar, KeyShown
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.widgets.panel import Panel
from packstation.tui.widgets.text import Label, styled

_WIDE = 110
"""From so many cells on customer, channel and who asked have columns of their own."""


class SupervisorsBoard(Dialog):
    """Covers the whole screen; a scanned parcel closes it, as it does every dialog.

    Args:
        board: the holds.
        now: ms UTC.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "decide('RELEASE')", show=False),
        Binding("t", "decide('RELEASE_CUSTOMER')", show=False),
        Binding("x", "decide('REJECT')", show=False),
        Binding("c", "cancel", show=False),
        Binding("n", "decide('REFUSE')", show=False),
        Binding("o", "decide('REOPEN')", show=False),
        Binding("b", "block", show=False),
        Binding("p", "reopen_pack", show=False),
        Binding("m", "release_marked", show=False),
        Binding("space", "mark", show=False),
    ]

    class Asked(Message):
        """A decision was chosen: about a hold, or about all that are marked."""

        def __init__(self, decision: Decision, rows: Sequence[BoardRow]) -> None:
            super().__init__()
            self.decision = decision
            self.rows = tuple(rows)

    class PackAsked(Message):
        """A packed parcel is to be opened again: which one is asked next."""

    class Pointed(Message):
        """The cursor came to stand on a hold, whose detail is wanted."""

        def __init__(self, board: SupervisorsBoard, row: BoardRow) -> None:
            super().__init__()
            self.board = board
            self.row = row

    def __init__(self, board: Board, now: int) -> None:
        super().__init__()
        self._board = board
        self._now = now
        self._marked: set[int] = set()
        self._said = ""
        self._is_wide = False
        self._pointed: tuple[int, bool] | None = None
        self._is_filled = False

    def title_text(self) -> str:
        """The title."""
        return _("Supervisor's board")

    def compose_content(self) -> ComposeResult:
        """The holds, and below or beside them the one under the cursor."""
        yield Label(id="above")
        with Vertical(id="lists"):
            yield LineTable(board_columns(wide=False), id="list")
            yield Panel(id="detail")

    def keys(self) -> Sequence[KeyShown]:
        """What can be decided about the hold under the cursor, the most important first."""
        row = self._row
        keys: list[KeyShown] = []
        if row and row.hold.is_open:
            keys.append(_key("R", _("Release"), _("Release"), "decide('RELEASE')", 9))
            if row.request:
                keys.append(_key("N", _("Refuse"), _("Refuse the desk"), "decide('REFUSE')", 9))
            keys.append(_key("X", _("Reject"), _("Reject it"), "decide('REJECT')", 8))
            if row.customer_id is not None and not self._marked:
                keys.append(_key("T", _("Buyer"), _("This buyer, days"), "decide('RELEASE_CUSTOMER')", 5))
        elif row:
            keys.append(_key("O", _("Reopen"), _("Open the hold again"), "decide('REOPEN')", 9))
        if row:
            keys.append(_key("C", _("Cancel"), _("Ask cancellation"), "cancel", 7))
            if row.customer_id is not None and not self._marked:
                word = _("Unblock") if row.is_blocked else _("Block")
                keys.append(_key("B", word, word, "block", 6))
        if row and row.hold.is_open and not row.request:
            keys.append(_key("␣", _("Mark"), _("Mark"), "mark", 4))
        if self._marked:
            word = _("Marked {count}").format(count=len(self._marked))
            keys.append(_key("M", word, _("Release the marked"), "release_marked", 9))
        keys += [
            _key("P", _("Repack"), _("Reopen a pack"), "reopen_pack", 3),
            _key("Esc", _("Desk"), _("Desk"), "leave", 2),
        ]
        return keys

    def on_mount(self) -> None:
        """Fill the board."""
        self._is_filled = True
        self._is_wide = self.app.size.width >= _WIDE
        self.query_one("#list", LineTable).show_columns(board_columns(wide=self._is_wide))
        self._show()
        self.query_one("#list").focus()

    def on_resize(self, event: Resize) -> None:
        """More columns where there is room for them."""
        is_wide = event.size.width >= _WIDE
        if self._is_filled and is_wide != self._is_wide:
            self._is_wide = is_wide
            self.query_one("#list", LineTable).show_columns(board_columns(wide=is_wide))
            self._show()

    def renew(self, board: Board, now: int) -> None:
        """Show what is held now; the cursor stays on its hold until that is decided, then on its place."""
        self._board, self._now = board, now
        self._marked &= {row.hold_id for row in board.rows if row.hold.is_open}
        if self._is_filled:
            self._show()

    def say(self, text: str) -> None:
        """Say what was done."""
        self._said = text
        self._marked.clear()
        self._show()

    def show_detail(self, detail: HoldDetail) -> None:
        """Show what was read of the hold under the cursor."""
        row = self._row
        if row and row.hold_id == detail.hold_id:
            self.query_one("#detail", Panel).show(detail_panel(row, detail, self._now))

    def action_decide(self, name: str) -> None:
        """Decide about the hold under the cursor, if that can be decided about it."""
        row, decision = self._row, Decision[name]
        if row and decision in _possible(row):
            self._ask(decision, [row])

    def action_cancel(self) -> None:
        """Have the channel asked to cancel the order; an open hold is rejected with it."""
        self.action_decide("REJECT_AND_CANCEL" if self._row and self._row.hold.is_open else "CANCEL")

    def action_block(self) -> None:
        """Block the buyer, or end that."""
        self.action_decide("UNBLOCK" if self._row and self._row.is_blocked else "BLOCK")

    def action_mark(self) -> None:
        """Mark the hold under the cursor, or no longer."""
        row = self._row
        if row and row.hold.is_open:
            self._marked ^= {row.hold_id}
            self.query_one("#list", LineTable).action_move(1)
            self._pointed = _place_of(self._row)
            self._show()

    def action_release_marked(self) -> None:
        """Release all that are marked."""
        marked = [row for row in self._board.rows if row.hold_id in self._marked]
        if marked:
            self._ask(Decision.RELEASE_MARKED, marked)

    def action_reopen_pack(self) -> None:
        """Open a packed parcel again."""
        self.post_message(self.PackAsked())

    @on(LineTable.CursorMoved)
    def _cursor_moved(self, message: LineTable.CursorMoved) -> None:
        message.stop()
        self._point()

    @on(LineTable.RowChosen)
    def _row_chosen(self, message: LineTable.RowChosen) -> None:
        """Enter and clicks only point: nothing is decided by them."""
        message.stop()
        self._point()

    @property
    def _row(self) -> BoardRow | None:
        if not self._is_filled:
            return None
        cursor = self.query_one("#list", LineTable).cursor
        return self._board.rows[cursor] if cursor is not None and cursor < len(self._board.rows) else None

    def _ask(self, decision: Decision, rows: Sequence[BoardRow]) -> None:
        self._said = ""
        self.post_message(self.Asked(decision, rows))

    def _show(self) -> None:
        table = self.query_one("#list", LineTable)
        # Who decides one after the other goes on from there: a hold that was closed or opened is not followed.
        places = [place for place, row in enumerate(self._board.rows) if _place_of(row) == self._pointed]
        rows = [
            board_row(row, self._board, self._now, marked=row.hold_id in self._marked, wide=self._is_wide)
            for row in self._board.rows
        ]
        table.show_rows(rows, places[0] if places else table.cursor or 0)
        text = plain(f"  {board_counts(self._board)}")
        self.query_one("#title", Label).show(styled((plain(self.title_text()), TITLE), (text, MUTED)))
        above = self.query_one("#above", Label)
        said = self._said or ("" if self._board.rows else _("No order waits for a decision."))
        above.display = bool(said)
        above.show(styled((plain(said, 200), GOOD if self._said else MUTED)))
        self._point()

    def _point(self) -> None:
        row = self._row
        self._pointed = _place_of(row)
        self.query_one("#dialog-keys", KeyBar).show(self.keys())
        if row:
            self.post_message(self.Pointed(self, row))
        else:
            self.query_one("#detail", Panel).clear()


def _place_of(row: BoardRow | None) -> tuple[int, bool] | None:
    """By what the cursor follows a hold: its id, and whether it is open."""
    return (row.hold_id, row.hold.is_open) if row else None


def _possible(row: BoardRow) -> set[Decision]:
    """What can be decided about a hold."""
    possible: set[Decision] = {Decision.UNBLOCK if row.is_blocked else Decision.BLOCK} if row.customer_id else set()
    if not row.hold.is_open:
        return possible | ({Decision.REOPEN, Decision.CANCEL} if row.hold.state is HoldState.CLOSED else set())
    possible |= {Decision.RELEASE, Decision.REJECT, Decision.REJECT_AND_CANCEL}
    if row.customer_id is not None:
        possible.add(Decision.RELEASE_CUSTOMER)
    if row.request:
        possible.add(Decision.REFUSE)
    return possible


def _key(cap: str, short: str, long: str, action: str, worth: int) -> KeyShown:
    return KeyShown(plain(cap), plain(short), plain(long), action, worth)
