from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from packstation.domain.orders import IncomingOrder, Outcome, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.times import DAY
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Decision, PushDelivery, PushVerdict, Span
from sync.channels.registry import open_channel
from sync.channels.sapo.client import host_of
from sync.channels.sapo.words import SAPO
from sync.channels.shopify_like.rest_mapping import order_of
from sync.channels.shopify_like.rest_wire import Order
from sync.credentials.credential import Credential
from sync.sandbox.channels import sapo as simulation
from sync.sandbox.channels.sapo.writing import order_json
from sync.sandbox.faults import Fault
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
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
from tests.sync.channels.stands import HeldTokens, at_stand, make_stand

SHOP = ShopConfig(name="Shop", channel="sapo")
HELD = Credential(secrets={"api_key": "k", "api_secret": "testsecret"})


def a_record(**changes: Any) -> dict[str, Any]:
    stand, opened_at = make_stand("sapo", orders=60, days=1, clock=lambda: 1_790_000_000_000)
    facts = next(one for one in stand.market.every(opened_at) if one.cod and one.status is Status.TO_PACK)
    return {**order_json(replace(facts, origin=None, odd_word="")), **changes}


def read(**changes: Any) -> IncomingOrder:
    return order_of(Order.model_validate(a_record(**changes)), SAPO, SHOP)


@pytest.mark.parametrize(("days", "seed"), [(1, 3), (8, 2), (40, 1)])
async def test_everything_that_changed_equals_the_truth(days: int, seed: int) -> None:
    async with at_stand("sapo", orders=150, days=days, seed=seed) as at:
        assert differing("sapo", await walked(at.channel, whole(at)), every(at)) == []


async def test_every_life_is_understood_at_every_stage() -> None:
    clock = Clock()
    async with at_stand("sapo", orders=90, days=2, clock=clock) as at:
        for days in (0, 1, 4, 20):
            clock.off = days * DAY
            assert differing("sapo", await walked(at.channel, whole(at)), every(at)) == []


async def test_orders_read_alone_equal_the_truth_and_unknown_ones_are_missing() -> None:
    async with at_stand("sapo", orders=80, days=30) as at:
        facts = every(at)[:60]
        numbers = [str(order_json(one)["id"]) for one in facts]
        got = await at.channel.orders([*numbers, "1299999999", "SON44088"])
        assert differing("sapo", got.orders, facts) == []
        assert got.missing == ("1299999999",)
        assert [one.number for one in got.unreadable] == ["SON44088"]


async def test_faults_lose_nothing_in_the_end() -> None:
    async with at_stand("sapo", orders=250, days=20, faults=PASSING) as at:
        assert await found_despite_faults("sapo", at) == []
        assert sum(at.stand.faults.struck.values()) > 1


async def test_an_order_from_a_marketplace_names_its_number_there() -> None:
    async with at_stand("sapo", orders=60, days=20) as at:
        orders = {order.number: order for order in await walked(at.channel, whole(at))}
        truth = every(at)
        assert any(facts.origin for facts in truth)
        for facts in truth:
            order = orders[str(order_json(facts)["id"])]
            assert (order.origin, order.also) == (facts.origin, (facts.number,))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("ready_to_pick", Status.LABEL_READY),
        ("picked_up", Status.SHIPPED),
        ("retry_delivery", Status.SHIPPED),
        ("delivered", Status.DELIVERED),
        ("returning", Status.RETURNING),
        ("returned", Status.RETURNED),
        ("gone_fishing", Status.CHANNEL_HOLD),
    ],
)
def test_the_shipments_word_says_how_far_a_parcel_is(word: str, status: Status) -> None:
    shipment = {
        "status": "success",
        "shipment_status": word,
        "tracking_info": {"carrier": "GHN", "tracking_number": "G1"},
    }
    order = read(fulfillments=[shipment], fulfillment_status="fulfilled")
    assert order.statuses[-1].status is status
    assert [(parcel.tracking, parcel.carrier) for parcel in order.parcels] == [("G1", "GHN")]


