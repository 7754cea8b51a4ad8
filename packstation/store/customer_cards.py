"""A customer's card: the history with what people and POS shops say beside it."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.cards import CustomerCard
from packstation.domain.customer_profile import Field
from packstation.domain.history import History
from packstation.store.balances import balance_at, balance_of
from packstation.store.customer_edits import latest_edits, notes_of, tags_of


def customer_card(
    customer_id: int, name: str, buyers: Sequence[tuple[int, str, str]], history: History, at: int | None
) -> CustomerCard:
    """The card of a customer as known at a moment.

    Args:
        customer_id: the customer.
        name: as channels say; a name written by hand stands instead of it.
        buyers: from `store.histories.buyers_of`.
        history: at the same moment.
        at: the moment, ms UTC; None for the present.
    """
    written = latest_edits(customer_id, at)
    balance = balance_of(customer_id) if at is None else balance_at(customer_id, at)
    return CustomerCard(
        customer_id,
        written[Field.NAME].value or name if Field.NAME in written else name,
        tuple((channel, external) for _id, channel, external in buyers),
        history,
        balance.debt,
        balance.points,
        written[Field.TIER].value if Field.TIER in written else "",
        tags_of(customer_id, at),
        notes_of(customer_id, at),
    )
