"""How a sale is put together from KiotViet's three kinds of records, in as few calls as there are."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from pydantic import BaseModel

from packstation.domain.orders import IncomingBalance, IncomingOrder
from packstation.domain.times import DAY
from packstation.locale import said
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, UnreadableRecordError
from sync.channels.kiotviet.customers import balance_of
from sync.channels.kiotviet.gateway import Gateway
from sync.channels.kiotviet.mapping import Mapper, Sale, is_fully_invoiced, word_of
from sync.channels.kiotviet.records import read_records
from sync.channels.kiotviet.returns import Returns
from sync.channels.kiotviet.statuses import HAS_INVOICES, OrderStage, is_cancelled, is_completed, order_stage
from sync.channels.kiotviet.walking import PAGE_SIZE, Listing, Place
from sync.channels.kiotviet.wire import CustomerWire, InvoiceWire, ListingWire, OrderWire, ReturnWire
from sync.channels.protocol import Span, Unreadable
from sync.channels.steps import in_steps
from sync.shops_config import ShopConfig

_ORDERS = [("includePayment", "true"), ("includeOrderDelivery", "true")]
_INVOICES = [("includePayment", "true"), ("includeInvoiceDelivery", "true"), ("SaleChannel", "true")]
_MORE = {
    Listing.ORDERS: _ORDERS,
    Listing.INVOICES: _INVOICES,
    Listing.RETURNS: [],
    Listing.CUSTOMERS: [("includeTotal", "true")],
}
_MODELS: dict[Listing, type[BaseModel]] = {
    Listing.ORDERS: OrderWire,
    Listing.INVOICES: InvoiceWire,
    Listing.RETURNS: ReturnWire,
}
_NO_RIGHT = (Advice.ASK_SELLER, Advice.SKIP, Advice.GIVE_UP)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Gathered:
    """Sales by number, and the records that make none."""

    sales: dict[str, Sale] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)

    def add(self, sale: Sale | None) -> None:
        """Take a sale; the same one read twice is kept as it was read last."""
        if sale is not None:
            self.sales[sale.number] = sale


class Reader:
    """Reads the sales of one shop."""

    def __init__(self, shop: ShopConfig, gateway: Gateway, mapper: Mapper) -> None:
        self._zone = shop.zone
        self._gateway = gateway
        self._mapper = mapper
        self._returns = Returns(shop.zone, gateway)

    async def page(self, span: Span, place: Place) -> tuple[Gathered, Place | None]:
        """The sales of one page, and where the next page begins.

        Raises:
            ChannelError: as `Connection.ask`.
        """
        listing = place.listing
        page = await self._listed(place)
        gathered = Gathered()
        rows = read_records(page.data, _MODELS[listing], gathered.unreadable)
        reading: list[Coroutine[Any, Any, Sale | None]]
        match listing:
            case Listing.ORDERS:
                reading = [self._sale_of_order(row) for row in rows if isinstance(row, OrderWire)]
            case Listing.INVOICES:
                invoices = [row for row in rows if isinstance(row, InvoiceWire)]
                reading = [self._sale_of_invoice(one) for one in await self._with_order_codes(invoices)]
            case Listing.RETURNS:
                returned = dict.fromkeys(
                    row.invoice_id for row in rows if isinstance(row, ReturnWire) and row.invoice_id
                )
                reading = [self._sale_of_invoice_id(one, gathered) for one in returned]
        for sale in await asyncio.gather(*reading):
            gathered.add(sale)
        # What is returned behind the remembered ones is listed by itself later, and read anew then.
        await self.add_returns(gathered, remembered=listing is not Listing.RETURNS)
        return gathered, place.next(span, [self._changed_at(row) for row in page.data], page.total)

    async def balances(self, span: Span, place: Place) -> tuple[list[IncomingBalance], Place | None]:
        """What the customers of one page owe and have, and where the next page begins.

        A connection that may read sales need not be allowed to read customers: there are no balances then. A record that cannot be
        read is left out, as it is no order that could be parked.

        Raises:
            ChannelError: as `Connection.ask`, for what may pass.
        """
        try:
            page = await self._listed(place)
        except ChannelError as error:
            if error.advice not in _NO_RIGHT:
                raise
            log.info("KiotViet does not let its customers be read", code=error.code)
            return [], None
        unreadable: list[Unreadable] = []
        balances = []
        for row in read_records(page.data, CustomerWire, unreadable):
            try:
                balance = balance_of(row, self._mapper.cells, span.until)
            except UnreadableRecordError as error:
                unreadable.append(Unreadable("", str(error)))
                continue
            if balance is not None:
                balances.append(balance)
        for one in unreadable:
            log.info("customer left out", why=one.why)
        return balances, place.next(span, [self._changed_at(row) for row in page.data], page.total)

    async def sale_of_code(self, code: str, gathered: Gathered) -> None:
        """Read the sale of an order's or an invoice's code; nothing where KiotViet has neither."""
        for listing in (
            (Listing.INVOICES, Listing.ORDERS) if code.startswith("HD") else (Listing.ORDERS, Listing.INVOICES)
        ):
            record = await self._gateway.record(f"/{listing}/code", code)
            if record is None:
                continue
            for row in read_records([record], _MODELS[listing], gathered.unreadable, code):
                if isinstance(row, OrderWire):
                    gathered.add(await self._sale_of_order(row))
                elif isinstance(row, InvoiceWire):
                    gathered.add(await self._sale_of_invoice(row))
            return

    async def sale_of_return(self, code: str, gathered: Gathered) -> None:
        """Read the sale of a return's code."""
        record = await self._gateway.record("/returns/code", code)
        for row in read_records([] if record is None else [record], ReturnWire, gathered.unreadable, code):
            if row.invoice_id:
                gathered.add(await self._sale_of_invoice_id(row.invoice_id, gathered))

    async def add_returns(self, gathered: Gathered, *, remembered: bool = False) -> None:
        """Give the sales their returns: all that were made since the oldest completed invoice, as they cannot be asked for by it.

        Args:
            gathered: the sales.
            remembered: whether returns that were listed within the last minute do.
        """
        sold_at: dict[str, int] = {}
        for sale in gathered.sales.values():
            for invoice in sale.invoices:
                at = self._mapper.cells.time(invoice.purchase_date, invoice.created_date)
                if invoice.id and at is not None and is_completed(word_of(invoice)):
                    sold_at[invoice.id] = at
        if not sold_at:
            return
        found: dict[str, list[ReturnWire]] = {}
        for one in await self._returns.since(min(sold_at.values()) - DAY, remembered=remembered):
            if one.invoice_id in sold_at:
                found.setdefault(one.invoice_id, []).append(one)
        for number, sale in gathered.sales.items():
            returns = [one for invoice in sale.invoices for one in found.get(invoice.id, ())]
            gathered.sales[number] = replace(sale, returns=tuple({one.code: one for one in returns}.values()))

    async def mapped(self, gathered: Gathered) -> list[IncomingOrder]:
        """The sales as orders of ours; what makes none joins the unreadable."""
        orders = []
        async for number, sale in in_steps(gathered.sales.items()):
            try:
                orders.append(self._mapper.order(sale))
            except UnreadableRecordError as error:
                gathered.unreadable.append(Unreadable(number, str(error)))
        return orders

    async def _listed(self, place: Place) -> ListingWire:
        listing = place.listing
        page = await self._gateway.page(f"/{listing}", [*place.parameters(self._zone), *_MORE[listing]])
        if not page.data and page.total is not None and page.total > place.offset:
            raise UnreadableAnswerError(said("the channel counts orders and lists none"))
        return page

    async def _sale_of_order(self, order: OrderWire) -> Sale:
        if order_stage(word_of(order)) not in HAS_INVOICES:
            return Sale(order.code, order, ())
        return Sale(order.code, order, await self._invoices_of(order))

    async def _sale_of_invoice_id(self, invoice_id: str, gathered: Gathered) -> Sale | None:
        record = await self._gateway.record("/invoices", invoice_id)
        for row in read_records([] if record is None else [record], InvoiceWire, gathered.unreadable):
            return await self._sale_of_invoice(row)
        return None

    async def _sale_of_invoice(self, invoice: InvoiceWire) -> Sale:
        """The sale that an invoice belongs to; its order's other invoices are asked for unless this one holds everything."""
        order = await self._order_of(invoice)
        if order is None:
            return Sale(invoice.order_code or invoice.code, None, (invoice,))
        if not is_cancelled(word_of(invoice)) and is_fully_invoiced(order, [invoice]):
            return Sale(order.code, order, (invoice,))
        every = {one.code: one for one in (invoice, *await self._invoices_of(order))}
        return Sale(order.code, order, tuple(every[code] for code in sorted(every)))

    async def _order_of(self, invoice: InvoiceWire) -> OrderWire | None:
        if not invoice.order_code and not invoice.order_id.strip("0"):
            return None
        name = f"code/{invoice.order_code}" if invoice.order_code else invoice.order_id
        record = await self._gateway.record("/orders", name)
        found = read_records([] if record is None else [record], OrderWire, [])
        return found[0] if found else None

    async def _with_order_codes(self, invoices: Sequence[InvoiceWire]) -> list[InvoiceWire]:
        """The invoices with what tells their orders.

        Where not one of a page's rows does, the listing may leave it out, as the documents have it: those with a delivery are read
        one by one then.
        """
        if any(one.order_code or one.order_id for one in invoices):
            return list(invoices)

        async def whole(invoice: InvoiceWire) -> InvoiceWire:
            if invoice.invoice_delivery is None or not invoice.id:
                return invoice
            record = await self._gateway.record("/invoices", invoice.id)
            found = read_records([] if record is None else [record], InvoiceWire, [])
            update = {"order_code": found[0].order_code, "order_id": found[0].order_id} if found else {}
            return invoice.model_copy(update=update)

        return list(await asyncio.gather(*(whole(one) for one in invoices)))

    async def _invoices_of(self, order: OrderWire) -> tuple[InvoiceWire, ...]:
        """The order's invoices; looked for twice where they lack pieces that are said to be invoiced."""
        found = await self._listed_invoices(order)
        is_invoiced = order_stage(word_of(order)) is OrderStage.INVOICED
        if is_invoiced and not (found and is_fully_invoiced(order, found.values())):
            found |= await self._listed_invoices(order)
        return tuple(found[code] for code in sorted(found))

    async def _listed_invoices(self, order: OrderWire) -> dict[str, InvoiceWire]:
        if not order.id:
            return {}
        query = [("orderId", order.id), ("pageSize", str(PAGE_SIZE)), *_INVOICES]
        page = await self._gateway.page("/invoices", query)
        # A server that does not know the filter would list the invoices of everybody.
        return {
            one.code: one
            for one in read_records(page.data, InvoiceWire, [])
            if order.id == one.order_id or order.code == one.order_code
        }

    def _changed_at(self, row: object) -> int | None:
        if not isinstance(row, dict):
            return None
        return self._mapper.cells.time(str(row.get("modifiedDate", "")), str(row.get("createdDate", "")))
