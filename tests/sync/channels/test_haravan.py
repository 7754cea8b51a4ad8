from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from packstation.domain.orders import BuyerFacts, FailureCause, IncomingOrder, Origin, Outcome, Refund, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY, HOUR, iso_utc
from sync.channels.errors import Advice, ChannelError, UnreadableAnswerError, UnreadableRecordError
from sync.channels.haravan.client import rest_after
from sync.channels.haravan.walking import PER_PAGE, Place, place_of
from sync.channels.haravan.words import HARAVAN
from sync.channels.protocol import Decision, PushDelivery, PushVerdict, Span
from sync.channels.shopify_like.rest_mapping import order_of
from sync.channels.shopify_like.rest_wire import Order
from sync.credentials.credential import Credential
from sync.sandbox.channels import haravan as simulation
from sync.sandbox.channels.haravan.writing import order_json
from sync.sandbox.faults import Fault
from sync.sandbox.stand import real_clock
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

PRIVATE = {"client_id": ""}
SHOP = ShopConfig(name="Shop", channel="haravan")
HELD = Credential(secrets={"access_token": "A", "app_secret": "testsecret"})


def a_record(**changes: Any) -> dict[str, Any]:
    """A COD order that waits to be packed, as Haravan writes it."""
    stand, opened_at = make_stand("haravan", orders=60, days=1, clock=lambda: 1_790_000_000_000)
    facts = next(one for one in stand.market.every(opened_at) if one.cod and one.status is Status.TO_PACK)
    return {**order_json(replace(facts, origin=None, odd_word="")), **changes}


def read(**changes: Any) -> IncomingOrder:
    return order_of(Order.model_validate(a_record(**changes)), HARAVAN, SHOP)


def a_shipment(code: str | None, **changes: Any) -> dict[str, Any]:
    return {
        "status": "success",
        "tracking_company": "GHN",
        "tracking_number": "GYKBGEVY",
        "carrier_status_code": code,
    } | changes


@pytest.mark.parametrize(("days", "seed"), [(1, 3), (8, 2), (40, 1)])
async def test_everything_that_changed_equals_the_truth(days: int, seed: int) -> None:
    async with at_stand("haravan", orders=150, days=days, seed=seed) as at:
        assert differing("haravan", await walked(at.channel, whole(at)), every(at)) == []


async def test_every_life_is_understood_at_every_stage() -> None:
    clock = Clock()
    async with at_stand("haravan", orders=90, days=2, clock=clock) as at:
        for days in (0, 1, 4, 20):
            clock.off = days * DAY
            assert differing("haravan", await walked(at.channel, whole(at)), every(at)) == []


async def test_orders_read_alone_equal_the_truth_and_unknown_ones_are_missing() -> None:
    async with at_stand("haravan", orders=80, days=30) as at:
        facts = every(at)[:60]
        numbers = [str(order_json(one)["id"]) for one in facts]
        got = await at.channel.orders([*numbers, "1299999999", "#100021", numbers[0]])
        assert differing("haravan", got.orders, facts) == []
        assert got.missing == ("1299999999",)
        assert [one.number for one in got.unreadable] == ["#100021"]
        assert at.stand.calls["/com/orders.json"] == 2


async def test_faults_lose_nothing_in_the_end() -> None:
    async with at_stand("haravan", orders=150, days=20, faults=PASSING) as at:
        assert await found_despite_faults("haravan", at) == []
        assert sum(at.stand.faults.struck.values()) > 1


async def test_a_walk_loses_no_order_while_others_change() -> None:
    clock = Clock()
    async with at_stand("haravan", orders=300, days=2, clock=clock) as at:
        span = Span(at.opened_at - 60 * DAY, at.opened_at)
        numbers: set[str] = set()
        cursor: str | None = None
        while True:
            page = await at.channel.changes(span, cursor)
            numbers |= {order.number for order in page.orders}
            cursor = page.next_cursor
            if cursor is None:
                break
            clock.off += 2 * HOUR
        still = {str(order_json(one)["id"]) for one in every(at) if one.updated_at < span.until}
        assert len(still) > PER_PAGE // 2
        assert still <= numbers


