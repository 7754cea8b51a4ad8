"""Pancake's answers as typed records. Source: api-docs.pancake.vn, "Thông tin đơn hàng", and recorded answers.

Numbers are taken as texts and the other way round. Of the people who worked on an order only the creator's name is read: in recorded
answers the id of an editor without a name is the key of the API itself.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _flag(value: object) -> bool:
    return value is True or _text(value).casefold() in ("true", "1")


def _number(value: object) -> object:
    if value is None or value == "":
        return None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _code(value: object) -> int | None:
    text = _text(value)
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 10 else None


def _records(value: object) -> list[object]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _record(value: object) -> object:
    return value if isinstance(value, dict) else {}


Text = Annotated[str, BeforeValidator(_text)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Amount = Annotated[Decimal | None, BeforeValidator(_number)]
Code = Annotated[int | None, BeforeValidator(_code)]
Id = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=80)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class VariationWire(_Wire):
    """What a line's product was when it was ordered; `display_id` is its SKU, `detail` its variation in words."""

    name: Text = ""
    detail: Text = ""
    display_id: Text = ""
    custom_id: Text = ""
    barcode: Text = ""
    product_display_id: Text = ""
    retail_price: Amount = None


class ItemWire(_Wire):
    """A line. `discount_each_product` is an amount off one piece, or a percentage."""

    quantity: Annotated[Decimal, BeforeValidator(_number)]
    returned_count: Amount = None
    discount_each_product: Amount = None
    is_discount_percent: Flag = False
    is_bonus_product: Flag = False
    variation_id: Text = ""
    variation_info: Annotated[VariationWire, BeforeValidator(_record)] = VariationWire()


class PartnerWire(_Wire):
    """The carrier: `extend_code` is the tracking number."""

    partner_id: Code = None
    extend_code: Text = ""


class AddressWire(_Wire):
    """`shipping_address`; the commune's name is spelt in two ways, one of them by mistake."""

    full_name: Text = ""
    phone_number: Text = ""
    address: Text = ""
    commune_name: Text = ""
    commnue_name: Text = ""
    district_name: Text = ""
    province_name: Text = ""


class CustomerWire(_Wire):
    """The shop's customer; `fb_id` is their Facebook id."""

    id: Text = ""
    fb_id: Text = ""
    name: Text = ""


class PassedWire(_Wire):
    """A status that the order reached, UTC without an offset."""

    status: Code = None
    updated_at: Text = ""


class PaymentWire(_Wire):
    """A payment by bank transfer or wallet."""

    inserted_at: Text = ""


class CreatorWire(_Wire):
    """Who created the order at the shop; an id without a name tells nobody, and is not read."""

    name: Text = ""


class MoreWire(_Wire):
    """`additional_info` of marketplaces' orders."""

    booking_sn: Text = ""


class OrderWire(_Wire):
    """An order, whole: listings and single reads give the same."""

    id: Id
    system_id: Text = ""
    custom_id: Text = ""
    status: Code = None
    status_name: Text = ""
    inserted_at: Text = ""
    updated_at: Text = ""
    time_send_partner: Text = ""
    last_update_status_at: Text = ""
    order_currency: Text = ""
    total_price_after_sub_discount: Amount = None
    total_price: Amount = None
    shipping_fee: Amount = None
    total_discount: Amount = None
    money_to_collect: Amount = None
    cod: Amount = None
    bill_full_name: Text = ""
    bill_phone_number: Text = ""
    bill_email: Text = ""
    note: Text = ""
    note_print: Text = ""
    order_sources: Text = ""
    order_sources_name: Text = ""
    marketplace_id: Text = ""
    returned_reason: Code = None
    received_at_shop: Flag = False
    is_exchange_order: Flag = False
    creator: Annotated[CreatorWire, BeforeValidator(_record)] = CreatorWire()
    customer: Annotated[CustomerWire, BeforeValidator(_record)] = CustomerWire()
    shipping_address: Annotated[AddressWire, BeforeValidator(_record)] = AddressWire()
    partner: Annotated[PartnerWire, BeforeValidator(_record)] = PartnerWire()
    additional_info: Annotated[MoreWire, BeforeValidator(_record)] = MoreWire()
    items: Annotated[list[ItemWire], BeforeValidator(_records)] = []
    status_history: Annotated[list[PassedWire], BeforeValidator(_records)] = []
    payment_purchase_histories: Annotated[list[PaymentWire], BeforeValidator(_records)] = []


class ListingWire(_Wire):
    """A page of orders, counted from 1."""

    data: list[Any]
    page_number: Code = None
    total_pages: Code = None
    total_entries: Code = None
