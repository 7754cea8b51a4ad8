"""Orders out of a table by a mapping: one row an order, or one row a product line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from packstation.domain.money import divide_half_even
from packstation.domain.orders import (
    Address,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Item,
    Outcome,
    Refund,
    TimedOutcome,
    TimedStatus,
)
from packstation.locale import _
from sync.files.cells import NOTHING, ClockReader, MoneyReader, is_rounded_id, quantity_of
from sync.files.credit_notes import CreditLine, CreditNote, Sale, settle
from sync.files.errors import NotThisFormatError, shown
from sync.files.mapped_statuses import MappedStatuses
from sync.files.mapping import Mapping
from sync.files.result import BadCellError, ReadFile, RejectReason, raw_row, reject
from sync.files.status_words import STATUS_OF_OUTCOME, folded
from sync.files.table import Header, Table

_MOST_ITEMS_KEPT = 200_000
_ITEM_KEYS = ("sku", "item", "quantity", "price", "line_total")
_NOT_OF_THE_ORDER = {"number", "placed", "updated", *_ITEM_KEYS}


def read_mapped(table: Table, mapping: Mapping, read: ReadFile) -> None:
    """Read every row into `read`.

    Raises:
        NotThisFormatError: the table lacks a column that the mapping reads.
        UnreadableFileError: the file ends or breaks while it is read.
    """
    _MappedReader(table, mapping, read).run()


@dataclass(slots=True)
class _Draft:
    """An order or a credit note while its rows come in; `cells` are the first row's, its empty ones filled later."""

    number: str
    line: int
    placed: int
    cells: list[str]
    updated: int | None = None
    empty: list[int] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    credits: list[CreditLine] = field(default_factory=list)


