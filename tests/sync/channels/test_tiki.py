"""Tiki's connector before the simulated Tiki."""

from __future__ import annotations

import asyncio
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

from packstation.domain.orders import IncomingOrder
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, HOUR
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.protocol import Channel, Decision, PushDelivery, PushVerdict, Span
from sync.channels.tiki import open_tiki
from sync.channels.tiki.client import PAGE_SIZE, TikiChannel
from sync.credentials.credential import Credential
from sync.sandbox.channels import tiki as simulation
from sync.sandbox.faults import Fault, everything
from sync.sandbox.market.facts import Facts
from sync.sandbox.server import serving
from sync.sandbox.stand import real_clock
from sync.sandbox.truth import Expected
from sync.web.connection import Connection
from tests.sync.channels.stands import QUICK, AtStand, HeldTokens, at_stand, shop_config
from tests.sync.channels.understood import understood

ORDERS = "/integration/v2/orders"
TOKEN = "/sc/oauth2/token"
PUBLIC = {"app_type": "public"}
REDIRECT = "http://127.0.0.1:8791/"
STATE = "a-state-of-some-length"


class Clock:
    """The channel's time, to be moved by hand."""

    def __init__(self) -> None:
        self.off = 0

    def __call__(self) -> int:
        return real_clock() + self.off


def whole(at: AtStand) -> Span:
    return Span(at.opened_at - 60 * DAY, at.stand.clock() + 1)


async def walked(channel: Channel, span: Span) -> list[IncomingOrder]:
    orders: list[IncomingOrder] = []
    cursor: str | None = None
    while True:
        page = await channel.changes(span, cursor)
        assert page.unreadable == ()
        orders += page.orders
        cursor = page.next_cursor
        if cursor is None:
            return orders


def every(at: AtStand) -> list[Facts]:
    return list(at.stand.market.every(at.stand.clock()))


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
    async with at_stand("tiki", orders=90, days=6, clock=clock) as at:
        for days in (0, 2, 5, 20):
            clock.off = days * DAY
            assert differing(await walked(at.channel, whole(at)), every(at)) == []
        assert at.tokens.renewals == 3, "a token lives for a day"


async def test_single_orders_are_read_fifty_a_call_and_the_unknown_ones_alone() -> None:
    async with at_stand("tiki", orders=70, days=20) as at:
        facts = every(at)
        numbers = [one.number for one in facts]
        read = await at.channel.orders([*numbers, "100000000", "no number", numbers[0]])
        assert differing(read.orders, facts) == []
        assert len(read.orders) == 70
        assert read.missing == ("100000000", "no number")
        assert at.stand.calls == {ORDERS: 2, f"{ORDERS}/100000000": 1}


