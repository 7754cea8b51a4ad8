"""What happens to holds, and what is refused of them. Pure.

Source of the rules: docs/definitions.md, "Hold".
"""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.holds import AttemptResult, ChannelDefault, ContactMethod, RefusalWhy

TRIES = frozenset(
    {
        AttemptResult.NO_ANSWER,
        AttemptResult.BUSY,
        AttemptResult.UNREACHABLE,
        AttemptResult.MESSAGE_SENT,
        AttemptResult.LATER,
    }
)
"""The results that use up a try: the buyer has not said yes or no."""


class NotAllowedError(Exception):
    """This act is not possible on this hold, or not for this person. Nothing changed."""


class FourEyesError(NotAllowedError):
    """Who asked for a hold by hand may not override it; a second person has to."""


class NotTheAskerError(NotAllowedError):
    """Only who asked for a hold by hand may withdraw it."""


class EndedHoldError(NotAllowedError):
    """The hold is released or closed already."""


class NotReopenableError(NotAllowedError):
    """Only a hold closed as refused, duplicate order or rejected can be reopened."""


class NoOpenContactError(NotAllowedError):
    """A result needs a contact that is open; this one ran out."""


class NotTheContactError(NotAllowedError):
    """Only who opened the contact may log that the buyer confirmed."""


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """A contact of person `by` ended at `at` (ms UTC).

    `next_try_at` is the time agreed with the buyer, if any; `zone` the shop's, in whose clock its hours are meant.
    """

    result: AttemptResult
    at: int
    by: int
    method: ContactMethod
    why: RefusalWhy | None = None
    next_try_at: int | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Paid:
    """The order was paid, as seen at the channel or logged by a person."""


@dataclass(frozen=True, slots=True)
class OverrideReleased:
    """Supervisor `by` lets the order go."""

    by: int


@dataclass(frozen=True, slots=True)
class OverrideRejected:
    """Supervisor `by` does not let the order go."""

    by: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Person `by` takes back the hold they asked for."""

    by: int


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """The order was cancelled at the channel."""


@dataclass(frozen=True, slots=True)
class OrderShipped:
    """The order was shipped elsewhere."""


@dataclass(frozen=True, slots=True)
class NoLongerAsked:
    """Policy or data no longer ask for this hold."""


@dataclass(frozen=True, slots=True)
class DecideByNear:
    """Decide-by is nearer than the configured notice."""


@dataclass(frozen=True, slots=True)
class DecideByPassed:
    """Decide-by has passed; the channel's default says what that does."""

    channel_default: ChannelDefault


@dataclass(frozen=True, slots=True)
class Reopened:
    """Supervisor `by` opens a closed hold again."""

    by: int


@dataclass(frozen=True, slots=True)
class BuyerRangBack:
    """The buyer of a closed hold got in touch again."""


HoldEvent = (
    AttemptEnded
    | Paid
    | OverrideReleased
    | OverrideRejected
    | Withdrawn
    | OrderCancelled
    | OrderShipped
    | NoLongerAsked
    | DecideByNear
    | DecideByPassed
    | Reopened
    | BuyerRangBack
)
