"""Single orders read again: those that a listing lacked, that vanished, wait for tracking, or whose number is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.domain.orders import IncomingParcel, Outcome, Refund, Status
from packstation.domain.times import DAY, HOUR, MINUTE
from packstation.store import rereads
from packstation.store.database import rows_of
from packstation.store.rereads import Why
from sync.channels.errors import ChannelError
from sync.pull import RECENT
from tests.factories import NOW, an_order
from tests.sync.scripted import Pulling, ScriptedChannel, changed, pulling, stored

pytestmark = pytest.mark.usefixtures("sqlite_database")


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


async def test_a_parked_record_whose_order_is_gone_is_forgotten() -> None:
    channel = ScriptedChannel([changed("A-1", NOW - HOUR)], there={})
    at = await pulling(channel, NOW)

    def asked() -> None:
        rereads.park(at.store.shop_id, [("A-9", "no price")], NOW)
        rereads.ask_to_reread(at.store.shop_id, ["A-9"], Why.MISSING, 0)

    for _time in range(2):
        await at.in_db(asked)
        await at.pull.reread_due()
    assert await at.in_db(rereads.parked) == []


async def test_an_order_that_is_gone_is_not_looked_for_any_more_until_it_is_listed_again() -> None:
    channel = ScriptedChannel([changed("A-1", NOW - HOUR), changed("A-2", NOW - 1_000)])
    at = await pulling(channel, NOW)
    await at.pull.history()
    there = channel.listed
    assert await at.store.take_as_gone("A-1")
    channel.listed = there[1:]
    await at.pull.reconcile()
    assert channel.read == []
    channel.listed = there
    await at.pull.reconcile()
    assert await at.in_db(stored) == {"A-1": "to_pack", "A-2": "to_pack"}


async def test_an_order_that_ended_keeps_its_end_when_its_record_is_deleted() -> None:
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


async def ask(at: Pulling, *numbers: str) -> None:
    await at.in_db(lambda: rereads.ask_to_reread(at.store.shop_id, numbers, Why.HINT, 0))


async def test_a_number_that_the_channel_refuses_is_put_aside_and_the_others_are_read() -> None:
    channel = ScriptedChannel(refused=frozenset({"BAD"}))
    channel.there = {number: changed(number, NOW) for number in ("A-1", "A-2")}
    at = await pulling(channel, NOW)
    await ask(at, "A-1", "A-2", "BAD")
    assert await at.pull.reread_due() == 3
    assert await at.in_db(stored) == {"A-1": "to_pack", "A-2": "to_pack"}
    assert [row[:3] for row in await at.in_db(rereads.parked)] == [("shop-a", "BAD", "invalid order number")]
    assert await at.in_db(lambda: rows_of("SELECT number FROM reread")) == []


async def test_a_refused_number_that_a_listing_lacked_keeps_no_cursor_back() -> None:
    channel = ScriptedChannel([changed("BAD", NOW + 1_000), changed("A-1", NOW + 2_000), changed("A-2", NOW + 3_000)])
    at = await pulling(channel, NOW)
    at.now = NOW + MINUTE
    await at.pull.changes()
    channel.there = {"A-1": changed("A-1", NOW + 4_000, Status.LABEL_READY)}
    channel.listed, channel.refused = channel.listed[2:], frozenset({"BAD"})
    at.now = NOW + 2 * MINUTE
    await at.pull.changes()
    assert at.pull.progress.changes_until == NOW + 2 * MINUTE
    assert await at.in_db(stored) == {"BAD": "to_pack", "A-1": "label_ready", "A-2": "to_pack"}


async def test_a_channel_that_refuses_every_number_finds_no_fault_with_one() -> None:
    channel = ScriptedChannel([changed("A-1", NOW - HOUR)], refused=frozenset({"A-1", "X-1", "X-2"}))
    at = await pulling(channel, NOW)
    await at.pull.history()
    await ask(at, "X-1", "X-2")
    with pytest.raises(ChannelError, match="invalid order number"):
        await at.pull.reread_due()
    assert await at.in_db(rereads.parked) == []
    assert len(await at.in_db(lambda: rereads.due_rereads(at.store.shop_id, NOW, 9))) == 2


async def test_a_record_that_stays_unreadable_is_asked_for_later_and_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [NOW]
    monkeypatch.setattr("sync.rereading.database_now", lambda: now[0])
    channel = ScriptedChannel([changed("BAD", NOW - HOUR)], garbled=frozenset({"BAD"}))
    at = await pulling(channel, NOW)
    await ask(at, "BAD")
    waits = []
    for _time in range(5):
        assert await at.pull.reread_due() == 1
        [(due_at,)] = await at.in_db(lambda: rows_of("SELECT due_at FROM reread"))
        waits.append(due_at - now[0])
        now[0] = due_at
    assert waits == [5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, 6 * HOUR]
    channel.garbled = frozenset()
    await at.pull.reread_due()
    assert await at.in_db(stored) == {"BAD": "to_pack"}
    assert await at.in_db(lambda: rows_of("SELECT number FROM reread")) == []


@pytest.mark.parametrize("silently", [True, False])
async def test_an_old_orders_refunds_are_looked_at_again_where_they_can_be_deleted_without_a_word(
    silently: bool,
) -> None:
    at_last = NOW - RECENT - DAY
    old = an_order("OLD", placed_at=at_last, status=Status.COMPLETED, outcome=Outcome.DELIVERED, updated_at=at_last)
    refunded = replace(old, refunds=(Refund(0, 1, 5_000, at_last),), refunds_are_complete=True)
    channel = ScriptedChannel([refunded])
    channel.abilities = replace(channel.abilities, deletes_refunds_silently=silently)
    at = await pulling(channel, NOW)
    await at.pull.history()
    channel.listed = [replace(old, refunds_are_complete=True)]
    await at.pull.reconcile()
    assert channel.read == (["OLD"] if silently else [])
    left = await at.in_db(lambda: rows_of("SELECT count(*) FROM order_refund"))
    assert left == [(0 if silently else 1,)]
    await at.pull.reconcile()
    assert channel.read == (["OLD"] if silently else []), "an order without refunds has none to lose"


async def test_every_old_order_that_has_not_ended_gets_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.pull._UNENDED_AT_ONCE", 2)
    channel = ScriptedChannel([changed(f"OLD-{place}", NOW - RECENT - DAY + place) for place in range(5)])
    at = await pulling(channel, NOW)
    await at.pull.history()
    for _time in range(4):
        await at.pull.reconcile()
    assert channel.read == ["OLD-0", "OLD-1", "OLD-2", "OLD-3", "OLD-4", "OLD-0", "OLD-1"]
