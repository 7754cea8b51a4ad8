"""The one way in: a file, whatever it is, read whole before anything of it is stored."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from packstation.domain.orders import Shop
from packstation.locale import _
from sync.files import kiotviet, lazada, shopee, tiktok
from sync.files.errors import ShopDoesNotFitError, UnknownFormatError, UnreadableFileError, shown
from sync.files.mapped_orders import read_mapped
from sync.files.mapping import Mapping, load_mapping, mapping_names
from sync.files.result import ReadFile, Reject
from sync.files.table import Header, Sheet, Table, opened

AUTO = "auto"
_ANY_CHANNEL = "file"
DELIMITERS = {"auto": None, "comma": ",", "semicolon": ";", "tab": "\t"}


class AnyFormat(Protocol):
    """A kind of file: how it is recognised, and how its container is opened."""

    @property
    def name(self) -> str:
        """What `--format` calls it."""

    @property
    def fits(self) -> Callable[[Header], bool]:
        """Whether a file with these columns is one."""

    @property
    def encoding(self) -> str:
        """Of a text."""

    @property
    def delimiter(self) -> str | None:
        """Of a text; None to find it out."""

    @property
    def sheet(self) -> Sheet:
        """Of a workbook."""


AFormat = TypeVar("AFormat", bound=AnyFormat)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file with orders, and how its rows are read."""

    name: str
    shop: Shop
    fits: Callable[[Header], bool]
    read: Callable[[Table, ReadFile], None]
    encoding: str = "utf-8"
    delimiter: str | None = None
    sheet: Sheet = "by_header"


_EXPORTS = tuple(
    Format(module.NAME, module.SHOP, module.fits, module.read) for module in (shopee, tiktok, lazada, kiotviet)
)


def format_names(formats_folder: Path | None = None) -> list[str]:
    """The names that `read_file` takes as a format: mappings of the folder, then the seller centres' exports."""
    return list(dict.fromkeys([*mapping_names(formats_folder), *(export.name for export in _EXPORTS)]))


def recognise(path: Path, *, formats_folder: Path | None = None) -> str:
    """The name of the format that the file's headers tell; a mapping goes before an export of the same headers.

    Raises:
        UnreadableFileError: no readable CSV or XLSX.
        UnknownFormatError: no known format has these headers.
        MappingError: a mapping in the folder has a mistake.
    """
    return recognised(path, order_formats(formats_folder)).name


def read_file(
    path: Path, format: str = AUTO, shop: Shop | None = None, *, formats_folder: Path | None = None
) -> ReadFile:
    """Read a file whole: orders, buyers with credit notes only, rejects, unmatched credit notes.

    Args:
        path: a CSV or XLSX, or either as .gz.
        format: "auto", or one of `format_names`.
        shop: where the orders go, instead of the format's own shop. Times in the file stay the format's zone's.
        formats_folder: the folder of mapping files.

    Raises:
        UnreadableFileError: no readable CSV or XLSX, also when that shows only further down the file.
        UnknownFormatError: no such format, or no known format has these headers.
        NotThisFormatError: the file lacks what the format needs.
        ShopDoesNotFitError: the shop is on another channel or keeps another currency.
        MappingError: a mapping has a mistake.
    """
    if format == AUTO:
        return read_orders(path, recognised(path, order_formats(formats_folder)), shop)
    return read_orders(path, named(format, order_formats(formats_folder)), shop)


def read_orders(path: Path, chosen: Format, shop: Shop | None = None) -> ReadFile:
    """Read a file whole as the format says.

    Raises:
        UnreadableFileError, NotThisFormatError, ShopDoesNotFitError: as `read_file`.
    """
    if shop is not None:
        _check_shop(path, shop, chosen.shop)
    read = ReadFile(chosen.name, shop or chosen.shop)
    with _collecting_no_garbage(), opened_as(path, chosen, read.rejects.append) as table:
        chosen.read(table, read)
    read.rejects.sort(key=lambda one: one.line)
    return read


@contextmanager
def _collecting_no_garbage() -> Iterator[None]:
    """A big file is a million objects that all stay, in no cycles: looking for garbage among them costs a third more."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def order_formats(folder: Path | None) -> list[Format]:
    """Every format of orders: the folder's mappings, then the exports.

    Raises:
        MappingError: a mapping has a mistake.
    """
    mapped = [_of_mapping(name, load_mapping(folder, name)) for name in mapping_names(folder) if folder is not None]
    return [*mapped, *_EXPORTS]


def named(name: str, formats: Sequence[AFormat]) -> AFormat:
    """The format of that name.

    Raises:
        UnknownFormatError: there is none.
    """
    found = next((one for one in formats if one.name == name), None)
    if found is None:
        raise UnknownFormatError(
            what=_("no format is called {name}").format(name=shown(name)),
            where="--format",
            remedy=_("use one of {names}").format(names=", ".join([AUTO, *(one.name for one in formats)])),
        )
    return found


def _of_mapping(name: str, mapping: Mapping) -> Format:
    def fits(header: Header) -> bool:
        return header.has(mapping.file.recognised_by)

    def read(table: Table, into: ReadFile) -> None:
        read_mapped(table, mapping, into)

    keys = mapping.file
    return Format(name, mapping.as_shop(), fits, read, keys.encoding, DELIMITERS[keys.delimiter], keys.sheet)


def opened_as(path: Path, one: AnyFormat, rejects: Callable[[Reject], None]) -> AbstractContextManager[Table]:
    """The file's table, opened as a format says.

    Raises:
        UnreadableFileError: no readable CSV or XLSX.
    """
    return opened(path, fits=one.fits, rejects=rejects, encoding=one.encoding, delimiter=one.delimiter, sheet=one.sheet)


def _check_shop(path: Path, wanted: Shop, of_format: Shop) -> None:
    if wanted.currency != of_format.currency:
        what = _("the file's amounts are {currency}").format(currency=of_format.currency)
    elif wanted.channel != of_format.channel and of_format.channel != _ANY_CHANNEL:
        what = _("the file's orders come from {channel}").format(channel=of_format.channel)
    else:
        return
    raise ShopDoesNotFitError(
        what=what,
        where=path,
        remedy=_("shop {name} is on {channel} and keeps {currency}; name another with --shop").format(
            name=shown(wanted.name), channel=shown(wanted.channel), currency=shown(wanted.currency)
        ),
    )


def recognised(path: Path, formats: Sequence[AFormat]) -> AFormat:
    """The first format whose headers are there; each way of opening the file is tried once.

    Raises:
        UnreadableFileError: no readable CSV or XLSX.
        UnknownFormatError: no format has these headers.
    """
    unreadable: UnreadableFileError | None = None
    was_read = False
    for encoding, delimiter, sheet in dict.fromkeys((one.encoding, one.delimiter, one.sheet) for one in formats):
        alike = [one for one in formats if (one.encoding, one.delimiter, one.sheet) == (encoding, delimiter, sheet)]

        def fits(header: Header, those: list[AFormat] = alike) -> bool:
            return any(one.fits(header) for one in those)

        try:
            with opened(path, fits=fits, encoding=encoding, delimiter=delimiter, sheet=sheet) as table:
                was_read = True
                fitting = [one for one in alike if one.fits(table.header)]
        except UnreadableFileError as error:
            unreadable = unreadable or error
            continue
        if fitting:
            return fitting[0]
    if unreadable is not None and not was_read:
        raise unreadable
    raise UnknownFormatError(
        what=_("no known format has these headers"),
        where=path,
        remedy=_("write a mapping for it, or name one of {names} with --format").format(
            names=", ".join(one.name for one in formats)
        ),
    )
