"""An order of Haravan's or Sapo's REST API as packstation knows orders. Pure.

Its number here is the `id`: no call takes the `name` that buyers and labels show, which stands under `also`. `note` is what the
buyer wrote at the checkout or the shop wrote later: one field for both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from packstation.domain.money import UnreadableMoneyError, to_minor
from packstation.domain.orders import Address, BuyerFacts, FailureCause, IncomingBuyer, IncomingOrder, Origin
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.shopify_like import rest_wire as wire
from sync.channels.shopify_like.notes import without_decisions
from sync.channels.shopify_like.orders import order_of as order_of_sale
from sync.channels.shopify_like.sale import Fulfilled, GivenBack, Sale, SaleLine, Shipment, Way, WhyCancelled
from sync.channels.shopify_like.values import bare, moment
from sync.shops_config import ShopConfig

_CASH = ("cod", "khi giao", "khi nhận", "thu hộ")
_NO_VARIATION = "Default Title"
_AWAITING_PAYMENT = frozenset({"pending", "partiallypaid", "voided", "unpaid"})
_SETTLED = frozenset({"paid", "authorized", "refunded", "partiallyrefunded"})
_RECEIVING = frozenset({"capture", "sale"})
_VOID = frozenset({"cancel", "cancelled", "canceled", "error", "failure"})
_WHY_CANCELLED: Mapping[str, WhyCancelled] = {
    "customer": WhyCancelled.BUYER,
    "inventory": WhyCancelled.SELLER,
    "fraud": WhyCancelled.SELLER,
    "declined": WhyCancelled.PAYMENT,
}


@dataclass(frozen=True, slots=True)
class Words:
    """A vendor's words, compared without case, blanks and underscores.

    Attributes:
        ways: how far the carrier says that a shipment is; words that are not among them hold the order back.
        fulfilled: how much of an order is in shipments; likewise.
        missed: the carrier's word for a buyer who was not met.
        held: statuses of the order in which the vendor itself keeps it back.
        origin_of: the marketplace's order of which this is a copy.
    """

    ways: Mapping[str, Way]
    fulfilled: Mapping[str, Fulfilled]
    origin_of: Callable[[wire.Order], Origin | None]
    missed: str = ""
    held: frozenset[str] = frozenset()


def order_of(order: wire.Order, words: Words, shop: ShopConfig) -> IncomingOrder:
    """The order.

    Raises:
        UnreadableRecordError: no id, no time of placing, or an amount that is none.
    """
    placed_at = moment(order.created, shop.zone)
    if order.id <= 0 or placed_at is None:
        raise UnreadableRecordError(said("created: no time") if order.id > 0 else said("id: not positive"))
    try:
        return order_of_sale(_sale(order, placed_at, words, shop), shop)
    except UnreadableMoneyError:
        raise UnreadableRecordError(said("amounts: too large")) from None


def _sale(order: wire.Order, placed_at: int, words: Words, shop: ShopConfig) -> Sale:
    currency = order.currency or shop.currency
    cancelled_at, closed_at = moment(order.cancelled, shop.zone), moment(order.closed, shop.zone)
    shipments = tuple(_shipment(one, words, shop.zone) for one in order.fulfillments if not _is_void(one))
    total = to_minor(order.total_price, currency)
    cod = _cod(order)
    financial, status = bare(order.financial_status), bare(order.status)
    cancelled = cancelled_at is not None or "cancelled" in (status, bare(order.cancelled_status))
    closed = closed_at is not None or status in ("closed", "completed") or bare(order.closed_status) == "closed"
    return Sale(
        number=str(order.id),
        name=order.name,
        word=_word(order, shipments, cancelled=cancelled),
        placed_at=placed_at,
        updated_at=moment(order.updated, shop.zone),
        currency=currency,
        total=total,
        lines=tuple(_line(line, currency) for line in order.line_items),
        given_back=tuple(_given_back(one, order, currency, shop.zone) for one in order.refunds),
        shipments=shipments,
        void=tuple(_shipment(one, words, shop.zone) for one in order.fulfillments if _is_void(one)),
        fulfilled=words.fulfilled.get(bare(order.fulfillment_status), Fulfilled.UNKNOWN_WORD),
        unpaid=cod is not True and not shipments and financial in _AWAITING_PAYMENT,
        held=status in words.held,
        all_refunded=financial == "refunded",
        cod=cod,
        to_collect=_to_collect(order, total, currency) if cod else None,
        paid_at=_paid_at(order, shop.zone, cod=cod),
        cancelled=cancelled,
        cancelled_at=cancelled_at,
        why_cancelled=_WHY_CANCELLED.get(bare(order.cancel_reason), WhyCancelled.NOBODY_SAYS),
        archived=closed,
        archived_at=closed_at,
        buyer=_buyer(order),
        address=_address(order),
        vouchers=tuple(dict.fromkeys(one.code for one in order.discount_codes if one.code)),
        source=order.source_name,
        note=without_decisions(order.note),
        origin=words.origin_of(order),
    )


def _word(order: wire.Order, shipments: tuple[Shipment, ...], *, cancelled: bool) -> str:
    """What the vendor shows of the order first: cancelled, the carrier's code, or how far it is fulfilled or paid."""
    if cancelled:
        return "cancelled"
    carried = next((one.word for one in shipments if one.word), "")
    return carried or order.fulfillment_status or order.financial_status


