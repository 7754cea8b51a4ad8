"""Lazada's answers as typed records: `/orders/get`, `/orders/items/get`, reverse orders, reasons to cancel.

The documents' samples write numbers and booleans as texts, live shops mostly as such, and the text `null` where there is nothing:
all of these are taken. Unknown fields are left alone.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

_NOTHING = frozenset({"null", "null-null", "none"})


def _text(value: object) -> str:
    """Any scalar as text; what is no scalar says nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, str | int | float):
        text = str(value).strip()
        return "" if text.casefold() in _NOTHING else text
    return ""


def _flag(value: object) -> bool:
    return _text(value).casefold() in ("true", "1", "yes")


def _records(value: object) -> list[object]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _record(value: object) -> object:
    return value if isinstance(value, dict) else {}


Text = Annotated[str, BeforeValidator(_text)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Some = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
OrderId = Annotated[str, BeforeValidator(_text), Field(pattern=r"^[0-9]{1,20}$")]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class AddressWire(_Wire):
    """`address_shipping`. The district's name is spelt in two ways, one of them by mistake."""

    first_name: Text = ""
    last_name: Text = ""
    phone: Text = ""
    address1: Text = ""
    address2: Text = ""
    address3: Text = ""
    address4: Text = ""
    address5: Text = ""
    city: Text = ""
    country: Text = ""
    district: Text = Field(default="", validation_alias=AliasChoices("addressDsitrict", "addressDistrict"))


class OrderWire(_Wire):
    """An order without its items."""

    order_id: OrderId
    order_number: Text = ""
    created_at: Text = ""
    updated_at: Text = ""
    address_updated_at: Text = ""
    payment_method: Text = ""
    price: Text = ""
    voucher: Text = ""
    voucher_code: Text = ""
    shipping_fee: Text = ""
    customer_first_name: Text = ""
    customer_last_name: Text = ""
    buyer_note: Text = ""
    remarks: Text = ""
    need_cancel_confirm: Flag = False
    is_cancel_pending: Flag = False
    address_shipping: Annotated[AddressWire, BeforeValidator(_record)] = AddressWire()


class UnitWire(_Wire):
    """One unit sold. `need_cancel_confirm`: the buyer waits for an answer; `is_cancel_pending`: it was granted."""

    order_item_id: Text = ""
    sku: Text = ""
    shop_sku: Text = ""
    sku_id: Text = ""
    name: Text = ""
    variation: Text = ""
    item_price: Text = ""
    paid_price: Text = ""
    shipping_amount: Text = ""
    currency: Text = ""
    status: Text = ""
    tracking_code: Text = ""
    package_id: Text = ""
    shipment_provider: Text = ""
    reason: Text = ""
    reason_detail: Text = ""
    cancel_return_initiator: Text = ""
    cancel_trigger_time: Text = ""
    reverse_order_id: Text = ""
    return_status: Text = ""
    sla_time_stamp: Text = ""
    payment_time: Text = ""
    updated_at: Text = ""
    buyer_id: Text = ""
    stage_pay_status: Text = ""
    voucher_code: Text = ""
    voucher_code_seller: Text = ""
    voucher_code_platform: Text = ""
    is_fbl: Flag = False
    need_cancel_confirm: Flag = False
    is_cancel_pending: Flag = False


class UnitsWire(_Wire):
    """The units of one order, as `/orders/items/get` groups them; they are read one order at a time."""

    order_id: OrderId
    order_items: Annotated[list[dict[str, Any]], BeforeValidator(_records)] = []


class ReverseLineWire(_Wire):
    """One unit of a reverse order. Amounts are minor units already: cents, and whole dong in Vietnam."""

    trade_order_line_id: Text = ""
    reverse_status: Text = ""
    refund_amount: Text = ""
    tracking_number: Text = ""
    return_order_line_gmt_modified: Text = ""


class ReverseWire(_Wire):
    """A reverse order; `request_type` is CANCEL, RETURN or ONLY_REFUND."""

    reverse_order_id: Text = ""
    request_type: Text = ""
    reverse_order_lines: Annotated[list[ReverseLineWire], BeforeValidator(_records)] = []


class ReasonWire(_Wire):
    """A reason for which the seller may cancel."""

    reason_id: Some
    reason_name: Text = ""


class TipWire(_Wire):
    """What `/order/reverse/cancel/validate` and `…/create` say of an order; `tip_type` is `error` or `warn`."""

    tip_type: Text = ""
    tip_content: Text = ""
    reason_options: Annotated[list[ReasonWire], BeforeValidator(_records)] = []


class TokenWire(_Wire):
    """An answer of `/auth/token/create` and `/auth/token/refresh`; lives in seconds."""

    access_token: Some
    refresh_token: Text = ""
    expires_in: Text = ""
    refresh_expires_in: Text = ""
    country_user_info: Annotated[list[dict[str, Any]], BeforeValidator(_records)] = Field(
        default=[], validation_alias=AliasChoices("country_user_info", "country_user_info_list")
    )
