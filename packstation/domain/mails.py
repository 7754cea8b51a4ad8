"""Mails that packstation sends: what one is, which addresses are taken, and when one that failed goes again. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from packstation.domain.plain_text import plain, plain_lines

_LONGEST_ADDRESS = 254
_LONGEST_SUBJECT = 200
_MOST_LINES = 2_000
_LONGEST_LINE = 2_000
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})+")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


class BadAddressError(ValueError):
    """The text is no mail address; it is the error's text."""


class MailState(StrEnum):
    """Where a mail is: one that is `dropped` was erased before it went out."""

    QUEUED = "queued"
    SENT = "sent"
    PARKED = "parked"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what would not be a header's plain value.

        Raises:
            ValueError: a type that is none, or a name that is empty or not one harmless line.
        """
        if not _MEDIA_TYPE.fullmatch(self.media_type):
            raise ValueError(self.media_type)
        if not self.name or plain(self.name) != self.name:
            raise ValueError(self.name)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail for one recipient, as `mail_for` makes it."""

    to: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()


def checked_address(text: str) -> str:
    """The mail address that a text is, without blanks around it. Only ASCII, no names, no quotes, one address.

    Raises:
        BadAddressError: it is none.
    """
    address = text.strip(" ")
    if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise BadAddressError(text)
    return address


def domain_of(address: str) -> str:
    """What stands behind the @ of an address, in small letters."""
    return address.rpartition("@")[2].lower()


def mail_for(to: str, subject: str, body: str, attachments: tuple[Attachment, ...] = ()) -> Mail:
    """A mail whose subject is one line and whose body has no control characters, whatever they were made of.

    Raises:
        BadAddressError: `to` is no address.
    """
    lines = plain_lines(body, _LONGEST_LINE, _MOST_LINES)
    return Mail(checked_address(to), plain(" ".join(subject.split()), _LONGEST_SUBJECT), "\n".join(lines), attachments)
