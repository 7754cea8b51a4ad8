"""The supervisor's board: holds as rows, and the chosen one in detail."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.acts.board import Board, HoldDetail
from packstation.domain.deadlines import Urgency
from packstation.domain.holds import HoldState
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.store.board import BoardRow
from packstation.tui.theme import BAD, MUTED, STRONG, TITLE, WARNING
from packstation.tui.views.reasons import figures_text
from packstation.tui.views.shelf import hold_state_text
from packstation.tui.views.urgency import SIGN_WIDTH, urgency_sign, urgency_style
from packstation.tui.widgets.cells import Alignment
from packstation.tui.widgets.line_table import Cell, Column, Row
from packstation.tui.widgets.panel import Draw, heading, wrapped
from packstation.tui.widgets.text import Shown, styled

_MARK = "✓"


def board_columns(*, wide: bool) -> tuple[Column, ...]:
    """The columns; those of the customer, the channel and who asked stand in the detail where the screen is narrow."""
    first = (
        Column(plain(""), 1),
        Column(plain(_("decide-by")), SIGN_WIDTH + 13),
        Column(plain(_("number")), 16),
    )
    last = (
        Column(plain(_("state")), None, least=16),
        Column(plain(_("tries")), 5, Alignment.RIGHT),
        Column(plain(_("slot")), 5),
        Column(plain(_("amount")), 12, Alignment.RIGHT),
    )
    if not wide:
        return (*first, *last)
    channel, customer = Column(plain(_("channel")), 11), Column(plain(_("customer")), None, least=8)
    return (*first, channel, customer, *last, Column(plain(_("asked by")), 10))


def board_row(row: BoardRow, board: Board, now: int, *, marked: bool, wide: bool) -> Row:
    """A hold; `now` in ms UTC."""
    hold = row.hold
    urgency = board.notices.urgency(hold.decide_by, now) if hold.is_open else Urgency.CALM
    due = f"{urgency_sign(urgency)} {words.moment(hold.decide_by, row.zone, now=now)}" if hold.is_open else "–"
    state, style = _state(row, now, wide=wide)
    first = (
        Cell(plain(_MARK if marked else ""), STRONG),
        Cell(plain(due), urgency_style(urgency)),
        plain(row.number, 60),
    )
    last = (
        Cell(plain(state), style),
        plain(row.attempts),
        plain(", ".join(row.slots) or "–"),
        plain(words.money(row.to_collect or row.total, row.currency)),
    )
    if not wide:
        return (*first, *last)
    asked_by = row.request.person if row.request else row.asked_by
    return (*first, plain(row.channel, 20), plain(row.customer, 40), *last, plain(asked_by or "–", 40))


def _state(row: BoardRow, now: int, *, wide: bool) -> tuple[str, str]:
    if row.request:
        return _("ASKED by {station}").format(station=plain(row.request.station, 20)), BAD
    text = hold_state_text(row.hold, row.zone, now)
    if not row.hold.is_open:
        return _("stopped: {why}").format(why=text), MUTED
    if row.hold.state is not HoldState.ESCALATED:
        return text, ""
    return text if wide else f"▲ {words.hold_reason_word(row.hold.reason)}", WARNING


def board_counts(board: Board) -> str:
    """How many there are of which kind."""
    escalated = sum(row.hold.state is HoldState.ESCALATED for row in board.rows)
    asked = sum(row.request is not None for row in board.rows)
    waits = sum(row.hold.state is HoldState.WAITING for row in board.rows)
    counts = _("asked {asked}  escalated {escalated}  waiting {waiting}  stopped {stopped}")
    stopped = len(board.rows) - escalated - waits
    told = counts.format(asked=asked, escalated=escalated, waiting=waits, stopped=stopped)
    overdue = board.returns_overdue
    return f"{told} · {_('returns overdue: {count}').format(count=overdue)}" if overdue else told


def detail_panel(row: BoardRow, detail: HoldDetail, now: int) -> Draw:
    """What a hold is decided on: reasons with their figures, contacts, and how it came to stand where it does.

    Args:
        row: the hold as it stands on the board.
        detail: what was read of it.
        now: ms UTC.
    """

    def draw(width: int, height: int) -> Sequence[Shown]:
        asked = row.request
        rest = " · ".join(part for part in (row.shop, row.channel, plain(row.customer, 40)) if part)
        rows: list[Shown] = [heading(plain(row.number, 60), plain(rest, 120))]
        if asked:
            text = _("{person} asks from {station}: {why}").format(
                person=plain(asked.person, 40), station=plain(asked.station, 40), why=plain(asked.why, 200)
            )
            rows += [styled((line, BAD)) for line in wrapped(plain(text), width, 2)]
        if row.is_blocked:
            rows.append(styled((plain(_("BUYER BLOCKED")), BAD)))
        for reason in detail.reasons[:3]:
            text = words.reason_text(reason, detail.order)
            figures = figures_text(reason, detail.order.currency)
            rows.append(styled((plain("▪ "), WARNING), (plain(text, 200), STRONG), (plain(f"  {figures}", 200), MUTED)))
        if row.asked_by:
            rows.append(plain(_("Asked for by {name}").format(name=plain(row.asked_by, 40))))
        past = [*_attempts(detail, now), *_moves(detail, now)]
        past.sort(key=lambda each: each[0], reverse=True)
        room = max(0, height - len(rows) - 1)
        if past and room:
            rows.append(styled((plain(_("What happened, latest first")), TITLE)))
            rows += [line for _at, line in past[:room]]
        return rows

    return draw


def _attempts(detail: HoldDetail, now: int) -> list[tuple[int, Shown]]:
    found: list[tuple[int, Shown]] = []
    for attempt in detail.attempts:
        at = words.moment(attempt.opened_at, detail.order.zone, now=now)
        result = words.result_word(attempt.result) if attempt.result else _("in contact now")
        text = f"{at}  {plain(attempt.by, 40)}  {words.method_word(attempt.method)}: {result}"
        found.append((attempt.opened_at, plain(text, 200)))
    return found


def _moves(detail: HoldDetail, now: int) -> list[tuple[int, Shown]]:
    found: list[tuple[int, Shown]] = []
    for move in detail.moves:
        at = words.moment(move.at, detail.order.zone, now=now)
        text = f"{at}  {words.hold_state_word(move.state)}: {words.hold_reason_word(move.reason)}"
        by = f"  {plain(move.by, 40)}" if move.by else ""
        why = f"  “{plain(move.why, 120)}”" if move.why else ""
        found.append((move.at, styled((plain(f"{text}{by}{why}", 240), MUTED))))
    return found
