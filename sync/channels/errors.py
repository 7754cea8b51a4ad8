"""What can go wrong with a channel, classed by what to do next."""

from __future__ import annotations

import re
from enum import StrEnum

from packstation.domain.plain_text import plain

STUMBLES = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What a connector raises that trips over an answer; third parties' ones too."""

LEFT_OUT = "…"
"""Stands for what a text does not tell."""
MAIL = re.compile(r"[^\s@<>\"',;:()“”]{1,64}(?:@|%40|&#64;)[\w.-]{1,255}")
"""An address of mail, also as addresses of pages and HTML write it."""

_LONGEST_TEXT = 400
_PHONE = re.compile(r"(?<![\w+])(?:\+\s?[1-9]|84|0)(?:[\s().-]{0,2}\d){8,13}(?!\w)")
_LONGEST_CODE = 40
_NOT_OF_CODES = re.compile(r"[^\w.-]", re.ASCII)


class Advice(StrEnum):
    """What to do about an error."""

    RETRY = "retry"
    """It may pass: try again later."""
    RENEW = "renew"
    """The access token is not taken any more: renew it once, then try again."""
    SKIP = "skip"
    """This one record or call can never succeed: park it and go on."""
    ASK_SELLER = "ask_seller"
    """Nothing works until the seller does something: log in again, pay, open the firewall."""
    GIVE_UP = "give_up"
    """The program is wrong (a bad parameter): stop asking, show it."""


def code_word(code: object) -> str:
    """A channel's code for an error as one word: a metric's label and a log's field must not grow with what a channel sends."""
    return _NOT_OF_CODES.sub("_", "".join(str(code).split()))[:_LONGEST_CODE]


def without_contacts(text: str) -> str:
    """A text for people as one line of plain text, 400 letters at most, without phones and addresses of mail.

    Whoever made it: a third party's connector may put into an error what its channel wrote, and that may name a buyer.
    """
    return str(plain(_PHONE.sub(LEFT_OUT, MAIL.sub(LEFT_OUT, plain(text, 2 * _LONGEST_TEXT))), _LONGEST_TEXT))


class ChannelError(Exception):
    """Something a channel did or said. The text is one line in English (`packstation.locale.said`), without secrets and contacts.

    What the channel itself wrote stands in it only as `sync.web.messages.excerpt` gives it.

    Attributes:
        advice: what to do next.
        retry_after: the wait that the channel asks for, seconds; None when it names none.
        code: the channel's own word for it, for logs and metrics: 40 letters, digits, `_`, `.` and `-` at most.
    """

    def __init__(self, text: str, advice: Advice, *, retry_after: float | None = None, code: str = "") -> None:
        super().__init__(without_contacts(text))
        self.advice = advice
        self.retry_after = retry_after
        self.code = code_word(code)


class UnreadableAnswerError(ChannelError):
    """An answer that is not what the channel's documents promise: HTML, cut off, too large, or lying about itself."""

    def __init__(self, text: str) -> None:
        super().__init__(text, Advice.RETRY, code="unreadable")


class UnreadableRecordError(ValueError):
    """One record of an answer makes no order; the text says which field and why, without its value."""
