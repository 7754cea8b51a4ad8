"""Tables that commands write into files for spreadsheet programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from packstation.cli.errors import FAILED, CommandError

if TYPE_CHECKING:
    from packstation.reports.tables import Value


def write_tables(
    columns: Sequence[str], rows: Sequence[Sequence[Value]], csv_file: Path | None, xlsx_file: Path | None
) -> None:
    """Write a table into the files that were asked for.

    Raises:
        CommandError: one cannot be written.
    """
    from packstation.reports.tables import write_csv, write_xlsx

    for file, write in ((csv_file, write_csv), (xlsx_file, write_xlsx)):
        if file is None:
            continue
        try:
            write(file, columns, rows)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", FAILED) from error
