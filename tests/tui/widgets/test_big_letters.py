from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.tui.widgets.big_letters import ROWS, big, width

WORDS = [
    "PACK",
    "CALL",
    "STOP",
    "UNKNOWN",
    "OK – ĐÓNG",
    "GỌI KHÁCH",
    "NHẮN KHÁCH",
    "BỎ RA",
    "ĐÃ ĐÓNG RỒI",
    "CHƯA THẤY ĐƠN",
    "QUÉT KHÔNG RA",
    "RÚT ĐƠN",
]
BASES = "AĂÂEÊIOÔƠUƯYD"
VOWELS = [
    unicodedata.normalize("NFC", base + tone) for base in "AĂÂEÊIOÔƠUƯY" for tone in "\u0300\u0301\u0303\u0309\u0323"
]


@pytest.mark.parametrize("word", WORDS)
def test_every_verdict_fits_the_narrowest_screen(word: str) -> None:
    rows = big(word)
    assert len(rows) == ROWS
    assert {len(row) for row in rows} == {width(word)}
    assert width(word) <= 78


def test_letters_and_marks_are_drawn_as_they_are_known() -> None:
    assert "\n".join(row.rstrip() for row in big("ĐÁ Ị")) == "\n".join(
        (
            "         ▄▀",
            " █▀▀▀▄  ▄▄▄     ▀█▀",
            "▄█▄  █ █   █     █",
            " █   █ █▀▀▀█    ▄█▄",
            " ▀▀▀▀  ▀   ▀     ▄",
        )
    )


def test_every_vietnamese_letter_looks_different() -> None:
    letters = [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789–-?!Đ", *BASES, *VOWELS]
    assert len({big(letter) for letter in letters}) == len(set(letters))


def test_small_and_decomposed_letters_are_the_same_capitals() -> None:
    assert big("đóng") == big("ĐÓNG") == big(unicodedata.normalize("NFD", "ĐÓNG"))


def test_marks_leave_a_row_free_to_the_letter() -> None:
    top, second, *_ = big("Á")
    assert "█" not in top
    assert "▀" not in second.strip("▄ ")


@given(st.text(max_size=20))
def test_any_text_gives_five_rows_of_one_width(text: str) -> None:
    rows = big(text)
    assert len(rows) == ROWS
    assert len({len(row) for row in rows}) == 1