async def test_orders_have_the_times_of_their_statuses() -> None:
    async with at_stand("tiki", orders=60, days=20) as at:
        orders = {order.number: order for order in await walked(at.channel, whole(at))}
        done = next(one for one in every(at) if len(one.passed) >= 5 and not one.preorder_until and not one.cod)
        statuses = orders[done.number].statuses
        seconds = [passed.at // 1000 * 1000 for passed in done.passed]
        assert [one.known_at for one in statuses if one.known_at is not None][-3:] == seconds[-3:]
        assert all(one.known_at is not None for one in statuses)


async def test_a_code_of_nine_digits_is_looked_up_and_nothing_else() -> None:
    async with at_stand("tiki", orders=20) as at:
        number = every(at)[0].number
        assert tuple(await at.channel.find(f" {number}\n")) == (number,)
        assert tuple(await at.channel.find("100000000")) == ()
        calls = dict(at.stand.calls)
        for code in ("", "12345678", "1234567890", "SPXVN063015366786", "١٢٣٤٥٦٧٨٩", "../orders"):
            assert tuple(await at.channel.find(code)) == ()
        assert at.stand.calls == calls


async def test_an_order_is_listed_in_the_very_millisecond_of_its_change() -> None:
    async with at_stand("tiki", orders=20) as at:
        for facts in every(at)[:8]:
            page = await at.channel.changes(Span(facts.updated_at, facts.updated_at + 1), None)
            assert facts.number in {order.number for order in page.orders}


async def test_no_order_is_lost_while_others_leave_the_span() -> None:
    clock = Clock()
    async with at_stand("tiki", orders=300, days=2, clock=clock) as at:
        span = Span(at.opened_at - 60 * DAY, at.opened_at)
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


async def test_a_foreign_cursor_is_refused() -> None:
    async with answering({}) as channel:
        assert (await refused(channel.changes(Span(0, 1), "x"))).advice is Advice.GIVE_UP


async def test_pages_with_faults_give_everything_in_the_end() -> None:
    slow = dict.fromkeys((Fault.SLOW, Fault.STALLED, Fault.TOO_OFTEN, Fault.MAINTENANCE, Fault.TOO_LARGE), 0.0)
    async with at_stand("tiki", orders=120, days=20, faults={**everything(0.05), **slow}) as at:
        wanted = {one.number for one in every(at)}
        found: dict[str, IncomingOrder] = {}
        for _try in range(60):
            try:
                found |= {order.number: order for order in await walked(at.channel, whole(at))}
            except ChannelError as error:
                assert error.advice in (Advice.RETRY, Advice.ASK_SELLER)  # noqa: PT017
                await asyncio.sleep(0)
            if found.keys() == wanted:
                break
        assert differing(list(found.values()), every(at)) == []
        assert sum(at.stand.faults.struck.values()) > 3


async def test_a_page_that_lacks_a_row_is_asked_for_again() -> None:
    async with at_stand("tiki", orders=30, faults={Fault.LOST_ROW: 1.0}) as at:
        assert len(await walked(at.channel, whole(at))) == 29
        assert at.stand.calls == {ORDERS: 2}


async def test_a_first_login_needs_the_secret_alone() -> None:
    async with at_stand("tiki", orders=3) as at:
        at.tokens.credential = Credential(secrets=at.tokens.credential.secrets)
        await at.channel.check()
        assert at.stand.calls == {TOKEN: 1, ORDERS: 1}
        assert at.tokens.credential.access_token
        assert at.tokens.credential.refresh_token == ""
        lives = (at.tokens.credential.access_expires_at or 0) - at.stand.clock()
        assert DAY - HOUR < lives <= DAY + HOUR


async def test_a_token_that_is_not_taken_is_renewed_once() -> None:
    async with at_stand("tiki", orders=3) as at:
        at.tokens.credential = replace(at.tokens.credential, access_token="stale")
        await at.channel.check()
        assert at.tokens.renewals == 1
        at.stand.faults.chances = {Fault.TOKEN_EXPIRED: 1.0}
        error = await refused(at.channel.check())
        assert (error.advice, error.code) == (Advice.ASK_SELLER, "401")
        assert at.tokens.renewals == 2


async def test_wrong_keys_are_for_the_seller_to_mend_and_are_not_told() -> None:
    async with at_stand("tiki", orders=3) as at:
        at.tokens.credential = Credential(secrets={"app_secret": "wrong-secret"})
        error = await refused(at.channel.check())
        assert error.advice is Advice.ASK_SELLER
        assert "app_id" in str(error)
        assert "wrong-secret" not in str(error)
        at.tokens.credential = Credential()
        assert (await refused(at.channel.check())).advice is Advice.ASK_SELLER


async def test_a_shop_that_took_its_app_away_asks_for_the_seller() -> None:
    async with at_stand("tiki", orders=3, faults={Fault.REVOKED: 1.0}) as at:
        assert (await refused(at.channel.check())).advice is Advice.ASK_SELLER


async def consented(at: AtStand, client: httpx.AsyncClient) -> Mapping[str, str]:
    assert isinstance(at.channel, TikiChannel)
    assert at.channel.consent is not None
    page = await client.get(at.channel.consent.consent_url(REDIRECT, STATE))
    assert page.status_code == 302
    assert page.headers["location"].startswith(REDIRECT)
    return dict(parse_qsl(urlsplit(page.headers["location"]).query))


async def test_a_public_app_lives_on_the_sellers_consent() -> None:
    async with at_stand("tiki", orders=3, account=PUBLIC) as at, httpx.AsyncClient() as client:
        at.tokens.credential = Credential(secrets=at.tokens.credential.secrets)
        answer = await consented(at, client)
        assert answer["state"] == STATE
        assert at.channel.consent is not None
        given = await at.channel.consent.exchange(answer)
        at.tokens.credential = given
        await at.channel.check()
        renewed = await at.channel.renew(given)
        assert renewed.refresh_token not in ("", given.refresh_token)
        assert (await refused(at.channel.consent.exchange(answer))).advice is Advice.ASK_SELLER
        used_twice = await refused(at.channel.renew(given))
        assert used_twice.advice is Advice.ASK_SELLER
        assert given.refresh_token not in str(used_twice)


async def test_a_consent_without_a_code_or_a_refresh_token_is_asked_for_again() -> None:
    async with at_stand("tiki", orders=1, account=PUBLIC) as at:
        assert at.channel.abilities.consent
        assert at.channel.consent is not None
        assert (await refused(at.channel.consent.exchange({}))).advice is Advice.ASK_SELLER
        assert (await refused(at.channel.renew(at.tokens.credential))).code == "no_refresh_token"
        assert at.stand.calls == {}


async def test_a_refresh_token_that_may_have_arrived_is_not_sent_again_at_once() -> None:
    async with at_stand("tiki", orders=1, faults={Fault.HTML_PAGE: 1.0}, account=PUBLIC) as at:
        error = await refused(at.channel.renew(replace(at.tokens.credential, refresh_token="r1")))
        assert (error.advice, error.retry_after) == (Advice.RETRY, 60.0)
        assert at.stand.calls == {TOKEN: 1}


async def test_an_app_of_the_shops_own_has_no_consent_page() -> None:
    async with at_stand("tiki", orders=1) as at:
        assert at.channel.consent is None
        assert not at.channel.abilities.consent


async def test_nothing_is_told_to_tiki_and_nothing_is_believed_of_pushes() -> None:
    async with at_stand("tiki", orders=1) as at:
        for kind in DecisionKind:
            error = await refused(at.channel.deliver(Decision("800000000", kind, "key", 1)))
            assert error.advice is Advice.SKIP
        assert at.channel.abilities.decisions == frozenset()
        push = PushDelivery("https://packstation.example/tiki", {}, b'{"payload":{"order_code":"800000000"}}')
        assert at.channel.read_push(push, at.tokens.credential).verdict is PushVerdict.FORGED


async def test_the_simulation_keeps_the_documents_limits() -> None:
    async with at_stand("tiki", orders=60) as at, httpx.AsyncClient(base_url=at.url) as client:
        client.headers["authorization"] = f"Bearer {at.tokens.credential.access_token}"
        for query in ({"limit": "101"}, {"page": "0"}, {"updated_from_date": "2026-09-01"}):
            answer = await client.get(ORDERS, params=query)
            assert answer.status_code == 400
            assert list(answer.json()) == ["errors"]
        large = (await client.get(ORDERS, params={"limit": "100"})).json()
        assert (len(large["data"]), large["paging"]["total"], large["paging"]["last_page"]) == (50, 60, 2)
        assert "status_histories" not in large["data"][0]
        empty = (await client.get(ORDERS, params={"updated_from_date": "2090-01-01 00:00:00"})).json()
        assert empty["data"] == []
        assert empty["paging"]["last_page"] == 0
        client.headers["authorization"] = "Bearer none"
        assert (await client.get(ORDERS)).status_code == 401


@asynccontextmanager
async def answering(answers: Mapping[str, Any], status: int = 200) -> AsyncIterator[Channel]:
    """A channel before a server that answers like that, by path; bytes as they are."""

    async def serve(request: Request) -> Response:
        answer = answers[request.url.path]
        return Response(answer, status) if isinstance(answer, bytes) else JSONResponse(answer, status)

    async with serving(Starlette(routes=[Route("/{path:path}", serve, methods=["GET", "POST"])])) as url:
        connection = Connection(HeldTokens(Credential({"app_secret": "s"}, "t")), manners=QUICK)
        try:
            yield open_tiki(shop_config("tiki", url, {"app_id": "7"}), connection)
        finally:
            await connection.close()


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, Advice.GIVE_UP),
        (401, Advice.ASK_SELLER),
        (403, Advice.ASK_SELLER),
        (404, Advice.SKIP),
        (405, Advice.GIVE_UP),
    ],
)
async def test_an_error_says_what_to_do_next(status: int, advice: Advice) -> None:
    body = {"errors": ["line one\nline two " + "x" * 200]}
    async with answering({ORDERS: body, TOKEN: {"access_token": "t2", "expires_in": 10}}, status) as channel:
        error = await refused(channel.check())
    assert error.advice is advice
    assert "\n" not in str(error)
    assert len(str(error)) < 250


