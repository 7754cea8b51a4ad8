"""Rows of a seller centre's export gathered into orders; what all those exports have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from packstation.domain.orders import IncomingBuyer, IncomingOrder, IncomingParcel, Shop, Status, TimedStatus
from packstation.locale import _
from sync.files.cells import NOTHING, ClockReader, MoneyReader, is_rounded_id, quantity_of
from sync.files.errors import NotThisFormatError
from sync.files.result import BadCellError, ReadFile, RejectReason, raw_row, reject
from sync.files.status_words import folded
from sync.files.table import Header, Table

ZONE = "Asia/Ho_Chi_Minh"
CURRENCY = "VND"
DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d/%m/%Y")
MONTH_FIRST = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y")
NAMED_MONTH = ("%d %b %Y %H:%M:%S", "%d %b %Y %H:%M", "%d %B %Y %H:%M", "%b %d, %Y %H:%M:%S")

Fields = Mapping[str, Sequence[str]]
"""For each field of an export, the column names it goes by."""

Line = TypeVar("Line")

_COD = ("cod", "cash on delivery", "cashondelivery", "thanh toan khi nhan hang", "thanh toan khi giao hang", "thu ho")


def vietnamese_shop(channel: str) -> Shop:
    """The shop that an export of this channel belongs to unless the person names one."""
    return Shop(channel, channel, CURRENCY, ZONE)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a table hold an export's fields, and how their cells are read."""

    header: Header
    places: Mapping[str, int]
    clock: ClockReader
    money: MoneyReader


class Row:
    """One row, read by field. A field whose column is not in the export is empty."""

    __slots__ = ("_cells", "_columns", "line")

    def __init__(self, line: int, cells: list[str], columns: Columns) -> None:
        self.line = line
        self._cells = cells
        self._columns = columns

    def text(self, field: str) -> str:
        """The cell without spaces and tabs around; "" where the export says nothing."""
        place = self._columns.places.get(field)
        text = "" if place is None else self._cells[place].strip()
        return "" if text in NOTHING else text

    def time(self, field: str) -> int | None:
        """Milliseconds UTC, or None where the export says nothing.

        Raises:
            BadCellError: there is something, and it is no time.
        """
        return self._columns.clock.read_if_any(self._cell(field), self.column(field))

    def time_if_readable(self, field: str) -> int | None:
        """The time of a field that is nice to have."""
        try:
            return self.time(field)
        except BadCellError:
            return None

    def required_time(self, field: str) -> int:
        """Milliseconds UTC.

        Raises:
            BadCellError: no time.
        """
        return self._columns.clock.read(self._cell(field), self.column(field))

    def amount(self, field: str) -> int | None:
        """Minor units, or None where the export says nothing.

        Raises:
            BadCellError: there is something, and it is no amount.
        """
        return self._columns.money.read_if_any(self._cell(field), self.column(field))

    def quantity(self, field: str) -> int:
        """Whole pieces; an export has no negative ones.

        Raises:
            BadCellError: no whole number, or a negative one.
        """
        pieces = quantity_of(self._cell(field), self.column(field))
        if pieces < 0:
            raise BadCellError(RejectReason.NEGATIVE_QUANTITY, self.column(field), self._cell(field))
        return pieces

    def has(self, field: str) -> bool:
        """Whether the export has the column."""
        return field in self._columns.places

    def column(self, field: str) -> str:
        """The column's name in this export."""
        place = self._columns.places.get(field)
        return field if place is None else self._columns.header.names[place]

    def raw(self) -> str:
        """The row as CSV, for the rejects."""
        return raw_row(self._cells)

    def _cell(self, field: str) -> str:
        place = self._columns.places.get(field)
        return "" if place is None else self._cells[place]


