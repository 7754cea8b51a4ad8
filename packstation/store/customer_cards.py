"""A customer's card: the history with what people and POS shops say beside it."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.cards import CustomerCard, TagCard
from packstation.domain.customer_profile import Field, Tier
from packstation.domain.history import History
from packstation.domain.tiers import shown_tags, standing_of
from packstation.store.balances import balance_at, balance_of
from packstation.store.customer_edits import latest_edits, notes_of, tags_of
from packstation.store.standings import OrderInHand, current_tiers, dealings_of


def customer_card(
    customer_id: int,
    name: str,
    buyers: Sequence[tuple[int, str, str]],
    history: History,
    at: int | None,
    now: int,
    order: OrderInHand | None = None,
) -> CustomerCard:
    """The card of a customer as known at a moment.

    Args:
        customer_id: the customer.
        name: as channels say; a name written by hand stands instead of it.
        buyers: from `store.histories.buyers_of`.
        history: at the same moment.
        at: the moment, ms UTC; None for the present.
        now: the present by the database's clock, ms UTC.
        order: the order that is judged; None for the customer screen.
    """
    written = latest_edits(customer_id, at)
    balance = balance_of(customer_id) if at is None else balance_at(customer_id, at)
    tags = tags_of(customer_id, at)
    rules = current_tiers()
    standing = standing_of(
        rules,
        history,
        dealings_of([buyer_id for buyer_id, _channel, _external in buyers], balance, at, now, order),
        Tier(written[Field.TIER].value) if Field.TIER in written and written[Field.TIER].value else None,
        [tag.tag for tag in tags],
    )
    moment = now if at is None else at
    by_rule = tuple(TagCard(rule.id, "", rule.id, moment, rule.texts) for rule in shown_tags(rules, standing.by_rule))
    return CustomerCard(
        customer_id,
        written[Field.NAME].value or name if Field.NAME in written else name,
        tuple((channel, external) for _id, channel, external in buyers),
        history,
        balance.debt,
        balance.points,
        standing.tier or "",
        (*tags, *by_rule),
        notes_of(customer_id, at),
        standing,
    )
