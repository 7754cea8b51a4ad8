"""Mails in the store: queued in the transaction that decides, sent by whoever takes them under a lease, at least once.

A mail's Message-ID is made when it is first taken and stays: what was sent twice because a process was killed in between is
known again by whoever got it.
"""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass

from packstation.domain.mails import Attachment, Mail, MailState
from packstation.store.database import execute_many, rows_of, transaction
from packstation.store.tables.mails import MailRow

_LONGEST_TROUBLE = 200
_MOST_SHOWN = 100
_DUE = "state = 'queued' AND next_try_at <= ? AND (taken_until IS NULL OR taken_until <= ?)"
_HELD = "id = ? AND state = 'queued' AND taken_by = ?"


def add(mail: Mail, order_id: int | None, now: int) -> int:
    """Queue a mail, inside the caller's transaction; its id."""
    mail_id: int = MailRow.insert(
        order_id=order_id,
        recipient=mail.to,
        subject=mail.subject,
        body=mail.body,
        queued_at=now,
        state=str(MailState.QUEUED),
        tries=0,
        next_try_at=now,
        trouble="",
    ).execute()
    execute_many(
        "INSERT INTO mail_attachment (mail_id, place, name, media_type, content) VALUES (?, ?, ?, ?, ?)",
        [
            (mail_id, place, each.name, each.media_type, base64.b64encode(each.content).decode("ascii"))
            for place, each in enumerate(mail.attachments)
        ],
    )
    return mail_id


def attachments_of(mail_id: int) -> tuple[Attachment, ...]:
    """The files of a mail, in their order."""
    rows = rows_of("SELECT name, media_type, content FROM mail_attachment WHERE mail_id = ? ORDER BY place", (mail_id,))
    return tuple(Attachment(name, media_type, base64.b64decode(content)) for name, media_type, content in rows)


@dataclass(frozen=True, slots=True)
class TakenMail:
    """A mail that a process has taken to send it. `tries` counts the failed ones before; `queued_at` is ms UTC."""

    id: int
    order_id: int | None
    mail: Mail
    message_id: str
    queued_at: int
    tries: int


def take_due(taker: str, domain: str, now: int, lease_ms: int) -> TakenMail | None:
    """Take the mail that waits longest of those that may be sent now; nobody else has it until the lease ends.

    Args:
        taker: who takes it: no two processes may have the same.
        domain: the sender's, for the Message-ID of one that has none yet.
        now: by the database's clock, ms UTC.
        lease_ms: for how long.
    """
    while True:
        due = rows_of(f"SELECT id FROM mail WHERE {_DUE} ORDER BY next_try_at, id LIMIT 1", (now, now))
        if not due:
            return None
        with transaction():
            rows = rows_of(
                "UPDATE mail SET taken_by = ?, taken_until = ?, message_id = coalesce(message_id, ?) "
                f"WHERE id = ? AND {_DUE} RETURNING id, order_id, recipient, subject, body, message_id, queued_at, tries",
                (taker, now + lease_ms, f"<{uuid.uuid4().hex}@{domain}>", due[0][0], now, now),
            )
        if rows:
            mail_id, order_id, to, subject, body, message_id, queued_at, tries = rows[0]
            mail = Mail(to, subject, body, attachments_of(mail_id))
            return TakenMail(mail_id, order_id, mail, message_id, queued_at, tries)


def sent(mail_id: int, taker: str, now: int) -> bool:
    """Note that the mail server took a mail; False when the lease is somebody else's by now, or the mail was erased."""
    return bool(
        rows_of(
            "UPDATE mail SET state = 'sent', sent_at = ?, trouble = '', taken_by = NULL, taken_until = NULL "
            f"WHERE {_HELD} RETURNING id",
            (now, mail_id, taker),
        )
    )


