"""Pulling: cursors, slices, second looks, lost and vanished orders, and a channel that says nothing all of a sudden."""

from __future__ import annotations

import pytest

from packstation.domain.orders import IncomingOrder, IncomingParcel, Status
from packstation.domain.times import DAY, HOUR, MINUTE
from packstation.store import rereads, sync_state
from packstation.store.database import rows_of
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.protocol import Abilities, Page, Span, Unreadable
from sync.pull import FIRST_SLICE, RECENT, SLICE, LostShopError
from tests.factories import NOW, an_order
from tests.sync.scripted import ScriptedChannel, pulling

pytestmark = pytest.mark.usefixtures("sqlite_database")


def changed(number: str, at: int, status: Status = Status.TO_PACK) -> IncomingOrder:
    return an_order(number, placed_at=at - HOUR, status=status, updated_at=at, buyer=None)


def stored() -> dict[str, str]:
    return dict(rows_of("SELECT number, status FROM orders"))


async def test_what_changed_is_stored_and_judged_and_only_then_the_cursor_moves() -> None:
    channel = ScriptedChannel()
    at = await pulling(channel, NOW)
    channel.listed = [changed(f"A-{place}", NOW + place * 1_000) for place in range(5)]
    at.now = NOW + MINUTE
    channel.errors = [None, None, ChannelError("down", Advice.RETRY)]
    with pytest.raises(ChannelError, match="down"):
        await at.pull.changes()
    assert len(await at.in_db(stored)) == 4
    assert at.pull.progress.changes_until == NOW
    assert await at.pull.changes() == 1
    assert len(await at.in_db(stored)) == 5
    assert at.pull.progress.changes_until == NOW + MINUTE
    assert (await at.in_db(lambda: sync_state.progress_of(at.store.shop_id))).changes_until == NOW + MINUTE


async def test_a_reading_overlaps_the_one_before_it_and_now_and_then_by_as_much_as_the_channel_indexes_late() -> None:
    channel = ScriptedChannel(abilities=Abilities(index_lag=600_000))
    at = await pulling(channel, NOW)
    for minute in (1, 2, 3):
        at.now = NOW + minute * MINUTE
        await at.pull.changes()
    assert [span.since for span in channel.spans] == [NOW - 10 * MINUTE, NOW - MINUTE, NOW]
    assert [span.until for span in channel.spans] == [NOW + MINUTE, NOW + 2 * MINUTE, NOW + 3 * MINUTE]


async def test_no_span_is_longer_than_the_channel_allows() -> None:
    channel = ScriptedChannel(abilities=Abilities(longest_span=15 * DAY))
    at = await pulling(channel, NOW)
    at.now = NOW + 40 * DAY
    await at.pull.changes()
    assert len(channel.spans) == 3
    assert all(span.until - span.since <= 15 * DAY for span in channel.spans)
    assert channel.spans[0].until == channel.spans[1].since


async def test_history_comes_newest_first_and_goes_on_after_an_interruption_where_it_was() -> None:
    channel = ScriptedChannel()
    channel.errors = [None, None, ChannelError("down", Advice.RETRY)]
    at = await pulling(channel, NOW)
    with pytest.raises(ChannelError, match="down"):
        await at.pull.history()
    done_to = at.pull.progress.history_done_to
    assert done_to is not None
    assert NOW - 9 * DAY <= done_to < NOW
    channel.spans.clear()
    again = await pulling(channel, NOW + HOUR)
    await again.pull.history()
    ends = [span.until for span in channel.spans]
    assert ends == sorted(ends, reverse=True)
    assert (ends[0], channel.spans[-1].since) == (done_to, NOW - 10 * DAY)
    assert again.pull.progress.history_is_done
    lengths = [span.until - span.since for span in channel.spans]
    assert lengths[0] == FIRST_SLICE
    assert max(lengths) == SLICE


