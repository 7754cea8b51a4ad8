"""How often a shop's channel may be asked, with a share kept for what a packer waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_URGENT: ContextVar[bool] = ContextVar("urgent", default=False)


@contextmanager
def urgently() -> Iterator[None]:
    """Whatever is asked inside goes before the rest: somebody at a desk waits for it."""
    token = _URGENT.set(True)
    try:
        yield
    finally:
        _URGENT.reset(token)


def is_urgent() -> bool:
    """Whether the running call is one that somebody waits for."""
    return _URGENT.get()


class Rate:
    """A shop's requests per second, split so that urgent calls never wait behind a back-fill.

    Both shares are spaced evenly; the urgent one may save up one second's worth. Together they never exceed the rate.
    """

    def __init__(self, per_second: float | None, *, urgent_share: float = 0.25) -> None:
        self._per_second = per_second
        self._urgent_share = urgent_share
        self._next = {False: 0.0, True: 0.0}
        self._paused_until = 0.0

    async def turn(self) -> None:
        """Wait until the next request may go out."""
        wait = self._reserve_or_pause()
        if wait > 0:
            await asyncio.sleep(wait)
            await self.turn()

    def pause(self, seconds: float) -> None:
        """Let nothing out for so long: the channel said that it was asked too often."""
        self._paused_until = max(self._paused_until, asyncio.get_running_loop().time() + seconds)

    def _reserve_or_pause(self) -> float:
        now = asyncio.get_running_loop().time()
        if now < self._paused_until:
            return self._paused_until - now
        if self._per_second is None:
            return 0.0
        urgent = is_urgent()
        share = self._urgent_share if urgent else 1.0 - self._urgent_share
        spacing = 1.0 / (self._per_second * share)
        saved_up = 1.0 if urgent else 0.0
        start = max(self._next[urgent], now - saved_up)
        if start <= now:
            self._next[urgent] = start + spacing
            return 0.0
        return start - now
