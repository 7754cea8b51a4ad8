"""After failures a piece of work rests longer and longer, and as the channel asks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from packstation.store.database import DatabaseAwayError
from sync.channels.errors import Advice, ChannelError
from sync.resting import rest_after, seconds_after
from tests.sync.running import QUICKLY

RHYTHM = replace(QUICKLY, poll=30, longest_rest=300)


def test_after_failures_it_is_tried_later_and_later_and_as_the_channel_asks() -> None:
    passing = ChannelError("down", Advice.RETRY)
    rests = [max(seconds_after(passing, failures, RHYTHM) for _draw in range(40)) for failures in range(1, 6)]
    assert all(sooner < later for sooner, later in pairwise(rests))
    assert seconds_after(passing, 100, RHYTHM) <= 60
    assert seconds_after(ChannelError("often", Advice.RETRY, retry_after=500.0), 1, RHYTHM) == 500.0
    assert seconds_after(ChannelError("no such parameter", Advice.GIVE_UP), 1, RHYTHM) == 300
    assert seconds_after(ChannelError("log in", Advice.ASK_SELLER), 50, RHYTHM) == QUICKLY.seller_must_act


def test_a_database_that_is_away_is_tried_again_within_ten_seconds() -> None:
    assert max(seconds_after(DatabaseAwayError("gone"), 100, RHYTHM) for _draw in range(40)) <= 10


async def test_a_rest_ends_when_the_seller_has_acted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.resting._LOOK_FOR_LOGIN", 0.01)
    logins = iter((1, 1, 2))
    looks = []

    async def login() -> int:
        looks.append(1)
        return next(logins)

    await rest_after(ChannelError("log in", Advice.ASK_SELLER), 1, replace(RHYTHM, seller_must_act=60.0), login)
    assert len(looks) == 3
