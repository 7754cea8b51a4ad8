"""What buyers owe and the points they have, as POS shops say: now, and as it was seen over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packstation.domain.orders import IncomingBalance, IncomingBuyer
from packstation.store.buyer_intake import take_in_buyers
from packstation.store.database import execute_many, rows_of
from packstation.store.erased_buyers import without_erased


@dataclass(frozen=True, slots=True)
class Balance:
    """A customer's balance over all POS shops, each figure None where none says it; money in minor units."""

    debt: int | None = None
    points: int | None = None
    total_spent: int | None = None
    total_points: int | None = None


@dataclass(frozen=True, slots=True)
class BalanceSeen:
    """What a profile owed and had from a moment on, ms UTC."""

    known_at: int
    channel: str
    debt: int
    points: int


def keep_balances(channel: str, shop_id: int, balances: Sequence[IncomingBalance]) -> None:
    """Keep the newest balance of each buyer and every one that was seen, inside the caller's transaction.

    Buyers not known yet are made.
    """
    said = [one.buyer or IncomingBuyer(one.external_id) for one in balances]
    buyers = without_erased(channel, shop_id, said)
    buyer_ids = take_in_buyers(channel, shop_id, buyers)
    rows = {
        buyer_id: (buyer_id, one.debt, one.points, one.known_at, one.total_spent, one.total_points)
        for buyer_id, one in zip(buyer_ids, balances, strict=True)
        if buyer_id is not None
    }
    _keep_seen(list(rows.values()))
    execute_many(
        "INSERT INTO buyer_balance (buyer_id, debt, points, known_at, total_spent, total_points) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (buyer_id) DO UPDATE SET debt = excluded.debt, points = excluded.points, known_at = excluded.known_at, "
        "total_spent = excluded.total_spent, total_points = excluded.total_points WHERE excluded.known_at >= buyer_balance.known_at",
        [rows[buyer_id] for buyer_id in sorted(rows)],
    )


def _keep_seen(rows: Sequence[tuple[int, int, int, int, int | None, int | None]]) -> None:
    """Keep the balances that differ from what was known before; one that is said again tells nothing new."""
    before = {}
    for start in range(0, len(rows), 500):
        some = [row[0] for row in rows[start : start + 500]]
        marks = ",".join("?" * len(some))
        sql = f"SELECT buyer_id, debt, points FROM buyer_balance WHERE buyer_id IN ({marks})"
        before.update({row[0]: (row[1], row[2]) for row in rows_of(sql, some)})
    new = [(row[0], row[3], row[1], row[2]) for row in rows if before.get(row[0]) != (row[1], row[2])]
    execute_many(
        "INSERT INTO balance_seen (buyer_id, known_at, debt, points) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (buyer_id, known_at) DO UPDATE SET debt = excluded.debt, points = excluded.points",
        sorted(new),
    )


def balance_of(customer_id: int) -> Balance:
    """A customer's balance over all their buyers as it is now."""
    rows = rows_of(
        "SELECT sum(a.debt), sum(a.points), sum(a.total_spent), sum(a.total_points) FROM buyer b "
        "JOIN buyer_balance a ON a.buyer_id = b.id WHERE b.customer_id = ?",
        (customer_id,),
    )
    return Balance(*(None if figure is None else int(figure) for figure in rows[0]))


def balance_at(customer_id: int, at: int) -> Balance:
    """A customer's debt and points as last seen before a moment, ms UTC."""
    latest: dict[int, tuple[int, int]] = {}
    for buyer_id, debt, points in rows_of(
        "SELECT s.buyer_id, s.debt, s.points FROM buyer b JOIN balance_seen s ON s.buyer_id = b.id "
        "WHERE b.customer_id = ? AND s.known_at < ? ORDER BY s.known_at",
        (customer_id, at),
    ):
        latest[buyer_id] = (debt, points)
    if not latest:
        return Balance()
    return Balance(sum(debt for debt, _points in latest.values()), sum(points for _debt, points in latest.values()))


def balances_seen(customer_id: int, most: int = 200) -> list[BalanceSeen]:
    """What was seen of a customer's debt and points, latest first."""
    return [
        BalanceSeen(*row)
        for row in rows_of(
            "SELECT s.known_at, b.channel, s.debt, s.points FROM buyer b JOIN balance_seen s ON s.buyer_id = b.id "
            "WHERE b.customer_id = ? ORDER BY s.known_at DESC, s.buyer_id LIMIT ?",
            (customer_id, most),
        )
    ]
