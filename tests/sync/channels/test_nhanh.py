"""Nhanh's connector before the simulated Nhanh."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.orders import IncomingOrder, Origin, Outcome, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, HOUR
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.nhanh import open_nhanh
from sync.channels.nhanh.client import PAGE_SIZE, NhanhChannel
from sync.channels.protocol import Channel, Decision, PushDelivery, PushVerdict, Span
from sync.credentials.credential import Credential
from sync.sandbox.channels import nhanh as simulation
from sync.sandbox.faults import Fault, everything
from sync.sandbox.market.facts import Facts
from sync.sandbox.server import serving
from sync.sandbox.stand import real_clock
from sync.sandbox.truth import Expected
from sync.web.connection import Connection
from tests.sync.channels.stands import QUICK, AtStand, HeldTokens, at_stand, shop_config
from tests.sync.channels.understood import understood

LIST, UPDATE, TOKEN = "/api/order/index", "/api/order/update", "/api/oauth/access_token"
REDIRECT = "http://127.0.0.1:8791/"
STATE = "a-state-of-some-length"


class Clock:
    """The channel's time, to be moved by hand."""

    def __init__(self) -> None:
        self.off = 0

    def __call__(self) -> int:
        return real_clock() + self.off


def spans(at: AtStand, days: int) -> list[Span]:
    """Everything from so many days before the stand opened, in spans that the channel allows."""
    longest = at.channel.abilities.longest_span or DAY
    start, end = at.opened_at - days * DAY, at.stand.clock() + 1
    return [Span(since, min(since + longest, end)) for since in range(start, end, longest)]


async def walked(channel: Channel, *several: Span) -> list[IncomingOrder]:
    orders: list[IncomingOrder] = []
    for span in several:
        cursor: str | None = None
        while True:
            page = await channel.changes(span, cursor)
            assert page.unreadable == ()
            orders += page.orders
            cursor = page.next_cursor
            if cursor is None:
                break
    return orders


def every(at: AtStand) -> list[Facts]:
    return [facts for facts in at.stand.market.every(at.stand.clock()) if not facts.deleted]


def differing(orders: Sequence[IncomingOrder], facts: Sequence[Facts]) -> list[tuple[Expected | None, Expected | None]]:
    """Pairs of what was understood and what is true, where they differ."""
    known = {order.number: understood(order) for order in orders}
    truth = {one.number: simulation.expected(one) for one in facts}
    return [(known.get(number), true) for number, true in truth.items() if known.get(number) != true]


async def refused(call: Awaitable[Any]) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await call
    return caught.value


async def test_every_life_is_understood_at_every_stage() -> None:
    clock = Clock()
    async with at_stand("nhanh", orders=130, days=6, clock=clock) as at:
        for days in (0, 3, 20):
            clock.off = days * DAY
            orders = await walked(at.channel, *spans(at, 6))
            assert differing(orders, every(at)) == []
            assert {order.number for order in orders} == {one.number for one in every(at)}, "returns are no orders"


async def test_single_orders_are_read_and_the_deleted_ones_are_missing() -> None:
    clock = Clock()
    async with at_stand("nhanh", orders=120, days=6, clock=clock) as at:
        clock.off = 40 * DAY
        gone = next(one for one in at.stand.market.every(clock()) if one.deleted)
        facts = every(at)[:30]
        read = await at.channel.orders([*(one.number for one in facts), gone.number, "1", "no number"])
        assert differing(read.orders, facts) == []
        assert read.missing == (gone.number, "1", "no number")


async def test_the_record_of_a_return_is_neither_an_order_nor_missing() -> None:
    async with at_stand("nhanh", orders=200, days=30) as at:
        facts = next(one for one in every(at) if one.outcome is Outcome.RETURNED)
        read = await at.channel.orders([str(500_000_000 + int(facts.number)), facts.number])
        assert read.missing == ()
        assert read.unreadable == ()
        assert [order.number for order in read.orders] == [facts.number]


