"""Reports of buyers to their channel: when one is due, and how a case goes on from its letter to its end. Pure.

What is counted is what the buyer did at this one channel within some days: holds where nobody ever answered, and orders that were
refused on the phone or failed at the door through the buyer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from packstation.domain.holds import AttemptResult
from packstation.domain.letters import Letter
from packstation.domain.mails import MailState
from packstation.domain.times import DAY

_LONGEST_RESULT = 500
UNANSWERED = frozenset(
    {AttemptResult.NO_ANSWER, AttemptResult.BUSY, AttemptResult.UNREACHABLE, AttemptResult.MESSAGE_SENT}
)
"""What a contact brings when nobody answers; one that was left without a result says nothing."""


class CaseState(StrEnum):
    """Where a case stands: its letter is written, sent by mail or saved as a file; the channel answered; it is closed."""

    DRAFT = "draft"
    SENT = "sent"
    SAVED = "saved"
    ANSWERED = "answered"
    CLOSED = "closed"


class Ground(StrEnum):
    """Why a buyer is reported."""

    NEVER_ANSWERS = "never_answers"
    KEEPS_REFUSING = "keeps_refusing"
    BY_HAND = "by_hand"


class CaseMoveError(Exception):
    """The case does not stand where this could happen to it; `state` is where it stands."""

    def __init__(self, state: CaseState) -> None:
        super().__init__(str(state))
        self.state = state


class EmptyResultError(Exception):
    """An answer needs to say what it was."""


@dataclass(frozen=True, slots=True)
class CaseRules:
    """When a case is due and where its letter goes.

    Attributes:
        unanswered: so many holds of one buyer at one channel that nobody ever answered make a case due.
        refused: so do so many refused orders.
        window_ms: what is older does not count.
        check_after_ms: so long after its opening somebody has to look what became of a case.
        folder: where letters are saved.
        recipients: the channels' mail addresses, by channel; empty while no mail server is configured.
    """

    unanswered: int = 3
    refused: int = 3
    window_ms: int = 90 * DAY
    check_after_ms: int = 7 * DAY
    folder: Path = Path()
    recipients: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a buyer did at a channel within the window: holds without any answer, and orders refused."""

    unanswered: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One report. Times in ms UTC; `next_check_at` is when somebody has to look what became of it, from its opening on."""

    state: CaseState
    ground: Ground
    opened_at: int
    sent_at: int | None = None
    answered_at: int | None = None
    closed_at: int | None = None
    result: str = ""
    next_check_at: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.state is not CaseState.CLOSED

    def is_overdue(self, now: int) -> bool:
        """Whether its next check is due."""
        return self.is_open and self.next_check_at is not None and self.next_check_at <= now


@dataclass(frozen=True, slots=True)
class CaseCard:
    """A case as it is shown.

    Attributes:
        id: its number.
        case: how it stands.
        order_id: the order that it is about; `number`, `shop`, `channel` and `zone` are that one's.
        language: of the letter.
        letter: None once it was erased.
        recipient: the mail address that it goes to; empty where it is saved.
        file: where it was saved; empty where it goes by mail.
        mail: where its mail is; None without one. `trouble` is what keeps it, in English as it was stored.
    """

    id: int
    case: Case
    order_id: int
    number: str
    shop: str
    channel: str
    zone: str
    language: str
    letter: Letter | None
    recipient: str
    file: str
    mail: MailState | None
    trouble: str


def ground_of(conduct: Conduct, rules: CaseRules) -> Ground | None:
    """Why a case is due; None while it is not. Who is at home and refuses is the graver one."""
    if conduct.refused >= rules.refused:
        return Ground.KEEPS_REFUSING
    if conduct.unanswered >= rules.unanswered:
        return Ground.NEVER_ANSWERS
    return None


def is_unanswered(results: list[AttemptResult]) -> bool:
    """Whether a hold's contacts, by their results, were all in vain; without any there was nothing to answer."""
    told = [result for result in results if result is not AttemptResult.ABANDONED]
    return bool(told) and all(result in UNANSWERED for result in told)


def opened(conduct: Conduct, rules: CaseRules, now: int) -> Case:
    """A new case: its letter is written and not yet on its way."""
    check = now + rules.check_after_ms
    return Case(CaseState.DRAFT, ground_of(conduct, rules) or Ground.BY_HAND, now, next_check_at=check)


def sent(case: Case, now: int, *, by_mail: bool) -> Case:
    """The letter went out by mail, or was saved for somebody to hand in.

    Raises:
        CaseMoveError: it did before.
    """
    if case.state is not CaseState.DRAFT:
        raise CaseMoveError(case.state)
    state = CaseState.SENT if by_mail else CaseState.SAVED
    return replace(case, state=state, sent_at=now)


def answered(case: Case, result: str, next_check_at: int | None, now: int) -> Case:
    """The channel answered, for the first time or again.

    Args:
        case: the case.
        result: what it answered.
        next_check_at: when to look again, ms UTC; None when nothing more is awaited.
        now: ms UTC.

    Raises:
        CaseMoveError: its letter is not out yet, or it is closed.
        EmptyResultError: nothing is said.
    """
    if case.state not in (CaseState.SENT, CaseState.SAVED, CaseState.ANSWERED):
        raise CaseMoveError(case.state)
    text = result.strip()[:_LONGEST_RESULT]
    if not text:
        raise EmptyResultError
    return replace(case, state=CaseState.ANSWERED, answered_at=now, result=text, next_check_at=next_check_at)


def closed(case: Case, now: int) -> Case:
    """Nothing more is to come of it.

    Raises:
        CaseMoveError: it is closed.
    """
    if not case.is_open:
        raise CaseMoveError(case.state)
    return replace(case, state=CaseState.CLOSED, closed_at=now, next_check_at=None)
