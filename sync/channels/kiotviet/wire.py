"""KiotViet's answers as typed records. Source: the public API's documents, "Đặt hàng", "Hóa đơn", "Trả hàng", "Khách hàng".

Fields that are null are left out of real answers. Numbers are taken as texts and the other way round, and a single record where a
list is documented. `removeId[]` of a listing names ids only, by which nothing is known here: that an order is gone shows when it is
read again.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(_text(value).casefold())


def _number(value: object) -> object:
    """A number, a number as text, or nothing; a float by its shortest text, so that 0.1 stays 0.1."""
    if value is None or value == "":
        return None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _code(value: object) -> int | None:
    text = _text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _records(value: object) -> list[object]:
    rows = value if isinstance(value, list) else [value]
    return [row for row in rows if isinstance(row, dict)]


def _record(value: object) -> object:
    return value if isinstance(value, dict) else None


Text = Annotated[str, BeforeValidator(_text)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
Amount = Annotated[Decimal | None, BeforeValidator(_number)]
Code = Annotated[int | None, BeforeValidator(_code)]
Id = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=80)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class DetailWire(_Wire):
    """One product line. `quantity` is a double (goods by weight), `discount` is one unit's, off `price`."""

    product_id: Text = ""
    product_code: Text = ""
    product_name: Text = ""
    quantity: Annotated[Decimal, BeforeValidator(_number)]
    price: Amount = None
    discount: Amount = None
    discount_ratio: Amount = None
    sub_total: Amount = None


class PartnerWire(_Wire):
    """Who delivers."""

    code: Text = ""
    name: Text = ""


class DeliveryWire(_Wire):
    """`orderDelivery` or `invoiceDelivery`; only the latter has a status."""

    delivery_code: Text = ""
    status: Code = None
    status_value: Text = ""
    receiver: Text = ""
    contact_number: Text = ""
    address: Text = ""
    location_name: Text = ""
    ward_name: Text = ""
    using_price_cod: Flag = None
    price_cod_payment: Amount = None
    partner_delivery: Annotated[PartnerWire | None, BeforeValidator(_record)] = None


class PaymentWire(_Wire):
    """A payment; with `includePayment` only."""

    amount: Amount = None
    trans_date: Text = ""


class SaleChannelWire(_Wire):
    """Where it was sold; in invoices with `SaleChannel=true` only, spelt with capitals."""

    name: Text = Field("", validation_alias=AliasChoices("Name", "name"))


class _Sale(_Wire):
    """What orders and invoices have in common."""

    id: Text = ""
    code: Id
    purchase_date: Text = ""
    created_date: Text = ""
    modified_date: Text = ""
    customer_id: Text = ""
    customer_code: Text = ""
    customer_name: Text = ""
    total: Amount = None
    total_payment: Amount = None
    status: Code = None
    status_value: Text = ""
    description: Text = ""
    sold_by_name: Text = ""
    using_cod: Flag = None
    payments: Annotated[list[PaymentWire], BeforeValidator(_records)] = []


class OrderWire(_Sale):
    """A `đặt hàng`, DH…: complete as soon as everything is invoiced, which says nothing of its delivery."""

    order_details: Annotated[list[DetailWire], BeforeValidator(_records)] = []
    order_delivery: Annotated[DeliveryWire | None, BeforeValidator(_record)] = None


class InvoiceWire(_Sale):
    """A `hóa đơn`, HD…: of an order, of a marketplace, or of the counter.

    `orderCode` is documented for single invoices; live listings have `orderId`, or both.
    """

    order_code: Text = ""
    order_id: Text = ""
    invoice_details: Annotated[list[DetailWire], BeforeValidator(_records)] = []
    invoice_delivery: Annotated[DeliveryWire | None, BeforeValidator(_record)] = Field(
        None, validation_alias=AliasChoices("invoiceDelivery", "deliveryDetail")
    )
    sale_channel: Annotated[SaleChannelWire | None, BeforeValidator(_record)] = Field(
        None, validation_alias=AliasChoices("SaleChannel", "saleChannel")
    )


class ReturnWire(_Wire):
    """A `trả hàng`, TH…: goods of one invoice that came back after they were sold."""

    code: Id
    invoice_id: Text = ""
    return_date: Text = ""
    created_date: Text = ""
    modified_date: Text = ""
    return_total: Amount = None
    status: Code = None
    status_value: Text = ""
    return_details: Annotated[list[DetailWire], BeforeValidator(_records)] = []


class CustomerWire(_Wire):
    """A customer of the shop. `gender` is true for men, `organization` the company; the totals are the POS's own sums over all time."""

    id: Text = ""
    code: Text = ""
    name: Text = ""
    created_date: Text = ""
    modified_date: Text = ""
    gender: bool | None = None
    birth_date: Text = ""
    contact_number: Text = ""
    email: Text = ""
    organization: Text = ""
    address: Text = ""
    ward_name: Text = ""
    location_name: Text = ""
    debt: Amount = None
    reward_point: Amount = None
    total_revenue: Amount = None
    total_point: Amount = None


class ListingWire(_Wire):
    """A page of a listing. `total` counts what the filter finds, from the first row on."""

    total: Code = None
    data: list[Any]


class TokenWire(_Wire):
    """An answer of `/connect/token`, whose names have underscores; the life is in seconds."""

    access_token: Annotated[str, Field(pattern=r"^[!-~]+$")] = Field(validation_alias="access_token")
    expires_in: Code = Field(None, validation_alias="expires_in")