async def test_a_copy_from_a_marketplace_names_its_order_there() -> None:
    async with at_stand("nhanh", orders=60, days=6) as at:
        orders = {order.number: order for order in await walked(at.channel, *spans(at, 6))}
        copies = [one for one in every(at) if one.origin]
        assert len(copies) > 3
        for facts in copies:
            assert facts.origin is not None
            assert orders[facts.number].origin == Origin("shopee", facts.origin.number)
            assert orders[facts.number].source == "Shopee"
        assert all(orders[one.number].origin is None for one in every(at) if not one.origin)


async def test_codes_are_found_by_id_and_by_tracking_number() -> None:
    async with at_stand("nhanh", orders=60, days=5) as at:
        facts = next(one for one in every(at) if one.packages[0].tracking)
        assert tuple(await at.channel.find(f" {facts.number}\n")) == (facts.number,)
        assert tuple(await at.channel.find(facts.packages[0].tracking or "")) == (facts.number,)
        assert tuple(await at.channel.find("GYDEMO99")) == ()
        calls = dict(at.stand.calls)
        for code in ("", "ab", "x" * 40, "Nguyễn", "٤٩١٢٥٣"):
            assert tuple(await at.channel.find(code)) == ()
        assert at.stand.calls == calls


async def test_an_order_is_listed_in_the_very_millisecond_of_its_change() -> None:
    async with at_stand("nhanh", orders=20) as at:
        for facts in every(at)[:8]:
            page = await at.channel.changes(Span(facts.updated_at, facts.updated_at + 1), None)
            assert facts.number in {order.number for order in page.orders}


async def test_no_order_is_lost_while_others_leave_the_span() -> None:
    clock = Clock()
    async with at_stand("nhanh", orders=420, days=2, clock=clock) as at:
        span = Span(at.opened_at - 8 * DAY, at.opened_at)
        numbers: set[str] = set()
        cursor: str | None = None
        while True:
            page = await at.channel.changes(span, cursor)
            numbers |= {order.number for order in page.orders}
            cursor = page.next_cursor
            if cursor is None:
                break
            clock.off += 3 * HOUR
        still = {one.number for one in every(at) if one.updated_at < span.until}
        assert len(still) > PAGE_SIZE
        assert still <= numbers


async def test_pages_with_faults_give_everything_in_the_end() -> None:
    slow = dict.fromkeys((Fault.SLOW, Fault.STALLED, Fault.TOO_OFTEN, Fault.MAINTENANCE, Fault.TOO_LARGE), 0.0)
    async with at_stand("nhanh", orders=120, days=5, faults={**everything(0.05), **slow}) as at:
        wanted = {one.number for one in every(at)}
        found: dict[str, IncomingOrder] = {}
        for _try in range(80):
            try:
                found |= {order.number: order for order in await walked(at.channel, *spans(at, 6))}
            except ChannelError as error:
                assert error.advice in (Advice.RETRY, Advice.ASK_SELLER)  # noqa: PT017
                await asyncio.sleep(0)
            if found.keys() >= wanted:
                break
        assert differing(list(found.values()), every(at)) == []
        assert sum(at.stand.faults.struck.values()) > 3


async def consented(at: AtStand, client: httpx.AsyncClient) -> Mapping[str, str]:
    assert isinstance(at.channel, NhanhChannel)
    page = await client.get(at.channel.consent.consent_url(REDIRECT, STATE))
    assert page.status_code == 302
    assert page.headers["location"].startswith(REDIRECT)
    return dict(parse_qsl(urlsplit(page.headers["location"]).query))


async def test_a_shop_logs_in_with_its_secret_and_a_code() -> None:
    async with at_stand("nhanh", orders=3) as at, httpx.AsyncClient() as client:
        assert isinstance(at.channel, NhanhChannel)
        at.tokens.credential = replace(at.tokens.credential, access_token="", account={}, refresh_expires_at=None)
        assert (await refused(at.channel.check())).advice is Advice.ASK_SELLER
        assert at.stand.calls == {}
        answer = await consented(at, client)
        assert answer["state"] == STATE
        given = await at.channel.consent.exchange(answer)
        assert given.account == {"business_id": "10452"}
        assert given.access_expires_at is None, "nothing renews it"
        lives = (given.refresh_expires_at or 0) - at.stand.clock()
        assert 364 * DAY < lives <= 365 * DAY
        at.tokens.credential = given
        await at.channel.check()
        assert await at.channel.renew(given) == given
        assert (await refused(at.channel.consent.exchange(answer))).advice is Advice.ASK_SELLER
        assert (await refused(at.channel.consent.exchange({"state": STATE}))).code == "code"


