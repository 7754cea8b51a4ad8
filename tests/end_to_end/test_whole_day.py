"""A whole day with three stations, four callers, two supervisors and the daemon, all at the same time, some of them killed."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing.process import BaseProcess

import pytest

from packstation.acts.people import add_person
from packstation.acts.policies import publish_policy
from packstation.acts.ticking import tick
from packstation.acts.workplace import open_command
from packstation.domain.people import Role
from packstation.store.check import check
from packstation.store.database import close_database, database_now, open_database, rows_of
from packstation.store.ledger import verify
from tests.acts.account import (
    contacted_twice_at_once,
    left_waiting,
    packed_twice,
    packed_while_held,
    passed_in_silence,
    unexplained_releases,
)
from tests.end_to_end.whole_day.actors import PIN, Actor, Dawn, Day, at_work
from tests.end_to_end.whole_day.story import POLICY, now
from tests.forking import forking

ORDERS = int(os.environ.get("DAY_ORDERS", "2000"))
SECONDS = int(os.environ.get("DAY_SECONDS", "240"))
_STAFF = (("station", Role.PACKER, 3), ("caller", Role.CALLER, 4), ("supervisor", Role.SUPERVISOR, 2))


def staff() -> list[Actor]:
    """Everybody who works today."""
    place = open_command("test")
    publish_policy(place, POLICY, None)
    people = [
        Actor(work, name, add_person(place, name, role, PIN if role is Role.SUPERVISOR else None).id, number)
        for work, role, count in _STAFF
        for number in range(count)
        if (name := f"{work} {number + 1}")
    ]
    return [*people, Actor("daemon", "daemon", 0, 0)]


def work_through(day: Day, actors: Sequence[Actor], kills: int) -> None:
    """Have everybody work till the day ends; `kills` of them are killed at random moments, and begin again at once."""
    context, luck = forking(), random.Random(day.seed)
    dawn = Dawn(context.Semaphore(0), context.Value("q", 0))

    def begin(actor: Actor) -> BaseProcess:
        process = context.Process(target=at_work, args=(day, actor, dawn))
        process.start()
        return process

    at = {actor.name: (actor, begin(actor)) for actor in actors}
    try:
        for _actor in actors:
            assert dawn.ready.acquire(timeout=120)
        begins_at = dawn.begins_at.value = now() + 100
        for moment in sorted(luck.uniform(0.1, 0.85) for _kill in range(kills)):
            time.sleep(max(0.0, (begins_at + moment * day.length - now()) / 1_000))
            actor, process = at[luck.choice(list(at))]
            process.kill()
            process.join(10)
            again = replace(actor, run=actor.run + 1)
            at[actor.name] = again, begin(again)
        for _actor, process in at.values():
            process.join(max(1.0, (begins_at + day.length - now()) / 1_000 + 120))
        assert {actor.name: process.exitcode for actor, process in at.values()} == dict.fromkeys(at, 0)
    finally:
        for _actor, process in at.values():
            with suppress(ValueError):
                process.kill()
                process.join(10)


def account_of(url: str) -> None:
    """What must be true of the day when everybody has gone home."""
    open_database(url, patient=True)
    tick(open_command("evening"))
    evening = database_now()
    assert contacted_twice_at_once() == []
    assert packed_twice() == []
    assert packed_while_held() == []
    assert left_waiting(evening) == []
    assert passed_in_silence(evening) == []
    assert unexplained_releases() == []
    assert verify()[1] == []
    assert check() == []


def reasons() -> set[str]:
    """All that became of holds."""
    return {row[0] for row in rows_of("SELECT DISTINCT reason FROM hold_event")}


def test_a_short_day_goes_by_the_book(database: str) -> None:
    actors = staff()
    close_database()
    day = Day(database, 7, 120, 8_000)
    work_through(day, actors, kills=2)
    account_of(database)
    assert rows_of("SELECT count(*) FROM orders") == [(day.orders,)]
    assert rows_of("SELECT 1 FROM parcel WHERE state = 'packed'")
    assert "confirmed" in reasons()


@pytest.mark.long
@pytest.mark.parametrize("kills", [0, 25])
def test_two_thousand_orders_go_by_the_book(database: str, kills: int) -> None:
    actors = staff()
    close_database()
    day = Day(database, 11, ORDERS, SECONDS * 1_000)
    work_through(day, actors, kills)
    account_of(database)
    assert rows_of("SELECT count(*) FROM orders") == [(day.orders,)]
    assert len(rows_of("SELECT DISTINCT person_id FROM attempt WHERE result IS NOT NULL")) == 4
    assert reasons() >= {"confirmed", "overridden", "rejected", "withdrawn", "refused"}, "what people decide"
    others = {"tries_used", "decide_by_near", "decide_by_passed", "defaulted", "reopened"}
    others |= {"prepaid", "rejudged", "order_cancelled", "order_shipped"}
    assert len(reasons() & others) >= 6, "what time and channels bring"
