"""What Nhanh's records and messages mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from packstation.domain.orders import (
    Address,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Item,
    OrderKind,
    Origin,
    Outcome,
    Status,
    TimedStatus,
)
from packstation.domain.times import parse_iso
from sync.channels.errors import Advice, ChannelError, UnreadableRecordError
from sync.channels.nhanh.answers import data_of
from sync.channels.nhanh.mapping import order_of
from sync.channels.nhanh.wire import read_order
from sync.shops_config import ShopConfig
from sync.web.messages import Answer

SHOP = ShopConfig(name="Sóc Nâu Nhanh", channel="nhanh")


def a_product(**more: Any) -> dict[str, Any]:
    product = {
        "productId": "7",
        "productCode": "AO-DO-M",
        "productName": "Áo demo",
        "quantity": "2.0",
        "price": 89000.0,
    }
    return {**product, "discount": 9500, **more}


def read(shop: ShopConfig = SHOP, **more: Any) -> IncomingOrder | None:
    record = {
        "id": 300121,
        "statusCode": "Confirmed",
        "typeId": 1,
        "saleChannel": 2,
        "createdDateTime": "2026-09-01 10:00:00",
        "updatedAt": 1788231900,
        "calcTotalMoney": "174000",
        "customerId": 77,
        "customerName": "Trần B",
        "customerMobile": "0900000000",
        "products": [a_product()],
    }
    return order_of(read_order({**record, **more}), shop)


def mapped(shop: ShopConfig = SHOP, **more: Any) -> IncomingOrder:
    order = read(shop, **more)
    assert order is not None
    return order


def test_an_order_is_read_with_everything_that_it_tells() -> None:
    order = mapped(
        customerAddress="1 Lê Lợi",
        customerWard="P1",
        customerDistrict="Q1",
        customerCity="HCM",
        customerEmail="b@example.com",
        carrierCode="GYKBGEVY",
        carrierName="GHN",
        moneyDeposit=20000,
        moneyTransfer="54000.0",
        couponCode="GIAM10",
        description="gọi trước",
        privateDescription="khách quen",
        shopOrderId="WEB-1",
        merchantTrackingNumber="M-1",
        trafficSourceName="Facebook",
    )
    assert order == IncomingOrder(
        number="300121",
        placed_at=parse_iso("2026-09-01 10:00", "Asia/Ho_Chi_Minh"),
        currency="VND",
        total=174_000,
        statuses=(TimedStatus(Status.TO_PACK, "Confirmed", None),),
        items=(Item("AO-DO-M", "Áo demo", 2, 89_000, 159_000),),
        buyer=IncomingBuyer("77", "Trần B", "0900000000", "b@example.com"),
        address=Address("Trần B", "0900000000", "1 Lê Lợi", "P1", "Q1", "HCM"),
        parcels=(IncomingParcel(None, "GYKBGEVY", "GHN"),),
        vouchers=("GIAM10",),
        cod=True,
        to_collect=100_000,
        updated_at=1_788_231_900_000,
        source="Facebook",
        buyer_note="gọi trước",
        seller_note="khách quen",
        also=("WEB-1", "M-1"),
    )


@pytest.mark.parametrize(
    ("word", "status", "outcome"),
    [
        ("New", Status.CHANNEL_HOLD, None),
        ("Confirming", Status.CHANNEL_HOLD, None),
        ("CustomerConfirming", Status.CHANNEL_HOLD, None),
        ("Confirmed", Status.TO_PACK, None),
        ("Packing", Status.TO_PACK, None),
        ("ChangeDepot", Status.CHANNEL_HOLD, None),
        ("Packed", Status.LABEL_READY, None),
        ("Pickup", Status.LABEL_READY, None),
        ("Pickingup", Status.LABEL_READY, None),
        ("Pickedup", Status.SHIPPED, None),
        ("Shipping", Status.SHIPPED, None),
        ("Success", Status.COMPLETED, Outcome.DELIVERED),
        ("Failed", Status.RETURNING, Outcome.DELIVERY_FAILED),
        ("Returning", Status.RETURNING, Outcome.DELIVERY_FAILED),
        ("Returned", Status.RETURNED, Outcome.DELIVERY_FAILED),
        ("Canceled", Status.CANCELLED, Outcome.BUYER_CANCELLED),
        ("Aborted", Status.CANCELLED, Outcome.SYSTEM_CANCELLED),
        ("CarrierCanceled", Status.CANCELLED, Outcome.CANCELLED),
        ("SoldOut", Status.CANCELLED, Outcome.SELLER_CANCELLED),
        ("trạng_thái_mới", Status.CHANNEL_HOLD, None),
        (None, Status.CHANNEL_HOLD, None),
    ],
)
def test_each_word_has_a_meaning(word: str | None, status: Status, outcome: Outcome | None) -> None:
    order = mapped(statusCode=word)
    assert order.statuses == (TimedStatus(status, word or "", None),)
    assert [(one.outcome, one.cause) for one in order.outcomes] == ([] if outcome is None else [(outcome, None)])


def test_a_shops_own_meanings_go_first() -> None:
    shop = SHOP.model_copy(update={"statuses": {"New": Status.TO_PACK, "Xong": Status.DELIVERED}})
    assert mapped(shop, statusCode="New").statuses[-1].status is Status.TO_PACK
    assert mapped(shop, statusCode="Xong").outcomes[0].outcome is Outcome.DELIVERED


@pytest.mark.parametrize("type_id", [10, "14", 15, 16])
def test_quotations_returns_and_transfers_are_no_orders(type_id: Any) -> None:
    assert read(typeId=type_id) is None


@pytest.mark.parametrize(
    ("type_id", "kind"),
    [
        (1, OrderKind.NORMAL),
        (4, OrderKind.SAMPLE),
        ("12", OrderKind.EXCHANGE),
        (17, OrderKind.REPLACEMENT),
        (99, OrderKind.NORMAL),
        (None, OrderKind.NORMAL),
    ],
)
def test_the_type_tells_what_an_order_is_for(type_id: Any, kind: OrderKind) -> None:
    assert mapped(typeId=type_id).kind is kind


def test_a_pre_order_is_held_until_it_is_packed() -> None:
    for word, status in (
        ("Confirmed", Status.CHANNEL_HOLD),
        ("Packing", Status.TO_PACK),
        ("Pickup", Status.LABEL_READY),
    ):
        assert mapped(typeId=3, statusCode=word).statuses[-1].status is status


@pytest.mark.parametrize(
    ("more", "origin", "also"),
    [
        ({"saleChannel": 42, "shopOrderId": "260901ABCD1234"}, Origin("shopee", "260901ABCD1234"), ()),
        ({"saleChannel": "41", "privateId": 491253082180001}, Origin("lazada", "491253082180001"), ()),
        ({"saleChannel": 45, "shopOrderId": "", "privateId": "510916693"}, Origin("tiki", "510916693"), ()),
        ({"saleChannel": 48, "shopOrderId": "580000000000000001"}, Origin("tiktok", "580000000000000001"), ()),
        ({"saleChannel": 42, "shopOrderId": 0}, None, ()),
        ({"saleChannel": 10, "shopOrderId": "WEB-1"}, None, ("WEB-1",)),
    ],
)
def test_a_marketplaces_order_is_named(more: dict[str, Any], origin: Origin | None, also: tuple[str, ...]) -> None:
    order = mapped(**more)
    assert (order.origin, order.also) == (origin, also)


def test_presents_go_into_the_parcel_and_cost_nothing() -> None:
    gifts = {"5": {"productCode": "QT-001", "productName": "Túi thơm", "quantity": 2}, "6": {"productId": 8}}
    items = mapped(products={"7": a_product(giftProducts=gifts)}).items
    assert items[1:] == (Item("QT-001", "Túi thơm", 2, 0, 0), Item("8", "", 1, 0, 0))


@pytest.mark.parametrize(
    ("more", "total", "collect"),
    [
        ({"calcTotalMoney": 100, "moneyTransfer": 100}, 100, 0),
        ({"calcTotalMoney": 100, "moneyDeposit": 30, "usedPointAmount": "20"}, 100, 50),
        ({"calcTotalMoney": 100, "moneyTransfer": 150}, 100, 0),
        ({"calcTotalMoney": None, "customerShipFee": 15000, "moneyDiscount": 4000}, 170_000, 170_000),
        ({"calcTotalMoney": None, "moneyDiscount": 10**9}, 0, 0),
    ],
)
def test_what_was_not_paid_beforehand_is_collected(more: dict[str, Any], total: int, collect: int) -> None:
    order = mapped(**more)
    assert (order.total, order.to_collect, order.cod) == (total, collect, collect > 0)


def test_what_is_masked_names_nobody_and_what_is_missing_is_nothing() -> None:
    order = mapped(
        customerId="7***",
        customerName="T*** B",
        customerMobile="09****12",
        customerEmail=None,
        updatedAt="?",
        products=None,
    )
    assert order.buyer == IncomingBuyer(None, "T*** B")
    assert (order.address.phone, order.items, order.updated_at, order.parcels) == ("09****12", (), None, ())
    assert mapped(customerId=0, customerName="").buyer is None
    assert mapped(updatedAt="2026-09-01 10:05:00").updated_at == 1_788_231_900_000


@pytest.mark.parametrize("quantity", ["0", -1, 1.5, "NaN", None, "1e99"])
def test_an_odd_quantity_makes_no_order(quantity: Any) -> None:
    with pytest.raises(UnreadableRecordError, match="quantity"):
        mapped(products=[a_product(quantity=quantity)])


@pytest.mark.parametrize("text", ["[b]x[/b]", "\x1b[2J", "‮", "x" * 5000, "'; DROP TABLE orders; --", "🐿️"])
def test_hostile_texts_are_data(text: str) -> None:
    order = mapped(statusCode=text, description=text, trafficSourceName=text, shopOrderId=text)
    assert order.statuses[-1].status is Status.CHANNEL_HOLD
    assert order.buyer_note == text.strip()


@pytest.mark.parametrize(
    ("body", "advice"),
    [
        ({"messages": ["Invalid accessToken"]}, Advice.ASK_SELLER),
        ({"messages": ["accessToken đã hết hạn"]}, Advice.ASK_SELLER),
        ({"messages": ["AppId không tồn tại"]}, Advice.ASK_SELLER),
        ({"messages": "Ứng dụng không có quyền"}, Advice.ASK_SELLER),
        ({"messages": [], "errorCode": "ERR_PAGE_403"}, Advice.ASK_SELLER),
        ({"messages": ["Too many requests"]}, Advice.RETRY),
        ({"messages": {"a": "Không tìm thấy thông tin đơn hàng"}}, Advice.SKIP),
        ({"messages": ["Invalid data"]}, Advice.GIVE_UP),
        ({"messages": ["Hệ thống chỉ hỗ trợ lấy đơn hàng trong 10 ngày"]}, Advice.GIVE_UP),
        ({"messages": ["Lỗi hệ thống, vui lòng thử lại sau"]}, Advice.RETRY),
        ({"message": "?\n" + "x" * 500}, Advice.RETRY),
        ({"messages": [None, 3]}, Advice.RETRY),
        ({}, Advice.RETRY),
    ],
)
def test_a_message_says_what_to_do_next(body: dict[str, Any], advice: Advice) -> None:
    with pytest.raises(ChannelError) as caught:
        data_of(Answer(200, {}, json.dumps({"code": 0, **body}).encode()))
    assert caught.value.advice is advice
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250
    if advice is Advice.RETRY and body.get("messages") != ["Too many requests"]:
        with pytest.raises(ChannelError) as told:
            data_of(Answer(200, {}, json.dumps({"code": "0", **body}).encode()), Advice.SKIP)
        assert told.value.advice is Advice.SKIP


@pytest.mark.parametrize(
    ("data", "seconds"),
    [({"lockedSeconds": 7}, 7.0), ({"lockedSeconds": 10**9}, 3600.0), ({"lockedSeconds": "x"}, 1.0), ([], 1.0)],
)
def test_a_lock_is_sat_out(data: Any, seconds: float) -> None:
    body = {"code": 0, "errorCode": "ERR_429", "messages": ["slow"], "data": data}
    with pytest.raises(ChannelError) as caught:
        data_of(Answer(200, {}, json.dumps(body).encode()))
    assert caught.value.retry_after == seconds
