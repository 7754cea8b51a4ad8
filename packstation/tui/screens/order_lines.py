"""One of the customer's past orders, opened to its product lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual.app import ComposeResult

from packstation.domain.cards import OrderCard, OrderLineCard, PastOrderCard
from packstation.domain.order_stories import TimelineEntry
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.tui.screens.dialog import Dialog
from packstation.tui.theme import BAD, MUTED, STRONG
from packstation.tui.views.customer_tables import timeline_columns, timeline_row
from packstation.tui.views.order import parcel_text
from packstation.tui.views.past_orders import failed
from packstation.tui.widgets.cells import Alignment
from packstation.tui.widgets.line_table import Cell, Column, LineTable
from packstation.tui.widgets.text import Label, styled


class OrderLines(Dialog):
    """The lines of an order; those of a failed one that are wanted again now are marked."""

    def __init__(
        self,
        order: OrderCard,
        past: PastOrderCard | OrderLineCard | None,
        wanted_now: Collection[str],
        now: int,
        timeline: Sequence[TimelineEntry] = (),
    ) -> None:
        super().__init__()
        self._timeline = tuple(timeline)
        self._order = order
        self._past = past
        self._wanted_now = frozenset(wanted_now)
        self._now = now

    def title_text(self) -> str:
        """The title."""
        return _("Order {number}").format(number=plain(self._order.number, 60))

    def compose_content(self) -> ComposeResult:
        """What became of it, and its lines."""
        order = self._order
        cause = self._past.cause if self._past else None
        ended = words.outcome_word(order.outcome, cause, replaced=bool(self._past and self._past.replaced))
        about = f"{order.shop} · {words.moment(order.placed_at, order.zone)} · {words.money(order.first_total, order.currency)}"
        yield Label(styled((plain(ended), BAD if self._failed else STRONG), (plain(f"  {about}", 200), MUTED)))
        people = [
            f"{word}: {plain(name, 60)}"
            for word, name in ((_("sold by"), order.sold_by), (_("created by"), order.created_by))
            if name
        ]
        if people:
            yield Label(styled((plain(" · ".join(people), 200), MUTED)))
        for parcel in order.parcels[:4]:
            yield Label(styled((plain(parcel_text(parcel, order.zone, self._now)), MUTED)))
        yield LineTable(
            (
                Column(plain(_("qty")), 5, Alignment.RIGHT),
                Column(plain(_("product"))),
                Column(plain(_("unit price")), 14, Alignment.RIGHT),
                Column(plain(""), 24),
            ),
            id="list",
        )
        if self._timeline:
            yield LineTable(timeline_columns(), id="timeline")

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one("#list", LineTable)
        table.show_rows(
            [
                (
                    plain(item.quantity),
                    plain(item.name or item.sku, 120),
                    plain(words.money(item.price, self._order.currency)),
                    Cell(plain(_("this very product again") if self._marks(item.sku) else ""), BAD),
                )
                for item in self._order.items
            ]
        )
        table.focus()
        if self._timeline:
            rows = [timeline_row(entry, self._order.currency, self._order.zone) for entry in self._timeline]
            self.query_one("#timeline", LineTable).show_rows(rows)
        if any(self._marks(item.sku) for item in self._order.items):
            refused = self._order.outcome != "buyer_cancelled"
            self.complain(
                _("Refused this very product last time") if refused else _("Cancelled this very product last time")
            )

    @property
    def _failed(self) -> bool:
        return failed(self._order.outcome, self._past.cause if self._past else None) and not (
            self._past and self._past.replaced
        )

    def _marks(self, sku: str) -> bool:
        return self._failed and bool(sku) and sku in self._wanted_now
