"""Several simulated channels in one process, each on a loopback port of its own."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from sync.credentials.credential import Credential
from sync.sandbox.counters import LIVE_COUNTERS
from sync.sandbox.faults import Faults, everything
from sync.sandbox.market.market import Market
from sync.sandbox.pushing import pushing
from sync.sandbox.server import application, serving, simulated
from sync.sandbox.stand import Stand, real_clock


@dataclass(frozen=True, slots=True)
class Plan:
    """What is simulated. `faults` is the chance of each kind of fault at every call, `pushes` where channels push to, by channel."""

    channels: Sequence[str]
    orders: int = 300
    days: int = 30
    arrivals_per_hour: float = 20.0
    speed: float = 1.0
    seed: int = 1
    faults: float = 0.0
    port: int = 0
    risky_arrivals: int = 0
    pushes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """One simulated channel that answers: where, and what a shop there holds. Nothing of it is secret."""

    channel: str
    shop: str
    url: str
    account: dict[str, str]
    credential: Credential

    def as_json(self) -> str:
        """One line that another process can read."""
        facts = {name: getattr(self, name) for name in ("channel", "shop", "url", "account")}
        credential = {one.name: getattr(self.credential, one.name) for one in dataclasses.fields(self.credential)}
        return json.dumps({**facts, "credential": credential}, ensure_ascii=False, default=dict)


async def simulate(plan: Plan, tell: Callable[[Opened], None]) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        plan: what is simulated.
        tell: told of each channel once it answers.

    Raises:
        NoPushesError: a channel is to push that does not, or to somewhere else than this computer.
        OSError: a port is taken.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # no such signals for event loops on Windows
            loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        for place, channel in enumerate(plan.channels):
            market = Market(
                LIVE_COUNTERS[channel],
                seed=plan.seed,
                opened_at=real_clock(),
                orders=plan.orders,
                days=plan.days,
                arrivals_per_hour=plan.arrivals_per_hour,
                speed=plan.speed,
                risky_arrivals=plan.risky_arrivals,
            )
            stand = Stand(market, Faults(plan.seed, everything(plan.faults) if plan.faults else None), plan.seed)
            simulation = simulated(channel)
            url = await stack.enter_async_context(serving(application(stand), plan.port + place if plan.port else 0))
            account, credential = dict(simulation.account(stand)), simulation.credential(stand)
            if channel in plan.pushes:
                await stack.enter_async_context(pushing(stand, plan.pushes[channel], speed=plan.speed))
            tell(Opened(channel, market.counter.shop.name, url, account, credential))
        await stopping.wait()
