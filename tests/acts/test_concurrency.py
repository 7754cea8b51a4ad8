from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from packstation.acts.finishing import clear_desk
from packstation.acts.intake import store_orders
from packstation.acts.people import add_person
from packstation.acts.policies import publish_policy
from packstation.acts.scanning import DeskState, scan
from packstation.acts.workplace import open_command, open_station
from packstation.domain.holds import ContactMethod
from packstation.domain.people import Role
from packstation.domain.times import HOUR
from packstation.store.check import check
from packstation.store.database import close_database, database_now, open_database, rows_of, transaction
from packstation.store.holds import open_attempt, open_holds
from packstation.store.ledger import verify
from packstation.store.parcels import on_desk_of
from packstation.store.scans import scans_of
from tests.acts.account import packed_twice, packed_while_held
from tests.acts.busy_desks import RULES, Job, numbers, order_of, pack_and_print, tell
from tests.acts.worlds import PIN, POLICY, risky
from tests.factories import a_shop, an_order, order_id
from tests.forking import forking

TURNS = [20, pytest.param(60, marks=pytest.mark.long)]
KILLS = [3, pytest.param(10, marks=pytest.mark.long)]


def people_at_work(*names: str) -> list[int]:
    """A published policy and people; their ids."""
    place = open_command("test")
    publish_policy(place, POLICY, None)
    return [add_person(place, name, Role.PACKER, None).id for name in names]


def at_once(*works: tuple[Job, str]) -> dict[str, Any]:
    """What each of these told, done at the same time in processes of their own, by the name of its station."""
    context = forking()
    start, done = context.Barrier(len(works)), context.Queue()
    workers = [context.Process(target=tell, args=(done, start, job, work)) for job, work in works]
    try:
        for worker in workers:
            worker.start()
        told = dict(done.get(timeout=120) for _ in workers)
    finally:
        for worker in workers:
            worker.join(10)
            worker.kill()
            worker.join()
    assert {name: result for name, result in told.items() if isinstance(result, Exception)} == {}
    return told


@pytest.mark.parametrize("turns", TURNS)
def test_two_stations_and_a_daemon_at_the_same_time_pack_nothing_twice_and_nothing_held(
    database: str, turns: int
) -> None:
    an, chi, daemon = people_at_work("An", "Chi", "Máy")
    store_orders(open_command("test"), a_shop(), [order_of(number) for number in numbers(8)])
    close_database()
    told = at_once(
        (Job(database, "Bàn 1", an, turns, 1), "pack"),
        (Job(database, "Bàn 2", chi, turns, 2), "pack"),
        (Job(database, "Máy", daemon, turns, 3), "change"),
    )
    open_database(database, patient=True)
    assert sum(result for name, result in told.items() if name != "Máy") > 0
    assert packed_twice() == []
    assert packed_while_held() == []
    assert verify()[1] == []
    assert check() == []


def test_two_processes_for_which_time_passes_do_what_is_due_once_between_them(database: str) -> None:
    [an] = people_at_work("An")
    late = database_now() - HOUR
    flagged, clean = [f"A-{n}" for n in range(12)], [f"B-{n}" for n in range(4)]
    orders = [risky(number, buyer=number, ship_by=late) for number in flagged] + [an_order(number) for number in clean]
    store_orders(open_command("test"), a_shop(), orders)
    hurried = open_station("Bàn 0", replace(RULES, lease_ms=0))
    for number in clean:
        scan(hurried, an, number, DeskState())
    with transaction():
        for hold_id, _order, _hold in open_holds()[:6]:
            open_attempt(hold_id, an, hurried.station_id, ContactMethod.CALL, late)
    close_database()
    told = at_once(*((Job(database, name, an, 3, 0), "tick") for name in ("Bàn 1", "Bàn 2", "Máy")))
    open_database(database, patient=True)
    assert sum(each.leases_expired for each in told.values()) == len(clean)
    assert sum(each.contacts_abandoned for each in told.values()) == 6
    assert sum(each.holds_moved for each in told.values()) == len(flagged)
    alarms = [order for each in told.values() for order in each.alarms]
    assert sorted(alarms) == sorted(order_id(number) for number in flagged)
    assert {str(hold.reason) for _hold, _order, hold in open_holds()} == {"decide_by_passed"}
    entries = rows_of("SELECT kind, hold_id, parcel_id, count(*) FROM ledger GROUP BY kind, hold_id, parcel_id")
    once = ("hold_moved", "contact_ended", "unfinished")
    assert [count for kind, _hold, _parcel, count in entries if kind in once] == [1] * (len(flagged) + 6 + len(clean))
    assert verify()[1] == []
    assert check() == []


