"""How many orders by what became of them, and the ratios and the label that follow.

Definitions: docs/definitions.md, "History".
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache

from packstation.domain.orders import FailureCause, Outcome


class Label(StrEnum):
    """What the customer is to the seller, by what arrived so far."""

    NEW = "new"
    RETURNING = "returning"
    NEVER_RECEIVED = "never_received"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many orders, by what became of them. `orders` is the sum of all outcome counts."""

    orders: int = 0
    open: int = 0
    delivered: int = 0
    returned: int = 0
    buyer_cancelled: int = 0
    delivery_failed: int = 0
    seller_cancelled: int = 0
    system_cancelled: int = 0
    unpaid_expired: int = 0
    cancelled: int = 0
    lost: int = 0
    replaced: int = 0
    courier_failed: int = 0
    voucher_orders: int = 0
    cod_orders: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COUNT_NAMES))

    def __sub__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) - getattr(other, name) for name in COUNT_NAMES))

    @property
    def judged(self) -> int:
        """Orders whose outcome says something about the buyer."""
        return (
            self.delivered
            + self.returned
            + self.buyer_cancelled
            - self.replaced
            + self.delivery_failed
            - self.courier_failed
        )

    @property
    def failed(self) -> int:
        """Judged orders that the buyer made fail."""
        return self.early_cancels + self.failed_deliveries

    @property
    def early_cancels(self) -> int:
        """Cancelled by the buyer before shipping and not placed again: these cost nothing."""
        return self.buyer_cancelled - self.replaced

    @property
    def failed_deliveries(self) -> int:
        """Failed at the door by the buyer: these cost freight both ways."""
        return self.delivery_failed - self.courier_failed

    @property
    def arrived(self) -> int:
        """Orders that reached the buyer, kept or sent back."""
        return self.delivered + self.returned

    @property
    def cancel_ratio(self) -> float | None:
        """Failed over judged, None while nothing was judged."""
        return self.failed / self.judged if self.judged else None

    @property
    def plain_cancel_ratio(self) -> float | None:
        """The plain ratio of the channels' own tools: all that did not arrive over all orders."""
        ended_badly = (
            self.buyer_cancelled
            + self.delivery_failed
            + self.seller_cancelled
            + self.system_cancelled
            + self.unpaid_expired
            + self.cancelled
        )
        return ended_badly / self.orders if self.orders else None

    @property
    def label(self) -> Label:
        """New, returning, or never received."""
        if self.arrived:
            return Label.RETURNING
        return Label.NEVER_RECEIVED if self.orders > self.open else Label.NEW


COUNT_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Counts))


@lru_cache(maxsize=1024)
def contribution(
    outcome: Outcome, cause: FailureCause | None, *, replaced: bool, has_voucher: bool, cod: bool
) -> Counts:
    """What one order adds to its customer's counts."""
    courier = outcome is Outcome.DELIVERY_FAILED and cause is FailureCause.COURIER
    return Counts(
        orders=1,
        replaced=int(replaced and outcome is Outcome.BUYER_CANCELLED),
        courier_failed=int(courier),
        voucher_orders=int(has_voucher and outcome is not Outcome.UNPAID_EXPIRED),
        cod_orders=int(cod),
        **{str(outcome): 1},
    )