async def test_an_order_that_a_page_lost_comes_with_the_second_look() -> None:
    lost = changed("LOST", NOW - 2 * DAY, Status.COMPLETED)
    channel = ScriptedChannel([])
    at = await pulling(channel, NOW)
    await at.pull.history()
    channel.listed = [lost]
    while await at.pull.next_second_look():
        pass
    assert await at.in_db(stored) == {"LOST": "completed"}
    assert at.pull.progress.checked_from == NOW - 10 * DAY


async def test_a_known_order_that_no_page_had_is_read_by_its_number() -> None:
    channel = ScriptedChannel([changed("A-1", NOW + 1_000)])
    at = await pulling(channel, NOW)
    at.now = NOW + MINUTE
    await at.pull.changes()
    moved_on = changed("A-1", NOW + 2_000, Status.LABEL_READY)
    channel.listed, channel.there = [changed("A-2", NOW + 3_000)], {"A-1": moved_on}
    at.now = NOW + 2 * MINUTE
    await at.pull.changes()
    assert await at.in_db(stored) == {"A-1": "label_ready", "A-2": "to_pack"}


async def test_a_channel_that_suddenly_lists_nothing_is_asked_again_before_it_is_believed() -> None:
    channel = ScriptedChannel([changed(f"A-{place}", NOW + place) for place in range(4)])
    at = await pulling(channel, NOW)
    at.now = NOW + 5 * MINUTE
    await at.pull.changes()
    channel.there = {order.number: order for order in channel.listed}
    channel.listed = []
    at.now = NOW + 6 * MINUTE
    for _time in range(3):
        at.pull._full_overlap_at = 0
        with pytest.raises(ChannelError, match="lists no orders"):
            await at.pull.changes()
    assert at.pull.progress.changes_until == NOW + 5 * MINUTE
    at.pull._full_overlap_at = 0
    await at.pull.changes()
    assert at.pull.progress.changes_until == NOW + 6 * MINUTE


async def test_pages_that_go_round_in_circles_are_noticed() -> None:
    class Circling(ScriptedChannel):
        async def changes(self, span: Span, cursor: str | None) -> Page:
            return Page((), "1")

    at = await pulling(Circling(), NOW)
    with pytest.raises(UnreadableAnswerError, match="circles"):
        await at.pull.walk(Span(NOW - DAY, NOW))


async def test_an_order_that_vanished_is_cancelled_once_the_channel_says_so_twice() -> None:
    old = changed("OLD", NOW - RECENT - DAY)
    channel = ScriptedChannel([old])
    at = await pulling(channel, NOW)
    await at.pull.history()
    channel.listed, channel.there = [], {}
    await at.pull.reconcile()
    assert await at.in_db(stored) == {"OLD": "to_pack"}
    for _time in range(2):
        await at.in_db(lambda: rereads.ask_to_reread(at.store.shop_id, ["OLD"], rereads.Why.HINT, 0))
        await at.pull.reread_due()
    assert await at.in_db(stored) == {"OLD": "cancelled"}
    assert await at.in_db(lambda: rows_of("SELECT outcome, channel_status FROM orders")) == [("cancelled", "gone")]
    assert await at.in_db(lambda: rereads.due_rereads(at.store.shop_id, NOW * 2, 10)) == []


async def test_an_order_that_ended_keeps_its_end_when_its_record_is_deleted() -> None:
    from packstation.domain.orders import Outcome

    done = an_order(
        "DONE", placed_at=NOW - 5 * DAY, status=Status.COMPLETED, outcome=Outcome.DELIVERED, updated_at=NOW - 4 * DAY
    )
    channel = ScriptedChannel([done])
    at = await pulling(channel, NOW)
    await at.pull.history()
    assert not await at.store.take_as_gone("DONE")
    assert await at.in_db(stored) == {"DONE": "completed"}


