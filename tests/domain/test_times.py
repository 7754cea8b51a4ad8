from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.times import (
    DAY,
    HOUR,
    UnknownZoneError,
    UnreadableTimeError,
    day_of,
    from_ms,
    iso_utc,
    months_back,
    parse_iso,
    to_ms,
    zone,
)

HANOI = "Asia/Ho_Chi_Minh"
LONDON = "Europe/London"
moments = st.integers(-2_000_000_000_000, 100_000_000_000_000)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2025-10-09T08:53:20Z", "2025-10-09T08:53:20Z"),
        ("2025-10-09T15:53:20+07:00", "2025-10-09T08:53:20Z"),
        ("2025-10-09T15:53:20", "2025-10-09T08:53:20Z"),
        ("2025-10-09 15:53", "2025-10-09T08:53:00Z"),
        ("20251009T155320", "2025-10-09T08:53:20Z"),
        (" 2025-10-09T15:53:20.123 ", "2025-10-09T08:53:20.123Z"),
        ("2025-10-09T15:53:20.1239", "2025-10-09T08:53:20.123Z"),
    ],
)
def test_a_moment_without_an_offset_is_in_the_shops_zone(text: str, utc: str) -> None:
    assert iso_utc(parse_iso(text, HANOI)) == utc


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-10-09",
        "20251009",
        " 2025-10-09 ",
        "yesterday",
        "yesterday at noon",
        "2025-13-01T00:00",
        "2025-02-30T00:00",
        "2025-10-09T25:00",
        "2025-10-09T",
        "2025-10-09T10:00+99:00",
        "1760000000000",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "1899-12-31T00:00",
    ],
)
def test_what_is_no_date_with_a_time_or_out_of_all_reach_is_refused(text: str) -> None:
    with pytest.raises(UnreadableTimeError):
        parse_iso(text, HANOI)


@given(moments)
def test_times_come_back_from_iso_as_they_went(ms: int) -> None:
    assert parse_iso(iso_utc(ms), "UTC") == ms


@given(moments, st.sampled_from([HANOI, LONDON, "America/St_Johns", "UTC"]))
def test_times_come_back_from_any_zone_as_they_went(ms: int, name: str) -> None:
    assert to_ms(from_ms(ms, name)) == ms


def test_microseconds_are_dropped_towards_the_past() -> None:
    assert to_ms(datetime(2025, 1, 1, 0, 0, 0, 1999, tzinfo=UTC)) % 1000 == 1
    assert to_ms(datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)) == -1
    assert to_ms(datetime(1970, 1, 1, 7, tzinfo=timezone(timedelta(hours=7)))) == 0


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Asia", "\0"])
def test_an_unknown_zone_is_a_typed_error(name: str) -> None:
    with pytest.raises(UnknownZoneError):
        zone(name)


@pytest.mark.parametrize(
    ("text", "months", "name", "back"),
    [
        ("2025-05-31T10:00", 3, HANOI, "2025-02-28T10:00"),
        ("2024-05-31T10:00", 3, HANOI, "2024-02-29T10:00"),
        ("2025-12-31T23:59:59.999", 3, HANOI, "2025-09-30T23:59:59.999"),
        ("2025-03-31T10:00", 1, HANOI, "2025-02-28T10:00"),
        ("2025-01-15T10:00", 3, HANOI, "2024-10-15T10:00"),
        ("2025-03-01T00:00", 12, HANOI, "2024-03-01T00:00"),
        ("2025-10-09T10:00", 0, HANOI, "2025-10-09T10:00"),
        ("2025-06-15T09:00+01:00", 3, LONDON, "2025-03-15T09:00+00:00"),
        ("2026-01-26T01:30+00:00", 3, LONDON, "2025-10-26T01:30+01:00"),
        ("2025-06-30T01:30+01:00", 3, LONDON, "2025-03-30T02:30+01:00"),
    ],
)
def test_months_go_back_on_the_calendar_of_the_zone_at_the_same_clock_time(
    text: str, months: int, name: str, back: str
) -> None:
    assert months_back(parse_iso(text, name), months, name) == parse_iso(back, name)


@given(moments, st.integers(0, 240), st.sampled_from([HANOI, LONDON]))
def test_going_back_lands_on_the_same_clock_time_or_where_the_clock_skips(ms: int, months: int, name: str) -> None:
    now, then = from_ms(ms, name), from_ms(months_back(ms, months, name), name)
    assert (now.year - then.year) * 12 + now.month - then.month == months
    assert then.day == now.day or (then.day < now.day and (then + timedelta(days=1)).month != then.month)
    skipped = then.replace(tzinfo=None) - then.replace(hour=now.hour, minute=now.minute, tzinfo=None)
    assert skipped in (timedelta(0), timedelta(hours=1))


def test_a_day_number_covers_exactly_its_day() -> None:
    assert [day_of(ms) for ms in (-1, 0, DAY - 1, DAY, DAY + 23 * HOUR)] == [-1, 0, 0, 1, 1]
