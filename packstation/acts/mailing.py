"""A mail is queued in the transaction that decides to send it; the daemon sends it, and notes what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.acts.workplace import Workplace
from packstation.domain.cases import CaseState, sent
from packstation.domain.ledger import EntryKind
from packstation.domain.mails import Attachment, MailState, mail_for
from packstation.store import mails
from packstation.store.cases import case_of_mail, save
from packstation.store.database import database_now, transaction
from packstation.store.mails import TakenMail


def queue_mail(
    place: Workplace,
    to: str,
    subject: str,
    body: str,
    attachments: Sequence[Attachment] = (),
    *,
    order_id: int | None,
    now: int,
    person_id: int | None = None,
) -> int:
    """Queue a mail, inside the caller's transaction, for the daemon to send at least once; its id.

    Args:
        place: who acts.
        to: one address, without a name.
        subject: made one harmless line.
        body: plain text; lines end with a line break.
        attachments: files that go with it.
        order_id: the order that it is about: erased with it. None when it names no buyer.
        now: ms UTC.
        person_id: who wanted it sent.

    Raises:
        BadAddressError: `to` is no address.
    """
    mail_id = mails.add(mail_for(to, subject, body, tuple(attachments)), order_id, now)
    place.ledger.write(
        EntryKind.MAIL_QUEUED,
        now,
        order_id=order_id,
        person_id=person_id,
        station_id=place.station_id,
        facts={"mail": mail_id},
    )
    return mail_id


def note_sent(place: Workplace, taken: TakenMail, taker: str, now: int) -> None:
    """The mail server took a mail: recorded, and so a case is whose letter it is; not if it was erased or is another's by now."""
    with transaction():
        if not mails.sent(taken.id, taker, now):
            return
        place.ledger.write(
            EntryKind.MAIL_SENT, now, order_id=taken.order_id, station_id=place.station_id, facts={"mail": taken.id}
        )
        card = case_of_mail(taken.id)
        if card is not None and card.case.state is CaseState.DRAFT:
            save(card.id, sent(card.case, now, by_mail=True))
            place.ledger.write(
                EntryKind.CASE_SENT,
                now,
                order_id=card.order_id,
                station_id=place.station_id,
                facts={"case": card.id, "state": str(CaseState.SENT), "check": card.case.next_check_at},
            )


def note_not_sent(
    place: Workplace, taken: TakenMail, taker: str, now: int, *, tries: int, wait_ms: int | None, trouble: str
) -> None:
    """A mail was not sent: it goes again after `wait_ms`, or is parked for good, which is recorded."""
    parked = wait_ms is None
    with transaction():
        noted = mails.not_sent(
            taken.id,
            taker,
            MailState.PARKED if parked else MailState.QUEUED,
            tries=tries,
            next_try_at=now + (wait_ms or 0),
            trouble=trouble,
        )
        if noted and parked:
            place.ledger.write(
                EntryKind.MAIL_PARKED,
                now,
                order_id=taken.order_id,
                station_id=place.station_id,
                facts={"mail": taken.id},
            )


def send_mails_again(order_ids: Sequence[int] | None = None) -> int:
    """Let mails that failed go out at once, of these orders or all of them; how many there were."""
    with transaction():
        return mails.retry(database_now(), None if order_ids is None else list(order_ids))
