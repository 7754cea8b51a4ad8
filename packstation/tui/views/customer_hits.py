"""Customers found, as a table."""

from __future__ import annotations

from packstation.domain.customer_profile import Field
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.store.searching import CustomerHit
from packstation.tui.theme import MUTED
from packstation.tui.views.customer_overview import shown_value
from packstation.tui.views.customer_tables import shown_code
from packstation.tui.widgets.cells import Alignment
from packstation.tui.widgets.line_table import Cell, Column, Row


def hit_columns() -> tuple[Column, ...]:
    """The columns of customers found."""
    return (
        Column(plain(_("name")), None, least=16),
        Column(plain(_("phone")), 12),
        Column(plain(_("channel")), None, least=8),
        Column(plain(_("ordered")), 7, Alignment.RIGHT),
        Column(plain(_("last order")), 10),
    )


def hit_row(hit: CustomerHit) -> Row:
    """A customer found; the phone is masked."""
    last = "–" if hit.last_order_at is None else words.day(hit.last_order_at, hit.zone or "UTC")
    return (
        plain(hit.name or _("without a name"), 60),
        Cell(plain(shown_value(Field.PHONE, hit.phone, in_clear=False) if hit.phone else ""), MUTED),
        Cell(plain(f"{hit.channel} {shown_code(hit.code)}", 60), MUTED),
        plain(hit.orders),
        Cell(plain(last), MUTED),
    )