async def test_a_consent_of_another_business_is_refused() -> None:
    async with at_stand("nhanh", orders=1, account={"business_id": "77"}) as at, httpx.AsyncClient() as client:
        assert isinstance(at.channel, NhanhChannel)
        error = await refused(at.channel.consent.exchange(await consented(at, client)))
        assert (error.advice, error.code) == (Advice.ASK_SELLER, "business_id")


@pytest.mark.parametrize("what", ["access_token", "business_id"])
async def test_keys_that_are_not_taken_are_for_the_seller_to_mend_and_are_not_told(what: str) -> None:
    async with at_stand("nhanh", orders=1) as at:
        credential = at.tokens.credential
        wrong = {"access_token": "wrong-one"} if what == "access_token" else {"account": {"business_id": "999"}}
        at.tokens.credential = replace(credential, **wrong)
        error = await refused(at.channel.check())
        assert error.advice is Advice.ASK_SELLER
        assert "wrong-one" not in str(error)
        assert at.stand.calls == {LIST: 1}


async def test_a_shop_that_took_its_app_away_asks_for_the_seller() -> None:
    async with at_stand("nhanh", orders=1, faults={Fault.REVOKED: 1.0}) as at:
        assert (await refused(at.channel.check())).advice is Advice.ASK_SELLER


async def test_an_app_that_is_locked_out_waits_as_long_as_it_is_told() -> None:
    async with at_stand("nhanh", orders=1, faults={Fault.TOO_OFTEN: 1.0}) as at:
        at.connection._manners = replace(QUICK, attempts=1)
        error = await refused(at.channel.check())
        assert (error.advice, error.retry_after, error.code) == (Advice.RETRY, 1.0, "ERR_429")


def note(number: str, text: str) -> Decision:
    return Decision(number, DecisionKind.NOTE, "key-1", 1, text=text)


def cancelling(number: str, text: str = "") -> Decision:
    return Decision(number, DecisionKind.CANCELLATION, "key-2", 1, text=text)


async def test_notes_stand_behind_what_stands_there_and_once() -> None:
    async with at_stand("nhanh", orders=10) as at:
        number = every(at)[0].number
        for text in ("gọi trước\nkhi giao", "gọi trước khi giao", "hàng dễ vỡ", ""):
            await at.channel.deliver(note(number, text))
        read = (await at.channel.orders([number])).orders[0]
        assert read.seller_note == "gọi trước khi giao | hàng dễ vỡ"
        assert at.stand.calls[UPDATE] == 2
        error = await refused(at.channel.deliver(note(number, "x" * 250)))
        assert (error.advice, error.code) == (Advice.SKIP, "note_full")


async def test_a_cancellation_is_not_laid_on_the_buyer() -> None:
    async with at_stand("nhanh", orders=120, days=1) as at:
        orders = {order.number: order for order in await walked(at.channel, *spans(at, 3))}
        confirmed = next(one for one in orders.values() if one.statuses[-1].channel_status == "Confirmed")
        await at.channel.deliver(cancelling(confirmed.number, "hết hàng"))
        assert at.stand.accepted[f"status/{confirmed.number}"] == "Aborted"
        assert (await at.channel.orders([confirmed.number])).orders[0].seller_note == "hết hàng"
        cancelled = next(one for one in orders.values() if one.statuses[-1].status is Status.CANCELLED)
        await at.channel.deliver(cancelling(cancelled.number))
        assert f"status/{cancelled.number}" not in at.stand.accepted
        packed = next(one for one in orders.values() if one.statuses[-1].status is Status.LABEL_READY)
        assert (await refused(at.channel.deliver(cancelling(packed.number)))).code == "packed"
        for number in ("1", "no number"):
            assert (await refused(at.channel.deliver(cancelling(number)))).advice is Advice.SKIP
        other = Decision(packed.number, DecisionKind.PACKED, "key-3", 1)
        assert (await refused(at.channel.deliver(other))).advice is Advice.SKIP


