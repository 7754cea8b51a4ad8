"""Listings by time of change that look no further than their page needs."""

from __future__ import annotations

from packstation.domain.times import HOUR
from sync.sandbox.market.facts import Facts
from sync.sandbox.market.market import Market


def first_changed(market: Market, since: int, until: int, now: int, enough: int) -> list[Facts]:
    """The orders that changed in [since, until), rising by time of change: at least `enough` of them, or all there are."""
    width = 6 * HOUR
    end = min(until, since + width)
    found = market.changed(since, end, now)
    while len(found) < enough and end < min(until, now + 1):
        width *= 2
        begin, end = end, min(until, end + width)
        found += market.changed(begin, end, now)
    return found