class _MappedReader:
    def __init__(self, table: Table, mapping: Mapping, read: ReadFile) -> None:
        self._table = table
        self._mapping = mapping
        self._read = read
        self._at = _places(table, mapping)
        shop = mapping.as_shop()
        self._clock = ClockReader(shop.zone, mapping.time.formats, iso=False, serials=table.is_workbook)
        self._money = MoneyReader(shop.currency, mapping.money.decimal, mapping.money.thousands)
        self._statuses = MappedStatuses(mapping, table.header, self._clock)
        self._cod_words = frozenset(folded(word) for word in mapping.cod.words) if mapping.cod else frozenset()
        self._guest_ids = frozenset({"", "0", *mapping.guests.ids})
        self._guest_names = frozenset(folded(name) for name in mapping.guests.names)
        self._credit_prefix = mapping.credit_notes.prefix if mapping.credit_notes else None
        self._items: dict[tuple[str, ...], Item] = {}
        self._item_keys = [key for key in _ITEM_KEYS if key in self._at]
        self._item_cells: Callable[[list[str]], tuple[str, ...]] = itemgetter(
            *(self._at[key] for key in self._item_keys or ("number", "placed"))
        )
        order_places = {place for key, place in self._at.items() if key not in _NOT_OF_THE_ORDER}
        self._order_places = sorted(order_places | set(self._statuses.places))
        self._has_updates = "updated" in self._at
        self._orders: dict[str, _Draft] = {}
        self._notes: dict[str, _Draft] = {}

    def run(self) -> None:
        take_row = self._take_line if self._mapping.file.row == "line" else self._take_order
        number_at, placed_at = self._at["number"], self._at["placed"]
        rejects = self._read.rejects
        for line, cells in self._table.rows:
            try:
                number = cells[number_at].strip()
                if not number:
                    raise BadCellError(RejectReason.NO_ORDER_NUMBER, "", "")
                if "+" in number and is_rounded_id(number):
                    raise BadCellError(RejectReason.DAMAGED_NUMBER, self._table.header.names[number_at], number)
                take_row(line, cells, number, self._clock.read(cells[placed_at], self._mapping.columns.placed))
            except BadCellError as bad:
                rejects.append(reject(line, bad.reason, raw_row(cells), column=bad.column, value=bad.value))
        self._finish()

    def _take_order(self, line: int, cells: list[str], number: str, placed: int) -> None:
        if number in self._orders:
            raise BadCellError(RejectReason.REPEATED_ORDER, self._mapping.columns.number, number)
        draft = _Draft(number, line, placed, cells, self._time(cells, "updated"))
        if "sku" in self._at:
            draft.items.append(self._item(cells))
        self._check(draft)
        self._orders[number] = draft

    def _take_line(self, line: int, cells: list[str], number: str, placed: int) -> None:
        is_credit = self._credit_prefix is not None and number.startswith(self._credit_prefix)
        item = None if is_credit else self._items.get(self._item_cells(cells)) or self._item(cells)
        credit = self._credit(line, cells) if is_credit else None
        drafts = self._notes if is_credit else self._orders
        draft = drafts.get(number)
        if draft is None:
            draft = _Draft(number, line, placed, cells, self._time(cells, "updated"))
            draft.empty = [place for place in self._order_places if not cells[place]]
            self._check(draft)
            drafts[number] = draft
        else:
            if draft.empty:
                self._fill(draft, cells)
            if placed < draft.placed:
                draft.placed = placed
            if self._has_updates and (updated := self._time(cells, "updated")) is not None:
                draft.updated = max(updated, draft.updated or updated)
        if item is not None:
            draft.items.append(item)
        if credit is not None:
            draft.credits.append(credit)

    def _fill(self, draft: _Draft, cells: list[str]) -> None:
        """Take order values that only a later row has; they must be as readable as in a first row."""
        found = [place for place in draft.empty if cells[place]]
        if found:
            before = draft.cells
            draft.cells = [cells[place] if place in found else cell for place, cell in enumerate(before)]
            try:
                self._check(draft)
            except BadCellError:
                draft.cells = before
                raise
            draft.empty = [place for place in draft.empty if place not in found]

    def _check(self, draft: _Draft) -> None:
        """Read the order's own cells once, so that an unreadable one rejects its row.

        Raises:
            BadCellError: a time or an amount is unreadable.
        """
        self._statuses.outcomes(draft.cells, draft.placed)
        self._statuses.statuses(draft.cells, draft.placed)
        for key in ("paid", "ship_by"):
            self._time(draft.cells, key)
        for key in ("total", "to_collect"):
            self._amount(draft.cells, key)

    def _item(self, cells: list[str]) -> Item:
        """The row's product line; equal rows share one."""
        key = self._item_cells(cells)
        item = self._items.get(key)
        if item is None:
            columns = self._mapping.columns
            text = dict(zip(self._item_keys, key, strict=True))
            quantity_text, price_text, total_text = text["quantity"], text.get("price", ""), text.get("line_total", "")
            quantity = quantity_of(quantity_text, columns.quantity or "")
            if quantity < 0:
                raise BadCellError(RejectReason.NEGATIVE_QUANTITY, columns.quantity or "", quantity_text)
            if columns.line_total is not None and total_text.strip():
                total = self._money.read(total_text, columns.line_total)
            else:
                total = self._money.times(price_text, quantity, columns.price or columns.line_total or "")
            price = self._price(price_text, total, quantity)
            item = Item(text["sku"], text.get("item", ""), quantity, price, total)
            if self._table.is_workbook:  # there 1.234 the number and 1.234 the text are equal keys
                return item
            if len(self._items) >= _MOST_ITEMS_KEPT:
                self._items.clear()
            self._items[key] = item
        return item

    def _price(self, price_text: str, total: int, quantity: int) -> int:
        column = self._mapping.columns.price
        if column is not None:
            return self._money.read(price_text, column)
        return divide_half_even(total, quantity) if quantity else 0

    def _credit(self, line: int, cells: list[str]) -> CreditLine:
        columns = self._mapping.columns
        quantity = quantity_of(cells[self._at["quantity"]], columns.quantity or "")
        if quantity > 0:
            raise BadCellError(RejectReason.POSITIVE_QUANTITY, columns.quantity or "", str(quantity))
        price, money, column = cells[self._at["price"]], self._money, columns.price or ""
        money.times(price, -quantity, column)
        return CreditLine(line, cells[self._at["sku"]], -quantity, lambda pieces: money.times(price, pieces, column))

    def _time(self, cells: list[str], key: str) -> int | None:
        place = self._at.get(key)
        return None if place is None else self._clock.read_if_any(cells[place], self._table.header.names[place])

    def _amount(self, cells: list[str], key: str) -> int | None:
        place = self._at.get(key)
        return None if place is None else self._money.read_if_any(cells[place], self._table.header.names[place])

    def _text(self, cells: list[str], key: str) -> str:
        place = self._at.get(key)
        return "" if place is None else cells[place].strip()

    def _finish(self) -> None:
        drafts = list(self._orders.values())
        settlement = settle(
            [Sale(self._buyer_id(draft.cells), draft.placed, draft.items) for draft in drafts],
            [
                CreditNote(note.number, self._buyer_id(note.cells), note.placed, note.credits)
                for note in self._notes.values()
            ],
        )
        for place, draft in enumerate(drafts):
            refunds = settlement.refunds.get(place, [])
            self._read.orders.append(self._order(draft, refunds, settlement.returned_at.get(place)))
        self._read.unmatched = settlement.unmatched
        self._read.credit_lines = sum(len(note.credits) for note in self._notes.values())
        self._read.buyers_without_orders = self._buyers_of_notes_only(drafts)

    def _buyers_of_notes_only(self, drafts: Sequence[_Draft]) -> list[IncomingBuyer]:
        known = {self._buyer_id(draft.cells) for draft in drafts}
        found: dict[str, IncomingBuyer] = {}
        for note in self._notes.values():
            buyer = self._buyer(note.cells)
            if buyer is not None and buyer.external_id is not None and buyer.external_id not in known:
                found.setdefault(buyer.external_id, buyer)
        return list(found.values())

    def _order(self, draft: _Draft, refunds: Sequence[Refund], returned_at: int | None) -> IncomingOrder:
        cells = draft.cells
        outcomes = self._statuses.outcomes(cells, draft.placed)
        statuses = self._statuses.statuses(cells, draft.placed)
        if returned_at is not None:
            outcomes = (*outcomes, TimedOutcome(Outcome.RETURNED, None, returned_at))
            statuses = (*statuses, TimedStatus(STATUS_OF_OUTCOME[Outcome.RETURNED], "", returned_at))
        total = self._amount(cells, "total")
        cod_word = self._text(cells, "cod")
        voucher = self._text(cells, "voucher")
        return IncomingOrder(
            number=draft.number,
            placed_at=draft.placed,
            currency=self._mapping.shop.currency,
            total=sum(item.total for item in draft.items) if total is None else total,
            statuses=statuses,
            outcomes=outcomes,
            items=tuple(draft.items),
            refunds=tuple(refunds),
            buyer=self._buyer(cells),
            address=self._address(cells),
            parcels=self._parcels(cells),
            vouchers=(voucher,) if voucher not in NOTHING else (),
            cod=folded(cod_word) in self._cod_words if cod_word else None,
            to_collect=self._amount(cells, "to_collect"),
            paid_at=self._time(cells, "paid"),
            updated_at=draft.updated,
            ship_by=self._time(cells, "ship_by"),
            source=self._text(cells, "source"),
            buyer_note=self._text(cells, "buyer_note"),
            seller_note=self._text(cells, "seller_note"),
            sold_by=self._text(cells, "sold_by"),
            created_by=self._text(cells, "created_by"),
        )

    def _buyer_id(self, cells: list[str]) -> str | None:
        identity = self._text(cells, "buyer")
        if identity in self._guest_ids or folded(self._text(cells, "buyer_name")) in self._guest_names:
            return None
        return identity

    def _buyer(self, cells: list[str]) -> IncomingBuyer | None:
        identity = self._buyer_id(cells)
        name, phone, email = (self._text(cells, key) for key in ("buyer_name", "phone", "email"))
        if identity is None and (not (name or phone or email) or folded(name) in self._guest_names):
            return None
        return IncomingBuyer(identity, name, phone, email)

    def _address(self, cells: list[str]) -> Address:
        keys = ("recipient", "phone", "street", "ward", "district", "province", "country")
        return Address(*(self._text(cells, key) for key in keys))

    def _parcels(self, cells: list[str]) -> tuple[IncomingParcel, ...]:
        package, tracking, carrier = (self._text(cells, key) or None for key in ("package", "tracking", "carrier"))
        return (IncomingParcel(package, tracking, carrier),) if package or tracking else ()


def _places(table: Table, mapping: Mapping) -> dict[str, int]:
    header: Header = table.header
    missing = [name for name in mapping.column_names() if header.place(name) is None]
    if missing:
        raise NotThisFormatError(
            what=_("the file has no column {column}").format(column=shown(missing[0])),
            where=table.path,
            remedy=_("choose another format, or name the file's own column in the mapping"),
        )
    named = mapping.columns.model_dump(exclude_none=True)
    return {key: place for key, name in named.items() if (place := header.place(name)) is not None}
