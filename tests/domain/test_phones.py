from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.phones import mask_phone, phone_key, tel_link


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


def test_the_link_dials_the_key() -> None:
    assert tel_link(phone_key("0912345678")) == "tel:+84912345678"
