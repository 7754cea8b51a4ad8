from __future__ import annotations

from datetime import date

import pytest

from packstation.domain.holds import ContactMethod, HoldRules
from packstation.domain.policy import parse_policy
from packstation.domain.policy_reading import PolicyError
from packstation.domain.shop_week import Holidays
from packstation.domain.times import HOUR, MINUTE

WRITTEN = """
[holds]
warn_before_minutes = 300
holidays = ["2026-09-02", 2027-01-01, "2027-02-05..2027-02-11"]
[holds.calling]
mon-fri = ["13:30-20:00", "08:00-11:30"]
sat = ["08:00-12:00"]
sun = []
[holds.messaging]
mon-sun = ["07:00-24:00"]
[holds.cut_offs."SPX  Express"]
mon-sat = ["17:00", "11:00"]
[holds.cut_offs."*"]
fri = ["16:30"]
"""


def read(text: str) -> HoldRules:
    return parse_policy(text, 1).holds


def test_hours_trucks_and_holidays_are_read_by_day() -> None:
    rules = read(WRITTEN)
    tet = (date(2027, 2, 5), date(2027, 2, 11))
    holidays = Holidays((*((day, day) for day in (date(2026, 9, 2), date(2027, 1, 1))), tet))
    assert rules.warn_before_ms == 5 * HOUR
    assert rules.calling is not None
    assert rules.calling.days == (*[((480, 690), (810, 1200))] * 5, ((480, 720),), ())
    assert rules.messaging is not None
    assert rules.messaging.days == (((420, 1440),),) * 7
    assert {name: each.days for name, each in rules.cut_offs.items()} == {
        "spx express": (*[(660, 1020)] * 6, ()),
        "*": ((), (), (), (), (990,), (), ()),
    }
    assert rules.calling.holidays == rules.messaging.holidays == holidays
    assert {each.holidays for each in rules.cut_offs.values()} == {holidays}


