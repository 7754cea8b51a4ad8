"""One customer with all orders, now or as known at a moment. Never writes."""

from __future__ import annotations

from packstation.acts.policies import current_policy
from packstation.domain.cards import CustomerCard, OrderCard
from packstation.domain.times import parse_iso
from packstation.store.balances import balance_of
from packstation.store.customers import customer_name, order_ids_of, shop_of_customer
from packstation.store.database import database_now
from packstation.store.histories import HistoryScope, ShopRateTimeline, buyers_of, history_at, history_now
from packstation.store.order_cards import order_card


def customer_at(customer_id: int, at_text: str | None = None) -> tuple[CustomerCard, list[OrderCard]]:
    """The customer and all their orders, newest first; seen with the eyes of the shop they ordered at last.

    Args:
        customer_id: a customer that exists.
        at_text: an ISO 8601 moment; without an offset it is in that shop's zone.

    Raises:
        UnreadableTimeError: `at_text` is no moment.
    """
    policy = current_policy()
    shop_id, currency, zone = shop_of_customer(customer_id)
    buyers = buyers_of(customer_id)
    scope = HistoryScope(shop_id, currency, zone, policy.prior_weight)
    at = parse_iso(at_text, zone) if at_text is not None else None
    if at is None:
        history = history_now(buyers, scope, database_now(), None)
    else:
        history = history_at(buyers, scope, ShopRateTimeline(shop_id).at(at), at, None)
    card = CustomerCard(
        customer_id,
        customer_name(customer_id),
        tuple((channel, external) for _id, channel, external in buyers),
        history,
        *(balance_of(customer_id) if at is None else (None, None)),
    )
    orders = [order_card(order_id, policy.holds, at) for order_id in order_ids_of(customer_id, at)]
    return card, orders
