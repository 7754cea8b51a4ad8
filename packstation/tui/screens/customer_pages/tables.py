"""Products, money over time, who is related, and what people wrote."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.acts.customer_pages import RelatedPage, WrittenPage
from packstation.acts.customers import CustomerFigures
from packstation.domain.candidates import ProfileLink
from packstation.domain.plain_text import plain
from packstation.domain.product_tally import ProductTally
from packstation.locale import _
from packstation.store.balances import BalanceSeen
from packstation.tui.screens.customer_pages.page import TablePage
from packstation.tui.screens.dialog import dialog_key
from packstation.tui.theme import MUTED
from packstation.tui.views import customer_tables as tables
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.line_table import Row
from packstation.tui.widgets.panel import flowed
from packstation.tui.widgets.text import Shown, styled


class Products(TablePage):
    """What was bought and sent back; None until something was counted."""

    def __init__(self) -> None:
        super().__init__("products", tables.product_columns())
        self.is_counting = False
        self._products: tuple[ProductTally, ...] | None = None

    def show(self, products: Sequence[ProductTally]) -> None:
        """Show what was counted so far."""
        self._products = tuple(products)
        self.table.show_rows([tables.product_row(product) for product in products], self.table.cursor or 0)

    def about(self) -> Sequence[Shown]:
        """Why there is nothing."""
        if self._products is None:
            return (styled((plain(_("Being counted …")), MUTED)),)
        if not self._products:
            return (styled((plain(_("Nothing was ordered yet.")), MUTED)),)
        return ()


class Money(TablePage):
    """Debt and points over time below what the POS says beside what was counted here."""

    def __init__(self, figures: CustomerFigures) -> None:
        super().__init__("money", tables.money_columns())
        self.figures = figures

    def show(self, seen: Sequence[BalanceSeen]) -> None:
        """Show debt and points over time."""
        self.table.show_rows(tables.money_rows(seen, self.figures.card.history.currency, self.figures.zone))
        self.fit()

    def about(self) -> Sequence[Shown]:
        """The comparison."""
        return flowed(tables.money_compared(self.figures), max(20, self.screen.size.width - 4))


class Related(TablePage):
    """The profiles, and others' orders."""

    def __init__(self) -> None:
        super().__init__("related", tables.related_columns())
        self._related = RelatedPage((), ())

    def keys(self) -> Sequence[KeyShown]:
        """Opening."""
        return (dialog_key("Enter", _("open it"), "choose"),)

    def show(self, related: RelatedPage, zone: str) -> None:
        """Show the profiles, and others' orders."""
        self._related = related
        rows = [tables.link_row(link, zone) for link in related.links]
        rows += [tables.related_row(each) for each in related.orders]
        self.table.show_rows(rows, self.table.cursor or 0)
        self.fit()

    def chosen(self, index: int) -> ProfileLink | int:
        """The profile in a row, or the id of the order there."""
        links = self._related.links
        return links[index] if index < len(links) else self._related.orders[index - len(links)].order.id

    @property
    def has_one_profile(self) -> bool:
        """Whether the customer has one profile and nobody else's is proposed or was split off."""
        return len(self._related.links) == 1

    def about(self) -> Sequence[Shown]:
        """Why there is nothing."""
        if self._related.orders:
            return ()
        return (styled((plain(_("Nobody else orders with this phone, email, address or name.")), MUTED)),)


class WrittenThings(TablePage):
    """Notes, tags and fields."""

    def __init__(self) -> None:
        super().__init__("written", tables.written_columns())
        self.page = WrittenPage((), ())
        self._rows: list[tuple[tables.Written | None, Row]] = []

    def keys(self) -> Sequence[KeyShown]:
        """Writing and taking back."""
        return (
            dialog_key("Enter", _("write"), "choose"),
            dialog_key("x", _("take back"), "take_back"),
        )

    def show(self, page: WrittenPage, figures: CustomerFigures, *, in_clear: bool) -> None:
        """Show what people wrote."""
        self.page = page
        self._rows = tables.written_rows(figures, page, in_clear=in_clear)
        self.table.show_rows([row for _about, row in self._rows], self.table.cursor or 0)

    def under_cursor(self) -> tables.Written | None:
        """What the row under the cursor is about, None where nothing can be done to it."""
        cursor = self.table.cursor
        return None if cursor is None else self._rows[cursor][0]