def test_what_a_desk_asks_is_answered_once_whichever_boards_answer_and_packed_only_when_granted(database: str) -> None:
    [an] = people_at_work("An")
    bosses = [add_person(open_command("test"), name, Role.SUPERVISOR, PIN).id for name in ("Bình", "Dung")]
    orders = [risky(number, buyer=number) for number in numbers(8)]
    store_orders(open_command("test"), a_shop(), orders)
    close_database()
    told = at_once(
        (Job(database, "Bàn 1", an, 40, 0), "ask"),
        (Job(database, "Bảng 1", bosses[0], 30, 1), "answer"),
        (Job(database, "Bảng 2", bosses[1], 30, 2), "answer"),
    )
    open_database(database, patient=True)
    states = [row[0] for row in rows_of("SELECT state FROM approval_request ORDER BY id")]
    ended = rows_of("SELECT count(*) FROM ledger WHERE kind = 'approval_ended'")[0][0]
    assert len(states) - states.count("asked") == ended == told["Bảng 1"] + told["Bảng 2"]
    released = rows_of("SELECT count(*) FROM hold WHERE state = 'released'")[0][0]
    assert states.count("granted") == released >= told["Bàn 1"]
    assert states
    assert packed_twice() == []
    assert packed_while_held() == []
    assert verify()[1] == []
    assert check() == []


def printed_until_killed(url: str, person_id: int, codes: list[str], luck: random.Random) -> list[tuple[str, str]]:
    """What a station told before it was killed at some moment."""
    context = forking()
    hears, tells = context.Pipe(duplex=False)
    station = context.Process(target=pack_and_print, args=(url, "Bàn 1", person_id, codes, tells))
    station.start()
    tells.close()
    printed: list[tuple[str, str]] = []

    def heard() -> Iterator[tuple[str, str]]:
        try:
            while True:
                yield hears.recv()
        except EOFError:
            return

    enough = luck.randrange(1, 12)
    for line in heard():
        printed.append(line)
        if len(printed) == enough:
            time.sleep(luck.random() / 50)
            station.kill()
    station.join()
    hears.close()
    return printed


@pytest.mark.parametrize("kills", KILLS)
def test_everything_that_was_told_before_a_kill_is_there_and_the_desk_is_cleared(database: str, kills: int) -> None:
    [an] = people_at_work("An")
    codes = [f"A-{n}" for n in range(30 * kills)]
    store_orders(open_command("test"), a_shop(), [an_order(code, buyer=None) for code in codes])
    station_id = open_station("Bàn 1", RULES).station_id
    assert station_id is not None
    luck = random.Random(4)
    for _ in range(kills):
        before = scans_of(station_id)
        begun = len({code for _at, code, _verdict in before})
        printed = printed_until_killed(database, an, codes[begun:], luck)
        recorded = [(code, verdict) for _at, code, verdict in scans_of(station_id)[len(before) :]]
        assert recorded[: len(printed)] == printed
        assert set(recorded[1::2]) <= {(code, "packed") for code, _verdict in recorded}
        packed = {code for code, verdict in recorded if verdict == "packed"}
        states = dict(
            rows_of(
                "SELECT o.number, p.state FROM orders o JOIN parcel_order po ON po.order_id = o.id JOIN parcel p ON p.id = po.parcel_id"
            )
        )
        assert {states[code] for code in packed} <= {"packed"}
        assert {states[code] for code, _verdict in recorded if code not in packed} <= {"on_desk"}
    left = on_desk_of(station_id)
    assert clear_desk(open_station("Bàn 1", RULES), None) == left
    assert on_desk_of(station_id) == []
    assert verify()[1] == []
    assert check() == []
