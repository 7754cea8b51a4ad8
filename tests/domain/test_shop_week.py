from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.shop_week import Departures, Holidays, Hours
from packstation.domain.times import DAY, HOUR, MINUTE, from_ms, to_ms, zone

HANOI, LONDON, NEW_YORK = "Asia/Ho_Chi_Minh", "Europe/London", "America/New_York"
CLOSED: tuple[tuple[int, int], ...] = ()
MORNING, AFTERNOON = (8 * 60, 11 * 60 + 30), (13 * 60 + 30, 20 * 60)
OFFICE = Hours((*[(MORNING, AFTERNOON)] * 5, (MORNING,), CLOSED))
NATIONAL_DAY = Holidays(((date(2026, 9, 2), date(2026, 9, 2)),))


def at(clock: str, zone_name: str = HANOI) -> int:
    return to_ms(datetime.fromisoformat(clock).replace(tzinfo=zone(zone_name)))


def clock(ms: int | None, zone_name: str = HANOI) -> str | None:
    return None if ms is None else from_ms(ms, zone_name).strftime("%a %d %H:%M")


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-09-01T09:00", "Tue 01 09:00"),
        ("2026-09-01T08:00", "Tue 01 08:00"),
        ("2026-09-01T07:59", "Tue 01 08:00"),
        ("2026-09-01T11:30", "Tue 01 13:30"),
        ("2026-09-01T20:00", "Wed 02 08:00"),
        ("2026-09-04T23:00", "Sat 05 08:00"),
        ("2026-09-05T11:30", "Mon 07 08:00"),
    ],
)
def test_what_is_outside_the_hours_waits_for_the_next_opening(moment: str, opens: str) -> None:
    assert clock(OFFICE.opening(at(moment), HANOI)) == opens


def test_on_a_holiday_nothing_opens() -> None:
    hours = Hours(OFFICE.days, NATIONAL_DAY)
    assert clock(hours.opening(at("2026-09-01T20:00"), HANOI)) == "Thu 03 08:00"
    assert clock(hours.opening(at("2026-09-02T09:00"), HANOI)) == "Thu 03 08:00"


def test_hours_are_meant_by_the_shops_own_clock() -> None:
    noon_in_london = at("2026-09-01T12:00", LONDON)
    assert clock(OFFICE.opening(noon_in_london, LONDON), LONDON) == "Tue 01 13:30"
    assert OFFICE.opening(noon_in_london, HANOI) == noon_in_london


def test_a_week_without_an_opening_has_none() -> None:
    assert Hours((CLOSED,) * 7).opening(at("2026-09-01T12:00"), HANOI) is None
    assert Departures(((),) * 7).first_from(at("2026-09-01T12:00"), HANOI) is None
    assert Departures(((),) * 7).last_between(at("2026-09-01T12:00"), at("2026-09-09T12:00"), HANOI) is None


def test_the_hour_that_clocks_skip_opens_late_and_the_one_that_comes_twice_opens_once() -> None:
    night = Hours((((60, 150),),) * 7)
    skipped = night.opening(at("2027-03-28T00:30", LONDON), LONDON)
    assert clock(skipped, LONDON) == "Sun 28 02:00"
    twice = night.opening(at("2026-10-25T00:30", LONDON), LONDON)
    assert twice == at("2026-10-25T01:00", LONDON)
    assert from_ms(twice, LONDON).utcoffset() != from_ms(twice + HOUR, LONDON).utcoffset()


TRUCKS = Departures((*[(11 * 60, 17 * 60)] * 6, ()), NATIONAL_DAY)


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        ("2026-09-01T11:00", "Tue 01 11:00"),
        ("2026-09-01T11:01", "Tue 01 17:00"),
        ("2026-09-01T17:01", "Thu 03 11:00"),
        ("2026-09-05T18:00", "Mon 07 11:00"),
    ],
)
def test_the_first_truck_from_a_moment_on(moment: str, leaves: str) -> None:
    assert clock(TRUCKS.first_from(at(moment), HANOI)) == leaves