def test_a_page_begins_a_second_before_the_last_time_seen_and_counts_on_within_it() -> None:
    first = Place(1_000_000)
    assert first.following([1_005_500] * PER_PAGE) == Place(1_004_000)
    assert first.following([1_001_999] * PER_PAGE) == Place(1_000_000, 2)
    assert Place(1_000_000, 2).following([1_001_999] * (PER_PAGE - 1)) == Place(1_000_000, 3), "a row was lost"
    assert first.following([1_005_500] * (PER_PAGE // 2)) is None
    assert place_of(str(Place(1_000_000, 3))) == Place(1_000_000, 3)
    query = dict(first.query(Span(1_000_500, 2_000_001)))
    assert query["updated_at_min"] == iso_utc(1_000_000)
    assert query["updated_at_max"] == iso_utc(2_001_000)


@pytest.mark.parametrize("cursor", ["", "x", "1:", "-1:0", "1:2:3", "٤:1"])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ChannelError) as caught:
        place_of(cursor)
    assert caught.value.advice is Advice.GIVE_UP


async def test_an_order_from_a_marketplace_names_its_number_there() -> None:
    async with at_stand("haravan", orders=80, days=20) as at:
        orders = {order.number: order for order in await walked(at.channel, whole(at))}
        for facts in every(at):
            order = orders[str(order_json(facts)["id"])]
            assert order.origin == facts.origin
            printed = (facts.number, facts.number.removeprefix("#"))
            assert order.also == ((facts.origin.number,) if facts.origin else printed)


def test_times_of_the_carrier_make_the_timeline() -> None:
    stand, opened_at = make_stand("haravan", orders=200, days=30)
    for facts in stand.market.every(opened_at):
        if facts.cod and facts.outcome is Outcome.DELIVERED and facts.reached(Status.COMPLETED):
            order = order_of(Order.model_validate(order_json(facts)), HARAVAN, SHOP)
            expected = [(one.status, one.at) for one in facts.passed]
            assert [(one.status, one.known_at) for one in order.statuses] == expected
            assert order.paid_at == facts.reached(Status.DELIVERED)
            assert order.to_collect == facts.total
            assert order.address == facts.address
            assert order.buyer is not None
            assert (order.buyer.external_id, order.buyer.phone) == (facts.buyer.id, facts.buyer.phone)
            return
    raise AssertionError


def test_the_company_of_the_bill_goes_before_that_of_the_delivery() -> None:
    addresses = {"billing_address": {"company": "Hoa Mai"}, "shipping_address": {"company": "Kho 2", "name": "Hoa"}}
    found = read(**addresses).buyer
    assert found is not None
    assert found.facts == BuyerFacts(company="Hoa Mai")


def test_a_buyer_who_was_not_met_is_the_only_cause_that_is_told() -> None:
    missed = a_shipment("waitingforreturn", not_meet_customer_date="2026-09-01T01:00:00Z")
    assert read(fulfillments=[missed]).outcomes[-1].cause is FailureCause.UNREACHABLE
    assert read(fulfillments=[a_shipment("return")]).outcomes[-1].cause is None


def test_a_cancelled_order_that_was_on_its_way_was_refused() -> None:
    order = read(fulfillments=[a_shipment("delivering")], cancelled_at="2026-09-09T01:00:00Z", cancel_reason="customer")
    ended = order.outcomes[-1]
    assert (order.statuses[-1].status, ended.outcome, ended.cause) == (
        Status.CANCELLED,
        Outcome.DELIVERY_FAILED,
        FailureCause.REFUSED,
    )


def test_pieces_refunded_before_shipping_are_no_items_any_more() -> None:
    record = a_record()
    lines = [{**record["line_items"][0], "quantity": 3, "price": 100.0}]
    refund = {
        "created_at": record["created_at"],
        "refund_line_items": [{"line_item_id": lines[0]["id"], "quantity": 1}],
        "transactions": [{"kind": "refund", "amount": "-100.0000"}],
    }
    order = read(line_items=lines, refunds=[refund])
    assert [(item.quantity, item.price, item.total) for item in order.items] == [(2, 100, 200)]
    assert order.refunds == (Refund(0, 0, 100, order.placed_at),)
    assert order.statuses[-1].status is Status.TO_PACK
    refund["refund_line_items"][0]["quantity"] = 3
    gone = read(line_items=lines, refunds=[refund])
    assert (gone.statuses[-1].status, gone.outcomes[-1].outcome) == (Status.CANCELLED, Outcome.CANCELLED)
    assert [item.quantity for item in gone.items] == [3]


def test_the_money_of_a_refund_is_shared_by_what_the_pieces_cost() -> None:
    record = a_record()
    first = record["line_items"][0]
    lines = [{**first, "id": 1, "quantity": 1, "price": 100}, {**first, "id": 2, "quantity": 2, "price": "50.5"}]
    refund = {
        "created_at": iso_utc(8_000_000_000_000),
        "refund_line_items": [{"line_item_id": 1, "quantity": 1}, {"line_item_id": 2, "quantity": 1}],
        "transactions": [{"kind": "refund", "amount": -180.0}],
    }
    shipment = a_shipment("delivered", delivering_date="2026-01-01T00:00:00Z")
    order = read(line_items=lines, refunds=[refund], fulfillments=[shipment], fulfillment_status="fulfilled")
    assert [(one.line, one.quantity, one.amount) for one in order.refunds] == [(0, 1, 100), (1, 1, 50), (None, 0, 30)]
    assert order.outcomes[-1].outcome is Outcome.DELIVERED, "one piece was kept"


def test_an_unknown_word_holds_the_order_until_the_shop_says_what_it_means() -> None:
    assert read(fulfillment_status="chờ trăng").statuses[-1].status is Status.CHANNEL_HOLD
    odd = a_record(fulfillments=[a_shipment("lost_in_space")], fulfillment_status="fulfilled")
    order = order_of(Order.model_validate(odd), HARAVAN, SHOP)
    assert (order.statuses[-1].status, order.statuses[-1].channel_status) == (Status.CHANNEL_HOLD, "lost_in_space")
    assert order.outcomes == ()
    knowing = SHOP.model_copy(update={"statuses": {"lost_in_space": Status.LOST}})
    meant = order_of(Order.model_validate(odd), HARAVAN, knowing)
    assert (meant.statuses[-1].status, meant.outcomes[-1].outcome) == (Status.LOST, Outcome.LOST)
    for spelt in ("Đã hoàn thành", "Fulfilled", "FULFILLED"):
        shipped = read(fulfillment_status=spelt, fulfillments=[a_shipment("ready_to_pick")])
        assert shipped.statuses[-1].status is Status.LABEL_READY


def test_what_is_partly_in_shipments_is_still_to_be_packed() -> None:
    order = read(fulfillment_status="partial", fulfillments=[a_shipment("delivered")])
    assert (order.statuses[-1].status, order.outcomes) == (Status.TO_PACK, ())
    assert [parcel.tracking for parcel in order.parcels] == ["GYKBGEVY"]


def test_the_label_of_a_cancelled_shipment_still_leads_to_its_order() -> None:
    order = read(fulfillments=[a_shipment("cancel")])
    assert order.statuses[-1].status is Status.TO_PACK
    assert [parcel.tracking for parcel in order.parcels] == ["GYKBGEVY"]


def test_an_order_sold_at_the_counter_is_complete_and_may_come_back() -> None:
    sold = {"gateway_code": "CASH", "gateway": "Tiền mặt", "financial_status": "paid", "closed_status": "closed"}
    order = read(**sold, closed_at="2026-01-01T00:00:00Z", customer=None)
    assert (order.statuses[-1].status, order.outcomes[-1].outcome) == (Status.COMPLETED, Outcome.DELIVERED)
    assert order.buyer is not None
    assert order.buyer.external_id is None
    back = read(**{**sold, "financial_status": "refunded"}, closed_at="2026-01-01T00:00:00Z")
    assert (back.statuses[-1].status, back.outcomes[-1].outcome) == (Status.RETURNED, Outcome.RETURNED)


def test_archiving_what_is_on_its_way_does_not_complete_it() -> None:
    order = read(fulfillments=[a_shipment("delivering")], closed_at="2026-09-09T01:00:00Z", closed_status="closed")
    assert order.statuses[-1].status is Status.SHIPPED


@pytest.mark.parametrize(
    ("changes", "cod"),
    [
        ({"gateway_code": "COD"}, True),
        ({"gateway_code": None, "gateway": "Thanh toán khi nhận hàng"}, True),
        ({"gateway_code": None, "gateway": None, "fulfillments": [a_shipment("pending", cod_amount=1.0)]}, True),
        ({"gateway_code": "VNPAY", "gateway": "VNPAY"}, False),
        ({"gateway_code": None, "gateway": None, "financial_status": "paid"}, False),
        ({"gateway_code": None, "gateway": None, "financial_status": "pending"}, None),
    ],
)
def test_money_at_the_door_is_told_by_the_gateway_or_the_shipment(changes: dict[str, Any], cod: bool | None) -> None:
    assert read(**changes).cod is cod


def test_a_record_that_makes_no_order_says_which_field_and_nothing_of_it() -> None:
    with pytest.raises(UnreadableRecordError, match=r"^created: no time$"):
        read(created_at="hôm qua")
    with pytest.raises(UnreadableRecordError, match="positive"):
        read(id=0)
    with pytest.raises(UnreadableRecordError, match="too large"):
        read(total_price="9" * 18, currency="USD")
    hostile = read(note="\x00[b]x[/b]", line_items="none", fulfillments=[None, 7], customer=[], name="'; DROP TABLE--")
    assert hostile.items == ()
    assert hostile.buyer_note == "\x00[b]x[/b]"


async def test_one_bad_record_does_not_keep_the_page() -> None:
    good = a_record()
    rows = [good, {**good, "id": 1_200_000_001, "total_price": "free"}, {"id": "x"}, "no record"]
    answers = Answers([(200, json.dumps({"orders": rows}).encode())])
    async with before("haravan", answers, HELD) as channel:
        page = await channel.changes(Span(0, 1), None)
    assert [order.number for order in page.orders] == [str(good["id"])]
    assert [one.number for one in page.unreadable] == ["1200000001", "", ""]
    assert "free" not in str(page.unreadable)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"orders": {}}', b"<html>", b'{"orders": [{"id"', b""])
async def test_an_answer_that_lies_about_itself_is_unreadable(body: bytes) -> None:
    async with before("haravan", Answers([(200, body)]), HELD) as channel:
        with pytest.raises(UnreadableAnswerError):
            await channel.changes(Span(0, 1), None)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, Advice.ASK_SELLER),
        (402, Advice.ASK_SELLER),
        (403, Advice.ASK_SELLER),
        (422, Advice.SKIP),
        (400, Advice.GIVE_UP),
    ],
)
async def test_errors_say_what_to_do(status: int, advice: Advice) -> None:
    async with before("haravan", Answers([(status, b'{"errors": "no\\u0007"}')]), HELD) as channel:
        with pytest.raises(ChannelError) as caught:
            await channel.check()
    assert caught.value.advice is advice
    assert "\x07" not in str(caught.value)


