"""The rejects file: a CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from packstation.domain.spreadsheets import harmless_cell
from sync.files.result import Reject


def write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    r"""Write line, reason, text and the raw row, UTF-8 with a byte order mark.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front; bytes that are no text are shown
    as `\xNN`.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("line", "reason", "text", "raw"))
        for one in rejects:
            writer.writerow((one.line, one.reason.value, _harmless(one.text), _harmless(one.raw)))


def _harmless(text: str) -> str:
    escaped = "".join(f"\\x{ord(letter) - 0xDC00:02x}" if "\udc80" <= letter <= "\udcff" else letter for letter in text)
    return harmless_cell(escaped.replace("\0", "\\x00"))
