from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from packstation.domain.plain_text import plain
from packstation.tui.widgets.cells import Alignment, fitted, width_of


@pytest.mark.parametrize(
    ("text", "width", "alignment", "line"),
    [
        ("Lan", 6, Alignment.LEFT, "Lan   "),
        ("Lan", 6, Alignment.RIGHT, "   Lan"),
        ("Lan", 6, Alignment.CENTRE, " Lan  "),
        ("Nguyễn", 6, Alignment.LEFT, "Nguyễn"),
        ("Nguyễn", 5, Alignment.RIGHT, "Nguy…"),
        ("田中田中", 6, Alignment.LEFT, "田中 …"),
        ("田中", 1, Alignment.LEFT, "…"),
        ("Lan", 0, Alignment.LEFT, ""),
        ("", 3, Alignment.LEFT, "   "),
    ],
)
def test_text_is_fitted_by_the_cells_it_takes(text: str, width: int, alignment: Alignment, line: str) -> None:
    assert fitted(plain(text), width, alignment) == line


def test_wide_letters_take_two_cells_and_marks_none() -> None:
    assert width_of(plain("田中")) == 4
    assert width_of(plain("q\u0323w")) == 2


@given(st.text(max_size=80), st.integers(0, 30), st.sampled_from(Alignment))
def test_any_text_takes_exactly_its_width(text: str, width: int, alignment: Alignment) -> None:
    assert cell_len(fitted(plain(text), width, alignment)) == width