async def test_an_expired_token_is_renewed_once() -> None:
    async with at_stand("haravan", orders=5) as at:
        at.stand.accepted["access_token"] = "SOMETHING ELSE"
        await at.channel.check()
        assert at.tokens.renewals == 1
        assert at.tokens.credential.refresh_token == at.stand.accepted["refresh_token"]


async def test_a_consent_that_was_taken_back_needs_the_seller() -> None:
    async with at_stand("haravan", orders=5, faults={Fault.REVOKED: 1.0}) as at:
        with pytest.raises(ChannelError, match="consent") as caught:
            await at.channel.check()
        assert caught.value.advice is Advice.ASK_SELLER
        assert at.stand.secret("app_secret") not in str(caught.value)


async def test_a_private_application_shows_its_own_token() -> None:
    async with at_stand("haravan", orders=5, account=PRIVATE, faults={Fault.REVOKED: 1.0}) as at:
        assert at.channel.consent is None
        assert at.channel.abilities.secrets == ("access_token",)
        assert at.channel.abilities.push_secrets == ("app_secret", "webhook_verify_token")
        await at.channel.check()
        at.tokens.credential = Credential(secrets={"access_token": "WRONG"})
        with pytest.raises(ChannelError) as caught:
            await at.channel.check()
        assert (caught.value.advice, at.tokens.renewals) == (Advice.ASK_SELLER, 0)


