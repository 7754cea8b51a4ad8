from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.spreadsheets import harmless_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=HYPERLINK(A1)",
        "+SUM(A1)",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠A",
        "--5",
        "+-+5",
        "-²",
        "-",
        "-1-1",
        "+1.5.",
    ],
)
def test_what_a_spreadsheet_program_would_compute_gets_an_apostrophe(text: str) -> None:
    assert harmless_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "An", "12", "-12", "+84912345678", "-1.5", "-1.234,50", "a=b", "'=1", "1-1", "12/3"]
)
def test_plain_texts_and_numbers_stay(text: str) -> None:
    assert harmless_cell(text) == text


@given(st.text(max_size=20))
def test_no_cell_starts_like_a_formula(text: str) -> None:
    cell = harmless_cell(text)
    assert cell.removeprefix("'") == text.removeprefix("'")
    assert not cell.startswith(("=", "@", "\t", "\r", "\n"))
