"""Nhanh's answers as typed records. Source: apidocs.nhanh.vn, v2, `/api/order/index`; PHP writes numbers and texts as it likes.

Documented are the names; unclear in the documents, and read as said here: `calcTotalMoney` is what the buyer pays in all, and a
product's `discount` is one piece's.
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


def _records(value: object) -> list[object]:
    """A PHP array whose keys are not 0, 1, 2 … comes as an object; only objects are members."""
    members = list(value.values()) if isinstance(value, dict) else value
    return [one for one in members if isinstance(one, dict)] if isinstance(members, list) else []


Text = Annotated[str, BeforeValidator(_text)]
Id = Annotated[str, BeforeValidator(_text), Field(pattern=r"^[0-9]{1,18}$")]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Gift(_Wire):
    """A present that goes with a product; it costs nothing."""

    product_id: Text = Field(default="", alias="productId")
    product_code: Text = Field(default="", alias="productCode")
    product_name: Text = Field(default="", alias="productName")
    quantity: Text = ""


class ProductWire(Gift):
    """One product line."""

    price: Text = ""
    discount: Text = ""
    gifts: Annotated[tuple[Gift, ...], BeforeValidator(_records)] = Field(default=(), alias="giftProducts")


class OrderWire(_Wire):
    """One order. Times are `YYYY-MM-DD HH:MM:SS` in Vietnam, `updatedAt` is Unix time in seconds."""

    id: Id
    shop_order_id: Text = Field(default="", alias="shopOrderId")
    private_id: Text = Field(default="", alias="privateId")
    merchant_tracking: Text = Field(default="", alias="merchantTrackingNumber")
    type_id: Text = Field(default="", alias="typeId")
    sale_channel: Text = Field(default="", alias="saleChannel")
    source: Text = Field(default="", alias="trafficSourceName")
    status: Text = Field(default="", alias="statusCode")
    created: Text = Field(default="", alias="createdDateTime")
    updated: Text = Field(default="", alias="updatedAt")
    total: Text = Field(default="", alias="calcTotalMoney")
    discount: Text = Field(default="", alias="moneyDiscount")
    deposit: Text = Field(default="", alias="moneyDeposit")
    transfer: Text = Field(default="", alias="moneyTransfer")
    points: Text = Field(default="", alias="usedPointAmount")
    shipping_fee: Text = Field(default="", alias="customerShipFee")
    coupon: Text = Field(default="", alias="couponCode")
    customer_id: Text = Field(default="", alias="customerId")
    name: Text = Field(default="", alias="customerName")
    phone: Text = Field(default="", alias="customerMobile")
    email: Text = Field(default="", alias="customerEmail")
    street: Text = Field(default="", alias="customerAddress")
    ward: Text = Field(default="", alias="customerWard")
    district: Text = Field(default="", alias="customerDistrict")
    city: Text = Field(default="", alias="customerCity")
    carrier: Text = Field(default="", alias="carrierName")
    tracking: Text = Field(default="", alias="carrierCode")
    buyer_note: Text = Field(default="", alias="description")
    seller_note: Text = Field(default="", alias="privateDescription")
    products: Annotated[tuple[ProductWire, ...], BeforeValidator(_records)] = ()


class TokenWire(_Wire):
    """What an access code buys."""

    access_token: Annotated[str, BeforeValidator(_text), Field(min_length=1, alias="accessToken")]
    business_id: Text = Field(default="", alias="businessId")
    expires_at: Text = Field(default="", alias="expiredAt")
    expires_on: Text = Field(default="", alias="expiredDateTime")


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
