"""Who is due to hear from the shop: fills piece by piece while it is open, what is nearest to today first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message

from packstation.acts.dues import Due
from packstation.domain.due import DueKind, VoucherGroup
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.locale.care_words import due_kind_word, due_when, voucher_group_word
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import MUTED, STRONG, TITLE, WARNING
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.line_table import Cell, Column, LineTable, Row
from packstation.tui.widgets.text import Label, styled

MOST = 200
"""So many lines of each kind and group of buyers are kept: the others are in `packstation due --csv`."""
_SHOWN_EVERY = 10
"""After so many pieces the list is painted anew: a million customers come in thousands of pieces."""


class DueList(Dialog):
    """All kinds in one list, or one of them by its number key, V voucher-lovers or the others; Enter opens the customer.

    Phones are not on it.

    Args:
        now: ms UTC.
    """

    class Wants(Message):
        """The next piece is wanted: of the customers with ids above `after`."""

        def __init__(self, dialog: DueList, after: int) -> None:
            super().__init__()
            self.dialog = dialog
            self.after = after

    class Chosen(Message):
        """A customer is to be opened."""

        def __init__(self, customer_id: int) -> None:
            super().__init__()
            self.customer_id = customer_id

    def __init__(self, now: int) -> None:
        super().__init__()
        self._now = now
        self._found: dict[tuple[DueKind, VoucherGroup], list[Due]] = {
            each: [] for each in product(DueKind, VoucherGroup)
        }
        self._counts = dict.fromkeys(self._found, 0)
        self._kind: DueKind | None = None
        self._group: VoucherGroup | None = None
        self._is_done = False
        self._pieces = 0

    def title_text(self) -> str:
        """The title."""
        return _("Who is due to hear from you")

    def compose_content(self) -> ComposeResult:
        """How many there are, and the table."""
        yield Label(id="above")
        yield LineTable(
            (
                Column(plain(_("due")), 14),
                Column(plain(_("why")), 17),
                Column(plain(_("customer"))),
                Column(plain(_("product")), 18),
            ),
            id="list",
        )

    def keys(self) -> Sequence[KeyShown]:
        """The keys."""
        return (
            dialog_key("1-3", _("one kind"), "kind"),
            dialog_key("0", _("all"), "kind"),
            dialog_key("v", _("vouchers"), "group"),
            dialog_key("Enter", _("open it"), "choose"),
            closing_key(),
        )

    def on_mount(self) -> None:
        """Ask for the first piece."""
        self.query_one("#list", LineTable).focus()
        self._show()
        self.post_message(self.Wants(self, 0))

    def take(self, found: Sequence[Due], after: int | None) -> None:
        """A piece was read; `after` is where the next one begins, None for the end."""
        for each, lines in self._found.items():
            more = [one for one in found if (one.kind, one.vouchers) == each]
            self._counts[each] += len(more)
            self._found[each] = sorted((*lines, *more), key=self._distance)[:MOST]
        self._is_done = after is None
        if self._is_done or self._pieces % _SHOWN_EVERY == 0:
            self._show()
        self._pieces += 1
        if after is not None:
            self.post_message(self.Wants(self, after))

    def on_key(self, event: events.Key) -> None:
        """A number key shows one kind, 0 all."""
        if event.key.isdigit() and int(event.key) <= len(DueKind):
            event.stop()
            self._kind = tuple(DueKind)[int(event.key) - 1] if event.key != "0" else None
            self._show()
        elif event.key == "v":
            event.stop()
            self.action_group()

    def action_group(self) -> None:
        """Show voucher-lovers, then full-price buyers, then all."""
        groups = (None, *VoucherGroup)
        self._group = groups[(groups.index(self._group) + 1) % len(groups)]
        self._show()

    def action_choose(self) -> None:
        """Open the customer under the cursor."""
        self.query_one("#list", LineTable).action_choose()

    @on(LineTable.RowChosen)
    def _row_chosen(self, message: LineTable.RowChosen) -> None:
        message.stop()
        if message.index < len(self._shown):
            self.app.post_message(self.Chosen(self._shown[message.index].customer_id))

    def _distance(self, one: Due) -> tuple[int, int]:
        return abs(one.due_at - self._now), one.customer_id

    @property
    def _shown(self) -> list[Due]:
        found = (
            one
            for (kind, group), lines in self._found.items()
            if self._kind in (None, kind) and self._group in (None, group)
            for one in lines
        )
        return sorted(found, key=lambda one: (abs(one.days_left(self._now)), self._distance(one)))

    def _count(self, kind: DueKind) -> int:
        groups = VoucherGroup if self._group is None else (self._group,)
        return sum(self._counts[kind, group] for group in groups)

    def _show(self) -> None:
        counts = "  ·  ".join(
            f"{place} {due_kind_word(kind)}: {self._count(kind)}" for place, kind in enumerate(DueKind, 1)
        )
        group = f"  ·  {voucher_group_word(self._group)}" if self._group else ""
        reading = "" if self._is_done else "  …"
        self.query_one("#above", Label).show(styled((plain(f"{counts}{reading}"), TITLE), (plain(group), WARNING)))
        table = self.query_one("#list", LineTable)
        cursor = table.cursor or 0
        rows = [self._row(one) for one in self._shown]
        table.show_rows(rows, min(cursor, max(0, len(rows) - 1)))

    def _row(self, one: Due) -> Row:
        left = one.days_left(self._now)
        pieces = f"{one.quantity} × {one.product or one.sku}" if one.quantity else ""
        return (
            Cell(plain(due_when(left)), WARNING if left == 0 else STRONG),
            Cell(plain(due_kind_word(one.kind)), MUTED),
            plain(f"#{one.customer_id} {one.name}", 60),
            plain(pieces, 60),
        )
