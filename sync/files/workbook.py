"""XLSX rows as text: ids keep every digit they still have, dates become ISO, numbers their shortest decimal form."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import python_calamine

from packstation.locale import _
from sync.files.errors import UnreadableFileError
from sync.files.unpacking import damaged, too_large

Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta

_MOST_CELLS = 60_000_000
_EXACT_IN_A_SPREADSHEET = 10**15
_PIECE = 4 * 1024**2
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]{0,200}?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")


class NumberCell(str):
    """A cell that the workbook keeps as a number: its point is a decimal point, whatever the mapping says."""

    __slots__ = ()


class TimeCell(str):
    """A cell that the workbook keeps as a date: ISO 8601 without an offset, whatever the mapping says."""

    __slots__ = ()


class Workbook:
    """The sheets of a workbook.

    Raises:
        UnreadableFileError: no workbook, or one so spread out that it would not fit in memory.
    """

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._path = path
        content = stream.read()
        _check_extent(content, path)
        try:
            self._book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise _no_workbook(path) from error
        self.sheets = [
            sheet.name for sheet in self._book.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        if not self.sheets:
            raise _no_workbook(path)

    def rows(self, sheet: str) -> Iterator[tuple[int, list[str]]]:
        """Row number (1-based, as in the spreadsheet) and cells of every row that is not empty, the header first.

        Every row has the header's width.
        """
        try:
            table = self._book.get_sheet_by_name(sheet)
            rows = table.iter_rows() if table.start is not None else iter(())
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise damaged(self._path) from error
        width: int | None = None
        for number, values in enumerate(rows, 1):
            cells = [value if type(value) is str else cell_text(value) for value in values]
            if not any(cells):
                continue
            if width is None:
                width = max(place for place, cell in enumerate(cells, 1) if cell)
            yield number, cells[:width]


def cell_text(value: Value) -> str:
    """One value as text.

    Whole numbers lose their `.0`; those beyond a spreadsheet's 15 digits stay in exponent form so that they are seen
    to be rounded; dates and times become ISO 8601.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        if abs(value) >= _EXACT_IN_A_SPREADSHEET:
            return NumberCell(f"{value:.14E}")
        return NumberCell(int(value) if value == int(value) else repr(value))
    if isinstance(value, datetime.datetime):
        return TimeCell(value.isoformat())
    if isinstance(value, datetime.date):
        return TimeCell(f"{value.isoformat()}T00:00:00")
    return str(value)


def _no_workbook(path: Path) -> UnreadableFileError:
    return UnreadableFileError(
        what=_("the file is no XLSX workbook"), where=path, remedy=_("open it in a spreadsheet and save it as .xlsx")
    )


def _check_extent(content: bytes, path: Path) -> None:
    """Refuse a sheet whose outermost cells span more than can be held: the reader keeps the empty ones between too."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.infolist():
            if not re.match(r"/?xl/worksheets/[^/]+\.xml$", part.filename, re.IGNORECASE):
                continue
            try:
                with archive.open(part) as sheet:
                    extent = _extent(sheet)
            except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
                raise damaged(path) from error
            if extent > _MOST_CELLS:
                raise too_large(path)


def _extent(sheet: IO[bytes]) -> int:
    columns: set[bytes] = set()
    last_row = 0
    rest = b""
    while piece := sheet.read(_PIECE):
        text = rest + piece
        cut = text.rfind(b"<") if len(text) < 2 * _PIECE else len(text)
        found = _CELL.findall(text, 0, cut)
        rest = text[cut:]
        columns.update(column for column, _row in found)
        last_row = max(last_row, max((int(row) for _column, row in found), default=0))
    return last_row * max((_place(column) for column in columns), default=0)


def _place(column: bytes) -> int:
    place = 0
    for letter in column:
        place = place * 26 + letter - ord("A") + 1
    return place
