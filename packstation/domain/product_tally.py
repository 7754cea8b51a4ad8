"""What a customer bought, cancelled, refused and sent back, product by product. Pure.

Definitions: docs/definitions.md, "Products of a customer".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from packstation.domain.orders import FailureCause, Outcome

LIKES_ORDERS = 2
"""From so many orders on that arrived with it a product is one that the customer likes."""


@dataclass(frozen=True, slots=True)
class TalliedLine:
    """One product line; `total` in minor units."""

    sku: str
    name: str
    quantity: int
    total: int


@dataclass(frozen=True, slots=True)
class TalliedOrder:
    """An order with what became of it at the moment in question.

    `refunds` are those known then: (line or None, quantity, amount). `worth`: the amount first seen less these.
    """

    shop_id: int
    placed_at: int
    currency: str
    outcome: Outcome
    cause: FailureCause | None
    replaced: bool
    worth: int
    lines: tuple[TalliedLine, ...]
    refunds: tuple[tuple[int | None, int, int], ...] = ()

    @property
    def has_arrived(self) -> bool:
        """Whether it reached the buyer."""
        return self.outcome in (Outcome.DELIVERED, Outcome.RETURNED)

    def kept_quantities(self) -> list[int]:
        """For each line, the pieces that the buyer has kept; none of an order that did not arrive or came back whole."""
        if self.outcome is not Outcome.DELIVERED:
            return [0] * len(self.lines)
        return [line.quantity - back for line, back in zip(self.lines, self.given_back(), strict=True)]

    def given_back(self) -> list[int]:
        """For each line, the pieces that were refunded."""
        back = [0] * len(self.lines)
        for line, quantity, _amount in self.refunds:
            if line is not None and line < len(back):
                back[line] += quantity
        return back

    def refunded(self, line: int) -> int:
        """The money refunded for a line."""
        return sum(amount for place, _quantity, amount in self.refunds if place == line)


@dataclass(slots=True)
class ProductTally:
    """One product in one currency: pieces by what became of them, and the money that stayed.

    Attributes:
        sku: the seller's code, empty where a line has none; then `name` tells products apart.
        name: as the latest order has it.
        currency: of `spent`.
        orders: that arrived with it.
        bought: pieces that arrived.
        sent_back: of these, those that came back.
        cancelled: pieces that the buyer cancelled before shipping and did not order again.
        refused: pieces that the buyer did not take at the door.
        spent: the lines' totals less refunds, over orders that arrived.
        last_at: when it was last ordered, ms UTC.
    """

    sku: str
    name: str
    currency: str
    orders: int = 0
    bought: int = 0
    sent_back: int = 0
    cancelled: int = 0
    refused: int = 0
    spent: int = 0
    last_at: int = field(default=-(2**62))

    @property
    def likes(self) -> bool:
        """Whether the customer likes it: it arrived with several orders, and they keep what they get."""
        return self.orders >= LIKES_ORDERS and not self.sends_back

    @property
    def sends_back(self) -> bool:
        """Whether half of what they ordered of it, or more, came back, was refused or cancelled."""
        failed = self.sent_back + self.cancelled + self.refused
        return failed > 0 and 2 * failed >= self.bought + self.cancelled + self.refused


class ProductCount:
    """Orders counted one after the other, in any order."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str, str], ProductTally] = {}

    def add(self, order: TalliedOrder) -> None:
        """Count one more order."""
        back = order.given_back()
        seen: set[int] = set()
        for place, line in enumerate(order.lines):
            key = (line.sku, "" if line.sku else line.name, order.currency)
            tally = self._tallies.setdefault(key, ProductTally(line.sku, line.name, order.currency))
            if order.placed_at >= tally.last_at:
                tally.name, tally.last_at = line.name or tally.name, order.placed_at
            if order.has_arrived:
                tally.orders += id(tally) not in seen
                seen.add(id(tally))
                tally.bought += line.quantity
                tally.sent_back += line.quantity if order.outcome is Outcome.RETURNED else back[place]
                tally.spent += line.total - order.refunded(place)
            elif order.outcome is Outcome.BUYER_CANCELLED and not order.replaced:
                tally.cancelled += line.quantity
            elif order.outcome is Outcome.DELIVERY_FAILED and order.cause is not FailureCause.COURIER:
                tally.refused += line.quantity

    def tallies(self) -> list[ProductTally]:
        """All products: what was bought most comes first, then what was ordered last."""
        return sorted(
            self._tallies.values(), key=lambda one: (-(one.bought - one.sent_back), -one.last_at, one.sku, one.name)
        )


def tally(orders: Iterable[TalliedOrder]) -> list[ProductTally]:
    """The products of orders."""
    count = ProductCount()
    for order in orders:
        count.add(order)
    return count.tallies()
