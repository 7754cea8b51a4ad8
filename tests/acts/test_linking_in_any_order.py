from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packstation.acts.linking import rebuild
from packstation.acts.policies import publish_policy
from packstation.acts.workplace import Workplace, open_command
from packstation.store.check import check
from packstation.store.database import rows_of
from packstation.store.linking import wrong_links
from packstation.store.summaries import wrong_summaries
from packstation.store.tables.base import database as proxy
from tests.acts.linking_events import (
    RULES,
    STREETS,
    Arrives,
    Decides,
    Event,
    Truth,
    customers,
    happen,
    histories,
)
from tests.acts.worlds import POLICY

whole_lives = settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
few = settings(whole_lives, max_examples=max(5, settings().max_examples // 6))


@contextmanager
def a_shop_floor() -> Iterator[Workplace]:
    """An installation with a small hub limit, as long as the block lasts."""
    with proxy.atomic() as everything:
        place = open_command("test")
        publish_policy(place, POLICY, None)
        rebuild(place, RULES, None)
        yield place
        everything.rollback()


def one_street_a_buyer(events: list[Event]) -> list[Event]:
    """The same, every buyer living at one place: which of several is kept is no matter of this test."""
    homes: dict[tuple[str, str], str] = {}
    return [
        replace(event, street=homes.setdefault(event.buyer, event.street)) if isinstance(event, Arrives) else event
        for event in events
    ]


def follow(place: Workplace, events: list[Event]) -> Truth:
    """Let everything happen; after every event the customers are what a rebuild from nothing gives."""
    truth = Truth()
    for number, event in enumerate(events):
        happen(place, number, event)
        truth.happen(event)
        assert list(wrong_links()) == []
    return truth


@whole_lives
@given(histories.map(one_street_a_buyer))
def test_who_is_one_customer_follows_from_the_facts_alone(sqlite_database: str, events: list[Event]) -> None:
    with a_shop_floor() as place:
        truth = follow(place, events)
        assert customers() == truth.customers()
        assert check() == []


@few
@given(histories.map(one_street_a_buyer))
def test_the_same_on_postgresql(postgres_database: str, events: list[Event]) -> None:
    with a_shop_floor() as place:
        truth = follow(place, events)
        assert customers() == truth.customers()
        assert wrong_summaries() == []


@whole_lives
@given(histories.map(one_street_a_buyer), st.randoms(use_true_random=False))
def test_the_order_of_events_is_no_matter(sqlite_database: str, events: list[Event], luck: random.Random) -> None:
    arrivals = [event for event in events if isinstance(event, Arrives)]
    # Of decisions about the same buyer the later holds; those that hold can be made in any order.
    decided = [event for event in events if isinstance(event, Decides) and event.what in ("link", "split", "deny")]
    truth = Truth()
    facts: list[Event] = [*arrivals, *decided]
    for event in facts:
        truth.happen(event)
    splits = [event for event in decided if event.what == "split" and event.buyer in truth.split]
    pairs = truth.linked
    links = [event for event in decided if event.what == "link" and frozenset((event.buyer, event.other)) in pairs]
    denials = [event for event in decided if event.what == "deny"]
    after = [*splits, *denials]
    for each in (arrivals, after, links):
        luck.shuffle(each)
    with a_shop_floor() as place:
        seen = follow(place, [*arrivals, *after, *links])
        assert customers() == seen.customers() == truth.customers()


@pytest.mark.parametrize("seed", range(3))
def test_who_is_split_off_and_put_back_in_any_order_is_where_they_were(sqlite_database: str, seed: int) -> None:
    luck = random.Random(seed)
    shops = ["web", "pos", "market"]
    arrivals: list[Event] = [
        Arrives((shop, external), "0912345678", 0, "", "Nguyễn Văn An", STREETS[0], 0)
        for shop in shops
        for external in "123"
    ]
    with a_shop_floor() as place:
        follow(place, arrivals)
        [everybody] = customers()
        members = sorted(everybody)
        out = [Decides("split", member, member) for member in luck.sample(members, 6)]
        back = [Decides("put_back", event.buyer, event.buyer) for event in luck.sample(out, 6)]
        for number, event in enumerate([*out, *back], start=100):
            happen(place, number, event)
            assert list(wrong_links()) == []
        assert customers() == {everybody}
        assert rows_of("SELECT count(*) FROM link_decision") == [(0,)]
        assert check() == []
