"""Cases as lines of a table."""

from __future__ import annotations

from packstation.domain.cases import CaseCard, CaseState, Ground
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.locale.case_words import case_state_word, ground_word
from packstation.locale.words import day
from packstation.store.case_evidence import DueReport
from packstation.tui.theme import BAD, GOOD, MUTED, STRONG, WARNING
from packstation.tui.widgets.cells import Alignment
from packstation.tui.widgets.line_table import Cell, Column, Row

_STYLES = {
    CaseState.DRAFT: WARNING,
    CaseState.SENT: STRONG,
    CaseState.SAVED: STRONG,
    CaseState.ANSWERED: GOOD,
    CaseState.CLOSED: MUTED,
}


def case_columns() -> tuple[Column, ...]:
    """The columns of the list."""
    return (
        Column(plain(_("no.")), 4, Alignment.RIGHT),
        Column(plain(_("state")), 14),
        Column(plain(_("order")), least=12),
        Column(plain(_("why")), 14),
        Column(plain(_("next check")), 14),
    )


def case_row(card: CaseCard, now: int) -> Row:
    """A case."""
    state = card.case.state
    dimmed = MUTED if state is CaseState.CLOSED else ""
    at, overdue = card.case.next_check_at, card.case.is_overdue(now)
    check = "" if at is None else f"{'⚠ ' if overdue else ''}{day(at, card.zone)}"
    return (
        Cell(plain(card.id), dimmed),
        Cell(plain(case_state_word(state)), _STYLES[state]),
        Cell(plain(f"{plain(card.number, 40)} {plain(card.shop, 40)}", 90), dimmed),
        Cell(plain(ground_word(card.case.ground)), dimmed),
        Cell(plain(card.case.result if state is CaseState.CLOSED else check, 60), BAD if overdue else dimmed),
    )


def due_row(due: DueReport) -> Row:
    """A buyer whom somebody should report."""
    refuses = due.ground is Ground.KEEPS_REFUSING
    counts = str(due.conduct.refused if refuses else due.conduct.unanswered)
    return (
        plain(""),
        Cell(plain(_("to report")), BAD),
        plain(f"{plain(due.number, 40)} {plain(due.shop, 40)}", 90),
        plain(ground_word(due.ground)),
        Cell(plain(_("{count} times").format(count=counts)), MUTED),
    )
