"""A table out of any container: a header whose columns are found by name, and rows of text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Literal

from packstation.locale import _
from sync.files.delimited import DelimitedRows
from sync.files.errors import UnreadableFileError
from sync.files.result import Reject, RejectReason, raw_row, reject
from sync.files.unpacking import Container, unpacked
from sync.files.workbook import Workbook

Sheet = Literal["first", "last", "by_header"]

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")


def tidy(name: str) -> str:
    """A column name as it is compared: composed letters, single spaces, nothing invisible, no quotes around."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", name)).split())


class Header:
    """Column names, in order."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(tidy(name) for name in names)
        self._folded = tuple(name.casefold() for name in self.names)

    def has(self, names: Iterable[str]) -> bool:
        """Whether every one of these columns is there, whatever its letter case."""
        return all(tidy(name).casefold() in self._folded for name in names)

    def place(self, name: str) -> int | None:
        """Where the column is: by its exact name, else by its name in any letter case."""
        wanted = tidy(name)
        if wanted in self.names:
            return self.names.index(wanted)
        folded = wanted.casefold()
        return self._folded.index(folded) if folded in self._folded else None

    def places(self, fields: Mapping[str, Sequence[str]]) -> dict[str, int]:
        """Where each field's column is, by the first of its names that is there.

        Exact names of all fields come first, then names in any letter case among the columns left over: two columns
        of one export may differ by the case of one letter only. A name that stands twice serves two fields, in order.
        """
        found: dict[str, int] = {}
        for names, spell in ((self.names, tidy), (self._folded, _folded)):
            for field, aliases in fields.items():
                if field not in found:
                    place = self._first_free([spell(alias) for alias in aliases], names, found.values())
                    if place is not None:
                        found[field] = place
        return found

    @staticmethod
    def _first_free(aliases: list[str], names: tuple[str, ...], taken: Iterable[int]) -> int | None:
        busy = set(taken)
        for alias in aliases:
            for place, name in enumerate(names):
                if name == alias and place not in busy:
                    return place
        return None


def _folded(name: str) -> str:
    return tidy(name).casefold()


@dataclass(slots=True)
class Table:
    """One table. `rows` can be walked once: line number (1-based, the header's row counts) and the cells."""

    path: Path
    header: Header
    rows: Iterator[tuple[int, list[str]]]
    is_workbook: bool


@contextmanager
def opened(
    path: Path,
    *,
    fits: Callable[[Header], bool],
    rejects: Callable[[Reject], None] = lambda _reject: None,
    encoding: str = "utf-8",
    delimiter: str | None = None,
    sheet: Sheet = "by_header",
) -> Iterator[Table]:
    """The table of a file that `fits`, open while the context lasts; where none does, its first one.

    Raises:
        UnreadableFileError: no such file, or no readable CSV or XLSX. Also raised while rows are walked.
    """
    with unpacked(path) as (container, stream):
        if container is Container.TEXT:
            rows = DelimitedRows(stream, path, encoding, delimiter, rejects)
            yield Table(path, Header(rows.header), iter(rows), is_workbook=False)
        else:
            table = _sheet_of(Workbook(stream, path), path, fits, sheet)
            table.rows = _without_nul(table.rows, rejects)
            yield table


def _without_nul(
    rows: Iterator[tuple[int, list[str]]], rejects: Callable[[Reject], None]
) -> Iterator[tuple[int, list[str]]]:
    """The rows but those with a NUL, which a workbook can spell in its text; a CSV's are rejected with their line."""
    for line, cells in rows:
        if "\0" in "".join(cells):
            rejects(reject(line, RejectReason.NUL, raw_row(cells)))
        else:
            yield line, cells


def _sheet_of(book: Workbook, path: Path, fits: Callable[[Header], bool], sheet: Sheet) -> Table:
    names = {"first": book.sheets[:1], "last": book.sheets[-1:], "by_header": book.sheets}[sheet]
    best: Table | None = None
    for name in names:
        rows = book.rows(name)
        start = list(islice(rows, 2))
        if not start:
            continue
        table = Table(path, Header(start[0][1]), chain(start[1:], rows), is_workbook=True)
        if fits(table.header) and len(start) > 1:
            return table
        if best is None or (fits(table.header) and not fits(best.header)):
            best = table
    if best is None:
        raise UnreadableFileError(what=_("the file is empty"), where=path, remedy=_("export it again"))
    return best
