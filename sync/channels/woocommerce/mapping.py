"""An order of WooCommerce REST v3 as packstation knows orders. Pure.

An order's number here is its `id`: `number` may be rewritten by plugins, and no call takes it. It stands under `also` then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from packstation.domain.money import UnreadableMoneyError, divide_half_even, to_minor
from packstation.domain.orders import Address, BuyerFacts, IncomingBuyer, IncomingOrder, Item, Refund, Status
from packstation.domain.times import UnreadableTimeError, parse_iso
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.woocommerce import wire
from sync.channels.woocommerce.statuses import Told, timeline
from sync.channels.woocommerce.tracking import parcels
from sync.shops_config import ShopConfig

_CASH_ON_DELIVERY = "cod"


@dataclass(frozen=True, slots=True)
class _Given:
    """What refunds take away: pieces by line that never leave, the refunds themselves, and when the last one was made."""

    cut: Mapping[int, int]
    refunds: tuple[Refund, ...]
    last_at: int | None


def order_of(order: wire.Order, refunds: Sequence[wire.Refund], shop: ShopConfig) -> IncomingOrder:
    """The order.

    Pieces that were refunded before the order was completed never leave and are not among its items; those refunded later came
    back. An order of which nothing is left keeps what was ordered.

    Args:
        order: as listed.
        refunds: its refunds, read for themselves; an order names none of their lines. Where one that the order names is missing, they
            are not all there are.
        shop: for the zone of times without an offset, the currency where the order names none, and the shop's own status words.

    Raises:
        UnreadableRecordError: no id, no time of placing, or an amount that is none.
    """
    placed_at = _time(order.date_created_gmt, order.date_created, shop.zone)
    if order.id <= 0 or placed_at is None:
        raise UnreadableRecordError(said("date_created: no time") if order.id > 0 else said("id: not positive"))
    currency = order.currency or shop.currency
    completed_at = _time(order.date_completed_gmt, order.date_completed, shop.zone)
    paid_at = _time(order.date_paid_gmt, order.date_paid, shop.zone)
    try:
        given = _given(order, refunds, currency, completed_at, shop.zone)
        total = to_minor(order.total, currency)
        items = _items(order.line_items, currency)
        left = _items(order.line_items, currency, given.cut)
    except UnreadableMoneyError:
        raise UnreadableRecordError(said("amounts: too large")) from None
    cod = _cod(order)
    tracked = parcels(order)
    told = Told(
        word=order.status,
        before_trash=next((str(value) for value in order.metas("_wp_trash_meta_status")), ""),
        completed_at=completed_at,
        paid_at=paid_at,
        given_back_at=given.last_at,
        cod=cod,
        tracked=bool(tracked),
        nothing_left=bool(items) and not left,
    )
    statuses, outcomes = timeline(told, shop.statuses)
    whole = not left or statuses[-1].status is Status.CANCELLED
    number = str(order.id)
    return IncomingOrder(
        number=number,
        placed_at=placed_at,
        currency=currency,
        total=total,
        statuses=statuses,
        outcomes=outcomes,
        items=tuple((items if whole else left).values()),
        refunds=_on_items(given.refunds, items if whole else left),
        refunds_are_complete={mark.id for mark in order.refunds} <= {refund.id for refund in refunds},
        buyer=_buyer(order),
        address=_address(order),
        parcels=tracked,
        vouchers=tuple(dict.fromkeys(coupon.code for coupon in order.coupon_lines if coupon.code)),
        cod=cod,
        to_collect=None if cod is None else _to_collect(order, refunds, currency, collected=paid_at is not None) * cod,
        paid_at=paid_at,
        updated_at=_time(order.date_modified_gmt, order.date_modified, shop.zone),
        source=next((str(value) for value in order.metas("_wc_order_attribution_utm_source")), ""),
        buyer_note=order.customer_note,
        also=(order.number,) if order.number and order.number != number else (),
    )


def modified_second(row: object, zone_name: str) -> int | None:
    """When a listed order was modified, in whole seconds UTC, even where the rest of it makes no order."""
    if not isinstance(row, dict):
        return None
    at = _time(str(row.get("date_modified_gmt") or ""), str(row.get("date_modified") or ""), zone_name)
    return None if at is None else at // 1000


def _time(gmt: str, local: str, zone_name: str) -> int | None:
    """The time in ms UTC; empty, `0000-00-00T00:00:00` and nonsense are none."""
    for text, its_zone in ((gmt, "UTC"), (local, zone_name)):
        try:
            return parse_iso(text, its_zone)
        except UnreadableTimeError:
            continue
    return None


def _cod(order: wire.Order) -> bool | None:
    """Whether money is collected at the door. No method at all, on an order that is to be packed, is nobody's word."""
    if order.payment_method:
        return order.payment_method == _CASH_ON_DELIVERY
    return False if order.status == "pending" else None


