"""A Lazada order, its units and its returns as an order of ours. Pure.

Lazada keeps no history of statuses and tells no time of delivery: what has no time of its own is known since the record's update.
Of the deadlines it tells two: `sla_time_stamp`, the ship SLA of a unit (hand-over), and `cancel_trigger_time`, when an unanswered
request to cancel is granted by itself. `fulfillment_sla` is a word such as NEXT_DAY and `promised_shipping_time` free text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from packstation.domain.orders import (
    Address,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Outcome,
    Status,
    TimedOutcome,
    TimedStatus,
    is_masked,
)
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.lazada.cells import Cells, is_currency
from sync.channels.lazada.statuses import BEFORE_SHIPPING, cancellation, least_advanced, undelivered
from sync.channels.lazada.units import Unit, lines_of, refunds_of, returns_of, unit_of
from sync.channels.lazada.wire import AddressWire, OrderWire, ReverseWire, UnitWire
from sync.shops_config import ShopConfig

_COD = "cod"


class Mapper:
    """Maps the orders of one shop."""

    def __init__(self, shop: ShopConfig) -> None:
        self._shop = shop
        self._cells = Cells(shop.zone, shop.currency)

    def order(self, order: OrderWire, wires: Sequence[UnitWire], reverses: Sequence[ReverseWire] = ()) -> IncomingOrder:
        """The order as ours.

        Args:
            order: its head.
            wires: all its units.
            reverses: its returns and refunds, where there are any.

        Raises:
            UnreadableRecordError: it makes none.
        """
        placed_at = self._cells.time(order.created_at, "created_at")
        if placed_at is None:
            raise UnreadableRecordError(said("created_at: missing"))
        if not wires:
            raise UnreadableRecordError(said("order_items: missing"))
        returns = returns_of(reverses)
        more = self._shop.statuses
        units = [unit_of(wire, returns.get(wire.order_item_id, ()), more, self._cells) for wire in wires]
        live = [unit for unit in units if unit.status is not Status.CANCELLED] or units
        updated_at = self._updated_at(order, units)
        payment = order.payment_method.casefold()
        cod = payment == _COD if payment else None
        paid_at = self._first_time(unit.wire.payment_time for unit in units)
        status = _status(order, live)
        standing = next((unit for unit in live if unit.status is status), live[0])
        total = self._total(order, live)
        now = TimedStatus(status, standing.wire.status, None)
        if status is Status.RETURNED:
            now = replace(now, known_at=max((unit.returned_at for unit in live if unit.returned_at), default=None))
        elif now.channel_status == "pending" and status is Status.TO_PACK:
            now = replace(now, known_at=placed_at if cod else paid_at)
        delivered = status in (Status.DELIVERED, Status.COMPLETED)
        return IncomingOrder(
            number=order.order_id,
            placed_at=placed_at,
            currency=self._currency(wires),
            total=total,
            statuses=(*_before(now, placed_at, paid_at, cod=cod), now),
            outcomes=_outcomes(now, live, never_paid=cod is False and paid_at is None),
            items=lines_of(live),
            refunds=refunds_of(live, updated_at or placed_at) if delivered else (),
            buyer=_buyer(order, wires),
            address=_address(order.address_shipping),
            parcels=_parcels(live),
            vouchers=_vouchers(order, wires),
            cod=cod,
            to_collect=None if cod is None else total * cod,
            paid_at=paid_at,
            updated_at=updated_at,
            ship_by=self._first_time(unit.wire.sla_time_stamp for unit in live),
            answer_by=self._first_time(unit.wire.cancel_trigger_time for unit in live if unit.wire.need_cancel_confirm),
            address_changed_at=self._address_changed_at(order, placed_at),
            buyer_note=order.buyer_note,
            seller_note=order.remarks,
            also=_other_codes(order, reverses),
        )

    def _first_time(self, texts: Iterable[str]) -> int | None:
        return min((at for text in texts if (at := self._cells.time_if_readable(text)) is not None), default=None)

    def _address_changed_at(self, order: OrderWire, placed_at: int) -> int | None:
        """`address_updated_at` where it is later than the placing: the address itself is masked."""
        at = self._cells.time_if_readable(order.address_updated_at)
        return at if at is not None and at > placed_at else None

    def _updated_at(self, order: OrderWire, units: Sequence[Unit]) -> int | None:
        times = [self._cells.time_if_readable(order.updated_at)]
        times += [at for unit in units for at in (unit.updated_at, unit.returned_at)]
        return max((at for at in times if at is not None), default=None)

    def _currency(self, wires: Sequence[UnitWire]) -> str:
        return next((wire.currency for wire in wires if is_currency(wire.currency)), self._shop.currency)

    def _total(self, order: OrderWire, live: Sequence[Unit]) -> int:
        """`price` - `voucher` + `shipping_fee`; without a price what was paid for the units and their shipping.

        The documents do not say whether `price` still counts units that were cancelled: the head is taken at its word.
        """
        currency = self._currency([unit.wire for unit in live])
        price = self._cells.money(order.price, "price", currency)
        if price is None:
            shipping = (self._cells.money(unit.wire.shipping_amount, "shipping_amount", currency) for unit in live)
            return sum(unit.paid for unit in live) + sum(fee or 0 for fee in shipping)
        voucher = self._cells.money(order.voucher, "voucher", currency) or 0
        return max(0, price - voucher + (self._cells.money(order.shipping_fee, "shipping_fee", currency) or 0))


def _status(order: OrderWire, live: Sequence[Unit]) -> Status:
    """Where the order stands: units that Lazada's own warehouse sends do not hold up those that we send."""
    ours = [unit for unit in live if not unit.wire.is_fbl] or live
    status = least_advanced(unit.status for unit in ours)
    asked = order.need_cancel_confirm or order.is_cancel_pending or any(unit.asks_to_cancel for unit in ours)
    return Status.CANCEL_REQUESTED if asked and status in BEFORE_SHIPPING else status


