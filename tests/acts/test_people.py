from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from packstation.acts.overriding import override, withdraw
from packstation.acts.people import (
    BadNameError,
    BadPinError,
    LastSupervisorError,
    NobodyError,
    add_person,
    change_pin,
    change_role,
    new_badge,
    person_of_badge,
    revoke_badge,
    set_active,
    sign_in,
    sign_out,
)
from packstation.acts.proving import PinLockedError, WrongPinError, prove
from packstation.acts.workplace import Workplace, open_command
from packstation.domain.holds import AttemptResult
from packstation.domain.people import Role
from packstation.domain.times import MINUTE
from packstation.store.database import open_database, rows_of
from packstation.store.people import everybody, person_by_id, stations
from packstation.store.tables.base import database as connections
from tests.acts.worlds import PIN, World, entries, risky
from tests.factories import an_order


def test_a_person_is_added_with_a_plain_name_and_that_is_recorded(world: World) -> None:
    boss = world.supervisor()
    person = add_person(world.daemon, " Chi\x1b[31m ", Role.CALLER, None, by=boss)
    assert (person.name, person.role, person.active, person.has_pin) == ("Chi[31m", Role.CALLER, True, False)
    assert person_by_id(person.id) == person
    assert entries("kind", "person_id", "facts")[-1] == ("person_added", boss, {"person": person.id, "role": "caller"})


@pytest.mark.parametrize("name", ["", "   ", "\x00", "x" * 41, "An"])
def test_a_name_is_short_printable_and_nobody_elses(world: World, name: str) -> None:
    with pytest.raises(BadNameError):
        add_person(world.daemon, name, Role.PACKER, None)


@pytest.mark.parametrize("pin", ["", "123", "12a4", "１２３４", "-123", "1" * 33])
def test_a_pin_is_four_to_thirty_two_digits(world: World, pin: str) -> None:
    with pytest.raises(BadPinError):
        add_person(world.daemon, "Chi", Role.CALLER, pin)
    with pytest.raises(BadPinError):
        change_pin(world.daemon, world.packer, pin)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OWNER])
def test_who_supervises_needs_a_pin(world: World, role: Role) -> None:
    with pytest.raises(BadPinError):
        add_person(world.daemon, "Bình", role, None)
    assert len(everybody()) == 1


def test_a_replaced_badge_stops_working_and_its_secret_is_kept_nowhere(world: World) -> None:
    first = new_badge(world.daemon, world.packer)
    assert person_of_badge(first).id == world.packer
    second = new_badge(world.daemon, world.packer)
    assert first != second
    assert person_of_badge(second).name == "An"
    for secret in (first, "", "NOBODYS"):
        with pytest.raises(NobodyError):
            person_of_badge(secret)
    assert second not in str([*rows_of("SELECT * FROM person"), *rows_of("SELECT * FROM ledger_text")])


def test_a_disabled_person_has_no_badge_any_more_also_when_let_back_in(world: World) -> None:
    badge = new_badge(world.daemon, world.packer)
    set_active(world.daemon, world.packer, active=False)
    with pytest.raises(NobodyError):
        person_of_badge(badge)
    set_active(world.daemon, world.packer, active=True)
    with pytest.raises(NobodyError):
        person_of_badge(badge)
    assert [facts["what"] for kind, facts in entries("kind", "facts") if kind == "person_changed"] == [
        "badge",
        "disabled",
        "enabled",
    ]


def test_the_last_supervisor_stays(world: World) -> None:
    boss, owner = world.supervisor(), world.hire("Dung", Role.OWNER, PIN)
    set_active(world.daemon, boss, active=False)
    with pytest.raises(LastSupervisorError):
        set_active(world.daemon, owner, active=False)
    set_active(world.daemon, boss, active=True)
    set_active(world.daemon, owner, active=False)
    with pytest.raises(LastSupervisorError):
        set_active(world.daemon, boss, active=False)
    set_active(world.daemon, world.packer, active=False)


def test_the_last_supervisor_stays_one(world: World) -> None:
    boss = world.supervisor()
    for role in (Role.PACKER, Role.CALLER):
        with pytest.raises(LastSupervisorError):
            change_role(world.daemon, boss, role)
    change_role(world.daemon, boss, Role.OWNER)
    world.hire("Dung", Role.OWNER, PIN)
    change_role(world.daemon, boss, Role.PACKER)
    changed = person_by_id(boss)
    assert changed is not None
    assert (changed.role, changed.supervises) == (Role.PACKER, False)


def test_who_has_no_pin_is_not_made_a_supervisor(world: World) -> None:
    with pytest.raises(BadPinError):
        change_role(world.daemon, world.packer, Role.SUPERVISOR)
    change_pin(world.daemon, world.packer, PIN)
    change_role(world.daemon, world.packer, Role.SUPERVISOR)
    assert entries("kind", "facts")[-1] == ("person_changed", {"person": world.packer, "what": "supervisor"})


