"""Voucher codes as a file brings them. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

from packstation.domain.money import UnreadableMoneyError, to_minor
from packstation.domain.plain_text import plain
from packstation.domain.spreadsheets import divider_of
from packstation.domain.times import to_ms

_NEEDED = ("code", "amount", "currency")
_LONGEST_CODE = 60
_LONGEST_CONDITION = 120


@dataclass(frozen=True, slots=True)
class NewVoucher:
    """A code as it is read from a file; money in minor units, times ms UTC."""

    code: str
    amount: int
    currency: str
    expires_at: int | None
    condition: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that is no voucher: its number in the file, and the column that is wrong with its value."""

    line: int
    column: str
    value: str


@dataclass(frozen=True, slots=True)
class ReadVouchers:
    """The codes of a file; `missing` is a column that it lacks, empty for none."""

    vouchers: tuple[NewVoucher, ...] = ()
    rejects: tuple[Reject, ...] = ()
    missing: str = ""


class _WrongCellError(ValueError):
    def __init__(self, column: str, value: str) -> None:
        super().__init__(column)
        self.column, self.value = column, value


def is_list_name(text: str) -> bool:
    """Whether a list of codes can be called so."""
    return re.fullmatch(r"[\w.-]{1,40}", text) is not None


def read_vouchers(text: str, zone: tzinfo | None) -> ReadVouchers:
    """Read codes from a CSV file with a row of titles: code, amount, currency, and, if wanted, expires and condition.

    Args:
        text: the file; cells are divided by commas or semicolons.
        zone: where a day of expiry ends; None for UTC.
    """
    rows = csv.reader(io.StringIO(text), delimiter=divider_of(text.partition("\n")[0]))
    titles = [title.strip().casefold() for title in next(rows, [])]
    missing = next((name for name in _NEEDED if name not in titles), "")
    if missing:
        return ReadVouchers(missing=missing)
    found: dict[str, NewVoucher] = {}
    rejects: list[Reject] = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(titles, (cell.strip() for cell in row), strict=False))
        try:
            if any(beyond := row[len(titles) :]):
                # An amount or a condition with the divider in it, not quoted: everything after it stands in the wrong column.
                raise _WrongCellError(titles[-1], " ".join((row[len(titles) - 1], *beyond)))
            voucher = _voucher(cells, zone)
            if voucher.code in found:
                raise _WrongCellError("code", voucher.code)
            found[voucher.code] = voucher
        except _WrongCellError as error:
            rejects.append(Reject(rows.line_num, error.column, str(plain(error.value, 60))))
    return ReadVouchers(tuple(found.values()), tuple(rejects))


def _voucher(cells: Mapping[str, str], zone: tzinfo | None) -> NewVoucher:
    code, amount, currency = (cells.get(name, "") for name in _NEEDED)
    if not code or len(code) > _LONGEST_CODE or not code.isprintable():
        raise _WrongCellError("code", code)
    if not re.fullmatch(r"[A-Z]{3}", currency.upper()):
        raise _WrongCellError("currency", currency)
    try:
        minor = to_minor(Decimal(amount.replace(" ", "")), currency.upper())
    except (InvalidOperation, UnreadableMoneyError) as error:
        raise _WrongCellError("amount", amount) from error
    if minor < 0:
        raise _WrongCellError("amount", amount)
    return NewVoucher(
        code,
        minor,
        currency.upper(),
        _end_of_day(cells.get("expires", ""), zone),
        str(plain(cells.get("condition", ""), _LONGEST_CONDITION)),
    )


def _end_of_day(text: str, zone: tzinfo | None) -> int | None:
    """The end of a day written as 2026-12-31 or 31/12/2026, ms UTC; None for no day."""
    if not text:
        return None
    try:
        parts = text.split("/")
        day = date(int(parts[2]), int(parts[1]), int(parts[0])) if len(parts) == 3 else date.fromisoformat(text)
        return to_ms(datetime.combine(day + timedelta(days=1), time(), zone or UTC))
    except (ValueError, OverflowError) as error:
        raise _WrongCellError("expires", text) from error