def _before(now: TimedStatus, placed_at: int, paid_at: int | None, *, cod: bool | None) -> tuple[TimedStatus, ...]:
    """What is known of the time before: a prepaid order waited for its payment, and could be packed from then on."""
    if cod is not False:
        return ()
    unpaid = TimedStatus(Status.UNPAID, "unpaid", placed_at)
    if now.status is Status.UNPAID:
        return ()
    if paid_at is None:
        return (unpaid,) if now.status is Status.CANCELLED else ()
    ready = TimedStatus(Status.TO_PACK, "pending", paid_at)
    return (unpaid, ready) if now.status not in (Status.TO_PACK, Status.CHANNEL_HOLD) else (unpaid,)


def _outcomes(now: TimedStatus, live: Sequence[Unit], *, never_paid: bool) -> tuple[TimedOutcome, ...]:
    telling = next((unit.wire for unit in live if unit.wire.cancel_return_initiator or unit.wire.reason), live[0].wire)
    why = " ".join(text for text in (telling.reason, telling.reason_detail) if text)
    match now.status:
        case Status.CANCELLED:
            unshipped = not any(unit.wire.package_id or unit.wire.tracking_code for unit in live)
            return (cancellation(telling.cancel_return_initiator, why, never_paid=never_paid and unshipped),)
        case Status.DELIVERED | Status.COMPLETED:
            return (TimedOutcome(Outcome.DELIVERED, None, None),)
        case Status.LOST:
            return (TimedOutcome(Outcome.LOST, None, None),)
        case Status.RETURNING | Status.RETURNED if not any(unit.was_delivered for unit in live):
            return (undelivered(why),)
        case Status.RETURNING:
            return (TimedOutcome(Outcome.DELIVERED, None, None),)
        case Status.RETURNED:
            return (TimedOutcome(Outcome.RETURNED, None, now.known_at),)
        case _:
            return ()


def _parcels(live: Sequence[Unit]) -> tuple[IncomingParcel, ...]:
    """The packages of the units; before packing neither a package nor a tracking code is told."""
    found: dict[tuple[str, str], str] = {}
    for unit in live:
        key = (unit.wire.package_id, unit.wire.tracking_code)
        if any(key):
            found.setdefault(key, unit.wire.shipment_provider)
    return tuple(
        IncomingParcel(package or None, tracking or None, carrier or None)
        for (package, tracking), carrier in found.items()
    )


def _buyer(order: OrderWire, wires: Sequence[UnitWire]) -> IncomingBuyer | None:
    external = next((wire.buyer_id for wire in wires if wire.buyer_id.strip("0")), None)
    name = _joined(order.customer_first_name, order.customer_last_name)
    phone = "" if is_masked(order.address_shipping.phone) else order.address_shipping.phone
    return IncomingBuyer(external, name, phone) if external or name or phone else None


def _address(address: AddressWire) -> Address:
    """Vietnam's levels: address1 is the street, 3 the province, 4 the district, 5 the ward (as in the seller centre's export)."""
    street = ", ".join(part for part in (address.address1, address.address2) if part)
    return Address(
        _joined(address.first_name, address.last_name),
        address.phone,
        street,
        address.address5,
        address.district or address.address4,
        address.address3 or address.city,
        address.country,
    )


def _vouchers(order: OrderWire, wires: Sequence[UnitWire]) -> tuple[str, ...]:
    codes = [order.voucher_code]
    codes += [
        code for wire in wires for code in (wire.voucher_code, wire.voucher_code_seller, wire.voucher_code_platform)
    ]
    return tuple(dict.fromkeys(code for code in codes if code))


def _other_codes(order: OrderWire, reverses: Sequence[ReverseWire]) -> tuple[str, ...]:
    """The order number where it differs from the id, and what stands on a return's parcel."""
    codes = [order.order_number]
    for reverse in reverses:
        if not reverse.request_type.upper().startswith("CANCEL"):
            codes += [reverse.reverse_order_id, *(line.tracking_number for line in reverse.reverse_order_lines)]
    return tuple(code for code in dict.fromkeys(codes) if code and code != order.order_id)


def _joined(first: str, last: str) -> str:
    return " ".join(part for part in (first, last) if part)
