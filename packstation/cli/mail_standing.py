"""What `packstation status` tells of the mails: those that wait, and those that the mail server would not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from packstation.domain.mails import domain_of
from packstation.domain.plain_text import plain
from packstation.domain.times import SECOND
from packstation.locale import _, in_this_language
from packstation.locale.words import span
from packstation.store.mails import MailStanding

_LINES = 10


def mail_document(mail: MailStanding, now: int) -> dict[str, Any]:
    """The same for programs. Of addresses it tells what stands behind the @."""
    return {
        "waiting": mail.waiting,
        "parked": mail.parked,
        "oldest_seconds": None if mail.oldest_at is None else max(0, now - mail.oldest_at) / SECOND,
        "stuck_list": [
            {"domain": domain_of(each.to), "subject": each.subject, "trouble": each.trouble, "parked": each.is_parked}
            for each in mail.stuck
        ],
    }


def mail_lines(mail: MailStanding, now: int) -> Iterator[str]:
    """The same for people; nothing when all went out."""
    if mail.oldest_at is not None:
        line = _("mail: {count} wait to be sent, the oldest for {age}")
        yield line.format(count=mail.waiting, age=span(max(0, now - mail.oldest_at)))
    if mail.parked:
        yield _("mail: {count} were not sent; `packstation sync retry` sends them again").format(count=mail.parked)
    for each in mail.stuck[:_LINES]:
        told = _("mail not sent: {subject}, to someone @{domain}: {trouble}")
        yield told.format(
            subject=plain(each.subject), domain=domain_of(each.to), trouble=plain(in_this_language(each.trouble))
        )
