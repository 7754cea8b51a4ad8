from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.phones import identifying_phones, mask_phone, phone_key, region_of, tel_link


@pytest.mark.parametrize(
    "spelling",
    ["0912345678", "0912 345 678", "0912.345.678", "+84912345678", "(+84) 912-345-678", "84912345678", " 0912345678 "],
)
def test_all_spellings_of_a_number_have_one_key(spelling: str) -> None:
    assert phone_key(spelling) == "+84912345678"


def test_a_number_of_another_country_keeps_it() -> None:
    assert phone_key("+44 20 7946 0018") == "+442079460018"
    assert phone_key("020 7946 0018", "GB") == "+442079460018"


@pytest.mark.parametrize("text", ["", "******78", "09******78", "12", "không có", "0", "1" * 40, "\x00", "+"])
def test_masked_and_impossible_numbers_have_none(text: str) -> None:
    assert phone_key(text) == ""


@given(st.text(max_size=30))
def test_any_text_has_a_key_that_is_a_number_or_none(text: str) -> None:
    key = phone_key(text)
    assert key == "" or (key.startswith("+") and key[1:].isascii() and key[1:].isdigit())


@given(st.integers(0, 10**12))
def test_a_masked_number_shows_three_digits_at_most_and_never_its_length(number: int) -> None:
    digits = str(number)
    shown = "".join(c for c in mask_phone(digits) if c.isdigit())
    assert shown == (digits[-3:] if len(digits) > 3 else "")
    assert len(mask_phone(digits)) == len(mask_phone("0912345678" if len(digits) > 3 else ""))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("09******78", "••• ••• 78"),
        ("09xxxx5678", "••• ••• 678"),
        ("0912 345 ***", "•••"),
        ("0912.345.678", "••• ••• 678"),
        ("•••", "•••"),
    ],
)
def test_of_a_number_that_a_channel_masked_only_what_stands_at_its_end_is_shown(text: str, shown: str) -> None:
    assert mask_phone(text) == shown


def test_the_link_dials_the_key() -> None:
    assert tel_link(phone_key("0912345678")) == "tel:+84912345678"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("01681234567", "0381234567"),
        ("+84 168 123 4567", "038 123 4567"),
        ("84-120-1234567", "0701234567"),
        ("0084 123 123 4567", "0831234567"),
        ("0186.1234567", "0561234567"),
        ("(0199) 1234567", "0591234567"),
    ],
)
def test_an_old_number_of_eleven_digits_is_the_new_one_that_it_became(old: str, new: str) -> None:
    assert phone_key(old) == phone_key(new) != ""
    assert identifying_phones(old) == identifying_phones(new)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("０９１２３４５６７８", ["+84912345678"]),
        ("+84 (0)912 345 678", ["+84912345678"]),
        ("0912345678 (chị Mai)", ["+84912345678"]),
        ("0912345678 / 0387654322", ["+84912345678", "+84387654322"]),
        ("0912345678-0387654322", ["+84912345678", "+84387654322"]),
        ("0912345678 hoặc 0387654322, 0912.345.678", ["+84912345678", "+84387654322"]),
        ("024 3825 1234", ["+842438251234"]),
        ("024 3825 1234 ext 12", ["+842438251234;ext=12"]),
        ("024 3825 1234 máy lẻ 12", ["+842438251234;ext=12"]),
    ],
)
def test_every_number_in_a_field_tells_who_somebody_is(text: str, numbers: list[str]) -> None:
    assert list(identifying_phones(text)) == numbers
    assert phone_key(text) == numbers[0].partition(";")[0]


@pytest.mark.parametrize(
    "text",
    [
        "09******78",
        "091xxxx678",
        "09XX345678",
        "09x1234567",
        "0000000000",
        "0999999999",
        "0123456789",
        "113",
    ],
)
def test_masked_and_made_up_numbers_tell_nothing(text: str) -> None:
    assert identifying_phones(text) == ()


def test_a_number_without_a_country_belongs_where_the_shops_currency_does() -> None:
    assert identifying_phones("07911 123456", region_of("GBP")) == ("+447911123456",)
    assert identifying_phones("07911 123456", region_of("EUR")) == ()
    assert identifying_phones("+84 912 345 678", region_of("EUR")) == ("+84912345678",)
