"""What Shopee puts on the wire, as far as it is read. Numbers may come as text and text as numbers, and anything may be null.

Source: Shopee Open Platform v2, API reference of the modules Order, Logistics, Returns and Payment. The quantities
`cancelled_qty` and `returned_qty` of an order's items exist since May 2026 and are nothing in older answers.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _or_empty(value: object) -> object:
    return "" if value is None else value


def _or_zero(value: object) -> object:
    return 0 if value is None or value == "" else value


def _or_none(value: object) -> object:
    return None if value == "" else value


def _or_nothing(value: object) -> object:
    return () if value is None or value == "" else value


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("no amount") from None
    if not amount.is_finite():
        raise ValueError("no amount")
    return amount


Text = Annotated[str, BeforeValidator(_or_empty)]
Whole = Annotated[int, BeforeValidator(_or_zero)]
Amount = Annotated[Decimal | None, BeforeValidator(_decimal)]
Flag = Annotated[bool | None, BeforeValidator(_or_none)]
Records = Annotated[tuple[Any, ...], BeforeValidator(_or_nothing)]
"""Records that are read one by one, so that a bad one loses nothing but itself."""


class Wire(BaseModel):
    """A record: frozen, and blind for what it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class OrderRow(Wire):
    """One row of `get_order_list`."""

    order_sn: Text = ""


class BookingRow(Wire):
    """One row of `get_booking_list`; `order_sn` when it is matched."""

    booking_sn: Text = ""
    order_sn: Text = ""


class Listed(Wire):
    """A page of `get_order_list`, `get_booking_list` or `get_return_list`."""

    more: Flag = False
    next_cursor: Text = ""
    order_list: Records = ()
    booking_list: Records = ()
    returns: Records = Field((), alias="return")


class LostPage(Wire):
    """What `get_lost_push_message` answers: each record has the whole push as text in `data`."""

    push_message_list: Records = ()
    has_next_page: Flag = False
    last_message_id: Text = ""


class Details(Wire):
    """What `get_order_detail`, `get_booking_detail` and `get_package_detail` answer."""

    order_list: Records = ()
    booking_list: Records = ()
    package_list: Records = ()


class Recipient(Wire):
    """Where a parcel goes, masked as Shopee likes."""

    name: Text = ""
    phone: Text = ""
    town: Text = ""
    district: Text = ""
    city: Text = ""
    state: Text = ""
    region: Text = ""
    full_address: Text = ""


class OrderItem(Wire):
    """One line of an order or a booking."""

    item_id: Whole = 0
    item_name: Text = ""
    item_sku: Text = ""
    model_id: Whole = 0
    model_name: Text = ""
    model_sku: Text = ""
    model_quantity_purchased: Whole = 0
    model_discounted_price: Amount = None
    cancelled_qty: Whole = 0
    returned_qty: Whole = 0


class PackageItem(Wire):
    """How many pieces of which line are in a package."""

    item_id: Whole = 0
    model_id: Whole = 0
    model_quantity: Whole = 0


class OrderPackage(Wire):
    """A package as the order names it: without its tracking number."""

    package_number: Text = ""
    logistics_status: Text = ""
    shipping_carrier: Text = ""
    item_list: Annotated[tuple[PackageItem, ...], BeforeValidator(_or_nothing)] = ()


class OrderDetail(Wire):
    """One order of `get_order_detail`."""

    order_sn: Text
    order_status: Text = ""
    currency: Text = ""
    cod: Flag = None
    total_amount: Amount = None
    create_time: Whole = 0
    update_time: Whole = 0
    pay_time: Whole = 0
    pickup_done_time: Whole = 0
    ship_by_date: Whole = 0
    buyer_user_id: Text = ""
    buyer_username: Text = ""
    message_to_seller: Text = ""
    note: Text = ""
    recipient_address: Recipient | None = None
    item_list: Annotated[tuple[OrderItem, ...], BeforeValidator(_or_nothing)] = ()
    package_list: Annotated[tuple[OrderPackage, ...], BeforeValidator(_or_nothing)] = ()
    shipping_carrier: Text = ""
    cancel_by: Text = ""
    cancel_reason: Text = ""
    buyer_cancel_reason: Text = ""
    fulfillment_flag: Text = ""
    advance_package: Flag = None
    booking_sn: Text = ""


class PackageDetail(Wire):
    """One package of `get_package_detail`."""

    order_sn: Text = ""
    package_number: Text
    fulfillment_status: Text = ""
    tracking_number: Text = ""
    shipping_carrier: Text = ""
    update_time: Whole = 0


class Tracking(Wire):
    """What `get_tracking_number` and `get_booking_tracking_number` say; empty while the carrier has given none."""

    tracking_number: Text = ""


class Scan(Wire):
    """One line of a parcel's history."""

    update_time: Whole = 0
    description: Text = ""
    logistics_status: Text = ""


class Scans(Wire):
    """What `get_tracking_info` says."""

    tracking_info: Annotated[tuple[Scan, ...], BeforeValidator(_or_nothing)] = ()


class ReturnItem(Wire):
    """One line of a return; `amount` is pieces."""

    item_id: Whole = 0
    model_id: Whole = 0
    amount: Whole = 0
    item_price: Amount = None


class Return(Wire):
    """A return or refund of one order. `return_solution` 1 gives money back and no goods."""

    return_sn: Text
    order_sn: Text
    status: Text = ""
    refund_amount: Amount = None
    create_time: Whole = 0
    update_time: Whole = 0
    return_solution: Whole = 0
    item: Annotated[tuple[ReturnItem, ...], BeforeValidator(_or_nothing)] = ()


class OrderIncome(Wire):
    """What the money of an order was made of."""

    seller_voucher_code: Annotated[tuple[Text, ...], BeforeValidator(_or_nothing)] = ()


class EscrowDetail(Wire):
    """One order of `get_escrow_detail_batch`, which also names the order's returns."""

    order_sn: Text = ""
    return_order_sn_list: Annotated[tuple[Text, ...], BeforeValidator(_or_nothing)] = ()
    order_income: OrderIncome = OrderIncome()


class EscrowRow(Wire):
    """The wrapping of an `EscrowDetail`."""

    escrow_detail: EscrowDetail


class BookingDetail(Wire):
    """One booking of `get_booking_detail`; `order_sn` when it is matched."""

    booking_sn: Text
    order_sn: Text = ""
    booking_status: Text = ""
    shipping_carrier: Text = ""
    create_time: Whole = 0
    update_time: Whole = 0
    ship_by_date: Whole = 0
    pickup_done_time: Whole = 0
    recipient_address: Recipient | None = None
    item_list: Annotated[tuple[OrderItem, ...], BeforeValidator(_or_nothing)] = ()
    cancel_by: Text = ""
    cancel_reason: Text = ""


class TokenPair(Wire):
    """A flat answer of the calls for tokens. `shop_id_list` comes with a main account's first pair."""

    access_token: Text
    refresh_token: Text
    expire_in: Whole = 0
    shop_id_list: Annotated[tuple[Whole, ...], BeforeValidator(_or_nothing)] = ()
