"""How often a shop's channel may be asked, with a share kept for what a packer waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

from packstation.locale import said
from sync.channels.errors import Advice, ChannelError

LONGEST_URGENT_WAIT = 5.0
"""Seconds. Who waits at a desk is told sooner that there is no answer than after a longer pause that the channel asked for."""
_LENT_AFTER = 10.0
"""Seconds without an urgent call until the rest may use its share."""

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

    Both shares are spaced evenly; the urgent one may save up one second's worth. While nobody asked urgently for ten seconds the
    rest uses the whole rate, and the urgent share saves nothing up. Together they never exceed the rate.
    """

    def __init__(self, per_second: float | None, *, urgent_share: float = 0.25) -> None:
        self._per_second = per_second
        self._urgent_share = urgent_share
        self._next = {False: 0.0, True: 0.0}
        self._urgent_at = -inf
        self._paused_until = 0.0

    async def turn(self) -> None:
        """Wait until the next request may go out.

        Raises:
            ChannelError: somebody waits for it, and the channel wants to be left alone for longer than that.
        """
        wait = self._reserve_or_pause()
        if wait > 0:
            await asyncio.sleep(wait)
            await self.turn()

    def pause(self, seconds: float) -> None:
        """Let nothing out for so long: the channel said that it was asked too often."""
        self._paused_until = max(self._paused_until, asyncio.get_running_loop().time() + seconds)

    def _reserve_or_pause(self) -> float:
        now = asyncio.get_running_loop().time()
        urgent = is_urgent()
        pause = self._paused_until - now
        if urgent and pause > LONGEST_URGENT_WAIT:
            raise ChannelError(
                said("the channel was asked too often and wants to be left alone for a while"),
                Advice.RETRY,
                retry_after=pause,
                code="429",
            )
        if pause > 0:
            return pause
        if self._per_second is None:
            return 0.0
        rest_spacing = 1.0 / (self._per_second * (1.0 - self._urgent_share))
        is_lent = now - self._urgent_at > _LENT_AFTER
        if urgent:
            if is_lent:
                # The next turn is for who waits, and the rest is back at its own pace after that.
                self._next[False] = max(self._next[False], max(self._next[True], now) + rest_spacing)
            self._urgent_at = now
        spacing = 1.0 / (self._per_second * self._urgent_share) if urgent else rest_spacing
        if is_lent and not urgent:
            spacing = 1.0 / self._per_second
        saved_up = 1.0 if urgent else 0.0
        start = max(self._next[urgent], now - saved_up)
        if start > now:
            return start - now
        self._next[urgent] = start + spacing
        if is_lent and not urgent:
            self._next[True] = max(self._next[True], self._next[False])
        return 0.0
