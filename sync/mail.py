"""Mails out: what is queued goes to the seller's mail server by SMTP, at least once and each by one process at a time.

A mail is taken under a lease, sent by a thread outside any transaction, and what came of it is noted. A process that is killed
between sending and noting leaves a lease that ends; the mail is sent again then with the same Message-ID. What the server or the
way there is to blame for uses up no try of a mail; a mail that the server refuses for good is parked.
"""

from __future__ import annotations

import asyncio
import random
import re
import smtplib
import socket
import ssl
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from functools import partial

import structlog

from packstation.acts.mailing import note_not_sent, note_sent
from packstation.acts.workplace import Workplace
from packstation.domain.mails import domain_of
from packstation.domain.masking import HIDDEN
from packstation.domain.outbox import next_wait
from packstation.domain.times import MINUTE, SECOND
from packstation.locale import said
from packstation.settings import MailSettings
from packstation.store import mails
from packstation.store.database import database_now
from packstation.store.mails import TakenMail
from sync.database_thread import DatabaseThread

PASSWORD_VARIABLE = "PACKSTATION_MAIL_PASSWORD"  # noqa: S105 - where it is, not what it is
LEASE = 5 * MINUTE
"""For how long a process has what it sends, ms."""

_SENDING_AT_MOST = (LEASE - MINUTE) / SECOND
_ANSWER_AT_MOST = 20.0
_LOOK_EVERY = 5.0
_UNTIL_SERVER_IS_BACK = MINUTE
_UNTIL_SELLER_ACTED = 5 * MINUTE
_MOST_AT_ONCE = 100
_PERMANENT = 500
_MAILBOX = re.compile(r"[^\s<>@:;,()]+@")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MailAccount:
    """How mails go out: the settings, the user's password (empty without a user), and who is trusted to vouch for the server."""

    settings: MailSettings
    password: str = field(default="", repr=False)
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context


class NoWayOutError(Exception):
    """The server cannot be used now; no mail is to blame. `wait_ms`: when it may be worth another look."""

    def __init__(self, trouble: str, wait_ms: int) -> None:
        super().__init__(trouble)
        self.wait_ms = wait_ms


class NotSentError(Exception):
    """The server did not take this mail. `for_good`: it never will."""

    def __init__(self, trouble: str, *, for_good: bool) -> None:
        super().__init__(trouble)
        self.for_good = for_good


def message_of(taken: TakenMail, sender: str) -> EmailMessage:
    """The mail as it goes over the wire."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = taken.mail.to
    message["Subject"] = taken.mail.subject
    message["Date"] = formatdate(taken.queued_at / SECOND)
    message["Message-ID"] = taken.message_id
    message.set_content(taken.mail.body)
    for each in taken.mail.attachments:
        main, _slash, sub = each.media_type.partition("/")
        message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    return message


def _written(taken: TakenMail, sender: str) -> EmailMessage:
    try:
        return message_of(taken, sender)
    except ValueError as error:
        line = said("the mail cannot be written ({kind})", kind=type(error).__name__)
        raise NotSentError(line, for_good=True) from error


def send(account: MailAccount, message: EmailMessage) -> None:
    """Hand one mail to the server; takes as long as the network does, but never longer than its lease.

    Raises:
        NoWayOutError: the server cannot be reached or used.
        NotSentError: it did not take this mail.
    """
    settings = account.settings
    with _connected(account) as server:
        try:
            server.send_message(message, from_addr=settings.sender, to_addrs=[str(message["To"])])
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _refused(code, text) from error
        except smtplib.SMTPSenderRefused as error:
            line = said(
                "the mail server does not take mail from {sender}: {answer}",
                sender=settings.sender,
                answer=_words(error),
            )
            raise NoWayOutError(line, _UNTIL_SELLER_ACTED) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotSentError(said("the mail server went away in the middle of the mail"), for_good=False) from error


@contextmanager
def _connected(account: MailAccount) -> Iterator[smtplib.SMTP]:
    """A server that is ready to take mail: encrypted where that is demanded, and logged in."""
    settings = account.settings
    try:
        server = _opened(account)
    except ssl.SSLError as error:
        raise _not_trusted(error) from error
    except (smtplib.SMTPException, OSError) as error:
        line = said("the mail server {host} does not answer", host=settings.host)
        raise NoWayOutError(line, _UNTIL_SERVER_IS_BACK) from error
    timer = threading.Timer(_SENDING_AT_MOST, partial(_cut, server))
    timer.daemon = True
    timer.start()
    try:
        try:
            _get_ready(server, account)
        except ssl.SSLError as error:
            raise _not_trusted(error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise NoWayOutError(_unsupported(error), _UNTIL_SELLER_ACTED) from error
        except smtplib.SMTPAuthenticationError as error:
            temporary = error.smtp_code < _PERMANENT
            line = said("the mail server does not take user and password: {answer}", answer=_words(error))
            raise NoWayOutError(line, _UNTIL_SERVER_IS_BACK if temporary else _UNTIL_SELLER_ACTED) from error
        except (smtplib.SMTPException, OSError) as error:
            line = said("the mail server {host} does not answer", host=settings.host)
            raise NoWayOutError(line, _UNTIL_SERVER_IS_BACK) from error
        yield server
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        timer.cancel()
        server.close()


def _opened(account: MailAccount) -> smtplib.SMTP:
    settings = account.settings
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=_ANSWER_AT_MOST, context=account.trust())
    return smtplib.SMTP(settings.host, settings.port, timeout=_ANSWER_AT_MOST)


def _get_ready(server: smtplib.SMTP, account: MailAccount) -> None:
    settings = account.settings
    server.ehlo_or_helo_if_needed()
    if settings.security == "starttls":
        server.starttls(context=account.trust())
        server.ehlo()
    if settings.user:
        server.login(settings.user, account.password)


def _unsupported(error: smtplib.SMTPNotSupportedError) -> str:
    if "STARTTLS" in str(error):
        return said("the mail server offers no encryption (STARTTLS): nothing is sent in the clear")
    return said("the mail server offers no way to log in that is known here")


def _not_trusted(error: ssl.SSLError) -> NoWayOutError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return NoWayOutError(said("the mail server's certificate is not valid"), _UNTIL_SELLER_ACTED)
    return NoWayOutError(said("no encrypted connection to the mail server could be made"), _UNTIL_SELLER_ACTED)


def _refused(code: int, text: bytes | str) -> NotSentError:
    line = said("the mail server does not take it: {answer}", answer=f"{code} {_one_line(text)}")
    return NotSentError(line, for_good=code >= _PERMANENT)


def _words(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_one_line(error.smtp_error)}"


def _one_line(text: bytes | str) -> str:
    """A server's answer for logs and people: harmless, short, and of mail addresses only what stands behind the @."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    words = _MAILBOX.sub(f"{HIDDEN}@", words)
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())[:100]


