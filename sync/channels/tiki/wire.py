"""Tiki's answers as typed records. Source: open.tiki.vn, "Order API" (listing v2) and "Tiki Theory V2: Order, Order Item".

Amounts come as numbers or as decimal texts, codes as texts or numbers, missing objects as null: all of these are taken, unknown
fields are left alone. `relation_code`, `parent_code` and `original_code` name the order that this one was split off; the codes of
pick-up, delivery and return under `shipping` are seen in use but not documented.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from packstation.locale import said
from sync.channels.errors import UnreadableRecordError


def _text(value: object) -> str:
    """Any scalar as text; what is no scalar says nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _flag(value: object) -> bool | None:
    """Yes or no; None where neither is said."""
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).casefold())


def _records(value: object) -> list[object]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _record(value: object) -> object:
    return value if isinstance(value, dict) else {}


Text = Annotated[str, BeforeValidator(_text)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
Code = Annotated[str, BeforeValidator(_text), Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_-]{0,39}$")]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Product(_Wire):
    """What was bought. `seller_product_code` is the seller's SKU, `sku` Tiki's."""

    id: Text = ""
    sku: Text = ""
    seller_product_code: Text = ""
    name: Text = ""
    inventory_type: Text = ""


class Confirmation(_Wire):
    """Whether the seller has said that the goods are there, and until when that must be said."""

    status: Text = ""
    available_confirm_sla: Text = ""


class ItemInvoice(_Wire):
    """The money of one item; `row_total` is what the buyer pays for it."""

    price: Text = ""
    row_total: Text = ""


class ItemWire(_Wire):
    """One product line."""

    id: Text = ""
    product: Annotated[Product, BeforeValidator(_record)] = Product()
    price: Text = ""
    qty: Text = ""
    confirmation: Annotated[Confirmation, BeforeValidator(_record)] = Confirmation()
    invoice: Annotated[ItemInvoice, BeforeValidator(_record)] = ItemInvoice()


class Invoice(_Wire):
    """The money of the whole order."""

    grand_total: Text = ""
    collectible_amount: Text = ""
    coupon_code: Text = ""


class Payment(_Wire):
    """How it is paid."""

    method: Text = ""
    is_prepaid: Flag = None


class Plan(_Wire):
    """What the buyer was promised."""

    promised_delivery_date: Text = ""


class AddressWire(_Wire):
    """Where it goes. Phone and e-mail are there only when the seller delivers or it crosses a border."""

    full_name: Text = ""
    street: Text = ""
    ward: Text = ""
    district: Text = ""
    region: Text = ""
    country: Text = ""
    phone: Text = ""
    email: Text = ""


class Shipping(_Wire):
    """How it travels."""

    partner_name: Text = ""
    tracking_code: Text = ""
    pickup_shipping_code: Text = ""
    delivery_shipping_code: Text = ""
    return_shipping_code: Text = ""
    plan: Annotated[Plan, BeforeValidator(_record)] = Plan()
    address: Annotated[AddressWire, BeforeValidator(_record)] = AddressWire()


class Customer(_Wire):
    """The buyer."""

    id: Text = ""
    full_name: Text = ""


class CancelInfo(_Wire):
    """Why it was cancelled, and when."""

    reason_code: Text = ""
    reason_text: Text = ""
    comment: Text = ""
    canceled_at: Text = ""


class RmaInfo(_Wire):
    """Which orders a replacement ties together."""

    original_order_code: Text = ""
    exchanged_order_code: Text = ""


class StatusHistory(_Wire):
    """A status that the order reached; only there when `include` asks for it."""

    id: Text = ""
    status: Text = ""
    created_at: Text = ""


class OrderWire(_Wire):
    """One order. Times are `YYYY-MM-DD HH:MM:SS` in Vietnam."""

    code: Code
    relation_code: Text = ""
    parent_code: Text = ""
    original_code: Text = ""
    fulfillment_type: Text = ""
    status: Text = ""
    created_at: Text = ""
    updated_at: Text = ""
    is_rma: Flag = None
    items: Annotated[tuple[ItemWire, ...], BeforeValidator(_records)] = ()
    invoice: Annotated[Invoice, BeforeValidator(_record)] = Invoice()
    payment: Annotated[Payment, BeforeValidator(_record)] = Payment()
    shipping: Annotated[Shipping, BeforeValidator(_record)] = Shipping()
    customer: Annotated[Customer, BeforeValidator(_record)] = Customer()
    cancel_info: Annotated[CancelInfo, BeforeValidator(_record)] = CancelInfo()
    rma_info: Annotated[RmaInfo, BeforeValidator(_record)] = RmaInfo()
    status_histories: Annotated[tuple[StatusHistory, ...], BeforeValidator(_records)] = ()


class TokenWire(_Wire):
    """What the token endpoint hands out; a refresh token only after a consent with the scope `offline`."""

    access_token: Annotated[str, BeforeValidator(_text), Field(min_length=1)]
    refresh_token: Text = ""
    expires_in: Text = ""


def read_order(row: object) -> OrderWire:
    """One order of an answer.

    Raises:
        UnreadableRecordError: it is none; the text names the field and never its value.
    """
    try:
        return OrderWire.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "record"
    raise UnreadableRecordError(said("{field} cannot be read ({kind})", field=field, kind=first["type"]))
