from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.money import UnreadableMoneyError, divide_half_even, format_money, minor_digits, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("0.125", "GBP", 12),
        ("0.135", "GBP", 14),
        ("0.12500000000000000000000000000000000001", "GBP", 13),
        ("0.12499999999999999999999999999999999999", "GBP", 12),
        ("1.005", "GBP", 100),
        ("1.015", "GBP", 102),
        ("-0.125", "GBP", -12),
        ("-0.135", "GBP", -14),
        ("2.5", "VND", 2),
        ("3.5", "VND", 4),
        ("17000.00", "VND", 17000),
        ("1E+3", "VND", 1000),
        ("1.2345", "KWD", 1234),
        ("9.95", "USD", 995),
        ("-0.00", "GBP", 0),
    ],
)
def test_amounts_are_rounded_half_even_once_from_their_decimals(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


@given(st.decimals(-(10**12), 10**12, allow_nan=False, places=30), st.sampled_from(["VND", "GBP", "KWD"]))
def test_rounding_equals_that_of_exact_fractions(amount: Decimal, currency: str) -> None:
    assert to_minor(amount, currency) == round(Fraction(amount) * 10 ** minor_digits(currency))


@pytest.mark.parametrize(
    "amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+30", "9223372036854775808", "1E+999999"]
)
def test_amounts_that_cannot_be_kept_are_refused(amount: str) -> None:
    with pytest.raises(UnreadableMoneyError):
        to_minor(Decimal(amount), "VND")


@pytest.mark.parametrize(
    ("amount", "by", "quotient"), [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (10, 4, 2), (1, 3, 0), (2, 3, 1)]
)
def test_division_is_rounded_half_even(amount: int, by: int, quotient: int) -> None:
    assert divide_half_even(amount, by) == quotient


@given(st.integers(-(2**63), 2**63), st.integers(1, 10**6))
def test_division_never_goes_through_binary_floats(amount: int, by: int) -> None:
    assert abs(divide_half_even(amount, by) * by - amount) * 2 <= by


@pytest.mark.parametrize(
    ("amount", "currency", "vietnamese", "english"),
    [
        (1_234_567, "VND", "1.234.567 ₫", "1,234,567 ₫"),
        (0, "VND", "0 ₫", "0 ₫"),
        (-5_000, "VND", "-5.000 ₫", "-5,000 ₫"),
        (123_450, "GBP", "1.234,50 £", "£1,234.50"),
        (-150, "GBP", "-1,50 £", "-£1.50"),
        (5, "USD", "0,05 $", "$0.05"),
        (1_500, "KWD", "1,500 KWD", "1.500 KWD"),
        (-100, "SEK", "-1,00 SEK", "-1.00 SEK"),
        (2**63 - 1, "VND", "9.223.372.036.854.775.807 ₫", "9,223,372,036,854,775,807 ₫"),
    ],
)
def test_amounts_read_as_people_write_them(amount: int, currency: str, vietnamese: str, english: str) -> None:
    assert format_money(amount, currency, comma_decimals=True) == vietnamese
    assert format_money(amount, currency, comma_decimals=False) == english
