"""One simulated channel: its market, its faults, its clock, and the credentials that it accepts."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from starlette.routing import Route

from sync.credentials.credential import Credential
from sync.sandbox.faults import Faults
from sync.sandbox.market.facts import Facts
from sync.sandbox.market.market import Market
from sync.sandbox.truth import Expected


def real_clock() -> int:
    """The computer's time, ms UTC."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Stand:
    """What the routes of a simulated channel share.

    Attributes:
        market: the orders.
        faults: what goes wrong.
        clock: the channel's own time, ms UTC; may differ from ours.
        seed: also seeds the credentials.
        calls: how often each path was asked, for tests and benchmarks.
        push_url: where the channel pushes to, as it was told; empty while it does not.
        pushed: what came of the deliveries: `taken`, `failed`, `given_up`, `lost`, `ended`.
        lost: the bodies of those that were given up or lost, each with when, ms UTC by the channel's clock.
        accepted: whatever the channel's routes remember of tokens: name to value; each channel's own business.
    """

    market: Market
    faults: Faults
    seed: int = 1
    clock: Callable[[], int] = real_clock
    calls: dict[str, int] = field(default_factory=dict)
    push_url: str = ""
    pushed: dict[str, int] = field(default_factory=dict)
    lost: list[tuple[int, bytes]] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)
    _issued: int = 0

    def secret(self, name: str) -> str:
        """A long-lived secret of this stand, the same for the same seed: what `sync login` is to be told."""
        return hashlib.sha256(f"{self.seed}/{self.market.counter.shop.channel}/{name}".encode()).hexdigest()[:40]

    def new_token(self, name: str) -> str:
        """A token that was never handed out before."""
        self._issued += 1
        return hashlib.sha256(f"{self.seed}/{name}/{self._issued}/{real_clock()}".encode()).hexdigest()[:48]

    def rng_of(self, number: str) -> Random:
        """Draws for one order that come out the same at every asking."""
        return Random(f"{self.seed}/{number}")  # noqa: S311 - a simulation


class SimulatedChannel(Protocol):
    """What a module of `sync.sandbox.channels` offers: routes that speak the channel's wire format, and what it lets one know."""

    def routes(self, stand: Stand) -> Sequence[Route]:
        """The channel's own addresses."""
        ...

    def credential(self, stand: Stand) -> Credential:
        """What a shop that has just logged in holds."""
        ...

    def account(self, stand: Stand) -> Mapping[str, str]:
        """The ids that the shop's `account` in channels.toml has."""
        ...

    def expected(self, facts: Facts) -> Expected | None:
        """What packstation should know of this order when it read all that the channel tells; None: it is not to be found."""
        ...
