from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.hold_events import FourEyesError
from packstation.domain.supervision import (
    STANDARD,
    DaysError,
    FourEyes,
    Involved,
    SupervisionRules,
    refuse_unless_second,
    until_after,
)
from packstation.domain.times import DAY
from tests.factories import NOW

PEOPLE = st.integers(1, 5)


@given(st.none() | PEOPLE, st.frozensets(PEOPLE), st.frozensets(PEOPLE), PEOPLE)
def test_the_stricter_rule_refuses_exactly_those_who_had_to_do_with_the_hold(
    opened_by: int | None, contacted: frozenset[int], asked: frozenset[int], by: int
) -> None:
    involved = Involved(opened_by, contacted, asked)
    refuse_unless_second(STANDARD, involved, by)
    rules = SupervisionRules(FourEyes.ALWAYS)
    if by == opened_by or by in contacted | asked:
        with pytest.raises(FourEyesError):
            refuse_unless_second(rules, involved, by)
    else:
        refuse_unless_second(rules, involved, by)


@pytest.mark.parametrize("days", [0, -1, 366])
def test_days_are_from_one_to_a_year(days: int) -> None:
    with pytest.raises(DaysError):
        until_after(days, NOW)


def test_days_are_counted_from_now() -> None:
    assert until_after(1, NOW) == NOW + DAY
