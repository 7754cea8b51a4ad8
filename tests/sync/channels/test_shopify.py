from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from packstation.domain.orders import BuyerFacts, FailureCause, IncomingOrder, Outcome, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, HOUR
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError
from sync.channels.protocol import Decision, PushDelivery, PushVerdict, Span
from sync.channels.shopify import documents
from sync.channels.shopify.answers import judged
from sync.channels.shopify.mapping import order_of
from sync.channels.shopify.wire import Order, Refund
from sync.credentials.credential import Credential
from sync.sandbox.channels import shopify as simulation
from sync.sandbox.channels.shopify.language import Field, SyntaxProblemError, parsed
from sync.sandbox.channels.shopify.running import requested_cost, selected
from sync.sandbox.channels.shopify.writing import order_object
from sync.sandbox.channels.shopify_like.facets import order_id
from sync.sandbox.faults import Fault
from sync.sandbox.market.facts import Facts
from sync.shops_config import ShopConfig
from sync.web.messages import Answer
from tests.sync.channels.family import (
    PASSING,
    Answers,
    Clock,
    before,
    differing,
    every,
    found_despite_faults,
    walked,
    whole,
)
from tests.sync.channels.stands import at_stand, make_stand

SHOP = ShopConfig(name="Shop", channel="shopify")
LASTING = {"client_id": ""}
HELD = Credential(secrets={"access_token": "shpat_1", "client_secret": "hush"})
ASKED = parsed(documents.SOME, {"ids": ["x"]}).fields[0].fields


def facts_like(status: Status, *, cod: bool = True) -> Facts:
    stand, opened_at = make_stand("shopify", orders=300, days=8, clock=lambda: 1_790_000_000_000)
    return next(one for one in stand.market.every(opened_at) if one.cod is cod and one.status is status)


def a_node(facts: Facts, **changes: Any) -> dict[str, Any]:
    return {**selected(order_object(facts), ASKED), **changes}


def read(*refunds: dict[str, Any], status: Status = Status.TO_PACK, **changes: Any) -> IncomingOrder:
    node = a_node(facts_like(status), **changes)
    return order_of(Order.model_validate(node), [Refund.model_validate(one) for one in refunds], SHOP)


def a_shipment(word: str | None, **changes: Any) -> dict[str, Any]:
    info = [{"company": "GHN", "number": "GYKBGEVY"}]
    return {
        "status": "SUCCESS",
        "displayStatus": word,
        "createdAt": "2026-09-01T00:00:00Z",
        "trackingInfo": info,
    } | changes


def number(facts: Facts) -> str:
    return str(order_id(facts.number))


@pytest.mark.parametrize(("days", "seed"), [(1, 3), (8, 2), (40, 1)])
async def test_everything_that_changed_equals_the_truth(days: int, seed: int) -> None:
    async with at_stand("shopify", orders=150, days=days, seed=seed) as at:
        assert differing("shopify", await walked(at.channel, whole(at)), every(at)) == []


async def test_every_life_is_understood_at_every_stage() -> None:
    clock = Clock()
    async with at_stand("shopify", orders=70, days=2, clock=clock) as at:
        for days in (0, 1, 4, 20):
            clock.off = days * DAY
            assert differing("shopify", await walked(at.channel, whole(at)), every(at)) == []


async def test_orders_read_alone_equal_the_truth_and_unknown_ones_are_missing() -> None:
    async with at_stand("shopify", orders=60, days=30) as at:
        facts = every(at)[:45]
        got = await at.channel.orders([*map(number, facts), "1299999999", "#1001", number(facts[0])])
        assert differing("shopify", got.orders, facts) == []
        assert got.missing == ("1299999999",)
        assert [one.number for one in got.unreadable] == ["#1001"]


async def test_faults_lose_nothing_in_the_end() -> None:
    async with at_stand("shopify", orders=100, days=20, faults=PASSING) as at:
        assert await found_despite_faults("shopify", at) == []
        assert sum(at.stand.faults.struck.values()) > 1