def _is_void(one: wire.Fulfillment) -> bool:
    return not {bare(one.status), bare(one.way)}.isdisjoint(_VOID)


def _shipment(one: wire.Fulfillment, words: Words, zone: str) -> Shipment:
    code = bare(one.way)
    way = words.ways.get(code)
    turned, came_back = moment(one.turned, zone), moment(one.returned, zone)
    missed = bool(one.missed) or bool(code and code == words.missed)
    back = way in (Way.COMING_BACK, Way.CAME_BACK)
    info = one.tracking_info
    numbers = (one.tracking_number, *one.tracking_numbers, info.number, *info.numbers)
    return Shipment(
        way=way,
        word=one.way,
        carrier=one.tracking_company or info.carrier,
        trackings=tuple(dict.fromkeys(number for number in numbers if number)),
        labelled_at=moment(one.created, zone),
        sent_at=moment(one.delivering, zone),
        delivered_at=moment(one.delivered, zone),
        turned_at=turned if turned is not None else came_back,
        came_back_at=came_back,
        cause=FailureCause.UNREACHABLE if back and missed else None,
    )


def _line(line: wire.LineItem, currency: str) -> SaleLine:
    price = to_minor(line.price, currency)
    variation = line.variant_title if line.variant_title != _NO_VARIATION else ""
    return SaleLine(
        key=str(line.id),
        sku=line.sku or str(line.variant_id or line.product_id or line.id),
        name=f"{line.title} · {variation}" if variation and line.title else line.title or line.name or variation,
        quantity=line.quantity,
        price=price,
        total=price * line.quantity - to_minor(line.total_discount, currency),
    )


def _given_back(refund: wire.Refund, order: wire.Order, currency: str, zone: str) -> GivenBack:
    prices = {line.id: line.price for line in order.line_items}
    pieces: dict[str, int] = {}
    worth: dict[str, int] = {}
    for one in refund.refund_line_items:
        key, quantity = str(one.line_item_id), max(0, one.quantity)
        pieces[key] = pieces.get(key, 0) + quantity
        worth[key] = worth.get(key, 0) + to_minor(prices.get(one.line_item_id, Decimal(0)) * quantity, currency)
    money = sum((abs(one.amount) for one in refund.transactions if bare(one.kind) == "refund"), start=Decimal(0))
    return GivenBack(moment(refund.created, zone), to_minor(money, currency), pieces, worth)


def _cod(order: wire.Order) -> bool | None:
    """Whether money is collected at the door: by the way to pay, else by what the carrier is to collect."""
    if bare(order.gateway_code) == "cod" or any(one.to_collect > 0 for one in order.fulfillments):
        return True
    ways = [name.casefold() for name in (order.gateway, *order.payment_gateway_names) if name]
    if ways:
        return any(word in name for name in ways for word in _CASH)
    return False if order.gateway_code or bare(order.financial_status) in _SETTLED else None


def _to_collect(order: wire.Order, total: int, currency: str) -> int:
    collected = sum((one.to_collect for one in order.fulfillments), start=Decimal(0))
    return to_minor(collected, currency) if collected > 0 else total


def _paid_at(order: wire.Order, zone: str, *, cod: bool | None) -> int | None:
    """When the money came in; the carrier's own date where it collects it."""
    if bare(order.financial_status) in _AWAITING_PAYMENT:
        return None
    if cod:
        collected = (moment(one.collected, zone) for one in order.fulfillments)
        first = next((at for at in collected if at is not None), None)
        if first is not None:
            return first
    came_in = (moment(one.created, zone) for one in order.transactions if bare(one.kind) in _RECEIVING)
    return max((at for at in came_in if at is not None), default=None)


def _buyer(order: wire.Order) -> IncomingBuyer:
    """The customer; an order of the point of sale may have none."""
    customer, to = order.customer, order.shipping_address
    company = order.billing_address.company or to.company
    return IncomingBuyer(
        str(customer.id) if customer.id > 0 else None,
        _name(customer.last_name, customer.first_name) or customer.name.strip() or to.name.strip(),
        customer.phone or order.billing_address.phone or to.phone,
        customer.email or order.email,
        facts=BuyerFacts(company=company) if company else None,
    )


def _address(order: wire.Order) -> Address:
    shipping, billing = order.shipping_address, order.billing_address
    to = shipping if shipping.address1 or shipping.province else billing
    return Address(
        recipient=to.name.strip() or _name(to.last_name, to.first_name),
        phone=to.phone or billing.phone,
        street=to.address1,
        ward=to.ward,
        district=to.district,
        province=to.province or to.city,
        country=to.country_code.upper(),
    )


def _name(last: str, first: str) -> str:
    """The name as Vietnamese is written: the family's first."""
    return " ".join(part.strip() for part in (last, first) if part.strip())
