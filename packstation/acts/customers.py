"""One customer with all figures and orders, now or as known at a moment. Never writes."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.acts.policies import current_policy
from packstation.domain.cards import CustomerCard, OrderCard
from packstation.domain.customer_profile import Profile
from packstation.domain.customer_worth import Profit, Worth, profit_of, worth_of
from packstation.domain.product_tally import ProductTally, tally
from packstation.domain.times import parse_iso
from packstation.store.balances import Balance, balance_at, balance_of
from packstation.store.buyer_facts import profile_at
from packstation.store.costs import cost_of, has_costs
from packstation.store.customer_cards import customer_card
from packstation.store.customer_orders import tallied_orders
from packstation.store.customers import customer_name, order_ids_of, shop_of_customer, shops_of
from packstation.store.database import answering, database_now
from packstation.store.histories import HistoryScope, ShopRateTimeline, buyers_of, history_at, history_now
from packstation.store.order_cards import order_card


@dataclass(frozen=True, slots=True)
class CustomerFigures:
    """Whatever is known of a customer at a moment beside their orders.

    Attributes:
        card: history, tier, tags, notes.
        zone: of the shop whose eyes the customer is seen with.
        moment: ms UTC.
        profile: who they are.
        worth: lifetime value and what may be expected.
        profit: None where no costs are known, or where they were not asked for.
        balance: what POS shops say.
        products: what they bought and sent back; empty where it was not asked for.
    """

    card: CustomerCard
    zone: str
    moment: int
    profile: Profile
    worth: Worth
    profit: Profit | None
    balance: Balance
    products: tuple[ProductTally, ...] = ()


def figures_now(customer_id: int) -> CustomerFigures:
    """A customer as of now, from what is kept ready: at the same cost for 20 orders and for 20,000.

    Products and profit, which are counted order by order, are left out.
    """
    with answering():
        shop_id, currency, zone = shop_of_customer(customer_id)
        buyers = buyers_of(customer_id)
        now = database_now()
        history = history_now(buyers, HistoryScope(shop_id, currency, zone, current_policy().prior_weight), now, None)
        return CustomerFigures(
            customer_card(customer_id, customer_name(customer_id), buyers, history, None, now),
            zone,
            now,
            profile_at(customer_id),
            worth_of(history, now, None),
            None,
            balance_of(customer_id),
        )


def customer_at(customer_id: int, at_text: str | None = None) -> tuple[CustomerFigures, list[OrderCard]]:
    """The customer and all their orders, newest first; seen with the eyes of the shop they ordered at last.

    Args:
        customer_id: a customer that exists.
        at_text: an ISO 8601 moment; without an offset it is in that shop's zone.

    Raises:
        UnreadableTimeError: `at_text` is no moment.
    """
    policy = current_policy()
    shop_id, currency, zone = shop_of_customer(customer_id)
    at = parse_iso(at_text, zone) if at_text is not None else None
    figures = _figures(customer_id, HistoryScope(shop_id, currency, zone, policy.prior_weight), at)
    orders = [order_card(order_id, policy.holds, at) for order_id in order_ids_of(customer_id, at)]
    return figures, orders


def _figures(customer_id: int, scope: HistoryScope, at: int | None) -> CustomerFigures:
    buyers = buyers_of(customer_id)
    moment = database_now() if at is None else at
    if at is None:
        history = history_now(buyers, scope, moment, None)
    else:
        history = history_at(buyers, scope, ShopRateTimeline(scope.shop_id).at(at), at, None)
    orders = list(tallied_orders(buyers, at))
    profit = profit_of(orders, scope.currency, cost_of()) if has_costs(shops_of(customer_id)) else None
    return CustomerFigures(
        customer_card(customer_id, customer_name(customer_id), buyers, history, at, database_now()),
        scope.zone,
        moment,
        profile_at(customer_id, at),
        worth_of(history, moment, profit),
        profit,
        balance_of(customer_id) if at is None else balance_at(customer_id, at),
        tuple(tally(orders)),
    )
