from __future__ import annotations

import pytest

from packstation.domain.plain_text import plain
from packstation.tui.theme import PAINTS, Tone
from packstation.tui.widgets.banner import BannerText, drawn


@pytest.mark.parametrize(("width", "height"), [(80, 6), (120, 9), (200, 14), (30, 3), (3, 1)])
def test_the_banner_fills_its_room_exactly_in_one_colour(width: int, height: int) -> None:
    says = BannerText(Tone.CALL, (plain("GỌI KHÁCH"),), (plain("để kệ chờ B3"), plain("2406ABC")))
    strips = drawn(says, width, height)
    assert len(strips) == height
    assert {strip.cell_length for strip in strips} == {width}
    colours = {
        segment.style.bgcolor.name for strip in strips for segment in strip if segment.style and segment.style.bgcolor
    }
    assert colours == {PAINTS[Tone.CALL].background}


def test_the_first_word_that_fits_is_shown_big() -> None:
    says = BannerText(Tone.STOP, (plain("BỎ RA – ĐANG XIN HỦY"), plain("ĐANG XIN HỦY")))
    wide, narrow = drawn(says, 120, 6), drawn(says, 80, 6)
    assert wide[2].text.strip() != narrow[2].text.strip()
    assert "█" in narrow[2].text


def test_without_room_for_big_letters_the_word_is_still_there() -> None:
    strips = drawn(BannerText(Tone.PACK, (plain("PACK"),), (plain("A-1"),)), 20, 3)
    assert [strip.text.strip() for strip in strips][:2] == ["PACK", "A-1"]


def test_small_lines_share_a_row_rather_than_being_left_out() -> None:
    says = BannerText(Tone.CALL, (plain("CALL"),), (plain("shelf B3"), plain("A-1")))
    assert "shelf B3  ·  A-1" in drawn(says, 80, 6)[-1].text
