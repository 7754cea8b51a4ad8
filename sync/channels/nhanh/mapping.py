"""A Nhanh order as an order of ours. Pure.

Nhanh keeps the times of statuses apart (`/api/order/history`, one call an order, which is too dear to be asked for every order), so that
none is known here. `deliveryDate` is a day that the shop wrote down, and no deadline.
"""

from __future__ import annotations

from packstation.domain.orders import (
    Address,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Item,
    Origin,
    TimedOutcome,
    TimedStatus,
    is_masked,
)
from packstation.domain.times import SECOND
from packstation.locale import said
from sync.channels.amounts import amount, moment, moment_if_readable, pieces
from sync.channels.errors import UnreadableRecordError
from sync.channels.nhanh.statuses import is_order, kind_of, standing
from sync.channels.nhanh.wire import Gift, OrderWire, ProductWire
from sync.shops_config import ShopConfig

_MARKETPLACES = {"41": "lazada", "42": "shopee", "43": "sendo", "45": "tiki", "48": "tiktok"}
_CHANNELS = {
    "1": "Admin",
    "2": "Website",
    "10": "API",
    "20": "Facebook",
    "21": "Instagram",
    "41": "Lazada",
    "42": "Shopee",
    "43": "Sendo",
    "45": "Tiki",
    "46": "Zalo Shop",
    "47": "1Landing",
    "48": "TikTok Shop",
    "49": "Zalo OA",
}


def order_of(order: OrderWire, shop: ShopConfig) -> IncomingOrder | None:
    """The order; None for a record that is none (a quotation, a return, a transfer between depots).

    What was paid in advance is a deposit, a transfer, or points; the rest is collected at the door.

    Raises:
        UnreadableRecordError: a time or an amount cannot be read.
    """
    if not is_order(order.type_id):
        return None
    placed_at = moment(order.created, "createdDateTime", shop.zone)
    if placed_at is None:
        raise UnreadableRecordError(said("createdDateTime: missing"))
    items = tuple(item for product in order.products for item in _items(product, shop.currency))
    total = _total(order, items, shop.currency)
    in_advance = sum(
        amount(text, field, shop.currency) or 0
        for text, field in (
            (order.deposit, "moneyDeposit"),
            (order.transfer, "moneyTransfer"),
            (order.points, "usedPointAmount"),
        )
    )
    to_collect = max(0, total - in_advance)
    status, outcome = standing(order.status, order.type_id, shop.statuses)
    return IncomingOrder(
        number=order.id,
        placed_at=placed_at,
        currency=shop.currency,
        total=total,
        statuses=(TimedStatus(status, order.status, None),),
        outcomes=() if outcome is None else (TimedOutcome(outcome, None, None),),
        items=items,
        buyer=_buyer(order),
        address=Address(order.name, order.phone, order.street, order.ward, order.district, order.city),
        parcels=(IncomingParcel(None, order.tracking, order.carrier or None),) if order.tracking else (),
        vouchers=(order.coupon,) if order.coupon else (),
        cod=to_collect > 0,
        to_collect=to_collect,
        updated_at=_updated_at(order.updated, shop.zone),
        source=order.source or _CHANNELS.get(order.sale_channel, ""),
        kind=kind_of(order.type_id),
        buyer_note=order.buyer_note,
        seller_note=order.seller_note,
        also=_other_codes(order),
        origin=_origin(order),
    )


def _items(product: ProductWire, currency: str) -> list[Item]:
    quantity = pieces(product.quantity, "quantity")
    price = amount(product.price, "price", currency) or 0
    off = amount(product.discount, "discount", currency) or 0
    bought = Item(_sku(product), product.product_name, quantity, price, quantity * max(0, price - off))
    presents = (
        Item(_sku(gift), gift.product_name, pieces(gift.quantity or "1", "gift"), 0, 0) for gift in product.gifts
    )
    return [bought, *presents]


def _sku(product: Gift) -> str:
    return product.product_code or product.product_id


def _total(order: OrderWire, items: tuple[Item, ...], currency: str) -> int:
    told = amount(order.total, "calcTotalMoney", currency)
    if told is not None:
        return told
    fee = amount(order.shipping_fee, "customerShipFee", currency) or 0
    return max(0, sum(item.total for item in items) + fee - (amount(order.discount, "moneyDiscount", currency) or 0))


def _updated_at(text: str, zone: str) -> int | None:
    """Unix seconds; some records write a local time instead."""
    if text.isascii() and text.isdigit() and len(text) in (9, 10):
        return int(text) * SECOND
    return moment_if_readable(text, zone)


def _buyer(order: OrderWire) -> IncomingBuyer | None:
    known = order.customer_id if order.customer_id.strip("0") and not is_masked(order.customer_id) else None
    if known is None and not order.name:
        return None
    phone = "" if is_masked(order.phone) else order.phone
    return IncomingBuyer(known, order.name, phone, "" if is_masked(order.email) else order.email)


def _origin(order: OrderWire) -> Origin | None:
    """The marketplace's order that this is a copy of; which of the two fields has its number is not documented."""
    channel, number = _MARKETPLACES.get(order.sale_channel), _foreign_number(order)
    return Origin(channel, number) if channel and number else None


def _foreign_number(order: OrderWire) -> str:
    return next((code for code in (order.shop_order_id, order.private_id) if code.strip("0")), "")


def _other_codes(order: OrderWire) -> tuple[str, ...]:
    """Codes that may stand on the parcel: the shop's own, and the number that the shop gave the carrier."""
    own = None if _origin(order) else _foreign_number(order)
    codes = (own, order.merchant_tracking)
    return tuple(dict.fromkeys(code for code in codes if code and code not in (order.id, order.tracking)))
