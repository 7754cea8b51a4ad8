"""An order of Shopify's Admin GraphQL API as packstation knows orders. Pure.

Its number here is the `legacyResourceId`, which webhooks and addresses in the admin bear too; the name (`#1001`), which a shop may
give anew, stands under `also`. The total is that before returns (`totalPriceSet`), as refunds are told by themselves. `note` is
what the buyer wrote in the cart or the shop wrote later: one field for both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from packstation.domain.money import UnreadableMoneyError, to_minor
from packstation.domain.orders import Address, BuyerFacts, IncomingBuyer, IncomingOrder
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.shopify import statuses, wire
from sync.channels.shopify_like.notes import without_decisions
from sync.channels.shopify_like.orders import order_of as order_of_sale
from sync.channels.shopify_like.rest import is_id
from sync.channels.shopify_like.sale import Fulfilled, GivenBack, Sale, SaleLine, Shipment, WhyCancelled
from sync.channels.shopify_like.values import moment
from sync.shops_config import ShopConfig

_NO_VARIATION = "Default Title"


def order_of(order: wire.Order, refunds: Sequence[wire.Refund], shop: ShopConfig) -> IncomingOrder:
    """The order.

    Args:
        order: with all its lines.
        refunds: all of its refunds.
        shop: for the currency where the order names none, and the shop's own status words.

    Raises:
        UnreadableRecordError: no id, no time of placing, or an amount that is none.
    """
    placed_at = moment(order.created_at, "UTC")
    if not is_id(order.legacy_resource_id) or placed_at is None:
        known = is_id(order.legacy_resource_id)
        raise UnreadableRecordError(said("createdAt: no time") if known else said("legacyResourceId: no id"))
    try:
        return order_of_sale(_sale(order, refunds, placed_at, shop), shop)
    except UnreadableMoneyError:
        raise UnreadableRecordError(said("amounts: too large")) from None


def _sale(order: wire.Order, refunds: Sequence[wire.Refund], placed_at: int, shop: ShopConfig) -> Sale:
    currency = order.currency_code or shop.currency
    total = to_minor(order.total_price_set.shop_money.amount, currency)
    shipments = tuple(_shipment(one) for one in order.fulfillments if not _is_void(one))
    cod = _cod(order)
    financial, fulfilled = order.display_financial_status, order.display_fulfillment_status
    given_back = tuple(_given_back(one, currency) for one in refunds)
    refunded: Counter[str] = Counter()
    for given in given_back:
        refunded.update(given.pieces)
    cancelled_at, closed_at = moment(order.cancelled_at, "UTC"), moment(order.closed_at, "UTC")
    return Sale(
        number=order.legacy_resource_id,
        name=order.name,
        word=_word(order, shipments),
        placed_at=placed_at,
        updated_at=moment(order.updated_at, "UTC"),
        currency=currency,
        total=total,
        lines=tuple(_line(line, refunded[line.id], currency) for line in order.line_items.nodes),
        given_back=given_back,
        shipments=shipments,
        void=tuple(_shipment(one) for one in order.fulfillments if _is_void(one)),
        fulfilled=statuses.FULFILLED.get(fulfilled, Fulfilled.UNKNOWN_WORD),
        held=fulfilled in statuses.HELD,
        unpaid=cod is not True and not shipments and financial in statuses.AWAITING_PAYMENT,
        all_refunded=financial == "REFUNDED",
        cod=cod,
        to_collect=total if cod else None,
        paid_at=_paid_at(order),
        cancelled=bool(order.cancelled_at),
        cancelled_at=cancelled_at,
        why_cancelled=statuses.WHY_CANCELLED.get(order.cancel_reason, WhyCancelled.NOBODY_SAYS),
        archived=bool(order.closed_at),
        archived_at=closed_at,
        buyer=_buyer(order),
        address=_address(order),
        vouchers=tuple(dict.fromkeys(code for code in order.discount_codes if code)),
        source=order.source_name,
        note=without_decisions(order.note),
    )


def _word(order: wire.Order, shipments: tuple[Shipment, ...]) -> str:
    if order.cancelled_at:
        return "CANCELLED"
    return next((one.word for one in shipments if one.word), "") or order.display_fulfillment_status


def _is_void(one: wire.Fulfillment) -> bool:
    return one.status in statuses.VOID_STATUSES or one.display_status in statuses.VOID


def _shipment(one: wire.Fulfillment) -> Shipment:
    created_at = moment(one.created_at, "UTC")
    sent_at, delivered_at = moment(one.in_transit_at, "UTC"), moment(one.delivered_at, "UTC")
    return Shipment(
        way=statuses.WAYS.get(one.display_status),
        word=one.display_status,
        carrier=next((info.company for info in one.tracking_info if info.company), ""),
        trackings=tuple(info.number for info in one.tracking_info if info.number),
        labelled_at=created_at,
        sent_at=sent_at,
        delivered_at=delivered_at,
    )


def _line(line: wire.LineItem, refunded: int, currency: str) -> SaleLine:
    variation = line.variant_title if line.variant_title != _NO_VARIATION else ""
    return SaleLine(
        key=line.id,
        sku=line.sku or line.id.rpartition("/")[2],
        name=f"{line.title} · {variation}" if variation else line.title,
        quantity=line.quantity,
        price=to_minor(line.original_unit_price_set.shop_money.amount, currency),
        total=to_minor(line.discounted_total_set.shop_money.amount, currency),
        removed=max(0, line.quantity - line.current_quantity - refunded),
    )


def _given_back(refund: wire.Refund, currency: str) -> GivenBack:
    pieces: Counter[str] = Counter()
    worth: Counter[str] = Counter()
    for line in refund.refund_line_items.nodes:
        key = line.line_item.id
        cost = line.subtotal_set.shop_money.amount + line.total_tax_set.shop_money.amount
        pieces[key] += max(0, line.quantity)
        worth[key] += to_minor(cost, currency)
    amount = to_minor(refund.total_refunded_set.shop_money.amount, currency)
    return GivenBack(moment(refund.created_at, "UTC"), amount, pieces, worth)


def _cod(order: wire.Order) -> bool | None:
    """Whether money is collected at the door, by the names of the ways to pay; a free order has none."""
    names = [name.casefold() for name in order.payment_gateway_names]
    if any(word in name for name in names for word in statuses.CASH):
        return True
    return False if names or order.display_financial_status in statuses.SETTLED else None


def _paid_at(order: wire.Order) -> int | None:
    came_in = (
        moment(one.processed_at, "UTC")
        for one in order.transactions
        if one.kind in statuses.RECEIVING and one.status == "SUCCESS"
    )
    return max((at for at in came_in if at is not None), default=None)


def _buyer(order: wire.Order) -> IncomingBuyer:
    """The customer, as far as the application may see one."""
    customer, to = order.customer, order.shipping_address
    name = " ".join(part.strip() for part in (customer.last_name, customer.first_name) if part.strip())
    facts = BuyerFacts(company=to.company) if to.company else None
    phone = order.phone or to.phone
    return IncomingBuyer(customer.legacy_resource_id or None, name or to.name, phone, order.email, facts=facts)


def _address(order: wire.Order) -> Address:
    to = order.shipping_address
    return Address(
        recipient=to.name,
        phone=to.phone or order.phone,
        street=to.address1,
        ward=to.address2,
        district=to.city if to.province else "",
        province=to.province or to.city,
        country=to.country_code,
    )
