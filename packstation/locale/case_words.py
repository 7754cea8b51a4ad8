"""Cases in the reader's language: buyers reported to their channel."""

from __future__ import annotations

from packstation.domain.cases import CaseCard, CaseState, Ground
from packstation.domain.mails import MailState
from packstation.locale import _, in_this_language
from packstation.locale.measures import day


def case_state_word(state: CaseState) -> str:
    """Where a case stands."""
    return {
        CaseState.DRAFT: _("not sent yet"),
        CaseState.SENT: _("sent"),
        CaseState.SAVED: _("saved"),
        CaseState.ANSWERED: _("answered"),
        CaseState.CLOSED: _("closed"),
    }[state]


def ground_word(ground: Ground) -> str:
    """Why a buyer is reported."""
    return {
        Ground.NEVER_ANSWERS: _("never answers"),
        Ground.KEEPS_REFUSING: _("keeps refusing"),
        Ground.BY_HAND: _("by hand"),
    }[ground]


def check_words(card: CaseCard, now: int) -> str:
    """When somebody has to look at a case; empty when nothing more is awaited."""
    at = card.case.next_check_at
    if at is None:
        return ""
    line = _("CHECK, since {day}") if card.case.is_overdue(now) else _("check on {day}")
    return line.format(day=day(at, card.zone))


def way_words(card: CaseCard) -> str:
    """Which way a case's letter went, or what keeps it."""
    if card.mail is None:
        return _("letter saved in {file}").format(file=card.file) if card.file else _("letter not saved yet")
    if card.mail is MailState.SENT:
        return _("letter sent to {recipient}").format(recipient=card.recipient)
    if card.trouble:
        line = _("letter to {recipient} not sent: {trouble}")
        return line.format(recipient=card.recipient, trouble=in_this_language(card.trouble))
    return _("letter to {recipient} waits to be sent").format(recipient=card.recipient)
