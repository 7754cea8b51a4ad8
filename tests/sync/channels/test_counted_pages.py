"""Walking pages that shift."""

from __future__ import annotations

import pytest

from sync.channels.counted_pages import Place
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError


@pytest.mark.parametrize(
    ("total", "pages"), [(400, []), (401, []), (399, [3]), (350, [3]), (349, [2, 3]), (201, [1, 2, 3]), (1, [1, 2, 3])]
)
def test_pages_that_rows_moved_to_are_read_again(total: int, pages: list[int]) -> None:
    assert [one.page for one in Place(50, 4, 400).earlier(total)] == pages


def test_a_span_that_is_suddenly_empty_is_not_believed() -> None:
    with pytest.raises(UnreadableAnswerError):
        Place(50, 4, 400).earlier(0)
    assert Place(50).earlier(0) == []


def test_a_page_is_as_long_as_what_is_left() -> None:
    fourth = Place(50, 4, 400)
    assert [fourth.rows_due(total) for total in (400, 170, 100)] == [50, 20, 0]


def test_the_last_page_has_none_behind_it() -> None:
    assert Place(50, 4).next(200) is None
    assert Place(50, 4).next(201) == Place(50, 5, 201)
    assert Place(50).next(0) is None


def test_a_place_is_kept_as_its_cursor() -> None:
    assert Place.of_cursor(None, 50) == Place(50)
    assert Place.of_cursor(Place(50, 4, 400).cursor, 50) == Place(50, 4, 400)


@pytest.mark.parametrize("cursor", ["", "x", "0:1", "1:", "-1:5", "1:2:3", "\u0661:1", "9" * 30 + ":1"])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ChannelError) as caught:
        Place.of_cursor(cursor, 50)
    assert caught.value.advice is Advice.GIVE_UP
