"""What came out of a file: orders, buyers known only by credit notes, and everything that could not be used."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from packstation.domain.cod import IncomingCodLine
from packstation.domain.orders import IncomingBuyer, IncomingOrder, Shop
from packstation.domain.waybills import IncomingWaybill
from packstation.locale import _
from sync.files.errors import shown

_LONGEST_RAW = 2_000


class RejectReason(StrEnum):
    """Why a row was not used."""

    NO_ORDER_NUMBER = "no_order_number"
    NO_PARCEL_NUMBER = "no_parcel_number"
    NO_STATEMENT = "no_statement"
    NO_STATUS = "no_status"
    DAMAGED_NUMBER = "damaged_number"
    REPEATED_ORDER = "repeated_order"
    UNREADABLE_TIME = "unreadable_time"
    UNREADABLE_MONEY = "unreadable_money"
    UNREADABLE_QUANTITY = "unreadable_quantity"
    FRACTIONAL_QUANTITY = "fractional_quantity"
    NEGATIVE_QUANTITY = "negative_quantity"
    POSITIVE_QUANTITY = "positive_quantity"
    BROKEN_ENCODING = "broken_encoding"
    NUL = "nul"
    WRONG_COLUMNS = "wrong_columns"
    TOO_LONG = "too_long"


def reason_text(reason: RejectReason) -> str:
    """The reason in the reader's language."""
    return {
        RejectReason.NO_ORDER_NUMBER: _("no order number"),
        RejectReason.NO_PARCEL_NUMBER: _("neither a tracking number nor an order number"),
        RejectReason.NO_STATEMENT: _("no number of the statement"),
        RejectReason.NO_STATUS: _("no status"),
        RejectReason.DAMAGED_NUMBER: _("a spreadsheet rounded this number; export it again as text"),
        RejectReason.REPEATED_ORDER: _("this order was on an earlier line"),
        RejectReason.UNREADABLE_TIME: _("unreadable date"),
        RejectReason.UNREADABLE_MONEY: _("unreadable amount"),
        RejectReason.UNREADABLE_QUANTITY: _("unreadable quantity"),
        RejectReason.FRACTIONAL_QUANTITY: _("quantity is not a whole number"),
        RejectReason.NEGATIVE_QUANTITY: _("negative quantity outside a credit note"),
        RejectReason.POSITIVE_QUANTITY: _("positive quantity in a credit note"),
        RejectReason.BROKEN_ENCODING: _("letters in another encoding"),
        RejectReason.NUL: _("NUL character"),
        RejectReason.WRONG_COLUMNS: _("not as many columns as the header"),
        RejectReason.TOO_LONG: _("line too long"),
    }[reason]


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that was not used. `line` counts from 1, the header being 1; in a CSV it is the row's first line."""

    line: int
    reason: RejectReason
    text: str
    raw: str


def reject(line: int, reason: RejectReason, raw: str, *, column: str = "", value: str = "") -> Reject:
    """A reject with its text: the reason, and the column and value at fault where one is known."""
    text = reason_text(reason)
    if column:
        text = f"{text} ({shown(column)}: {shown(value)})"
    return Reject(line, reason, text, raw[:_LONGEST_RAW])


def raw_row(cells: Sequence[str]) -> str:
    """The cells as one CSV row, for the rejects."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


class BadCellError(Exception):
    """A cell makes its row unusable."""

    def __init__(self, reason: RejectReason, column: str, value: str) -> None:
        self.reason = reason
        self.column = column
        self.value = value
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class UnmatchedCredit:
    """What of a credit note's line found no order. Amount in minor units, `known_at` in ms UTC."""

    line: int
    number: str
    buyer: str | None
    sku: str
    quantity: int
    amount: int
    known_at: int


@dataclass(slots=True)
class ReadFile:
    """A file read whole, before anything of it is stored.

    `orders` are in the order in which they first appear in the file, each in its final state there. `shop` is where
    they belong unless the person names another. `credit_lines` counts the usable lines of credit notes.
    """

    format: str
    shop: Shop
    orders: list[IncomingOrder] = field(default_factory=list)
    buyers_without_orders: list[IncomingBuyer] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    unmatched: list[UnmatchedCredit] = field(default_factory=list)
    credit_lines: int = 0

    @property
    def dropped_quantity(self) -> int:
        """Pieces on credit notes that found no order."""
        return sum(credit.quantity for credit in self.unmatched)


@dataclass(slots=True)
class ReadStatement:
    """A carrier's COD statement read whole; `shop` is the one whose order numbers it has, empty for any."""

    format: str
    carrier: str
    currency: str
    shop: str
    lines: list[IncomingCodLine] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


@dataclass(slots=True)
class ReadWaybills:
    """A carrier's status file read whole; `shop` is the one whose order numbers it has, empty for any."""

    format: str
    carrier: str
    shop: str
    events: list[IncomingWaybill] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