async def test_consent_brings_tokens_that_work() -> None:
    async with at_stand("haravan", orders=5) as at:
        consent = at.channel.consent
        assert consent is not None
        url = consent.consent_url("http://127.0.0.1:8791/", "state-1")
        async with httpx.AsyncClient() as browser:
            shown = parse_qs((await browser.get(url)).text)
        assert shown["state"] == ["state-1"]
        assert "grant_service" in parse_qs(urlsplit(url).query)["scope"][0]
        at.tokens.credential = await consent.exchange({"code": shown["code"][0]})
        assert at.tokens.credential.access_expires_at is not None
        await at.channel.check()
        assert at.tokens.renewals == 0
        with pytest.raises(ChannelError) as caught:
            await consent.exchange({"code": shown["code"][0]})
        assert caught.value.advice is Advice.ASK_SELLER


async def test_the_sandbox_enforces_limits_and_the_bucket() -> None:
    moment = real_clock()
    async with at_stand("haravan", orders=60, account=PRIVATE, clock=lambda: moment) as at:
        headers = {"authorization": f"Bearer {at.tokens.credential.secrets['access_token']}"}
        async with httpx.AsyncClient(base_url=at.url, headers=headers) as client:
            assert (await client.get("/com/orders.json?limit=51")).status_code == 422
            only_open = (await client.get("/com/orders.json")).json()["orders"]
            assert 0 < len(only_open) <= 50
            assert not any(one["cancelled_at"] for one in only_open)
            for _call in range(100):
                answer = await client.get("/com/orders/1.json")
                if answer.status_code == 429:
                    break
            assert answer.headers["x-haravan-api-call-limit"] == "80/80"
            assert answer.headers["retry-after"] == "2.0"