def columns_of(table: Table, fields: Fields, required: Iterable[str], formats: Sequence[str]) -> Columns:
    """Find the fields' columns.

    Raises:
        NotThisFormatError: a required one is missing.
    """
    places = table.header.places(fields)
    missing = [field for field in required if field not in places]
    if missing:
        raise NotThisFormatError(
            what=_("the file has no column {column}").format(column=fields[missing[0]][0]),
            where=table.path,
            remedy=_("export it again with all columns"),
        )
    clock = ClockReader(ZONE, formats, iso=True, serials=table.is_workbook)
    return Columns(table.header, places, clock, MoneyReader(CURRENCY, None))


def gather(
    rows: Iterable[tuple[int, list[str]]],
    columns: Columns,
    read: ReadFile,
    read_line: Callable[[Row], Line],
    read_order: Callable[[str, list[tuple[Row, Line]]], IncomingOrder],
) -> None:
    """Group the rows by the field `number`, read each line, then each order of what is left.

    A row whose own cells are bad is rejected alone; an order whose values are bad goes with all its rows.
    """
    orders: dict[str, list[tuple[Row, Line]]] = {}
    for line, cells in rows:
        row = Row(line, cells, columns)
        try:
            number = row.text("number")
            if not number:
                raise BadCellError(RejectReason.NO_ORDER_NUMBER, "", "")
            if is_rounded_id(number):
                raise BadCellError(RejectReason.DAMAGED_NUMBER, row.column("number"), number)
            row.required_time("placed")
            item = read_line(row)
            orders.setdefault(number, []).append((row, item))
        except BadCellError as bad:
            read.rejects.append(reject(line, bad.reason, row.raw(), column=bad.column, value=bad.value))
    for number, lines in orders.items():
        try:
            read.orders.append(read_order(number, lines))
        except BadCellError as bad:
            for row, _line in lines:
                read.rejects.append(reject(row.line, bad.reason, row.raw(), column=bad.column, value=bad.value))
    read.rejects.sort(key=lambda one: one.line)


def first_text(rows: Sequence[Row], field: str) -> str:
    """The first of the rows' cells that says something: some exports fill order values on the first row only."""
    return next((text for row in rows if (text := row.text(field))), "")


def parcels_of(rows: Sequence[Row]) -> tuple[IncomingParcel, ...]:
    """The packages named on the rows, each once (fields `package`, `tracking`, `carrier`)."""
    found = [
        IncomingParcel(
            row.text("package") or None, row.text("tracking").replace(" ", "") or None, row.text("carrier") or None
        )
        for row in rows
    ]
    return tuple(dict.fromkeys(parcel for parcel in found if parcel.package or parcel.tracking))


def vouchers_of(rows: Sequence[Row], fields: Iterable[str]) -> tuple[str, ...]:
    """The vouchers on the rows, each once: a code as it is, an amount under its column's name; zero is none."""
    found = []
    for row in rows:
        for field in fields:
            text = row.text(field)
            if text.strip("0.,"):
                is_amount = text.replace(".", "").replace(",", "").isdigit()
                found.append(f"{row.column(field)}: {text}" if is_amount else text)
    return tuple(dict.fromkeys(found))


def is_cod(payment: str) -> bool | None:
    """Whether the words for a way of payment mean cash on delivery; None where there are none."""
    if not payment:
        return None
    return any(word in folded(payment) for word in _COD)


def profile(identity: str, name: str, phone: str, email: str = "") -> IncomingBuyer | None:
    """The buyer, or None when nothing at all is known.

    An id of 0 is a guest's; one that the channel masked is many people's, so it is no id.
    """
    known = identity if identity.strip("0") and "*" not in identity else None
    if known is None and not (name or phone or email):
        return None
    return IncomingBuyer(known, name, phone, email)


def timeline(current: TimedStatus, before: Iterable[tuple[Status, int | None]]) -> tuple[TimedStatus, ...]:
    """The statuses an export lets us know: those with a time of their own, then the current one, always last."""
    passed = [
        TimedStatus(status, "", at)
        for status, at in before
        if at is not None and status is not current.status and (current.known_at is None or at <= current.known_at)
    ]
    return (*sorted(passed, key=lambda one: one.known_at or 0), current)
