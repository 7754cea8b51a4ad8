from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.call_queue import Callee, Waiting, order_of
from packstation.domain.call_sharing import next_for
from packstation.domain.holds import open_by_rule
from packstation.domain.times import HOUR
from tests.domain.queued import queued

NOW = 1_700_000_000_000
ME, HER, HIM = 1, 2, 3


def waiting(
    number: int,
    *,
    decide_in: int = 20 * HOUR,
    due: int | None = NOW,
    rush: bool = False,
    sticky_to: int | None = None,
    leased_by: int | None = None,
) -> Waiting:
    callee = Callee(customer_id=number)
    held = queued(number, callee, open_by_rule(NOW + decide_in, NOW), rush=rush)
    return Waiting(callee, (held,), due, sticky_to, leased_by)


PEOPLE = st.none() | st.integers(ME, HIM)
QUEUES = st.lists(
    st.builds(
        waiting,
        st.integers(1, 50),
        decide_in=st.integers(-HOUR, 40 * HOUR),
        due=st.none() | st.sampled_from((NOW - HOUR, NOW, NOW + 1)),
        rush=st.booleans(),
        sticky_to=PEOPLE,
        leased_by=PEOPLE,
    ),
    unique_by=lambda each: each.callee,
)


@given(QUEUES, st.sets(st.integers(ME, HIM)), st.sets(st.integers(1, 50).map(lambda each: Callee(customer_id=each))))
def test_nobody_asks_in_vain_and_nobody_is_given_whom_another_one_has(
    queue: list[Waiting], on_shift: set[int], put_back: set[Callee]
) -> None:
    given = next_for(ME, queue, on_shift, NOW, put_back)
    free = [each for each in queue if each.is_due(NOW) and each.leased_by in (None, ME)]
    assert (given is not None) == bool(free)
    if given is not None:
        assert given in free
        if given.callee in put_back:
            assert all(each.callee in put_back for each in free)


@given(QUEUES)
def test_alone_one_is_given_everybody_rush_first_and_then_by_decide_by(queue: list[Waiting]) -> None:
    alone = [each for each in queue if each.is_due(NOW) and each.leased_by in (None, ME) and each.sticky_to is None]
    given = next_for(ME, alone, (), NOW)
    assert given == min(alone, key=order_of, default=None)


@given(QUEUES, st.sets(st.integers(ME, HIM)))
def test_whoever_works_on_goes_through_everybody_that_is_due(queue: list[Waiting], on_shift: set[int]) -> None:
    left = [each for each in queue if each.is_due(NOW) and each.leased_by in (None, ME)]
    while (given := next_for(ME, left, on_shift, NOW)) is not None:
        left.remove(given)
    assert left == []


def test_ones_own_customers_come_before_more_urgent_ones() -> None:
    queue = [waiting(1, decide_in=HOUR), waiting(2, sticky_to=ME)]
    assert next_for(ME, queue, {HER}, NOW) == queue[1]


def test_anothers_customer_is_left_to_them_unless_they_left_are_overloaded_or_time_runs_out() -> None:
    hers, free = waiting(1, decide_in=5 * HOUR, sticky_to=HER), waiting(2)
    assert next_for(ME, [hers, free], {HER}, NOW) == free
    assert next_for(ME, [hers, free], (), NOW) == hers
    overloaded = [hers, waiting(3, sticky_to=HER), waiting(4, sticky_to=HER), free]
    assert next_for(ME, overloaded, {HER}, NOW) == hers
    pressing = waiting(1, decide_in=HOUR, sticky_to=HER)
    assert next_for(ME, [pressing, free], {HER}, NOW) == pressing
    assert next_for(ME, [hers], {HER}, NOW) == hers, "better than nobody"
