"""The shop behind the API: its orders as they stand, what was done to them through the API, and how they are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from packstation.domain.buyers import fold
from sync.sandbox.channels.woocommerce.parameters import Wanted
from sync.sandbox.channels.woocommerce.records import Record, RefundRow, tie_breaker, whole_seconds
from sync.sandbox.channels.woocommerce.register import Register
from sync.sandbox.stand import Stand


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
    _register: Register = field(init=False)
    _issued: int = 0

    def __post_init__(self) -> None:
        self._register = Register(self.stand.market)

    def now(self) -> int:
        """The shop's time, ms UTC."""
        return whole_seconds(self.stand.clock())

    def next_id(self) -> int:
        """An id for whatever the API creates."""
        self._issued += 1
        return 20_000_000 + self._issued

    def record(self, order_id: int) -> Record | None:
        """The order, trashed ones too; None when it is not there, or deleted for good."""
        return self._current().records.get(order_id)

    def change(self, order_id: int, alter: Callable[[Record], Record], *, moves_modified: bool = True) -> None:
        """Do something to an order; what is done later is done on top.

        Args:
            order_id: an order that is there.
            alter: makes the new row of the old one.
            moves_modified: whether WooCommerce counts it as a modification.
        """
        register, at = self._current(), self.now()
        earlier = register.alterations.get(order_id)

        def changed(record: Record) -> Record:
            record = alter(earlier(record) if earlier else record)
            return replace(record, modified=max(record.modified, at)) if moves_modified else record

        register.alter(order_id, changed, at)

    def delete(self, order_id: int) -> None:
        """Delete an order for good."""
        self._current().delete(order_id)

    def refund(self, order_id: int, row: RefundRow) -> None:
        """Refund something; what is refunded in full becomes `refunded` and keeps its total."""

        def refunded(record: Record) -> Record:
            refunds = (*record.refunds, row)
            whole = sum(one.amount for one in refunds) >= record.facts.total
            return replace(record, refunds=refunds, status="refunded" if whole else record.status)

        self.change(order_id, refunded)

    def delete_customer(self, customer_id: int) -> None:
        """Delete a customer: their orders become a guest's, and count as modified."""
        for record in list(self._current().records.values()):
            if record.customer_id == customer_id:
                self.change(record.id, lambda one: replace(one, customer_id=0))

    def page(self, wanted: Wanted) -> Page:
        """The page that is asked for; one past the end is empty, and so is its total."""
        start = (wanted.page - 1) * wanted.per_page if wanted.offset is None else wanted.offset
        if _is_by_modification_alone(wanted):
            trashed = "any" not in wanted.statuses
            after, before = wanted.modified_after, wanted.modified_before
            rows, total = self._current().page(after, before, start, wanted.per_page, wanted.page, trashed=trashed)
        else:
            found = [record for record in self._candidates(wanted) if _fits(record, wanted)]
            found.sort(key=lambda record: _place(record, wanted), reverse=wanted.order == "desc")
            rows, total = found[start : start + wanted.per_page], len(found)
        return Page(rows, total, -(-total // wanted.per_page)) if rows else Page([], 0, 0)

    def _candidates(self, wanted: Wanted) -> Iterable[Record]:
        register = self._current()
        if wanted.include:
            found = (register.records.get(order_id) for order_id in dict.fromkeys(wanted.include))
            return [record for record in found if record is not None]
        after, before = wanted.modified_after, wanted.modified_before
        return [record for trashed in (False, True) for record in register.modified(after, before, trashed=trashed)]

    def _current(self) -> Register:
        self._register.catch_up(self.now())
        return self._register


def _is_by_modification_alone(wanted: Wanted) -> bool:
    """Whether the listing is the one that a client syncs by, which is asked for page after page."""
    return (wanted.orderby, wanted.order) == ("modified", "asc") and wanted == Wanted(
        page=wanted.page,
        per_page=wanted.per_page,
        offset=wanted.offset,
        order="asc",
        orderby="modified",
        statuses=frozenset({"any" if "any" in wanted.statuses else "trash"}),
        modified_after=wanted.modified_after,
        modified_before=wanted.modified_before,
    )


def _fits(record: Record, wanted: Wanted) -> bool:
    if "any" in wanted.statuses:
        if record.status == "trash":
            return False
    elif record.status not in wanted.statuses:
        return False
    if (wanted.after is not None and record.created <= wanted.after) or (
        wanted.before is not None and record.created >= wanted.before
    ):
        return False
    bounds = (wanted.modified_after, wanted.modified_before)
    if (bounds[0] is not None and record.modified <= bounds[0]) or (
        bounds[1] is not None and record.modified >= bounds[1]
    ):
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
