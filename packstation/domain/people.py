"""People at the desks, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.times import MINUTE

FREE_TRIES = 3
_LONGEST_WAIT = 60 * MINUTE


class Role(StrEnum):
    """What a person is at the seller's."""

    PACKER = "packer"
    CALLER = "caller"
    SUPERVISOR = "supervisor"
    OWNER = "owner"


SUPERVISING = frozenset({Role.SUPERVISOR, Role.OWNER})
"""The roles that may override holds and change people, policy and customers."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person who signs in. The digests of badge and PIN stay in the store."""

    id: int
    name: str
    role: Role
    active: bool
    has_badge: bool
    has_pin: bool

    @property
    def supervises(self) -> bool:
        """Whether this person may override holds."""
        return self.active and self.role in SUPERVISING


def locked_until(failed_tries: int, now: int) -> int | None:
    """Until when PINs are refused after so many wrong ones in a row: none at first, then 1 minute, doubling up to an hour."""
    if failed_tries < FREE_TRIES:
        return None
    return now + min(_LONGEST_WAIT, MINUTE << min(failed_tries - FREE_TRIES, 10))
