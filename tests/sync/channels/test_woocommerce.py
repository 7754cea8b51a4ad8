"""WooCommerce: a whole shop read, told of decisions, and borne with when it misbehaves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.orders import Outcome, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import HOUR
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Channel, Decision, Span
from sync.channels.registry import open_channel
from sync.credentials.credential import Credential
from sync.sandbox.channels.woocommerce import expected
from sync.sandbox.faults import Fault, everything
from sync.sandbox.server import serving
from sync.web.connection import Connection
from tests.sync.channels.stands import QUICK, HeldTokens, at_stand, shop_config
from tests.sync.channels.understood import understood
from tests.sync.channels.woocommerce_shop import Shop, shop, walked

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module", name="web")
async def quiet_shop() -> AsyncIterator[Shop]:
    """A shop in which nothing happens: 500 orders of two months."""
    async with shop(500, days=60, seed=3) as web:
        yield web


@asynccontextmanager
async def answering(answers: list[Response]) -> AsyncIterator[Channel]:
    """The connector before a site that gives these answers in turn, the last one for ever."""

    async def answer(_request: Request) -> Response:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async with serving(Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])) as url:
        tokens = HeldTokens(Credential({"consumer_key": "ck_1", "consumer_secret": "cs_1"}))
        connection = Connection(tokens, manners=QUICK)
        try:
            yield open_channel(shop_config("woocommerce", url, {}), connection)
        finally:
            await connection.close()


NEVER_ENDING = frozenset({Fault.SLOW, Fault.STALLED})
SPAN = Span(1_788_000_000_000, 1_789_000_000_000)


# the whole shop


async def test_every_order_is_understood_as_it_is(web: Shop) -> None:
    orders, unreadable, _pages = await walked(web.channel, web.whole_span)
    assert not unreadable
    assert {order.number: understood(order) for order in orders} == web.truth()


async def test_the_shop_has_every_case(web: Shop) -> None:
    every = web.truth().values()
    assert {one.status for one in every} >= {
        Status.COMPLETED,
        Status.SHIPPED,
        Status.CANCELLED,
        Status.RETURNED,
        Status.TO_PACK,
        Status.LABEL_READY,
    }
    assert {one.outcome for one in every} >= {
        Outcome.OPEN,
        Outcome.DELIVERED,
        Outcome.RETURNED,
        Outcome.CANCELLED,
        Outcome.UNPAID_EXPIRED,
        Outcome.DELIVERY_FAILED,
    }
    assert any(one.refunded for one in every)
    rows = await web.listed(status="trash", per_page=100)
    deleted = [facts for facts in web.at.stand.market.every(web.clock.now) if expected(facts) is None]
    assert rows
    assert deleted


async def test_orders_read_for_themselves_are_what_the_listing_gave(web: Shop) -> None:
    truth = web.truth()
    read = await web.channel.orders([*truth, *truth])
    assert {order.number: understood(order) for order in read.orders} == truth
    assert read.missing == ()


async def test_numbers_that_are_gone_are_missing_and_those_that_never_were_are_not(web: Shop) -> None:
    gone = next(facts.number for facts in web.at.stand.market.every(web.clock.now) if expected(facts) is None)
    read = await web.channel.orders([gone, "260901ABCD1234", "99999999999999999999", "0"])
    assert read.missing == (gone,)
    assert [one.number for one in read.unreadable] == ["260901ABCD1234", "99999999999999999999", "0"]
    assert read.orders == ()


async def test_an_order_that_a_list_leaves_out_is_not_taken_for_gone() -> None:
    async with shop(20, faults={Fault.NO_ORDERS: 1.0}) as web:
        numbers = list(web.truth())
        read = await web.channel.orders([*numbers, "99999"])
        assert [order.number for order in read.orders] == numbers
        assert read.missing == ("99999",)


async def test_a_code_finds_the_order_of_that_number_and_nothing_of_a_strange_shape(web: Shop) -> None:
    number = next(iter(web.truth()))
    assert await web.channel.find(number) == (number,)
    assert await web.channel.find(f"#{number}") == (number,)
    calls = sum(web.at.stand.calls.values())
    for strange in ("", "x", "mã vạch", "a b", "x" * 41, "0950000001'; --"):
        assert await web.channel.find(strange) == ()
    assert sum(web.at.stand.calls.values()) == calls
    assert await web.channel.find("999999") == ()


async def test_a_page_of_orders_costs_one_call_and_one_for_each_order_with_refunds(web: Shop) -> None:
    before = sum(web.at.stand.calls.values())
    page = await web.channel.changes(web.whole_span, None)
    assert len(page.orders) == 100
    refunded = sum(
        1
        for row in await web.listed(include=",".join(one.number for one in page.orders), per_page=100)
        if row["refunds"]
    )
    assert sum(web.at.stand.calls.values()) - before - 1 == 1 + refunded


async def test_with_every_fault_all_orders_are_read_in_the_end() -> None:
    chances: dict[Fault, float] = {
        fault: chance for fault, chance in everything(0.04).items() if fault not in NEVER_ENDING
    }
    async with at_stand("woocommerce", orders=150, days=30, faults=chances) as at:
        truth = {one.number: one for facts in at.stand.market.every(at.opened_at) if (one := expected(facts))}
        found, advices = {}, {Advice.RETRY}
        span = Span(at.opened_at - 60 * 24 * HOUR, at.opened_at + HOUR)
        for _time in range(40):
            try:
                orders, _unreadable, _pages = await walked(at.channel, span)
            except ChannelError as error:
                advices.add(error.advice)
                continue
            found.update({order.number: understood(order) for order in orders})
            if len(found) == len(truth):
                break
        assert found == truth
        assert advices == {Advice.RETRY}
        assert len(at.stand.faults.struck) >= 5


# answers that are no answers

WRONG = (
    (Response("<html>", 403, media_type="text/html"), Advice.ASK_SELLER, "firewall"),
    (Response("<html>", 404, media_type="text/html"), Advice.ASK_SELLER, "permalinks"),
    (JSONResponse({"code": "rest_no_route", "message": "No route"}, 404), Advice.ASK_SELLER, "no WooCommerce"),
    (Response("", 301, {"location": "https://www.soc-nau.example/"}), Advice.ASK_SELLER, "www.soc-nau.example"),
    (
        JSONResponse({"code": "woocommerce_rest_cannot_view", "message": "Sorry"}, 401),
        Advice.ASK_SELLER,
        "may not do this",
    ),
    (
        JSONResponse({"code": "rest_invalid_param", "message": "Invalid parameter(s): orderby"}, 400),
        Advice.GIVE_UP,
        "Invalid parameter(s): orderby",
    ),
    (JSONResponse(["no", "dictionary"], 400), Advice.GIVE_UP, "HTTP 400"),
    (Response("<html>", 200, media_type="application/json"), Advice.RETRY, "HTML"),
    (Response('[{"id": 1', 200, media_type="application/json"), Advice.RETRY, "no whole JSON"),
    (JSONResponse({"id": 1}), Advice.RETRY, "no list"),
)


def order_row(order_id: object, **changed: object) -> dict[str, object]:
    return {
        "id": order_id,
        "status": "processing",
        "currency": "VND",
        "total": "1000",
        "date_created_gmt": "2026-09-01T03:00:00",
        "date_modified_gmt": "2026-09-01T03:00:00",
        "billing": {"first_name": "Mai", "phone": "0950000001"},
        **changed,
    }


async def test_a_record_that_makes_no_order_is_named_and_the_rest_of_the_page_comes() -> None:
    rows = [
        order_row(1),
        order_row(2, total="Lê Mai 0950000001"),
        order_row(3, date_created_gmt=None),
        "nonsense",
        order_row(4, status="checkout-draft"),
        order_row(5),
    ]
    async with answering([JSONResponse(rows)]) as channel:
        page = await channel.changes(SPAN, None)
    assert [order.number for order in page.orders] == ["1", "5"]
    assert [(one.number, one.why) for one in page.unreadable] == [
        ("2", "total cannot be read (value_error)"),
        ("3", "date_created: no time"),
        ("", "record cannot be read (model_type)"),
    ]
    assert [one.key[0] for one in page.unreadable] == ["2", "3", "?"]


async def test_an_order_deleted_before_its_refunds_are_read_is_left_out() -> None:
    gone = {"code": "woocommerce_rest_shop_order_invalid_id", "message": "Invalid ID.", "data": {"status": 404}}
    async with answering([JSONResponse([order_row(1, refunds=[{"id": 9}])]), JSONResponse(gone, 404)]) as channel:
        page = await channel.changes(SPAN, None)
    assert (page.orders, page.unreadable) == ((), ())


async def test_what_goes_wrong_is_classed_by_what_to_do_next() -> None:
    answers: list[Response] = []
    async with answering(answers) as channel:
        for answer, advice, says in WRONG:
            answers[:] = [answer]
            with pytest.raises(ChannelError) as caught:
                await channel.check()
            assert (caught.value.advice, says) == (advice, says)
            assert says in str(caught.value)


# decisions


def decision(number: object, kind: DecisionKind, **changed: Any) -> Decision:
    return Decision(str(number), kind, "7d1c", 1_788_000_000_000, **changed)


async def test_a_decision_is_written_as_a_note_once_however_often_it_is_told() -> None:
    async with shop(20) as web:
        row = (await web.listed())[0]
        told = decision(row["id"], DecisionKind.NOTE, text="Gọi lại sau 18h", packages=("PK1",))
        first, again = await web.channel.deliver(told), await web.channel.deliver(told)
        notes = (await web.call("GET", f"orders/{row['id']}/notes")).json()
        written = [note for note in notes if "packstation" in note["note"]]
        assert [note["note"] for note in written] == ["Gọi lại sau 18h (PK1) [packstation 7d1c]"]
        assert first.reference == again.reference == str(written[0]["id"])
        assert written[0]["customer_note"] is False
        assert (await web.one(row["id"]))["date_modified_gmt"] == row["date_modified_gmt"]


async def test_every_decision_has_its_words() -> None:
    async with shop(5) as web:
        rows = await web.listed()
        for row, kind, says in (
            (rows[0], DecisionKind.PACKED, "Packed."),
            (rows[1], DecisionKind.HOLD_RELEASED, "Checked: the order may go."),
            (rows[2], DecisionKind.HOLD_REJECTED, "Checked: do not send this order."),
        ):
            await web.channel.deliver(decision(row["id"], kind))
            newest = (await web.call("GET", f"orders/{row['id']}/notes")).json()[0]
            assert newest["note"] == f"{says} [packstation 7d1c]"


async def test_a_note_that_may_have_arrived_is_not_sent_again_at_once() -> None:
    lost: list[Response] = [JSONResponse([]), Response("", 502), JSONResponse({"id": 1})]
    async with answering(lost) as channel:
        with pytest.raises(ChannelError) as caught:
            await channel.deliver(decision(1, DecisionKind.PACKED))
    assert (caught.value.advice, caught.value.code) == (Advice.RETRY, "unconfirmed")


async def test_a_cancellation_asked_for_cancels_the_order_once() -> None:
    async with shop(60) as web:
        order_id = (await web.listed(status="processing"))[0]["id"]
        for _time in range(2):
            await web.channel.deliver(decision(order_id, DecisionKind.CANCELLATION, reason="Hết hàng"))
        assert (await web.one(order_id))["status"] == "cancelled"
        read = await web.channel.orders([str(order_id)])
        assert read.orders[0].outcomes[-1].outcome is Outcome.CANCELLED


async def test_what_cannot_be_told_is_parked() -> None:
    async with shop(60) as web:
        completed = (await web.listed(status="completed"))[0]["id"]
        for told in (
            decision(completed, DecisionKind.CANCELLATION),
            decision(99_999, DecisionKind.NOTE, text="x"),
            decision(99_999, DecisionKind.CANCELLATION),
            decision("260901ABCD1234", DecisionKind.NOTE, text="x"),
        ):
            with pytest.raises(ChannelError) as caught:
                await web.channel.deliver(told)
            assert caught.value.advice is Advice.SKIP
        assert (await web.one(completed))["status"] == "completed"


async def test_a_key_that_is_missing_and_a_site_that_is_missing_are_for_the_seller() -> None:
    connection = Connection(HeldTokens(Credential()), manners=QUICK)
    for account, word in (({"site": "soc-nau.example"}, "log in"), ({}, "account.site")):
        config = shop_config("woocommerce", "http://127.0.0.1:1", account).model_copy(update={"api_host": None})
        with pytest.raises(ChannelError) as caught:
            await open_channel(config, connection).check()
        assert caught.value.advice is Advice.ASK_SELLER
        assert word in str(caught.value)
    await connection.close()


async def test_the_truth_that_the_sandbox_tells_is_json(web: Shop) -> None:
    told = await web.api.get("/_sandbox/truth", params={"at": web.clock.now})
    assert len(json.loads(told.content)) == len(web.truth())
