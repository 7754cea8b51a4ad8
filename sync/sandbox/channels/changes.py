"""What changed in a span, remembered for a second, so that walking its pages does not look through it anew for every page."""

from __future__ import annotations

from dataclasses import dataclass, field

from packstation.domain.times import SECOND
from sync.sandbox.market.facts import Facts
from sync.sandbox.stand import Stand


@dataclass(slots=True)
class Changes:
    """The last listing of one stand: `since` and `until` of the span and when it was made, `at`, all in ms UTC."""

    since: int = 0
    until: int = -1
    at: int = -SECOND
    found: list[Facts] = field(default_factory=list)

    def of(self, stand: Stand, since: int, until: int) -> list[Facts]:
        """The orders whose last change lies in [since, until), by time; deleted ones are not listed."""
        now = stand.clock()
        if (self.since, self.until) != (since, until) or not 0 <= now - self.at < SECOND:
            changed = stand.market.changed(since, until, now)
            self.since, self.until, self.at = since, until, now
            self.found = [facts for facts in changed if not facts.deleted]
        return self.found
