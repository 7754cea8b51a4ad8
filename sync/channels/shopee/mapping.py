"""An order of Shopee's as packstation knows it. Pure.

What the documents leave open, and what is made of it: `ship_by_date` is "the deadline to ship out the parcel" and so the time
to hand it over; nothing says until when a shipment must be arranged, when Shopee cancels by itself, or until when a buyer's
request to cancel must be answered. `model_quantity_purchased` is taken for what was ordered, before `cancelled_qty`.
`total_amount` is there once the order is paid; before, the goods' price stands in. The price of a bundle's item is 0, as Shopee
has it. When a delivery failed, the scans of the parcel say why; where they do not, nobody knows, and the cause stays open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packstation.domain.orders import (
    FailureCause,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Item,
    Outcome,
    Refund,
    Status,
    TimedOutcome,
    TimedStatus,
)
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.shopee.giving_back import Lines, all_given_back, refunds_of
from sync.channels.shopee.records import (
    WholeOrder,
    address_of,
    clear,
    minor,
    moment,
    name_of,
    required_moment,
    sku_of,
)
from sync.channels.shopee.statuses import (
    REJECTED_PARCEL,
    RETURN_OVER,
    Fate,
    cancelled_by,
    fate_of,
    meaning,
)
from sync.channels.shopee.wire import OrderDetail
from sync.files.status_words import failed_delivery

_PACKABLE = (Status.TO_PACK, Status.LABEL_READY)
_ARRIVED = (Status.DELIVERED, Status.COMPLETED, Status.RETURNING)


def order_of(order: WholeOrder, currency: str, configured: Mapping[str, Status]) -> IncomingOrder:
    """The order.

    Args:
        order: what was read of it.
        currency: the shop's, for orders that name none.
        configured: what the shop's configuration says of unknown words.

    Raises:
        UnreadableRecordError: a field that must be there is not.
    """
    detail = order.detail
    if not detail.order_sn:
        raise UnreadableRecordError(said("order_sn is empty"))
    placed_at = required_moment(detail.create_time, "create_time")
    updated_at = required_moment(detail.update_time or detail.create_time, "update_time")
    currency = detail.currency or currency
    fates = package_fates(order)
    base = base_status(detail, configured)
    lines = _lines(detail, currency, whole=base is Status.CANCELLED and not detail.pickup_done_time)
    refunds = refunds_of(order, lines, fates, updated_at) if base in _ARRIVED else ()
    course = _Course(order, base, _fate(base, fates), refunds, lines.items)
    total = _total(detail, currency, lines.items)
    cod = detail.cod
    return IncomingOrder(
        number=detail.order_sn,
        placed_at=placed_at,
        currency=currency,
        total=total,
        statuses=course.statuses(),
        outcomes=course.outcomes(),
        items=lines.items,
        refunds=() if course.failed else refunds,
        buyer=_buyer(detail),
        address=address_of(detail.recipient_address),
        parcels=() if base is Status.UNPAID else _parcels(order),
        vouchers=order.vouchers,
        cod=cod,
        to_collect=None if cod is None else total if cod else 0,
        paid_at=moment(detail.pay_time),
        updated_at=max([updated_at, *(at for each in order.returns if (at := moment(each.update_time)))]),
        ship_by=moment(detail.ship_by_date),
        buyer_note=detail.message_to_seller,
        seller_note=detail.note,
        also=tuple(each.return_sn for each in order.returns if each.return_sn),
        booking=detail.booking_sn or None,
    )


def base_status(detail: OrderDetail, configured: Mapping[str, Status]) -> Status:
    """Where the order stands by its own word, whatever became of its parcels.

    What the seller is not to pack is kept back: orders that Shopee's warehouse fulfils, and those that wait for the booking whose
    parcel they will get (`advance_package`).
    """
    status = meaning(detail.order_status, configured)
    not_here = detail.fulfillment_flag == "fulfilled_by_shopee" or (detail.advance_package and not detail.booking_sn)
    return Status.CHANNEL_HOLD if not_here and status in _PACKABLE else status


def package_fates(order: WholeOrder) -> dict[str, Fate]:
    """What became of each package, by number.

    `LOGISTICS_COD_REJECTED` is a refusal at the door only where the parcel had been picked up: before, it is Shopee's own.
    """
    fates = {}
    for package in order.detail.package_list:
        known = order.packages.get(package.package_number)
        words = {package.logistics_status, known.fulfillment_status if known else ""}
        if not order.detail.pickup_done_time:
            words.discard(REJECTED_PARCEL)
        fates[package.package_number] = fate_of(words)
    return fates


def _fate(base: Status, fates: Mapping[str, Fate]) -> Fate:
    """What became of the order's parcels together: one that arrived outweighs one that did not."""
    if base not in (Status.SHIPPED, Status.CANCELLED, Status.RETURNING):
        return Fate.ON_THE_WAY
    found = set(fates.values())
    return next((fate for fate in (Fate.DELIVERED, Fate.FAILED, Fate.LOST) if fate in found), Fate.ON_THE_WAY)


