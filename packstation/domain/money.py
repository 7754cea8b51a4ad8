"""Money: integers in a currency's minor unit; rounding is half-even, from decimals, never from binary floats."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from fractions import Fraction

_NO_MINOR_UNIT = frozenset(
    {"VND", "JPY", "KRW", "CLP", "ISK", "UGX", "XAF", "XOF", "PYG", "RWF", "VUV", "XPF", "KMF", "DJF", "GNF"}
)
_THREE_DIGITS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_LARGEST = 2**63 - 1
_SYMBOLS = {"VND": "₫", "GBP": "£", "USD": "$", "EUR": "€", "THB": "฿"}


class UnreadableMoneyError(ValueError):
    """The text is no amount of money, or one too large to keep."""


def minor_digits(currency: str) -> int:
    """How many decimals the currency has (ISO 4217): 0 for VND."""
    if currency in _NO_MINOR_UNIT:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units, rounded half-even.

    Raises:
        UnreadableMoneyError: not finite, or over 64 bits.
    """
    digits = minor_digits(currency)
    try:
        # Quantized first: scaling would round to the context's precision, and what is left would be rounded again.
        minor = int(amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN).scaleb(digits))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise UnreadableMoneyError(str(amount)) from error
    if abs(minor) > _LARGEST:
        raise UnreadableMoneyError(str(amount))
    return minor


def divide_half_even(amount: int, by: int) -> int:
    """`amount / by` rounded half-even to the minor unit."""
    return round(Fraction(amount, by))


def format_money(amount: int, currency: str, *, comma_decimals: bool) -> str:
    """The amount as people read it: `1.234.567 ₫` with comma decimals (Vietnamese), `£1,234.50` without.

    Args:
        amount: minor units.
        currency: ISO 4217 code; one without a known symbol is written behind the number.
        comma_decimals: whether the reader's language groups by points and separates decimals by a comma.
    """
    digits = minor_digits(currency)
    text = f"{Decimal(abs(amount)).scaleb(-digits):,.{digits}f}"
    sign = "-" if amount < 0 else ""
    if comma_decimals:
        text = text.translate(str.maketrans(",.", ".,"))
    symbol = _SYMBOLS.get(currency)
    if symbol is None:
        return f"{sign}{text} {currency}"
    return f"{sign}{text} {symbol}" if currency == "VND" or comma_decimals else f"{sign}{symbol}{text}"
