"""Times: integer milliseconds UTC inside, ISO 8601 outside, calendar sums in a shop's zone."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


class UnreadableTimeError(ValueError):
    """The text is no ISO 8601 date and time."""


class UnknownZoneError(ValueError):
    """The text is no IANA time zone."""


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name.

    Raises:
        UnknownZoneError: no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZoneError(name) from error


def to_ms(moment: datetime) -> int:
    """Milliseconds UTC of an aware datetime, microseconds dropped."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(ms: int, zone_name: str = "UTC") -> datetime:
    """The aware datetime of `ms` in a zone."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone(zone_name))


def parse_iso(text: str, zone_name: str) -> int:
    """Milliseconds UTC of an ISO 8601 date and time; without an offset it is in `zone_name`.

    Raises:
        UnreadableTimeError: not ISO 8601, a date without a time, or too near the calendar's ends to reckon with.
    """
    stripped = text.strip()
    if "T" not in stripped.upper() and " " not in stripped:
        raise UnreadableTimeError(text)
    try:
        moment = datetime.fromisoformat(stripped)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone(zone_name))
    except ValueError as error:
        raise UnreadableTimeError(text) from error
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise UnreadableTimeError(text)
    return to_ms(moment)


def iso_utc(ms: int) -> str:
    """ISO 8601 in UTC with a Z; milliseconds only where there are any."""
    moment = from_ms(ms)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{moment.microsecond // 1000:03d}Z" if moment.microsecond else f"{text}Z"


def months_back(ms: int, months: int, zone_name: str) -> int:
    """`ms` moved back by calendar months at the same clock time in the zone, the day cut to the month's last.

    Source: docs/definitions.md, "spent_3m".
    """
    local = from_ms(ms, zone_name)
    index = local.year * 12 + local.month - 1 - months
    year, month = divmod(index, 12)
    month += 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return to_ms(local.replace(year=year, month=month, day=day, fold=0))


def at_clock(day: date, minutes: int, zone_name: str) -> int:
    """Milliseconds UTC of so many minutes after midnight by a zone's clock on a day.

    A time that the clock skips is as much later as it was put forward; of one that comes twice the first is meant.
    """
    return to_ms(datetime.combine(day, time(), zone(zone_name)) + timedelta(minutes=minutes))


def day_of(ms: int) -> int:
    """The UTC day number that buckets use."""
    return ms // DAY
