"""Orders in: what changed since the last look, the history from new to old, a second look, and single orders again.

A cursor moves only after everything that it covers is stored and judged. Spans overlap, because channels index late and because
pages shift while they are read; storing what is stored already changes nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

import structlog

from packstation.domain.times import DAY, HOUR, MINUTE, SECOND
from packstation.locale import said
from packstation.store import rereads, sync_state
from packstation.store.database import database_now, transaction
from packstation.store.sync_state import Progress
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Channel, Span
from sync.rereading import Rereading
from sync.spans import Spans, Walked, spans_back, spans_of
from sync.storing import ShopStore

SHORT_OVERLAP = 2 * MINUTE
LEAST_OVERLAP = 5 * SECOND
"""What is read again in any case, so that no reading ends without a call."""
LONGEST_SILENCE = DAY // 2
"""How far back the changes are read again, at most, while the channel lists nothing."""
SLICE = 3 * DAY
"""How much history one step of the back-fill covers, at most."""
FIRST_SLICE = DAY // 4
"""How much the first step covers; steps that succeed double it, one that fails halves it: what is interrupted again and again gets on."""
_LEAST_SLICE = DAY // 24
SLICES_AT_ONCE = 2
SLICES_AT_ONCE_AGAIN = 4
"""A second look changes little, and mostly waits for the channel."""
RECENT = 3 * DAY
"""What a reconciliation looks through again."""
REFUNDS_MAY_GO = 90 * DAY
"""How long after an order's last change its refunds are still looked at where the channel deletes them without a word."""
NEWEST = HOUR
"""How far back the newest changes reach, at most, while the daemon has more than that to catch up with."""
_UNENDED_AT_ONCE = 500
_MOST_LOOKS = 8
_EMPTY_AT_MOST = 3
_SUSPICIOUSLY_MANY = 3

log = structlog.get_logger(__name__)


class LostShopError(Exception):
    """Another daemon has this shop now."""


