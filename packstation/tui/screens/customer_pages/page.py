"""Which pages the customer screen has, and what those that are a table have in common."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from textual.app import ComposeResult
from textual.containers import Vertical

from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _
from packstation.tui.theme import KEY, MUTED
from packstation.tui.widgets.key_bar import KeyShown
from packstation.tui.widgets.line_table import Column, LineTable
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


def page_names(chosen: Page) -> Shown:
    """The names of all pages, the chosen one marked."""
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


class TablePage(Vertical):
    """A page that is a table below a few lines about it; `name` is the table's id."""

    DEFAULT_CSS = """
    TablePage { height: 1fr; }
    """

    def __init__(self, name: str, columns: Sequence[Column]) -> None:
        super().__init__()
        self._about = Label(classes="about")
        self.table = LineTable(columns, id=name)

    def compose(self) -> ComposeResult:
        """The lines and the table."""
        yield self._about
        yield self.table

    def about(self) -> Sequence[Shown]:
        """The lines above the table; none for nothing to say."""
        return ()

    def keys(self) -> Sequence[KeyShown]:
        """The keys of this page alone."""
        return ()

    def fit(self) -> None:
        """What is said above the table, or the screen's size, changed."""
        rows = self.about()
        self._about.display = bool(rows)
        self._about.show(lines(*rows))