async def test_a_walk_loses_no_order_while_others_change() -> None:
    clock = Clock()
    async with at_stand("shopify", orders=150, days=2, clock=clock) as at:
        span = Span(at.opened_at - 60 * DAY, at.opened_at)
        numbers: set[str] = set()
        cursor: str | None = None
        while True:
            page = await at.channel.changes(span, cursor)
            numbers |= {order.number for order in page.orders}
            cursor = page.next_cursor
            if cursor is None:
                break
            clock.off += HOUR
        still = {number(one) for one in every(at) if one.updated_at < span.until}
        assert len(still) > 20
        assert still <= numbers


async def test_a_query_that_costs_too_much_is_asked_for_fewer_orders() -> None:
    costly = json.dumps({"errors": [{"message": "Query cost", "extensions": {"code": "MAX_COST_EXCEEDED"}}]}).encode()
    rows = {"nodes": [a_node(facts_like(Status.TO_PACK))], "pageInfo": {"hasNextPage": True, "endCursor": "abc"}}
    good = json.dumps({"data": {"orders": rows}}).encode()
    answers = Answers([(200, costly), (200, costly), (200, good)])
    async with before("shopify", answers, HELD) as channel:
        page = await channel.changes(Span(0, 1), None)
        assert (len(page.orders), page.next_cursor) == (1, "5:abc")
        assert (await channel.changes(Span(0, 1), page.next_cursor)).next_cursor == "5:abc"


def test_every_document_costs_less_than_a_query_may() -> None:
    variables: dict[str, object] = {"first": 20, "after": None, "query": "", "ids": ["x"] * 20, "id": "x"}
    for name in ("CHANGED", "SOME", "LINES", "REFUNDS", "REFUND_LINES", "NAMED", "SHOP", "STANDING"):
        operation = parsed(getattr(documents, name), variables)
        assert 0 < sum(map(requested_cost, operation.fields)) <= 1000, name


async def test_long_orders_and_long_refunds_are_read_to_their_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at_stand("shopify", orders=150, days=40) as at:
        facts = next(one for one in every(at) if one.outcome is Outcome.RETURNED)
        lines = tuple(replace(facts.lines[0], sku=f"LINE-{place}", ordered=1) for place in range(130))
        monkeypatch.setattr(at.stand.market, "facts", lambda _number, _now: replace(facts, lines=lines))
        order = (await at.channel.orders([number(facts)])).orders[0]
        assert [item.sku for item in order.items] == [line.sku for line in lines]
        assert sum(refund.quantity for refund in order.refunds) == 130
        assert order.outcomes[-1].outcome is Outcome.RETURNED


async def test_without_approval_orders_come_without_their_buyers() -> None:
    async with at_stand("shopify", orders=30) as at:
        at.stand.accepted["unapproved"] = "yes"
        orders = await walked(at.channel, whole(at))
        assert differing("shopify", orders, every(at)) == []
        assert all(one.buyer is not None and one.buyer.external_id is None and not one.buyer.phone for one in orders)
        assert {one.address.recipient for one in orders} == {""}


def test_the_company_of_the_address_is_the_buyers() -> None:
    told = read(shippingAddress={"name": "Hoa", "company": "Hoa Mai", "phone": "0912345678"}).buyer
    assert told is not None
    assert told.facts == BuyerFacts(company="Hoa Mai")
    untold = read().buyer
    assert untold is not None
    assert untold.facts is None


