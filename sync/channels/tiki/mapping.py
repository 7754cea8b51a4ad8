"""A Tiki order as an order of ours. Pure.

Deadlines: `available_confirm_sla`, until when the seller must say that the goods are there, is when the shipment must be arranged.
Tiki tells no time of hand-over; it promises the buyer a day of delivery, and what is to arrive on a day must have left before that
day begins. When Tiki cancels by itself is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from packstation.domain.orders import (
    PACKABLE,
    Address,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Item,
    OrderKind,
    Status,
    TimedStatus,
    is_masked,
)
from packstation.domain.times import from_ms, to_ms
from packstation.locale import said
from sync.channels.amounts import amount, moment, moment_if_readable, pieces
from sync.channels.errors import UnreadableRecordError
from sync.channels.tiki.statuses import Cancelled, Passed, status_of, timeline, was_never_paid
from sync.channels.tiki.wire import ItemWire, OrderWire
from sync.shops_config import ShopConfig

_COD = "cod"
_GIVEN_UP = "seller_canceled"
_NOT_CONFIRMED = frozenset({"", "waiting"})


def order_of(order: OrderWire, shop: ShopConfig) -> IncomingOrder:
    """The order.

    A pre-order is held until the seller has confirmed that the goods are there. Goods that lie in Tiki's warehouse (fulfilment
    `tiki_delivery`, inventory `instock`) are packed there and held back from the seller's desk.

    Raises:
        UnreadableRecordError: a time or an amount cannot be read.
    """
    placed_at = moment(order.created_at, "created_at", shop.zone)
    if placed_at is None:
        raise UnreadableRecordError(said("created_at: missing"))
    kept = [item for item in order.items if item.confirmation.status != _GIVEN_UP] or list(order.items)
    items = tuple(_item(item, shop.currency) for item in kept)
    cod = _cod(order, shop.currency)
    passed = _passed(order, shop)
    cancelled = Cancelled(
        order.cancel_info.reason_code,
        order.cancel_info.reason_text or order.cancel_info.comment,
        moment_if_readable(order.cancel_info.canceled_at, shop.zone),
        never_paid=cod is False and was_never_paid([one.word for one in passed]),
    )
    statuses, outcomes = timeline(passed, cancelled, shop.statuses)
    total = amount(order.invoice.grand_total, "grand_total", shop.currency)
    collectible = amount(order.invoice.collectible_amount, "collectible_amount", shop.currency)
    total = sum(item.total for item in items) if total is None else total
    return IncomingOrder(
        number=order.code,
        placed_at=placed_at,
        currency=shop.currency,
        total=total,
        statuses=_held_back(statuses, order, kept),
        outcomes=outcomes,
        items=items,
        buyer=_buyer(order),
        address=_address(order),
        parcels=_parcels(order),
        vouchers=(order.invoice.coupon_code,) if order.invoice.coupon_code else (),
        cod=cod,
        to_collect=None if cod is None else (total if collectible is None else collectible) * cod,
        paid_at=_paid_at(passed, shop) if cod is False else None,
        updated_at=moment_if_readable(order.updated_at, shop.zone),
        arrange_by=_arrange_by(kept, shop),
        ship_by=_ship_by(order, shop),
        kind=_kind(order),
        also=_other_codes(order),
    )


def _item(item: ItemWire, currency: str) -> Item:
    quantity = pieces(item.qty, "qty")
    price = amount(item.invoice.price or item.price, "price", currency) or 0
    paid = amount(item.invoice.row_total, "row_total", currency)
    product = item.product
    sku = product.seller_product_code or product.sku or product.id or item.id
    return Item(sku, product.name, quantity, price, price * quantity if paid is None else paid)


def _passed(order: OrderWire, shop: ShopConfig) -> list[Passed]:
    """The words in time, the current one last; a history that does not end with it is behind."""
    known = [
        (at, int(entry.id) if entry.id.isascii() and entry.id.isdigit() and len(entry.id) < 19 else 0, entry.status)
        for entry in order.status_histories
        if entry.status and (at := moment_if_readable(entry.created_at, shop.zone)) is not None
    ]
    passed = [Passed(word, at) for at, _id, word in sorted(known)]
    if not passed or passed[-1].word != order.status:
        passed.append(Passed(order.status, None))
    return passed


def _held_back(
    statuses: tuple[TimedStatus, ...], order: OrderWire, kept: Sequence[ItemWire]
) -> tuple[TimedStatus, ...]:
    """The statuses with the current one held where the parcel is not for the seller to pack, or not yet."""
    current = statuses[-1]
    waits = current.status is Status.TO_PACK and any(
        item.product.inventory_type == "preorder" and item.confirmation.status in _NOT_CONFIRMED for item in kept
    )
    theirs = order.fulfillment_type == "tiki_delivery" and all(
        item.product.inventory_type == "instock" for item in kept
    )
    if current.status not in PACKABLE or not (waits or (theirs and kept)):
        return statuses
    return (*statuses[:-1], replace(current, status=Status.CHANNEL_HOLD))


def _cod(order: OrderWire, currency: str) -> bool | None:
    """Whether the money is collected at the door: by the method, by the flag, then by what is left to collect."""
    if order.payment.method:
        return order.payment.method.casefold() == _COD
    if order.payment.is_prepaid is not None:
        return not order.payment.is_prepaid
    collectible = amount(order.invoice.collectible_amount, "collectible_amount", currency)
    return None if collectible is None else collectible > 0


def _paid_at(passed: Sequence[Passed], shop: ShopConfig) -> int | None:
    """When a prepaid order ceased to wait for its payment; Tiki has no field for it."""
    waited = False
    for one in passed:
        status = status_of(one.word, shop.statuses)
        if waited and status not in (Status.UNPAID, Status.CANCELLED) and one.word != "payment_review":
            return one.at
        waited = waited or status is Status.UNPAID
    return None


def _kind(order: OrderWire) -> OrderKind:
    """What it is for; the order that goods are sent back of names its replacement too, and stays a normal one."""
    rma = order.rma_info
    if rma.exchanged_order_code == order.code:
        return OrderKind.EXCHANGE
    stands_in = bool(rma.original_order_code) and rma.original_order_code != order.code
    return OrderKind.REPLACEMENT if order.is_rma or stands_in else OrderKind.NORMAL


def _arrange_by(kept: Sequence[ItemWire], shop: ShopConfig) -> int | None:
    limits = (moment_if_readable(item.confirmation.available_confirm_sla, shop.zone) for item in kept)
    return min((limit for limit in limits if limit is not None), default=None)


def _ship_by(order: OrderWire, shop: ShopConfig) -> int | None:
    """The beginning of the promised day of delivery in the shop's zone; the date comes with and without a time."""
    text = order.shipping.plan.promised_delivery_date
    promised = moment_if_readable(f"{text} 00:00:00" if len(text) == len("2026-09-01") else text, shop.zone)
    if promised is None:
        return None
    return to_ms(from_ms(promised, shop.zone).replace(hour=0, minute=0, second=0, microsecond=0))