class _Course:
    """How one order went, as statuses and outcomes."""

    def __init__(
        self, order: WholeOrder, base: Status, fate: Fate, refunds: Sequence[Refund], items: Sequence[Item]
    ) -> None:
        self._order = order
        self._detail = order.detail
        self._base = base
        self._fate = fate
        self.failed = fate in (Fate.FAILED, Fate.LOST)
        self._shipped_at = moment(order.detail.pickup_done_time)
        self._refunds = refunds
        self._returned = base in _ARRIVED and not self.failed and all_given_back(refunds, items)

    def statuses(self) -> tuple[TimedStatus, ...]:
        """The statuses that Shopee tells a time of, and the current one."""
        current = self._current()
        detail, passed = self._detail, []
        paid_at, placed_at = moment(detail.pay_time), moment(detail.create_time)
        if not detail.cod and paid_at and placed_at and paid_at > placed_at:
            passed.append(TimedStatus(Status.UNPAID, "UNPAID", placed_at))
        if self._shipped_at and (self._base in _ARRIVED or self.failed):
            passed.append(TimedStatus(Status.SHIPPED, "SHIPPED", self._shipped_at))
        arrived_at = self._arrived_at()
        if arrived_at and current.status is not Status.DELIVERED:
            passed.append(TimedStatus(Status.DELIVERED, "TO_CONFIRM_RECEIVE", arrived_at))
        if current.status is Status.RETURNED and not self.failed and (asked := self._asked_back_at()):
            passed.append(TimedStatus(Status.RETURNING, "TO_RETURN", asked))
        return (*passed, current)

    def outcomes(self) -> tuple[TimedOutcome, ...]:
        """How it ended, if it did."""
        detail = self._detail
        if self._fate is Fate.LOST:
            return (TimedOutcome(Outcome.LOST, None, self._parcel_changed_at()),)
        if self._fate is Fate.FAILED:
            return (TimedOutcome(Outcome.DELIVERY_FAILED, self._cause(), self._parcel_changed_at()),)
        if self._base is Status.CANCELLED:
            ending = cancelled_by(
                detail.cancel_by,
                f"{detail.cancel_reason} {detail.buyer_cancel_reason}".strip(),
                shipped=self._shipped_at is not None,
                paid=bool(detail.pay_time),
                cod=bool(detail.cod),
            )
            return (TimedOutcome(ending.outcome, ending.cause, None),)
        if self._base not in _ARRIVED:
            return ()
        arrived = TimedOutcome(Outcome.DELIVERED, None, self._arrived_at())
        if not self._returned:
            return (arrived,)
        return (arrived, TimedOutcome(Outcome.RETURNED, None, max(refund.known_at for refund in self._refunds)))

    def _current(self) -> TimedStatus:
        status, known_at = self._base, None
        if self._fate is Fate.LOST:
            status, known_at = Status.LOST, self._parcel_changed_at()
        elif self._fate is Fate.FAILED and status is Status.CANCELLED:
            # Shopee cancels what could not be delivered, and tells nothing more of the parcel.
            status = Status.RETURNED
        elif self._fate is Fate.FAILED:
            status, known_at = Status.RETURNING, self._parcel_changed_at()
        elif self._returned:
            status, known_at = Status.RETURNED, max(refund.known_at for refund in self._refunds)
        elif status is Status.RETURNING:
            known_at = self._asked_back_at()
        elif status is Status.UNPAID:
            known_at = moment(self._detail.create_time)
        elif status is Status.SHIPPED:
            known_at = self._shipped_at
        elif status is Status.DELIVERED:
            known_at = self._arrived_at()
        return TimedStatus(status, self._detail.order_status, known_at)

    def _arrived_at(self) -> int | None:
        """When the last package that arrived changed last, which is when it arrived; at the latest when it was asked back."""
        if self._base not in _ARRIVED or self.failed:
            return None
        packages = self._order.packages.values()
        times = [moment(one.update_time) for one in packages if fate_of({one.fulfillment_status}) is Fate.DELIVERED]
        arrived_at = max((at for at in times if at is not None), default=None)
        asked_back_at = self._asked_back_at()
        return min(arrived_at, asked_back_at) if arrived_at and asked_back_at else arrived_at

    def _asked_back_at(self) -> int | None:
        times = [moment(each.create_time) for each in self._order.returns if each.status not in RETURN_OVER]
        return min((at for at in times if at is not None), default=None)

    def _parcel_changed_at(self) -> int | None:
        times = [moment(package.update_time) for package in self._order.packages.values()]
        return max((at for at in times if at is not None), default=None)

    def _cause(self) -> FailureCause | None:
        if _is_rejected(self._detail):
            return FailureCause.REFUSED
        # Shopee's own reasons are about logistics as such, which would blame the courier for everything.
        texts = [*(scan.description for scan in self._order.scans), self._detail.cancel_reason]
        return next((cause for text in texts if (cause := failed_delivery(text).cause) is not None), None)