@pytest.mark.parametrize(
    ("header", "seconds"), [("1/80", 0.0), ("71/80", 0.0), ("76/80", 4.0), ("80/80", 5.0), ("", 0.0), ("x/y", 0.0)]
)
def test_a_bucket_that_is_nearly_full_is_given_time(header: str, seconds: float) -> None:
    assert rest_after(Answer(200, {"x-haravan-api-call-limit": header}, b"")) == seconds


async def test_codes_that_are_no_id_cost_no_call() -> None:
    async with at_stand("haravan", orders=20) as at:
        for code in ("#100021", "GYKBGEVY", "802835136377", "SPXVN063015366786", "", "٤٩١٢٥٣٠٨٢١"):
            assert await at.channel.find(code) == ()
        assert at.stand.calls == {}
        number = str(order_json(every(at)[0])["id"])
        assert await at.channel.find(number) == (number,)
        assert await at.channel.find("1299999999") == ()


async def test_decisions_become_lines_of_the_note_once() -> None:
    async with at_stand("haravan", orders=40) as at:
        facts = next(one for one in every(at) if one.buyer_note)
        number = str(order_json(facts)["id"])
        for kind, key in ((DecisionKind.PACKED, "key-1"), (DecisionKind.NOTE, "key-2"), (DecisionKind.PACKED, "key-1")):
            await at.channel.deliver(Decision(number, kind, key, 1, text="gọi lại"))
        note = next(one for one in every(at) if one.number == facts.number).seller_note
        assert note.startswith(facts.buyer_note)
        assert note.count("key-1") == note.count("key-2") == 1
        assert (await at.channel.orders([number])).orders[0].buyer_note == facts.buyer_note


