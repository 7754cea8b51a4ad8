from __future__ import annotations

import re
import zlib

from packstation.domain.letters import Letter, Part
from packstation.printing.letters import letter_pdf
from tests.factories import NOW


def a_letter(lines: int = 3) -> Letter:
    attempts = tuple(f"09/10/2025 15:53: gọi điện, không nghe máy (đơn A-{place})" for place in range(lines))
    return Letter("Báo cáo người mua", (Part("", ("Kính gửi Shopee",)), Part("Các lần liên hệ", attempts)))


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def drawn_in(pdf: bytes) -> int:
    """How much is drawn on all pages, in bytes of their streams."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return sum(len(zlib.decompress(stream)) for stream in streams[: pages_of(pdf)] if stream[:1] == b"x")


def test_a_letter_flows_over_as_many_pages_as_it_needs() -> None:
    assert pages_of(letter_pdf(a_letter(), NOW)) == 1
    long = letter_pdf(a_letter(120), NOW)
    assert pages_of(long) == 3
    assert drawn_in(long) > drawn_in(letter_pdf(a_letter(), NOW)) * 10


def test_the_same_letter_gives_the_same_file() -> None:
    assert letter_pdf(a_letter(), NOW) == letter_pdf(a_letter(), NOW)


def test_what_has_no_blanks_to_break_at_or_no_letters_in_the_font_is_drawn_all_the_same() -> None:
    hostile = Letter("X" * 300, (Part("Đơn", ("Y" * 500, "漢字 🎁 עברית", "**không đậm**", "")),))
    assert pages_of(letter_pdf(hostile, NOW)) == 1
