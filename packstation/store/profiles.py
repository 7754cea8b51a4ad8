"""Buyers as a person names or sees them."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.store.database import rows_of
from packstation.store.identities import marks


@dataclass(frozen=True, slots=True)
class Profile:
    """One buyer."""

    id: int
    customer_id: int
    channel: str
    external_id: str
    name: str


def profiles(buyer_ids: list[int]) -> list[Profile]:
    """The buyers of these ids that there are, rising."""
    if not buyer_ids:
        return []
    sql = f"SELECT id, customer_id, channel, external_id, name FROM buyer WHERE id IN ({marks(buyer_ids)}) ORDER BY id"
    return [Profile(*row) for row in rows_of(sql, buyer_ids)]


def profiles_of(customer_id: int) -> list[Profile]:
    """A customer's buyers, rising."""
    sql = "SELECT id, customer_id, channel, external_id, name FROM buyer WHERE customer_id = ? ORDER BY id"
    return [Profile(*row) for row in rows_of(sql, (customer_id,))]