async def test_an_order_is_cancelled_once_and_only_before_it_is_shipped() -> None:
    async with at_stand("haravan", orders=150, days=2) as at:
        by_status = {one.status: str(order_json(one)["id"]) for one in every(at) if one.cod}
        number = by_status[Status.TO_PACK]
        for _again in range(2):
            await at.channel.deliver(Decision(number, DecisionKind.CANCELLATION, "key", 1))
        order = (await at.channel.orders([number])).orders[0]
        assert (order.statuses[-1].status, order.outcomes[-1].outcome) == (Status.CANCELLED, Outcome.CANCELLED)
        assert at.stand.calls[f"/com/orders/{number}/cancel.json"] == 1
        for refused in (by_status[Status.SHIPPED], "1299999999", "#1"):
            with pytest.raises(ChannelError) as caught:
                await at.channel.deliver(Decision(refused, DecisionKind.CANCELLATION, "key", 1))
            assert caught.value.advice is Advice.SKIP


async def test_genuine_deliveries_name_their_order_and_forged_ones_nothing() -> None:
    async with at_stand("haravan", orders=5) as at:
        held = at.tokens.credential
        facts = every(at)[0]
        for headers, body in simulation.deliveries(at.stand, facts):
            got = at.channel.read_push(PushDelivery(at.url, headers, body), held)
            assert (got.verdict, got.answer.status) == (PushVerdict.GENUINE, 200)
            assert got.hint is not None
            assert (got.hint.numbers, got.hint.shop_account) == ((str(order_json(facts)["id"]),), "200000219339")
            wrong = replace(held, secrets={"app_secret": "x"})
            none = Credential()
            unsigned = {**headers, "x-haravan-hmacsha256": "ü"}
            for delivery, credential in (
                (PushDelivery(at.url, headers, body + b" "), held),
                (PushDelivery(at.url, headers, body), wrong),
                (PushDelivery(at.url, headers, body), none),
                (PushDelivery(at.url, unsigned, body), held),
                (PushDelivery(at.url, {}, body), held),
            ):
                forged = at.channel.read_push(delivery, credential)
                assert (forged.verdict, forged.answer.status, forged.hint) == (PushVerdict.FORGED, 401, None)


def test_origins_need_a_marketplace_and_its_kind_of_number() -> None:
    assert read(source_name="tiktokshop", name="580000000000000001").origin == Origin("tiktok", "580000000000000001")
    assert read(source_name="shopee", name="#100021", order_number="#100021").origin is None
    assert read(source_name="web", name="580000000000000001").origin is None


async def test_an_order_that_a_list_lacks_is_asked_for_by_itself_before_it_is_missing() -> None:
    record = a_record()
    bodies = [(200, b'{"orders": []}'), (200, json.dumps({"order": record}).encode())]
    answers = Answers(bodies)
    async with before("haravan", answers, HELD) as channel:
        got = await channel.orders([str(record["id"])])
    assert ([order.number for order in got.orders], got.missing) == ([str(record["id"])], ())
    assert answers.asked == ["GET /com/orders.json", f"GET /com/orders/{record['id']}.json"]


@pytest.mark.parametrize(
    ("given", "ours", "status", "answer"),
    [("token-1", "token-1", 200, b"12345"), ("token-2", "token-1", 403, b""), ("", "", 403, b"")],
)
async def test_the_question_whether_an_address_is_ours_is_answered_with_the_right_token_only(
    given: str, ours: str, status: int, answer: bytes
) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": given, "hub.challenge": "12345"}
    async with before("haravan", Answers([]), HELD) as channel:
        credential = Credential(secrets={"webhook_verify_token": ours} if ours else {})
        got = channel.read_push(PushDelivery("https://here.test/hooks", {}, b"", query), credential)
    assert (got.answer.status, got.answer.body, got.hint) == (status, answer, None)