def test_an_order_of_omni_is_read_as_far_as_it_is_known() -> None:
    record = {
        "id": "440871",
        "code": "SON440871",
        "created_on": "2026-09-01T00:00:00Z",
        "modified_on": "2026-09-01T01:00:00Z",
        "status": "finalized",
        "payment_status": "unpaid",
        "fulfillment_status": "shipped",
        "total": 159000,
        "customer_data": {"id": 7, "name": "Khách Demo", "phone_number": "0950000001"},
        "order_line_items": [
            {"id": 1, "sku": "AO", "product_name": "Áo", "variant_name": "Đỏ", "quantity": "2.0", "price": 79500}
        ],
        "fulfillments": [{"shipment": {"tracking_code": "GYKBGEVY", "delivery_service_provider_name": "GHN"}}],
    }
    order = order_of(Order.model_validate(record), SAPO, SHOP)
    assert (order.number, order.also, order.statuses[-1].status) == ("440871", ("SON440871",), Status.LABEL_READY)
    assert [(item.sku, item.name, item.quantity, item.total) for item in order.items] == [("AO", "Áo · Đỏ", 2, 159000)]
    assert [(parcel.tracking, parcel.carrier) for parcel in order.parcels] == [("GYKBGEVY", "GHN")]
    assert order.buyer is not None
    assert (order.buyer.external_id, order.buyer.name, order.buyer.phone) == ("7", "Khách Demo", "0950000001")
    draft = order_of(Order.model_validate({**record, "status": "draft", "fulfillments": []}), SAPO, SHOP)
    assert draft.statuses[-1].status is Status.CHANNEL_HOLD


def test_the_product_says_where_the_shop_is() -> None:
    assert host_of({"store": "Soc-Nau"}) == "https://soc-nau.mysapo.net"
    assert host_of({"store": "soc-nau.mysapogo.com", "product": "omni"}) == "https://soc-nau.mysapogo.com"
    for account in ({"store": "evil.example/x"}, {}, {"store": "soc-nau", "product": "moon"}):
        assert host_of(account) == ""


async def test_a_shop_without_a_store_asks_the_seller() -> None:
    connection = Connection(HeldTokens(HELD))
    channel = open_channel(SHOP, connection)
    assert channel.abilities.account == ("store",)
    with pytest.raises(ChannelError, match="store") as caught:
        await channel.check()
    assert caught.value.advice is Advice.ASK_SELLER
    await connection.close()


async def test_one_bad_record_does_not_keep_the_page() -> None:
    good = a_record()
    rows = [good, {**good, "id": 1_200_000_001, "total_price": "free"}, {**good, "created_on": "?"}, 7]
    async with before("sapo", Answers([(200, json.dumps({"orders": rows}).encode())]), HELD) as channel:
        page = await channel.changes(Span(0, 1), None)
    assert [order.number for order in page.orders] == [str(good["id"])]
    assert [one.number for one in page.unreadable] == ["1200000001", str(good["id"]), ""]
    assert page.next_cursor is None


@pytest.mark.parametrize("cursor", ["", "x", "0", "1", "-2", "2:3"])
async def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    async with before("sapo", Answers([(200, b"{}")]), HELD) as channel:
        with pytest.raises(ChannelError) as caught:
            await channel.changes(Span(0, 1), cursor)
    assert caught.value.advice is Advice.GIVE_UP


async def test_wrong_or_revoked_keys_need_the_seller() -> None:
    async with at_stand("sapo", orders=5) as at:
        await at.channel.check()
        good = at.tokens.credential
        for wrong in (Credential(), replace(good, secrets={**good.secrets, "api_secret": "wrong-secret"})):
            at.tokens.credential = wrong
            with pytest.raises(ChannelError) as caught:
                await at.channel.check()
            assert caught.value.advice is Advice.ASK_SELLER
            assert "wrong-secret" not in str(caught.value)
        at.tokens.credential = good
        at.stand.faults.chances = {Fault.REVOKED: 1.0}
        with pytest.raises(ChannelError) as caught:
            await at.channel.check()
        assert (caught.value.advice, at.tokens.renewals) == (Advice.ASK_SELLER, 0)


