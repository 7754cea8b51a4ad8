"""What the customer panel says of debt and points."""

from __future__ import annotations

import pytest

from packstation.domain.cards import CustomerCard
from packstation.domain.history import History
from packstation.domain.order_counts import Counts
from packstation.domain.shop_rates import ShopRate
from packstation.tui.theme import BAD
from packstation.tui.views.customer import customer_panel
from packstation.tui.widgets.text import content_of

HISTORY = History(Counts(orders=3, delivered=3), {}, "VND", {}, 0, 0, None, None, None, 0, ShopRate(), 6)


def shown(debt: int | None, points: int | None, width: int = 60, height: int = 30) -> tuple[list[str], set[str]]:
    """The panel's lines, and what is red in them."""
    card = CustomerCard(1, "Chị Hoa", (("kiotviet", "KH1"),), HISTORY, debt, points)
    rows = [content_of(row) for row in customer_panel(card, "Asia/Ho_Chi_Minh")(width, height)]
    red = {row.plain[span.start : span.end] for row in rows for span in row.spans if span.style == BAD}
    return [" ".join(row.plain.split()) for row in rows], red


def test_debt_is_red_and_points_stand_beside_it() -> None:
    lines, red = shown(120_000, 45)
    assert "owes 120,000 ₫" in lines
    assert "points 45" in lines
    assert red == {"120,000 ₫"}


@pytest.mark.parametrize(("debt", "line"), [(0, "owes 0 ₫"), (-50_000, "paid ahead 50,000 ₫")])
def test_who_owes_nothing_is_not_in_red(debt: int, line: str) -> None:
    lines, red = shown(debt, 0)
    assert line in lines
    assert red == set()


def test_where_nobody_counts_them_there_is_nothing_of_them() -> None:
    lines, _red = shown(None, None)
    assert not any(word in line for line in lines for word in ("owes", "points", "paid ahead"))


def test_in_a_small_panel_debt_is_still_there() -> None:
    lines, _red = shown(120_000, 45, width=40, height=5)
    assert len(lines) > 1
    assert any("owes 120,000 ₫" in line for line in lines[:5])
