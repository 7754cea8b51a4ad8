"""The `[holds]` table of a policy file: tries, waits, notices, hours, trucks and holidays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from packstation.domain.holds import ChannelDefault, HoldRules, folded
from packstation.domain.policy_reading import PolicyError, number, only, table
from packstation.domain.shop_week import WEEKDAYS, Departures, Holidays, Hours, Interval
from packstation.domain.times import HOUR, MINUTE

_LONGEST_HOLIDAY = timedelta(days=60)
_LONGEST_NOTICE_MINUTES = 7 * 24 * 60
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)
_INTERVAL = 'must be a list of times of day, each from earlier to later, such as "08:00-11:30"'
_TIME = 'must be a list of times of day, such as "17:00"'
_DAYS = "must be days of the week: one of " + ", ".join(WEEKDAYS) + ', or from one to a later one, such as "mon-sat"'
_HOLIDAYS = 'must be a list of dates, such as "2027-09-02", or of first and last days, such as "2027-02-05..2027-02-11"'


def hold_rules(tree: Mapping[str, object], source: str) -> HoldRules:
    """The rules that a `[holds]` table sets; what it does not say is as `HoldRules` has it.

    Raises:
        PolicyError: any mistake, with file, key, value and what is allowed.
    """
    standard = HoldRules()
    durations = {
        "decide_by_hours": ("default_decide_by_ms", HOUR, 1, 24 * 60),
        "escalate_before_minutes": ("escalate_before_ms", MINUTE, 0, _LONGEST_NOTICE_MINUTES),
        "packing_takes_minutes": ("packing_takes_ms", MINUTE, 0, 24 * 60),
        "abandoned_after_minutes": ("abandoned_after_ms", MINUTE, 1, 24 * 60),
    }
    tables = {"wait_minutes", "at_decide_by", "calling", "messaging", "cut_offs"}
    only(tree, {"tries", "warn_before_minutes", "holidays", "rush_carriers", *tables, *durations}, source, "holds.")
    waits = table(tree, "wait_minutes", source, "holds.")
    only(waits, {str(method) for method in standard.waits}, source, "holds.wait_minutes.")
    choices = table(tree, "at_decide_by", source, "holds.")
    for channel, choice in choices.items():
        if choice not in tuple(ChannelDefault):
            raise PolicyError(source, f"holds.at_decide_by.{channel}", choice, 'must be "escalate" or "ship"')
    lengths = {
        attribute: round(number(tree, name, getattr(standard, attribute) / unit, least, most, source, "holds.") * unit)
        for name, (attribute, unit, least, most) in durations.items()
    }
    week = _WeekReader(source, _holidays(tree.get("holidays", []), source))
    return HoldRules(
        tries=int(number(tree, "tries", standard.tries, 1, 20, source, "holds.", whole=True)),
        waits={
            method: round(
                number(waits, str(method), wait / MINUTE, 0, 7 * 24 * 60, source, "holds.wait_minutes.") * MINUTE
            )
            for method, wait in standard.waits.items()
        },
        warn_before_ms=_warn_before(tree, lengths["escalate_before_ms"], source),
        channel_defaults={channel: ChannelDefault(str(choice)) for channel, choice in choices.items()},
        calling=week.hours(tree, "calling"),
        messaging=week.hours(tree, "messaging"),
        cut_offs=week.cut_offs(tree),
        rush_carriers=_rush_carriers(tree.get("rush_carriers", list(standard.rush_carriers)), source),
        **lengths,
    )


def _rush_carriers(given: object, source: str) -> tuple[str, ...]:
    allowed = 'must be a list of words in names of carriers, such as "instant"'
    if not isinstance(given, list):
        raise PolicyError(source, "holds.rush_carriers", given, allowed)
    for each in given:
        if not isinstance(each, str) or not folded(each):
            raise PolicyError(source, "holds.rush_carriers", each, allowed)
    return tuple(folded(each) for each in given)


def _warn_before(tree: Mapping[str, object], escalate_before_ms: int, source: str) -> int:
    least = escalate_before_ms / MINUTE
    standard = max(HoldRules().warn_before_ms / MINUTE, least)
    found = number(tree, "warn_before_minutes", standard, 0, _LONGEST_NOTICE_MINUTES, source, "holds.")
    if found < least:
        allowed = f"must not be less than escalate_before_minutes, which is {least:g}"
        raise PolicyError(source, "holds.warn_before_minutes", found, allowed)
    return round(found * MINUTE)


def _holidays(given: object, source: str) -> Holidays:
    if not isinstance(given, list):
        raise PolicyError(source, "holds.holidays", given, _HOLIDAYS)
    return Holidays(tuple(_range(each, source) for each in given))


def _range(given: object, source: str) -> tuple[date, date]:
    if isinstance(given, date) and not isinstance(given, datetime):
        return given, given
    try:
        first, dots, last = str(given).partition("..")
        days = date.fromisoformat(first), date.fromisoformat(last if dots else first)
    except ValueError as error:
        raise PolicyError(source, "holds.holidays", given, _HOLIDAYS) from error
    if not timedelta() <= days[1] - days[0] <= _LONGEST_HOLIDAY:
        allowed = f"must go from a first to a last day, at most {_LONGEST_HOLIDAY.days} days later"
        raise PolicyError(source, "holds.holidays", given, allowed)
    return days


@dataclass(frozen=True, slots=True)
class _WeekReader:
    """Reads what happens in a week from tables whose keys are days; `holidays` interrupt all of it."""

    source: str
    holidays: Holidays

    def hours(self, tree: Mapping[str, object], name: str) -> Hours | None:
        """The hours of that table; None where it is not given."""
        if name not in tree:
            return None
        key = f"holds.{name}"
        week: list[tuple[Interval, ...]] = [()] * len(WEEKDAYS)
        for day, items, day_key in self._days(table(tree, name, self.source, "holds."), key, _INTERVAL):
            week[day] = self._intervals(items, day_key)
        return Hours(tuple(week), self.holidays)

    def cut_offs(self, tree: Mapping[str, object]) -> Mapping[str, Departures]:
        """When each carrier's truck leaves, by its folded name."""
        found: dict[str, Departures] = {}
        carriers = table(tree, "cut_offs", self.source, "holds.")
        for carrier in carriers:
            key = f"holds.cut_offs.{carrier}"
            if not folded(carrier) or folded(carrier) in found:
                raise PolicyError(self.source, key, carrier, "must be a carrier's name, each once, or * for any other")
            week: list[tuple[int, ...]] = [()] * len(WEEKDAYS)
            for day, items, day_key in self._days(table(carriers, carrier, self.source, "holds.cut_offs."), key, _TIME):
                week[day] = self._times(items, day_key)
            found[folded(carrier)] = Departures(tuple(week), self.holidays)
        return found

    def _days(self, days: Mapping[str, object], key: str, allowed: str) -> list[tuple[int, list[object], str]]:
        """What the table says of each day of the week, 0 for Monday, with its key; no day twice, and something on some day."""
        found: dict[int, tuple[int, list[object], str]] = {}
        for name, items in days.items():
            day_key = f"{key}.{name}"
            if not isinstance(items, list):
                raise PolicyError(self.source, day_key, items, allowed)
            for day in self._named(name, day_key):
                if day in found:
                    also = found[day][2].removeprefix(f"{key}.")
                    raise PolicyError(self.source, day_key, items, f"has {WEEKDAYS[day]}, which {also} has already")
                found[day] = day, items, day_key
        if not any(items for _day, items, _key in found.values()):
            raise PolicyError(self.source, key, dict(days), "must have a time on some day, or be left out")
        return list(found.values())

    def _named(self, name: str, key: str) -> range:
        first, dash, last = name.partition("-")
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise PolicyError(self.source, key, name, _DAYS)
        days = range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
        if not days:
            raise PolicyError(self.source, key, name, _DAYS)
        return days

    def _intervals(self, items: list[object], key: str) -> tuple[Interval, ...]:
        found = []
        for item in items:
            first, _dash, last = str(item).partition("-")
            interval = _minutes(first), _minutes(last)
            if interval[0] is None or interval[1] is None or interval[0] >= interval[1]:
                raise PolicyError(self.source, key, item, _INTERVAL)
            found.append((interval[0], interval[1]))
        found.sort()
        for before, after in pairwise(found):
            if after[0] < before[1]:
                raise PolicyError(self.source, key, f"{_clock(before)}, {_clock(after)}", "must not overlap")
        return tuple(found)

    def _times(self, items: list[object], key: str) -> tuple[int, ...]:
        found = [_minutes(str(item)) for item in items]
        for item, minutes in zip(items, found, strict=True):
            if minutes is None or found.count(minutes) > 1:
                raise PolicyError(self.source, key, item, f"{_TIME}, each once")
        return tuple(sorted(minutes for minutes in found if minutes is not None))


def _minutes(clock: str) -> int | None:
    if not _CLOCK.fullmatch(clock):
        return None
    return int(clock[:2]) * 60 + int(clock[3:])


def _clock(interval: Interval) -> str:
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in interval)