def _to_collect(order: wire.Order, refunds: Sequence[wire.Refund], currency: str, *, collected: bool) -> int:
    back = sum((refund.amount for refund in refunds), Decimal(0))
    return to_minor(order.total if collected else max(Decimal(0), order.total - back), currency)


def _items(lines: Sequence[wire.LineItem], currency: str, cut: Mapping[int, int] | None = None) -> dict[int, Item]:
    """The order's items by the place of their line, less what was cut; a line of nothing is none. Prices include tax."""
    items: dict[int, Item] = {}
    for place, line in enumerate(lines):
        ordered = _pieces(line.quantity)
        pieces = ordered - (cut or {}).get(place, 0)
        if pieces <= 0:
            continue
        price = to_minor((line.subtotal + line.subtotal_tax) / ordered, currency)
        total = to_minor(line.total + line.total_tax, currency)
        if pieces != ordered:
            total = divide_half_even(total * pieces, ordered)
        items[place] = Item(line.code, line.name, pieces, price, total)
    return items


def _pieces(quantity: Decimal) -> int:
    """Whole pieces: what is sold by weight is one piece of each begun unit."""
    return int(quantity.to_integral_value(ROUND_CEILING))


def _given(
    order: wire.Order, refunds: Sequence[wire.Refund], currency: str, completed_at: int | None, zone_name: str
) -> _Given:
    cut: dict[int, int] = {}
    found: list[Refund] = []
    times: list[int] = []
    modified = _time(order.date_modified_gmt, order.date_modified, zone_name)
    for refund in refunds:
        at = _time(refund.date_created_gmt, refund.date_created, zone_name)
        if at is not None:
            times.append(at)
        known_at = at if at is not None else modified or 0
        came_back = completed_at is not None and known_at >= completed_at
        rest = refund.amount
        for line in refund.line_items:
            place = _place(line, order.line_items)
            pieces, money = _pieces(-line.quantity), abs(line.total + line.total_tax)
            rest -= money
            if place is not None and not came_back:
                cut[place] = cut.get(place, 0) + max(0, pieces)
            back = max(0, pieces) if came_back and place is not None else 0
            found.append(Refund(place, back, to_minor(money, currency), known_at))
        if rest > 0:
            found.append(Refund(None, 0, to_minor(rest, currency), known_at))
    return _Given(cut, tuple(found), max(times, default=None))


def _place(line: wire.LineItem, ordered: Sequence[wire.LineItem]) -> int | None:
    """The order's line that a refund's line is about: by the id it bears, else by product."""
    refunded = {str(meta.value) for meta in line.meta_data if meta.key == "_refunded_item_id"}
    for place, one in enumerate(ordered):
        if str(one.id) in refunded:
            return place
    product = (line.product_id, line.variation_id)
    return next((place for place, one in enumerate(ordered) if (one.product_id, one.variation_id) == product), None)


def _on_items(refunds: Sequence[Refund], items: Mapping[int, Item]) -> tuple[Refund, ...]:
    """The refunds by the place of their item instead of their line: lines that are no items any more have none."""
    places = {line: place for place, line in enumerate(items)}
    return tuple(
        Refund(None if one.line is None else places.get(one.line), one.quantity, one.amount, one.known_at)
        for one in refunds
    )


def _buyer(order: wire.Order) -> IncomingBuyer:
    """The customer; a guest (customer 0) is known by phone and e-mail alone."""
    billing = order.billing
    customer = str(order.customer_id) if order.customer_id > 0 else None
    facts = BuyerFacts(company=billing.company) if billing.company else None
    return IncomingBuyer(customer, _name(billing), billing.phone or order.shipping.phone, billing.email, facts=facts)


def _address(order: wire.Order) -> Address:
    """Where it goes; a shop that does not ask for a second address leaves `shipping` empty."""
    billing, shipping = order.billing, order.shipping
    to = shipping if shipping.address_1 or shipping.city else billing
    street, ward, district, province = to.address_1, "", to.city, to.state
    if to.address_2 and to.country in ("VN", "") and to.state:
        ward = to.address_2
    elif to.address_2:
        street = f"{street}, {to.address_2}" if street else to.address_2
    if not province:
        district, province = "", to.city
    return Address(
        recipient=_name(to) or _name(billing),
        phone=to.phone or billing.phone,
        street=street,
        ward=ward,
        district=district,
        province=province,
        country=to.country,
    )


def _name(contact: wire.Contact) -> str:
    """The name as Vietnamese is written: the family's first."""
    parts = (
        (contact.last_name, contact.first_name)
        if contact.country in ("VN", "")
        else (
            contact.first_name,
            contact.last_name,
        )
    )
    return " ".join(part.strip() for part in parts if part.strip()) or contact.company
