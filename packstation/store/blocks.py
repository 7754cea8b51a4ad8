"""Blocks of buyers in the store."""

from __future__ import annotations

from packstation.store.database import rows_of
from packstation.store.tables.buyers import BuyerBlockRow


def buyer_named(channel: str, external_id: str) -> int | None:
    """The buyer whom a channel calls by this id; of several shops' buyers the first."""
    rows = rows_of(
        "SELECT b.id FROM buyer_alias a JOIN buyer b ON b.id = a.buyer_id WHERE a.external_id = ? AND b.channel = ? ORDER BY b.id",
        (external_id, channel),
    )
    return rows[0][0] if rows else None


def add_block(buyer_id: int, why: str, from_at: int, until_at: int | None, person_id: int | None) -> None:
    """Store a block of a buyer."""
    BuyerBlockRow.insert(buyer_id=buyer_id, why=why, from_at=from_at, until_at=until_at, person_id=person_id).execute()
