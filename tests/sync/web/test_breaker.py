"""When a channel is left alone, and who may try whether it is there again."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from sync.channels.errors import ChannelError
from sync.web.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("sync.web.breaker.monotonic", clock)
    return clock


def fail(breaker: Breaker, path: str | None = None) -> None:
    with breaker.calling() as call:
        breaker.failed(call, path)


def rest_of(breaker: Breaker) -> float | None:
    try:
        breaker.guard()
    except ChannelError as error:
        return error.retry_after
    return None


def opened() -> Breaker:
    breaker = Breaker()
    for _call in range(5):
        fail(breaker)
    return breaker


def test_five_calls_in_a_row_without_an_answer_open_it(clock: Clock) -> None:
    breaker = Breaker()
    for _call in range(4):
        fail(breaker)
    breaker.succeeded()
    for _call in range(4):
        fail(breaker)
    assert rest_of(breaker) is None
    fail(breaker)
    assert rest_of(breaker) == 5.0
    clock.now += 5
    assert rest_of(breaker) is None


def test_a_server_that_fails_at_one_path_only_is_asked_for_everything_else(clock: Clock) -> None:
    breaker = Breaker()
    for _call in range(100):
        fail(breaker, "https://api.example.vn/orders/1")
    assert rest_of(breaker) is None
    fail(breaker, "https://api.example.vn/orders")
    assert rest_of(breaker) == 5.0


def test_calls_that_fail_beside_each_other_make_one_rest_and_do_not_double_it(clock: Clock) -> None:
    breaker = Breaker()
    with ExitStack() as under_way:
        calls = [under_way.enter_context(breaker.calling()) for _call in range(12)]
        for call in calls:
            breaker.failed(call)
        assert rest_of(breaker) == 5.0
    clock.now += 5
    for call in calls:
        breaker.failed(call)
    assert rest_of(breaker) is None


def test_after_a_rest_one_call_at_a_time_tries_and_its_failure_doubles_the_rest(clock: Clock) -> None:
    breaker = opened()
    for rest in (10, 20, 40, 80, 160, 300, 300):
        clock.now += rest_of(breaker) or 0
        with breaker.calling() as call:
            with pytest.raises(ChannelError, match="left alone"), breaker.calling():
                pytest.fail("a second call went out")
            breaker.failed(call, "https://api.example.vn/orders")
        assert rest_of(breaker) == rest


def test_a_try_that_is_broken_off_or_asked_too_often_leaves_the_next_one_to_another_call(clock: Clock) -> None:
    breaker = opened()
    clock.now += 5
    with breaker.calling():
        assert rest_of(breaker) is not None
    assert rest_of(breaker) is None
    with breaker.calling():
        assert rest_of(breaker) is not None


def test_an_answer_closes_it_for_everybody(clock: Clock) -> None:
    breaker = opened()
    clock.now += 5
    with breaker.calling():
        breaker.succeeded()
        assert rest_of(breaker) is None
    for _call in range(4):
        fail(breaker)
    assert rest_of(breaker) is None
    fail(breaker)
    assert rest_of(breaker) == 5.0