class Pull:
    """One shop's way in. Its methods may run beside each other; each is safe to be cancelled and to be begun again."""

    def __init__(
        self, channel: Channel, store: ShopStore, daemon: str, clock: Callable[[], int], history_days: int
    ) -> None:
        self._channel = channel
        self._store = store
        self._daemon = daemon
        self._clock = clock
        self._history_days = history_days
        self._full_overlap_at = 0
        self._empty_in_a_row = 0
        self._heard_until: int | None = None
        self._unended_after = rereads.BEGINNING
        self._looks = 0
        self._slice = FIRST_SLICE
        self._pulling: asyncio.Task[int] | None = None
        self._newest: asyncio.Task[None] | None = None
        self._newest_after: asyncio.Task[None] | None = None
        self._saving = asyncio.Lock()
        self._rereading = Rereading(channel, store)
        self._spans = Spans(channel, store, self._rereading)
        self.progress = Progress()

    async def begin(self) -> None:
        """Read how far the shop is; at the first time the history begins now, and goes back as far as is wanted."""
        progress = await self._store.in_db(partial(sync_state.progress_of, self._store.shop_id))
        self._heard_until = await self._store.in_db(partial(rereads.newest_change, self._store.shop_id))
        if progress.changes_until is None:
            # The first answer tells the channel's clock, by which history and changes are divided.
            await self._channel.check()
            now = self._clock() // SECOND * SECOND
            progress = replace(progress, changes_until=now, history_done_to=now, checked_from=now, begun_at=now)
        wanted = (progress.begun_at or self._clock()) - self._history_days * DAY
        known = progress.history_from
        self.progress = replace(progress, history_from=wanted if known is None else min(known, wanted))
        await self._save()

    async def changes(self) -> int:
        """Read what changed until now; how many orders were new or changed. Callers at the same time share one reading."""
        if self._pulling is None or self._pulling.done():
            self._pulling = asyncio.ensure_future(self._changes())
        return await asyncio.shield(self._pulling)

    async def _changes(self) -> int:
        until = self._clock()
        cursor = self.progress.changes_until or until
        # Our clock may have been set back: what was read by the wrong one did not reach as far as it seemed.
        since = min(cursor, until)
        lag = self._channel.abilities.index_lag
        wide = until >= self._full_overlap_at or cursor > until
        start = since - (max(LEAST_OVERLAP, lag + lag // 2) if wide else self._short_overlap)
        reaching_to = start
        if self._heard_until is not None and self._heard_until < start:
            # What came while the channel kept silent is in its first honest listing again.
            reaching_to = min(start, max(self._heard_until - lag, until - LONGEST_SILENCE))
        changed = 0
        for span in spans_of(reaching_to, until, self._longest):
            walked = await self._spans.walk(span, start)
            changed += walked.changed
            await self._believe(span, walked)
            now = self._clock()
            if not walked.is_empty:
                self._heard_until = min(span.until, now)
            await self._save(changes_until=min(max(since, span.until), now))
        if wide:
            self._full_overlap_at = until + lag // 2
        return changed

    async def newest(self) -> None:
        """Read the newest changes now, beside whatever else is being read; no cursor moves.

        Who asks while that is under way waits for the next reading, for the channel may have answered this one already.
        """
        if self._newest_after is None:
            self._newest_after = asyncio.ensure_future(self._read_newest(self._newest))
        await asyncio.shield(self._newest_after)

    async def _read_newest(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        self._newest, self._newest_after = self._newest_after, None
        until = self._clock()
        known_until = min(self.progress.changes_until or until, until)
        await self._spans.walk(Span(max(known_until - self._short_overlap, until - NEWEST), until))

    async def close(self) -> None:
        """Break off the readings that callers share: no cursor moves, and what is being stored is stored to its end."""
        shared = [task for task in (self._pulling, self._newest, self._newest_after) if task is not None]
        for task in shared:
            task.cancel()
        await asyncio.gather(*shared, return_exceptions=True)

    async def _believe(self, span: Span, walked: Walked) -> None:
        """Refuse a sudden "no orders" for a span in which we know of some."""
        if walked.numbers:
            self._empty_in_a_row = 0
            return
        known = await self._store.in_db(
            partial(rereads.known_as_changed, self._store.shop_id, span.since, span.until - MINUTE)
        )
        if len(known) >= _SUSPICIOUSLY_MANY and self._empty_in_a_row < _EMPTY_AT_MOST:
            self._empty_in_a_row += 1
            raise ChannelError(
                said("the channel lists no orders although some are known to have changed; asking again"),
                Advice.RETRY,
                code="no_orders",
            )
        self._empty_in_a_row = 0

    async def history(self, got_on: Callable[[], None] = lambda: None) -> None:
        """Read the history to its end, newest slice first, some slices at a time; done slices are done for good.

        Args:
            got_on: called after each slice that is done, which a whole history may take hours to be.
        """
        reading: deque[tuple[Span, asyncio.Task[Walked]]] = deque()
        upcoming = self._slices()
        try:
            while True:
                for span in islice(upcoming, SLICES_AT_ONCE - len(reading)):
                    reading.append((span, asyncio.ensure_future(self._spans.walk(span))))
                if not reading:
                    return
                span, walking = reading[0]
                await walking
                reading.popleft()
                self._slice = min(SLICE, self._slice * 2)
                await self._save(history_done_to=span.since)
                got_on()
                log.info("history", shop=self._store.shop.name, share=round(self.progress.history_share, 3))
        except ChannelError:
            self._slice = max(_LEAST_SLICE, self._slice // 2)
            raise
        finally:
            for _span, walking in reading:
                walking.cancel()
            await asyncio.gather(*(walking for _span, walking in reading), return_exceptions=True)

    def _slices(self) -> Iterator[Span]:
        """What is left of the history, newest first."""
        start, end = self.progress.history_from, self.progress.history_done_to
        while start is not None and end is not None and end > start:
            span = Span(max(start, end - min(self._slice, self._longest)), end)
            yield span
            end = span.since

    async def next_second_look(self) -> bool:
        """Look through some slices of the history again, newest first: pages shift while they are read, and rows get lost.

        A slice that brought something new, or did not list all that is known, is looked through once more the next time, and so are
        those behind it. False when all was looked through.
        """
        progress = self.progress
        start, end, done_to = progress.history_from, progress.checked_from, progress.history_done_to
        if start is None or end is None or done_to is None or end <= max(start, done_to):
            return False
        back = spans_back(max(start, done_to), end, min(SLICE, self._longest))
        again = list(islice(back, SLICES_AT_ONCE_AGAIN))
        found = await asyncio.gather(*(self._spans.walk(span) for span in again), return_exceptions=True)
        for span, walked in zip(again, found, strict=True):
            if isinstance(walked, BaseException):
                raise walked
            self._looks += 1
            if (walked.changed or walked.lost) and self._looks < _MOST_LOOKS:
                log.info("second look", shop=self._store.shop.name, changed=walked.changed, lost=walked.lost)
                break
            self._looks = 0
            await self._save(checked_from=span.since)
        return True

    async def reconcile(self) -> None:
        """Look through the last days again, and at older orders that have not ended: what vanished, what was never told."""
        now = self._clock()
        for span in spans_of(now - RECENT, now, self._longest):
            await self._spans.walk(span)
        silently = self._channel.abilities.deletes_refunds_silently
        numbers, after = await self._store.in_db(
            partial(
                rereads.unended,
                self._store.shop_id,
                now - RECENT,
                _UNENDED_AT_ONCE,
                self._unended_after,
                refunded_since=now - REFUNDS_MAY_GO if silently else None,
            )
        )
        await self._rereading.read(numbers)
        self._unended_after = after
        await self._save(checked_at=await self._store.in_db(database_now))

    async def reread_due(self) -> int:
        """Read the orders again whose time has come; how many there were."""
        return await self._rereading.read_due()

    async def read_now(self, numbers: Sequence[str]) -> bool:
        """Read single orders at once; whether the channel has any of them."""
        read = await self._channel.orders(numbers)
        await self._store.take(read.orders, read.unreadable)
        await self._rereading.note_missing(read.missing)
        return bool(read.orders)

    async def find_now(self, code: str) -> bool:
        """Look for a code at the channel; whether it led to an order that is stored now."""
        numbers = await self._channel.find(code)
        return await self.read_now(numbers) if numbers else False

    async def _save(self, **moved: int) -> None:
        """Move some cursors; the others stay where whatever runs beside has moved them."""
        async with self._saving:
            progress = replace(self.progress, **moved)

            def save() -> bool:
                with transaction():
                    return sync_state.save_progress(self._store.shop_id, progress, self._daemon)

            if not await self._store.in_db(save):
                raise LostShopError(self._store.shop.name)
            self.progress = progress

    @property
    def _short_overlap(self) -> int:
        return max(LEAST_OVERLAP, min(self._channel.abilities.index_lag, SHORT_OVERLAP))

    @property
    def _longest(self) -> int:
        return self._channel.abilities.longest_span or 365 * DAY
