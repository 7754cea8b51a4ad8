"""Pulling: cursors, slices, second looks, clocks, lost orders, and a channel that says nothing all of a sudden."""

from __future__ import annotations

import asyncio

import pytest

from packstation.domain.orders import IncomingBalance, Status
from packstation.domain.times import DAY, HOUR, MINUTE
from packstation.store import rereads, sync_state
from packstation.store.database import rows_of
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Abilities, Page, Span, Unreadable
from sync.pull import FIRST_SLICE, SLICE, LostShopError
from tests.factories import NOW
from tests.sync.scripted import ScriptedChannel, changed, pulling, stored

pytestmark = pytest.mark.usefixtures("sqlite_database")


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
    assert [span.since for span in channel.spans] == [NOW - 15 * MINUTE, NOW - MINUTE, NOW]
    assert [span.until for span in channel.spans] == [NOW + MINUTE, NOW + 2 * MINUTE, NOW + 3 * MINUTE]


async def test_no_change_is_missed_that_a_channel_lists_as_late_as_it_may() -> None:
    late = {f"A-{place}": NOW + place * MINUTE + MINUTE // 2 for place in range(1, 12)}
    channel = ScriptedChannel(abilities=Abilities(index_lag=600_000))
    at = await pulling(channel, NOW)
    for minute in range(1, 30):
        at.now = NOW + minute * MINUTE
        channel.listed = [changed(number, told) for number, told in late.items() if told + 9 * MINUTE <= at.now]
        channel.there = {}
        await at.pull.changes()
    assert set(await at.in_db(stored)) == set(late)


async def test_a_clock_that_is_set_back_is_followed_and_the_channel_is_asked_all_the_same() -> None:
    channel = ScriptedChannel([changed("A-1", NOW - 1_000)], abilities=Abilities(index_lag=0))
    at = await pulling(channel, NOW + HOUR)
    at.now = NOW
    assert await at.pull.changes() == 1
    assert at.pull.progress.changes_until == NOW
    at.now = NOW + MINUTE
    await at.pull.changes()
    assert channel.spans[-1].until == NOW + MINUTE
    assert NOW - MINUTE < channel.spans[-1].since < NOW
    at.now = NOW - HOUR
    await at.pull.newest()
    assert all(span.since < span.until for span in channel.spans)


async def test_after_a_clock_was_set_back_as_much_is_read_again_as_the_channel_indexes_late() -> None:
    channel = ScriptedChannel(abilities=Abilities(index_lag=600_000))
    at = await pulling(channel, NOW + HOUR)
    await at.pull.changes()
    at.now = NOW
    await at.pull.changes()
    assert channel.spans[-1] == Span(NOW - 15 * MINUTE, NOW)


async def test_a_cursor_never_passes_the_time_that_the_channels_answers_told() -> None:
    class Telling(ScriptedChannel):
        async def changes(self, span: Span, cursor: str | None) -> Page:
            at.now = NOW + MINUTE
            return await super().changes(span, cursor)

    at = await pulling(Telling(), NOW)
    at.now = NOW + HOUR
    await at.pull.changes()
    assert at.pull.progress.changes_until == NOW + MINUTE


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


async def test_more_days_of_history_are_fetched_once_more_are_wanted_and_fewer_change_nothing() -> None:
    channel = ScriptedChannel()
    at = await pulling(channel, NOW)
    await at.pull.history()
    channel.spans.clear()
    more = await pulling(channel, NOW + DAY, history_days=40)
    assert more.pull.progress.history_share == 0.25
    await more.pull.history()
    assert (channel.spans[0].until, channel.spans[-1].since) == (NOW - 10 * DAY, NOW - 40 * DAY)
    assert more.pull.progress.history_is_done
    fewer = await pulling(channel, NOW + 2 * DAY, history_days=5)
    assert (fewer.pull.progress.history_from, fewer.pull.progress.history_is_done) == (NOW - 40 * DAY, True)


async def test_cursors_that_move_at_the_same_time_leave_each_other_alone() -> None:
    at = await pulling(ScriptedChannel(), NOW)
    await asyncio.gather(
        at.pull._save(changes_until=NOW + 1), at.pull._save(history_done_to=NOW - 1), at.pull._save(checked_at=NOW)
    )
    saved = await at.in_db(lambda: sync_state.progress_of(at.store.shop_id))
    assert (saved.changes_until, saved.history_done_to, saved.checked_at) == (NOW + 1, NOW - 1, NOW)
    assert at.pull.progress == saved


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


@pytest.mark.parametrize("begun_again", [False, True])
async def test_what_came_while_the_channel_listed_nothing_is_in_its_first_honest_listing(begun_again: bool) -> None:
    channel = ScriptedChannel([changed("A-1", NOW + 1_000)])
    at = await pulling(channel, NOW)
    at.now = NOW + MINUTE
    await at.pull.changes()
    missed = [changed("LATE", NOW + 30_000), changed("A-2", NOW + 5 * MINUTE)]
    honest, channel.listed = [*channel.listed, *missed], []
    for minute in (10, 60, 120):
        at.now = NOW + minute * MINUTE
        await at.pull.changes()
    assert at.pull.progress.changes_until == NOW + 2 * HOUR
    if begun_again:
        at = await pulling(channel, NOW + 2 * HOUR)
    channel.listed = honest
    at.now = NOW + 3 * HOUR
    await at.pull.changes()
    assert set(await at.in_db(stored)) == {"A-1", "A-2", "LATE"}
    at.now += MINUTE
    await at.pull.changes()
    assert channel.spans[-1].since > NOW + 2 * HOUR


async def test_a_listing_of_balances_alone_is_no_silence() -> None:
    owing = IncomingBalance("KH1", 5_000, 3, NOW)
    channel = ScriptedChannel([changed("A-1", NOW + 1_000)], balances=(owing,))
    at = await pulling(channel, NOW)
    for minute in (1, 30, 60, 61):
        at.now = NOW + minute * MINUTE
        await at.pull.changes()
    assert channel.spans[-1].since == NOW + 58 * MINUTE


async def test_a_silent_channel_is_asked_for_half_a_day_at_most_and_for_no_order_by_its_number() -> None:
    channel = ScriptedChannel([changed("A-1", NOW + 1_000)])
    at = await pulling(channel, NOW)
    at.now = NOW + MINUTE
    await at.pull.changes()
    channel.there, channel.listed = {"A-2": changed("A-2", NOW + HOUR)}, []
    await at.pull.read_now(["A-2"])
    at.now = NOW + 2 * HOUR
    await at.pull.changes()
    channel.read.clear()
    at.now = NOW + 3 * HOUR
    await at.pull.changes()
    assert channel.spans[-1].since == NOW - 9 * MINUTE
    at.now = NOW + 40 * HOUR
    await at.pull.changes()
    assert channel.read == []
    at.now += MINUTE
    await at.pull.changes()
    assert channel.spans[-1] == Span(at.now - DAY // 2, at.now)


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
