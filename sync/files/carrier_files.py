"""Lines of COD statements and status files out of a table, by a mapping."""

from __future__ import annotations

from dataclasses import dataclass, field

from packstation.domain.cod import IncomingCodLine
from packstation.domain.orders import FailureCause
from packstation.domain.times import from_ms
from packstation.domain.waybills import IncomingWaybill, WaybillMeaning
from packstation.locale import _
from sync.files.carrier_mapping import ParcelColumnKeys, StatementMapping, WaybillMapping
from sync.files.cells import NOTHING, ClockReader, MoneyReader, is_rounded_id
from sync.files.errors import NotThisFormatError, shown
from sync.files.result import BadCellError, ReadStatement, ReadWaybills, RejectReason, raw_row, reject
from sync.files.status_words import failed_delivery, folded
from sync.files.table import Table


def read_statement(table: Table, mapping: StatementMapping, read: ReadStatement) -> None:
    """Read every line into `read`.

    Raises:
        NotThisFormatError: the table lacks a column that the mapping reads.
        UnreadableFileError: the file ends or breaks while it is read.
    """
    columns = mapping.columns
    at = _places(table, columns)
    clock = ClockReader(mapping.carrier.zone, mapping.time.formats, iso=False, serials=table.is_workbook)
    money = MoneyReader(mapping.carrier.currency, mapping.money.decimal, mapping.money.thousands)
    for line, cells in table.rows:
        try:
            tracking, number = _numbers(table, at, cells)
            paid_at = clock.read(cells[at["paid"]], columns.paid)
            fee = money.read_if_any(cells[at["fee"]], columns.fee or "") if "fee" in at else None
            amount = money.read(cells[at["amount"]], columns.amount)
            if "statement" in at:
                statement = _told(cells[at["statement"]], RejectReason.NO_STATEMENT)
            else:
                statement = from_ms(paid_at, mapping.carrier.zone).date().isoformat()
            read.lines.append(IncomingCodLine(statement, tracking, number, amount, fee, paid_at))
        except BadCellError as bad:
            read.rejects.append(reject(line, bad.reason, raw_row(cells), column=bad.column, value=bad.value))


def read_waybills(table: Table, mapping: WaybillMapping, read: ReadWaybills) -> None:
    """Read every line into `read`.

    Raises:
        NotThisFormatError: the table lacks a column that the mapping reads.
        UnreadableFileError: the file ends or breaks while it is read.
    """
    columns = mapping.columns
    at = _places(table, columns)
    clock = ClockReader(mapping.carrier.zone, mapping.time.formats, iso=False, serials=table.is_workbook)
    words = _Words(mapping)
    for line, cells in table.rows:
        try:
            tracking, number = _numbers(table, at, cells)
            word = _told(cells[at["status"]], RejectReason.NO_STATUS)
            reason = cells[at["reason"]].strip() if "reason" in at else ""
            known_at = clock.read(cells[at["at"]], columns.at)
            meaning = words.meaning(word)
            cause = words.cause(meaning, "" if reason in NOTHING else reason)
            read.events.append(IncomingWaybill(tracking, number, word, reason, meaning, cause, known_at))
        except BadCellError as bad:
            read.rejects.append(reject(line, bad.reason, raw_row(cells), column=bad.column, value=bad.value))


@dataclass(slots=True)
class _Words:
    """A carrier's words as the mapping has them, compared without accents and letter case."""

    mapping: WaybillMapping
    _meanings: dict[str, WaybillMeaning] = field(init=False)
    _causes: dict[str, FailureCause] = field(init=False)

    def __post_init__(self) -> None:
        self._meanings = {folded(word): meaning for word, meaning in self.mapping.words.items()}
        self._causes = {folded(word): cause for word, cause in self.mapping.reasons.items()}

    def meaning(self, word: str) -> WaybillMeaning | None:
        return self._meanings.get(folded(word))

    def cause(self, meaning: WaybillMeaning | None, reason: str) -> FailureCause | None:
        """Whose fault a failure is: by the mapping's own reasons, else by words that carriers commonly use."""
        if not reason or meaning not in _FAILING:
            return None
        told = folded(reason)
        own = next((cause for word, cause in self._causes.items() if told.startswith(word)), None)
        return own or failed_delivery(reason).cause


_FAILING = frozenset({WaybillMeaning.FAILED_ONCE, WaybillMeaning.RETURNING, WaybillMeaning.RETURNED})


def _places(table: Table, columns: ParcelColumnKeys) -> dict[str, int]:
    missing = next((name for name in columns.names() if table.header.place(name) is None), None)
    if missing is not None:
        raise NotThisFormatError(
            what=_("the file has no column {column}").format(column=shown(missing)),
            where=table.path,
            remedy=_("choose another format, or name the file's own column in the mapping"),
        )
    named = columns.model_dump(exclude_none=True)
    return {key: place for key, name in named.items() if (place := table.header.place(name)) is not None}


def _numbers(table: Table, at: dict[str, int], cells: list[str]) -> tuple[str, str]:
    """The tracking number and the order's; one of them may be empty."""
    found = []
    for key in ("tracking", "number"):
        place = at.get(key)
        text = "" if place is None else cells[place].strip()
        if place is not None and is_rounded_id(text):
            raise BadCellError(RejectReason.DAMAGED_NUMBER, table.header.names[place], text)
        found.append("" if text in NOTHING else text)
    if not any(found):
        raise BadCellError(RejectReason.NO_PARCEL_NUMBER, "", "")
    return found[0], found[1]


def _told(cell: str, otherwise: RejectReason) -> str:
    text = cell.strip()
    if text in NOTHING:
        raise BadCellError(otherwise, "", "")
    return text
