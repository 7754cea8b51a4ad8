"""A table as a file for a spreadsheet program: CSV or XLSX, in which no text from outside can be a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from packstation.domain.spreadsheets import harmless_cell

Value = str | int | float | None


def write_csv(file: Path, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write a table as UTF-8 CSV with a mark by which Excel knows it.

    Raises:
        OSError: the file cannot be written.
    """
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([harmless_cell(value) if isinstance(value, str) else value for value in row])


def write_xlsx(file: Path, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write a table as one sheet of a workbook: numbers as numbers, texts as texts whatever they begin with.

    Raises:
        OSError: the file cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(
        str(file), {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    )
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    widths = [len(column) for column in columns]
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, bold)
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, place, value)
            elif value is not None:
                sheet.write_number(line, place, value)
            widths[place] = max(widths[place], len(str(value or "")))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(width + 2, 80))
    sheet.freeze_panes(1, 0)
    try:
        book.close()
    except FileCreateError as error:
        cause = error.__cause__ or error.__context__
        raise cause if isinstance(cause, OSError) else OSError(str(error)) from error
