"""The hold shelf as rows of one table: what to fetch back, what to pull, what lies there."""

from __future__ import annotations

from packstation.acts.shelf import Shelf
from packstation.domain.holds import Hold, HoldState
from packstation.domain.plain_text import plain
from packstation.domain.shelf import ShelfPlace, ShelvedParcel
from packstation.locale import _, words
from packstation.tui.theme import BAD, GOOD, MUTED, STRONG, TITLE, WARNING
from packstation.tui.widgets.cells import Alignment
from packstation.tui.widgets.line_table import Cell, Column, Row

_NOTHING = plain("")


def shelf_columns() -> tuple[Column, ...]:
    """The columns of all three lists."""
    return (
        Column(plain(_("slot")), 8),
        Column(plain(_("number")), 20),
        Column(plain(_("state")), None, least=14),
        Column(plain(_("decide-by")), 12),
        Column(plain(_("lies there")), 9, Alignment.RIGHT),
    )


def shelf_rows(shelf: Shelf, now: int) -> list[Row]:
    """The three lists, each under its name and number; `now` in ms UTC."""
    return [
        _title(_("FETCH BACK: {count}").format(count=len(shelf.fetch)), GOOD if shelf.fetch else TITLE),
        *(_shelved(each, now) for each in shelf.fetch),
        _title(_("PULL: {count}").format(count=len(shelf.pull)), BAD if shelf.pull else TITLE),
        *(
            (
                Cell(plain(alarm.slot or "–"), STRONG),
                plain(alarm.number, 60),
                Cell(plain(words.pull_place(alarm, now=now)), BAD),
                _NOTHING,
                _NOTHING,
            )
            for alarm in shelf.pull
        ),
        _title(_("ON THE SHELF: {count}").format(count=len(shelf.lies)), TITLE),
        *(_shelved(each, now) for each in shelf.lies),
    ]


def hold_state_text(hold: Hold, zone: str, now: int, calling: str = "") -> str:
    """Where a hold stands, in a few words: who calls, for whom it waits, when it is tried again.

    Args:
        hold: the hold.
        zone: the shop's.
        now: ms UTC.
        calling: who contacts the buyer at this moment; empty for nobody.
    """
    if hold.is_open and calling:
        return _("{name} is contacting the buyer now").format(name=plain(calling, 40))
    if hold.state is HoldState.ESCALATED:
        state, why = words.hold_state_word(hold.state), words.hold_reason_word(hold.reason)
        return f"{state}: {why}"
    if hold.state is HoldState.WAITING and hold.next_try_at is not None:
        return _("next try {time}").format(time=words.moment(hold.next_try_at, zone, now=now))
    return words.hold_reason_word(hold.reason)


def _title(text: str, style: str) -> Row:
    return (_NOTHING, Cell(plain(text), style), _NOTHING, _NOTHING, _NOTHING)


def _shelved(each: ShelvedParcel, now: int) -> Row:
    hold = each.hold
    state = hold_state_text(hold, each.zone, now) if hold else ""
    if each.place is ShelfPlace.PUT_ASIDE:
        state = _("put aside: {why}").format(why=state)
    style = {ShelfPlace.FETCH_BACK: GOOD, ShelfPlace.PUT_ASIDE: BAD}.get(each.place, "")
    if hold and hold.state is HoldState.ESCALATED:
        style = WARNING
    due = words.moment(hold.decide_by, each.zone, now=now) if hold and hold.is_open else ""
    age = words.span(max(0, now - each.since)) if each.since is not None else "–"
    return (
        Cell(plain(each.slot, 8), STRONG),
        plain(each.number, 60),
        Cell(plain(state), style),
        plain(due),
        Cell(plain(age), MUTED),
    )
