"""A shop's week by its own clock: the hours in which something is done, the times at which trucks leave, the holidays. Pure.

Minutes count from midnight by the shop's clock, 1440 being the end of the day. A clock time that is skipped when clocks are put
forward is as much later as they were; of one that comes twice, the first counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from packstation.domain.times import DAY, at_clock, from_ms

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FARTHEST_DAYS = 400
"""So many days are looked at; what does not happen within them does not happen."""

Interval = tuple[int, int]
"""From minute to minute of a day, the end left out."""


@dataclass(frozen=True, slots=True)
class Holidays:
    """Days on which nothing happens, as ranges with both ends included."""

    ranges: tuple[tuple[date, date], ...] = ()

    def __contains__(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class Hours:
    """When something is done in a week: for each weekday, Monday first, its intervals in their order, none overlapping."""

    days: tuple[tuple[Interval, ...], ...]
    holidays: Holidays = Holidays()

    def opening(self, moment: int, zone_name: str) -> int | None:
        """The first moment from `moment` on that lies within the hours, ms UTC; None when there is none for long."""
        today = from_ms(moment, zone_name).date()
        for day in _days_from(today, 1):
            if day in self.holidays:
                continue
            for begins, ends in self.days[day.weekday()]:
                start, end = at_clock(day, begins, zone_name), at_clock(day, ends, zone_name)
                if moment < end and start < end:
                    return max(start, moment)
        return None


@dataclass(frozen=True, slots=True)
class Departures:
    """When a carrier's truck leaves in a week: for each weekday, Monday first, the minutes in their order."""

    days: tuple[tuple[int, ...], ...]
    holidays: Holidays = Holidays()

    def first_from(self, moment: int, zone_name: str) -> int | None:
        """The first departure at or after `moment`, ms UTC; None when there is none for long."""
        # What leaves at 24:00 yesterday leaves today.
        for day in _days_from(from_ms(moment, zone_name).date() - timedelta(days=1), 1):
            for leaves in self._on(day, zone_name):
                if leaves >= moment:
                    return leaves
        return None

    def last_between(self, after: int, until: int, zone_name: str) -> int | None:
        """The last departure after `after` and not after `until`, ms UTC; of long spans only the first days are looked at."""
        if until <= after:
            return None
        until = min(until, after + FARTHEST_DAYS * DAY)
        first_day = from_ms(after, zone_name).date() - timedelta(days=1)
        for day in _days_from(from_ms(until, zone_name).date(), -1):
            if day < first_day:
                return None
            for leaves in reversed(self._on(day, zone_name)):
                if after < leaves <= until:
                    return leaves
        return None

    def _on(self, day: date, zone_name: str) -> list[int]:
        if day in self.holidays:
            return []
        return sorted(at_clock(day, minute, zone_name) for minute in self.days[day.weekday()])


def _days_from(day: date, step: int) -> Iterator[date]:
    for away in range(FARTHEST_DAYS + 3):
        yield day + timedelta(days=step * away)
