from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.dialing import UndialableNumberError, dial_arguments, recording_address

TEMPLATE = ("softphone", "--call", "tel:{phone}")


def test_a_whole_number_is_put_into_its_arguments() -> None:
    assert dial_arguments(TEMPLATE, "+84912345678") == ("softphone", "--call", "tel:+84912345678")


@pytest.mark.parametrize(
    "number",
    [
        "", "0912345678", "+84912345678; reboot", "+84912345678\n", "$(id)", "`id`", "+84 912 345 678", "--help", "+0912345678",
        "+84*****78", "+8491234567890123", "+84９12345678", "+٨٤٩١٢٣٤٥٦٧", "sip:+84912345678@evil", "+84912345678 --config=x", "{phone}",
    ],
)  # fmt: skip
def test_anything_else_is_dialled_by_nothing(number: str) -> None:
    with pytest.raises(UndialableNumberError):
        dial_arguments(TEMPLATE, number)


@given(st.text())
def test_whatever_is_dialled_is_a_plus_and_digits(number: str) -> None:
    try:
        arguments = dial_arguments(("p", "{phone}"), number)
    except UndialableNumberError:
        return
    assert arguments[1].isascii()
    assert arguments[1][0] == "+"
    assert arguments[1][1:].isdigit()


@pytest.mark.parametrize(
    ("output", "address"),
    [
        (b"", ""),
        (b"calling\nhttp://a/1\nhttps://pbx.local/2.mp3\nbye\n", "https://pbx.local/2.mp3"),
        (b"https://pbx.local/1.mp3\r\n", "https://pbx.local/1.mp3"),
        (b"file:///etc/passwd\njavascript:alert(1)\n", ""),
        (b"https://a/\x1b[2J\n", ""),
        ("https://a/\u202e\n".encode(), ""),
        (b"see https://a/1 for more\n\xff\xfe", ""),
        (b"https://a/" + b"x" * 600, ""),
    ],
)
def test_the_last_line_that_is_an_address_is_the_recordings(output: bytes, address: str) -> None:
    assert recording_address(output) == address
