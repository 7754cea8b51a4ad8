"""Any file that can be imported: orders, a carrier's COD statement, or its status file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sync.files.carrier_files import read_statement, read_waybills
from sync.files.carrier_mapping import (
    StatementMapping,
    WaybillMapping,
    load_statement_mapping,
    load_waybill_mapping,
    statement_names,
    waybill_names,
)
from sync.files.reading import AUTO, DELIMITERS, Format, named, opened_as, order_formats, read_orders, recognised
from sync.files.result import ReadFile, ReadStatement, ReadWaybills
from sync.files.table import Header, Sheet

ReadAny = ReadFile | ReadStatement | ReadWaybills


@dataclass(frozen=True, slots=True)
class CarrierFormat:
    """A kind of file that a carrier sends."""

    name: str
    mapping: StatementMapping | WaybillMapping

    @property
    def fits(self) -> Callable[[Header], bool]:
        """Whether a file with these columns is one."""
        return lambda header: header.has(self.mapping.file.recognised_by)

    @property
    def encoding(self) -> str:
        """Of a text."""
        return self.mapping.file.encoding

    @property
    def delimiter(self) -> str | None:
        """Of a text; None to find it out."""
        return DELIMITERS[self.mapping.file.delimiter]

    @property
    def sheet(self) -> Sheet:
        """Of a workbook."""
        return self.mapping.file.sheet


def read_any_file(path: Path, format: str = AUTO, *, formats_folder: Path | None = None) -> ReadAny:
    """Read a file whole, whatever it is.

    Args:
        path: a CSV or XLSX, or either as .gz.
        format: "auto", or a format's name.
        formats_folder: the folder of mapping files.

    Raises:
        UnreadableFileError: no readable CSV or XLSX, also when that shows only further down the file.
        UnknownFormatError: no such format, or no known format has these headers.
        NotThisFormatError: the file lacks what the format needs.
        MappingError: a mapping has a mistake.
    """
    formats: list[Format | CarrierFormat] = [*_carrier_formats(formats_folder), *order_formats(formats_folder)]
    chosen = recognised(path, formats) if format == AUTO else named(format, formats)
    return read_orders(path, chosen) if isinstance(chosen, Format) else _read_carriers(path, chosen)


def _carrier_formats(folder: Path | None) -> Iterator[CarrierFormat]:
    if folder is None:
        return
    for name in statement_names(folder):
        yield CarrierFormat(name, load_statement_mapping(folder, name))
    for name in waybill_names(folder):
        yield CarrierFormat(name, load_waybill_mapping(folder, name))


def _read_carriers(path: Path, chosen: CarrierFormat) -> ReadStatement | ReadWaybills:
    read: ReadStatement | ReadWaybills
    mapping = chosen.mapping
    if isinstance(mapping, StatementMapping):
        carrier = mapping.carrier
        read = ReadStatement(chosen.name, carrier.name, carrier.currency, carrier.shop)
        with opened_as(path, chosen, read.rejects.append) as table:
            read_statement(table, mapping, read)
    else:
        read = ReadWaybills(chosen.name, mapping.carrier.name, mapping.carrier.shop)
        with opened_as(path, chosen, read.rejects.append) as table:
            read_waybills(table, mapping, read)
    read.rejects.sort(key=lambda one: one.line)
    return read
