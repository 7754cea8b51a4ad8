"""What a connector should have understood of a simulated order, to be compared with what is stored."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.orders import FailureCause, OrderKind, Outcome, Status
from sync.sandbox.market.facts import Facts


@dataclass(frozen=True, slots=True)
class Expected:
    """An order in the contract's words. Money in minor units, times in ms UTC.

    Attributes:
        items: (SKU, pieces, price of one), sorted: what is to be delivered, or all that was ordered when the whole is cancelled.
        trackings: tracking numbers, sorted.
        deadlines: arrange by, hand over by, cancelled at, answer by; None where the channel does not say.
        refunded: pieces given back, by SKU, sorted.
    """

    number: str
    status: Status
    outcome: Outcome
    cause: FailureCause | None
    total: int
    cod: bool
    placed_at: int
    kind: OrderKind
    items: tuple[tuple[str, int, int], ...]
    trackings: tuple[str, ...]
    deadlines: tuple[int | None, int | None, int | None, int | None]
    refunded: tuple[tuple[str, int], ...] = ()


def plainly(facts: Facts) -> Expected:
    """What a channel would let one know that tells everything there is."""
    whole = facts.status is Status.CANCELLED or all(line.active == 0 for line in facts.lines)
    items = tuple(
        sorted(
            (line.sku, line.ordered if whole else line.active, line.price)
            for line in facts.lines
            if whole or line.active > 0
        )
    )
    status = Status.CHANNEL_HOLD if facts.odd_word else facts.status
    return Expected(
        number=facts.number,
        status=status,
        outcome=facts.outcome,
        cause=facts.cause,
        total=facts.total,
        cod=facts.cod,
        placed_at=facts.placed_at,
        kind=facts.kind,
        items=items,
        trackings=tuple(sorted(package.tracking for package in facts.packages if package.tracking)),
        deadlines=(facts.arrange_by, facts.ship_by, facts.cancels_at, facts.answer_by),
        refunded=tuple(
            sorted((line.sku, line.returned + line.failed) for line in facts.lines if line.returned + line.failed)
        ),
    )
