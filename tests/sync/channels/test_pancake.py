"""The Pancake POS connector before a simulated shop, over a real socket; and its records one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.orders import (
    FailureCause,
    IncomingOrder,
    IncomingParcel,
    Item,
    OrderKind,
    Origin,
    Outcome,
    Status,
    TimedStatus,
)
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, HOUR, SECOND, parse_iso
from sync.channels.errors import Advice, ChannelError, UnreadableRecordError
from sync.channels.pancake import open_pancake
from sync.channels.pancake.mapping import Mapper
from sync.channels.pancake.wire import OrderWire
from sync.channels.protocol import Channel, Decision, PushDelivery, PushVerdict, Span
from sync.credentials.credential import Credential
from sync.sandbox.channels import pancake
from sync.sandbox.faults import Fault, everything
from sync.sandbox.market.facts import Facts
from sync.sandbox.server import serving
from sync.sandbox.stand import real_clock
from sync.sandbox.truth import Expected
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from tests.sync.channels.stands import QUICK, AtStand, HeldTokens, at_stand
from tests.sync.channels.understood import understood

KEY = "11111111-2222-4333-8444-555555555555"
SHOP = ShopConfig(name="Pancake", channel="pancake", account={"shop_id": "7"}, statuses={"Mới": Status.TO_PACK})
ITEM = {"quantity": 2, "variation_info": {"name": "Áo", "detail": "Đỏ, M", "display_id": "AO", "retail_price": 150000}}


def utc(text: str) -> int:
    return parse_iso(text, "UTC")


def truth(stand: AtStand) -> dict[str, Expected]:
    return {facts.number: pancake.expected(facts) for facts in every_facts(stand)}


def every_facts(stand: AtStand) -> list[Facts]:
    return list(stand.stand.market.every(stand.stand.clock()))


async def walked(stand: AtStand, span: Span | None = None) -> tuple[dict[str, Expected], int]:
    """All orders of a span as they were understood, and how many pages they took."""
    span = span or Span(stand.opened_at - 40 * DAY, stand.opened_at + SECOND)
    found: dict[str, Expected] = {}
    cursor, pages = None, 0
    while pages == 0 or cursor is not None:
        page = await stand.channel.changes(span, cursor)
        assert page.unreadable == ()
        found |= {order.number: understood(order) for order in page.orders}
        cursor, pages = page.next_cursor, pages + 1
    return found, pages


async def test_every_order_is_understood_as_it_is() -> None:
    async with at_stand("pancake", orders=250) as stand:
        found, pages = await walked(stand)
        right = truth(stand)
        assert found == right
        assert pages >= 3
        assert {one.outcome for one in right.values()} >= {
            Outcome.DELIVERED,
            Outcome.CANCELLED,
            Outcome.DELIVERY_FAILED,
        }


async def test_orders_read_one_by_one_are_the_same() -> None:
    async with at_stand("pancake", orders=60) as stand:
        right = truth(stand)
        read = await stand.channel.orders([*right, "999999", "", "a/b", ".."])
        assert {order.number: understood(order) for order in read.orders} == right
        assert set(read.missing) == {"999999", "", "a/b", ".."}


async def test_the_timeline_is_the_histories() -> None:
    async with at_stand("pancake", orders=60) as stand:
        facts = next(
            one
            for one in every_facts(stand)
            if one.status is Status.COMPLETED and not any(line.returned for line in one.lines)
        )
        (order,) = (await stand.channel.orders([facts.number])).orders
        known = [(one.status, one.known_at) for one in order.statuses if one.status is not Status.CHANNEL_HOLD]
        assert known == [
            (one.status, one.at // SECOND * SECOND) for one in facts.passed if one.status is not Status.UNPAID
        ]
        delivered = facts.reached(Status.DELIVERED)
        assert delivered is not None
        assert [one.known_at for one in order.outcomes] == [delivered // SECOND * SECOND]


async def test_what_changed_in_a_second_comes_without_the_rest() -> None:
    async with at_stand("pancake", orders=80) as stand:
        newest = max(facts.updated_at for facts in every_facts(stand))
        found, _pages = await walked(stand, Span(newest, newest + 1))
        assert 0 < len(found) < 10


async def test_a_code_leads_to_its_order_and_to_no_other() -> None:
    async with at_stand("pancake", orders=60) as stand:
        facts = next(one for one in every_facts(stand) if one.packages[0].tracking and one.origin)
        assert facts.origin is not None
        for code in (facts.number, f" {facts.packages[0].tracking} ", facts.origin.number.lower()):
            assert await stand.channel.find(code) == (facts.number,)
        assert await stand.channel.find(facts.number[:3]) == ()
        before = sum(stand.stand.calls.values())
        assert await stand.channel.find("Nguyễn Văn A") == ()
        assert sum(stand.stand.calls.values()) == before


async def test_a_note_is_written_once_below_what_stands_there() -> None:
    async with at_stand("pancake", orders=3) as stand:
        number = every_facts(stand)[0].number
        first = Decision(number, DecisionKind.NOTE, "k1", 1, text="Đã gọi, giữ hàng")
        second = replace(first, idempotency_key="k2", text="Khách nhận thứ bảy")
        for decision in (first, first, second, first):
            await stand.channel.deliver(decision)
        facts = stand.stand.market.facts(number, stand.stand.clock())
        assert facts is not None
        assert facts.seller_note == "Đã gọi, giữ hàng\nKhách nhận thứ bảy"


@pytest.mark.parametrize(("number", "kind"), [("999999", DecisionKind.NOTE), ("1", DecisionKind.PACKED)])
async def test_what_cannot_be_told_is_parked(number: str, kind: DecisionKind) -> None:
    async with at_stand("pancake", orders=1) as stand:
        with pytest.raises(ChannelError) as caught:
            await stand.channel.deliver(Decision(number, kind, "k", 1, text="x"))
        assert caught.value.advice is Advice.SKIP


async def test_a_wrong_key_is_the_sellers_to_mend_and_stands_in_no_error() -> None:
    async with at_stand("pancake", orders=1) as stand:
        stand.tokens.credential = Credential({"api_key": KEY})
        with pytest.raises(ChannelError) as caught:
            await stand.channel.check()
        assert caught.value.advice is Advice.ASK_SELLER
        assert KEY not in str(caught.value)


async def test_a_shop_that_is_not_the_keys_is_the_sellers_to_mend() -> None:
    async with at_stand("pancake", orders=1, account={"shop_id": "5"}) as stand:
        with pytest.raises(ChannelError) as caught:
            await stand.channel.changes(Span(0, 1), None)
        assert caught.value.advice is Advice.ASK_SELLER


@pytest.mark.parametrize("fault", [Fault.LYING_TYPE, Fault.CUT_OFF, Fault.HTML_PAGE, Fault.SERVER_ERROR])
async def test_an_answer_that_is_none_is_tried_again(fault: Fault) -> None:
    async with at_stand("pancake", orders=3, faults={fault: 1.0}) as stand:
        with pytest.raises(ChannelError) as caught:
            await stand.channel.check()
        assert caught.value.advice is Advice.RETRY
        assert sum(stand.stand.calls.values()) > 1


async def test_pages_that_shift_lose_nothing() -> None:
    async with at_stand("pancake", orders=250, faults={Fault.SHIFTED: 1.0}) as stand:
        found, _pages = await walked(stand)
        assert set(found) == set(truth(stand))


async def test_orders_that_change_while_they_are_walked_take_no_other_along() -> None:
    now = [real_clock()]
    async with at_stand("pancake", orders=400, days=5, clock=lambda: now[0]) as stand:
        span = Span(stand.opened_at - 40 * DAY, stand.opened_at)
        found, cursor, pages = set[str](), None, 0
        while pages == 0 or cursor is not None:
            page = await stand.channel.changes(span, cursor)
            found |= {order.number for order in page.orders}
            cursor, pages = page.next_cursor, pages + 1
            now[0] += 3 * HOUR
        still = {facts.number for facts in every_facts(stand) if facts.updated_at < span.until}
        moved = [facts for facts in every_facts(stand) if facts.placed_at < span.until <= facts.updated_at]
        assert len(still) > 100
        assert len(moved) > 30
        assert still <= found


async def test_with_every_fault_the_walks_together_bring_everything() -> None:
    faults = {**everything(0.08), **dict.fromkeys((Fault.SLOW, Fault.STALLED, Fault.TOO_LARGE, Fault.TOO_OFTEN), 0.0)}
    async with at_stand("pancake", orders=150, faults={**faults, Fault.MAINTENANCE: 0.0}, seed=5) as stand:
        found: dict[str, Expected] = {}
        for _round in range(8):
            found |= (await walked(stand))[0]
        assert found == truth(stand)
        assert len(stand.stand.faults.struck) > 3


async def test_a_cursor_of_somebody_else_is_refused() -> None:
    async with at_stand("pancake", orders=1) as stand:
        for cursor in ("", "1", "1:", "-1:1", "orders:1:0"):
            with pytest.raises(ChannelError) as caught:
                await stand.channel.changes(Span(0, 1), cursor)
            assert caught.value.advice is Advice.GIVE_UP


def test_a_delivery_that_nobody_signed_is_not_believed() -> None:
    channel = open_pancake(SHOP, Connection(HeldTokens(Credential())))
    read = channel.read_push(PushDelivery("https://hooks.example/p", {}, b'{"id":1}'), Credential({"api_key": KEY}))
    assert (read.verdict, read.hint, channel.abilities.pushes) == (PushVerdict.FORGED, None, False)


def an_order(**fields: Any) -> dict[str, Any]:
    return {
        "id": 480,
        "system_id": 480,
        "status": 1,
        "status_name": "submitted",
        "inserted_at": "2026-05-07T11:04:38.590469",
        "updated_at": "2026-05-07T11:04:39.135433",
        "order_currency": "VND",
        "total_price": 300000,
        "shipping_fee": 20000,
        "total_price_after_sub_discount": 320000,
        "money_to_collect": 320000,
        "cod": 320000,
        "bill_full_name": "Chị Hoa",
        "bill_phone_number": "0900000000",
        "customer": {"id": "bbbb", "fb_id": "99", "name": "Hoa Nguyễn"},
        "items": [ITEM],
        "status_history": [{"status": 1, "updated_at": "2026-05-07T11:04:38", "editor_id": KEY}],
        **fields,
    }


def mapped(**fields: Any) -> IncomingOrder:
    return Mapper(SHOP).order(OrderWire.model_validate(an_order(**fields)))


def test_an_orders_plain_fields() -> None:
    order = mapped(note="gọi trước", note_print="giao chiều", custom_id="SOC-1", order_sources_name="Facebook")
    assert (order.number, order.total, order.cod, order.to_collect) == ("480", 320_000, True, 320_000)
    assert order.placed_at == utc("2026-05-07T11:04:38.590")
    assert order.items == (Item("AO", "Áo · Đỏ, M", 2, 150_000, 300_000),)
    assert order.buyer is not None
    assert (order.buyer.external_id, order.buyer.name, order.buyer.also) == ("bbbb", "Chị Hoa", ("99",))
    assert (order.seller_note, order.buyer_note, order.also, order.source) == (
        "gọi trước",
        "giao chiều",
        ("SOC-1",),
        "Facebook",
    )
    assert order.statuses == (TimedStatus(Status.TO_PACK, "Đã xác nhận", utc("2026-05-07T11:04:38")),)
    assert KEY not in repr(OrderWire.model_validate(an_order()))


@pytest.mark.parametrize(
    ("creator", "name"), [({"name": "Mai", "id": KEY}, "Mai"), ({"id": KEY}, ""), (KEY, ""), (None, "")]
)
def test_who_created_it_is_told_by_name_only(creator: object, name: str) -> None:
    assert mapped(creator=creator).created_by == name


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (0, Status.TO_PACK),
        (17, Status.CHANNEL_HOLD),
        (11, Status.CHANNEL_HOLD),
        (20, Status.CHANNEL_HOLD),
        (12, Status.TO_PACK),
        (13, Status.TO_PACK),
        (8, Status.TO_PACK),
        (9, Status.LABEL_READY),
        (2, Status.SHIPPED),
        (3, Status.DELIVERED),
        (16, Status.COMPLETED),
        (15, Status.DELIVERED),
        (4, Status.RETURNING),
        (5, Status.RETURNED),
        (6, Status.CANCELLED),
        (7, Status.CANCELLED),
        ("2", Status.SHIPPED),
        (99, Status.CHANNEL_HOLD),
        (None, Status.CHANNEL_HOLD),
    ],
)
def test_a_status_means(code: object, status: Status) -> None:
    assert mapped(status=code, status_history=[]).statuses[-1].status is status


def test_a_status_that_no_document_knows_keeps_its_word() -> None:
    (now,) = mapped(status=99, status_name="waiting_for_moon", status_history=[]).statuses
    assert (now.status, now.channel_status, now.known_at) == (Status.CHANNEL_HOLD, "waiting_for_moon", None)


def test_a_confirmed_order_with_a_tracking_number_is_ready_to_go() -> None:
    order = mapped(partner={"partner_id": 1, "extend_code": "S58824.MB25.C3.500020713"})
    assert [one.status for one in order.statuses] == [Status.TO_PACK, Status.LABEL_READY]
    assert order.parcels == (IncomingParcel(None, "S58824.MB25.C3.500020713", "Giao hàng tiết kiệm"),)


@pytest.mark.parametrize(
    ("reason", "cause"),
    [(1, FailureCause.REFUSED), (2, None), (4, FailureCause.COURIER), ("4", FailureCause.COURIER), (None, None)],
)
def test_a_parcel_that_came_back_undelivered_says_by_whose_doing(reason: object, cause: FailureCause | None) -> None:
    history = [
        {"status": 5, "updated_at": "2026-05-12T08:00:00"},
        {"status": 2, "updated_at": "2026-05-08T08:00:00"},
        {"status": 4, "updated_at": "2026-05-10T08:00:00"},
    ]
    order = mapped(status=5, status_history=history, returned_reason=reason)
    assert [one.status for one in order.statuses] == [Status.SHIPPED, Status.RETURNING, Status.RETURNED]
    (ended,) = order.outcomes
    assert (ended.outcome, ended.cause) == (Outcome.DELIVERY_FAILED, cause)
    assert ended.known_at == utc("2026-05-10T08:00:00")


def test_what_came_back_after_delivery_is_counted_by_line() -> None:
    history = [
        {"status": 3, "updated_at": "2026-05-10T08:00:00"},
        {"status": 15, "updated_at": "2026-05-12T08:00:00"},
    ]
    part = mapped(status=15, status_history=history, items=[{**ITEM, "returned_count": 1}, ITEM])
    (refund,) = part.refunds
    assert (refund.line, refund.quantity, refund.amount) == (0, 1, 150_000)
    assert refund.known_at == utc("2026-05-12T08:00:00")
    assert [one.outcome for one in part.outcomes] == [Outcome.DELIVERED]
    whole = mapped(status=5, status_history=[*history, {"status": 5, "updated_at": "2026-05-13T08:00:00"}])
    assert [one.outcome for one in whole.outcomes] == [Outcome.DELIVERED, Outcome.RETURNED]


@pytest.mark.parametrize(
    ("fields", "cod", "to_collect"),
    [
        ({"money_to_collect": 0}, False, 0),
        ({"money_to_collect": None}, True, 320_000),
        ({"money_to_collect": None, "cod": None}, None, None),
        ({"money_to_collect": -80000}, False, 0),
        ({"received_at_shop": True}, False, 0),
        ({"total_price_after_sub_discount": 0, "money_to_collect": 0}, None, 0),
    ],
)
def test_what_is_collected_at_the_door(fields: dict[str, Any], cod: bool | None, to_collect: int | None) -> None:
    order = mapped(**fields)
    assert (order.cod, order.to_collect) == (cod, to_collect)


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({"discount_each_product": 10000}, 140_000),
        ({"discount_each_product": 10, "is_discount_percent": True}, 135_000),
        ({"is_bonus_product": True}, 0),
        ({"discount_each_product": 900000}, 0),
    ],
)
def test_a_lines_price_is_what_is_paid_for_a_piece(fields: dict[str, Any], price: int) -> None:
    assert mapped(items=[{**ITEM, **fields}]).items[0].price == price


@pytest.mark.parametrize(
    ("fields", "origin"),
    [
        ({"order_sources": "-3", "marketplace_id": "2610071NCT0GEY"}, Origin("shopee", "2610071NCT0GEY")),
        ({"order_sources": -4, "marketplace_id": 392562693522882}, Origin("lazada", "392562693522882")),
        ({"order_sources": "-7", "id": "576551803772635228"}, Origin("tiktok", "576551803772635228")),
        ({"order_sources": "-7"}, None),
        ({"order_sources": "-1", "marketplace_id": "1"}, None),
        ({"order_sources": None}, None),
    ],
)
def test_the_marketplaces_order(fields: dict[str, Any], origin: Origin | None) -> None:
    assert mapped(**fields).origin == origin


def test_exchanges_and_bookings_are_marked() -> None:
    order = mapped(is_exchange_order=True, additional_info={"booking_sn": "2405296R62JNTS"})
    assert (order.kind, order.booking) == (OrderKind.EXCHANGE, "2405296R62JNTS")


def test_a_total_that_is_missing_is_summed() -> None:
    assert mapped(total_price_after_sub_discount=None, total_discount=15000).total == 305_000


@pytest.mark.parametrize("fields", [{"inserted_at": "soon"}, {"items": [{**ITEM, "quantity": -1}]}])
def test_a_record_that_makes_no_order_says_why(fields: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRecordError):
        mapped(**fields)


@pytest.mark.parametrize("fields", [{"id": None}, {"items": [{"quantity": "many"}]}])
def test_a_record_of_another_shape_is_none(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        mapped(**fields)


@asynccontextmanager
async def told(status: int, body: Any) -> AsyncIterator[Channel]:
    """A connector before a server that answers everything alike."""

    async def answer(_request: Asked) -> Response:
        return JSONResponse(body, status)

    async with serving(Starlette(routes=[Route("/{path:path}", answer)])) as url:
        connection = Connection(HeldTokens(Credential({"api_key": KEY})), manners=QUICK)
        try:
            yield open_pancake(SHOP.model_copy(update={"api_host": url}), connection)
        finally:
            await connection.close()


async def test_bad_records_cost_no_other() -> None:
    hostile = an_order(id=481, bill_full_name="[bold]x[/]\x1b[2J" * 50, note="<script>")
    bad = [None, "480", {"id": 5}, an_order(id=482, inserted_at=""), an_order(id=483, items=[{"quantity": "NaN"}])]
    async with told(200, {"success": True, "data": [*bad, hostile, an_order()], "total_pages": 1}) as channel:
        page = await channel.changes(Span(0, 1), None)
        assert {order.number for order in page.orders} == {"480", "481"}
        assert [one.number for one in page.unreadable] == ["", "", "5", "482", "483"]
        assert len({one.key for one in page.unreadable}) == len(page.unreadable)
        assert page.next_cursor is None


@pytest.mark.parametrize(
    ("status", "body", "advice"),
    [
        (200, {"success": False, "message": f"api_key {KEY} is invalid"}, Advice.ASK_SELLER),
        (200, {"success": False, "message": f"cannot read {KEY}"}, Advice.GIVE_UP),
        (422, {"message": "bad page"}, Advice.GIVE_UP),
        (404, {}, Advice.ASK_SELLER),
        (200, {"success": True}, Advice.RETRY),
        (200, ["x"], Advice.RETRY),
        (200, {"success": True, "data": [], "total_entries": 5}, Advice.RETRY),
    ],
)
async def test_an_error_is_classed_and_shows_no_key(status: int, body: Any, advice: Advice) -> None:
    async with told(status, body) as channel:
        with pytest.raises(ChannelError) as caught:
            await channel.changes(Span(0, 1), None)
        assert caught.value.advice is advice
        assert KEY not in str(caught.value)


async def test_an_unsorted_listing_is_walked_by_page_numbers() -> None:
    rows = [an_order(id=place, updated_at=f"2026-05-07T1{place % 7}:00:00") for place in range(1, 251)]

    async def answer(request: Asked) -> Response:
        start = (int(request.query_params["page_number"]) - 1) * 100
        return JSONResponse({"success": True, "data": rows[start : start + 100], "total_pages": 3})

    async with serving(Starlette(routes=[Route("/{path:path}", answer)])) as url:
        connection = Connection(HeldTokens(Credential({"api_key": KEY})), manners=QUICK)
        channel = open_pancake(SHOP.model_copy(update={"api_host": url}), connection)
        found, cursor, pages = set[str](), None, 0
        while pages == 0 or cursor is not None:
            page = await channel.changes(Span(0, utc("2026-05-08T00:00:00")), cursor)
            found |= {order.number for order in page.orders}
            cursor, pages = page.next_cursor, pages + 1
        await connection.close()
        assert len(found) == 250