async def test_a_late_tracking_number_is_looked_for_until_it_is_there() -> None:
    labelled = changed("A-1", NOW + 1_000, Status.LABEL_READY)
    channel = ScriptedChannel([labelled])
    at = await pulling(channel, NOW)
    at.now = NOW + MINUTE
    await at.pull.changes()
    waits = "SELECT why, tries FROM reread"
    assert await at.in_db(lambda: rows_of(waits)) == [("no_tracking", 0)]
    await at.in_db(lambda: rows_of("UPDATE reread SET due_at = 0 RETURNING number"))
    assert await at.pull.reread_due() == 1
    assert await at.in_db(lambda: rows_of(waits)) == [("no_tracking", 1)]
    tracked = an_order(
        "A-1",
        placed_at=NOW,
        status=Status.LABEL_READY,
        updated_at=NOW + 2_000,
        buyer=None,
        parcels=(IncomingParcel(None, "SPX1"),),
    )
    channel.listed = [tracked]
    await at.in_db(lambda: rows_of("UPDATE reread SET due_at = 0 RETURNING number"))
    assert await at.pull.reread_due() == 1
    assert await at.in_db(lambda: rows_of(waits)) == []


async def test_a_record_that_makes_no_order_is_parked_and_the_rest_comes() -> None:
    channel = ScriptedChannel([changed("A-1", NOW + 1_000)], unreadable=(Unreadable("BAD", "no price"),))
    at = await pulling(channel, NOW)
    at.now = NOW + MINUTE
    await at.pull.changes()
    assert [row[:3] for row in await at.in_db(rereads.parked)] == [("shop-a", "BAD", "no price")]
    assert await at.in_db(stored) == {"A-1": "to_pack"}
    channel.unreadable = ()
    channel.listed.append(changed("BAD", NOW + 2_000))
    await at.pull.changes()
    assert await at.in_db(rereads.parked) == []


async def test_a_daemon_that_lost_its_shop_moves_no_cursor() -> None:
    at = await pulling(ScriptedChannel(), NOW)
    await at.in_db(lambda: rows_of("UPDATE shop_sync SET daemon = 'other' RETURNING shop_id"))
    at.now = NOW + MINUTE
    with pytest.raises(LostShopError):
        await at.pull.changes()
    assert (await at.in_db(lambda: sync_state.progress_of(at.store.shop_id))).changes_until == NOW


async def test_a_channel_that_finds_nothing_any_more_has_lost_nothing() -> None:
    channel = ScriptedChannel([changed("OLD", NOW - DAY), changed("NEW", NOW - HOUR)])
    at = await pulling(channel, NOW)
    await at.pull.history()
    channel.there = {}
    for _time in range(4):
        await at.in_db(lambda: rereads.ask_to_reread(at.store.shop_id, ["OLD"], rereads.Why.MISSING, 0))
        with pytest.raises(ChannelError, match="nothing is taken as gone"):
            await at.pull.reread_due()
    assert await at.in_db(stored) == {"OLD": "to_pack", "NEW": "to_pack"}


async def test_one_answer_without_it_is_not_enough_for_an_order_that_was_read_again_for_its_tracking_number() -> None:
    labelled, other = changed("A-1", NOW - DAY, Status.LABEL_READY), changed("A-2", NOW - HOUR)
    channel = ScriptedChannel([labelled, other])
    at = await pulling(channel, NOW)
    await at.pull.history()
    for _time in range(3):
        await at.in_db(lambda: rows_of("UPDATE reread SET due_at = 0 RETURNING number"))
        await at.pull.reread_due()
    channel.there = {"A-2": other}
    await at.in_db(lambda: rows_of("UPDATE reread SET due_at = 0 RETURNING number"))
    await at.pull.reread_due()
    assert await at.in_db(stored) == {"A-1": "label_ready", "A-2": "to_pack"}


async def test_a_second_look_that_does_not_list_what_is_known_is_no_look() -> None:
    known, lost = (
        changed("KNOWN", NOW - 2 * DAY, Status.COMPLETED),
        changed("LOST", NOW - 2 * DAY + 1, Status.COMPLETED),
    )
    channel = ScriptedChannel([known])
    at = await pulling(channel, NOW)
    await at.pull.history()
    channel.there = {"KNOWN": known, "LOST": lost}
    channel.listed = []
    assert await at.pull.next_second_look()
    assert at.pull.progress.checked_from == NOW
    channel.listed = [known, lost]
    while await at.pull.next_second_look():
        pass
    assert await at.in_db(stored) == {"KNOWN": "completed", "LOST": "completed"}
