from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.care import parse_care
from packstation.domain.due import (
    LONGEST_WAIT,
    STANDARD_DUE,
    Basis,
    Bought,
    DueKind,
    DueRules,
    ProductDays,
    VoucherGroup,
    birthday_in,
    is_listed,
    lapsed_at,
    run_out,
    voucher_group,
)
from packstation.domain.policy_reading import PolicyError
from packstation.domain.times import DAY, HOUR

NOW = 1_760_000_000_000
RULES = DueRules(products=(ProductDays("TEA-*", 15), ProductDays("SOAP", 7)))


def bought(*purchases: tuple[float, int]) -> list[Bought]:
    """Purchases as (days ago, pieces)."""
    return [Bought(NOW - round(days * DAY), pieces) for days, pieces in purchases]


def days_from_now(purchases: list[Bought], sku: str = "CUP", rules: DueRules = RULES) -> tuple[float, Basis]:
    due = run_out(purchases, sku, rules)
    assert due is not None
    return (due.at - NOW) / DAY, due.basis


@pytest.mark.parametrize(
    ("sku", "days", "basis"),
    [
        ("CUP", 30, Basis.STANDARD),
        ("TEA-01", 15, Basis.PRODUCT),
        ("SOAP", 7, Basis.PRODUCT),
        ("SOAP-2", 30, Basis.STANDARD),
    ],
)
def test_without_a_rhythm_a_piece_lasts_as_long_as_is_set(sku: str, days: int, basis: Basis) -> None:
    assert days_from_now(bought((0, 1)), sku) == (days, basis)
    assert days_from_now(bought((10, 2)), sku) == (2 * days - 10, basis)
    assert days_from_now(bought((50, 1), (10, 1)), sku) == (days - 10, basis)


def test_with_three_purchases_it_is_the_own_rhythm_a_piece() -> None:
    # 10 days a piece, 10 days a piece, then three pieces.
    assert days_from_now(bought((40, 2), (20, 1), (10, 3))) == (20, Basis.OWN)
    assert days_from_now(bought((100, 1), (95, 1), (60, 1), (0, 1))) == (35, Basis.OWN)


def test_purchases_of_one_day_are_one_and_nothing_lasts_for_ever() -> None:
    together = [*bought((40, 1), (20, 1)), Bought(NOW - 20 * DAY + 3 * HOUR, 1), Bought(NOW, 1)]
    assert days_from_now(together) == (15, Basis.OWN)
    assert days_from_now(bought((0, 1000))) == (180, Basis.STANDARD)
    assert run_out(bought((3, 0)), "CUP", RULES) is None


@given(
    st.lists(
        st.tuples(st.integers(2, 400), st.integers(1, 5)), min_size=1, max_size=30, unique_by=lambda one: one[0] // 2
    )
)
def test_a_purchase_lasts_till_the_next_one_usually_comes(purchases: list[tuple[int, int]]) -> None:
    due = run_out(bought(*purchases), "CUP", RULES)
    last = NOW - min(days for days, _pieces in purchases) * DAY
    assert due is not None
    assert last <= due.at <= last + RULES.longest * DAY
    even = bought(*((10 * (place + 1), 2) for place in range(len(purchases))))
    expected = 0 if len(purchases) >= 3 else 60 - 10
    assert days_from_now(even)[0] == expected
    # With more pieces the last time nobody runs out sooner.
    latest = min(purchases)
    more = [(days, pieces + (days == latest[0])) for days, pieces in purchases]
    later = run_out(bought(*more), "CUP", RULES)
    assert later is not None
    assert later.at >= due.at


@given(st.lists(st.integers(0, 900), min_size=1, max_size=40))
def test_nobody_counts_as_lost_before_their_usual_gap_has_passed_twice(days: list[int]) -> None:
    placed = [NOW - each * DAY for each in days]
    due = lapsed_at(placed, STANDARD_DUE)
    assert due is not None
    waited = (due.at - max(placed)) / DAY
    if len(days) == 1:
        assert waited == STANDARD_DUE.lapsed_days
    else:
        latest = sorted(days)[:20]
        gaps = sorted(after - before for before, after in pairwise(latest))
        middle = (gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]) / 2
        assert waited == min(max(2 * middle, STANDARD_DUE.lapsed_least), LONGEST_WAIT)


def test_without_orders_nobody_is_lost() -> None:
    assert lapsed_at([], STANDARD_DUE) is None


@pytest.mark.parametrize(
    ("kind", "days", "listed"),
    [
        (DueKind.RUN_OUT, 7, True),
        (DueKind.RUN_OUT, 7.01, False),
        (DueKind.RUN_OUT, -7, True),
        (DueKind.RUN_OUT, -7.01, False),
        (DueKind.LAPSED, 0, True),
        (DueKind.LAPSED, 1, False),
        (DueKind.LAPSED, -7, True),
        (DueKind.LAPSED, -8, False),
    ],
)
def test_a_list_has_what_is_due_within_its_window(kind: DueKind, days: float, listed: bool) -> None:
    assert is_listed(kind, NOW + round(days * DAY), NOW, 7) is listed


def test_birthdays_go_by_the_calendar_of_the_shop() -> None:
    # 09:53 in Hanoi, 2025-10-09.
    assert birthday_in(date(1990, 10, 9), NOW, "Asia/Ho_Chi_Minh", 0) == 0
    assert birthday_in(date(1990, 10, 16), NOW, "Asia/Ho_Chi_Minh", 7) == 7
    assert birthday_in(date(1990, 10, 17), NOW, "Asia/Ho_Chi_Minh", 7) is None
    assert birthday_in(date(1990, 10, 8), NOW, "Pacific/Pago_Pago", 7) == 0


@pytest.mark.parametrize(
    ("orders", "vouchers", "group"),
    [
        (0, 0, VoucherGroup.FULL_PRICE),
        (1, 0, VoucherGroup.FULL_PRICE),
        (4, 1, VoucherGroup.FULL_PRICE),
        (4, 2, VoucherGroup.LOVERS),
        (1, 1, VoucherGroup.LOVERS),
    ],
)
def test_voucher_lovers_are_told_apart(orders: int, vouchers: int, group: VoucherGroup) -> None:
    assert voucher_group(orders, vouchers, STANDARD_DUE) is group


def test_the_rules_stand_in_care_toml() -> None:
    rules = parse_care('[due]\ndays = 15\n[[due.product]]\nsku = "TEA-*"\ndays = 7\n', 1).due
    assert (rules.days, rules.products, rules.lapsed_days) == (15, (ProductDays("TEA-*", 7),), 90)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[due]\ndays = 0\n", ("due.days", "0.1 to 400")),
        ("[due]\nday = 3\n", ("due.day", "no setting")),
        ("[due]\nvoucher_share = 50\n", ("due.voucher_share", "0.01 to 1")),
        ('[[due.product]]\nsku = ""\ndays = 3\n', ("due.product[1].sku", "SKU")),
        ('[[due.product]]\nsku = "A"\n', ("due.product[1].days",)),
        ("[due]\nproduct = 3\n", ("due.product", "[[due.product]]")),
    ],
)
def test_a_mistake_names_file_key_and_reason(text: str, named: tuple[str, ...]) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_care(text, 1)
    assert all(word in str(refused.value) for word in named)