def push(headers: Mapping[str, str], body: bytes) -> PushDelivery:
    return PushDelivery("https://packstation.example/nhanh", headers, body)


async def test_webhooks_are_believed_by_their_token() -> None:
    clock = Clock()
    async with at_stand("nhanh", orders=120, days=6, clock=clock) as at:
        clock.off = 40 * DAY
        everyone = list(at.stand.market.every(clock()))
        events = set()
        for facts in (everyone[0], next(one for one in everyone if one.deleted)):
            for headers, body in simulation.deliveries(at.stand, facts):
                events.add(json.loads(body)["event"])
                read = at.channel.read_push(push(headers, body), at.tokens.credential)
                assert read.verdict is PushVerdict.GENUINE
                assert (read.answer.status, read.answer.body) == (200, b"")
                assert read.hint is not None
                assert (read.hint.numbers, read.hint.shop_account) == ((facts.number,), "10452")
        assert events == {"orderUpdate", "orderDelete"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html>",
        b'{"event": "orderAdd", "data": {"orderId": 1}}',
        b'{"webhooksVerifyToken": "", "data": {"orderId": 1}}',
        b'{"webhooksVerifyToken": null, "data": {"orderId": 1}}',
        b'{"webhooksVerifyToken": "the-toke", "data": {"orderId": 1}}',
        b'{"webhooksVerifyToken": ["the-token"], "data": {"orderId": 1}}',
        b'{"webhooksVerifyToken": "\\ud800", "data": {"orderId": 1}}',
        b"[" * 100_000,
    ],
)
async def test_a_delivery_without_the_token_is_forged(body: bytes) -> None:
    async with answering({}) as channel:
        read = channel.read_push(push({}, body), Credential({"webhooks_verify_token": "the-token"}))
        assert (read.verdict, read.hint) == (PushVerdict.FORGED, None)
        for nothing in (Credential(), Credential({"webhooks_verify_token": ""})):
            assert channel.read_push(push({}, body), nothing).verdict is PushVerdict.FORGED


@pytest.mark.parametrize(
    ("event", "data", "numbers"),
    [
        ("orderAdd", {"orderId": 12}, ("12",)),
        ("orderUpdate", {"id": "12"}, ("12",)),
        ("orderDelete", [12, "13", 12], ("12", "13")),
        ("orderDelete", {"orderIds": [12, 13]}, ("12", "13")),
        ("orderDelete", {"orderId": [12]}, ("12",)),
        ("orderUpdate", {"orderId": "../x"}, ()),
        ("orderUpdate", {"orderId": True}, ()),
        ("orderUpdate", None, ()),
        ("productAdd", {"id": 12}, ()),
        ("webhooksEnabled", None, ()),
    ],
)
async def test_a_webhook_names_the_orders_that_it_is_about(event: str, data: Any, numbers: tuple[str, ...]) -> None:
    body = json.dumps({"event": event, "businessId": 7, "webhooksVerifyToken": "t", "data": data}).encode()
    async with answering({}) as channel:
        read = channel.read_push(push({}, body), Credential({"webhooks_verify_token": "t"}))
    assert read.verdict is PushVerdict.GENUINE
    assert read.hint is not None
    assert (read.hint.numbers, read.hint.shop_account) == (numbers, "7")


async def test_the_simulation_keeps_the_documents_limits() -> None:
    async with at_stand("nhanh", orders=120, days=5) as at, httpx.AsyncClient(base_url=at.url) as client:
        form = {
            "version": "2.0",
            "appId": "73906",
            "businessId": "10452",
            "accessToken": at.tokens.credential.access_token,
        }
        long = {"updatedDateTimeFrom": "2026-09-01 00:00:00", "updatedDateTimeTo": "2026-09-11 00:00:01"}
        for data, word in (
            (long, "10 ngày"),
            ({"icpp": 101}, "icpp"),
            ({"page": 0}, "page"),
            ([], "data"),
            ("{", "data"),
        ):
            text = data if isinstance(data, str) else json.dumps(data)
            answer = (await client.post(LIST, data={**form, "data": text})).json()
            assert answer["code"] == 0
            assert word in answer["messages"][0]
        full = (await client.post(LIST, data={**form, "data": "{}"})).json()["data"]
        assert len(full["orders"]) == 100
        assert all(str(record["id"]) == key for key, record in full["orders"].items())
        none = (await client.post(LIST, data={**form, "data": '{"id": 1}'})).json()
        assert (none["code"], none["data"]["orders"]) == (1, [])


