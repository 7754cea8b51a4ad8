from __future__ import annotations

import pytest
from peewee import IntegrityError

from packstation.domain.people import Role
from packstation.store.people import (
    add_person,
    everybody,
    person_by_badge,
    person_by_id,
    person_by_name,
    pin_standing,
    set_active,
    set_badge,
    set_pin,
    set_pin_standing,
    sign_in_at,
    station_named,
    stations,
)
from tests.factories import NOW


def test_a_person_is_found_by_name_id_and_badge(database: str) -> None:
    lan = add_person("Lan", Role.PACKER, None, NOW)
    set_badge(lan, "digest")
    person = person_by_name("Lan")
    assert person
    assert (person.id, person.role, person.active, person.has_badge, person.has_pin) == (
        lan,
        Role.PACKER,
        True,
        True,
        False,
    )
    assert person_by_id(lan) == person
    assert person_by_badge("digest") == person
    assert (person_by_id(lan + 1), person_by_name("lan"), person_by_badge("other")) == (None, None, None)


def test_an_earlier_badge_stops_working(database: str) -> None:
    lan = add_person("Lan", Role.PACKER, None, NOW)
    set_badge(lan, "old")
    set_badge(lan, "new")
    assert person_by_badge("old") is None


def test_two_people_share_neither_name_nor_badge(database: str) -> None:
    lan, minh = add_person("Lan", Role.PACKER, None, NOW), add_person("Minh", Role.PACKER, None, NOW)
    set_badge(lan, "digest")
    with pytest.raises(IntegrityError):
        set_badge(minh, "digest")
    with pytest.raises(IntegrityError):
        add_person("Lan", Role.CALLER, None, NOW)


def test_wrong_pins_are_counted_and_a_new_pin_forgets_them(database: str) -> None:
    lan = add_person("Lan", Role.SUPERVISOR, "hash", NOW)
    set_pin_standing(lan, 4, NOW + 1)
    assert pin_standing(lan) == ("hash", 4, NOW + 1)
    set_pin(lan, "other")
    assert pin_standing(lan) == ("other", 0, None)


def test_a_disabled_person_stays_on_the_list(database: str) -> None:
    lan = add_person("Lan", Role.OWNER, None, NOW)
    set_active(lan, active=False)
    assert [(person.name, person.active, person.supervises) for person in everybody()] == [("Lan", False, False)]


def test_a_station_is_made_once_and_knows_who_is_there(database: str) -> None:
    lan = add_person("Lan", Role.PACKER, None, NOW)
    desk = station_named("desk 1", NOW)
    assert station_named("desk 1", NOW + 1) == desk
    sign_in_at(desk, lan, NOW + 2)
    assert stations() == [("desk 1", "Lan", NOW + 2)]
    sign_in_at(desk, None, NOW + 3)
    assert stations() == [("desk 1", None, NOW + 3)]
