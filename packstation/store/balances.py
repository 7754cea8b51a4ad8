"""What buyers owe and the points they have, as POS shops say."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.orders import IncomingBalance, IncomingBuyer
from packstation.store.buyer_intake import take_in_buyers
from packstation.store.database import execute_many, rows_of
from packstation.store.erased_buyers import without_erased


def keep_balances(channel: str, shop_id: int, balances: Sequence[IncomingBalance]) -> None:
    """Keep the newest balance of each buyer, inside the caller's transaction; buyers not known yet are made."""
    buyers = without_erased(channel, shop_id, [IncomingBuyer(one.external_id) for one in balances])
    buyer_ids = take_in_buyers(channel, shop_id, buyers)
    rows = {
        buyer_id: (buyer_id, one.debt, one.points, one.known_at)
        for buyer_id, one in zip(buyer_ids, balances, strict=True)
        if buyer_id is not None
    }
    execute_many(
        "INSERT INTO buyer_balance (buyer_id, debt, points, known_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (buyer_id) DO UPDATE SET debt = excluded.debt, points = excluded.points, known_at = excluded.known_at "
        "WHERE excluded.known_at >= buyer_balance.known_at",
        [rows[buyer_id] for buyer_id in sorted(rows)],
    )


def balance_of(customer_id: int) -> tuple[int | None, int | None]:
    """A customer's debt (minor units) and points over all their buyers; None where no shop says."""
    rows = rows_of(
        "SELECT sum(a.debt), sum(a.points) FROM buyer b JOIN buyer_balance a ON a.buyer_id = b.id WHERE b.customer_id = ?",
        (customer_id,),
    )
    debt, points = rows[0]
    return (None if debt is None else int(debt), None if points is None else int(points))
