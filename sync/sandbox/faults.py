"""What can go wrong on the way, on demand: each fault strikes with its own probability, drawn from a seeded source."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """One way in which a channel misbehaves. The first group is the server's, the same for every channel."""

    SLOW = "slow"
    """The answer takes a second."""
    STALLED = "stalled"
    """The answer never ends."""
    BROKEN_OFF = "broken_off"
    """The connection breaks in the middle of the answer."""
    HTML_PAGE = "html_page"
    """An HTML page with status 502."""
    LYING_TYPE = "lying_type"
    """An HTML page with status 200 that says it is JSON."""
    CUT_OFF = "cut_off"
    """JSON that ends too soon."""
    MAINTENANCE = "maintenance"
    """503 with a page and Retry-After."""
    TOO_LARGE = "too_large"
    """An answer of more bytes than anybody should read."""

    TOO_OFTEN = "too_often"
    """The channel's own word for too many calls."""
    SERVER_ERROR = "server_error"
    """The channel's own word for a failure of its server."""
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a fault's name
    """The channel's own word for an access token that is not taken, although it should be."""
    NO_ORDERS = "no_orders"
    """A listing that is empty although it should not be."""
    SHIFTED = "shifted"
    """A page that repeats an order of the page before it."""
    LOST_ROW = "lost_row"
    """A page that lacks one order."""
    REVOKED = "revoked"
    """The seller has taken the consent back."""


class Faults:
    """The faults that are switched on. Not for more than one thread."""

    def __init__(self, seed: int, chances: Mapping[Fault, float] | None = None) -> None:
        self._rng = Random(seed)  # noqa: S311 - a simulation
        self.chances: dict[Fault, float] = dict(chances or {})
        self.struck: dict[Fault, int] = {}

    def strikes(self, fault: Fault) -> bool:
        """Whether this fault strikes now."""
        chance = self.chances.get(fault, 0.0)
        hit = chance > 0 and self._rng.random() < chance
        if hit:
            self.struck[fault] = self.struck.get(fault, 0) + 1
        return hit


def everything(chance: float = 0.02) -> dict[Fault, float]:
    """Every fault that passes by itself, switched on."""
    rare = {Fault.STALLED: chance / 10, Fault.TOO_LARGE: chance / 20, Fault.MAINTENANCE: chance / 4}
    return {fault: rare.get(fault, chance) for fault in Fault if fault is not Fault.REVOKED}
