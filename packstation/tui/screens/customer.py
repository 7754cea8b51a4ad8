"""The customer screen: one person with all figures, orders, products, money, related orders and what people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

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
from packstation.domain.product_tally import ProductTally
from packstation.locale import _
from packstation.store.balances import BalanceSeen
from packstation.store.customer_orders import OrderFilter, Position
from packstation.tui.screens.customer_pages.orders import AllOrders
from packstation.tui.screens.customer_pages.page import Page, TablePage, page_names
from packstation.tui.screens.customer_pages.tables import Money, Products, Related, WrittenThings
from packstation.tui.screens.dialog import Dialog, closing_key, dialog_key
from packstation.tui.views import customer_tables as tables
from packstation.tui.views.customer_overview import Counted, overview, title_line
from packstation.tui.widgets.key_bar import KeyBar, KeyShown
from packstation.tui.widgets.line_table import LineTable
from packstation.tui.widgets.panel import Panel
from packstation.tui.widgets.text import Label

_HIGH_ENOUGH_FOR_PLOTS = 32
_LEAST_PLOT = 9
_LINES_AROUND = 4
"""Title, pages, the gap below them, and keys."""


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
        self.has_plots = False
        self.orders = AllOrders()
        self.products = Products()
        self.written = WrittenThings()
        self._money = Money(figures)
        self._related = Related()
        self._tables: dict[Page, TablePage] = {
            Page.ORDERS: self.orders,
            Page.PRODUCTS: self.products,
            Page.MONEY: self._money,
            Page.RELATED: self._related,
            Page.WRITTEN: self.written,
        }
        self._counted: Counted | None = None

    def compose(self) -> ComposeResult:
        """Title, pages, and the parts of which each page shows some."""
        yield self._alarm_line
        with Vertical(id="customer-screen"):
            yield Label(id="title")
            yield Label(id="pages")
            yield Panel(id="figures")
            yield from self._tables.values()
            yield Horizontal(id="plots")
            yield Label(id="complaint")
            yield KeyBar(self.keys(), id="dialog-keys")

    def keys(self) -> Sequence[KeyShown]:
        """The keys of the page."""
        everywhere = (
            dialog_key("n", _("note"), "write('note')"),
            dialog_key("t", _("tag"), "write('tag')"),
            dialog_key("v", _("show phone"), "show_clear"),
        )
        table = self._tables.get(self.page)
        return (
            dialog_key("1-7", _("pages"), "turn(1)"),
            *(table.keys() if table else ()),
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
        self.figures = self._money.figures = figures
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
        self.orders.show(page, wanted, after)

    def show_products(self, products: Sequence[ProductTally], counted: Counted) -> None:
        """Show what was counted so far."""
        self._counted = counted
        self.products.show(products)
        self._show_page()

    def show_money(self, seen: Sequence[BalanceSeen]) -> None:
        """Show debt and points over time."""
        self._money.show(seen)

    def show_related(self, related: RelatedPage) -> None:
        """Show the profiles, and others' orders."""
        self._related.show(related, self.figures.zone)

    def show_written(self, page: WrittenPage) -> None:
        """Show what people wrote."""
        self.written.show(page, self.figures, in_clear=self.in_clear)

    def show_in_clear(self) -> None:
        """Show what was masked."""
        self.in_clear = True
        self.show_written(self.written.page)
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
        if self.page is Page.ORDERS:
            self.orders.filter_next(what)
            self.post_message(self.Wants(self, Page.ORDERS))

    def action_write(self, what: str) -> None:
        """N and T."""
        self.post_message(self.Writes(self, None, is_tag=what == "tag"))

    def action_take_back(self) -> None:
        """X: ends a note or tag, or takes back what was written by hand."""
        if self.page is Page.WRITTEN and (about := self.written.under_cursor()) is not None:
            self.post_message(self.Writes(self, about, take_back=True))

    def action_show_clear(self) -> None:
        """V."""
        if not self.in_clear:
            self.post_message(self.ClearWanted(self))

    def action_choose(self) -> None:
        """Enter."""
        if (table := self._tables.get(self.page)) is not None:
            table.table.action_choose()

    @on(LineTable.RowChosen)
    def _row_chosen(self, message: LineTable.RowChosen) -> None:
        message.stop()
        if isinstance(message, LineTable.CursorMoved):
            if self.page is Page.ORDERS and self.orders.needs_more(message.index):
                self.post_message(self.Wants(self, Page.ORDERS))
        elif self.page is Page.ORDERS:
            card = self.orders.card(message.index)
            self.post_message(self.OrderWanted(self, card.id, card))
        elif self.page is Page.RELATED:
            chosen = self._related.chosen(message.index)
            if isinstance(chosen, ProfileLink):
                self.post_message(self.LinkMeant(self, chosen, is_only=self._related.has_one_profile))
            else:
                self.post_message(self.OrderWanted(self, chosen, None))
        elif self.page is Page.WRITTEN and (about := self.written.under_cursor()) is not None:
            self.post_message(self.Writes(self, about))

    def on_resize(self, _event: events.Resize) -> None:
        """What does not fit is left out."""
        self._show_page()

    # How a page looks

    def _turn_to(self, page: Page) -> None:
        self.page = page
        self.complain("")
        self._show_page()
        self.post_message(self.Wants(self, page))

    def _show_page(self) -> None:
        if not self.is_mounted:
            return
        self.query_one("#title", Label).show(title_line(self.figures))
        self.query_one("#pages", Label).show(page_names(self.page))
        figures = self.query_one("#figures", Panel)
        drawn = overview(self.figures, self._counted, in_clear=self.in_clear)
        figures.show(drawn)
        for page, each in self._tables.items():
            each.display = page is self.page
            each.fit()
        self.query_one("#figures", Widget).display = self.page is Page.OVERVIEW
        is_high = self.size.height >= _HIGH_ENOUGH_FOR_PLOTS
        plots = self.query_one("#plots", Widget)
        plots.display = self.page is Page.PLOTS or (self.page is Page.OVERVIEW and is_high)
        room = max(1, self.size.height - _LINES_AROUND)
        wanted = len(drawn(max(1, self.size.width - 2), room))
        figures.styles.height = min(wanted, room - _LEAST_PLOT) + 1 if is_high else room
        self.query_one("#dialog-keys", KeyBar).show(self.keys())
        if (shown := self._tables.get(self.page)) is not None:
            shown.table.focus()
        else:
            self.set_focus(None)