def test_a_revoked_badge_stops_working_and_the_person_goes_on(world: World) -> None:
    badge = new_badge(world.daemon, world.packer)
    revoke_badge(world.daemon, world.packer)
    with pytest.raises(NobodyError):
        person_of_badge(badge)
    person = person_by_id(world.packer)
    assert person is not None
    assert (person.active, person.has_badge) == (True, False)


def test_guessing_pins_takes_longer_and_longer_also_across_restarts(world: World, database: str) -> None:
    boss = world.supervisor()
    waits = []
    for guess in range(3 + 8):
        with pytest.raises(WrongPinError):
            prove(world.daemon, boss, f"{guess:04}")
        # As if the station had been switched off and on again.
        open_database(database)
        try:
            prove(world.daemon, boss, PIN if guess > 1 else "0000")
        except PinLockedError as error:
            waits.append((error.until - world.clock.now) // MINUTE)
            world.clock.pass_(error.until - world.clock.now)
        except WrongPinError:
            waits.append(0)
    assert waits == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_who_guesses_at_several_stations_at_once_gets_no_more_tries(world: World) -> None:
    boss = world.supervisor()
    places = [open_command(f"Bàn {number}") for number in range(6)]
    start = Barrier(len(places))

    def guess(place: Workplace) -> str:
        start.wait()
        try:
            prove(place, boss, "1111")
        except (WrongPinError, PinLockedError) as error:
            return type(error).__name__
        finally:
            connections.close()
        return "in"

    with ThreadPoolExecutor(len(places)) as stations:
        answers = Counter(stations.map(guess, places))
    assert answers == {"WrongPinError": 3, "PinLockedError": 3}


def test_a_shop_of_one_person_works(world: World) -> None:
    owner = world.hire("Dung", Role.OWNER, PIN)
    set_active(world.daemon, world.packer, active=False)
    desk = world.desk_of("Bàn 2", owner)
    world.arrive(risky("A-1"), an_order("A-2", buyer="binh"), an_order("A-3", buyer="chi"), risky("A-4", buyer="dung"))
    override(desk.place, owner, PIN, world.hold_of("A-1").id, release=True, reason="Khách quen")
    desk.pack("A-1")
    desk.scan("A-2")
    desk.hold()
    withdraw(desk.place, owner, world.hold_of("A-2").id)
    desk.pack("A-2")
    desk.scan("A-3")
    desk.hold()
    for number in ("A-3", "A-4"):
        world.contact(world.hold_of(number).id, AttemptResult.CONFIRMED, by=owner)
        desk.pack(number)


def test_a_new_pin_works_at_once_and_ends_a_lock(world: World) -> None:
    boss = world.supervisor()
    for _ in range(3):
        with pytest.raises(WrongPinError):
            prove(world.daemon, boss, "1111")
    with pytest.raises(PinLockedError):
        prove(world.daemon, boss, PIN)
    change_pin(world.daemon, boss, "987654")
    prove(world.daemon, boss, "987654")
    with pytest.raises(WrongPinError):
        prove(world.daemon, boss, PIN)


def test_the_right_pin_forgets_the_wrong_ones_before_it(world: World) -> None:
    boss = world.supervisor()
    for _ in range(2):
        for _ in range(2):
            with pytest.raises(WrongPinError):
                prove(world.daemon, boss, "1111")
        prove(world.daemon, boss, PIN)


def test_who_has_no_pin_proves_nothing(world: World) -> None:
    with pytest.raises(WrongPinError):
        prove(world.daemon, world.packer, "")


def test_pins_are_kept_as_salted_hashes_only(world: World) -> None:
    world.supervisor("Bình")
    world.supervisor("Dung")
    hashes = [row[0] for row in rows_of("SELECT pin_hash FROM person WHERE pin_hash IS NOT NULL")]
    assert len(set(hashes)) == 2
    assert all(text.startswith("$argon2id$") for text in hashes)


def test_who_works_where_is_noted(world: World) -> None:
    person = person_by_id(world.packer)
    assert person is not None
    sign_in(world.desk.place, person, "badge")
    assert stations() == [("Bàn 1", "An", world.clock.now)]
    sign_out(world.desk.place, world.packer)
    assert stations() == [("Bàn 1", None, world.clock.now)]
    assert entries("kind", "person_id", "station_id", "facts")[-2:] == [
        ("signed_in", world.packer, world.desk.place.station_id, {"how": "badge"}),
        ("signed_out", world.packer, world.desk.place.station_id, {}),
    ]
    before = len(entries("kind"))
    sign_in(world.daemon, person, "name")
    sign_out(world.daemon, world.packer)
    assert len(entries("kind")) == before, "a command has no desk"
