"""What a channel's `Date` does to our clock: the first is believed, another one once it is said twice."""

from __future__ import annotations

from email.utils import formatdate

from packstation.domain.times import HOUR, MINUTE, SECOND
from sync.sandbox.stand import real_clock
from sync.web.clock import ServerClock


def told(clock: ServerClock, ahead: int, **more: str) -> int:
    """The offset after an answer, in minutes."""
    clock.learn({"date": formatdate((real_clock() + ahead) / 1000, usegmt=True), **more})
    return round(clock.offset_ms / MINUTE)


def test_the_first_date_is_taken_at_once_and_small_differences_mean_nothing() -> None:
    assert told(ServerClock(), 10 * MINUTE) == 10
    clock = ServerClock()
    told(clock, SECOND // 2)
    assert clock.offset_ms == 0


def test_one_odd_date_moves_nothing() -> None:
    clock = ServerClock()
    assert [told(clock, ahead) for ahead in (0, HOUR, 0, -HOUR, 2 * HOUR, 0)] == [0, 0, 0, 0, 0, 0]


def test_a_clock_that_two_answers_in_a_row_tell_is_taken() -> None:
    clock = ServerClock()
    said = (HOUR, 0, 0, HOUR, HOUR + 3 * SECOND)
    assert [told(clock, ahead) for ahead in said] == [60, 60, 0, 0, 60]


def test_an_answer_that_lay_in_a_cache_tells_no_time() -> None:
    clock = ServerClock()
    assert [told(clock, -HOUR, age="3600"), told(clock, -HOUR, age="3600")] == [0, 0]
    assert told(clock, 10 * MINUTE, age="0") == 10