async def test_a_public_application_shows_its_token() -> None:
    async with at_stand("sapo", orders=5, account={"app": "public"}) as at:
        assert at.channel.abilities.secrets == ("access_token", "client_secret")
        await at.channel.check()


async def test_the_sandbox_lists_what_is_open_unless_told_otherwise() -> None:
    async with at_stand("sapo", orders=150, days=30) as at:
        held = at.tokens.credential.secrets
        auth = httpx.BasicAuth(held["api_key"], held["api_secret"])
        async with httpx.AsyncClient(base_url=at.url, auth=auth) as client:
            rows = (await client.get("/admin/orders.json?limit=250")).json()["orders"]
            assert {one["status"] for one in rows} == {"open"}
            assert (await client.get("/admin/orders.json?limit=251")).status_code == 422
            assert (await client.get("/admin/orders.json?modified_on_min=hier")).status_code == 400


async def test_decisions_reach_the_shop_once() -> None:
    async with at_stand("sapo", orders=150, days=2) as at:
        by_status = {one.status: one for one in every(at) if one.cod}
        facts = by_status[Status.TO_PACK]
        number = str(order_json(facts)["id"])
        for kind, key in ((DecisionKind.PACKED, "key-1"), (DecisionKind.NOTE, "key-2"), (DecisionKind.PACKED, "key-1")):
            await at.channel.deliver(Decision(number, kind, key, 1, text="gọi lại"))
        note = next(one for one in every(at) if one.number == facts.number).seller_note
        assert note.count("key-1") == note.count("key-2") == 1
        for _again in range(2):
            await at.channel.deliver(Decision(number, DecisionKind.CANCELLATION, "key-3", 1))
        order = (await at.channel.orders([number])).orders[0]
        assert (order.statuses[-1].status, order.outcomes[-1].outcome) == (Status.CANCELLED, Outcome.CANCELLED)
        shipped = str(order_json(by_status[Status.SHIPPED])["id"])
        with pytest.raises(ChannelError) as caught:
            await at.channel.deliver(Decision(shipped, DecisionKind.CANCELLATION, "key", 1))
        assert caught.value.advice is Advice.SKIP


async def test_genuine_deliveries_name_their_order_and_forged_ones_nothing() -> None:
    async with at_stand("sapo", orders=5) as at:
        held = at.tokens.credential
        facts = every(at)[0]
        for headers, body in simulation.deliveries(at.stand, facts):
            got = at.channel.read_push(PushDelivery(at.url, headers, body), held)
            assert got.verdict is PushVerdict.GENUINE
            assert got.hint is not None
            assert (got.hint.numbers, got.hint.shop_account) == ((str(order_json(facts)["id"]),), "soc-nau.mysapo.net")
            for delivery, credential in (
                (PushDelivery(at.url, headers, body + b" "), held),
                (PushDelivery(at.url, headers, body), Credential(secrets={"api_secret": "x"})),
                (PushDelivery(at.url, {}, body), held),
            ):
                forged = at.channel.read_push(delivery, credential)
                assert (forged.verdict, forged.answer.status, forged.hint) == (PushVerdict.FORGED, 401, None)


async def test_ids_are_found_and_other_codes_cost_no_call() -> None:
    async with at_stand("sapo", orders=10) as at:
        for code in ("SON44088", "802835136377", "", "#1"):
            assert await at.channel.find(code) == ()
        assert at.stand.calls == {}
        number = str(order_json(every(at)[0])["id"])
        assert await at.channel.find(number) == (number,)
