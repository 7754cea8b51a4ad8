"""Answers of WooCommerce REST v3 as typed objects, as tolerant as PHP is careless.

Numbers come as strings and strings as numbers, empty objects as `[]`, missing texts as null or false; unknown fields are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from packstation.locale import said
from sync.channels.errors import UnreadableRecordError


def _text(value: object) -> object:
    return "" if value is None or value is False else value


def _number(value: object) -> object:
    return 0 if value is None or value in (False, "") else value


def _object(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> object:
    """A PHP array whose places have holes comes as an object; only objects are members."""
    members = list(value.values()) if isinstance(value, dict) else value
    return [one for one in members if isinstance(one, dict)] if isinstance(members, list) else []


def _decimal(value: object) -> object:
    if value is None or value in (False, ""):
        return Decimal(0)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("no number") from None
    if not number.is_finite() or abs(number) >= 10**18:
        raise ValueError("no number")
    return number


Text = Annotated[str, BeforeValidator(_text)]
Number = Annotated[int, BeforeValidator(_number)]
Amount = Annotated[Decimal, BeforeValidator(_decimal)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class Meta(_Wire):
    """One entry of `meta_data`, where plugins keep whatever they like."""

    key: Text = ""
    value: Any = None


class Contact(_Wire):
    """`billing` or `shipping`; only billing has an e-mail."""

    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    address_1: Text = ""
    address_2: Text = ""
    city: Text = ""
    state: Text = ""
    country: Text = ""
    email: Text = ""
    phone: Text = ""


class LineItem(_Wire):
    """A product line of an order, or, with a negative quantity, of a refund. A deleted product keeps its name and loses its SKU."""

    id: Number = 0
    name: Text = ""
    product_id: Number = 0
    variation_id: Number = 0
    quantity: Amount = Decimal(0)
    subtotal: Amount = Decimal(0)
    subtotal_tax: Amount = Decimal(0)
    total: Amount = Decimal(0)
    total_tax: Amount = Decimal(0)
    sku: Text = ""
    meta_data: Annotated[tuple[Meta, ...], BeforeValidator(_list)] = ()

    @property
    def code(self) -> str:
        """The seller's SKU, else the shop's id of what was bought."""
        return self.sku or str(self.variation_id or self.product_id or self.id)


class Coupon(_Wire):
    """A coupon that was used."""

    code: Text = ""


class RefundMark(_Wire):
    """What an order tells of a refund: that there is one."""

    id: Number = 0


class Refund(_Wire):
    """One refund (GET /orders/ID/refunds); `amount` is positive, its lines are negative."""

    id: Number = 0
    date_created: Text = ""
    date_created_gmt: Text = ""
    amount: Amount = Decimal(0)
    line_items: Annotated[tuple[LineItem, ...], BeforeValidator(_list)] = ()


class Order(_Wire):
    """One order. Times without `_gmt` are the site's own and have no offset."""

    id: int
    number: Text = ""
    status: Text = ""
    currency: Text = ""
    date_created: Text = ""
    date_created_gmt: Text = ""
    date_modified: Text = ""
    date_modified_gmt: Text = ""
    date_paid: Text = ""
    date_paid_gmt: Text = ""
    date_completed: Text = ""
    date_completed_gmt: Text = ""
    total: Amount
    customer_id: Number = 0
    customer_note: Text = ""
    payment_method: Text = ""
    billing: Annotated[Contact, BeforeValidator(_object)] = Contact()
    shipping: Annotated[Contact, BeforeValidator(_object)] = Contact()
    line_items: Annotated[tuple[LineItem, ...], BeforeValidator(_list)] = ()
    coupon_lines: Annotated[tuple[Coupon, ...], BeforeValidator(_list)] = ()
    refunds: Annotated[tuple[RefundMark, ...], BeforeValidator(_list)] = ()
    meta_data: Annotated[tuple[Meta, ...], BeforeValidator(_list)] = ()

    def metas(self, key: str) -> Iterator[object]:
        """The values of this key that say something."""
        return (meta.value for meta in self.meta_data if meta.key == key and meta.value not in (None, "", [], {}))


class Note(_Wire):
    """An order note."""

    id: Number = 0
    note: Text = ""


def read_order(row: object) -> Order:
    """One order of an answer.

    Raises:
        UnreadableRecordError: it is none; the text names the field and never its value.
    """
    try:
        return Order.model_validate(row)
    except ValidationError as error:
        raise UnreadableRecordError(_why(error)) from None


def read_refund(row: object) -> Refund:
    """One refund of an answer.

    Raises:
        UnreadableRecordError: it is none.
    """
    try:
        return Refund.model_validate(row)
    except ValidationError as error:
        raise UnreadableRecordError(_why(error, "refund")) from None


def _why(error: ValidationError, *within: str) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    field = ".".join(str(part) for part in (*within, *first["loc"])) or "record"
    return said("{field} cannot be read ({kind})", field=field, kind=first["type"])
