"""What is stored in English is shown in the language of whoever looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from packstation.locale import in_this_language, language, said, use_language


@pytest.fixture(autouse=True)
def _vietnamese() -> Iterator[None]:
    before = language()
    use_language("vi")
    yield
    use_language(before)


def test_what_is_said_is_english_whatever_the_language_in_use() -> None:
    assert said("Tiki does not have it ({said})", said="“x”") == "Tiki does not have it (“x”)"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("the channel cannot be reached", "không kết nối được tới kênh bán"),
        (
            said("Tiki refuses the call (HTTP {status}: {said})", status=400, said="“bad (page)”"),
            "Tiki từ chối yêu cầu (HTTP 400: “bad (page)”)",
        ),
        (said("{field}: no amount", field="item.price"), "item.price: không phải số tiền"),
        (
            "the database does not answer (database is locked): end what keeps it locked; the rest comes by itself",
            "cơ sở dữ liệu không trả lời (database is locked): hãy tắt thứ đang khóa nó; phần còn lại sẽ tự chạy tiếp",
        ),
        (
            "the database does not answer (database or disk is full): make room on the disk; the rest comes by itself",
            "cơ sở dữ liệu không trả lời (database or disk is full): hãy dọn bớt ổ đĩa cho có chỗ trống;"
            " phần còn lại sẽ tự chạy tiếp",
        ),
        (
            said("nobody logged in to {shop} yet: run `packstation sync login {shop}`", shop="'Kẹo 1'"),
            "chưa ai kết nối 'Kẹo 1': chạy `packstation sync login 'Kẹo 1'`",
        ),
        (
            said("Nhanh's order is unreadable: {error}", error=said("createdDateTime: missing")),
            "không đọc được đơn của Nhanh: thiếu createdDateTime",
        ),
        ("HTTP 502: the answer is an HTML page", "HTTP 502: câu trả lời là một trang web (HTML)"),
        ("a third party's own words", "a third party's own words"),
        ("không kết nối được tới kênh bán", "không kết nối được tới kênh bán"),
        ("", ""),
    ],
)
def test_a_stored_text_is_known_again_with_what_was_put_into_it(stored: str, shown: str) -> None:
    assert in_this_language(stored) == shown


def test_the_language_may_change_while_the_program_runs() -> None:
    stored = said("{field}: too large", field="total")
    assert in_this_language(stored) == "total: quá lớn"
    use_language("en")
    assert in_this_language(stored) == stored


def test_a_value_that_is_one_word_stays_what_it_is() -> None:
    assert "(files" in in_this_language(said("Nhanh does not have it ({said})", said="files"))


def test_a_hostile_text_costs_no_time() -> None:
    text = "HTTP " + "(: " * 190
    assert in_this_language(text) == text
