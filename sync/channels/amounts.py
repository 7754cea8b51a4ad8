"""Texts of a channel's records as amounts, pieces and moments; what is none makes the record unreadable, and its value is not told."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from packstation.domain.money import UnreadableMoneyError, to_minor
from packstation.domain.times import UnreadableTimeError, parse_iso
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError

_MOST_PIECES = 1_000_000
_LARGEST_AMOUNT = 10**15  # so that a sum over the lines of an order is a 64-bit integer


def amount(text: str, field: str, currency: str) -> int | None:
    """Minor units of a decimal text such as `79500.00`, rounded half-even; None where there is none.

    Raises:
        UnreadableRecordError: no amount, or one too large.
    """
    if not text:
        return None
    try:
        minor = to_minor(Decimal(text), currency)
    except (InvalidOperation, UnreadableMoneyError):
        raise UnreadableRecordError(said("{field}: no amount", field=field)) from None
    if abs(minor) > _LARGEST_AMOUNT:
        raise UnreadableRecordError(said("{field}: no amount", field=field))
    return minor


def pieces(text: str, field: str) -> int:
    """Whole pieces, at least one; `2` and `2.0` are two.

    Raises:
        UnreadableRecordError: no number, a part of a piece, none, or more than anybody orders.
    """
    try:
        number = Decimal(text)
        whole = int(number)
    except (InvalidOperation, ValueError, OverflowError):
        raise UnreadableRecordError(said("{field}: no number", field=field)) from None
    if whole != number or not 0 < whole <= _MOST_PIECES:
        raise UnreadableRecordError(said("{field}: no whole pieces", field=field))
    return whole


def moment(text: str, field: str, zone: str) -> int | None:
    """Ms UTC of `2026-09-01 10:00:00`, in `zone` unless it names an offset; None where there is none.

    Raises:
        UnreadableRecordError: no time.
    """
    if not text:
        return None
    try:
        return parse_iso(text, zone)
    except UnreadableTimeError:
        raise UnreadableRecordError(said("{field}: no time", field=field)) from None


def moment_if_readable(text: str, zone: str) -> int | None:
    """The time, or None also where it is unreadable: for what an order can do without."""
    try:
        return moment(text, "", zone)
    except UnreadableRecordError:
        return None
