"""Cells read as times, money and quantities, each text once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

from packstation.domain.money import UnreadableMoneyError, minor_digits, to_minor
from packstation.domain.times import to_ms, zone
from sync.files.result import BadCellError, RejectReason
from sync.files.workbook import NumberCell, TimeCell

NOTHING = frozenset({"", "-", "--", "/", "N/A", "null", "NULL"})
"""Texts with which exports say that there is no value."""

_MOST_KEPT = 200_000
_EXACT = Context(prec=120, rounding=ROUND_HALF_EVEN)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")
_CURRENCY_MARKS = re.compile(r"^(?:[A-Za-z]{1,3}|[₫đĐ£$€฿])\s*|\s*(?:[A-Za-z]{1,3}|[₫đĐ£$€฿])$")
_LARGEST_AMOUNT = 10**15  # so that a sum over the lines of an order is a 64-bit integer
_QUANTITY = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]+)?")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_SERIAL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's day 0, in no zone
_ISO_FORMAT, _ISO_LENGTH = "%Y-%m-%d %H:%M:%S", 19
_LONGEST_NUMBER = 40
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_ROUNDED_ID = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2}")
_HALF_SECOND = timedelta(milliseconds=500)


def is_rounded_id(text: str) -> bool:
    """Whether a spreadsheet turned this id into a number with an exponent, so that digits are lost."""
    return _ROUNDED_ID.fullmatch(text) is not None


def quantity_of(cell: str, column: str) -> int:
    """Whole pieces, negative ones included; an empty cell is no quantity.

    Raises:
        BadCellError: no number, or a fraction.
    """
    text = cell.strip()
    if _QUANTITY.fullmatch(text) is None:
        raise BadCellError(RejectReason.UNREADABLE_QUANTITY, column, cell)
    whole, _point, decimals = text.partition(".")
    if decimals.strip("0"):
        raise BadCellError(RejectReason.FRACTIONAL_QUANTITY, column, cell)
    if len(decimals) == 3 and not isinstance(cell, NumberCell):  # 1.000 may be one or a thousand
        raise BadCellError(RejectReason.UNREADABLE_QUANTITY, column, cell)
    return int(whole)


class ClockReader:
    """Reads local times of one zone.

    Args:
        zone_name: IANA name.
        formats: strptime formats, tried in order.
        iso: whether ISO 8601 is tried first (an offset in the text is honoured).
        serials: whether a spreadsheet's day numbers are dates.
    """

    def __init__(self, zone_name: str, formats: Sequence[str], *, iso: bool, serials: bool) -> None:
        self._zone = zone(zone_name)
        self._formats = tuple(formats)
        self._iso = iso
        self._serials = serials
        self._known: dict[str, int] = {}

    def read(self, cell: str, column: str) -> int:
        """Milliseconds UTC.

        Raises:
            BadCellError: no such time, or one outside the years 1990 to 2100.
        """
        known = self._known.get(cell)
        if known is None:
            moment = self._moment(cell, cell.strip())
            if moment is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
                raise BadCellError(RejectReason.UNREADABLE_TIME, column, cell)
            known = to_ms(moment if moment.tzinfo else moment.replace(tzinfo=self._zone))
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[cell] = known
        return known

    def read_if_any(self, cell: str, column: str) -> int | None:
        """The time, or None where the cell says nothing."""
        return None if cell.strip() in NOTHING else self.read(cell, column)

    def _moment(self, cell: str, text: str) -> datetime | None:
        if self._serials and _SERIAL.fullmatch(text):
            moment = _SERIAL_EPOCH + timedelta(days=float(text)) + _HALF_SECOND
            return moment.replace(microsecond=0)
        if self._iso or isinstance(cell, TimeCell):
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                pass
        for one in self._formats:
            try:
                if one == _ISO_FORMAT and len(text) == _ISO_LENGTH and text[10] == " ":
                    return datetime.fromisoformat(text)  # ten times as fast, and most files write it
                return datetime.strptime(text, one)  # noqa: DTZ007 - the zone is put in by the caller
            except ValueError:
                continue
        return None


class MoneyReader:
    """Reads amounts of one currency, exactly: from decimal text to minor units, half-even.

    Args:
        currency: ISO 4217 code.
        decimal: the decimal sign, or None to tell it from the text (three digits behind the only kind of sign are
            thousands, as in `159.000`).
        thousands: the grouping sign, "" for none; not used without `decimal`.
    """

    def __init__(self, currency: str, decimal: str | None = ".", thousands: str = "") -> None:
        self._currency = currency
        self._decimal = decimal
        self._thousands = thousands
        self._digits = minor_digits(currency)
        self._unit = Decimal(1).scaleb(-self._digits)
        self._known: dict[str, tuple[Decimal, int | None]] = {}

    def read(self, cell: str, column: str) -> int:
        """The amount in minor units.

        Raises:
            BadCellError: no amount, or one too large.
        """
        return self.times(cell, 1, column)

    def read_if_any(self, cell: str, column: str) -> int | None:
        """The amount, or None where the cell says nothing."""
        return None if cell.strip() in NOTHING else self.read(cell, column)

    def times(self, cell: str, quantity: int, column: str) -> int:
        """`quantity` times the amount in minor units, rounded once.

        Raises:
            BadCellError: no amount, or a product too large.
        """
        amount, minor = self._amount(cell, column)
        try:
            product = (
                minor * quantity if minor is not None else self._rounded(_EXACT.multiply(amount, Decimal(quantity)))
            )
        except UnreadableMoneyError as error:
            raise BadCellError(RejectReason.UNREADABLE_MONEY, column, cell) from error
        if abs(product) > _LARGEST_AMOUNT:
            raise BadCellError(RejectReason.UNREADABLE_MONEY, column, cell)
        return product

    def _amount(self, cell: str, column: str) -> tuple[Decimal, int | None]:
        """The amount in the main unit, and in minor units where that is exact and small enough to multiply."""
        if isinstance(cell, NumberCell):
            return self._parse(cell, str(cell), column)
        known = self._known.get(cell)
        if known is None:
            known = self._parse(cell, self._plain(cell), column)
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[cell] = known
        return known

    def _rounded(self, amount: Decimal) -> int:
        try:
            return to_minor(amount.quantize(self._unit, ROUND_HALF_EVEN, _EXACT), self._currency)
        except InvalidOperation as error:
            raise UnreadableMoneyError(str(amount)) from error

    def _plain(self, cell: str) -> str | None:
        text = cell.strip()
        if self._decimal is not None:
            return _ungrouped(text, self._decimal, self._thousands)
        text = _CURRENCY_MARKS.sub("", text).replace("\u00a0", "").replace(" ", "")
        if _GROUPED.fullmatch(text):
            return text.replace(".", "").replace(",", "")
        decimal = max(".,", key=text.rfind)
        return _ungrouped(text, decimal, "," if decimal == "." else ".")

    def _parse(self, cell: str, plain: str | None, column: str) -> tuple[Decimal, int | None]:
        if plain is None or len(plain) > _LONGEST_NUMBER or _NUMBER.fullmatch(plain) is None:
            raise BadCellError(RejectReason.UNREADABLE_MONEY, column, cell)
        amount = _EXACT.create_decimal(plain)
        try:
            minor = self._rounded(amount)
        except UnreadableMoneyError as error:
            raise BadCellError(RejectReason.UNREADABLE_MONEY, column, cell) from error
        return amount, minor if amount == Decimal(minor).scaleb(-self._digits) else None


def _ungrouped(text: str, decimal: str, thousands: str) -> str | None:
    """The number with a point and no grouping; None where the grouping is not by threes or a sign is out of place."""
    whole, point, decimals = text.partition(decimal)
    if thousands and thousands in whole:
        first, *groups = whole.lstrip("+-").split(thousands)
        if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
            return None
        whole = whole.replace(thousands, "")
    if decimal != "." and "." in whole + decimals:
        return None
    return f"{whole}.{decimals}" if point else whole
