"""WooCommerce: the walk through changed orders, call by call."""

from __future__ import annotations

import pytest

from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Span
from sync.channels.woocommerce.cursor import Cursor, Seen, cursor_of, following

SPAN = Span(1_788_000_000_000, 1_789_000_000_000)


def test_a_cursor_is_read_as_it_was_written_and_strange_ones_are_refused() -> None:
    cursor = Cursor("trash", 1_788_000_000, 3, 260)
    assert cursor_of(str(cursor)) == cursor
    for strange in ("", "any/1/2", "any/1/2/x", "all/1/2/3", "any/-1/0/0", "any/1/2/3/4"):
        with pytest.raises(ChannelError):
            cursor_of(strange)


def test_the_walk_goes_on_from_the_second_that_the_last_page_ended_in() -> None:
    cursor = Cursor("any", 1_788_000_000)
    seen = Seen(100, (1_788_000_000, 1_788_000_005, 1_788_000_007), 150, 2)
    assert following(cursor, seen, SPAN) == Cursor("any", 1_788_000_007)
    assert following(cursor, Seen(50, (1_788_000_007,), 50, 1), SPAN) == Cursor("trash", 1_788_000_000)
    assert following(Cursor("trash", 1_788_000_000), Seen(0, (), 0, 0), SPAN) is None


def test_a_crowded_second_begins_anew_whenever_its_total_falls_and_so_ends() -> None:
    second = 1_788_000_000
    assert following(Cursor("any", second), Seen(100, (second,) * 100, 250, 3), SPAN) == Cursor("any", second, 1, 250)
    on_two = Cursor("any", second, 2, 250)
    assert following(on_two, Seen(100, (second,) * 100, 249, 3), SPAN) == Cursor("any", second, 1, 249)
    assert following(on_two, Seen(0, (), 0, 0), SPAN) == Cursor("any", second, 1, 249)
    assert following(on_two, Seen(100, (second,) * 100, 250, 3), SPAN) == Cursor("any", second, 3, 250)
    assert following(Cursor("any", second, 3, 250), Seen(50, (second,) * 50, 250, 3), SPAN) == Cursor("any", second + 1)


def test_a_shop_that_lists_in_another_order_is_not_walked_through() -> None:
    with pytest.raises(ChannelError) as caught:
        following(Cursor("any", 1_788_000_000), Seen(100, (1_788_000_009, 1_788_000_001), 150, 2), SPAN)
    assert caught.value.advice is Advice.GIVE_UP


def test_what_is_asked_stays_within_what_running_shops_accept() -> None:
    for cursor in (Cursor("any", 1_788_000_000), Cursor("trash", 1_788_000_000, 7, 900)):
        query = dict(cursor.query(SPAN))
        assert (query["per_page"], query["order"], query["dates_are_gmt"]) == ("100", "asc", "true")
        assert query["orderby"] in ("modified", "id")
        assert int(query["page"]) >= 1
        assert query["modified_after"] == "2026-08-29T10:39:59"
