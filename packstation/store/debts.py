"""What customers owe a shop, invoice by invoice: what a POS says is owed, told on the orders that are not paid.

COD money that a carrier has, or keeps, is never a customer's debt. Definition: docs/definitions.md, "unpaid_days".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packstation.store.database import rows_of

_MOST_UNPAID = 1_000
"""So many orders without a payment are looked through for those that are owed for."""
_UNPAID = (
    "SELECT o.id, s.name, s.zone, o.number, o.placed_at, o.first_total - o.refunded, o.currency FROM orders o "
    "JOIN shop s ON s.id = o.shop_id WHERE o.buyer_id = ? AND o.paid_at IS NULL AND o.kind = 'normal' "
    "AND o.outcome IN ('open', 'delivered') AND NOT coalesce(o.cod, FALSE) AND o.became IS NULL "
    "ORDER BY o.placed_at DESC, o.id DESC LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class UnpaidInvoice:
    """An order that is owed for. Money in minor units of `currency`: `owed` of what it is `worth`; times ms UTC."""

    order_id: int
    shop: str
    zone: str
    number: str
    placed_at: int
    worth: int
    owed: int
    currency: str


@dataclass(frozen=True, slots=True)
class CustomerDebt:
    """What one customer owes: as their POS says, and the unpaid invoices that this is owed for, the oldest first.

    `debt` can be more than the invoices come to: what was owed before the oldest order known here.
    """

    customer_id: int
    name: str
    debt: int
    invoices: tuple[UnpaidInvoice, ...]

    @property
    def oldest_at(self) -> int | None:
        """When the oldest unpaid invoice was placed, ms UTC."""
        return self.invoices[0].placed_at if self.invoices else None


def unpaid_of(customer_id: int) -> tuple[UnpaidInvoice, ...]:
    """A customer's unpaid invoices, the oldest first."""
    return unpaid_of_buyers(
        [row[0] for row in rows_of("SELECT id FROM buyer WHERE customer_id = ? ORDER BY id", (customer_id,))]
    )


def unpaid_of_buyers(buyer_ids: Sequence[int]) -> tuple[UnpaidInvoice, ...]:
    """The unpaid invoices of a customer's profiles, the oldest first.

    Payments are taken to settle the oldest first: each profile's orders without a payment are gone through from the newest on,
    until they come to what the profile owes.
    """
    found: list[UnpaidInvoice] = []
    for buyer_id in buyer_ids:
        for (debt,) in rows_of("SELECT debt FROM buyer_balance WHERE buyer_id = ? AND debt > 0", (buyer_id,)):
            left = debt
            for order_id, shop, zone, number, placed_at, worth, currency in rows_of(_UNPAID, (buyer_id, _MOST_UNPAID)):
                if left <= 0:
                    break
                if worth > 0:
                    owed = min(worth, left)
                    found.append(UnpaidInvoice(order_id, shop, zone, number, placed_at, worth, owed, currency))
                    left -= owed
    return tuple(sorted(found, key=lambda one: (one.placed_at, one.order_id)))


def customers_in_debt() -> list[CustomerDebt]:
    """Everybody who owes something, the oldest unpaid invoice first; those of whom none is known come last."""
    rows = rows_of(
        "SELECT b.customer_id, sum(a.debt) FROM buyer_balance a JOIN buyer b ON b.id = a.buyer_id "
        "GROUP BY b.customer_id HAVING sum(a.debt) > 0 ORDER BY b.customer_id"
    )
    found = [debt_of(customer_id, int(debt)) for customer_id, debt in rows]
    return sorted(found, key=lambda one: (one.oldest_at is None, one.oldest_at or 0, one.customer_id))


def debt_of(customer_id: int, debt: int) -> CustomerDebt:
    """One customer's debt, as their POS says, with its invoices."""
    names = rows_of("SELECT name FROM buyer WHERE customer_id = ? AND name <> '' ORDER BY id LIMIT 1", (customer_id,))
    return CustomerDebt(customer_id, names[0][0] if names else "", debt, unpaid_of(customer_id))
