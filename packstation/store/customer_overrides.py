"""Overrides for a customer, in the store: they hold for the customer whom the buyer belongs to, as long as the buyer does."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.verdict import CustomerOverride
from packstation.store.database import rows_of
from packstation.store.tables.supervision import CustomerOverrideRow


def add_override(buyer_id: int, why: str, from_at: int, until_at: int, person_id: int) -> None:
    """Store that the orders of a buyer's customer go without a confirmation until a moment."""
    CustomerOverrideRow.insert(
        buyer_id=buyer_id, why=why, from_at=from_at, until_at=until_at, person_id=person_id
    ).execute()


def override_in_force(buyer_ids: Sequence[int], moment: int) -> CustomerOverride | None:
    """The override in force at a moment (ms UTC) for the customer who has these buyers; of several the longest."""
    if not buyer_ids:
        return None
    marks = ",".join("?" * len(buyer_ids))
    rows = rows_of(
        f"SELECT p.name, c.until_at FROM customer_override c JOIN person p ON p.id = c.person_id WHERE c.buyer_id IN ({marks}) "
        "AND c.from_at <= ? AND c.until_at > ? ORDER BY c.until_at DESC, c.id DESC LIMIT 1",
        (*buyer_ids, moment, moment),
    )
    return CustomerOverride(rows[0][0], rows[0][1]) if rows else None


def buyer_of_order(order_id: int) -> int | None:
    """The buyer of an order; None for a guest, and for one who is nobody's profile."""
    rows = rows_of(
        "SELECT b.id FROM orders o JOIN buyer b ON b.id = o.buyer_id WHERE o.id = ? AND b.customer_id IS NOT NULL",
        (order_id,),
    )
    return rows[0][0] if rows else None