@pytest.mark.parametrize(
    ("until", "leaves"),
    [
        ("2026-09-01T17:00", "Tue 01 17:00"),
        ("2026-09-01T16:59", "Tue 01 11:00"),
        ("2026-09-02T23:00", "Tue 01 17:00"),
        ("2026-09-06T23:59", "Sat 05 17:00"),
        ("2026-09-01T10:59", None),
    ],
)
def test_the_last_truck_until_a_moment(until: str, leaves: str | None) -> None:
    assert clock(TRUCKS.last_between(at("2026-09-01T08:00"), at(until), HANOI)) == leaves


def test_a_truck_that_has_just_left_is_missed() -> None:
    assert TRUCKS.last_between(at("2026-09-01T17:00"), at("2026-09-02T23:00"), HANOI) is None


def test_a_truck_at_the_end_of_the_day_leaves_as_the_next_one_begins() -> None:
    midnight = Departures(((1440,), *[()] * 6))
    assert clock(midnight.first_from(at("2026-09-01T00:00"), HANOI)) == "Tue 01 00:00"
    assert clock(midnight.last_between(at("2026-08-31T09:00"), at("2026-09-01T09:00"), HANOI)) == "Tue 01 00:00"
    assert midnight.last_between(at("2026-09-01T00:00"), at("2026-08-31T00:00"), HANOI) is None


zones = st.sampled_from([HANOI, LONDON, NEW_YORK, "Australia/Lord_Howe", "America/Sao_Paulo"])
moments = st.integers(at("2026-01-01T00:00"), at("2028-01-01T00:00")).map(lambda ms: ms - ms % MINUTE)
# No zone changes its clock in these hours, so that a look at the clock, minute by minute, says the same.
minutes = st.integers(4 * 60, 23 * 60)
intervals = st.lists(minutes, max_size=4, unique=True).map(
    lambda found: tuple(zip(sorted(found)[::2], sorted(found)[1::2], strict=False))
)
holidays = st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=3).map(
    lambda days: Holidays(tuple((day, day) for day in days))
)
hours = st.builds(Hours, st.tuples(*[intervals] * 7), holidays)
departures = st.builds(
    Departures,
    st.tuples(*[st.lists(minutes, max_size=2, unique=True).map(lambda found: tuple(sorted(found)))] * 7),
    holidays,
)


def is_open(hours: Hours, moment: int, zone_name: str) -> bool:
    local = from_ms(moment, zone_name)
    minute = local.hour * 60 + local.minute
    is_within = any(begins <= minute < ends for begins, ends in hours.days[local.weekday()])
    return is_within and local.date() not in hours.holidays


@given(hours, moments, zones)
def test_an_opening_is_the_first_open_minute_by_the_clock(week: Hours, moment: int, zone_name: str) -> None:
    opening = week.opening(moment, zone_name)
    last = moment + 10 * DAY if opening is None else opening
    assert opening is None or is_open(week, opening, zone_name)
    sample = range(moment, min(last, moment + 10 * DAY), 7 * MINUTE)
    assert not any(is_open(week, minute, zone_name) for minute in sample)
    assert opening is None or opening == moment or not is_open(week, opening - MINUTE, zone_name)


@given(departures, moments, st.integers(0, 30 * DAY), zones)
def test_trucks_are_found_alike_from_both_ends(trucks: Departures, after: int, span: int, zone_name: str) -> None:
    walked = []
    leaves = trucks.first_from(after + 1, zone_name)
    while leaves is not None and leaves <= after + span:
        walked.append(leaves)
        leaves = trucks.first_from(leaves + 1, zone_name)
    assert trucks.last_between(after, after + span, zone_name) == (walked[-1] if walked else None)
    for each in walked:
        local = from_ms(each, zone_name)
        assert local.hour * 60 + local.minute in trucks.days[local.weekday()]
        assert local.date() not in trucks.holidays
