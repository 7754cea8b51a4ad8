from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from packstation.domain.codes import badge_code
from packstation.printing.badges import badges
from tests.printing.reading import codes_in, codes_in_png, pdf_drawing, svg_drawing

PEOPLE = [
    (badge_code("BCGHK12345"), "Nguyễn Thị Ánh Tuyết"),
    (badge_code("LMNPQ67890"), "X" * 300),
    (badge_code("TV0123456789"), "<b>&\x1b[0m"),
]


def test_badges_are_read_back_from_every_kind_of_file() -> None:
    codes = {code for code, _ in PEOPLE}
    assert codes_in_png(badges(Path("b.png"), PEOPLE)) == codes
    assert codes_in(svg_drawing(badges(Path("b.svg"), PEOPLE))) == codes
    assert codes_in(pdf_drawing(badges(Path("b.pdf"), PEOPLE))) == codes


def test_a_badge_shows_the_name_and_never_its_code() -> None:
    root = ElementTree.fromstring(badges(Path("b.svg"), PEOPLE))
    texts = [text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Nguyễn Thị Ánh Tuyết" in texts
    assert not any("PB:" in text or "BCGHK" in text for text in texts)


def test_a_name_too_long_for_the_badge_is_cut() -> None:
    root = ElementTree.fromstring(badges(Path("b.svg"), PEOPLE))
    (cut,) = [
        text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text") if (text.text or "").startswith("X")
    ]
    assert cut.endswith("…")


@pytest.mark.parametrize("count", [0, 1, 30])
def test_any_number_of_badges_is_printed_each_once(count: int) -> None:
    people = [(badge_code(f"BCGH{number:06}"), f"Người {number}") for number in range(count)]
    assert codes_in(pdf_drawing(badges(Path("b.pdf"), people))) == {code for code, _ in people}