def test_a_policy_published_before_there_were_hours_and_trucks_means_what_it_meant() -> None:
    rules = read("[holds]\ntries = 2\nescalate_before_minutes = 600")
    assert (rules.calling, rules.messaging, rules.cut_offs) == (None, None, {})
    assert rules.warn_before_ms == 600 * MINUTE, "soon is never after near"
    assert rules.opening(ContactMethod.CALL, 5, "Asia/Ho_Chi_Minh") == 5
    assert rules.departures("SPX") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("warn_before_minutes = 119", ("holds.warn_before_minutes = 119", "escalate_before_minutes, which is 120")),
        ("warn_before_minutes = -1", ("holds.warn_before_minutes = -1", "from 0 to 10080")),
        ('rush_carriers = "instant"', ("holds.rush_carriers = 'instant'", "list of words")),
        ('rush_carriers = ["instant", " "]', ("holds.rush_carriers = ' '", "list of words")),
        ("[holds.wait_minutes]\nzalo = -1", ("holds.wait_minutes.zalo = -1", "from 0 to 10080")),
        ("[holds.wait_minutes]\npigeon = 1", ("holds.wait_minutes.pigeon", "email")),
        ("holidays = 5", ("holds.holidays = 5", "list of dates")),
        ('holidays = ["Tết"]', ("holds.holidays = 'Tết'", "2027-09-02")),
        ("holidays = [2027-01-01T00:00:00]", ("holds.holidays", "list of dates")),
        ('holidays = ["2027-02-29"]', ("holds.holidays = '2027-02-29'", "list of dates")),
        ('holidays = ["2027-02-05.."]', ("holds.holidays = '2027-02-05..'", "list of dates")),
        ('holidays = ["2027-02-11..2027-02-05"]', ("holds.holidays", "from a first to a last day")),
        ('holidays = ["2027-02-11..2028-02-05"]', ("holds.holidays", "at most 60 days later")),
        ("calling = 5", ("holds.calling = 5", "must be a table")),
        ("[holds.calling]", ("holds.calling = {}", "a time on some day")),
        ("[holds.calling]\nsun = []", ("holds.calling = {'sun': []}", "a time on some day")),
        ('[holds.calling]\nfunday = ["08:00-09:00"]', ("holds.calling.funday = 'funday'", "mon, tue, wed")),
        ('[holds.calling]\nsat-mon = ["08:00-09:00"]', ("holds.calling.sat-mon = 'sat-mon'", '"mon-sat"')),
        ('[holds.calling]\nmon- = ["08:00-09:00"]', ("holds.calling.mon- = 'mon-'", '"mon-sat"')),
        (
            '[holds.calling]\nmon-fri = ["08:00-09:00"]\nwed = []',
            ("holds.calling.wed = []", "has wed, which mon-fri has already"),
        ),
        ('[holds.calling]\nmon = "08:00-09:00"', ("holds.calling.mon = '08:00-09:00'", "a list of times")),
        ("[holds.calling]\nmon = [8]", ("holds.calling.mon = 8", "08:00-11:30")),
        ('[holds.calling]\nmon = ["8:00-9:00"]', ("holds.calling.mon = '8:00-9:00'", "08:00-11:30")),
        ('[holds.calling]\nmon = ["08:00-24:01"]', ("holds.calling.mon = '08:00-24:01'", "08:00-11:30")),
        ('[holds.calling]\nmon = ["20:00-08:00"]', ("holds.calling.mon = '20:00-08:00'", "from earlier to later")),
        ('[holds.calling]\nmon = ["08:00-08:00"]', ("holds.calling.mon = '08:00-08:00'", "from earlier to later")),
        (
            '[holds.calling]\nmon-sat = ["13:00-20:00", "08:00-13:30"]',
            ("holds.calling.mon-sat = '08:00-13:30, 13:00-20:00'", "must not overlap"),
        ),
        ('[holds.messaging]\ntue = ["x"]', ("holds.messaging.tue = 'x'", "08:00-11:30")),
        ("[holds.cut_offs]\nspx = 5", ("holds.cut_offs.spx = 5", "must be a table")),
        ("[holds.cut_offs.spx]", ("holds.cut_offs.spx = {}", "a time on some day")),
        ('[holds.cut_offs.spx]\nmon = ["5 pm"]', ("holds.cut_offs.spx.mon = '5 pm'", '"17:00"')),
        ('[holds.cut_offs.spx]\nmon = ["17:00", "17:00"]', ("holds.cut_offs.spx.mon = '17:00'", "each once")),
        ('[holds.cut_offs.spx]\ntoday = ["17:00"]', ("holds.cut_offs.spx.today = 'today'", "days of the week")),
        (
            '[holds.cut_offs.SPX]\nmon = ["17:00"]\n[holds.cut_offs." spx"]\nmon = ["17:00"]',
            ("holds.cut_offs. spx = ' spx'", "each once"),
        ),
        ('[holds.cut_offs." "]\nmon = ["17:00"]', ("a carrier's name",)),
    ],
)
def test_a_mistake_in_the_week_is_one_line_naming_file_key_value_and_what_is_allowed(
    text: str, says: tuple[str, ...]
) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_policy(f"[holds]\n{text}", 1, "risk.toml")
    line = str(refused.value)
    assert line.startswith("risk.toml: ")
    assert line.isprintable()
    assert all(part in line for part in says), line


def test_intervals_that_touch_do_not_overlap() -> None:
    rules = read('[holds.calling]\nmon = ["08:00-12:00", "12:00-13:00"]')
    assert rules.calling is not None
    assert rules.calling.days[0] == ((480, 720), (720, 780))


def test_a_rush_delivery_is_told_by_whole_words_of_its_carriers_name() -> None:
    rules = read("")
    assert [rules.is_rush(name) for name in ("SPX Instant", "Hỏa  Tốc", "GRAB express", "Snow Express", "SPX", None)] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    assert read('[holds]\nrush_carriers = ["Bay Ngay"]').is_rush("giao bay ngay 2h")
    assert not read("[holds]\nrush_carriers = []").is_rush("SPX Instant")
