"""The customer as `customer --json` prints it: as in `check`, with every figure of the customer screen beside it."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.acts.customers import CustomerFigures
from packstation.cli.documents import Document, customer_document
from packstation.domain.cards import OrderCard
from packstation.domain.customer_profile import Field, Said, age_group, initials
from packstation.domain.masking import masked_field
from packstation.domain.product_tally import ProductTally
from packstation.domain.times import iso_utc


def figures_document(figures: CustomerFigures, *, in_clear: bool = False) -> Document:
    """A customer; money in minor units, times ISO 8601 UTC; phone, email and address masked unless `in_clear`."""
    worth, profit, balance = figures.worth, figures.profit, figures.balance
    return {
        **customer_document(figures.card),
        "profile": _profile(figures, in_clear),
        "figures": {
            "lifetime_value": worth.lifetime_value,
            "lifetime_value_is_profit": worth.is_profit,
            "orders_with_costs": profit.orders_with_costs if profit else 0,
            "orders_without_costs": profit.orders_without_costs if profit else figures.card.history.arrived_in_currency,
            "expected_orders_12m": worth.expected_orders_12m,
            "expected_12m": worth.expected_12m,
            "next_order_at": None if worth.next_order_at is None else iso_utc(worth.next_order_at),
            "voucher_share": worth.voucher_share,
            "pos_total_spent": balance.total_spent,
            "pos_total_points": balance.total_points,
        },
        "products": [_product(product) for product in figures.products],
    }


def sellers_document(orders: Sequence[OrderCard]) -> list[Document]:
    """Who sold and who created each of the orders of which a channel or a file names one of the two."""
    return [
        {
            "shop": order.shop,
            "number": order.number,
            "sold_by": order.sold_by or None,
            "created_by": order.created_by or None,
        }
        for order in orders
        if order.sold_by or order.created_by
    ]


def _profile(figures: CustomerFigures, in_clear: bool) -> Document:
    profile = figures.profile
    group = age_group(profile.age(figures.moment, figures.zone))
    fields = {
        str(field): {
            "value": said.value if in_clear else masked_field(field, said.value),
            "from": said.channel or None,
            "by_hand": said.is_by_hand,
            "by": said.by or None,
            "at": None if said.at is None else iso_utc(said.at),
            "channel_says": _below(field, said, in_clear),
        }
        for field, said in profile.fields.items()
    }
    return {
        "initials": initials(profile.value(Field.NAME)),
        "gender": str(profile.gender),
        "age_group": None if group is None else {"from": group[0], "to": group[1]},
        "fields": fields,
    }


def _below(field: Field, said: Said, in_clear: bool) -> str | None:
    """What channels say of a field that a person wrote over."""
    if said.said_by_channel is None:
        return None
    value = said.said_by_channel.value
    return value if in_clear else masked_field(field, value)


def _product(product: ProductTally) -> Document:
    return {
        "sku": product.sku,
        "name": product.name,
        "currency": product.currency,
        "orders": product.orders,
        "bought": product.bought,
        "sent_back": product.sent_back,
        "cancelled": product.cancelled,
        "refused": product.refused,
        "spent": product.spent,
        "last_at": iso_utc(product.last_at),
        "likes": product.likes,
        "sends_back": product.sends_back,
    }
