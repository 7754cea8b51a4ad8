"""The shop behind the API: its orders as they stand, what was done to them through the API, and how they are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from packstation.domain.buyers import fold
from sync.sandbox.channels.woocommerce.parameters import Wanted
from sync.sandbox.channels.woocommerce.records import (
    TOUCHED_EVERY,
    Record,
    RefundRow,
    is_gone,
    record_of,
    tie_breaker,
    touched_at,
    whole_seconds,
)
from sync.sandbox.stand import Stand

_MOST_KEPT = 4
_LONG_AGO = 400 * 24 * 3600 * 1000


@dataclass(slots=True)
class Note:
    """An order note, which the API calls so; the buyer's own note is a field of the order."""

    id: int
    created: int
    text: str
    author: str = "packstation"


@dataclass(slots=True)
class Page:
    """A listing's page, and how many orders the whole has."""

    records: list[Record]
    total: int
    pages: int


@dataclass(slots=True)
class Shop:
    """The shop's state. Its clock has whole seconds, as its database does."""

    stand: Stand
    notes: dict[int, list[Note]] = field(default_factory=dict)
    _changed: dict[int, Callable[[Record], Record]] = field(default_factory=dict)
    _deleted: set[int] = field(default_factory=set)
    _kept: dict[tuple[int, int | None, int | None], list[Record]] = field(default_factory=dict)
    _issued: int = 0

    def now(self) -> int:
        """The shop's time, ms UTC."""
        return whole_seconds(self.stand.clock())

    def next_id(self) -> int:
        """An id for whatever the API creates."""
        self._issued += 1
        return 20_000_000 + self._issued

    def record(self, order_id: int) -> Record | None:
        """The order, trashed ones too; None when it is not there, or deleted for good."""
        now = self.now()
        facts = self.stand.market.facts(str(order_id), now)
        if facts is None or is_gone(facts) or order_id in self._deleted:
            return None
        return self._as_changed(record_of(facts, now))

    def change(self, order_id: int, alter: Callable[[Record], Record], *, moves_modified: bool = True) -> None:
        """Do something to an order; what is done later is done on top.

        Args:
            order_id: an order that is there.
            alter: makes the new row of the old one.
            moves_modified: whether WooCommerce counts it as a modification.
        """
        earlier, at = self._changed.get(order_id), self.now()

        def changed(record: Record) -> Record:
            record = alter(earlier(record) if earlier else record)
            return replace(record, modified=max(record.modified, at)) if moves_modified else record

        self._changed[order_id] = changed
        self._kept.clear()

    def delete(self, order_id: int) -> None:
        """Delete an order for good."""
        self._deleted.add(order_id)
        self._kept.clear()

    def refund(self, order_id: int, row: RefundRow) -> None:
        """Refund something; what is refunded in full becomes `refunded` and keeps its total."""

        def refunded(record: Record) -> Record:
            refunds = (*record.refunds, row)
            whole = sum(one.amount for one in refunds) >= record.facts.total
            return replace(record, refunds=refunds, status="refunded" if whole else record.status)

        self.change(order_id, refunded)

    def delete_customer(self, customer_id: int) -> None:
        """Delete a customer: their orders become a guest's, and count as modified."""
        for record in self._all(None, None):
            if record.customer_id == customer_id:
                self.change(record.id, lambda one: replace(one, customer_id=0))

    def page(self, wanted: Wanted) -> Page:
        """The page that is asked for; one past the end is empty, and so is its total."""
        found = [record for record in self._candidates(wanted) if _fits(record, wanted)]
        found.sort(key=lambda record: _place(record, wanted), reverse=wanted.order == "desc")
        first = (wanted.page - 1) * wanted.per_page if wanted.offset is None else wanted.offset
        rows = found[first : first + wanted.per_page]
        if not rows:
            return Page([], 0, 0)
        return Page(rows, len(found), -(-len(found) // wanted.per_page))

    def _candidates(self, wanted: Wanted) -> Iterable[Record]:
        if wanted.include:
            found = (self.record(order_id) for order_id in dict.fromkeys(wanted.include))
            return [record for record in found if record is not None]
        return self._all(wanted.modified_after, wanted.modified_before)

    def _all(self, after: int | None, before: int | None) -> list[Record]:
        """Every order that may have been modified between the two, exclusive, as of this second."""
        now = self.now()
        key = (now, after, before)
        if key not in self._kept:
            while len(self._kept) >= _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = self._read(now, after, before)
        return self._kept[key]

    def _read(self, now: int, after: int | None, before: int | None) -> list[Record]:
        market = self.stand.market
        if after is None:
            facts = {one.serial: one for one in market.every(now)}
        else:
            first = after + 1000
            last = now + 1 if before is None else min(before, now + 1)
            facts = {one.serial: one for one in market.changed(first, last, now)}
            tick = -(-max(first, now - _LONG_AGO) // TOUCHED_EVERY) * TOUCHED_EVERY
            for touched in range(tick, last, TOUCHED_EVERY):
                before_it = market.changed(touched - TOUCHED_EVERY, touched, now)
                facts.update({one.serial: one for one in before_it if touched_at(one.placed_at) == touched})
        records = {int(one.number): record_of(one, now) for one in facts.values() if not is_gone(one)}
        for order_id in self._changed:
            changed = self.record(order_id)
            if changed is not None:
                records[order_id] = changed
        return [record for order_id, record in records.items() if order_id not in self._deleted]

    def _as_changed(self, record: Record) -> Record:
        alter = self._changed.get(record.id)
        return alter(record) if alter else record


def _fits(record: Record, wanted: Wanted) -> bool:
    if "any" in wanted.statuses:
        if record.status == "trash":
            return False
    elif record.status not in wanted.statuses:
        return False
    bounds = (
        (wanted.after, record.created, wanted.before),
        (wanted.modified_after, record.modified, wanted.modified_before),
    )
    if any((low is not None and at <= low) or (high is not None and at >= high) for low, at, high in bounds):
        return False
    if record.id in wanted.exclude or wanted.customer not in (None, record.customer_id):
        return False
    return not wanted.search or _mentions(record, wanted.search)


def _mentions(record: Record, search: str) -> bool:
    """What the order search looks through: its number, and the buyer's name, phone and e-mail."""
    buyer = record.facts.buyer
    return search == str(record.id) or any(
        fold(search) in fold(text) for text in (buyer.name, buyer.phone, buyer.email) if text
    )


def _place(record: Record, wanted: Wanted) -> tuple[int, int]:
    match wanted.orderby:
        case "modified":
            return record.modified, tie_breaker(record.id, wanted.page)
        case "date":
            return record.created, record.id
        case "include" if record.id in wanted.include:
            return wanted.include.index(record.id), 0
        case _:
            return record.id, 0
