"""Everything that is known of whom a caller contacts, for one screen: open holds with their reasons, and history with product lines."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.acts.desk_views import HeldOrder, held_order
from packstation.acts.policies import current_policy
from packstation.domain.call_queue import Callee, Waiting
from packstation.domain.cards import CustomerCard, PastOrderCard
from packstation.domain.orders import Item
from packstation.domain.verdict import Reason, decide
from packstation.store.database import answering, database_now
from packstation.store.histories import buyers_of
from packstation.store.judging import read_for_judging
from packstation.store.order_cards import items_of, past_order_cards

_PAST = 20


@dataclass(frozen=True, slots=True)
class HeldWhy:
    """An order on hold with the reasons of its verdict."""

    held: HeldOrder
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CalleeView:
    """Whom one contacts: their holds, the most urgent first; `customer` None for a guest; their other orders, newest first."""

    callee: Callee
    holds: tuple[HeldWhy, ...]
    customer: CustomerCard | None
    past: tuple[tuple[PastOrderCard, tuple[Item, ...]], ...]


def view_of(waiting: Waiting) -> CalleeView:
    """What there is to know of somebody in the queue."""
    return _view(waiting.callee, [held.order_id for held in waiting.holds])


def view_of_order(callee: Callee, order_id: int) -> CalleeView:
    """The same for one order, whether it is on hold or was."""
    return _view(callee, [order_id])


def _view(callee: Callee, order_ids: list[int]) -> CalleeView:
    with answering():
        policy = current_policy()
        now = database_now()
        holds = []
        customer: CustomerCard | None = None
        for order_id in order_ids:
            facts = read_for_judging(order_id, None, policy.holds, policy.prior_weight, now)
            verdict = decide(facts.judged, facts.customer.history if facts.customer else None, policy, now)
            holds.append(HeldWhy(held_order(order_id), verdict.reasons))
            customer = customer or facts.customer
        buyer_ids = [buyer_id for buyer_id, *_rest in buyers_of(callee.customer_id)] if callee.customer_id else []
        past = [card for card in past_order_cards(buyer_ids, _PAST) if card.id not in order_ids]
        return CalleeView(callee, tuple(holds), customer, tuple((card, items_of(card.id)) for card in past))
