"""Storing what channels hand in: in pieces, so that a desk waits for milliseconds; broken off, it completes when handed in again."""

from __future__ import annotations

import pytest

from packstation.domain.orders import IncomingOrder, IncomingParcel, Status
from packstation.domain.times import HOUR
from packstation.store import rereads
from packstation.store.database import DatabaseAwayError, rows_of
from sync.bulk_storing import BulkStore
from sync.channels.protocol import Unreadable
from sync.pieces import PIECE
from sync.storing import MANY, ShopStore
from sync.web.rates import urgently
from tests.factories import NOW, an_order
from tests.sync.scripted import ScriptedChannel, pulling

pytestmark = pytest.mark.usefixtures("sqlite_database")


def orders(count: int, first: int = 0) -> list[IncomingOrder]:
    return [
        an_order(f"A-{place:03}", placed_at=NOW - HOUR, updated_at=NOW + place, buyer=None)
        for place in range(first, first + count)
    ]


async def test_a_page_is_stored_in_pieces_and_one_broken_off_completes_when_it_is_handed_in_again() -> None:
    at = await pulling(ScriptedChannel(), NOW)
    jobs = 0

    async def failing(work: object) -> object:
        nonlocal jobs
        jobs += 1
        if jobs == 3:
            raise DatabaseAwayError("database or disk is full")
        return await at.in_db(work)  # type: ignore[arg-type]

    broken = ShopStore(at.store.place, at.store.shop, at.store.shop_id, failing, BulkStore())  # type: ignore[arg-type]
    page = orders(3 * PIECE + 1)
    with pytest.raises(DatabaseAwayError):
        await broken.take(page)
    assert await at.in_db(lambda: rows_of("SELECT count(*) FROM orders")) == [(2 * PIECE,)]
    assert await at.in_db(lambda: rows_of("SELECT count(DISTINCT order_id) FROM order_item")) == [(2 * PIECE,)]
    assert await at.store.take(page) == PIECE + 1
    assert await at.store.take(page) == 0
    assert await at.in_db(lambda: rows_of("SELECT count(*) FROM orders")) == [(len(page),)]
    await at.in_db.close()


async def test_only_a_bulk_that_nobody_waits_for_is_stored_by_a_process_of_its_own() -> None:
    at = await pulling(ScriptedChannel(), NOW)
    handed_over: list[int] = []

    async def in_bulk(_shop: object, _shop_id: int, some: list[IncomingOrder]) -> int:
        handed_over.append(len(some))
        return len(some)

    store = ShopStore(at.store.place, at.store.shop, at.store.shop_id, at.in_db, in_bulk)  # type: ignore[arg-type]
    await store.take(orders(MANY - 1))
    with urgently():
        await store.take(orders(MANY, first=MANY))
    assert handed_over == []
    assert await store.take(orders(MANY, first=2 * MANY)) == MANY
    assert handed_over == [MANY]
    await at.in_db.close()


async def test_what_is_labelled_without_a_tracking_number_is_noted_and_settled_by_one() -> None:
    at = await pulling(ScriptedChannel(), NOW)

    def labelled(updated_at: int, *parcels: IncomingParcel) -> IncomingOrder:
        return an_order(
            "A-1", placed_at=NOW, status=Status.LABEL_READY, updated_at=updated_at, buyer=None, parcels=parcels
        )

    await at.store.take([labelled(NOW)])
    waiting = "SELECT number, why FROM reread"
    assert await at.in_db(lambda: rows_of(waiting)) == [("A-1", "no_tracking")]
    await at.store.take([labelled(NOW + 1, IncomingParcel(None, "SPX1"))])
    assert await at.in_db(lambda: rows_of(waiting)) == []
    await at.in_db.close()


async def test_a_record_that_makes_no_order_is_parked_once_and_taken_out_when_it_can_be_read() -> None:
    at = await pulling(ScriptedChannel(), NOW)
    for why in ("no price", "no currency"):
        await at.store.take(orders(1), [Unreadable("A-001", why)])
    assert [row[1:3] for row in await at.in_db(rereads.parked)] == [("A-001", "no currency")]
    await at.store.take(orders(1, first=1))
    assert await at.in_db(rereads.parked) == []
    await at.in_db.close()


async def test_records_that_tell_no_number_are_parked_each_for_itself_and_no_order_takes_them_out() -> None:
    at = await pulling(ScriptedChannel(), NOW)
    nameless = [Unreadable.of({"id": None, "total": total}, "", "id: missing") for total in (1, 2)]
    nameless.append(Unreadable("", "more orders changed than the channel lists"))
    for _time in range(2):
        await at.store.take(orders(1), [*nameless, Unreadable("A-001", "no price")])
    numbers = [row[1] for row in await at.in_db(rereads.parked)]
    assert len(set(numbers)) == len(numbers) == 4
    await at.store.take(orders(3))
    assert sorted(row[1] for row in await at.in_db(rereads.parked)) == sorted(one.key for one in nameless)
    assert all(number[0] == "?" and len(number) < 20 for number in numbers if number != "A-001")
    await at.in_db.close()


def test_a_record_without_a_number_is_known_again_however_its_fields_are_ordered_and_its_number_counts_first() -> None:
    one, other = (Unreadable.of(record, "", "why") for record in ({"a": 1, "b": "ê"}, {"b": "ê", "a": 1}))
    assert one == other
    assert one.key != Unreadable.of({"a": 2}, "", "why").key
    assert Unreadable.of({"a": 1}, "A-1", "why") == Unreadable("A-1", "why")
    assert "ê" not in one.key


async def test_an_order_that_is_gone_is_cancelled_once() -> None:
    at = await pulling(ScriptedChannel(), NOW)
    await at.store.take(orders(1))
    assert await at.store.take_as_gone("A-000")
    assert not await at.store.take_as_gone("A-000")
    assert not await at.store.take_as_gone("NEVER-SEEN")
    assert await at.in_db(lambda: rows_of("SELECT number, status FROM orders")) == [("A-000", "cancelled")]
    await at.in_db.close()
