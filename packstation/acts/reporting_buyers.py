"""A buyer who never answers or keeps refusing is reported to the channel: the case opened, its letter sent or saved, and its end."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from packstation.acts.mailing import queue_mail
from packstation.acts.policies import current_policy
from packstation.acts.workplace import Workplace
from packstation.domain import cases as moves
from packstation.domain.cases import Case, CaseCard, CaseRules, CaseState
from packstation.domain.ledger import EntryKind
from packstation.domain.mails import Attachment
from packstation.store import cases as stored
from packstation.store.case_evidence import DueReport, due_reports, evidence_of
from packstation.store.database import answering, database_now, lock_name, lock_orders, transaction

_UNFIT = re.compile(r"[^A-Za-z0-9-]+")
_LONGEST_NUMBER = 40
_MOST_OF_A_NAME = 10_000


class NoSuchCaseError(LookupError):
    """There is no case of this number."""


class CaseOpenError(Exception):
    """The buyer is reported already: `card` is that case, which is not closed yet."""

    def __init__(self, card: CaseCard) -> None:
        super().__init__(str(card.id))
        self.card = card


class LetterNotSavedError(Exception):
    """The letter's file cannot be written; the case stays a draft and can be opened again."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder}: {reason}")
        self.folder = folder
        self.reason = reason


def open_case(place: Workplace, rules: CaseRules, by: int | None, order_id: int, language: str) -> CaseCard:
    """Report the buyer of an order: the letter is written and goes by mail, or where the channel has no address here, into a file.

    A draft whose file could not be written is taken up again.

    Args:
        place: who acts.
        rules: when a case is due, where letters go.
        by: the supervisor.
        order_id: the order.
        language: of the letter, "vi" or "en".

    Raises:
        CaseOpenError: this buyer's case at this channel is still open.
        LetterNotSavedError: the file cannot be written.
    """
    with transaction():
        lock_name("cases")
        lock_orders([order_id])
        card = stored.open_case_of(order_id)
        if card is None:
            card = _opened(place, rules, by, order_id, language)
        elif card.case.state is not CaseState.DRAFT or card.mail is not None or card.letter is None:
            raise CaseOpenError(card)
    return card if card.mail is not None else _saved(place, rules, by, card)


def _opened(place: Workplace, rules: CaseRules, by: int | None, order_id: int, language: str) -> CaseCard:
    # Letters are rare: what writes and draws them is loaded with the first one.
    from packstation.printing.letters import letter_pdf
    from packstation.reports.case_letters import case_letter

    now = database_now()
    policy = current_policy()
    evidence = evidence_of(order_id, policy.holds, now - rules.window_ms)
    case = moves.opened(evidence.conduct, rules, now)
    letter = case_letter(evidence, case.ground, rules, language, now)
    case_id = stored.add(order_id, case, language, letter, by)
    counts = evidence.counts
    place.ledger.write(
        EntryKind.CASE_OPENED,
        now,
        order_id=order_id,
        person_id=by,
        station_id=place.station_id,
        policy_version=policy.version,
        facts={"case": case_id, "ground": str(case.ground), "channel": evidence.order.channel},
        evidence={
            "unanswered": evidence.conduct.unanswered,
            "refused": evidence.conduct.refused,
            **({"orders": counts.orders, "failed": counts.failed} if counts else {}),
        },
    )
    recipient = rules.recipients.get(evidence.order.channel)
    if recipient:
        file = Attachment(
            f"{_file_name(case_id, evidence.order.number)}.pdf", "application/pdf", letter_pdf(letter, now)
        )
        mail_id = queue_mail(
            place, recipient, letter.subject, letter.text, [file], order_id=order_id, now=now, person_id=by
        )
        stored.goes_by_mail(case_id, mail_id, recipient)
    return case_of(case_id)


