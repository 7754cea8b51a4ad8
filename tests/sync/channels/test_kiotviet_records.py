"""KiotViet's records and webhooks one by one: what becomes of each, and of bad ones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from packstation.domain.orders import (
    Address,
    FailureCause,
    IncomingOrder,
    IncomingParcel,
    Item,
    Origin,
    Outcome,
    Status,
)
from packstation.domain.times import parse_iso
from sync.channels.errors import UnreadableRecordError
from sync.channels.kiotviet import open_kiotviet
from sync.channels.kiotviet.mapping import Mapper, Sale
from sync.channels.kiotviet.wire import InvoiceWire, OrderWire, ReturnWire
from sync.channels.protocol import Channel, PushDelivery, PushVerdict, ReadPush, Span
from sync.credentials.credential import Credential
from sync.sandbox.channels import kiotviet
from sync.sandbox.server import serving
from sync.shops_config import ShopConfig
from sync.web.connection import Connection
from tests.sync.channels.stands import QUICK, HeldTokens, make_stand

SHOP = ShopConfig(
    name="Quầy",
    channel="kiotviet",
    account={"retailer": "socnau", "client_id": "1"},
    statuses={"Chờ đóng gói": Status.TO_PACK},
)
NAP = {"productCode": "AO", "productName": "Áo", "quantity": 2.0, "price": 79500, "discount": 0}
HAT = {"productCode": "MU", "productName": "Mũ", "quantity": 1, "price": "100000", "discountRatio": 10}


def hanoi(text: str) -> int:
    return parse_iso(text, "Asia/Ho_Chi_Minh")


def an_order(**fields: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "code": "DH000001",
        "purchaseDate": "2026-09-01T10:00:00.0000000",
        "createdDate": "2026-09-01T10:00:00.123",
        "modifiedDate": "2026-09-01T10:05:00.456",
        "customerId": 7,
        "customerCode": "KH000001",
        "customerName": "Khách Demo",
        "total": 159000,
        "totalPayment": 0,
        "status": 5,
        "statusValue": "Đã xác nhận",
        "usingCod": True,
        "orderDetails": [NAP],
        **fields,
    }


def an_invoice(delivery: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    invoice = {
        **an_order(),
        "id": 11,
        "code": "HD000011",
        "orderCode": "DH000001",
        "orderId": 1,
        "modifiedDate": "2026-09-01T12:00:00",
        "status": 3,
        "statusValue": "Đang xử lý",
        "invoiceDetails": [NAP],
        **fields,
    }
    if delivery is not None:
        base = {"receiver": "Khách Demo", "contactNumber": "0900000000", "address": "Số 1 đường Demo"}
        invoice["invoiceDelivery"] = {**base, "locationName": "Hà Nội - Quận Cầu Giấy", **delivery}
    return invoice


def mapped(
    order: dict[str, Any] | None, *invoices: dict[str, Any], returns: tuple[dict[str, Any], ...] = ()
) -> IncomingOrder:
    wire = None if order is None else OrderWire.model_validate(order)
    sold = tuple(InvoiceWire.model_validate(one) for one in invoices)
    back = tuple(ReturnWire.model_validate(one) for one in returns)
    return Mapper(SHOP).order(Sale(wire.code if wire else sold[0].code, wire, sold, back))


def test_an_order_that_is_not_invoiced_stands_for_itself() -> None:
    order = mapped(an_order(orderDelivery={"receiver": "Chị Hoa", "contactNumber": "0911222333", "price": 0}))
    assert (order.number, order.total, order.cod, order.to_collect) == ("DH000001", 159_000, True, 159_000)
    assert order.placed_at == hanoi("2026-09-01T10:00:00")
    assert order.updated_at == hanoi("2026-09-01T10:05:00.456")
    assert order.items == (Item("AO", "Áo", 2, 79_500, 159_000),)
    assert order.buyer is not None
    assert (order.buyer.external_id, order.buyer.also, order.buyer.phone) == ("KH000001", ("7",), "0911222333")
    assert order.address.recipient == "Chị Hoa"
    assert [(one.status, one.channel_status) for one in order.statuses] == [(Status.TO_PACK, "Đã xác nhận")]
    assert mapped(an_order(soldByName="Ngọc")).sold_by == "Ngọc"


@pytest.mark.parametrize(
    ("code", "word", "status"),
    [
        (1, "Phiếu tạm", Status.CHANNEL_HOLD),
        (5, "ĐÃ XÁC NHẬN", Status.TO_PACK),
        (4, "Đã huỷ", Status.CANCELLED),
        (5, "", Status.TO_PACK),
        (5, "Confirmed", Status.TO_PACK),
        (1, "Đã xác nhận", Status.TO_PACK),
        (9, "Chờ đóng gói", Status.TO_PACK),
        (9, "Đang bay", Status.CHANNEL_HOLD),
        (None, "", Status.CHANNEL_HOLD),
    ],
)
def test_the_word_of_an_order_goes_before_its_number(code: int | None, word: str, status: Status) -> None:
    assert mapped(an_order(status=code, statusValue=word)).statuses[-1].status is status


@pytest.mark.parametrize(
    ("invoice", "delivery", "status", "outcome"),
    [
        ((3, "Đang xử lý"), (1, "Chờ xử lý"), Status.TO_PACK, None),
        ((3, "Đang xử lý"), (1, "Chưa giao hàng"), Status.TO_PACK, None),
        ((3, "Đang xử lý"), (7, "Đang lấy hàng"), Status.LABEL_READY, None),
        ((3, ""), (8, ""), Status.LABEL_READY, None),
        ((3, ""), (11, ""), Status.LABEL_READY, None),
        ((3, ""), (2, ""), Status.SHIPPED, None),
        ((3, ""), (9, ""), Status.SHIPPED, None),
        ((3, ""), (10, "Chờ giao lại"), Status.SHIPPED, None),
        ((3, ""), (3, ""), Status.DELIVERED, Outcome.DELIVERED),
        ((1, "Hoàn thành"), (3, ""), Status.COMPLETED, Outcome.DELIVERED),
        ((1, "Hoàn thành"), (2, ""), Status.COMPLETED, Outcome.DELIVERED),
        ((1, "Hoàn thành"), (1, ""), Status.TO_PACK, None),
        ((3, ""), (4, ""), Status.RETURNING, Outcome.DELIVERY_FAILED),
        ((1, ""), (12, ""), Status.RETURNING, Outcome.DELIVERY_FAILED),
        ((1, "Hoàn thành"), (5, ""), Status.RETURNED, Outcome.DELIVERY_FAILED),
        ((5, "Không giao được"), (4, ""), Status.RETURNING, Outcome.DELIVERY_FAILED),
        ((5, ""), (2, ""), Status.RETURNED, Outcome.DELIVERY_FAILED),
        ((3, ""), (6, "Đã hủy"), Status.CANCELLED, Outcome.CANCELLED),
        ((2, "Đã hủy"), (3, ""), Status.CANCELLED, Outcome.CANCELLED),
        ((3, ""), (77, "Đang bay"), Status.CHANNEL_HOLD, None),
        ((77, "Đang bay"), (3, ""), Status.CHANNEL_HOLD, None),
    ],
)
def test_an_invoice_and_its_delivery_say_where_the_order_stands(
    invoice: tuple[int, str], delivery: tuple[int, str], status: Status, outcome: Outcome | None
) -> None:
    sold = an_invoice({"status": delivery[0], "statusValue": delivery[1]}, status=invoice[0], statusValue=invoice[1])
    order = mapped(an_order(status=3, statusValue="Hoàn thành"), sold)
    assert order.statuses[-1].status is status
    assert [one.outcome for one in order.outcomes] == ([] if outcome is None else [outcome])
    causes: set[FailureCause | None] = {one.cause for one in order.outcomes}
    assert causes <= {None}


def test_a_tracking_number_means_that_the_shipment_is_arranged() -> None:
    delivery = {"status": 1, "deliveryCode": "GYDEMO01", "partnerDelivery": {"code": "GHN", "name": "Giao hàng nhanh"}}
    order = mapped(an_order(status=3, statusValue="Hoàn thành"), an_invoice(delivery))
    assert order.statuses[-1].status is Status.LABEL_READY
    assert order.parcels == (IncomingParcel(None, "GYDEMO01", "Giao hàng nhanh"),)
    assert order.address == Address("Khách Demo", "0900000000", "Số 1 đường Demo", "", "Quận Cầu Giấy", "Hà Nội")
    assert order.also == ("HD000011",)


def test_an_order_waits_for_its_least_advanced_invoice() -> None:
    first = an_invoice({"status": 3}, invoiceDetails=[NAP], total=159000)
    second = an_invoice({"status": 7}, id=12, code="HD000012", invoiceDetails=[HAT], total=90000)
    order = mapped(an_order(status=3, statusValue="Hoàn thành", orderDetails=[NAP, HAT]), first, second)
    assert order.statuses[-1].status is Status.LABEL_READY
    assert (order.total, order.outcomes) == (249_000, ())
    assert [(item.sku, item.price) for item in order.items] == [("AO", 79_500), ("MU", 90_000)]


def test_goods_that_are_not_invoiced_yet_keep_the_order() -> None:
    order = an_order(status=2, statusValue="Đang giao hàng", orderDetails=[NAP, HAT], total=249000)
    assert mapped(order, an_invoice({"status": 2})).statuses[-1].status is Status.TO_PACK
    whole = {**order, "orderDetails": [NAP]}
    assert mapped(whole, an_invoice({"status": 2})).statuses[-1].status is Status.SHIPPED


def test_a_cancelled_invoice_gives_the_order_back() -> None:
    cancelled = an_invoice({"status": 6}, status=2, statusValue="Đã hủy")
    assert mapped(an_order(), cancelled).statuses[-1].status is Status.TO_PACK
    again = an_invoice({"status": 2}, id=12, code="HD000012")
    order = mapped(an_order(status=3, statusValue="Hoàn thành"), cancelled, again)
    assert (order.statuses[-1].status, order.also) == (Status.SHIPPED, ("HD000011", "HD000012"))
    assert order.items == (Item("AO", "Áo", 2, 79_500, 159_000),)


def test_an_order_closed_without_an_invoice_was_delivered_to_nobody() -> None:
    order = mapped(an_order(status=3, statusValue="Hoàn thành"))
    assert (order.statuses[-1].status, order.outcomes) == (Status.COMPLETED, ())


def test_what_came_back_is_counted_by_line() -> None:
    sold = an_invoice({"status": 3}, status=1, statusValue="Hoàn thành")
    back = {
        "code": "TH000001",
        "invoiceId": 11,
        "returnDate": "2026-09-05T09:00:00",
        "statusValue": "Đã trả",
        "returnDetails": [{**NAP, "quantity": 1, "subTotal": 79500}],
    }
    part = mapped(an_order(status=3), sold, returns=(back,))
    assert [(one.line, one.quantity, one.amount) for one in part.refunds] == [(0, 1, 79_500)]
    assert part.refunds[0].known_at == hanoi("2026-09-05T09:00:00")
    assert (part.statuses[-1].status, part.outcomes[-1].outcome) == (Status.COMPLETED, Outcome.DELIVERED)
    whole = mapped(an_order(status=3), sold, returns=(back, {**back, "code": "TH000002"}))
    assert (whole.statuses[-1].status, whole.outcomes[-1].outcome) == (Status.RETURNED, Outcome.RETURNED)
    assert whole.outcomes[-1].known_at == hanoi("2026-09-05T09:00:00")
    assert whole.also == ("HD000011", "TH000001", "TH000002")


def test_goods_by_weight_are_one_piece_that_says_how_much() -> None:
    rice = {"productCode": "GAO", "productName": "Gạo ST25", "quantity": 1.5, "price": 33333, "discount": 0}
    order = mapped(an_order(orderDetails=[rice], total=50000))
    assert order.items == (Item("GAO", "Gạo ST25 × 1.5", 1, 50_000, 50_000),)


@pytest.mark.parametrize(
    ("head", "delivery", "cod", "to_collect"),
    [
        ({}, {"usingPriceCod": True, "priceCodPayment": 160000}, True, 160_000),
        ({}, {"usingPriceCod": False}, False, 0),
        ({"totalPayment": 159000}, {}, False, 0),
        ({"totalPayment": 59000}, {}, True, 100_000),
        ({"usingCod": False}, {}, False, 0),
        ({"usingCod": None}, {}, None, None),
    ],
)
def test_money_is_collected_when_the_delivery_says_so(
    head: dict[str, Any], delivery: dict[str, Any], cod: bool | None, to_collect: int | None
) -> None:
    order = mapped(an_order(status=3), an_invoice({"status": 2, **delivery}, **head))
    assert (order.cod, order.to_collect) == (cod, to_collect)


def test_a_sale_at_the_counter_is_over_when_it_is_made() -> None:
    fields = {"orderCode": None, "orderId": None, "customerCode": None, "customerId": None, "usingCod": None}
    order = mapped(None, an_invoice(status=1, statusValue="Hoàn thành", customerName="Khách lẻ", **fields))
    assert (order.number, order.buyer, order.cod, order.also) == ("HD000011", None, False, ())
    assert [(one.outcome, one.known_at) for one in order.outcomes] == [(Outcome.DELIVERED, order.placed_at)]


@pytest.mark.parametrize(
    ("code", "origin"),
    [
        ("HDSPE_2610071NCT0GEY", Origin("shopee", "2610071NCT0GEY")),
        ("HDLZD_392562693522882.1", Origin("lazada", "392562693522882")),
        ("HDTTS_576461413038785752", Origin("tiktok", "576461413038785752")),
        ("HDTIKI_510916693", Origin("tiki", "510916693")),
        ("HD000046", None),
        ("HD000046.01", None),
    ],
)
def test_the_code_names_the_marketplaces_order(code: str, origin: Origin | None) -> None:
    assert mapped(None, an_invoice({"status": 1}, code=code, orderCode="")).origin == origin


def test_masked_names_are_passed_on_and_masked_phones_are_nobodys() -> None:
    delivery = {"status": 1, "receiver": "Đ******h", "contactNumber": "******12"}
    order = mapped(None, an_invoice(delivery, code="HDSPE_2610071NCT0GEY", orderCode="", customerName="Đ******h"))
    assert order.buyer is not None
    assert (order.buyer.name, order.buyer.phone) == ("Đ******h", "")
    assert (order.address.recipient, order.address.phone) == ("Đ******h", "******12")


@pytest.mark.parametrize("fields", [{"purchaseDate": "", "createdDate": "yesterday"}, {"total": "1e30"}])
def test_a_record_that_makes_no_order_says_why_without_its_values(fields: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRecordError) as caught:
        mapped(an_order(**fields))
    assert "yesterday" not in str(caught.value)


@asynccontextmanager
async def told(answers: dict[str, Any]) -> AsyncIterator[tuple[Channel, list[str]]]:
    """A connector before a server that answers each path with what is laid out for it, and the addresses that it asked."""
    asked: list[str] = []

    async def answer(request: Asked) -> Response:
        asked.append(f"{request.url.path}?{request.url.query}")
        made = answers.get(request.url.path)
        if made is None:
            return JSONResponse({"responseStatus": {"errorCode": "KvException", "message": "Không tồn tại"}}, 420)
        rows = made(request) if callable(made) else made
        return JSONResponse({"total": len(rows), "data": rows} if isinstance(rows, list) else rows)

    async with serving(Starlette(routes=[Route("/{path:path}", answer)])) as url:
        connection = Connection(HeldTokens(Credential(access_token="t")), manners=QUICK)
        try:
            yield open_kiotviet(SHOP.model_copy(update={"api_host": url, "auth_host": url}), connection), asked
        finally:
            await connection.close()


async def every_order(channel: Channel) -> tuple[dict[str, IncomingOrder], list[str]]:
    """The orders of a walk, and the numbers of those that were unreadable."""
    orders: dict[str, IncomingOrder] = {}
    unreadable: list[str] = []
    cursor, pages = None, 0
    while pages == 0 or cursor is not None:
        page = await channel.changes(Span(0, hanoi("2026-09-02T00:00:00")), cursor)
        orders |= {one.number: one for one in page.orders}
        unreadable += [one.number for one in page.unreadable]
        cursor, pages = page.next_cursor, pages + 1
    return orders, unreadable


async def test_bad_records_cost_no_other() -> None:
    hostile = an_order(code="DH000002", customerName="[bold]x[/]\x1b[2J" * 50, description="<script>")
    bad = [{"id": 3}, None, "DH", an_order(code="DH000004", orderDetails=[{"quantity": "many"}]), an_order(code="")]
    async with told({"/orders": [*bad, hostile, an_order()], "/invoices": [], "/returns": []}) as (channel, _asked):
        orders, unreadable = await every_order(channel)
        assert set(orders) == {"DH000001", "DH000002"}
        assert len(unreadable) == 5
        assert "DH000004" in unreadable


async def test_customers_that_cannot_be_read_cost_no_other_and_are_no_orders() -> None:
    good = {"id": 7, "code": "KH1", "name": "Khách Demo", "debt": 120000, "rewardPoint": 45}
    bad = [None, "KH", {**good, "code": "KH2", "debt": "nhiều"}, {**good, "code": "KH3", "rewardPoint": "1e30"}]
    async with told({"/customers": [*bad, good]}) as (channel, _asked):
        page = await channel.changes(Span(0, 9), "customers:0:0")
        assert [(one.external_id, one.debt, one.points) for one in page.balances] == [("KH1", 120_000, 45)]
        assert page.unreadable == ()


async def test_times_go_out_as_the_shops_wall_clock() -> None:
    async with told({"/orders": [], "/invoices": [], "/returns": []}) as (channel, asked):
        at = hanoi("2026-09-01T10:00:00")
        await channel.changes(Span(at, at + 1), None)
        assert "lastModifiedFrom=2026-09-01T09%3A59%3A59&toDate=2026-09-01T10%3A00%3A02" in asked[0]


async def test_a_listing_that_comes_unsorted_is_walked_by_offsets() -> None:
    every = [an_order(code=f"DH{place:06d}", modifiedDate=f"2026-09-01T1{place % 7}:00:00") for place in range(250)]

    def listed(request: Asked) -> dict[str, Any]:
        start = int(request.query_params["currentItem"])
        return {"total": 250, "data": every[start : start + 100]}

    async with told({"/orders": listed, "/invoices": [], "/returns": []}) as (channel, _asked):
        orders, _unreadable = await every_order(channel)
        assert len(orders) == 250


async def test_a_listing_without_order_codes_is_completed_by_the_single_invoices() -> None:
    bare = {name: value for name, value in an_invoice({"status": 2}).items() if name not in ("orderCode", "orderId")}
    answers = {
        "/orders": [],
        "/invoices": [bare],
        "/returns": [],
        "/invoices/11": an_invoice({"status": 2}),
        "/orders/code/DH000001": an_order(status=3, statusValue="Hoàn thành"),
    }
    async with told(answers) as (channel, _asked):
        orders, _unreadable = await every_order(channel)
        assert set(orders) == {"DH000001"}
        assert orders["DH000001"].also == ("HD000011",)


async def test_a_server_that_ignores_the_filter_gives_nobody_elses_invoices() -> None:
    strange = an_invoice({"status": 2}, code="HD000099", orderCode="DH000099", orderId=99)
    order = an_order(status=3, statusValue="Hoàn thành")
    answers = {"/orders/code/DH000001": order, "/invoices": [strange, an_invoice({"status": 7})], "/returns": []}
    async with told(answers) as (channel, _asked):
        (found,) = (await channel.orders(["DH000001"])).orders
        assert (found.also, found.statuses[-1].status) == (("HD000011",), Status.LABEL_READY)


VECTOR_BODY = (
    b'{"Id":"1","Attempt":1,"Notifications":[{"Action":"order.update","Data":[{"Id":1,"Code":"DH000001","Status":1}]}]}'
)
VECTOR = "fc928ed05c8c1e05c010e8ae397099c3425c5d442ed491380036f0778af62d81"
ENCODED_SECRET = base64.b64encode(b"testsecret").decode()


def pushed(signature: str, body: bytes = VECTOR_BODY, secret: str = "testsecret") -> ReadPush:
    delivery = PushDelivery("https://hooks.example/kv", {"x-hub-signature": signature}, body)
    channel = open_kiotviet(SHOP, Connection(HeldTokens(Credential())))
    return channel.read_push(delivery, Credential({"webhook_secret": secret}))


@pytest.mark.parametrize(
    ("signature", "secret"),
    [
        (VECTOR, "testsecret"),
        (VECTOR.upper(), "testsecret"),
        (f"sha256={VECTOR}", "testsecret"),
        (f"sha1={VECTOR}", "testsecret"),
        (VECTOR, ENCODED_SECRET),
        (base64.b64encode(bytes.fromhex(VECTOR)).decode(), "testsecret"),
        (hmac.new(ENCODED_SECRET.encode(), VECTOR_BODY, hashlib.sha256).hexdigest(), "testsecret"),
    ],
)
def test_a_genuine_delivery_is_known_in_every_form(signature: str, secret: str) -> None:
    read = pushed(signature, secret=secret)
    assert read.verdict is PushVerdict.GENUINE
    assert read.hint is not None
    assert read.hint.numbers == ("DH000001",)
    assert read.answer.status == 200


@pytest.mark.parametrize(
    ("signature", "body", "secret"),
    [
        (VECTOR, VECTOR_BODY + b" ", "testsecret"),
        (VECTOR, VECTOR_BODY, "another-secret"),
        (VECTOR, VECTOR_BODY, ""),
        ("", VECTOR_BODY, "testsecret"),
        ("ÿ", VECTOR_BODY, "testsecret"),
        (hmac.new(b"", VECTOR_BODY, hashlib.sha256).hexdigest(), VECTOR_BODY, ""),
    ],
)
def test_a_forged_delivery_is_ignored_and_answered_like_any_other(signature: str, body: bytes, secret: str) -> None:
    read = pushed(signature, body, secret)
    assert (read.verdict, read.hint, read.answer.status) == (PushVerdict.FORGED, None, 200)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"Notifications": 1}',
        b'{"Notifications":[{"Action":"order.update","Data":[{"Code":7},7]},7]}',
        b'{"Notifications":[{"Action":"product.update","Data":[{"Code":"SP1"}]}]}',
        b'{"RemoveId":[1]}',
    ],
)
def test_a_genuine_delivery_about_something_else_hints_at_nothing(body: bytes) -> None:
    read = pushed(hmac.new(b"testsecret", body, hashlib.sha256).hexdigest(), body)
    assert (read.verdict, read.hint, read.answer.status) == (PushVerdict.GENUINE, None, 200)


def test_deliveries_of_the_simulated_shop_name_order_and_invoice() -> None:
    stand, opened_at = make_stand("kiotviet", orders=40)
    facts = next(one for one in stand.market.every(opened_at) if one.origin and one.reached(Status.SHIPPED))
    hinted: list[str] = []
    for headers, body in kiotviet.deliveries(stand, facts):
        read = pushed(headers["x-hub-signature"], body, stand.secret("webhook_secret"))
        assert read.hint is not None
        hinted += read.hint.numbers
        assert set(json.loads(body)) == {"Id", "Attempt", "Notifications"}
    assert facts.origin is not None
    assert hinted[:2] == [f"DHSPE_{facts.origin.number}", f"HDSPE_{facts.origin.number}"]
