from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from packstation.domain.shelf import Slip
from packstation.locale import use_language
from packstation.printing.barcodes import UnprintableCodeError
from packstation.printing.page import CodeTooLongError
from packstation.printing.slips import slips
from tests.factories import NOW
from tests.printing.reading import codes_in, codes_in_png, pdf_drawing, svg_drawing

SLIP = Slip(7, "B3", "SPXVN0123456789", "2412ABCD", "Trà Lan", "Asia/Ho_Chi_Minh", NOW, "giao sau 5 giờ chiều")


def texts(given: list[Slip]) -> list[str]:
    root = ElementTree.fromstring(slips(Path("s.svg"), given))
    return [text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text")]


def test_slips_are_read_back_from_every_kind_of_file() -> None:
    given = [SLIP, replace(SLIP, code="GHN-99", slot="Kệ-12")]
    codes = {"SPXVN0123456789", "GHN-99"}
    assert codes_in_png(slips(Path("s.png"), given)) == codes
    assert codes_in(svg_drawing(slips(Path("s.svg"), given))) == codes
    drawing = pdf_drawing(slips(Path("s.pdf"), given))
    assert codes_in(drawing) == codes
    assert len(drawing.pages) == 2, "a page a slip"


def test_a_slip_says_slot_decide_by_in_the_shops_zone_order_and_what_the_courier_is_asked() -> None:
    shown = texts([SLIP])
    assert shown[0] == "B3"
    assert {"2412ABCD · Trà Lan", "giao sau 5 giờ chiều", "SPXVN0123456789"} <= set(shown)
    in_london = texts([replace(SLIP, zone="Europe/London")])
    assert shown[1] != in_london[1]
    try:
        use_language("vi")
        assert texts([SLIP])[1].startswith("hạn quyết ")
    finally:
        use_language("en")


@pytest.mark.parametrize(("code", "error"), [("ĐƠN-1", UnprintableCodeError), ("X" * 60, CodeTooLongError)])
def test_a_code_that_cannot_be_a_barcode_is_refused(code: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        slips(Path("s.pdf"), [replace(SLIP, code=code)])
