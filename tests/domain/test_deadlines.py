from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.deadlines import Deadlines, Notices, Urgency, cut_off, decide_by
from packstation.domain.holds import HoldRules
from packstation.domain.orders import Status
from packstation.domain.shop_week import Departures, Holidays
from packstation.domain.times import DAY, HOUR, MINUTE, from_ms, to_ms, zone

HANOI, LONDON = "Asia/Ho_Chi_Minh", "Europe/London"
NOW = 1_700_000_000_000
FIVE = Departures((*[(17 * 60,)] * 6, ()))
TWICE = Departures(((11 * 60, 17 * 60),) * 7)
RULES = HoldRules(cut_offs={"spx express": TWICE, "*": FIVE})


def at(clock: str, zone_name: str = HANOI) -> int:
    return to_ms(datetime.fromisoformat(clock).replace(tzinfo=zone(zone_name)))


NONE = Deadlines()
# A Tuesday.
PLACED = at("2026-09-01T09:00")


def truck(
    deadlines: Deadlines = NONE,
    *carriers: str | None,
    placed_at: int = PLACED,
    status: Status = Status.TO_PACK,
    rules: HoldRules = RULES,
) -> str | None:
    found = cut_off(deadlines, status, placed_at, carriers or (None,), HANOI, rules)
    return None if found is None else from_ms(found, HANOI).strftime("%a %H:%M")


def test_decide_by_is_the_first_deadline_less_the_time_to_pack() -> None:
    assert decide_by([None, NOW + 5 * HOUR, NOW + 3 * HOUR], NOW, HoldRules()) == NOW + 3 * HOUR - 30 * MINUTE
    assert decide_by([None], NOW, HoldRules()) == decide_by([], NOW, HoldRules()) == NOW + 48 * HOUR


@pytest.mark.parametrize(
    ("status", "ruling"),
    [
        (Status.TO_PACK, {1, 2, 3}),
        (Status.UNPAID, {1, 2, 3}),
        (Status.LABEL_READY, {2, 3}),
        (Status.CANCEL_REQUESTED, {2, 3, 4}),
        (Status.SHIPPED, {2, 3}),
    ],
)
def test_deadlines_of_what_is_done_do_not_rule(status: Status, ruling: set[int]) -> None:
    assert set(Deadlines(arrange_by=1, ship_by=2, cancels_at=3, answer_by=4).ruling(status)) - {None} == ruling


def test_the_last_truck_that_keeps_the_channels_deadline_rules() -> None:
    assert truck(Deadlines(ship_by=at("2026-09-03T23:59"))) == "Thu 17:00"
    assert truck(Deadlines(ship_by=at("2026-09-03T16:59"))) == "Wed 17:00"
    assert truck(Deadlines(ship_by=at("2026-09-06T23:59"))) == "Sat 17:00", "no truck on Sunday"
    assert truck(Deadlines(cancels_at=at("2026-09-02T18:00"))) == "Wed 17:00"
    assert truck(Deadlines(ship_by=at("2026-09-04T18:00"), cancels_at=at("2026-09-02T18:00"))) == "Wed 17:00"


def test_a_truck_that_nobody_could_make_is_not_waited_for() -> None:
    assert truck(Deadlines(ship_by=at("2026-09-01T23:00")), placed_at=at("2026-09-01T16:29")) == "Tue 17:00"
    assert truck(Deadlines(ship_by=at("2026-09-01T23:00")), placed_at=at("2026-09-01T16:30")) is None
    assert truck(Deadlines(ship_by=at("2026-09-01T16:00"))) is None


def test_each_carrier_has_its_own_truck_and_the_others_share_one() -> None:
    by = Deadlines(ship_by=at("2026-09-02T12:00"))
    assert truck(by, "SPX  Express ") == "Wed 11:00"
    assert truck(by, "GHN") == "Tue 17:00"
    assert truck(by, None) == "Tue 17:00"
    assert truck(by, "SPX Express", "GHN") == "Tue 17:00", "the first of an order's trucks"
    only_spx = HoldRules(cut_offs={"spx express": TWICE})
    assert truck(by, "GHN", rules=only_spx) is None
    assert truck(by, None, rules=only_spx) is None


def test_without_a_deadline_the_order_goes_with_the_first_truck_after_the_default() -> None:
    assert truck() == "Thu 17:00"
    assert truck(placed_at=at("2026-09-04T09:00")) == "Mon 17:00"
    tet = Holidays(((date(2027, 2, 5), date(2027, 2, 11)),))
    rules = HoldRules(cut_offs={"*": Departures(FIVE.days, tet)})
    assert truck(placed_at=at("2027-02-03T09:00"), rules=rules) == "Fri 17:00"


