"""Bookings: parcels that Shopee wants packed before anybody has ordered them (advance fulfilment). Pure.

Source: Shopee Open Platform v2, `get_booking_detail`. A booking has no prices, no payment and no buyer; once it is MATCHED it is an
order's, and only the order tells how it goes on.
"""

from __future__ import annotations

from collections.abc import Mapping

from packstation.domain.orders import (
    IncomingOrder,
    IncomingParcel,
    Item,
    OrderKind,
    Status,
    TimedOutcome,
    TimedStatus,
)
from packstation.locale import said
from sync.channels.errors import UnreadableRecordError
from sync.channels.shopee.records import address_of, moment, name_of, required_moment, sku_of
from sync.channels.shopee.statuses import cancelled_by, meaning
from sync.channels.shopee.wire import BookingDetail


def booking_status(booking: BookingDetail, configured: Mapping[str, Status]) -> Status:
    """Where a booking stands."""
    return meaning(booking.booking_status, configured)


def booking_of(booking: BookingDetail, tracking: str, currency: str, configured: Mapping[str, Status]) -> IncomingOrder:
    """A booking that is not matched, as an order of its own kind.

    Args:
        booking: what was read.
        tracking: its parcel's number; empty while there is none.
        currency: the shop's.
        configured: what the shop's configuration says of unknown words.

    Raises:
        UnreadableRecordError: a field that must be there is not.
    """
    if not booking.booking_sn:
        raise UnreadableRecordError(said("booking_sn is empty"))
    status = booking_status(booking, configured)
    shipped_at = moment(booking.pickup_done_time)
    outcomes: tuple[TimedOutcome, ...] = ()
    if status is Status.CANCELLED:
        ending = cancelled_by(
            booking.cancel_by, booking.cancel_reason, shipped=shipped_at is not None, paid=True, cod=False
        )
        outcomes = (TimedOutcome(ending.outcome, ending.cause, None),)
    carrier = booking.shipping_carrier or None
    return IncomingOrder(
        number=booking.booking_sn,
        placed_at=required_moment(booking.create_time, "create_time"),
        currency=currency,
        total=0,
        statuses=(TimedStatus(status, booking.booking_status, shipped_at if status is Status.SHIPPED else None),),
        outcomes=outcomes,
        items=tuple(
            Item(sku_of(item), name_of(item), item.model_quantity_purchased, 0, 0)
            for item in booking.item_list
            if item.model_quantity_purchased > 0
        ),
        address=address_of(booking.recipient_address),
        parcels=(IncomingParcel(tracking=tracking or None, carrier=carrier),) if tracking or carrier else (),
        cod=False,
        to_collect=0,
        updated_at=required_moment(booking.update_time or booking.create_time, "update_time"),
        ship_by=moment(booking.ship_by_date),
        kind=OrderKind.BOOKING,
    )
