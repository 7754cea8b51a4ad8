"""Blocks of buyers in the store."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.store.database import execute_many, rows_of
from packstation.store.tables.buyers import BuyerBlockRow


def buyer_named(channel: str, external_id: str) -> int | None:
    """The buyer whom a channel calls by this id; of several shops' buyers the first."""
    rows = rows_of(
        "SELECT b.id FROM buyer_alias a JOIN buyer b ON b.id = a.buyer_id WHERE a.external_id = ? AND b.channel = ? ORDER BY b.id",
        (external_id, channel),
    )
    return rows[0][0] if rows else None


def buyers_named(place: str, external_id: str) -> dict[int, str]:
    """The buyers whom a channel, or a shop of this name, calls by this id.

    Each with the name of the shop where ids are the shop's own, else of the channel.
    """
    rows = rows_of(
        "SELECT b.id, coalesce(s.name, b.channel) FROM buyer_alias a JOIN buyer b ON b.id = a.buyer_id "
        "LEFT JOIN shop s ON a.scope = 'shop:' || s.id WHERE a.external_id = ? AND (b.channel = ? OR s.name = ?) ORDER BY b.id",
        (external_id, place, place),
    )
    return {row[0]: row[1] for row in rows}


def add_block(buyer_id: int, why: str, from_at: int, until_at: int | None, person_id: int | None) -> None:
    """Store a block of a buyer."""
    BuyerBlockRow.insert(buyer_id=buyer_id, why=why, from_at=from_at, until_at=until_at, person_id=person_id).execute()


def end_blocks(buyer_ids: Sequence[int], now: int) -> list[int]:
    """End the blocks in force of these buyers; those of them that were blocked."""
    marks = ",".join("?" * len(buyer_ids))
    rows = rows_of(
        f"SELECT id, buyer_id FROM buyer_block WHERE buyer_id IN ({marks}) AND from_at <= ? AND (until_at IS NULL OR until_at > ?)",
        (*buyer_ids, now, now),
    )
    execute_many("UPDATE buyer_block SET until_at = ? WHERE id = ?", [(now, block_id) for block_id, _buyer in rows])
    return sorted({buyer_id for _id, buyer_id in rows})


def order_of(buyer_ids: Sequence[int]) -> list[int]:
    """One order of these buyers, by which all of their customer's are found; empty without any."""
    marks = ",".join("?" * len(buyer_ids))
    return [
        row[0] for row in rows_of(f"SELECT min(id) FROM orders WHERE buyer_id IN ({marks})", (*buyer_ids,)) if row[0]
    ]