def test_pieces_removed_before_shipping_are_no_items_refunded_or_not() -> None:
    node = a_node(facts_like(Status.TO_PACK))
    line = {**node["lineItems"]["nodes"][0], "quantity": 3, "currentQuantity": 2}
    lines = {"pageInfo": {"hasNextPage": False}, "nodes": [line]}
    assert [item.quantity for item in read(lineItems=lines).items] == [2]
    money = {"shopMoney": {"amount": "100.4"}}
    row = {"quantity": 1, "lineItem": {"id": line["id"]}, "subtotalSet": money, "totalTaxSet": None}
    refund = {"createdAt": node["createdAt"], "totalRefundedSet": money, "refundLineItems": {"nodes": [row]}}
    paid_back = read(refund, lineItems=lines)
    assert [item.quantity for item in paid_back.items] == [2]
    assert [(one.line, one.quantity, one.amount) for one in paid_back.refunds] == [(0, 0, 100)]


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("CUSTOMER", Outcome.BUYER_CANCELLED),
        ("STAFF", Outcome.SELLER_CANCELLED),
        ("FRAUD", Outcome.SELLER_CANCELLED),
        ("INVENTORY", Outcome.SELLER_CANCELLED),
        ("DECLINED", Outcome.SELLER_CANCELLED),
        ("OTHER", Outcome.CANCELLED),
        ("SOMETHING_NEW", Outcome.CANCELLED),
        (None, Outcome.CANCELLED),
    ],
)
def test_the_reason_says_who_cancelled(reason: str | None, outcome: Outcome) -> None:
    order = read(cancelledAt="2026-09-09T01:00:00Z", cancelReason=reason)
    assert (order.statuses[-1].status, order.outcomes[-1].outcome) == (Status.CANCELLED, outcome)


def test_a_declined_payment_is_an_order_that_was_never_paid() -> None:
    order = read(
        cancelledAt="2026-09-09T01:00:00Z", cancelReason="DECLINED", paymentGatewayNames=["VNPAY"], transactions=[]
    )
    assert order.outcomes[-1].outcome is Outcome.UNPAID_EXPIRED


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("FULFILLED", Status.LABEL_READY),
        ("LABEL_PRINTED", Status.LABEL_READY),
        ("OUT_FOR_DELIVERY", Status.SHIPPED),
        ("ATTEMPTED_DELIVERY", Status.SHIPPED),
        ("PICKED_UP", Status.DELIVERED),
        ("NOT_DELIVERED", Status.RETURNING),
        ("BEAMED_UP", Status.CHANNEL_HOLD),
        ("CANCELED", Status.TO_PACK),
    ],
)
def test_the_carriers_word_says_how_far_a_parcel_is(word: str, status: Status) -> None:
    fulfilled = "UNFULFILLED" if word == "CANCELED" else "FULFILLED"
    order = read(fulfillments=[a_shipment(word)], displayFulfillmentStatus=fulfilled)
    assert order.statuses[-1].status is status
    assert [parcel.tracking for parcel in order.parcels] == ["GYKBGEVY"]


def test_a_shop_that_fulfils_what_it_hands_over_says_so() -> None:
    knowing = SHOP.model_copy(update={"statuses": {"FULFILLED": Status.SHIPPED}})
    node = a_node(
        facts_like(Status.TO_PACK), fulfillments=[a_shipment("FULFILLED")], displayFulfillmentStatus="FULFILLED"
    )
    assert order_of(Order.model_validate(node), (), knowing).statuses[-1].status is Status.SHIPPED


def test_two_parcels_stand_where_the_slower_one_does() -> None:
    def standing(*words: str) -> tuple[Status, Outcome]:
        shipments = [a_shipment(word) for word in words]
        order = read(fulfillments=shipments, displayFulfillmentStatus="FULFILLED")
        return order.statuses[-1].status, order.outcomes[-1].outcome if order.outcomes else Outcome.OPEN

    assert standing("DELIVERED", "IN_TRANSIT") == (Status.SHIPPED, Outcome.OPEN)
    assert standing("DELIVERED", "FULFILLED") == (Status.LABEL_READY, Outcome.OPEN)
    assert standing("DELIVERED", "NOT_DELIVERED") == (Status.DELIVERED, Outcome.DELIVERED)
    assert standing("NOT_DELIVERED", "NOT_DELIVERED") == (Status.RETURNING, Outcome.DELIVERY_FAILED)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PARTIALLY_FULFILLED", Status.TO_PACK),
        ("ON_HOLD", Status.CHANNEL_HOLD),
        ("SCHEDULED", Status.CHANNEL_HOLD),
        ("IN_PROGRESS", Status.TO_PACK),
        ("TRANSCENDED", Status.CHANNEL_HOLD),
    ],
)
def test_what_is_not_wholly_fulfilled_is_to_be_packed_or_held(word: str, status: Status) -> None:
    assert read(displayFulfillmentStatus=word).statuses[-1].status is status


