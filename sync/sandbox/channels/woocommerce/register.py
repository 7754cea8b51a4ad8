"""The shop's orders by the time of their last modification, kept up to date instead of made anew for every call."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence

from sync.sandbox.channels.woocommerce.records import (
    TOUCHED_EVERY,
    Record,
    is_gone,
    record_of,
    tie_breaker,
    touched_at,
)
from sync.sandbox.market.facts import Facts
from sync.sandbox.market.market import Market

Key = tuple[int, int]
_FAR = 1 << 62


class Register:
    """Records by id, and their (modified, id) in two rising lists: those in the trash, and the others."""

    def __init__(self, market: Market) -> None:
        self.records: dict[int, Record] = {}
        self.alterations: dict[int, Callable[[Record], Record]] = {}
        self._market = market
        self._keys: dict[bool, list[Key]] = {False: [], True: []}
        self._deleted: set[int] = set()
        self._seen: int | None = None

    def catch_up(self, now: int) -> None:
        """Take in what changed until `now`, a whole second; a clock that went back begins anew."""
        if self._seen is None or now < self._seen:
            self.records.clear()
            self._keys = {False: [], True: []}
            changed = list(self._market.every(now))
        else:
            changed = self._changed(self._seen, now)
        for facts in changed:
            self._take(facts, now)
        self._seen = now

    def alter(self, order_id: int, alteration: Callable[[Record], Record], now: int) -> None:
        """From now on the order is what the alteration makes of it, until another one is given."""
        self.alterations[order_id] = alteration
        facts = self._market.facts(str(order_id), now)
        if facts is not None:
            self._take(facts, now)

    def delete(self, order_id: int) -> None:
        """Forget an order for good."""
        self._deleted.add(order_id)
        self._drop(order_id)

    def modified(self, after: int | None, before: int | None, *, trashed: bool) -> list[Record]:
        """The orders modified between the two, exclusive, in time, those of one second by id."""
        keys, first, last = self._range(after, before, trashed=trashed)
        return [self.records[order_id] for _at, order_id in keys[first:last]]

    def page(
        self, after: int | None, before: int | None, start: int, size: int, page: int, *, trashed: bool
    ) -> tuple[list[Record], int]:
        """As many of those orders from a place on, in time, those of one second as MySQL likes; and how many there are in all."""
        keys, first, last = self._range(after, before, trashed=trashed)
        total = max(0, last - first)
        start, end = first + start, min(first + start + size, last)
        if start >= end:
            return [], total
        left = max(first, bisect_left(keys, (keys[start][0], -1)))
        right = min(last, bisect_left(keys, (keys[end - 1][0], _FAR)))
        block = sorted(keys[left:right], key=lambda key: (key[0], tie_breaker(key[1], page)))
        return [self.records[order_id] for _at, order_id in block[start - left : end - left]], total

    def _range(self, after: int | None, before: int | None, *, trashed: bool) -> tuple[Sequence[Key], int, int]:
        keys = self._keys[trashed]
        first = 0 if after is None else bisect_left(keys, (after, _FAR))
        return keys, first, len(keys) if before is None else bisect_left(keys, (before, -1))

    def _changed(self, seen: int, now: int) -> list[Facts]:
        changed = self._market.changed(seen + 1, now + 1, now)
        first = (seen // TOUCHED_EVERY + 1) * TOUCHED_EVERY
        for tick in range(first, now + 1, TOUCHED_EVERY):
            before = self._market.changed(tick - TOUCHED_EVERY, tick, now)
            changed += [facts for facts in before if touched_at(facts.placed_at) == tick]
        return changed

    def _take(self, facts: Facts, now: int) -> None:
        order_id = int(facts.number)
        self._drop(order_id)
        if is_gone(facts) or order_id in self._deleted:
            return
        record = record_of(facts, now)
        alteration = self.alterations.get(order_id)
        if alteration is not None:
            record = alteration(record)
        self.records[order_id] = record
        insort(self._keys[record.status == "trash"], (record.modified, order_id))

    def _drop(self, order_id: int) -> None:
        record = self.records.pop(order_id, None)
        if record is not None:
            keys = self._keys[record.status == "trash"]
            del keys[bisect_left(keys, (record.modified, order_id))]
