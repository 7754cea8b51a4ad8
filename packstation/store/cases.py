"""Cases in the store: reports of buyers to their channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packstation.domain.cases import Case, CaseCard, CaseState, Ground
from packstation.domain.letters import Letter, letter_of
from packstation.domain.mails import MailState
from packstation.store import mails
from packstation.store.database import execute_many, rows_of
from packstation.store.tables.cases import BuyerCaseRow

_COLUMNS = (
    "c.id, c.state, c.ground, c.opened_at, c.sent_at, c.answered_at, c.closed_at, c.result, c.next_check_at, c.order_id, o.number, "
    "s.name, s.channel, s.zone, c.language, c.letter, c.recipient, c.file, m.state, m.trouble"
)
_FROM = "FROM buyer_case c JOIN orders o ON o.id = c.order_id JOIN shop s ON s.id = o.shop_id LEFT JOIN mail m ON m.id = c.mail_id"


def _card(row: Sequence[Any]) -> CaseCard:
    case = Case(CaseState(row[1]), Ground(row[2]), row[3], row[4], row[5], row[6], row[7], row[8])
    mail = MailState(row[18]) if row[18] else None
    return CaseCard(
        id=row[0],
        case=case,
        order_id=row[9],
        number=row[10],
        shop=row[11],
        channel=row[12],
        zone=row[13],
        language=row[14],
        letter=letter_of(row[15]),
        recipient=row[16],
        file=row[17],
        mail=mail,
        trouble=row[19] or "",
    )


def add(order_id: int, case: Case, language: str, letter: Letter, person_id: int | None) -> int:
    """Store a new case; its id."""
    case_id: int = BuyerCaseRow.insert(
        order_id=order_id,
        ground=str(case.ground),
        language=language,
        letter=letter.kept(),
        recipient="",
        file="",
        opened_by=person_id,
        opened_at=case.opened_at,
        **_moved(case),
    ).execute()
    return case_id


def save(case_id: int, case: Case) -> None:
    """Store where a case stands now."""
    BuyerCaseRow.update(**_moved(case)).where(BuyerCaseRow.id == case_id).execute()


def _moved(case: Case) -> dict[str, Any]:
    return {
        "state": str(case.state),
        "sent_at": case.sent_at,
        "answered_at": case.answered_at,
        "closed_at": case.closed_at,
        "result": case.result,
        "next_check_at": case.next_check_at,
    }


def goes_by_mail(case_id: int, mail_id: int, recipient: str) -> None:
    """Store by which mail a case's letter goes, and to whom."""
    BuyerCaseRow.update(mail_id=mail_id, recipient=recipient).where(BuyerCaseRow.id == case_id).execute()


def saved_at(case_id: int, file: str) -> None:
    """Store in which file a case's letter is."""
    BuyerCaseRow.update(file=file).where(BuyerCaseRow.id == case_id).execute()


def case_by_id(case_id: int) -> CaseCard | None:
    """The case of a number."""
    rows = rows_of(f"SELECT {_COLUMNS} {_FROM} WHERE c.id = ?", (case_id,))
    return _card(rows[0]) if rows else None


def case_of_mail(mail_id: int) -> CaseCard | None:
    """The case whose letter goes by a mail."""
    rows = rows_of(f"SELECT {_COLUMNS} {_FROM} WHERE c.mail_id = ?", (mail_id,))
    return _card(rows[0]) if rows else None


def all_cases(*, with_closed: bool = True) -> list[CaseCard]:
    """All cases: the open ones by their next check, then the closed ones, latest first."""
    which = "" if with_closed else "WHERE c.state <> 'closed' "
    rows = rows_of(
        f"SELECT {_COLUMNS} {_FROM} {which}ORDER BY c.state = 'closed', c.next_check_at IS NULL, "
        "CASE WHEN c.state = 'closed' THEN -c.id ELSE c.next_check_at END, c.id"
    )
    return [_card(row) for row in rows]


def open_case_of(order_id: int) -> CaseCard | None:
    """The open case of an order's buyer at its channel; of a guest, that of the order."""
    rows = rows_of(
        f"SELECT {_COLUMNS} {_FROM} LEFT JOIN buyer b ON b.id = o.buyer_id WHERE c.state <> 'closed' AND (c.order_id = ? OR EXISTS "
        "(SELECT 1 FROM orders x JOIN buyer y ON y.id = x.buyer_id JOIN shop z ON z.id = x.shop_id "
        "WHERE x.id = ? AND y.customer_id = b.customer_id AND z.channel = s.channel)) ORDER BY c.id LIMIT 1",
        (order_id, order_id),
    )
    return _card(rows[0]) if rows else None


def count_overdue(now: int) -> int:
    """How many cases somebody has to look at, at `now` in ms UTC."""
    rows = rows_of("SELECT count(*) FROM buyer_case WHERE state <> 'closed' AND next_check_at <= ?", (now,))
    return int(rows[0][0])


def files_of_orders(order_ids: Sequence[int]) -> list[str]:
    """Where letters about these orders were saved."""
    return [
        row[0]
        for order_id in order_ids
        for row in rows_of("SELECT file FROM buyer_case WHERE order_id = ? AND file <> ''", (order_id,))
    ]


def files_closed_before(moment: int) -> list[str]:
    """Where letters of cases were saved that were closed before a moment, ms UTC."""
    rows = rows_of("SELECT file FROM buyer_case WHERE file <> '' AND closed_at < ? ORDER BY id", (moment,))
    return [row[0] for row in rows]


def erase_of_orders(order_ids: Sequence[int]) -> None:
    """Erase the letters about these orders and what was answered, inside the caller's transaction."""
    empty([row[0] for each in order_ids for row in rows_of("SELECT id FROM buyer_case WHERE order_id = ?", (each,))])


def empty(case_ids: Sequence[int]) -> None:
    """Take letter, answer and file name out of cases, and all out of their mails, inside the caller's transaction."""
    for case_id in case_ids:
        mails.empty(
            [
                row[0]
                for row in rows_of("SELECT mail_id FROM buyer_case WHERE id = ? AND mail_id IS NOT NULL", (case_id,))
            ]
        )
    execute_many(
        "UPDATE buyer_case SET letter = '', result = '', file = '', recipient = '' WHERE id = ?",
        [(case_id,) for case_id in case_ids],
    )
