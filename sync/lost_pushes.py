"""Deliveries that did not arrive: a channel that keeps them is asked for them now and then, and told once their orders are noted.

Polling finds the same changes by itself; these hints only bring them sooner where the daemon, or the way to it, was away for hours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from packstation.store.database import DatabaseAwayError
from sync.channels.errors import ChannelError
from sync.channels.protocol import KeepsLostPushes, PushHint
from sync.logs import place_of

EVERY = 600.0
"""Seconds between two times that a channel is asked."""
_UNTIL_OURS = 1.0
_MOST_PAGES = 50

log = structlog.get_logger(__name__)


async def keep_asking(
    shop: str, channel: KeepsLostPushes, note: Callable[[PushHint], Awaitable[None]], is_ours: Callable[[], bool]
) -> None:
    """Ask for lost deliveries until cancelled, at first as soon as the shop is ours; whatever goes wrong is tried again the next time.

    Args:
        shop: its name, for the log.
        channel: who keeps them.
        note: stores what a delivery hints at.
        is_ours: whether this daemon has the shop: whoever else has it asks by itself.
    """
    while True:
        if is_ours():
            await _ask(shop, channel, note)
        await asyncio.sleep(EVERY if is_ours() else _UNTIL_OURS)


async def _ask(shop: str, channel: KeepsLostPushes, note: Callable[[PushHint], Awaitable[None]]) -> None:
    try:
        count = await take(channel, note)
    except (ChannelError, DatabaseAwayError) as error:
        log.warning("lost pushes not read", shop=shop, kind=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - nothing here may keep deliveries from being received
        log.error("stumbled", shop=shop, kind=type(error).__name__, where=place_of(error))
    else:
        if count:
            log.info("lost pushes", shop=shop, count=count)


async def take(channel: KeepsLostPushes, note: Callable[[PushHint], Awaitable[None]]) -> int:
    """Read what a channel keeps, page by page; each page is confirmed after all its hints are noted. How many hints there were.

    Broken off at any moment it loses nothing: what was not confirmed is handed out again, and noting twice is noting once.

    Raises:
        ChannelError: the channel does not answer as it should.
        DatabaseAwayError: nothing could be noted, so nothing was confirmed.
    """
    count = 0
    mark = ""
    for _page in range(_MOST_PAGES):
        found = await channel.lost_pushes()
        if found.mark in ("", mark):
            break
        for hint in found.hints:
            await note(hint)
        await channel.confirm_lost_pushes(found.mark)
        count, mark = count + len(found.hints), found.mark
        if not found.has_more:
            break
    return count