def test_a_refused_parcel_of_a_cancelled_order_was_refused_by_the_buyer() -> None:
    order = read(
        fulfillments=[a_shipment("NOT_DELIVERED")], cancelledAt="2026-09-09T01:00:00Z", cancelReason="CUSTOMER"
    )
    ended = order.outcomes[-1]
    assert (ended.outcome, ended.cause) == (Outcome.DELIVERY_FAILED, FailureCause.REFUSED)


@pytest.mark.parametrize(
    ("names", "financial", "cod"),
    [
        (["Cash on Delivery (COD)"], "PENDING", True),
        (["Thanh toán khi nhận hàng"], "PENDING", True),
        (["shopify_payments"], "PAID", False),
        ([], "PAID", False),
        ([], "PENDING", None),
    ],
)
def test_money_at_the_door_is_told_by_the_name_of_the_payment(
    names: list[str], financial: str, cod: bool | None
) -> None:
    order = read(paymentGatewayNames=names, displayFinancialStatus=financial)
    assert order.cod is cod
    waits = cod is not True and financial == "PENDING"
    assert order.statuses[-1].status is (Status.UNPAID if waits else Status.TO_PACK)


async def test_one_bad_record_does_not_keep_the_page() -> None:
    good = a_node(facts_like(Status.TO_PACK))
    bad = {**good, "legacyResourceId": "1200000001", "totalPriceSet": {"shopMoney": {"amount": "free"}}}
    rows = [good, bad, {**good, "createdAt": None}, {**good, "legacyResourceId": "x"}, None, 7]
    body = json.dumps({"data": {"orders": {"nodes": rows, "pageInfo": None}}}).encode()
    async with before("shopify", Answers([(200, body)]), HELD) as channel:
        page = await channel.changes(Span(0, 1), None)
    assert [order.number for order in page.orders] == [good["legacyResourceId"]]
    assert [one.number for one in page.unreadable] == ["1200000001", good["legacyResourceId"], "", "", ""]
    assert "free" not in str(page.unreadable)
    assert len({one.key for one in page.unreadable}) == len(page.unreadable)


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'{"data": null}', b'{"data": {"orders": 7}}', b"<html>", b'{"data": {"or']
)
async def test_an_answer_that_lies_about_itself_is_unreadable(body: bytes) -> None:
    async with before("shopify", Answers([(200, body)]), HELD) as channel:
        with pytest.raises(UnreadableAnswerError):
            await channel.changes(Span(0, 1), None)


def failing(code: str, data: object = None) -> Answer:
    status = {"currentlyAvailable": 100, "restoreRate": 50.0}
    counted = {"cost": {"requestedQueryCost": 400, "throttleStatus": status}}
    body = {"errors": [{"message": code.title(), "extensions": {"code": code}}], "data": data, "extensions": counted}
    return Answer(200, {}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (failing("THROTTLED"), Advice.RETRY),
        (failing("INTERNAL_SERVER_ERROR"), Advice.RETRY),
        (failing("ACCESS_DENIED"), Advice.ASK_SELLER),
        (failing("undefinedField"), Advice.GIVE_UP),
        (Answer(401, {}, b""), Advice.RENEW),
        (Answer(402, {}, b""), Advice.ASK_SELLER),
        (Answer(403, {}, b""), Advice.ASK_SELLER),
        (Answer(404, {}, b""), Advice.ASK_SELLER),
        (Answer(430, {}, b""), Advice.RETRY),
        (Answer(400, {}, b""), Advice.GIVE_UP),
    ],
)
def test_errors_say_what_to_do(answer: Answer, advice: Advice) -> None:
    with pytest.raises(ChannelError) as caught:
        judged(answer, renewable=True)
    assert caught.value.advice is advice