def not_sent(mail_id: int, taker: str, state: MailState, *, tries: int, next_try_at: int, trouble: str) -> bool:
    """Note that a mail was not sent: it waits, or is parked.

    Args:
        mail_id: the mail.
        taker: who tried; nothing changes when the lease is somebody else's by now.
        state: what becomes of it.
        tries: the failed ones so far.
        next_try_at: when it may be sent again, ms UTC.
        trouble: one line for people; cut when overlong.
    """
    return bool(
        rows_of(
            "UPDATE mail SET state = ?, tries = ?, next_try_at = ?, trouble = ?, taken_by = NULL, taken_until = NULL "
            f"WHERE {_HELD} RETURNING id",
            (str(state), tries, next_try_at, trouble[:_LONGEST_TROUBLE], mail_id, taker),
        )
    )


def retry(now: int, order_ids: list[int] | None = None) -> int:
    """Let parked mails, and those that failed and wait, go out at once; how many there were.

    Args:
        now: ms UTC.
        order_ids: only those of these orders; None for all.
    """
    ids = tuple(order_ids or ())
    chosen = "" if order_ids is None else f" AND order_id IN ({','.join('?' * len(ids))})"
    failed = f"(state = 'parked' OR state = 'queued' AND trouble <> '' AND next_try_at > ?){chosen}"
    sql = f"UPDATE mail SET state = 'queued', tries = 0, next_try_at = ? WHERE {failed} RETURNING id"
    return len(rows_of(sql, (now, now, *ids)))


def erase_of_orders(order_ids: list[int]) -> None:
    """Erase the mails about these orders, inside the caller's transaction; what was not sent yet never is."""
    for order_id in order_ids:
        mail_ids = [row[0] for row in rows_of("SELECT id FROM mail WHERE order_id = ?", (order_id,))]
        empty(mail_ids)


def empty(mail_ids: list[int]) -> None:
    """Take everything but the times out of mails, inside the caller's transaction; what was not sent yet never is."""
    ids = [(mail_id,) for mail_id in mail_ids]
    execute_many("DELETE FROM mail_attachment WHERE mail_id = ?", ids)
    execute_many(
        "UPDATE mail SET recipient = '', subject = '', body = '', trouble = '', taken_by = NULL, taken_until = NULL, "
        "state = CASE WHEN state = 'sent' THEN 'sent' ELSE 'dropped' END WHERE id = ?",
        ids,
    )


@dataclass(frozen=True, slots=True)
class StuckMail:
    """A mail that did not go out yet, or will not until somebody asks for it; `to` is whom it is for."""

    to: str
    subject: str
    trouble: str
    is_parked: bool


@dataclass(frozen=True, slots=True)
class MailStanding:
    """How the mails are. `oldest_at` is when the oldest waiting one was queued (ms UTC), `stuck` the parked and failed ones."""

    waiting: int
    parked: int
    oldest_at: int | None
    stuck: tuple[StuckMail, ...]


def mail_standing() -> MailStanding:
    """How many mails wait or are parked, and which failed."""
    waiting, oldest_at = rows_of("SELECT count(*), min(queued_at) FROM mail WHERE state = 'queued'")[0]
    parked = rows_of("SELECT count(*) FROM mail WHERE state = 'parked'")[0][0]
    rows = rows_of(
        "SELECT recipient, subject, trouble, state FROM mail WHERE state = 'parked' OR state = 'queued' AND trouble <> '' "
        "ORDER BY id LIMIT ?",
        (_MOST_SHOWN,),
    )
    stuck = tuple(StuckMail(to, subject, trouble, state == "parked") for to, subject, trouble, state in rows)
    return MailStanding(waiting, parked, oldest_at, stuck)


def state_of(mail_id: int) -> tuple[MailState, int | None]:
    """Where a mail is, and when it was sent (ms UTC)."""
    state, sent_at = rows_of("SELECT state, sent_at FROM mail WHERE id = ?", (mail_id,))[0]
    return MailState(state), sent_at
