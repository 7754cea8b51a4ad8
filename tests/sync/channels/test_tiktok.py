"""TikTok Shop's connector before the simulated TikTok Shop."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as Incoming
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.merging import KeptOrder, first_kept, merge
from packstation.domain.orders import IncomingOrder, Outcome, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, HOUR, MINUTE, SECOND
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Channel, Decision, PushDelivery, PushVerdict, Span, Unreadable
from sync.channels.registry import open_channel
from sync.channels.tiktok.signing import signature
from sync.credentials.credential import Credential
from sync.sandbox.channels import tiktok as simulated_tiktok
from sync.sandbox.faults import Fault, everything
from sync.sandbox.server import serving
from sync.sandbox.stand import real_clock
from sync.web.connection import Connection
from sync.web.messages import Request
from tests.sync.channels.stands import QUICK, AtStand, HeldTokens, at_stand, shop_config
from tests.sync.channels.understood import understood

SEARCH = "/order/202309/orders/search"
TOKENS = "/api/v2/token/refresh"


def whole(at: AtStand) -> Span:
    return Span(at.opened_at - 400 * DAY, at.opened_at + HOUR)


async def walked(at: AtStand, span: Span | None = None) -> tuple[dict[str, IncomingOrder], list[Unreadable]]:
    """Every order of a span, page by page; a page that fails is asked for again."""
    orders: dict[str, IncomingOrder] = {}
    unreadable: list[Unreadable] = []
    cursor: str | None = None
    while True:
        page = await at.channel.changes(span or whole(at), cursor)
        orders |= {order.number: order for order in page.orders}
        unreadable += page.unreadable
        cursor = page.next_cursor
        if cursor is None:
            return orders, unreadable


def truth(at: AtStand) -> dict[str, Any]:
    every = (simulated_tiktok.expected(facts) for facts in at.stand.market.every(at.stand.clock()))
    return {one.number: one for one in every if one is not None}


async def refused(call: Awaitable[Any]) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await call
    return caught.value


async def test_what_is_read_is_the_channels_truth() -> None:
    async with at_stand("tiktok", orders=150, days=20) as at:
        orders, unreadable = await walked(at)
        assert {number: understood(order) for number, order in orders.items()} == truth(at)
        assert unreadable == []
        read = await at.channel.orders([*orders, "580000000000000000", "not a number"])
        assert {order.number: order for order in read.orders} == orders
        assert read.missing == ("580000000000000000", "not a number")


async def test_a_return_is_listed_when_it_changed_though_its_order_did_not() -> None:
    async with at_stand("tiktok", orders=900, days=30) as at:
        returned = next(facts for facts in at.stand.market.every(at.stand.clock()) if facts.outcome is Outcome.RETURNED)
        orders, _unreadable = await walked(at, Span(returned.updated_at, returned.updated_at + 1))
        order = orders[returned.number]
        assert order.statuses[-1].status is Status.RETURNED
        assert order.updated_at == returned.updated_at // SECOND * SECOND
        # The whole second counts, and the order's own change lies days before it.
        assert all(at_status.known_at != order.updated_at for at_status in order.statuses[:-1])


@pytest.mark.long
async def test_orders_that_live_on_are_the_truth_at_every_reading() -> None:
    opened_at = real_clock()
    now = [opened_at]
    kept: dict[str, KeptOrder] = {}
    since = 0
    async with at_stand("tiktok", orders=60, days=5, seed=3, clock=lambda: now[0]) as at:
        while now[0] < opened_at + 20 * DAY:
            changed, _unreadable = await walked(at, Span(since, now[0] + 1))
            for number, order in changed.items():
                known = kept.get(number)
                kept[number] = merge(known, order, now[0]) if known else first_kept(order, now[0])
            assert {number: ended_as(order) for number, order in kept.items()} == {
                number: (one.status, one.outcome, one.cause, one.total, one.items, one.trackings, one.refunded)
                for number, one in truth(at).items()
            }
            since, now[0] = now[0], now[0] + 22 * HOUR
        assert at.tokens.renewals >= 2


def ended_as(order: KeptOrder) -> tuple[Any, ...]:
    ended, seen = order.ended, understood(order.incoming)
    outcome, cause = (ended.outcome, ended.cause) if ended else (Outcome.OPEN, None)
    return order.status.status, outcome, cause, seen.total, seen.items, seen.trackings, seen.refunded


async def test_codes_are_found_by_order_and_by_package() -> None:
    async with at_stand("tiktok", orders=40) as at:
        facts = next(one for one in at.stand.market.every(at.stand.clock()) if one.packages)
        assert list(await at.channel.find(facts.number)) == [facts.number]
        assert list(await at.channel.find(f" {facts.packages[-1].number}\t")) == [facts.number]
        for other in ("580000000000000000", "1150000000000000000"):
            assert list(await at.channel.find(other)) == []
        calls = dict(at.stand.calls)
        for other in ("SPXVN063015366786", "841000072647", "", "đ" * 18, "58000000000000000000"):
            assert list(await at.channel.find(other)) == []
        assert at.stand.calls == calls


@pytest.mark.long
async def test_every_order_gets_through_while_everything_goes_wrong() -> None:
    async with at_stand("tiktok", orders=150, days=20) as at:
        expected = truth(at)
        at.stand.faults.chances = {
            fault: 0.04
            for fault in everything()
            if fault not in (Fault.SLOW, Fault.STALLED, Fault.TOO_LARGE, Fault.MAINTENANCE)
        }
        seen: dict[str, IncomingOrder] = {}
        lasting: list[Advice] = []
        for _round in range(40):
            try:
                orders, unreadable = await walked(at)
            except ChannelError as error:
                lasting += [error.advice] if error.advice is not Advice.RETRY else []
                at.connection.breaker.succeeded()
                continue
            seen |= orders
            assert unreadable == []
            if len(seen) == len(expected):
                break
        assert lasting == []
        assert {number: understood(order) for number, order in seen.items()} == expected
        assert at.stand.faults.struck


@pytest.mark.parametrize("fault", [Fault.SHIFTED, Fault.LOST_ROW, Fault.NO_ORDERS])
async def test_a_listing_that_lies_gives_fewer_orders_and_no_wrong_ones(fault: Fault) -> None:
    async with at_stand("tiktok", orders=150, faults={fault: 1.0}) as at:
        orders, unreadable = await walked(at)
        expected = truth(at)
        assert len(orders) < len(expected)
        assert unreadable == []
        assert all(understood(order) == expected[number] for number, order in orders.items())


async def test_an_expired_token_is_renewed_once_for_all_calls_that_meet_it() -> None:
    async with at_stand("tiktok", orders=120) as at:
        at.tokens.credential = replace(at.tokens.credential, access_token="ROW_old")
        orders, _unreadable = await walked(at)
        assert len(orders) == len(truth(at))
        assert (at.tokens.renewals, at.stand.calls[TOKENS]) == (1, 1)
        renewed = at.tokens.credential
        assert renewed.access_expires_at is not None
        assert abs(renewed.access_expires_at - at.opened_at - 7 * DAY) < MINUTE
        assert renewed.account == {"shop_cipher": renewed.account["shop_cipher"], "shop_id": renewed.account["shop_id"]}


async def test_a_token_that_is_about_to_expire_is_renewed_before_it_is_used() -> None:
    async with at_stand("tiktok", orders=5) as at:
        at.tokens.credential = replace(at.tokens.credential, access_expires_at=at.opened_at + MINUTE)
        await at.channel.check()
        assert at.tokens.renewals == 1


async def test_what_only_the_seller_can_mend_is_said_so_and_shows_no_secret() -> None:
    async with at_stand("tiktok", orders=5) as at:
        right = at.tokens.credential
        at.tokens.credential = replace(right, secrets={"app_secret": "wrong-secret-value"})
        error = await refused(at.channel.check())
        assert (error.advice, error.code) == (Advice.ASK_SELLER, "106001")
        assert "wrong-secret-value" not in f"{error!r}{error}"
        for wrong, code in (
            (replace(right, secrets={}), "no_secret"),
            (replace(right, account={}), "no_cipher"),
            (replace(right, account={"shop_cipher": "GCP_OTHER"}), "no_shop"),
        ):
            at.tokens.credential = wrong
            error = await refused(at.channel.check())
            assert (error.advice, error.code) == (Advice.ASK_SELLER, code)
        at.tokens.credential = right
        at.stand.faults.chances = {Fault.REVOKED: 1.0}
        error = await refused(at.channel.check())
        assert (error.advice, error.code) == (Advice.ASK_SELLER, "36004004")


async def test_a_wrong_app_key_is_for_the_seller() -> None:
    async with at_stand("tiktok", orders=5, account={"app_key": "nobodys"}) as at:
        error = await refused(at.channel.check())
        assert (error.advice, error.code) == (Advice.ASK_SELLER, "36009004")


@pytest.mark.parametrize("off", [-10 * MINUTE, 10 * MINUTE])
async def test_a_clock_that_is_ten_minutes_off_is_set_right_by_the_first_answer(off: int) -> None:
    async with at_stand("tiktok", orders=20, clock=lambda: real_clock() + off) as at:
        orders, _unreadable = await walked(at)
        assert len(orders) == len(truth(at))


async def agreed(at: AtStand, address: str) -> dict[str, str]:
    """What the consent page sends the browser away with."""
    page = await at.connection.send(Request("GET", address))
    return dict(parse_qsl(urlsplit(page.headers["location"]).query))


async def test_a_sellers_consent_ends_in_a_credential_for_the_shop() -> None:
    async with at_stand("tiktok", orders=5) as at:
        consent = at.channel.consent
        assert consent is not None
        at.tokens.credential = Credential(secrets=at.tokens.credential.secrets)
        address = consent.consent_url("https://desk.example/back", "state-1")
        answer = await agreed(at, address)
        assert answer["state"] == "state-1"
        given = await consent.exchange(answer)
        assert given.account == simulated_tiktok.credential(at.stand).account
        at.tokens.credential = given
        await at.channel.check()
        again = await refused(consent.exchange(answer))
        assert again.advice is Advice.ASK_SELLER
        assert (await refused(consent.exchange({"error": "denied"}))).advice is Advice.ASK_SELLER


async def test_a_consent_for_other_shops_asks_which_one_is_meant() -> None:
    async with at_stand("tiktok", orders=5, account={"shop_id": "7494999999999999999"}) as at:
        consent = at.channel.consent
        assert consent is not None
        error = await refused(consent.exchange(await agreed(at, consent.consent_url("", "s"))))
        assert error.code == "which_shop"
        assert at.tokens.credential.account["shop_id"] in str(error)


async def test_an_order_is_cancelled_with_a_reason_that_fits_and_only_once() -> None:
    async with at_stand("tiktok", orders=300, days=10) as at:
        every = list(at.stand.market.every(at.stand.clock()))
        shipped = next(one for one in every if one.status is Status.SHIPPED)
        cancelled = next(one for one in every if one.status is Status.CANCELLED)
        open_ = next(one for one in every if one.status in (Status.UNPAID, Status.TO_PACK) and not one.odd_word)

        def decision(number: str) -> Decision:
            return Decision(number, DecisionKind.CANCELLATION, "key-1", at.opened_at, reason="khách không nghe máy")

        first = await at.channel.deliver(decision(open_.number))
        assert first.reference
        assert await at.channel.deliver(decision(open_.number)) == first
        assert f"cancelled:{open_.number}" in at.stand.accepted
        asked = at.stand.calls["/return_refund/202309/cancellations"]
        await at.channel.deliver(decision(cancelled.number))
        assert at.stand.calls["/return_refund/202309/cancellations"] == asked
        too_late = await refused(at.channel.deliver(decision(shipped.number)))
        assert (too_late.advice, too_late.code) == (Advice.SKIP, "25001021")
        assert (await refused(at.channel.deliver(decision("580000000000000000")))).advice is Advice.SKIP
        noted = replace(decision(open_.number), kind=DecisionKind.NOTE)
        assert (await refused(at.channel.deliver(noted))).advice is Advice.GIVE_UP


async def test_the_channels_pushes_are_genuine_and_name_their_order() -> None:
    async with at_stand("tiktok", orders=60, days=20) as at:
        for facts in at.stand.market.every(at.stand.clock()):
            for headers, body in simulated_tiktok.deliveries(at.stand, facts):
                read = at.channel.read_push(PushDelivery("https://desk.example", headers, body), at.tokens.credential)
                assert (read.verdict, read.answer.status) == (PushVerdict.GENUINE, 200)
                assert read.hint is not None
                assert read.hint.numbers == (facts.number,)
                assert read.hint.shop_account == at.tokens.credential.account["shop_id"]
                tampered = PushDelivery("https://desk.example", headers, body.replace(b'"type":', b'"type": '))
                assert at.channel.read_push(tampered, at.tokens.credential).verdict is PushVerdict.FORGED


async def asked(
    at: AtStand, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None, *, moved: int = 0
) -> dict[str, Any]:
    """The answer to a call made by hand, to see what the simulated channel itself refuses."""
    credential = at.tokens.credential
    parameters = {
        "app_key": simulated_tiktok.account(at.stand)["app_key"],
        "timestamp": str(at.stand.clock() // SECOND + moved),
        "shop_cipher": credential.account["shop_cipher"],
        **query,
    }
    content = None if body is None else json.dumps(body).encode()
    parameters["sign"] = signature(credential.secrets["app_secret"], path, parameters, content or b"")
    headers = {"x-tts-access-token": credential.access_token, "content-type": "application/json"}
    method = "GET" if body is None else "POST"
    answer = await at.connection.send(Request(method, at.url + path, list(parameters.items()), headers, content))
    read: dict[str, Any] = answer.json()
    return read


LIMITS: list[tuple[str, dict[str, str], dict[str, Any] | None, int]] = [
    (SEARCH, {"page_size": "101"}, {}, 36009010),
    (SEARCH, {"page_size": "0"}, {}, 36009010),
    (SEARCH, {"page_token": "bm9uc2Vuc2U="}, {}, 36009010),
    (SEARCH, {"sort_field": "id"}, {}, 36009010),
    (SEARCH, {}, {"update_time_ge": "yesterday"}, 36009010),
    (SEARCH, {"shop_cipher": "GCP_OTHER"}, {}, 106014),
    (SEARCH, {"app_key": "other"}, {}, 36009004),
    ("/return_refund/202309/returns/search", {"page_size": "51"}, {}, 36009010),
    ("/order/202309/orders", {"ids": ",".join(str(number) for number in range(51))}, None, 36009010),
    ("/order/202309/orders", {"ids": "580000000000000000"}, None, 21008111),
    ("/fulfillment/202309/packages/1150000000000000000", {}, None, 21042101),
]


async def test_the_simulated_channel_has_the_channels_limits() -> None:
    async with at_stand("tiktok", orders=5) as at:
        for path, query, body, code in LIMITS:
            answer = await asked(at, path, query, body)
            assert (answer["code"], answer["data"]) == (code, None), (path, query, body)


async def test_the_simulated_channel_takes_five_minutes_back_and_half_a_minute_ahead() -> None:
    async with at_stand("tiktok", orders=5) as at:
        codes = [(await asked(at, SEARCH, {}, {}, moved=moved))["code"] for moved in (-290, -310, 20, 40)]
        assert codes == [0, 36009004, 0, 36009004]


async def test_a_page_token_is_good_for_its_own_bounds_alone() -> None:
    async with at_stand("tiktok", orders=30) as at:
        bounds, other = {"update_time_ge": 0}, {"update_time_ge": 1}
        first = await asked(at, SEARCH, {"page_size": "10"}, bounds)
        next_page = {"page_size": "10", "page_token": first["data"]["next_page_token"]}
        assert len((await asked(at, SEARCH, next_page, bounds))["data"]["orders"]) == 10
        assert (await asked(at, SEARCH, next_page, other))["code"] == 36009010


@asynccontextmanager
async def before(answers: Mapping[str, Callable[[Incoming], Response]]) -> AsyncIterator[tuple[Channel, Connection]]:
    """The connector before a server that gives these answers by path; it asks once and gives up."""

    async def answer(request: Incoming) -> Response:
        await request.body()
        return answers[request.url.path](request)

    async with serving(Starlette(routes=[Route(path, answer, methods=["GET", "POST"]) for path in answers])) as url:
        account = {"app_key": "k", "service_id": "1", "shop_cipher": "c"}
        tokens = HeldTokens(Credential({"app_secret": "s"}, "t", "r"))
        connection = Connection(tokens, manners=replace(QUICK, attempts=1))
        try:
            yield open_channel(shop_config("tiktok", url, account), connection), connection
        finally:
            await connection.close()


def said(code: object, message: str = "", status: int = 200) -> Callable[[Incoming], Response]:
    return lambda _request: JSONResponse({"code": code, "message": message, "data": None}, status)


ERRORS: list[tuple[Callable[[Incoming], Response], Advice, str]] = [
    (said(105005, "scope"), Advice.ASK_SELLER, "105005"),
    (said(106001, "sign", 401), Advice.ASK_SELLER, "106001"),
    (said("106013", "cipher"), Advice.ASK_SELLER, "106013"),
    (said(36009004, "Invalid timestamp"), Advice.RETRY, "36009004"),
    (said(36009002, "slow down"), Advice.RETRY, "36009002"),
    (said(36009003, "internal"), Advice.RETRY, "36009003"),
    (said(36009014, "version"), Advice.GIVE_UP, "36009014"),
    (said(99, "who knows"), Advice.RETRY, "99"),
    (said(0, "", 503), Advice.RETRY, "503"),
    (said(None), Advice.RETRY, "unreadable"),
    (said(True), Advice.RETRY, "unreadable"),
    (lambda _request: Response("<html>busy</html>", 200, media_type="application/json"), Advice.RETRY, "unreadable"),
    (lambda _request: Response('{"code":0,"data":{"orders":[', 200), Advice.RETRY, "unreadable"),
    (lambda _request: JSONResponse([]), Advice.RETRY, "unreadable"),
    (lambda _request: JSONResponse({"code": 0, "data": {"orders": 7}}), Advice.RETRY, "unreadable"),
    (said(36009002, "slow down", 429), Advice.RETRY, "429"),
]


async def test_errors_are_classed_by_what_to_do() -> None:
    answers: dict[str, Callable[[Incoming], Response]] = {SEARCH: said(0)}
    async with before(answers) as (channel, connection):
        for answers[SEARCH], advice, code in ERRORS:
            error = await refused(channel.changes(Span(0, 1000), None))
            connection.breaker.succeeded()
            assert (error.advice, error.code) == (advice, code)
            assert "\n" not in str(error)


async def test_a_listing_that_never_moves_on_ends() -> None:
    good = {"id": "581", "status": "AWAITING_SHIPMENT", "create_time": 1_788_220_800, "is_cod": True}

    def stuck(_request: Incoming) -> Response:
        return JSONResponse({"code": 0, "data": {"orders": [good], "return_orders": [], "next_page_token": "same"}})

    async with before({SEARCH: stuck, "/return_refund/202309/returns/search": stuck}) as (channel, _connection):
        cursors: list[str | None] = [None]
        while len(cursors) < 10 and (cursors[-1] or len(cursors) == 1):
            cursors.append((await channel.changes(Span(0, 1000), cursors[-1])).next_cursor)
        assert cursors[-1] is None


async def test_a_record_that_makes_no_order_does_not_keep_the_others() -> None:
    good = {
        "id": "581",
        "status": "AWAITING_SHIPMENT",
        "create_time": 1_788_220_800,
        "is_cod": True,
        "line_items": None,
    }
    records = [
        good,
        {**good, "id": "582", "create_time": "never"},
        {**good, "id": "583", "payment": {"total_amount": "lots"}},
        {**good, "id": "584", "status": "DELIVERED"},
        {"status": "UNPAID", "buyer_message": "Nguyễn Văn Bí Mật"},
        "no record",
        None,
        {**good, "id": "585", "line_items": "Nguyễn Văn Bí Mật"},
    ]
    broken_return = {"order_id": "584", "return_line_items": [{"refund_amount": 7}]}

    def returns(_request: Incoming) -> Response:
        return JSONResponse({"code": 0, "data": {"return_orders": [broken_return]}})

    answers = {
        SEARCH: lambda _request: JSONResponse({"code": 0, "data": {"orders": records}}),
        "/return_refund/202309/returns/search": returns,
        "/order/202309/orders": said(21008111),
    }
    async with before(answers) as (channel, _connection):
        page = await channel.changes(Span(0, 1000), None)
        assert [order.number for order in page.orders] == ["581"]
        assert sorted(one.number for one in page.unreadable) == ["", "", "", "582", "583", "584", "585"]
        assert "Bí Mật" not in repr(page.unreadable)
        assert len({one.key for one in page.unreadable}) == len(page.unreadable)
