"""What changed in a span, in Lazada's order: by the second of the change."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from packstation.domain.times import SECOND
from sync.sandbox.stand import Stand


@dataclass(slots=True)
class Listing:
    """Remembers the last listing for a second, so that walking a long span does not list it anew for every page.

    `since` and `until` are ms UTC, `at` is when it was made, `rows` are (ms of the change, order number).
    """

    since: int = 0
    until: int = -1
    at: int = -SECOND
    rows: list[tuple[int, str]] = field(default_factory=list)

    def changed(self, stand: Stand, since: int, until: int) -> list[str]:
        """The numbers of the orders whose last change lies in [since, until), by time."""
        now = stand.clock()
        fresh = self.until == until and self.since <= since and 0 <= now - self.at < SECOND
        if not fresh:
            found = stand.market.changed(since, until, now)
            self.since, self.until, self.at = since, until, now
            self.rows = [(facts.updated_at, facts.number) for facts in found if not facts.deleted]
        return [number for _at, number in self.rows[bisect_left(self.rows, (since, "")) :]]
