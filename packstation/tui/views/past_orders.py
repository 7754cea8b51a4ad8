"""Past orders as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.cards import PastOrderCard
from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.tui.theme import BAD, GOOD, MUTED
from packstation.tui.widgets.cells import Alignment
from packstation.tui.widgets.line_table import Cell, Column, Row


def past_columns() -> tuple[Column, ...]:
    """The columns of the customer's other orders."""
    return (
        Column(plain(_("placed")), 10),
        Column(plain(_("past order")), None, least=10),
        Column(plain(_("what became of it")), None, least=14),
        Column(plain(_("qty")), 4, Alignment.RIGHT),
        Column(plain(_("amount")), 13, Alignment.RIGHT),
    )


def past_row(card: PastOrderCard) -> Row:
    """One of the customer's other orders."""
    open_still = card.outcome is Outcome.OPEN
    ended = (
        words.status_word(card.status)
        if open_still
        else words.outcome_word(card.outcome, card.cause, replaced=card.replaced)
    )
    return (
        Cell(plain(words.day(card.placed_at, card.zone)), MUTED),
        plain(card.number, 60),
        Cell(plain(ended), outcome_style(card.outcome, card.cause, replaced=card.replaced)),
        plain(card.units),
        plain(words.money(card.total, card.currency)),
    )


def failed(outcome: Outcome, cause: FailureCause | None = None) -> bool:
    """Whether the buyer made this order fail."""
    return outcome is Outcome.BUYER_CANCELLED or (
        outcome is Outcome.DELIVERY_FAILED and cause is not FailureCause.COURIER
    )


def past_rows(cards: Sequence[PastOrderCard]) -> list[Row]:
    """All of the customer's other orders."""
    return [past_row(card) for card in cards]


def outcome_style(outcome: Outcome, cause: FailureCause | None, *, replaced: bool) -> str:
    """How the end of an order is painted."""
    if outcome is Outcome.DELIVERED:
        return GOOD
    if failed(outcome, cause) and not replaced:
        return BAD
    return MUTED if outcome is Outcome.OPEN else ""
