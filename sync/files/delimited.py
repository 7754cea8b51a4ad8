"""CSV rows with their line numbers; a bad line costs itself, never the rest of the file."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from packstation.locale import _
from sync.files.errors import UnreadableFileError
from sync.files.result import Reject, RejectReason, reject

DELIMITERS = (",", ";", "\t")

_PIECE = 256 * 1024
_LONGEST_LINE = 1_000_000
_MOST_LINES_IN_A_ROW = 1_000
_BROKEN = re.compile("[\udc80-\udcff]")


class _TooManyLinesError(Exception):
    """A quote was opened and not closed for very long."""


class _Lines:
    """Physical lines for the CSV reader: bounded, remembered while their row is read, and put back when it is bad."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)("surrogateescape")
        self._source = self._read(stream, io.IncrementalNewlineDecoder(decoder, translate=True))
        self._again: deque[str] = deque()
        self._read_so_far = 0
        self.of_row: list[str] = []
        self.bad: dict[int, RejectReason] = {}

    def __iter__(self) -> Iterator[str]:
        """The lines put back, then those still unread. A fresh walk is needed after each `put_back_all_but_first`."""
        again, of_row = self._again, self.of_row
        while again:
            of_row.append(again.popleft())
            yield of_row[-1]
        for line in self._source:
            of_row.append(line)
            if len(of_row) > _MOST_LINES_IN_A_ROW:
                raise _TooManyLinesError
            yield line

    def put_back_all_but_first(self) -> None:
        """Let every line of the row but its first be read again."""
        self._again.extendleft(reversed(self.of_row[1:]))
        del self.of_row[1:]

    def _read(self, stream: IO[bytes], decoder: io.IncrementalNewlineDecoder) -> Iterator[str]:
        rest = ""
        skipping = False
        ended = False
        while not ended:
            piece = stream.read(_PIECE)
            ended = not piece
            text = decoder.decode(piece, final=ended)
            if skipping:
                _skipped, newline, text = text.partition("\n")
                if not newline:
                    continue
                skipping = False
            lines = (rest + text).split("\n")
            rest = lines.pop()
            if ended and rest:
                lines.append(rest)
            elif len(rest) > _LONGEST_LINE:
                lines.append(rest[:_PIECE])
                self.bad[self._read_so_far + len(lines)] = RejectReason.TOO_LONG
                rest, skipping = "", True
            self._mark_bad(lines)
            self._read_so_far += len(lines)
            for line in lines:
                yield line + "\n"

    def _mark_bad(self, lines: list[str]) -> None:
        joined = "".join(lines)
        if "\0" not in joined and not _BROKEN.search(joined):
            return
        for place, line in enumerate(lines, self._read_so_far + 1):
            if "\0" in line:
                self.bad.setdefault(place, RejectReason.NUL)
            elif _BROKEN.search(line):
                self.bad.setdefault(place, RejectReason.BROKEN_ENCODING)


class DelimitedRows:
    """The header and the rows of a CSV.

    Args:
        stream: the bytes, from the start.
        path: for messages.
        encoding: a codec's name; a UTF-8 byte order mark is skipped.
        delimiter: one of `DELIMITERS`, or None to take the one that gives the header most columns.
        rejects: gets a reject for every line that is no row.

    Raises:
        UnreadableFileError: no header, or one that is not text.
    """

    def __init__(
        self, stream: IO[bytes], path: Path, encoding: str, delimiter: str | None, rejects: Callable[[Reject], None]
    ) -> None:
        self._lines = _Lines(stream, encoding)
        self._reject = rejects
        self._line = 0
        self.header = self._read_header(path, encoding, delimiter)

    def _read_header(self, path: Path, encoding: str, delimiter: str | None) -> list[str]:
        first = ""
        for line in self._lines:
            self._line += 1
            self._lines.of_row.clear()
            if line.strip():
                first = line
                break
        if not first:
            raise UnreadableFileError(what=_("the file is empty"), where=path, remedy=_("export it again"))
        if self._line in self._lines.bad:
            raise UnreadableFileError(
                what=_("the first line is no text in {encoding}").format(encoding=encoding),
                where=path,
                remedy=_("save it as CSV UTF-8, or name its encoding in the mapping"),
            )
        self._delimiter = delimiter or max(DELIMITERS, key=lambda sign: len(next(csv.reader([first], delimiter=sign))))
        return next(csv.reader([first], delimiter=self._delimiter))

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row; as many cells as the header has."""
        lines, bad, width = self._lines, self._lines.bad, len(self.header)
        of_row = lines.of_row
        reader = csv.reader(lines, delimiter=self._delimiter)
        while True:
            of_row.clear()
            cells: list[str] = []
            fault: RejectReason | None = None
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                fault = RejectReason.TOO_LONG
            except _TooManyLinesError:
                fault = RejectReason.WRONG_COLUMNS
            first = self._line + 1
            if len(cells) != width and fault is None:
                if not cells:
                    self._line += len(of_row)
                    continue
                fault = self._wrong_width(cells, width)
            if bad:
                fault = self._fault_of_lines(first) or fault
            if fault is None:
                self._line += len(of_row)
                yield first, cells
                continue
            if len(of_row) > 1:
                lines.put_back_all_but_first()
                reader = csv.reader(lines, delimiter=self._delimiter)
            self._line = first
            if of_row[0].strip():
                self._reject(reject(first, fault, of_row[0].rstrip("\n")))

    @staticmethod
    def _wrong_width(cells: list[str], width: int) -> RejectReason | None:
        """Empty cells too many are forgiven, spreadsheets append them."""
        if len(cells) < width or any(cells[width:]):
            return RejectReason.WRONG_COLUMNS
        del cells[width:]
        return None

    def _fault_of_lines(self, first: int) -> RejectReason | None:
        for line in range(first, first + len(self._lines.of_row)):
            if line in self._lines.bad:
                return self._lines.bad[line]
        return None
