"""What a file is by its content, and its bytes unpacked within bounds."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, cast

from packstation.locale import _
from sync.files.errors import UnreadableFileError

MOST_TEXT_BYTES = 2 * 1024**3
MOST_WORKBOOK_BYTES = 1024**3
_PIECE = 1024**2

_LOCAL_HEADER = struct.Struct("<26xHH")
_WORKBOOK_NAMES = (".xlsx", ".xlsm")
_TEXT_NAMES = (".csv", ".tsv", ".txt")


class Container(StrEnum):
    """What holds the rows."""

    TEXT = "text"
    WORKBOOK = "workbook"


class _CountedReader(io.RawIOBase):
    """A stream that refuses to give more than `most` bytes."""

    def __init__(self, inner: IO[bytes], most: int, path: Path) -> None:
        self._inner = inner
        self._left = most
        self._path = path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            piece = self._inner.read(len(view))
        except EOFError as error:
            raise cut_off(self._path) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise damaged(self._path) from error
        except OSError as error:
            raise unreadable(self._path, error) from error
        self._left -= len(piece)
        if self._left < 0:
            raise too_large(self._path)
        view[: len(piece)] = piece
        return len(piece)


def cut_off(path: Path) -> UnreadableFileError:
    """The compressed file ends too early."""
    return UnreadableFileError(what=_("the file is cut off"), where=path, remedy=_("download or copy it again"))


def damaged(path: Path) -> UnreadableFileError:
    """The compressed file does not unpack."""
    return UnreadableFileError(what=_("the file is damaged"), where=path, remedy=_("download or copy it again"))


def too_large(path: Path) -> UnreadableFileError:
    """The file unpacks to more than is read."""
    return UnreadableFileError(
        what=_("the file unpacks to more than can be read"), where=path, remedy=_("export a shorter period")
    )


def unreadable(path: Path, error: OSError) -> UnreadableFileError:
    """The system does not let the file be read."""
    return UnreadableFileError(
        what=_("the file cannot be read ({reason})").format(reason=error.strerror or error),
        where=path,
        remedy=_("check its name and your rights to it"),
    )


def _not_what_it_claims(path: Path, claimed: str, found: str) -> UnreadableFileError:
    return UnreadableFileError(
        what=_("the file is not {claimed} but {found}").format(claimed=claimed, found=found),
        where=path,
        remedy=_("export it again as CSV or XLSX"),
    )


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Container, IO[bytes]]]:
    """The file's kind and its bytes, unpacked when it is a .gz.

    A text comes as a stream of at most `MOST_TEXT_BYTES`, a workbook as bytes whose parts were unpacked once to see
    that they stay below `MOST_WORKBOOK_BYTES` (a small file can claim to hold terabytes).

    Raises:
        UnreadableFileError: no such file, empty, cut off, too large, or something else than its name says.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error
    with raw:
        try:
            start = raw.read(8)
            raw.seek(0)
        except OSError as error:
            raise unreadable(path, error) from error
        name = path.name.lower()
        zipped = start.startswith(b"\x1f\x8b")
        if name.endswith(".gz"):
            if not zipped and start:
                raise _not_what_it_claims(path, "gzip", _found(start))
            name = name[:-3]
        inner = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if zipped else raw
        counted = io.BufferedReader(_CountedReader(inner, MOST_TEXT_BYTES, path), _PIECE)
        start = counted.peek(8)[:512]
        if not start:
            raise UnreadableFileError(what=_("the file is empty"), where=path, remedy=_("export it again"))
        kind = _kind(path, name, start)
        if kind is Container.TEXT:
            yield kind, counted
        else:
            yield kind, _checked_workbook(path, counted)


def _kind(path: Path, name: str, start: bytes) -> Container:
    if start.startswith(b"PK\x03\x04"):
        if name.endswith(_TEXT_NAMES):
            raise _not_what_it_claims(path, "CSV", "ZIP/XLSX")
        return Container.WORKBOOK
    if name.endswith(_WORKBOOK_NAMES):
        raise _not_what_it_claims(path, "XLSX", _found(start))
    if _found(start) != _("plain text"):
        raise _not_what_it_claims(path, "CSV", _found(start))
    return Container.TEXT


def _found(start: bytes) -> str:
    if start.startswith(b"%PDF"):
        return "PDF"
    if start.startswith(b"PK"):
        return "ZIP"
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _("an old .xls or a workbook with a password")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    if start.lstrip().lower().startswith((b"<html", b"<!doctype", b"<?xml", b"<table")):
        return "HTML/XML"
    return _("plain text")


def _checked_workbook(path: Path, stream: IO[bytes]) -> IO[bytes]:
    content = stream.read(MOST_WORKBOOK_BYTES + 1)
    if len(content) > MOST_WORKBOOK_BYTES:
        raise too_large(path)
    left = MOST_WORKBOOK_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
        for part in parts:
            left -= _inflated_size(content, part, left)
            if left < 0:
                raise too_large(path)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, ValueError) as error:
        raise damaged(path) from error
    return io.BytesIO(content)


def _inflated_size(content: bytes, part: zipfile.ZipInfo, most: int) -> int:
    """How many bytes a part really unpacks to, not what it claims; stops a little above `most`."""
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(part.filename)
    name_length, extra_length = _LOCAL_HEADER.unpack_from(content, part.header_offset)
    start = part.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    packed: bytes = content[start : start + part.compress_size]
    size = 0
    while packed and size <= most:
        size += len(inflate.decompress(packed, _PIECE))
        packed = inflate.unconsumed_tail
    return size
