"""All orders of a customer, read as the cursor goes down, filtered by outcome, channel and source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from packstation.acts.customer_pages import OrdersPage
from packstation.domain.cards import OrderLineCard
from packstation.domain.orders import Outcome
from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _, words
from packstation.store.customer_orders import OrderFilter, Position
from packstation.tui.screens.customer_pages.page import TablePage
from packstation.tui.screens.dialog import dialog_key
from packstation.tui.theme import MUTED, STRONG, TITLE
from packstation.tui.views import customer_tables as tables
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.text import Shown, styled

_OUTCOMES: tuple[Outcome | None, ...] = (None, *Outcome)
_NEAR_THE_END = 20
_WIDE_ENOUGH_FOR_PEOPLE = 120
ValueT = TypeVar("ValueT")


class AllOrders(TablePage):
    """Remembers what is wanted and how far it was read; the shop's people have columns where there is room and any are named."""

    def __init__(self) -> None:
        super().__init__("orders", tables.order_columns())
        self.wanted = OrderFilter()
        self.last: Position | None = None
        self._has_people = False
        self._orders: list[OrderLineCard] = []
        self._is_whole = False
        self._channels: tuple[str | None, ...] = (None,)
        self._sources: tuple[str | None, ...] = (None,)

    def keys(self) -> Sequence[KeyShown]:
        """Opening and filtering."""
        return (
            dialog_key("Enter", _("open it"), "choose"),
            dialog_key("s", _("outcome"), "filter('outcome')"),
            dialog_key("c", _("channel"), "filter('channel')"),
            dialog_key("o", _("source"), "filter('source')"),
        )

    def show(self, page: OrdersPage, wanted: OrderFilter, after: Position | None) -> None:
        """Show the first or further orders; those for an earlier filter are not shown."""
        if wanted != self.wanted or after != self.last:
            return
        if after is None:
            self._orders = []
            self._channels = (None, *page.channels)
            self._sources = (None, *page.sources)
        self._orders += page.orders
        self._is_whole = not page.orders
        if self._orders:
            self.last = Position(self._orders[-1].placed_at, self._orders[-1].id)
        self._fill(self.table.cursor or 0 if after else 0)
        super().fit()

    def _fill(self, cursor: int) -> None:
        people = self._names_people()
        if people != self._has_people:
            self._has_people = people
            self.table.show_columns(tables.order_columns(people=people))
        self.table.show_rows([tables.order_row(card, people=people) for card in self._orders], cursor)

    def _names_people(self) -> bool:
        """Whether the shop's people have columns: there is room, and an order names one."""
        has_room = self.screen.size.width >= _WIDE_ENOUGH_FOR_PEOPLE
        return has_room and any(card.sold_by or card.created_by for card in self._orders)

    def fit(self) -> None:
        """Give the shop's people columns, or take them away."""
        if self._names_people() != self._has_people:
            self._fill(self.table.cursor or 0)
        super().fit()

    def filter_next(self, what: str) -> None:
        """Want the next value of a filter: `outcome`, `channel` or `source`."""
        wanted = self.wanted
        if what == "outcome":
            wanted = OrderFilter(_next(_OUTCOMES, wanted.outcome), wanted.channel, wanted.source)
        elif what == "channel":
            wanted = OrderFilter(wanted.outcome, _next(self._channels, wanted.channel), wanted.source)
        else:
            wanted = OrderFilter(wanted.outcome, wanted.channel, _next(self._sources, wanted.source))
        self.wanted, self.last, self._is_whole = wanted, None, False

    def needs_more(self, index: int) -> bool:
        """Whether further orders are to be read when the cursor stands on a row."""
        return not self._is_whole and index >= len(self._orders) - _NEAR_THE_END

    def card(self, index: int) -> OrderLineCard:
        """The order in a row."""
        return self._orders[index]

    def about(self) -> Sequence[Shown]:
        """The filters."""

        def chosen(value: str | None) -> PlainText:
            return plain(_("all") if value is None else value or "–", 40)

        wanted = self.wanted
        outcome = None if wanted.outcome is None else words.outcome_word(wanted.outcome)
        parts: list[PlainText | tuple[PlainText, str]] = []
        for name, value in (
            (_("what became of it"), outcome),
            (_("channel"), wanted.channel),
            (_("source"), wanted.source),
        ):
            parts += [(plain(f"{name}: "), MUTED), (chosen(value), STRONG if value else MUTED), plain("   ")]
        if not self._orders:
            parts.append((plain(_("no such orders")), TITLE))
        return (styled(*parts),)


def _next(values: Sequence[ValueT], now: ValueT) -> ValueT:
    """The value behind one; the first behind the last, and behind one that is not there."""
    place = values.index(now) + 1 if now in values else 0
    return values[place % len(values)]