def _cut(server: smtplib.SMTP) -> None:
    """End a connection that goes on for too long, from another thread."""
    with suppress(OSError, AttributeError):
        server.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


async def deliver_mails(
    account: MailAccount,
    place: Workplace,
    run_in_db: Callable[[Callable[[], object]], Awaitable[object]],
    now: Callable[[], int] = database_now,
    *,
    chance: random.Random | None = None,
) -> int:
    """Send what is due, oldest first; how many mails the server took.

    Ends when nothing is due, after a hundred, or when the server cannot be used.

    Args:
        account: how they go out.
        place: who sends, for the ledger.
        run_in_db: where the store's work is done.
        now: the database's clock, ms UTC; called inside `run_in_db`.
        chance: for the jitter of the tries.

    Raises:
        DatabaseAwayError: the database does not answer; what was just sent is sent again when its lease has ended.
    """
    taker = uuid.uuid4().hex
    domain = domain_of(account.settings.sender)
    dice = chance or random.Random()  # noqa: S311 - jitter, no secret
    count = 0
    for _turn in range(_MOST_AT_ONCE):
        taken = await run_in_db(lambda: mails.take_due(taker, domain, now(), LEASE))
        if not isinstance(taken, TakenMail):
            break
        # Whoever ends the daemon in the middle of a mail waits for what comes of it.
        going = asyncio.ensure_future(_send_one(account, place, run_in_db, now, taken, taker, dice))
        try:
            went_out = await asyncio.shield(going)
        except asyncio.CancelledError:
            await going
            raise
        except NoWayOutError:
            break
        count += went_out
    return count


async def _send_one(
    account: MailAccount,
    place: Workplace,
    run_in_db: Callable[[Callable[[], object]], Awaitable[object]],
    now: Callable[[], int],
    taken: TakenMail,
    taker: str,
    dice: random.Random,
) -> bool:
    def failed(tries: int, wait_ms: int | None, trouble: str) -> Awaitable[object]:
        log.warning("mail not sent", mail=taken.id, tries=tries, parked=wait_ms is None, trouble=trouble)
        return run_in_db(
            lambda: note_not_sent(place, taken, taker, now(), tries=tries, wait_ms=wait_ms, trouble=trouble)
        )

    try:
        await asyncio.to_thread(send, account, _written(taken, account.settings.sender))
    except NoWayOutError as error:
        await failed(taken.tries, error.wait_ms, str(error))
        raise
    except NotSentError as error:
        tries = taken.tries + 1
        await failed(tries, None if error.for_good else next_wait(tries, dice), str(error))
        return False
    await run_in_db(lambda: note_sent(place, taken, taker, now()))
    return True


class Mailing:
    """Sends mails beside the shops, until cancelled."""

    def __init__(self, account: MailAccount, place: Workplace, in_db: DatabaseThread) -> None:
        self._account = account
        self._place = place
        self._in_db = in_db

    async def run(self) -> None:
        """Send what is due, again and again."""
        while True:
            await deliver_mails(self._account, self._place, self._in_db)
            await asyncio.sleep(_LOOK_EVERY)
