from __future__ import annotations

from datetime import UTC, datetime

import pytest

from packstation.domain.customer_profile import (
    Field,
    Gender,
    Profile,
    Said,
    UnreadableFieldError,
    age_group,
    checked,
    initials,
    profile_of,
)
from packstation.domain.times import to_ms

ZONE = "Asia/Ho_Chi_Minh"


def born(day: str) -> Profile:
    return Profile({Field.BIRTHDAY: Said(day, "kiotviet")})


@pytest.mark.parametrize(
    ("birthday", "age", "group"),
    [
        ("1990-06-15", 35, (35, 44)),
        ("1990-06-16", 34, (25, 34)),
        ("2008-02-29", 17, (0, 17)),
        ("1900-01-01", 125, (65, None)),
        ("2030-01-01", None, None),
        ("no day", None, None),
        ("", None, None),
    ],
)
def test_the_age_is_that_of_the_day_in_the_shops_zone(birthday: str, age: int | None, group: object) -> None:
    # 00:30 on 15 June 2025 in Vietnam, still the 14th in UTC.
    moment = to_ms(datetime(2025, 6, 14, 17, 30, tzinfo=UTC))
    assert born(birthday).age(moment, ZONE) == age
    assert age_group(age) == group


@pytest.mark.parametrize(
    ("name", "letters"), [("Nguyễn Văn Ánh", "NÁ"), ("an", "A"), ("", "?"), ("  ", "?"), ("*** ***", "?"), ("Đỗ", "Đ")]
)
def test_initials_are_of_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_what_people_write_stands_over_what_channels_say_and_the_latest_profile_over_earlier_ones() -> None:
    channels = [
        ("kiotviet", {Field.NAME: "An", Field.EMAIL: ""}),
        ("shopee", {Field.NAME: "an.1", Field.EMAIL: "a@b.vn"}),
    ]
    by_hand = Said("Anh An", "", "Mai", 5)
    profile = profile_of(channels, {Field.NAME: by_hand, Field.EMAIL: Said("", "", "Mai", 6)})
    name = profile.fields[Field.NAME]
    assert (name.value, name.is_by_hand, name.by) == ("Anh An", True, "Mai")
    assert name.said_by_channel == Said("An", "kiotviet")
    assert profile.fields[Field.EMAIL] == Said("a@b.vn", "shopee")
    assert profile.gender is Gender.UNKNOWN
    assert Profile({Field.GENDER: Said("dragon", "file")}).gender is Gender.UNKNOWN


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        (Field.BIRTHDAY, "31/12/1990", "1990-12-31"),
        (Field.BIRTHDAY, "1990-12-31", "1990-12-31"),
        (Field.GENDER, " Female ", "female"),
        (Field.TIER, "VIP", "vip"),
        (Field.COMPANY, "  Trà   Lan ", "Trà Lan"),
        (Field.BIRTHDAY, "  ", ""),
    ],
)
def test_what_is_typed_is_kept_in_one_form(field: Field, typed: str, kept: str) -> None:
    assert checked(field, typed) == kept


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (Field.BIRTHDAY, "31/02/1990"),
        (Field.BIRTHDAY, "x/y/z"),
        (Field.GENDER, "x"),
        (Field.TIER, "boss"),
        (Field.EMAIL, "an"),
    ],
)
def test_what_is_no_value_of_a_field_is_refused(field: Field, typed: str) -> None:
    with pytest.raises(UnreadableFieldError):
        checked(field, typed)