def _saved(place: Workplace, rules: CaseRules, by: int | None, card: CaseCard) -> CaseCard:
    """The letter beside other letters, as PDF and as text, for its owner only; then the case says where."""
    from packstation.printing.letters import letter_pdf

    if card.letter is None:
        raise NoSuchCaseError(card.id)
    try:
        rules.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = _free(rules.folder, _file_name(card.id, card.number))
        _write(target, letter_pdf(card.letter, card.case.opened_at))
        _write(target.with_suffix(".txt"), f"{card.letter.subject}\n\n{card.letter.text}\n".encode())
    except OSError as error:
        raise LetterNotSavedError(rules.folder, error.strerror or type(error).__name__) from error
    with transaction():
        lock_orders([card.order_id])
        now = database_now()
        current = case_of(card.id)
        stored.saved_at(card.id, str(target))
        _move(place, current, moves.sent(current.case, now, by_mail=False), EntryKind.CASE_SENT, now, by)
    return case_of(card.id)


def _free(folder: Path, name: str) -> Path:
    """A file that is not there yet: another database may save its letters in the same folder."""
    names = (name, *(f"{name}-{count}" for count in range(2, _MOST_OF_A_NAME)))
    return next(file for each in names if not (file := folder / f"{each}.pdf").exists())


def _write(file: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    part.replace(file)


def remove_letter(name: str) -> None:
    """Remove a saved letter, as far as this computer has it and may."""
    for file in (Path(name), Path(name).with_suffix(".txt")):
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _file_name(case_id: int, number: str) -> str:
    """A name without anything that means something to a file system, whatever the order's number is."""
    return f"case-{case_id}-{_UNFIT.sub('-', number)[:_LONGEST_NUMBER].strip('-')}".rstrip("-")


def answer_case(
    place: Workplace, by: int | None, case_id: int, result: str, next_check_at: int | None = None
) -> CaseCard:
    """The channel answered.

    Args:
        place: who acts.
        by: the supervisor.
        case_id: the case.
        result: what it answered.
        next_check_at: when to look again, ms UTC; None when nothing more is awaited.

    Raises:
        NoSuchCaseError: there is no such case.
        CaseMoveError: its letter is not out yet, or it is closed.
        EmptyResultError: nothing is said.
    """
    with transaction():
        card = _locked(case_id)
        now = database_now()
        after = moves.answered(card.case, result, next_check_at, now)
        _move(place, card, after, EntryKind.CASE_ANSWERED, now, by, text=after.result)
    return case_of(case_id)


def close_case(place: Workplace, by: int | None, case_id: int) -> CaseCard:
    """Nothing more is to come of a case.

    Raises:
        NoSuchCaseError: there is no such case.
        CaseMoveError: it is closed already.
    """
    with transaction():
        card = _locked(case_id)
        now = database_now()
        _move(place, card, moves.closed(card.case, now), EntryKind.CASE_CLOSED, now, by)
    return case_of(case_id)


def _locked(case_id: int) -> CaseCard:
    lock_orders([case_of(case_id).order_id])
    return case_of(case_id)


def _move(
    place: Workplace, card: CaseCard, after: Case, kind: EntryKind, now: int, by: int | None, text: str = ""
) -> None:
    stored.save(card.id, after)
    place.ledger.write(
        kind,
        now,
        order_id=card.order_id,
        person_id=by,
        station_id=place.station_id,
        facts={"case": card.id, "state": str(after.state), "check": after.next_check_at},
        text=text,
    )


def case_of(case_id: int) -> CaseCard:
    """The case of a number.

    Raises:
        NoSuchCaseError: there is none.
    """
    card = stored.case_by_id(case_id)
    if card is None:
        raise NoSuchCaseError(case_id)
    return card


def all_cases() -> list[CaseCard]:
    """All cases, those that somebody has to look at first."""
    with answering():
        return stored.all_cases()


def due(rules: CaseRules) -> list[DueReport]:
    """The buyers whom somebody should report."""
    with answering():
        return due_reports(rules, database_now())