@asynccontextmanager
async def answering(answers: Mapping[str, Any]) -> AsyncIterator[Channel]:
    """A channel before a server that answers like that, by path; bytes as they are."""

    async def serve(request: Request) -> Response:
        answer = answers[request.url.path]
        return Response(answer) if isinstance(answer, bytes) else JSONResponse(answer)

    async with serving(Starlette(routes=[Route("/{path:path}", serve, methods=["POST"])])) as url:
        credential = Credential({"secret_key": "s"}, "t", account={"business_id": "7"})
        connection = Connection(HeldTokens(credential), manners=QUICK)
        try:
            yield open_nhanh(shop_config("nhanh", url, {"app_id": "7"}), connection)
        finally:
            await connection.close()


@pytest.mark.parametrize(
    "listing",
    [
        b"<html>",
        b'{"code": 1, "da',
        b"[]",
        {"data": {"orders": {}}},
        {"code": 1, "data": []},
        {"code": 1, "data": {"orders": "none"}},
        {"code": 1, "data": {"orders": {}, "totalRecords": "many"}},
        {"code": True, "data": {"orders": {}}},
    ],
)
async def test_an_answer_that_is_no_listing_is_unreadable(listing: Any) -> None:
    async with answering({LIST: listing}) as channel:
        with pytest.raises(UnreadableAnswerError):
            await channel.changes(Span(0, 1), None)


async def test_a_listing_that_finds_nothing_may_say_so_as_an_error() -> None:
    async with answering({LIST: {"code": 0, "messages": ["Không tìm thấy đơn hàng"]}}) as channel:
        assert (await channel.changes(Span(0, 1), None)).orders == ()
        assert (await channel.orders(["12"])).missing == ("12",)


async def test_what_a_page_is_told_and_not_understood_is_parked_when_it_was_a_decision() -> None:
    order = {"id": 12, "statusCode": "New", "createdDateTime": "2026-09-01 10:00:00"}
    listing = {"code": 1, "data": {"orders": {"12": order}, "totalRecords": 1}}
    refusal = {"code": 0, "messages": {"status": "Trạng thái không hợp lệ"}}
    async with answering({LIST: listing, UPDATE: refusal}) as channel:
        error = await refused(channel.deliver(cancelling("12")))
    assert error.advice is Advice.SKIP
    assert "Trạng thái không hợp lệ" in str(error)


async def test_a_bad_record_is_parked_and_the_rest_of_the_page_comes() -> None:
    good = {"id": 1, "statusCode": "New", "createdDateTime": "2026-09-01 10:00:00"}
    rows = {
        "1": good,
        "2": {**good, "id": 2, "createdDateTime": "hôm qua"},
        "3": {**good, "id": 3, "products": {"9": {"quantity": "một"}}},
        "4": {**good, "id": 4, "calcTotalMoney": "Nguyễn Văn A"},
        "5": {**good, "id": "x"},
        "6": "no record",
        "7": {**good, "id": "y"},
        "8": "no record",
    }
    async with answering({LIST: {"code": 1, "data": {"orders": rows, "totalRecords": len(rows)}}}) as channel:
        page = await channel.changes(Span(0, 1), None)
    assert [order.number for order in page.orders] == ["1"]
    assert {(one.number, one.why) for one in page.unreadable} == {
        ("2", "createdDateTime: no time"),
        ("3", "quantity: no number"),
        ("4", "calcTotalMoney: no amount"),
        ("", "id cannot be read (string_pattern_mismatch)"),
        ("", "record cannot be read (model_type)"),
    }
    assert len({one.key for one in page.unreadable}) == 6, "one for each that differs"
