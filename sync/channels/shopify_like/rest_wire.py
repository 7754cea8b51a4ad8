"""Orders as Haravan's and Sapo's REST APIs write them, as typed objects.

The two differ in the names of times (`created_at`, `created_on`), in how a fulfilment is told, and in what Sapo's second product
(Omni) calls things; either name is read. Sources: Haravan Omni API 1.0, "Order", "Fulfillment", "Refund"; Sapo API, "Order",
"Fulfillment", "Refund". What is not in these documents is marked where it is read.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AliasChoices, Field

from sync.channels.shopify_like.values import OBJECT, OBJECTS, Amount, Text, Texts, Whole, Wire


def _either(*names: str) -> AliasChoices:
    return AliasChoices(*names)


class Address(Wire):
    """`shipping_address` or `billing_address`. `company` is Shopify's field, which neither vendor documents."""

    name: Annotated[Text, Field(validation_alias=_either("name", "full_name"))] = ""
    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    phone: Annotated[Text, Field(validation_alias=_either("phone", "phone_number"))] = ""
    address1: Text = ""
    ward: Text = ""
    district: Text = ""
    city: Text = ""
    province: Text = ""
    country_code: Text = ""


class Customer(Wire):
    """The buyer; an order of the point of sale may have none."""

    id: Whole = 0
    name: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    phone: Annotated[Text, Field(validation_alias=_either("phone", "phone_number"))] = ""
    email: Text = ""


class LineItem(Wire):
    """A product line. `price` is before discounts, `total_discount` is the line's."""

    id: Whole = 0
    variant_id: Whole = 0
    product_id: Whole = 0
    sku: Text = ""
    title: Annotated[Text, Field(validation_alias=_either("title", "product_name"))] = ""
    variant_title: Annotated[Text, Field(validation_alias=_either("variant_title", "variant_name"))] = ""
    name: Text = ""
    quantity: Whole = 0
    price: Amount = Decimal(0)
    total_discount: Annotated[Amount, Field(validation_alias=_either("total_discount", "discount_amount"))] = Decimal(0)


class Tracking(Wire):
    """Sapo's `tracking_info`, or Omni's `shipment`."""

    carrier: Annotated[
        Text,
        Field(
            validation_alias=_either("carrier_name", "carrier", "tracking_company", "delivery_service_provider_name")
        ),
    ] = ""
    number: Annotated[Text, Field(validation_alias=_either("tracking_number", "tracking_code"))] = ""
    numbers: Annotated[Texts, Field(validation_alias=_either("tracking_numbers"))] = ()


class Collecting(Wire):
    """Sapo's `shipping_info`."""

    cod_amount: Amount = Decimal(0)


class Fulfillment(Wire):
    """One shipment. Haravan's dates of the carrier's statuses are not documented, and often missing; Sapo has one of them."""

    status: Text = ""
    created: Annotated[Text, Field(validation_alias=_either("created_at", "created_on"))] = ""
    tracking_company: Text = ""
    tracking_number: Text = ""
    tracking_numbers: Texts = ()
    tracking_info: Annotated[Tracking, OBJECT, Field(validation_alias=_either("tracking_info", "shipment"))] = (
        Tracking()
    )
    shipping_info: Annotated[Collecting, OBJECT] = Collecting()
    cod_amount: Amount = Decimal(0)
    way: Annotated[Text, Field(validation_alias=_either("carrier_status_code", "shipment_status"))] = ""
    delivering: Annotated[Text, Field(validation_alias=_either("delivering_date"))] = ""
    delivered: Annotated[Text, Field(validation_alias=_either("delivered_date", "delivered_on"))] = ""
    returned: Annotated[Text, Field(validation_alias=_either("return_date"))] = ""
    missed: Annotated[Text, Field(validation_alias=_either("not_meet_customer_date"))] = ""
    turned: Annotated[Text, Field(validation_alias=_either("waiting_for_return_date"))] = ""
    collected: Annotated[Text, Field(validation_alias=_either("cod_paid_date"))] = ""

    @property
    def to_collect(self) -> Decimal:
        """What the carrier is to collect at the door."""
        return self.cod_amount or self.shipping_info.cod_amount


class Transaction(Wire):
    """Money that moved, or was to move; the amount of a refund is negative at Haravan."""

    kind: Text = ""
    amount: Amount = Decimal(0)
    created: Annotated[Text, Field(validation_alias=_either("created_at", "created_on"))] = ""


class RefundLineItem(Wire):
    """Pieces of a line that came back."""

    line_item_id: Whole = 0
    quantity: Whole = 0


class Refund(Wire):
    """Goods that came back, money that was given back, or both."""

    created: Annotated[Text, Field(validation_alias=_either("created_at", "created_on"))] = ""
    refund_line_items: Annotated[tuple[RefundLineItem, ...], OBJECTS] = ()
    transactions: Annotated[tuple[Transaction, ...], OBJECTS] = ()


class Code(Wire):
    """A discount code that was used."""

    code: Text = ""


class Order(Wire):
    """One order. Times are ISO 8601 in UTC."""

    id: Whole
    name: Annotated[Text, Field(validation_alias=_either("name", "code"))] = ""
    order_number: Text = ""
    created: Annotated[Text, Field(validation_alias=_either("created_at", "created_on"))] = ""
    updated: Annotated[Text, Field(validation_alias=_either("updated_at", "modified_on"))] = ""
    cancelled: Annotated[Text, Field(validation_alias=_either("cancelled_at", "cancelled_on"))] = ""
    closed: Annotated[Text, Field(validation_alias=_either("closed_at", "closed_on", "completed_on"))] = ""
    cancel_reason: Text = ""
    status: Text = ""
    cancelled_status: Text = ""
    closed_status: Text = ""
    financial_status: Annotated[Text, Field(validation_alias=_either("financial_status", "payment_status"))] = ""
    fulfillment_status: Text = ""
    gateway: Text = ""
    gateway_code: Text = ""
    payment_gateway_names: Texts = ()
    currency: Text = ""
    total_price: Annotated[Amount, Field(validation_alias=_either("total_price", "total"))]
    note: Text = ""
    source_name: Text = ""
    source_identifier: Annotated[
        Text, Field(validation_alias=_either("source_identifier", "reference_number", "reference"))
    ] = ""
    email: Annotated[Text, Field(validation_alias=_either("email", "contact_email"))] = ""
    customer: Annotated[Customer, OBJECT, Field(validation_alias=_either("customer", "customer_data"))] = Customer()
    billing_address: Annotated[Address, OBJECT] = Address()
    shipping_address: Annotated[Address, OBJECT] = Address()
    line_items: Annotated[
        tuple[LineItem, ...], OBJECTS, Field(validation_alias=_either("line_items", "order_line_items"))
    ] = ()
    discount_codes: Annotated[tuple[Code, ...], OBJECTS] = ()
    fulfillments: Annotated[tuple[Fulfillment, ...], OBJECTS] = ()
    refunds: Annotated[tuple[Refund, ...], OBJECTS] = ()
    transactions: Annotated[tuple[Transaction, ...], OBJECTS] = ()