def test_a_throttled_query_waits_for_the_points_that_it_lacks() -> None:
    with pytest.raises(ChannelError) as caught:
        judged(failing("THROTTLED"), renewable=True)
    assert caught.value.retry_after == 6.0
    assert judged(failing("ACCESS_DENIED", {"orders": None}), renewable=True).rest == 6.0


async def test_a_token_is_fetched_and_renewed_with_the_applications_secret() -> None:
    async with at_stand("shopify", orders=5) as at:
        at.tokens.credential = replace(at.tokens.credential, access_token="", access_expires_at=None)
        await at.channel.check()
        assert at.tokens.renewals == 1
        at.stand.accepted["access_token"] = "SOMETHING ELSE"
        await at.channel.check()
        assert at.tokens.renewals == 2
        assert at.tokens.credential.access_expires_at is not None


async def test_a_revoked_application_needs_the_seller() -> None:
    async with at_stand("shopify", orders=5, faults={Fault.REVOKED: 1.0}) as at:
        with pytest.raises(ChannelError) as caught:
            await at.channel.check()
        assert caught.value.advice is Advice.ASK_SELLER
        assert at.stand.secret("client_secret") not in str(caught.value)


async def test_an_application_made_in_the_admin_shows_its_lasting_token() -> None:
    async with at_stand("shopify", orders=5, account=LASTING) as at:
        assert at.channel.abilities.secrets == ("access_token",)
        assert at.channel.abilities.push_secrets == ("client_secret",)
        await at.channel.check()
        at.tokens.credential = Credential(secrets={"access_token": "wrong"})
        with pytest.raises(ChannelError) as caught:
            await at.channel.check()
        assert (caught.value.advice, at.tokens.renewals) == (Advice.ASK_SELLER, 0)


@pytest.mark.parametrize("account", [{"api_version": "2019-01"}, {"api_version": "newest"}])
async def test_a_version_that_is_none_asks_the_seller(account: dict[str, str]) -> None:
    async with at_stand("shopify", orders=5, account=account) as at:
        with pytest.raises(ChannelError) as caught:
            await at.channel.check()
        assert caught.value.advice is Advice.ASK_SELLER


async def test_codes_are_names_with_or_without_their_sign() -> None:
    async with at_stand("shopify", orders=20) as at:
        facts = every(at)[3]
        assert await at.channel.find(facts.number) == (number(facts),)
        assert await at.channel.find(facts.number.removeprefix("#")) == (number(facts),)
        assert await at.channel.find("#99999") == ()
        calls = dict(at.stand.calls)
        for code in ("", "' OR name:'#1001", "SPXVN063015366786", "\u0661\u0662"):
            assert await at.channel.find(code) == ()
        assert at.stand.calls == calls


async def test_decisions_become_lines_of_the_note_once() -> None:
    async with at_stand("shopify", orders=40) as at:
        facts = next(one for one in every(at) if one.buyer_note)
        for kind, key in ((DecisionKind.PACKED, "key-1"), (DecisionKind.NOTE, "key-2"), (DecisionKind.PACKED, "key-1")):
            await at.channel.deliver(Decision(number(facts), kind, key, 1, text="gọi lại"))
        note = next(one for one in every(at) if one.number == facts.number).seller_note
        assert note.startswith(facts.buyer_note)
        assert note.count("key-1") == note.count("key-2") == 1
        assert (await at.channel.orders([number(facts)])).orders[0].buyer_note == facts.buyer_note


