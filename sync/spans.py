"""A span of a channel's changes, read page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from packstation.locale import said
from packstation.store import rereads
from sync.channels.errors import ChannelError, UnreadableAnswerError
from sync.channels.protocol import Channel, Page, Span
from sync.rereading import Rereading
from sync.storing import ShopStore

_TRIES = 3
"""So often a page is asked for that cannot be understood: to begin the whole span again would cost far more, and fail as often."""


@dataclass(frozen=True, slots=True)
class Walked:
    """What reading a span brought.

    Attributes:
        numbers: of the orders listed.
        changed: how many orders were new or changed.
        lost: how many the listing lacked.
        is_empty: whether nothing at all was listed.
    """

    numbers: frozenset[str]
    changed: int
    lost: int
    is_empty: bool


class Spans:
    """Reads spans of one shop; several at the same time, if need be."""

    def __init__(self, channel: Channel, store: ShopStore, rereading: Rereading) -> None:
        self._channel = channel
        self._store = store
        self._rereading = rereading

    async def walk(self, span: Span, complete_since: int = 0) -> Walked:
        """Read a span page by page, the next one while the last one is stored; then what it should have held.

        Args:
            span: what to read.
            complete_since: what changed before this is not missed in the listing, ms UTC.

        Raises:
            ChannelError: a page cannot be had; what came before it is stored.
        """
        numbers: set[str] = set()
        changed = 0
        is_empty = True
        seen_cursors: set[str] = set()
        fetching: asyncio.Task[Page] | None = asyncio.ensure_future(self._page(span, None))
        try:
            while fetching is not None:
                page = await fetching
                cursor = page.next_cursor
                if cursor is not None and cursor in seen_cursors:
                    raise UnreadableAnswerError(said("the channel's pages go round in circles"))
                fetching = None
                if cursor is not None:
                    seen_cursors.add(cursor)
                    fetching = asyncio.ensure_future(self._page(span, cursor))
                changed += await self._store.take(page.orders, page.unreadable)
                await self._store.take_balances(page.balances)
                numbers.update(order.number for order in page.orders)
                numbers.update(one.number for one in page.unreadable)
                is_empty = is_empty and not (page.orders or page.unreadable or page.balances)
        finally:
            if fetching is not None:
                fetching.cancel()
                with suppress(asyncio.CancelledError, ChannelError):
                    await fetching
        # What we know to have changed in the span although no page had it.
        since = max(span.since, complete_since)
        known = await self._store.in_db(partial(rereads.known_as_changed, self._store.shop_id, since, span.until))
        again, changed_again = await self._rereading.read([number for number in known if number not in numbers])
        lost = sum(span.since <= (order.updated_at or 0) < span.until for order in again)
        return Walked(frozenset(numbers), changed + changed_again, lost, is_empty)

    async def _page(self, span: Span, cursor: str | None) -> Page:
        for _try in range(_TRIES - 1):
            with suppress(UnreadableAnswerError):
                return await self._channel.changes(span, cursor)
        return await self._channel.changes(span, cursor)


def spans_of(since: int, until: int, longest: int) -> Iterator[Span]:
    """A stretch of time in spans that the channel allows, oldest first.

    Args:
        since: ms UTC.
        until: ms UTC.
        longest: of a span, ms.
    """
    while since < until:
        end = min(until, since + longest)
        yield Span(since, end)
        since = end


def spans_back(since: int, until: int, longest: int) -> Iterator[Span]:
    """A stretch of time in spans of at most `longest` ms, newest first."""
    while until > since:
        start = max(since, until - longest)
        yield Span(start, until)
        until = start
