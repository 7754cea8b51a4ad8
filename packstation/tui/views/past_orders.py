"""Past orders, and holds, as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.acts.desk_views import HeldOrder
from packstation.domain.cards import PastOrderCard
from packstation.domain.holds import HoldState
from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.tui.theme import BAD, GOOD, MUTED, WARNING
from packstation.tui.views.urgency import SIGN_WIDTH, urgency_of, urgency_sign, urgency_style
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


def hold_columns() -> tuple[Column, ...]:
    """The columns of the list of open holds."""
    return (
        Column(plain(_("decide-by")), SIGN_WIDTH + 13),
        Column(plain(_("number")), 19),
        Column(plain(_("shop")), None, least=6),
        Column(plain(_("shelf")), 4),
        Column(plain(_("state")), None, least=6),
        Column(plain(_("tries")), 4, Alignment.RIGHT),
        Column(plain(_("to collect")), 12, Alignment.RIGHT),
    )


def hold_row(held: HeldOrder, now: int) -> Row:
    """One open hold; `now` in ms UTC."""
    hold, order = held.hold.hold, held.order
    escalated = hold.state is HoldState.ESCALATED
    state = (
        f"{words.hold_state_word(hold.state)}: {words.hold_reason_word(hold.reason)}"
        if escalated
        else words.hold_reason_word(hold.reason)
    )
    urgency = urgency_of(held, now)
    due = words.moment(hold.decide_by, order.zone, now=now)
    return (
        Cell(plain(f"{urgency_sign(urgency)} {due}"), urgency_style(urgency)),
        plain(order.number, 60),
        plain(order.shop, 60),
        plain(", ".join(held.hold.slots) or "–"),
        Cell(plain(state), WARNING if escalated else ""),
        plain(held.hold.attempts),
        plain(words.money(order.to_collect, order.currency)),
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
