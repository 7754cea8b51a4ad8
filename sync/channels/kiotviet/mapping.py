"""A KiotViet order, its invoices and what came back of them, as one order of ours. Pure.

An order (DH…) becomes one invoice (HD…) or several; the order's code stays the number, the invoices' are other codes of it. An
invoice without an order is an order of its own: of a marketplace, or of the counter. KiotViet keeps no history of statuses and
tells no deadline; what has no time of its own is known since the record's update.

Copies of marketplace orders bear the marketplace's number in their code. The documents do not say so; KiotViet's own interface
tests and listings of real shops do: `DHSPE_`/`HDSPE_` for Shopee, `LZD` for Lazada (invoices with `.1`, `.2` behind), `TIKI`, and,
seen in one shop only, `TTS` for TikTok Shop. Names of their buyers come masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from packstation.domain.orders import (
    Address,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Item,
    Origin,
    Outcome,
    Refund,
    Status,
    TimedOutcome,
    TimedStatus,
    is_masked,
)
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.kiotviet.customers import is_walk_in, profile_of
from sync.channels.kiotviet.lines import Cells, is_everything, items_of, pieces, refunds_of, returned_at
from sync.channels.kiotviet.statuses import (
    ARRIVED,
    CAME_BACK,
    HAS_INVOICES,
    OrderStage,
    Standing,
    Word,
    invoice_standing,
    least_advanced,
    order_stage,
    order_standing,
)
from sync.channels.kiotviet.wire import DeliveryWire, DetailWire, InvoiceWire, OrderWire, ReturnWire
from sync.shops_config import ShopConfig

_MARKETPLACE = re.compile(
    r"(?:DELETED?)?(?:DH|HD)(?P<channel>SPE|LZD|TTS|TIKI)_(?P<number>[0-9A-Z]{6,30})(?:\.\d{1,2})?"
)
_CHANNELS = {"SPE": "shopee", "LZD": "lazada", "TTS": "tiktok", "TIKI": "tiki"}


@dataclass(frozen=True, slots=True)
class Sale:
    """Everything that KiotViet has of one sale.

    Attributes:
        number: the order's code, or the invoice's where there is no order.
        order: None where there is none, or where the shop's setting hides orders.
        invoices: all of them.
        returns: of these invoices.
    """

    number: str
    order: OrderWire | None
    invoices: tuple[InvoiceWire, ...]
    returns: tuple[ReturnWire, ...] = ()


def is_fully_invoiced(order: OrderWire, invoices: Iterable[InvoiceWire]) -> bool:
    """Whether these invoices hold every piece of the order."""
    invoiced = pieces(detail for invoice in invoices for detail in invoice.invoice_details)
    return all(invoiced.get(code, 0) >= quantity for code, quantity in pieces(order.order_details).items())


def word_of(record: OrderWire | InvoiceWire) -> Word:
    """The status of an order or an invoice as it is written."""
    return Word(record.status_value, record.status)


class Mapper:
    """Maps the sales of one shop."""

    def __init__(self, shop: ShopConfig) -> None:
        self._shop = shop
        self.cells = Cells(shop.currency, shop.zone)

    def order(self, sale: Sale) -> IncomingOrder:
        """The sale as an order of ours.

        Raises:
            UnreadableRecordError: it makes none.
        """
        cells = self.cells
        records = [one for one in (sale.order, *sale.invoices) if one is not None]
        placed_at = cells.time(records[0].purchase_date, records[0].created_date)
        if placed_at is None:
            raise UnreadableRecordError(said("purchaseDate: no time"))
        live = self._live(sale)
        standing = self._standing(sale, live)
        items = items_of(self._details(sale, live), cells)
        updated_at = self._updated_at(sale, records)
        refunds = self._refunds(sale, live, standing, items, updated_at or placed_at)
        is_counter_sale = _is_counter_sale(sale)
        known_at = placed_at if is_counter_sale else None
        outcome = TimedOutcome(standing.outcome, None, known_at) if standing.outcome is not None else None
        now = TimedStatus(standing.status, standing.word, known_at)
        if outcome is not None and outcome.outcome is Outcome.DELIVERED and is_everything(refunds, items):
            back_at = max((at for one in sale.returns if (at := returned_at(one, cells)) is not None), default=None)
            now = TimedStatus(Status.RETURNED, sale.returns[-1].status_value or standing.word, back_at)
            outcome = TimedOutcome(Outcome.RETURNED, None, back_at)
        shown = live or sale.invoices
        deliveries = [invoice.invoice_delivery for invoice in shown if invoice.invoice_delivery is not None]
        if not deliveries and sale.order is not None and sale.order.order_delivery is not None:
            deliveries = [sale.order.order_delivery]
        cod, to_collect = self._collected(sale, live, deliveries)
        return IncomingOrder(
            number=sale.number,
            placed_at=placed_at,
            currency=self._shop.currency,
            total=self._total(sale, live),
            statuses=(now,),
            outcomes=() if outcome is None else (outcome,),
            items=items,
            refunds=refunds,
            buyer=_buyer(records, deliveries),
            address=_address(deliveries),
            parcels=_parcels(deliveries),
            cod=cod,
            to_collect=to_collect,
            paid_at=self._paid_at(records),
            updated_at=updated_at,
            source=next((one.sale_channel.name for one in sale.invoices if one.sale_channel is not None), ""),
            sold_by=next((one.sold_by_name for one in records if one.sold_by_name), ""),
            seller_note=next((one.description for one in reversed(records) if one.description), ""),
            also=_other_codes(sale),
            origin=_origin([one.code for one in records]),
        )

    def _standing_of(self, invoice: InvoiceWire) -> Standing:
        delivery = invoice.invoice_delivery
        word = Word(delivery.status_value, delivery.status) if delivery is not None else None
        is_tracked = delivery is not None and bool(delivery.delivery_code)
        return invoice_standing(word_of(invoice), word, self._shop.statuses, is_tracked=is_tracked)

    def _live(self, sale: Sale) -> list[InvoiceWire]:
        return [one for one in sale.invoices if self._standing_of(one).status is not Status.CANCELLED]

    def _standing(self, sale: Sale, live: Sequence[InvoiceWire]) -> Standing:
        """Where the whole stands: the least advanced of its invoices and of what is not invoiced yet."""
        standings = [self._standing_of(one) for one in live or sale.invoices]
        order = sale.order
        if order is None:
            return least_advanced(standings)
        own = order_standing(word_of(order), self._shop.statuses)
        stage = order_stage(word_of(order))
        if not standings or (not live and stage not in HAS_INVOICES):
            return own
        if live and stage is OrderStage.PARTLY_INVOICED and not is_fully_invoiced(order, live):
            standings.append(own)
        return least_advanced(standings)

    def _details(self, sale: Sale, live: Sequence[InvoiceWire]) -> list[DetailWire]:
        """What is to be delivered: what is invoiced, or the whole order while part of it is not, or when all is cancelled."""
        order = sale.order
        if order is not None and (not live or order_stage(word_of(order)) is not OrderStage.INVOICED):
            return order.order_details
        return [detail for invoice in live or sale.invoices for detail in invoice.invoice_details]

    def _refunds(
        self, sale: Sale, live: Sequence[InvoiceWire], standing: Standing, items: Sequence[Item], otherwise: int
    ) -> tuple[Refund, ...]:
        """What came back after delivery, and what the courier brought back while other invoices were taken."""
        if standing.status not in ARRIVED:
            return ()
        back = [
            ReturnWire(code=one.code, modified_date=one.modified_date, return_details=one.invoice_details)
            for one in live
            if self._standing_of(one).status in CAME_BACK
        ]
        return refunds_of([*sale.returns, *back], items, self.cells, otherwise)

    def _updated_at(self, sale: Sale, records: Sequence[OrderWire | InvoiceWire]) -> int | None:
        times = [self.cells.time(one.modified_date, one.created_date) for one in (*records, *sale.returns)]
        return max((at for at in times if at is not None), default=None)

    def _total(self, sale: Sale, live: Sequence[InvoiceWire]) -> int:
        order = sale.order
        if order is not None and (not live or order_stage(word_of(order)) is not OrderStage.INVOICED):
            return self.cells.money(order.total, "total")
        return sum(self.cells.money(one.total, "total") for one in live or sale.invoices)

    def _collected(
        self, sale: Sale, live: Sequence[InvoiceWire], deliveries: Sequence[DeliveryWire]
    ) -> tuple[bool | None, int | None]:
        """Whether money is collected at the door, and how much.

        A delivery's `usingPriceCod` says so; `usingCod` alone says, for invoices, little more than that there is a delivery, so
        that what is paid in full counts as paid.
        """
        told = [one.using_price_cod for one in deliveries if one.using_price_cod is not None]
        heads: Sequence[OrderWire | InvoiceWire] = live or [one for one in (sale.order,) if one is not None]
        unpaid = sum(
            max(0, self.cells.money(one.total, "total") - self.cells.money(one.total_payment, "totalPayment"))
            for one in heads
        )
        if told:
            amounts = [one.price_cod_payment for one in deliveries if one.using_price_cod]
            named = sum(self.cells.money(amount, "priceCodPayment") for amount in amounts)
            return any(told), (named or unpaid) if any(told) else 0
        flags = [one.using_cod for one in heads if one.using_cod is not None]
        if not flags:
            return (False, 0) if _is_counter_sale(sale) else (None, None)
        cod = any(flags) and unpaid > 0
        return cod, unpaid if cod else 0

    def _paid_at(self, records: Sequence[OrderWire | InvoiceWire]) -> int | None:
        """When the last payment was made of what is paid in full."""
        newest = records[-1]
        total = self.cells.money(newest.total, "total")
        if total <= 0 or self.cells.money(newest.total_payment, "totalPayment") < total:
            return None
        times = [self.cells.time(payment.trans_date) for one in records for payment in one.payments]
        return max((at for at in times if at is not None), default=None)


def _is_counter_sale(sale: Sale) -> bool:
    """Whether somebody bought it at the counter: no order, no delivery, no marketplace."""
    return (
        sale.order is None
        and len(sale.invoices) == 1
        and sale.invoices[0].invoice_delivery is None
        and not sale.invoices[0].order_code
        and _origin([sale.invoices[0].code]) is None
    )


def _origin(codes: Sequence[str]) -> Origin | None:
    for code in codes:
        found = _MARKETPLACE.fullmatch(code.upper())
        if found is not None:
            return Origin(_CHANNELS[found["channel"]], found["number"])
    return None


def _other_codes(sale: Sale) -> tuple[str, ...]:
    codes = [one.code for one in sale.invoices] + [one.code for one in sale.returns]
    return tuple(code for code in dict.fromkeys(codes) if code != sale.number)


def _buyer(records: Sequence[OrderWire | InvoiceWire], deliveries: Sequence[DeliveryWire]) -> IncomingBuyer | None:
    """The customer by code, as the exports name them; their phone is the recipient's, as sales do not have it."""
    phone = next((one.contact_number for one in deliveries if one.contact_number), "")
    phone = "" if is_masked(phone) else phone
    customer = next((one for one in records if one.customer_code or one.customer_id), None)
    if customer is None or is_walk_in(customer.customer_name):
        name = next((one.receiver for one in deliveries if one.receiver), "")
        is_nobody = not name or is_walk_in(name)
        return None if is_nobody and not phone else IncomingBuyer(None, "" if is_nobody else name, phone)
    code, number = customer.customer_code, customer.customer_id
    also = (number,) if code and number else ()
    return IncomingBuyer(profile_of(code, number), customer.customer_name, phone, also=also)


def _address(deliveries: Sequence[DeliveryWire]) -> Address:
    """Where it goes; `locationName` is `Province - District`, as in the exports."""
    if not deliveries:
        return Address()
    delivery = deliveries[-1]
    province, _dash, district = delivery.location_name.partition(" - ")
    return Address(delivery.receiver, delivery.contact_number, delivery.address, delivery.ward_name, district, province)


def _parcels(deliveries: Sequence[DeliveryWire]) -> tuple[IncomingParcel, ...]:
    found = {}
    for one in deliveries:
        if one.delivery_code:
            partner = one.partner_delivery
            carrier = (partner.name or partner.code) if partner is not None else ""
            found[one.delivery_code] = IncomingParcel(None, one.delivery_code, carrier or None)
    return tuple(found.values())