def test_deadlines_of_another_kind_know_no_truck() -> None:
    arranged = Deadlines(arrange_by=at("2026-09-02T12:00"))
    assert truck(arranged) is None
    assert truck(arranged, status=Status.LABEL_READY) == "Thu 17:00", "arranged already: no deadline is left"


def test_a_shop_without_trucks_has_no_cut_off() -> None:
    assert truck(Deadlines(ship_by=at("2026-09-03T23:59")), rules=HoldRules()) is None


def test_trucks_leave_by_the_clock_of_the_shops_zone_all_year() -> None:
    for day, utc in (("2026-07-07", "16:00"), ("2026-12-08", "17:00")):
        placed, by = at(f"{day}T09:00", LONDON), at(f"{day}T23:00", LONDON)
        found = cut_off(Deadlines(ship_by=by), Status.TO_PACK, placed, [None], LONDON, RULES)
        assert found is not None
        assert from_ms(found).strftime("%H:%M") == utc


moments = st.integers(at("2026-01-01T00:00"), at("2028-01-01T00:00"))
spans = st.integers(-3 * DAY, 60 * DAY)
weeks = st.tuples(*[st.lists(st.integers(0, 1440), max_size=2, unique=True).map(lambda d: tuple(sorted(d)))] * 7)
rules_of_shops = st.builds(
    lambda any_week, own_week, packing: HoldRules(
        cut_offs={"*": Departures(any_week), "spx": Departures(own_week)}, packing_takes_ms=packing * MINUTE
    ),
    weeks,
    weeks,
    st.integers(0, 24 * 60),
)
carriers_of_orders = st.lists(st.sampled_from([None, "SPX", "GHN"]), min_size=1, max_size=3)
zones = st.sampled_from([HANOI, LONDON, "Australia/Lord_Howe", "America/Sao_Paulo"])


@given(moments, st.lists(spans, max_size=4), carriers_of_orders, zones, rules_of_shops, st.sampled_from(Status))
def test_decide_by_is_never_later_than_any_deadline_less_the_time_to_pack(
    placed_at: int, ends: list[int], carriers: list[str | None], zone_name: str, rules: HoldRules, status: Status
) -> None:
    deadlines = Deadlines(*(placed_at + end for end in ends))
    leaves = cut_off(deadlines, status, placed_at, carriers, zone_name, rules)
    ruling = deadlines.ruling(status)
    at_latest = decide_by((*ruling, leaves), placed_at, rules)
    assert all(at_latest <= each - rules.packing_takes_ms for each in (*ruling, leaves) if each is not None)
    if leaves is not None and deadlines.leaves_by is not None:
        assert placed_at < leaves - rules.packing_takes_ms
        assert leaves <= deadlines.leaves_by
    elif leaves is not None:
        assert leaves >= placed_at + rules.default_decide_by_ms
    again = cut_off(deadlines, status, placed_at, reversed([*carriers, *carriers]), zone_name, rules)
    assert again == leaves


@given(moments, spans, st.integers(0, 20 * DAY), carriers_of_orders, zones, rules_of_shops)
def test_a_later_deadline_never_makes_decide_by_earlier(
    placed_at: int, end: int, more: int, carriers: list[str | None], zone_name: str, rules: HoldRules
) -> None:
    def decided(ship_by: int) -> int:
        leaves = cut_off(Deadlines(ship_by=ship_by), Status.LABEL_READY, placed_at, carriers, zone_name, rules)
        return decide_by((ship_by, leaves), placed_at, rules)

    assert decided(placed_at + end) <= decided(placed_at + end + more)


NOTICES = Notices(soon_ms=4 * HOUR, near_ms=2 * HOUR)


@pytest.mark.parametrize(
    ("left", "urgency"),
    [
        (4 * HOUR + 1, Urgency.CALM),
        (4 * HOUR, Urgency.SOON),
        (2 * HOUR + 1, Urgency.SOON),
        (2 * HOUR, Urgency.NEAR),
        (1, Urgency.NEAR),
        (0, Urgency.PASSED),
        (-DAY, Urgency.PASSED),
    ],
)
def test_a_hold_grows_urgent_as_its_decide_by_comes(left: int, urgency: Urgency) -> None:
    assert NOTICES.urgency(NOW + left, NOW) is urgency


def test_without_notices_a_hold_is_calm_until_it_is_too_late() -> None:
    assert [Notices(0, 0).urgency(NOW + left, NOW) for left in (1, 0)] == [Urgency.CALM, Urgency.PASSED]


@given(st.integers(0, DAY), st.integers(0, DAY), st.integers(-DAY, 2 * DAY), st.integers(0, DAY))
def test_the_queue_by_decide_by_is_the_queue_by_urgency(near: int, more: int, left: int, later: int) -> None:
    notices = Notices(near + more, near)
    order = list(Urgency)
    first, second = (order.index(notices.urgency(NOW + each, NOW)) for each in (left, left + later))
    assert first >= second
