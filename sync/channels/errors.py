"""What can go wrong with a channel, classed by what to do next."""

from __future__ import annotations

from enum import StrEnum

STUMBLES = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What a connector raises that trips over an answer; third parties' ones too."""


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


class ChannelError(Exception):
    """Something a channel did or said. The text is one line for people, without secrets and without buyers' data.

    Attributes:
        advice: what to do next.
        retry_after: the wait that the channel asks for, seconds; None when it names none.
        code: the channel's own word for it, for logs.
    """

    def __init__(self, text: str, advice: Advice, *, retry_after: float | None = None, code: str = "") -> None:
        super().__init__(text)
        self.advice = advice
        self.retry_after = retry_after
        self.code = code


class UnreadableAnswerError(ChannelError):
    """An answer that is not what the channel's documents promise: HTML, cut off, too large, or lying about itself."""

    def __init__(self, text: str) -> None:
        super().__init__(text, Advice.RETRY, code="unreadable")


class UnreadableRecordError(ValueError):
    """One record of an answer makes no order; the text says which field and why, without its value."""
