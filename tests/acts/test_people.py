from __future__ import annotations

import pytest

from packstation.acts.people import (
    BadNameError,
    BadPinError,
    LastSupervisorError,
    NobodyError,
    PinLockedError,
    WrongPinError,
    add_person,
    change_pin,
    new_badge,
    person_of_badge,
    prove,
    set_active,
    sign_in,
    sign_out,
)
from packstation.domain.people import Role
from packstation.store.database import rows_of
from packstation.store.people import everybody, person_by_id, stations
from tests.acts.worlds import PIN, World, entries


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
