"""Rescue calls as lines of a table, and one of them in full."""

from __future__ import annotations

from packstation.domain.phones import mask_phone
from packstation.domain.plain_text import plain
from packstation.domain.rescues import RescueState
from packstation.domain.times import HOUR
from packstation.locale import _, words
from packstation.locale.carrier_words import failure_word, rescue_word
from packstation.store.rescues import RescueCard
from packstation.tui.theme import BAD, GOOD, MUTED, STRONG, WARNING
from packstation.tui.widgets.line_table import Cell, Column, Row
from packstation.tui.widgets.text import Shown, styled

_PRESSING = 4 * HOUR
"""So long before its deadline a rescue is shown as urgent, ms."""


def rescue_columns() -> tuple[Column, ...]:
    """The columns of the list."""
    return (
        Column(plain(_("back from")), 13),
        Column(plain(_("number")), 15),
        Column(plain(_("customer")), None, least=6),
        Column(plain(_("why")), 20),
        Column(plain(_("next try")), 12),
    )


def rescue_row(card: RescueCard, now: int) -> Row:
    """One rescue: until when, whose, why, and whose turn it is."""
    rescue = card.rescue
    urgent = rescue.is_open and rescue.deadline - now < _PRESSING
    if rescue.state is RescueState.WILL_TAKE:
        turn = Cell(plain(rescue_word(rescue.state)), GOOD)
    elif rescue.next_try_at is None or rescue.next_try_at <= now:
        turn = Cell(plain(_("now")), GOOD)
    else:
        turn = Cell(plain(words.moment(rescue.next_try_at, card.zone, now=now)), MUTED)
    return (
        Cell(plain(words.moment(rescue.deadline, card.zone, now=now)), BAD if urgent else ""),
        plain(card.number, 40),
        plain(card.recipient or "–", 60),
        Cell(plain(rescue.reason, 60) or plain(failure_word(rescue.cause)), WARNING),
        turn,
    )


def rescue_rows(card: RescueCard, now: int, *, opened: bool) -> list[Shown]:
    """One rescue in full; the phone is shown once the contact is `opened`."""
    rescue = card.rescue
    phone = card.phone if opened else mask_phone(card.phone)
    failed = _("{at}: {why}").format(
        at=words.moment(rescue.failed_at, card.zone, now=now), why=failure_word(rescue.cause)
    )
    parcel = " ".join(part for part in (plain(rescue.carrier, 40), plain(card.tracking, 40)) if part)
    rows: list[Shown] = [
        styled((plain(card.recipient or "–", 80), STRONG), plain("   "), (plain(phone or "–", 40), STRONG)),
        styled(plain(f"{plain(card.number, 40)}  {plain(card.shop, 40)}  {parcel}")),
        styled((plain(failed), WARNING), plain("   "), (plain(rescue.reason, 120), WARNING)),
        styled(
            plain(_("goes back from {at}").format(at=words.moment(rescue.deadline, card.zone, now=now))),
            plain("   "),
            plain(_("to collect {amount}").format(amount=words.money(card.to_collect, card.currency))),
        ),
    ]
    if opened:
        address = card.address
        parts = (address.street, address.ward, address.district, address.province)
        rows.append(styled(plain(", ".join(part for part in parts if part), 160)))
    if rescue.state is RescueState.WILL_TAKE:
        wanted = "" if rescue.wanted_at is None else words.day(rescue.wanted_at, card.zone)
        told = "  ".join(part for part in (rescue_word(rescue.state), wanted, plain(rescue.instruction, 80)) if part)
        rows.append(styled((plain(told), GOOD)))
    return rows