def unexplained(order: WholeOrder, configured: Mapping[str, Status]) -> tuple[str, ...]:
    """The packages that could not be delivered, where the order itself does not say why: their scans may."""
    fates = package_fates(order)
    if _fate(base_status(order.detail, configured), fates) is not Fate.FAILED or _is_rejected(order.detail):
        return ()
    return tuple(number for number, fate in fates.items() if fate is Fate.FAILED and number)


def _is_rejected(detail: OrderDetail) -> bool:
    return any(package.logistics_status == REJECTED_PARCEL for package in detail.package_list)


def _lines(detail: OrderDetail, currency: str, *, whole: bool) -> Lines:
    """The order's lines, equal ones as one; without what was cancelled before shipping unless the `whole` order was."""
    grouped: dict[tuple[str, str, int], int] = {}
    keys: dict[tuple[int, int], tuple[str, str, int]] = {}
    returned: dict[tuple[str, str, int], int] = {}
    whole = whole or all(item.cancelled_qty >= item.model_quantity_purchased for item in detail.item_list)
    for item in detail.item_list:
        pieces = item.model_quantity_purchased - (0 if whole else max(item.cancelled_qty, 0))
        if pieces <= 0:
            continue
        key = (sku_of(item), name_of(item), minor(item.model_discounted_price, currency, "model_discounted_price"))
        grouped[key] = grouped.get(key, 0) + pieces
        keys[item.item_id, item.model_id] = key
        returned[key] = returned.get(key, 0) + max(item.returned_qty, 0)
    order = {key: place for place, key in enumerate(grouped)}
    return Lines(
        tuple(Item(sku, name, pieces, price, price * pieces) for (sku, name, price), pieces in grouped.items()),
        {ids: order[key] for ids, key in keys.items()},
        {order[key]: pieces for key, pieces in returned.items() if pieces},
    )


def _total(detail: OrderDetail, currency: str, items: Sequence[Item]) -> int:
    stated = minor(detail.total_amount, currency, "total_amount")
    is_known = detail.total_amount is not None and (stated > 0 or detail.pay_time or detail.cod)
    return stated if is_known else sum(item.total for item in items)


def _buyer(detail: OrderDetail) -> IncomingBuyer | None:
    """The buyer by Shopee's number, with the username (which exports call the buyer by) beside it."""
    number = "" if detail.buyer_user_id == "0" else detail.buyer_user_id
    username = clear(detail.buyer_username)
    if not number and not username:
        return None
    recipient = detail.recipient_address
    phone = clear(recipient.phone) if recipient else ""
    also = (username,) if number and username else ()
    return IncomingBuyer(number or username, username, phone, also=also)


def _parcels(order: WholeOrder) -> tuple[IncomingParcel, ...]:
    parcels = []
    for package in order.detail.package_list:
        known = order.packages.get(package.package_number)
        tracking = (known.tracking_number if known else "") or order.trackings.get(package.package_number, "")
        carrier = package.shipping_carrier or (known.shipping_carrier if known else "") or order.detail.shipping_carrier
        if package.package_number or tracking:
            parcels.append(IncomingParcel(package.package_number or None, tracking or None, carrier or None))
    return tuple(parcels)
