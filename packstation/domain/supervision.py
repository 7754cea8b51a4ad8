"""What supervisors may decide alone, and what a desk may ask of them. Pure.

Source of the rules: docs/definitions.md, "Hold".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.hold_events import FourEyesError
from packstation.domain.times import DAY, MINUTE

MOST_DAYS = 365
"""For how many days a customer's orders can be let go, or a buyer blocked but for good."""


class FourEyes(StrEnum):
    """Who is not the second person: who asked for the hold by hand, or whoever had to do with it."""

    BY_HAND = "by_hand"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class SupervisionRules:
    """What a shop decided about its supervisors. `request_ms`: how long a desk's request for an approval stands."""

    four_eyes: FourEyes = FourEyes.BY_HAND
    request_ms: int = 15 * MINUTE


STANDARD = SupervisionRules()
"""A shop of one person can work by these."""


@dataclass(frozen=True, slots=True)
class Involved:
    """Who had to do with a hold: the ids of who opened it, contacted the buyer for it, asked for its approval."""

    opened_by: int | None
    contacted: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()


def refuse_unless_second(rules: SupervisionRules, involved: Involved, by: int) -> None:
    """Make sure that a hold is decided by a second person, as far as the shop asks for more than `advance` does.

    Raises:
        FourEyesError: `by` had to do with the hold.
    """
    if rules.four_eyes is FourEyes.ALWAYS and by in {involved.opened_by, *involved.contacted, *involved.asked}:
        raise FourEyesError


class DaysError(ValueError):
    """Not a number of days from 1 to `MOST_DAYS`."""


def until_after(days: int, now: int) -> int:
    """The moment so many days from now, ms UTC.

    Raises:
        DaysError: too few or too many.
    """
    if not 1 <= days <= MOST_DAYS:
        raise DaysError(days)
    return now + days * DAY


class ApprovalState(StrEnum):
    """Where a desk's request for an approval stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """A desk asks the board to let a held order go. Times are ms UTC; `station` and `person` are names.

    Attributes:
        why: in the packer's words.
        ended_by: the name of who granted or refused it; empty while nobody did.
    """

    id: int
    hold_id: int
    order_id: int
    number: str
    shop: str
    station: str
    person_id: int
    person: str
    why: str
    asked_at: int
    expires_at: int
    state: ApprovalState
    ended_by: str = ""

    def stands(self, now: int) -> bool:
        """Whether it can still be granted or refused."""
        return self.state is ApprovalState.ASKED and now < self.expires_at
