"""A Pancake order as an order of ours. Pure.

The history of statuses is in the order, with times; all times are UTC without an offset. Deadlines are told for no order of the
shop's own. Who cancelled is not told. An order's total has shipping in it and discounts out of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from packstation.domain.money import UnreadableMoneyError, to_minor
from packstation.domain.orders import (
    Address,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Item,
    OrderKind,
    Origin,
    Outcome,
    Refund,
    Status,
    TimedOutcome,
    TimedStatus,
    is_masked,
)
from packstation.domain.times import UnreadableTimeError, parse_iso
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.pancake.statuses import MARKETPLACES, PARTLY_RETURNED, carrier_of, cause_of, status_of, word_of
from sync.channels.pancake.wire import ItemWire, OrderWire
from sync.shops_config import ShopConfig

_ARRIVED = frozenset({Status.DELIVERED, Status.COMPLETED})
_CAME_BACK = frozenset({Status.RETURNING, Status.RETURNED})
_LARGEST = 10**15
_MOST_PIECES = 10**6
_SHAPES = {"shopee": r"\d{6}[0-9A-Z]{8}", "lazada": r"\d{15,16}", "tiktok": r"\d{17,19}"}
_CURRENCY = re.compile(r"[A-Z]{3}")


def time_of(*texts: str) -> int | None:
    """Ms UTC of the first of these that is a time."""
    for text in texts:
        try:
            return parse_iso(text, "UTC")
        except UnreadableTimeError:
            continue
    return None


class Mapper:
    """Maps the orders of one shop."""

    def __init__(self, shop: ShopConfig) -> None:
        self._shop = shop

    def order(self, wire: OrderWire) -> IncomingOrder:
        """The order as ours.

        Raises:
            UnreadableRecordError: it makes none.
        """
        placed_at = time_of(wire.inserted_at)
        if placed_at is None:
            raise UnreadableRecordError(said("inserted_at: no time"))
        currency = wire.order_currency if _CURRENCY.fullmatch(wire.order_currency) else self._shop.currency
        money = _Money(currency)
        updated_at = time_of(wire.updated_at)
        statuses = self._statuses(wire)
        items = tuple(_item(one, money) for one in wire.items)
        total = _total(wire, money)
        cod, to_collect = _collected(wire, total, money)
        payments = [time_of(one.inserted_at) for one in wire.payment_purchase_histories]
        origin = _origin(wire)
        phone = "" if is_masked(wire.bill_phone_number) else wire.bill_phone_number
        return IncomingOrder(
            number=wire.id,
            placed_at=placed_at,
            currency=currency,
            total=total,
            statuses=statuses,
            outcomes=_outcomes(wire, statuses),
            items=items,
            refunds=_refunds(wire, items, statuses, updated_at or placed_at),
            buyer=_buyer(wire, phone),
            address=_address(wire),
            parcels=_parcels(wire),
            cod=cod,
            to_collect=to_collect,
            paid_at=max((at for at in payments if at is not None), default=None) if cod is False else None,
            updated_at=updated_at,
            source=wire.order_sources_name,
            kind=OrderKind.EXCHANGE if wire.is_exchange_order else OrderKind.NORMAL,
            buyer_note=wire.note_print,
            seller_note=wire.note,
            created_by=wire.creator.name,
            also=(wire.custom_id,) if wire.custom_id and wire.custom_id != wire.id else (),
            booking=wire.additional_info.booking_sn or None,
            origin=origin,
        )

    def _statuses(self, wire: OrderWire) -> tuple[TimedStatus, ...]:
        """The history, oldest first, and the current status where the history does not end with it."""
        more = self._shop.statuses
        timed = [(time_of(one.updated_at), one.status) for one in wire.status_history if one.status is not None]
        passed = sorted(((at, code) for at, code in timed if at is not None), key=lambda one: one[0])
        statuses = [TimedStatus(status_of(code, "", more), word_of(code, ""), at) for at, code in passed]
        if not passed or passed[-1][1] != wire.status:
            at = time_of(wire.last_update_status_at)
            word = word_of(wire.status, wire.status_name)
            statuses.append(TimedStatus(status_of(wire.status, wire.status_name, more), word, at))
        now = statuses[-1]
        if now.status is Status.TO_PACK and wire.partner.extend_code:
            statuses.append(TimedStatus(Status.LABEL_READY, now.channel_status, time_of(wire.time_send_partner)))
        return tuple(statuses)


class _Money:
    """Reads amounts of one currency."""

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def __call__(self, amount: Decimal | None, field: str) -> int:
        """Minor units; nothing is 0."""
        try:
            minor = to_minor(amount or Decimal(0), self._currency)
        except UnreadableMoneyError:
            raise UnreadableRecordError(said("{field}: no amount", field=field)) from None
        if abs(minor) > _LARGEST:
            raise UnreadableRecordError(said("{field}: too large", field=field))
        return minor


def _item(wire: ItemWire, money: _Money) -> Item:
    """A line; a fraction of a piece (goods by weight) is one piece that costs the whole line."""
    info, quantity = wire.variation_info, wire.quantity
    if not quantity.is_finite() or not 0 <= quantity <= _MOST_PIECES:
        raise UnreadableRecordError(said("quantity: no number of pieces"))
    sku = info.display_id or info.custom_id or info.barcode or info.product_display_id or wire.variation_id
    name = f"{info.name} · {info.detail}" if info.detail else info.name
    price = _price(wire)
    total = money(price * quantity, "retail_price")
    if quantity != quantity.to_integral_value():
        return Item(sku, f"{name} × {quantity.normalize():f}", 1, total, total)
    return Item(sku, name, int(quantity), money(price, "retail_price"), total)


def _price(wire: ItemWire) -> Decimal:
    if wire.is_bonus_product:
        return Decimal(0)
    price, discount = wire.variation_info.retail_price or Decimal(0), wire.discount_each_product or Decimal(0)
    return max(Decimal(0), price - (price * discount / 100 if wire.is_discount_percent else discount))


def _total(wire: OrderWire, money: _Money) -> int:
    if wire.total_price_after_sub_discount is not None:
        return money(wire.total_price_after_sub_discount, "total_price_after_sub_discount")
    parts = ((wire.total_price, 1), (wire.shipping_fee, 1), (wire.total_discount, -1))
    return max(0, sum(sign * money(amount, "total_price") for amount, sign in parts))


def _collected(wire: OrderWire, total: int, money: _Money) -> tuple[bool | None, int | None]:
    """Whether money is collected at the door, and how much: what is not prepaid, and nothing over the counter."""
    amount = wire.cod if wire.money_to_collect is None else wire.money_to_collect
    if wire.received_at_shop:
        return False, 0
    if amount is None:
        return None, None
    to_collect = max(0, money(amount, "money_to_collect"))
    return (to_collect > 0 if total > 0 else None), to_collect


def _outcomes(wire: OrderWire, statuses: Sequence[TimedStatus]) -> tuple[TimedOutcome, ...]:
    """How it ended, each with the time of the status that says so."""
    arrived = next((one for one in statuses if one.status in _ARRIVED), None)
    now = statuses[-1]
    if now.status is Status.CANCELLED:
        return (TimedOutcome(Outcome.CANCELLED, None, now.known_at),)
    if now.status in _CAME_BACK and arrived is None:
        back = next(one for one in statuses if one.status in _CAME_BACK)
        return (TimedOutcome(Outcome.DELIVERY_FAILED, cause_of(wire.returned_reason), back.known_at),)
    if arrived is None or now.status not in _ARRIVED | _CAME_BACK:
        return ()
    delivered = TimedOutcome(Outcome.DELIVERED, None, arrived.known_at)
    if now.status is Status.RETURNED:
        return (delivered, TimedOutcome(Outcome.RETURNED, None, now.known_at))
    return (delivered,)


def _refunds(
    wire: OrderWire, items: Sequence[Item], statuses: Sequence[TimedStatus], otherwise: int
) -> tuple[Refund, ...]:
    """What came back after delivery, by line; it is known since the status that says so."""
    if not any(one.status in _ARRIVED for one in statuses):
        return ()
    partly = word_of(PARTLY_RETURNED, "")
    back = [one for one in statuses if one.status in _CAME_BACK or one.channel_status == partly]
    known_at = next((one.known_at for one in reversed(back) if one.known_at is not None), otherwise)
    refunds = []
    for line, (one, item) in enumerate(zip(wire.items, items, strict=True)):
        count = one.returned_count
        if count is not None and count.is_finite() and count >= 1:
            quantity = min(int(min(count, Decimal(_MOST_PIECES))), item.quantity)
            refunds.append(Refund(line, quantity, item.price * quantity, known_at))
    return tuple(refunds)


def _origin(wire: OrderWire) -> Origin | None:
    """The marketplace's order: `marketplace_id`, or the order's own id where that has the marketplace's shape."""
    channel = MARKETPLACES.get(wire.order_sources)
    if channel is None:
        return None
    if wire.marketplace_id:
        return Origin(channel, wire.marketplace_id)
    is_theirs = wire.id != wire.system_id and re.fullmatch(_SHAPES[channel], wire.id, re.ASCII) is not None
    return Origin(channel, wire.id) if is_theirs else None


def _buyer(wire: OrderWire, phone: str) -> IncomingBuyer | None:
    customer, name = wire.customer, wire.bill_full_name or wire.customer.name
    external = customer.id or customer.fb_id
    if not (external or name or phone):
        return None
    also = (customer.fb_id,) if customer.id and customer.fb_id else ()
    return IncomingBuyer(external or None, name, phone, wire.bill_email, also)


def _address(wire: OrderWire) -> Address:
    told = wire.shipping_address
    return Address(
        told.full_name or wire.bill_full_name,
        told.phone_number or wire.bill_phone_number,
        told.address,
        told.commune_name or told.commnue_name,
        told.district_name,
        told.province_name,
    )


def _parcels(wire: OrderWire) -> tuple[IncomingParcel, ...]:
    partner = wire.partner
    if not partner.extend_code:
        return ()
    return (IncomingParcel(None, partner.extend_code, carrier_of(partner.partner_id)),)