@pytest.mark.parametrize("status", [500, 503])
async def test_a_server_that_fails_is_asked_again(status: int) -> None:
    async with answering({ORDERS: {"errors": ["x"]}}, status) as channel:
        assert (await refused(channel.check())).advice is Advice.RETRY


@pytest.mark.parametrize(
    "listing",
    [b"<html>", b'{"data": [', b"[]", {"data": {}}, {"data": []}, {"data": [], "paging": {"total": "many"}}],
)
async def test_an_answer_that_is_no_listing_is_unreadable(listing: Any) -> None:
    async with answering({ORDERS: listing}) as channel:
        with pytest.raises(UnreadableAnswerError):
            await channel.changes(Span(0, 1), None)


async def test_a_token_endpoint_that_gives_no_token_is_unreadable() -> None:
    async with answering({TOKEN: {"expires_in": 5}}) as channel:
        with pytest.raises(UnreadableAnswerError):
            await channel.renew(Credential({"app_secret": "s"}))


async def test_a_bad_record_is_parked_and_the_rest_of_the_page_comes() -> None:
    good = {"code": 800000001, "status": "queueing", "created_at": "2026-09-01 10:00:00"}
    rows = [
        good,
        {**good, "code": "800000002", "created_at": "yesterday"},
        {**good, "code": "800000003", "items": [{"qty": 1.5}]},
        {**good, "code": "800000004", "invoice": {"grand_total": "Nguyễn Văn A"}},
        {**good, "code": ["800000005"]},
        {**good, "code": ["800000006"]},
        "no record",
    ]
    async with answering({ORDERS: {"data": rows, "paging": {"total": len(rows)}}}) as channel:
        page = await channel.changes(Span(0, 1), None)
    assert [order.number for order in page.orders] == ["800000001"]
    assert {(one.number, one.why) for one in page.unreadable} == {
        ("800000002", "created_at: no time"),
        ("800000003", "qty: no whole pieces"),
        ("800000004", "grand_total: no amount"),
        ("", "code cannot be read (string_pattern_mismatch)"),
        ("", "record cannot be read (model_type)"),
    }
    assert len({one.key for one in page.unreadable}) == 6, "one for each that differs"


async def test_details_may_come_wrapped_or_bare() -> None:
    order = {"code": "800000001", "status": "queueing", "created_at": "2026-09-01 10:00:00"}
    empty = {"data": [], "paging": {"total": 0}}
    for body in (order, {"data": order}):
        async with answering({ORDERS: empty, f"{ORDERS}/800000001": body}) as channel:
            assert [one.number for one in (await channel.orders(["800000001"])).orders] == ["800000001"]
    async with answering({ORDERS: empty, f"{ORDERS}/800000001": {"data": "?"}}) as channel:
        with pytest.raises(UnreadableAnswerError):
            await channel.find("800000001")
