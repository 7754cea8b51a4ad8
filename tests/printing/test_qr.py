from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image

from packstation.printing.qr import QUIET_ZONE, UnprintableTextError, qr_rows

HALVES = {" ": (255, 255), "▀": (0, 255), "▄": (255, 0), "█": (0, 0)}


def picture(rows: tuple[str, ...]) -> Image.Image:
    image = Image.new("L", (len(rows[0]), len(rows) * 2), 255)
    for y, row in enumerate(rows):
        for x, block in enumerate(row):
            upper, lower = HALVES[block]
            image.putpixel((x, 2 * y), upper)
            image.putpixel((x, 2 * y + 1), lower)
    return image.resize((image.width * 4, image.height * 4), Image.Resampling.NEAREST)


@pytest.mark.parametrize("text", ["tel:+84901234567", "tel:113", "7", "https://example.com/" + "a" * 100])
def test_a_phone_reads_the_rows_as_a_qr_code_and_not_as_a_micro_one(text: str) -> None:
    (found,) = zxingcpp.read_barcodes(picture(qr_rows(text)))
    assert (found.text, found.format) == (text, zxingcpp.BarcodeFormat.QRCode)


def test_a_phone_number_fits_beside_the_contact_panel() -> None:
    rows = qr_rows("tel:+84901234567")
    assert (len(rows[0]), len(rows)) == (25, 13)


def test_the_quiet_zone_is_part_of_the_rows() -> None:
    rows = qr_rows("tel:113")
    assert rows[0].strip() == rows[-1].strip() == ""
    assert all(row.startswith(" " * QUIET_ZONE) and row.endswith(" " * QUIET_ZONE) for row in rows)


@pytest.mark.parametrize("text", ["", "x" * 3000])
def test_text_that_no_qr_code_holds_is_refused(text: str) -> None:
    with pytest.raises(UnprintableTextError):
        qr_rows(text)
