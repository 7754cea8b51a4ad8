"""The customer screen: one person with all figures, orders, products, money, related orders and what people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget

from packstation.acts.customer_pages import OrdersPage, RelatedPage, WrittenPage
from packstation.acts.customers import CustomerFigures
from packstation.domain.candidates import ProfileLink
from packstation.domain.cards import OrderLineCard
from packstation.domain.orders import Outcome
from packstation.domain.plain_text import PlainText, plain
from packstation.domain.product_tally import ProductTally
from packstation.locale import _, words
from packstation.store.balances import BalanceSeen
from packstation.store.customer_orders import OrderFilter, Position
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.theme import KEY, MUTED, STRONG, TITLE
from packstation.tui.views import customer_tables as tables
from packstation.tui.views.customer_overview import Counted, overview, title_line
from packstation.tui.widgets.key_bar import KeyBar, KeyShown
from packstation.tui.widgets.line_table import LineTable, Row
from packstation.tui.widgets.panel import Panel, flowed
from packstation.tui.widgets.text import Label, Shown, lines, styled


class Page(Enum):
    """The pages, by their keys 1 to 7."""

    OVERVIEW = auto()
    ORDERS = auto()
    PRODUCTS = auto()
    MONEY = auto()
    RELATED = auto()
    WRITTEN = auto()
    PLOTS = auto()


_OUTCOMES: tuple[Outcome | None, ...] = (None, *Outcome)
_NEAR_THE_END = 20
_HIGH_ENOUGH_FOR_PLOTS = 32
_LEAST_PLOT = 9
_LINES_AROUND = 4
"""Title, pages, the gap below them, and keys."""
ValueT = TypeVar("ValueT")


class CustomerScreen(Dialog):
    """Shows what it is given and asks for each page when it is opened; a scanned parcel closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(place), f"page({place})", show=False) for place in range(1, len(Page) + 1)),
        Binding("right", "turn(1)", show=False),
        Binding("left", "turn(-1)", show=False),
        Binding("s", "filter('outcome')", show=False),
        Binding("c", "filter('channel')", show=False),
        Binding("o", "filter('source')", show=False),
        Binding("n", "write('note')", show=False),
        Binding("t", "write('tag')", show=False),
        Binding("x", "take_back", show=False),
        Binding("v", "show_clear", show=False),
    ]

    class Wants(Message):
        """A page is to be read."""

        def __init__(self, screen: CustomerScreen, page: Page) -> None:
            super().__init__()
            self.screen = screen
            self.page = page

    class OrderWanted(Message):
        """An order is to be opened."""

        def __init__(self, screen: CustomerScreen, order_id: int, card: OrderLineCard | None) -> None:
            super().__init__()
            self.screen = screen
            self.order_id = order_id
            self.card = card

    class Writes(Message):
        """Somebody wants to write: a field, a new note (`about` None) or tag, or a note anew; `take_back` to end what there is."""

        def __init__(
            self, screen: CustomerScreen, about: tables.Written | None, *, is_tag: bool = False, take_back: bool = False
        ) -> None:
            super().__init__()
            self.screen = screen
            self.about = about
            self.is_tag = is_tag
            self.take_back = take_back

    class LinkMeant(Message):
        """Something is to be done about a profile; `is_only` if it is all there is."""

        def __init__(self, screen: CustomerScreen, link: ProfileLink, *, is_only: bool) -> None:
            super().__init__()
            self.screen = screen
            self.link = link
            self.is_only = is_only

    class ClearWanted(Message):
        """Somebody wants to see what is masked."""

        def __init__(self, screen: CustomerScreen) -> None:
            super().__init__()
            self.screen = screen

    def __init__(self, figures: CustomerFigures) -> None:
        super().__init__()
        self.figures = figures
        self.page = Page.OVERVIEW
        self.in_clear = False
        self.is_counting = False
        self.has_plots = False
        self.wanted = OrderFilter()
        self.last_order: Position | None = None
        self.written = WrittenPage((), ())
        self._orders: list[OrderLineCard] = []
        self._is_whole = False
        self._channels: tuple[str | None, ...] = (None,)
        self._sources: tuple[str | None, ...] = (None,)
        self._counted: Counted | None = None
        self._products: tuple[ProductTally, ...] = ()
        self._seen: tuple[BalanceSeen, ...] = ()
        self._related = RelatedPage((), ())
        self._written_rows: list[tuple[tables.Written | None, Row]] = []

    def compose(self) -> ComposeResult:
        """Title, pages, and the parts of which each page shows some."""
        yield self._alarm_line
        with Vertical(id="customer-screen"):
            yield Label(id="title")
            yield Label(id="pages")
            yield Panel(id="figures")
            yield Label(id="about")
            yield LineTable(tables.order_columns(), id="orders")
            yield LineTable(tables.product_columns(), id="products")
            yield LineTable(tables.money_columns(), id="money")
            yield LineTable(tables.related_columns(), id="related")
            yield LineTable(tables.written_columns(), id="written")
            yield Horizontal(id="plots")
            yield Label(id="complaint")
            yield KeyBar(self.keys(), id="dialog-keys")

    def keys(self) -> Sequence[KeyShown]:
        """The keys of the page."""
        of_page = {
            Page.ORDERS: (
                dialog_key("Enter", _("open it"), "choose"),
                dialog_key("s", _("outcome"), "filter('outcome')"),
                dialog_key("c", _("channel"), "filter('channel')"),
                dialog_key("o", _("source"), "filter('source')"),
            ),
            Page.RELATED: (dialog_key("Enter", _("open it"), "choose"),),
            Page.WRITTEN: (
                dialog_key("Enter", _("write"), "choose"),
                dialog_key("x", _("take back"), "take_back"),
            ),
        }
        everywhere = (
            dialog_key("n", _("note"), "write('note')"),
            dialog_key("t", _("tag"), "write('tag')"),
            dialog_key("v", _("show phone"), "show_clear"),
        )
        return (
            dialog_key("1-7", _("pages"), "turn(1)"),
            *of_page.get(self.page, ()),
            *(() if self.page is Page.ORDERS else everywhere),
            closing_key(),
        )

    def on_mount(self) -> None:
        """Show the first page, then ask for what it does not need at once."""
        self.complain("")
        self._show_page()
        self.call_after_refresh(self.post_message, self.Wants(self, Page.OVERVIEW))

    # What is given

    def complain(self, text: str) -> None:
        """Say what is wrong, in a line that is there only then."""
        super().complain(text)
        self.query_one("#complaint", Label).display = bool(text)

    def show_figures(self, figures: CustomerFigures) -> None:
        """Something of the customer changed."""
        self.figures = figures
        self._show_page()

    def show_plots(self, times: Sequence[int]) -> None:
        """Plot the orders."""
        from packstation.tui.widgets.plots import DaysBetween, OrdersByMonth

        self.has_plots = True
        by_month, between = OrdersByMonth(id="by-month"), DaysBetween(id="between")
        self.query_one("#plots", Horizontal).mount(by_month, between)
        by_month.show(times, self.figures.zone, self.figures.moment)
        between.show(times)

    def show_orders(self, page: OrdersPage, wanted: OrderFilter, after: Position | None) -> None:
        """Show the first or further orders; those for an earlier filter are not shown."""
        if wanted != self.wanted or after != self.last_order:
            return
        if after is None:
            self._orders = []
            self._channels = (None, *page.channels)
            self._sources = (None, *page.sources)
        self._orders += page.orders
        self._is_whole = not page.orders
        if self._orders:
            self.last_order = Position(self._orders[-1].placed_at, self._orders[-1].id)
        table = self.query_one("#orders", LineTable)
        table.show_rows([tables.order_row(card) for card in self._orders], table.cursor or 0 if after else 0)
        self._show_about()

    def show_products(self, products: Sequence[ProductTally], counted: Counted) -> None:
        """Show what was counted so far."""
        self._products, self._counted = tuple(products), counted
        table = self.query_one("#products", LineTable)
        table.show_rows([tables.product_row(product) for product in self._products], table.cursor or 0)
        self._show_page()

    def show_money(self, seen: Sequence[BalanceSeen]) -> None:
        """Show debt and points over time."""
        self._seen = tuple(seen)
        currency = self.figures.card.history.currency
        self.query_one("#money", LineTable).show_rows(tables.money_rows(self._seen, currency, self.figures.zone))
        self._show_about()

    def show_related(self, related: RelatedPage) -> None:
        """Show the profiles, and others' orders."""
        self._related = related
        rows = [tables.link_row(link, self.figures.zone) for link in related.links]
        rows += [tables.related_row(each) for each in related.orders]
        table = self.query_one("#related", LineTable)
        table.show_rows(rows, table.cursor or 0)
        self._show_about()

    def show_written(self, page: WrittenPage) -> None:
        """Show what people wrote."""
        self.written = page
        self._written_rows = tables.written_rows(self.figures, page, in_clear=self.in_clear)
        table = self.query_one("#written", LineTable)
        table.show_rows([row for _about, row in self._written_rows], table.cursor or 0)

    def show_in_clear(self) -> None:
        """Show what was masked."""
        self.in_clear = True
        self.show_written(self.written)
        self._show_page()

    # Keys

    def action_page(self, place: int) -> None:
        """1 to 7."""
        self._turn_to(list(Page)[place - 1])

    def action_turn(self, by: int) -> None:
        """Left and right."""
        pages = list(Page)
        self._turn_to(pages[(pages.index(self.page) + by) % len(pages)])

    def action_filter(self, what: str) -> None:
        """S, C and O: the next value of a filter."""
        if self.page is not Page.ORDERS:
            return
        wanted = self.wanted
        if what == "outcome":
            wanted = OrderFilter(_next(_OUTCOMES, wanted.outcome), wanted.channel, wanted.source)
        elif what == "channel":
            wanted = OrderFilter(wanted.outcome, _next(self._channels, wanted.channel), wanted.source)
        else:
            wanted = OrderFilter(wanted.outcome, wanted.channel, _next(self._sources, wanted.source))
        self.wanted, self.last_order, self._is_whole = wanted, None, False
        self.post_message(self.Wants(self, Page.ORDERS))

    def action_write(self, what: str) -> None:
        """N and T."""
        self.post_message(self.Writes(self, None, is_tag=what == "tag"))

    def action_take_back(self) -> None:
        """X: ends a note or tag, or takes back what was written by hand."""
        if self.page is Page.WRITTEN and (about := self._under_cursor()) is not None:
            self.post_message(self.Writes(self, about, take_back=True))

    def action_show_clear(self) -> None:
        """V."""
        if not self.in_clear:
            self.post_message(self.ClearWanted(self))

    def action_choose(self) -> None:
        """Enter."""
        if (table := self._table()) is not None:
            table.action_choose()

    @on(LineTable.RowChosen)
    def _row_chosen(self, message: LineTable.RowChosen) -> None:
        message.stop()
        if isinstance(message, LineTable.CursorMoved):
            if self.page is Page.ORDERS and not self._is_whole and message.index >= len(self._orders) - _NEAR_THE_END:
                self.post_message(self.Wants(self, Page.ORDERS))
        elif self.page is Page.ORDERS:
            card = self._orders[message.index]
            self.post_message(self.OrderWanted(self, card.id, card))
        elif self.page is Page.RELATED:
            links = self._related.links
            if message.index < len(links):
                self.post_message(self.LinkMeant(self, links[message.index], is_only=len(links) == 1))
            else:
                self.post_message(
                    self.OrderWanted(self, self._related.orders[message.index - len(links)].order.id, None)
                )
        elif self.page is Page.WRITTEN and (about := self._under_cursor()) is not None:
            self.post_message(self.Writes(self, about))

    def on_resize(self, _event: events.Resize) -> None:
        """What does not fit is left out."""
        self._show_page()

    def _under_cursor(self) -> tables.Written | None:
        cursor = self.query_one("#written", LineTable).cursor
        return None if cursor is None else self._written_rows[cursor][0]

    # How a page looks

    def _turn_to(self, page: Page) -> None:
        self.page = page
        self.complain("")
        self._show_page()
        self.post_message(self.Wants(self, page))

    def _table(self) -> LineTable | None:
        name = {
            Page.ORDERS: "orders",
            Page.PRODUCTS: "products",
            Page.MONEY: "money",
            Page.RELATED: "related",
            Page.WRITTEN: "written",
        }.get(self.page)
        return self.query_one(f"#{name}", LineTable) if name else None

    def _show_page(self) -> None:
        if not self.is_mounted:
            return
        self.query_one("#title", Label).show(title_line(self.figures))
        self.query_one("#pages", Label).show(_page_names(self.page))
        figures = self.query_one("#figures", Panel)
        drawn = overview(self.figures, self._counted, in_clear=self.in_clear)
        figures.show(drawn)
        shown = self._table()
        for widget in self.query(LineTable):
            widget.display = widget is shown
        self.query_one("#figures", Widget).display = self.page is Page.OVERVIEW
        is_high = self.size.height >= _HIGH_ENOUGH_FOR_PLOTS
        plots = self.query_one("#plots", Widget)
        plots.display = self.page is Page.PLOTS or (self.page is Page.OVERVIEW and is_high)
        room = max(1, self.size.height - _LINES_AROUND)
        wanted = len(drawn(max(1, self.size.width - 2), room))
        figures.styles.height = min(wanted, room - _LEAST_PLOT) + 1 if is_high else room
        self._show_about()
        self.query_one("#dialog-keys", KeyBar).show(self.keys())
        if shown is not None:
            shown.focus()
        else:
            self.set_focus(None)

    def _show_about(self) -> None:
        about = self.query_one("#about", Label)
        rows: Sequence[Shown]
        match self.page:
            case Page.ORDERS:
                rows = self._about_orders()
            case Page.PRODUCTS:
                rows = self._about_products()
            case Page.MONEY:
                rows = flowed(tables.money_compared(self.figures), max(20, self.size.width - 4))
            case Page.RELATED:
                rows = self._about_related()
            case Page.OVERVIEW | Page.WRITTEN | Page.PLOTS:
                rows = ()
        about.display = bool(rows)
        about.show(lines(*rows))

    def _about_orders(self) -> Sequence[Shown]:
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

    def _about_products(self) -> Sequence[Shown]:
        if self._counted is None:
            return (styled((plain(_("Being counted …")), MUTED)),)
        if not self._products:
            return (styled((plain(_("Nothing was ordered yet.")), MUTED)),)
        return ()

    def _about_related(self) -> Sequence[Shown]:
        if self._related.orders:
            return ()
        return (styled((plain(_("Nobody else orders with this phone, email, address or name.")), MUTED)),)


def _page_names(chosen: Page) -> Shown:
    names = {
        Page.OVERVIEW: _("Overview"),
        Page.ORDERS: _("Orders"),
        Page.PRODUCTS: _("Products"),
        Page.MONEY: _("Money"),
        Page.RELATED: _("Related"),
        Page.WRITTEN: _("Notes"),
        Page.PLOTS: _("Plots"),
    }
    parts: list[PlainText | tuple[PlainText, str]] = []
    for place, page in enumerate(Page, 1):
        style = KEY if page is chosen else MUTED
        parts.append((plain(f" {place} {names[page]} "), style))
    return styled(*parts)


def _next(values: Sequence[ValueT], now: ValueT) -> ValueT:
    """The value behind one; the first behind the last, and behind one that is not there."""
    place = values.index(now) + 1 if now in values else 0
    return values[place % len(values)]
