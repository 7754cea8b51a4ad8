"""What an answer's headers say."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Unreadable
from sync.web.messages import Answer, excerpt, own_words

DATE = "Sun, 22 Nov 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("120", 120.0),
        ("2.0", 2.0),
        ("999999", 3600.0),
        ("Sun, 22 Nov 2026 08:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 07:00:00 GMT", 0.0),
        ("Tue, 24 Nov 2026 08:00:00 GMT", 3600.0),
        ("Sun, 22 Nov 2026 08:01:30 -0000", 90.0),
        ("soon", None),
        ("-1", None),
        ("", None),
        ("Sun, 99 Nov 2026 08:00:00 GMT", None),
    ],
)
def test_how_long_to_wait_is_told_in_seconds_or_as_a_date_by_the_channels_own_clock(
    retry_after: str, seconds: float | None
) -> None:
    assert Answer(503, {"retry-after": retry_after, "date": DATE}, b"").retry_after == seconds


def test_a_date_to_wait_for_without_the_channels_own_is_held_against_this_computers_clock() -> None:
    answer = Answer(503, {"retry-after": formatdate(time.time() + 600, usegmt=True)}, b"")
    assert 590 < (answer.retry_after or 0) <= 600


@pytest.mark.parametrize(
    ("wrote", "shown"),
    [
        ("Invalid page", "“Invalid page”"),
        ("Khach 0912345678 a.b+c@d.vn het han", "“Khach … … het han”"),
        ("so 091-234 56.78, +84 (912) 345 678", "“so …, +…”"),
        ('{"email":["a@b.vn"]}', '“{"email":["…"]}”'),
        ("only 50 orders, HTTP 400", "“only 50 orders, HTTP 400”"),
        ("x” trouble “y", "“x' trouble 'y”"),
        ("a\x1b[2J\nb", "“a[2J b”"),
        ("an%40d.vn, b&#64;d.vn", "“…, …”"),
        ("09\u200b12345678 ０９１２３４５６７８", "“…”"),
        ("\u202eevil", "“evil”"),
        ("", ""),
    ],
)
def test_a_channels_words_are_quoted_without_what_may_be_a_buyers(wrote: str, shown: str) -> None:
    assert excerpt(wrote) == shown


def test_a_channels_words_are_short_and_no_number_is_let_through_by_the_cut() -> None:
    told = excerpt("x" * 75 + " 0912345678 " + "y" * 5000)
    assert len(told) == 82
    assert not any(letter.isdigit() for letter in told)


@pytest.mark.parametrize(
    ("wrote", "told"),
    [
        ("Khách An (0912345678, an.nguyen@d.vn) từ chối", "Khách An (…, …) từ chối"),
        ("call +84 912 345 678 or (091) 234.56.78 or 84912345678", "call … or (… or …"),
        ("order 2404098R48U37H, 578123456789012345 and DH000001: HTTP 503", None),
        ("2026-09-01 10:00:00, 12.345.678 ₫, 192.168.100.200", None),
        ("one\nline\x1b[2J\u202e", "one line[2J"),
        ("Shopee refuses: “order 260901ABCD1234 … not found”", None),
    ],
)
def test_an_errors_text_names_no_phone_and_no_mail_whoever_made_it_and_keeps_all_other_words(
    wrote: str, told: str | None
) -> None:
    assert str(ChannelError(wrote, Advice.RETRY)) == (wrote if told is None else told)
    assert str(ChannelError(str(ChannelError(wrote, Advice.RETRY)), Advice.SKIP)) == (wrote if told is None else told)
    assert Unreadable("A-1", wrote).why == Unreadable.of({}, "A-1", wrote).why == (wrote if told is None else told)


def test_an_errors_text_is_bounded_and_no_phone_is_let_through_by_the_cut() -> None:
    text = str(ChannelError("x" * 395 + " 0912345678 " + "y" * 5_000, Advice.RETRY))
    assert len(text) <= 400
    assert not any(letter.isdigit() for letter in text)


def test_own_words_hold_nothing_of_what_the_channel_wrote() -> None:
    error = f"Tiki does not have it ({excerpt('Nguyen Van A')}), and {excerpt('Tran B')}"
    assert own_words(error) == "Tiki does not have it (“…”), and “…”"
    assert own_words("cut off “Nguyen V") == "cut off “…”"


def test_a_code_is_one_short_word_whatever_the_channel_sends() -> None:
    assert ChannelError("x", Advice.RETRY, code="order. error_param").code == "order.error_param"
    assert ChannelError("x", Advice.RETRY, code="Nguyễn A\n{}/" * 9).code == ("Nguy_nA___" * 9)[:40]