def _buyer(order: OrderWire) -> IncomingBuyer | None:
    customer, address = order.customer, order.shipping.address
    known = customer.id if customer.id.strip("0") and not is_masked(customer.id) else None
    name = customer.full_name or address.full_name
    if known is None and not name:
        return None
    phone = "" if is_masked(address.phone) else address.phone
    return IncomingBuyer(known, name, phone, "" if is_masked(address.email) else address.email)


def _address(order: OrderWire) -> Address:
    shown = order.shipping.address
    return Address(
        recipient=shown.full_name,
        phone=shown.phone,
        street=shown.street,
        ward=shown.ward,
        district=shown.district,
        province=shown.region,
        country=shown.country,
    )


def _parcels(order: OrderWire) -> tuple[IncomingParcel, ...]:
    shipping = order.shipping
    if not shipping.tracking_code:
        return ()
    return (IncomingParcel(None, shipping.tracking_code, shipping.partner_name or None),)


def _other_codes(order: OrderWire) -> tuple[str, ...]:
    """Codes that may stand on the parcel or that the buyer knows: of the order that it was split off, of the carriers' legs."""
    shipping = order.shipping
    codes = [shipping.pickup_shipping_code, shipping.delivery_shipping_code, shipping.return_shipping_code]
    if _kind(order) is OrderKind.NORMAL:
        codes += [order.relation_code, order.parent_code, order.original_code]
    own = ("", "0", order.code, shipping.tracking_code)
    return tuple(dict.fromkeys(code for code in codes if code not in own))