async def test_an_order_is_cancelled_once_and_only_before_it_is_shipped() -> None:
    async with at_stand("shopify", orders=150, days=2) as at:
        by_status = {one.status: number(one) for one in every(at) if one.cod}
        wanted = by_status[Status.TO_PACK]
        for _again in range(2):
            await at.channel.deliver(Decision(wanted, DecisionKind.CANCELLATION, "key", 1, text="hết hàng"))
        order = (await at.channel.orders([wanted])).orders[0]
        assert (order.statuses[-1].status, order.outcomes[-1].outcome) == (Status.CANCELLED, Outcome.SELLER_CANCELLED)
        for refused in (by_status[Status.SHIPPED], "1299999999", "#1"):
            with pytest.raises(ChannelError) as caught:
                await at.channel.deliver(Decision(refused, DecisionKind.CANCELLATION, "key", 1))
            assert caught.value.advice is Advice.SKIP


async def test_genuine_deliveries_name_their_order_and_forged_ones_nothing() -> None:
    async with at_stand("shopify", orders=5) as at:
        held = at.tokens.credential
        facts = every(at)[0]
        for headers, body in simulation.deliveries(at.stand, facts):
            got = at.channel.read_push(PushDelivery(at.url, headers, body), held)
            assert got.verdict is PushVerdict.GENUINE
            assert got.hint is not None
            assert (got.hint.numbers, got.hint.shop_account) == ((number(facts),), "soc-nau")
            for delivery, credential in (
                (PushDelivery(at.url, headers, body.replace(b"1", b"2")), held),
                (PushDelivery(at.url, headers, body), Credential(secrets={"client_secret": "x"})),
                (PushDelivery(at.url, {}, body), held),
            ):
                forged = at.channel.read_push(delivery, credential)
                assert (forged.verdict, forged.answer.status, forged.hint) == (PushVerdict.FORGED, 401, None)


async def test_the_sandbox_refuses_what_shopify_refuses() -> None:
    async with at_stand("shopify", orders=5, account=LASTING) as at:
        token = at.tokens.credential.secrets["access_token"]
        async with httpx.AsyncClient(base_url=at.url, headers={"x-shopify-access-token": token}) as client:

            async def code_of(query: str) -> str:
                answer = await client.post("/admin/api/2026-07/graphql.json", json={"query": query})
                return str(answer.json()["errors"][0]["extensions"]["code"])

            assert await code_of("query A { orders(first: 251) { nodes { id } } }") == "BAD_REQUEST"
            assert await code_of("query A { orders { nodes { id } } }") == "BAD_REQUEST"
            assert await code_of("query A { orders(first: 1) { nodes { colour } } }") == "undefinedField"
            deep = "query A { orders(first: 200) { nodes { lineItems(first: 9) { nodes { id } } } } }"
            assert await code_of(deep) == "MAX_COST_EXCEEDED"
            assert await code_of("query A { orders(first: 1 { id } }") == "INVALID_VARIABLE"
            assert (await client.post("/admin/api/2020-01/graphql.json", json={})).status_code == 404
            assert (await client.post("/admin/api/2026-07/graphql.json", content=b"{")).status_code == 400


def test_the_sandboxs_language_reads_fragments_and_fills_in_variables() -> None:
    operation = parsed(
        'query A($n: Int!) { a(first: $n, q: "x\\"y") { ...F } b } fragment F on T { c # remark\n d { e } }', {"n": 3}
    )
    assert operation.fields[0] == Field("a", {"first": 3, "q": 'x"y'}, (Field("c"), Field("d", {}, (Field("e"),))))
    for wrong in ("query A($n: Int!) { a }", "query A { ...G }", "query A { a", "{", "query A { a } %"):
        with pytest.raises(SyntaxProblemError):
            parsed(wrong, {})
