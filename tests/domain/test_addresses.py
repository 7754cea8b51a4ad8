from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.domain.addresses import address_key, is_same_place
from packstation.domain.orders import Address
from tests.factories import HOME

KEY = address_key(HOME)


@pytest.mark.parametrize(
    "street",
    ["12, Lý Thường Kiệt", "12 ly thuong kiet", " 12  LÝ THƯỜNG KIỆT. ", "12-Lý-Thường-Kiệt", "12Lý Thường Kiệt"],
)
def test_all_spellings_of_a_clear_address_have_one_key(street: str) -> None:
    assert KEY is not None
    assert address_key(replace(HOME, street=street)) == KEY


def test_recipient_phone_and_country_do_not_matter_for_the_door() -> None:
    assert address_key(replace(HOME, recipient="Trần Bình", phone="0987654321", country="")) == KEY


@pytest.mark.parametrize("field", ["street", "ward", "district", "province"])
def test_every_part_of_the_address_tells_doors_apart(field: str) -> None:
    assert address_key(replace(HOME, **{field: "Hàng Bông"})) != KEY


@pytest.mark.parametrize(
    ("one", "other"),
    [("12/3 Lê Lợi", "1/23 Lê Lợi"), ("1 23 Lê Lợi", "12 3 Lê Lợi"), ("Số 1 ngõ 2", "Số 12 ngõ"), ("a", "b")],
)
def test_the_same_digits_at_other_places_are_another_door(one: str, other: str) -> None:
    assert address_key(Address(street=one)) != address_key(Address(street=other))


@pytest.mark.parametrize(("one", "other"), [("12/3 Lê Lợi", "12 / 3, Lê Lợi"), ("12-3 Lê Lợi", "12/3 Lê Lợi")])
def test_separators_of_house_numbers_are_spelling(one: str, other: str) -> None:
    assert address_key(Address(street=one)) == address_key(Address(street=other))


def test_moving_a_word_from_one_part_to_the_next_is_another_address() -> None:
    assert address_key(Address(street="a b", ward="c")) != address_key(Address(street="a", ward="b c"))


@pytest.mark.parametrize("field", ["street", "ward", "district", "province"])
def test_a_masked_address_has_no_key(field: str) -> None:
    assert address_key(replace(HOME, **{field: "L***"})) is None


@pytest.mark.parametrize("street", ["", "  "])
def test_an_address_without_a_street_has_no_key(street: str) -> None:
    assert address_key(replace(HOME, street=street)) is None


def test_a_masked_name_hides_no_door() -> None:
    assert address_key(replace(HOME, recipient="N***n", phone="******78")) == KEY


@pytest.mark.parametrize("field", ["street", "ward", "district", "province"])
def test_only_a_part_that_is_clear_in_both_tells_two_places_apart(field: str) -> None:
    assert not is_same_place(HOME, replace(HOME, **{field: "Hàng Bông"}))
    for silent in ("", " ", "H*** B***"):
        assert is_same_place(HOME, replace(HOME, **{field: silent}))
        assert is_same_place(replace(HOME, **{field: silent}), HOME)


def test_spelling_recipient_and_phone_make_no_other_place() -> None:
    assert is_same_place(HOME, replace(HOME, street="12, ly thuong kiet", recipient="Bình", phone="1"))
