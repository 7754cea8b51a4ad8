"""TikTok Shop's records (version 202309) as they come, as far as they matter here.

Sources: "Get Order List", "Get Order Detail", "Search Returns", "Get Package Detail", "Get Authorized Shops". Money is decimal text, times
are seconds, and every unit is a row of its own. Numbers are taken where text is promised and the other way round; a time that
cannot be one is left out, as only the time of placing is indispensable.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_LATEST = 4_102_444_800
"""The year 2100, in seconds."""


def _text(value: object) -> object:
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else value


def _seconds(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    return value if isinstance(value, int) and 0 < value < _LATEST else None


def _flag(value: object) -> object:
    return False if value is None or value == "" else value


def _listed(value: object) -> object:
    return [] if value is None else value


Text = Annotated[str, BeforeValidator(_text)]
Seconds = Annotated[int | None, BeforeValidator(_seconds)]
Flag = Annotated[bool, BeforeValidator(_flag)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class District(_Wire):
    """One level of an address; `address_level` is L0 for the country downwards."""

    address_level_name: Text = ""
    address_name: Text = ""
    address_level: Text = ""


class Recipient(_Wire):
    """Where the parcel goes. Absent while the order is unpaid or on hold; name and phone are masked where TikTok ships."""

    name: Text = ""
    phone_number: Text = ""
    full_address: Text = ""
    address_detail: Text = ""
    address_line1: Text = ""
    address_line2: Text = ""
    address_line3: Text = ""
    address_line4: Text = ""
    district_info: Annotated[tuple[District, ...], BeforeValidator(_listed)] = ()


class Payment(_Wire):
    """What the buyer pays."""

    currency: Text = ""
    total_amount: Text = ""
    seller_discount: Text = ""
    platform_discount: Text = ""


class Unit(_Wire):
    """One piece: TikTok Shop gives every piece a line of its own."""

    id: Text = ""
    sku_id: Text = ""
    seller_sku: Text = ""
    product_name: Text = ""
    sku_name: Text = ""
    sale_price: Text = ""
    display_status: Text = ""
    package_id: Text = ""
    tracking_number: Text = ""
    shipping_provider_name: Text = ""
    cancel_reason: Text = ""
    cancel_user: Text = ""


class PackageId(_Wire):
    """A package of an order by its number alone."""

    id: Text = ""


class Order(_Wire):
    """An order, whole: lists and single reads give the same."""

    id: Annotated[Text, Field(min_length=1, max_length=40)]
    status: Text = ""
    create_time: Annotated[int, BeforeValidator(_seconds)]
    update_time: Seconds = None
    paid_time: Seconds = None
    rts_time: Seconds = None
    collection_time: Seconds = None
    delivery_time: Seconds = None
    cancel_time: Seconds = None
    request_cancel_time: Seconds = None
    release_date: Seconds = None
    rts_sla_time: Seconds = None
    tts_sla_time: Seconds = None
    shipping_due_time: Seconds = None
    collection_due_time: Seconds = None
    pick_up_cut_off_time: Seconds = None
    cancel_order_sla_time: Seconds = None
    is_cod: Annotated[bool | None, BeforeValidator(lambda value: None if value == "" else value)] = None
    is_buyer_request_cancel: Flag = False
    is_on_hold_order: Flag = False
    is_sample_order: Flag = False
    is_replacement_order: Flag = False
    is_exchange_order: Flag = False
    has_updated_recipient_address: Flag = False
    cancel_reason: Text = ""
    cancellation_initiator: Text = ""
    fulfillment_type: Text = ""
    order_type: Text = ""
    user_id: Text = ""
    buyer_message: Text = ""
    seller_note: Text = ""
    tracking_number: Text = ""
    shipping_provider: Text = ""
    payment: Payment | None = None
    recipient_address: Recipient | None = None
    line_items: Annotated[tuple[Unit, ...], BeforeValidator(_listed)] = ()
    packages: Annotated[tuple[PackageId, ...], BeforeValidator(_listed)] = ()


class Refunded(_Wire):
    """Money that goes back."""

    refund_total: Text = ""


class ReturnedUnit(_Wire):
    """One piece of a return."""

    order_line_item_id: Text = ""
    sku_id: Text = ""
    seller_sku: Text = ""
    refund_amount: Refunded | None = None


class Return(_Wire):
    """A return or refund asked for after delivery. `update_time` is missing in some descriptions of the record."""

    order_id: Annotated[Text, Field(min_length=1, max_length=40)]
    return_id: Text = ""
    return_tracking_number: Text = ""
    return_type: Text = ""
    return_status: Text = ""
    create_time: Seconds = None
    update_time: Seconds = None
    refund_amount: Refunded | None = None
    return_line_items: Annotated[tuple[ReturnedUnit, ...], BeforeValidator(_listed)] = ()


class Found(_Wire):
    """A page of `orders/search` or `returns/search`, or the orders that were read by number; records not looked into yet."""

    orders: Annotated[tuple[Any, ...], BeforeValidator(_listed)] = ()
    return_orders: Annotated[tuple[Any, ...], BeforeValidator(_listed)] = ()
    next_page_token: Text = ""


class PackageDetail(_Wire):
    """A package: which orders travel in it."""

    orders: Annotated[tuple[PackageId, ...], BeforeValidator(_listed)] = ()


class AuthorizedShop(_Wire):
    """A shop that the seller's consent covers."""

    id: Text = ""
    name: Text = ""
    cipher: Text = ""


class AuthorizedShops(_Wire):
    """All of them."""

    shops: Annotated[tuple[AuthorizedShop, ...], BeforeValidator(_listed)] = ()


class Tokens(_Wire):
    """A pair of tokens; both expiries are absolute, in seconds."""

    access_token: Annotated[Text, Field(min_length=1)]
    access_token_expire_in: Seconds = None
    refresh_token: Text = ""
    refresh_token_expire_in: Seconds = None


class Cancelled(_Wire):
    """What came of asking to cancel."""

    cancel_id: Text = ""
