"""Answers of Shopify's Admin GraphQL API as typed objects. Source: the objects Order, LineItem, Fulfillment, Refund (2026-07).

Whatever an application is not approved to see about buyers is null.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from sync.channels.shopify_like.values import OBJECT, OBJECTS, Amount, Text, Texts, Whole, Wire


class Money(Wire):
    """An amount in the shop's own currency."""

    amount: Amount = Decimal(0)


class MoneySet(Wire):
    """An amount in both currencies, of which the shop's counts."""

    shop_money: Annotated[Money, OBJECT] = Money()

    model_config = Wire.model_config | {"alias_generator": lambda name: "shopMoney" if name == "shop_money" else name}


class _Camel(Wire):
    model_config = Wire.model_config | {
        "alias_generator": lambda name: name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:])
    }


class PageInfo(_Camel):
    """Whether a list goes on, and behind what."""

    has_next_page: bool = False
    end_cursor: Text = ""


class Customer(_Camel):
    """The buyer; guests and point-of-sale orders have none."""

    legacy_resource_id: Text = ""
    first_name: Text = ""
    last_name: Text = ""


class Address(_Camel):
    """Where it goes. Vietnamese addresses have the ward in `address2` and the district in `city` where shops ask for them."""

    name: Text = ""
    company: Text = ""
    phone: Text = ""
    address1: Text = ""
    address2: Text = ""
    city: Text = ""
    province: Text = ""
    country_code: Text = ""

    model_config = Wire.model_config | {
        "alias_generator": lambda name: "countryCodeV2" if name == "country_code" else name
    }


class LineItem(_Camel):
    """A product line. `currentQuantity` leaves out what was refunded or removed; the total is for all of `quantity`."""

    id: Text
    sku: Text = ""
    title: Text = ""
    variant_title: Text = ""
    quantity: Whole = 0
    current_quantity: Whole = 0
    original_unit_price_set: Annotated[MoneySet, OBJECT] = MoneySet()
    discounted_total_set: Annotated[MoneySet, OBJECT] = MoneySet()


class Lines(_Camel):
    """Product lines and whether there are more."""

    page_info: Annotated[PageInfo, OBJECT] = PageInfo()
    nodes: Annotated[tuple[LineItem, ...], OBJECTS] = ()


class Tracking(_Camel):
    """A tracking number of a fulfilment."""

    company: Text = ""
    number: Text = ""


class Fulfillment(_Camel):
    """One shipment."""

    status: Text = ""
    display_status: Text = ""
    created_at: Text = ""
    in_transit_at: Text = ""
    delivered_at: Text = ""
    tracking_info: Annotated[tuple[Tracking, ...], OBJECTS] = ()


class Transaction(_Camel):
    """Money that moved."""

    kind: Text = ""
    status: Text = ""
    processed_at: Text = ""


class Named(_Camel):
    """Whatever has an id."""

    id: Text = ""


class RefundLine(_Camel):
    """Pieces of a line that were refunded."""

    quantity: Whole = 0
    line_item: Annotated[Named, OBJECT] = Named()
    subtotal_set: Annotated[MoneySet, OBJECT] = MoneySet()
    total_tax_set: Annotated[MoneySet, OBJECT] = MoneySet()


class RefundLines(_Camel):
    """Refunded lines and whether there are more."""

    page_info: Annotated[PageInfo, OBJECT] = PageInfo()
    nodes: Annotated[tuple[RefundLine, ...], OBJECTS] = ()


class Refund(_Camel):
    """One refund."""

    id: Text = ""
    created_at: Text = ""
    total_refunded_set: Annotated[MoneySet, OBJECT] = MoneySet()
    refund_line_items: Annotated[RefundLines, OBJECT] = RefundLines()


class Order(_Camel):
    """One order, without its refunds."""

    id: Text
    legacy_resource_id: Text
    name: Text = ""
    created_at: Text = ""
    updated_at: Text = ""
    cancelled_at: Text = ""
    closed_at: Text = ""
    cancel_reason: Text = ""
    display_financial_status: Text = ""
    display_fulfillment_status: Text = ""
    payment_gateway_names: Texts = ()
    currency_code: Text = ""
    total_price_set: Annotated[MoneySet, OBJECT]
    note: Text = ""
    source_name: Text = ""
    discount_codes: Texts = ()
    email: Text = ""
    phone: Text = ""
    customer: Annotated[Customer, OBJECT] = Customer()
    shipping_address: Annotated[Address, OBJECT] = Address()
    line_items: Annotated[Lines, OBJECT] = Lines()
    fulfillments: Annotated[tuple[Fulfillment, ...], OBJECTS] = ()
    transactions: Annotated[tuple[Transaction, ...], OBJECTS] = ()

    @property
    def may_have_refunds(self) -> bool:
        """Whether it is worth asking for its refunds."""
        fewer = any(line.current_quantity < line.quantity for line in self.line_items.nodes)
        return fewer or self.display_financial_status in ("REFUNDED", "PARTIALLY_REFUNDED")
