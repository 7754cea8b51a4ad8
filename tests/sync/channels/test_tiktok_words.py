"""TikTok Shop's signatures, pushes and records, without any network."""

from __future__ import annotations

import json
from typing import Any

import pytest

from packstation.domain.merging import first_kept
from packstation.domain.orders import Address, FailureCause, OrderKind, Outcome, Refund, Status
from packstation.domain.times import HOUR, SECOND
from sync.channels.errors import UnreadableRecordError
from sync.channels.protocol import PushDelivery, PushHint, PushVerdict
from sync.channels.tiktok.cancelling import cancel_reason
from sync.channels.tiktok.mapping import order_of
from sync.channels.tiktok.push import read_push
from sync.channels.tiktok.signing import push_signature, signature
from sync.channels.tiktok.wire import Order, Return
from sync.shops_config import ShopConfig

SHOP = ShopConfig(name="Sóc Nâu TikTok", channel="tiktok", statuses={"WAITING_FOR_TRUCK": Status.LABEL_READY})
PLACED = 1_788_220_800


def unit(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"5900000000000000{number:02d}",
        "sku_id": "1730000000000000001",
        "seller_sku": "AO-DO-M",
        "product_name": "Áo demo",
        "sku_name": "Đỏ, M",
        "sale_price": "79500",
        "display_status": "AWAITING_COLLECTION",
        "package_id": "1150000000000000001",
        "tracking_number": "840000000001",
        "shipping_provider_name": "J&T Express",
        **fields,
    }


def record(**fields: Any) -> dict[str, Any]:
    return {
        "id": "580000000000000001",
        "status": "AWAITING_COLLECTION",
        "create_time": PLACED,
        "update_time": PLACED + 3600,
        "is_cod": True,
        "rts_time": PLACED + 1800,
        "user_id": "7494000000000000001",
        "payment": {"currency": "VND", "total_amount": "159000", "platform_discount": "0"},
        "line_items": [unit(11), unit(12)],
        "packages": [{"id": "1150000000000000001"}],
        **fields,
    }


def returned(*units: int, **fields: Any) -> dict[str, Any]:
    lines = [
        {"order_line_item_id": f"5900000000000000{number}", "refund_amount": {"refund_total": "79500"}}
        for number in units
    ]
    return {
        "return_id": "4035000000000000001",
        "order_id": "580000000000000001",
        "return_type": "RETURN_AND_REFUND",
        "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "update_time": PLACED + 9000,
        "refund_amount": {"refund_total": str(79_500 * len(units))},
        "return_line_items": lines,
        **fields,
    }


def mapped(*returns: dict[str, Any], **fields: Any) -> Any:
    found = [Return.model_validate(one) for one in returns]
    return order_of(Order.model_validate(record(**fields)), found, SHOP)


def ending(by: str, reason: str, **fields: Any) -> tuple[Status, Outcome, FailureCause | None]:
    order = mapped(
        status="CANCELLED", cancellation_initiator=by, cancel_reason=reason, cancel_time=PLACED + 7200, **fields
    )
    return order.statuses[-1].status, order.outcomes[-1].outcome, order.outcomes[-1].cause


SHIPPED: dict[str, Any] = {"collection_time": PLACED + 5000}
NEVER_PAID: dict[str, Any] = {"is_cod": False, "rts_time": None}


def test_the_official_example_is_signed_as_documented() -> None:
    sign = signature("e59af819cc", "/authorization/202309/shops", {"app_key": "29a39d", "timestamp": "1623812664"})
    assert sign == "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"


def test_a_query_alone_is_signed() -> None:
    sign = signature("app_secret", "/test-api", {"foo": "bar", "sign": "left out", "access_token": "left out"})
    assert sign == "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f"


def test_the_body_of_a_search_is_signed_with_its_query() -> None:
    query = {
        "app_key": "29a39d",
        "page_size": "50",
        "shop_cipher": "GCP_TESTCIPHER",
        "sort_field": "update_time",
        "sort_order": "ASC",
        "timestamp": "1623812664",
    }
    body = b'{"update_time_ge":1623726264,"update_time_lt":1623812664}'
    sign = signature("e59af819cc", "/order/202309/orders/search", query, body)
    assert sign == "5afb6ce436ccea6ddd268d7e3e554769636dc4b1e34991a9c2d51dcc5b1a941d"


@pytest.mark.parametrize(
    ("app_key", "secret", "body", "expected"),
    [
        (
            "fake_app_key",
            "fake_app_secret",
            b'{"type":1,"shop_id":"7494726673780148744","timestamp":1664095733,"data":{"order_id":"576684019603311365",'
            b'"order_status":"AWAITING_SHIPMENT","update_time":1664095610}}',
            "21109834de72ec53c9959716d8514ae388ce1f123e5ffdcafc46713fcdf62b27",
        ),
        (
            "abcdef",
            "123",
            b'{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,'
            b'"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}',
            "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05",
        ),
    ],
)
def test_pushes_are_signed_as_documented(app_key: str, secret: str, body: bytes, expected: str) -> None:
    assert push_signature(app_key, secret, body) == expected
    read = read_push(app_key, secret, PushDelivery("https://desk.example/hooks", {"authorization": expected}, body))
    assert (read.verdict, read.answer.status) == (PushVerdict.GENUINE, 200)
    assert read.hint is not None
    assert read.hint.numbers == (json.loads(body)["data"]["order_id"],)


def pushed(message: object, *, secret: str = "s", header: str | None = None) -> Any:
    body = json.dumps(message).encode()
    sign = push_signature("k", "s", body) if header is None else header
    return read_push("k", secret, PushDelivery("https://desk.example/hooks", {"authorization": sign}, body))


@pytest.mark.parametrize(("secret", "header"), [("other", None), ("", None), ("s", ""), ("s", "đỏ"), ("s", "0" * 64)])
def test_a_push_that_is_not_signed_with_the_shops_secret_is_not_read(secret: str, header: str | None) -> None:
    read = pushed({"type": 1, "data": {"order_id": "580000000000000001"}}, secret=secret, header=header)
    assert (read.verdict, read.answer.status, read.hint) == (PushVerdict.FORGED, 401, None)


def test_nobody_can_sign_for_a_shop_that_has_no_secret() -> None:
    body = b'{"type":1,"data":{"order_id":"580000000000000001"}}'
    delivery = PushDelivery("", {"authorization": push_signature("k", "", body)}, body)
    assert read_push("k", "", delivery).verdict is PushVerdict.FORGED


def test_a_package_push_names_the_orders_in_it() -> None:
    packages = [{"package_id": "115", "order_id_list": ["581", 582]}, {"order_id_list": ["581"]}]
    read = pushed({"type": 4, "shop_id": "7494", "data": {"package_list": packages}})
    assert read.hint == PushHint(("581", "582"), "7494")


@pytest.mark.parametrize("kind", [6, 7])
def test_a_consent_that_ends_is_for_the_seller(kind: int) -> None:
    assert pushed({"type": kind, "shop_id": "7494", "data": {"message": "…"}}).hint.seller_must_act


@pytest.mark.parametrize(
    "message",
    [
        [],
        "ping",
        None,
        {},
        {"type": [], "data": []},
        {"type": 1, "data": {"order_id": "1; DROP"}},
        {"data": {"package_list": 5}},
    ],
)
def test_a_genuine_push_that_says_nothing_is_taken_and_hints_at_nothing(message: object) -> None:
    read = pushed(message)
    assert (read.verdict, read.answer.status, read.hint.numbers) == (PushVerdict.GENUINE, 200, ())


def test_units_of_one_product_become_a_quantity() -> None:
    gift = unit(13, seller_sku="QT-001", sale_price="0", is_gift=True)
    order = mapped(line_items=[unit(11), gift, unit(12)])
    assert [(item.sku, item.quantity, item.price, item.total) for item in order.items] == [
        ("AO-DO-M", 2, 79_500, 159_000),
        ("QT-001", 1, 0, 0),
    ]
    assert order.items[0].name == "Áo demo · Đỏ, M"


def test_a_piece_cancelled_before_shipping_is_not_to_be_delivered() -> None:
    order = mapped(line_items=[unit(11), unit(12, display_status="CANCELLED", cancel_user="SELLER")])
    assert [item.quantity for item in order.items] == [1]
    assert order.refunds == ()


def test_a_piece_that_the_carrier_lost_was_to_be_delivered_and_is_given_back() -> None:
    gone = unit(12, display_status="CANCELLED", cancel_user="SYSTEM", cancel_reason="package_lost")
    order = mapped(status="IN_TRANSIT", line_items=[unit(11), gone])
    assert order.items[0].quantity == 2
    assert order.refunds == (Refund(0, 1, 79_500, (PLACED + 3600) * SECOND),)


@pytest.mark.parametrize(
    ("by", "reason", "more", "expected"),
    [
        (
            "BUYER",
            "ecom_order_to_ship_canceled_reason_better_price",
            {},
            (Status.CANCELLED, Outcome.BUYER_CANCELLED, None),
        ),
        ("BUYER", "Đổi ý", {}, (Status.CANCELLED, Outcome.BUYER_CANCELLED, None)),
        ("SELLER", "seller_cancel_reason_out_of_stock", {}, (Status.CANCELLED, Outcome.SELLER_CANCELLED, None)),
        (
            "SELLER",
            "Không thể giao hàng đến địa chỉ khách hàng",
            {},
            (Status.CANCELLED, Outcome.SELLER_CANCELLED, None),
        ),
        ("SYSTEM", "system_cancel_unpaid_time_out", NEVER_PAID, (Status.CANCELLED, Outcome.UNPAID_EXPIRED, None)),
        ("SYSTEM", "Hết thời gian chờ", NEVER_PAID, (Status.CANCELLED, Outcome.UNPAID_EXPIRED, None)),
        ("SYSTEM", "system_cancel_anti_span_block", NEVER_PAID, (Status.CANCELLED, Outcome.SYSTEM_CANCELLED, None)),
        (
            "SYSTEM",
            "system_cancel_order_reason_shipping_timeout",
            {},
            (Status.CANCELLED, Outcome.SYSTEM_CANCELLED, None),
        ),
        (
            "SYSTEM",
            "returned_to_shipper_refused",
            SHIPPED,
            (Status.RETURNED, Outcome.DELIVERY_FAILED, FailureCause.REFUSED),
        ),
        ("SYSTEM", "Package rejected", SHIPPED, (Status.RETURNED, Outcome.DELIVERY_FAILED, FailureCause.REFUSED)),
        (
            "SYSTEM",
            "returned_to_shipper_other",
            SHIPPED,
            (Status.RETURNED, Outcome.DELIVERY_FAILED, FailureCause.UNREACHABLE),
        ),
        ("SYSTEM", "threepl_breach", SHIPPED, (Status.RETURNED, Outcome.DELIVERY_FAILED, FailureCause.COURIER)),
        ("SYSTEM", "threepl_breach", {}, (Status.CANCELLED, Outcome.SYSTEM_CANCELLED, None)),
        ("SYSTEM", "package_lost", SHIPPED, (Status.LOST, Outcome.LOST, None)),
        ("SYSTEM", "Đơn bị sàn đóng", {}, (Status.CANCELLED, Outcome.SYSTEM_CANCELLED, None)),
        ("", "", {}, (Status.CANCELLED, Outcome.CANCELLED, None)),
    ],
)
def test_who_ended_an_order_follows_from_initiator_and_reason(
    by: str, reason: str, more: dict[str, Any], expected: tuple[Status, Outcome, FailureCause | None]
) -> None:
    assert ending(by, reason, **more) == expected


def test_the_pushes_spelling_of_cancelled_is_understood_too() -> None:
    assert mapped(status="CANCEL").statuses[-1].status is Status.CANCELLED


def test_a_pending_request_to_cancel_is_to_be_answered_within_two_days() -> None:
    asked = PLACED + 3000
    order = mapped(is_buyer_request_cancel=True, request_cancel_time=asked, cancel_order_sla_time=PLACED + 400_000)
    assert order.statuses[-1].status is Status.CANCEL_REQUESTED
    assert order.answer_by == asked * SECOND + 48 * HOUR


def test_a_request_to_cancel_that_was_taken_back_leaves_no_deadline() -> None:
    order = mapped(is_buyer_request_cancel=False, request_cancel_time=PLACED + 3000)
    assert (order.statuses[-1].status, order.answer_by) == (Status.LABEL_READY, None)


def test_deadlines_are_the_channels() -> None:
    times = {"rts_sla_time": 100, "tts_sla_time": 200, "shipping_due_time": 250, "collection_due_time": 280}
    at = {name: PLACED + late for name, late in times.items()}
    order = mapped(**at, cancel_order_sla_time=PLACED + 300, rts_time=None)
    assert [one - PLACED * SECOND for one in (order.arrange_by, order.ship_by, order.cancels_at)] == [
        100_000,
        200_000,
        250_000,
    ]
    assert mapped(**at, cancel_order_sla_time=PLACED + 300).cancels_at == (PLACED + 280) * SECOND


def test_the_timeline_has_the_channels_times() -> None:
    order = mapped(
        status="DELIVERED",
        is_cod=False,
        paid_time=PLACED + 60,
        collection_time=PLACED + 2000,
        delivery_time=PLACED + 3000,
    )
    assert [(one.status, one.known_at // SECOND - PLACED) for one in order.statuses] == [
        (Status.UNPAID, 0),
        (Status.TO_PACK, 60),
        (Status.LABEL_READY, 1800),
        (Status.SHIPPED, 2000),
        (Status.DELIVERED, 3000),
    ]


def test_what_all_came_back_is_returned() -> None:
    order = mapped(returned(11, 12), status="COMPLETED", delivery_time=PLACED + 3000)
    kept = first_kept(order, 0)
    assert kept.status.status is Status.RETURNED
    assert kept.ended is not None
    assert (kept.ended.outcome, kept.ended.known_at) == (Outcome.RETURNED, (PLACED + 9000) * SECOND)
    assert order.refunds == (Refund(0, 2, 159_000, (PLACED + 9000) * SECOND),)
    assert "4035000000000000001" in order.also


def test_a_return_makes_the_order_newer_though_its_own_time_stays() -> None:
    assert mapped(returned(11), status="DELIVERED").updated_at == (PLACED + 9000) * SECOND


def test_what_partly_came_back_stays_delivered_and_counts_by_the_piece() -> None:
    order = mapped(returned(12), status="COMPLETED", delivery_time=PLACED + 3000)
    assert (order.statuses[-1].status, order.outcomes[-1].outcome) == (Status.COMPLETED, Outcome.DELIVERED)
    assert order.refunds == (Refund(0, 1, 79_500, (PLACED + 9000) * SECOND),)


def test_money_without_goods_is_a_refund_of_no_pieces() -> None:
    order = mapped(returned(11, 12, return_type="REFUND"), status="DELIVERED")
    assert [(one.quantity, one.amount) for one in order.refunds] == [(0, 159_000)]
    assert order.outcomes[-1].outcome is Outcome.DELIVERED


def test_what_is_refunded_beyond_the_pieces_belongs_to_the_order() -> None:
    order = mapped(returned(11, refund_amount={"refund_total": "95000"}), status="DELIVERED")
    assert [(one.line, one.amount) for one in order.refunds] == [(0, 79_500), (None, 15_500)]


def test_everything_on_its_way_back_is_returning() -> None:
    order = mapped(returned(11, 12, return_status="BUYER_SHIPPED_ITEM"), status="DELIVERED")
    assert (order.statuses[-1].status, order.statuses[-1].channel_status) == (Status.RETURNING, "BUYER_SHIPPED_ITEM")
    assert order.refunds == ()


@pytest.mark.parametrize("word", ["RETURN_OR_REFUND_REQUEST_PENDING", "RETURN_OR_REFUND_REQUEST_CANCEL", "NEW_WORD"])
def test_a_return_that_is_only_asked_for_changes_nothing(word: str) -> None:
    order = mapped(returned(11, 12, return_status=word), status="DELIVERED")
    assert (order.statuses[-1].status, order.refunds) == (Status.DELIVERED, ())


def test_a_return_that_names_products_only_takes_any_pieces_of_them() -> None:
    lines = [{"sku_id": "1730000000000000001"}, {"seller_sku": "AO-DO-M"}]
    order = mapped(returned(return_line_items=lines), status="DELIVERED")
    assert order.statuses[-1].status is Status.RETURNED


def test_two_returns_of_one_product_take_two_pieces() -> None:
    one = returned(return_line_items=[{"sku_id": "1730000000000000001"}])
    order = mapped(one, {**one, "return_id": "4035000000000000002"}, status="DELIVERED")
    assert order.statuses[-1].status is Status.RETURNED
    assert sum(refund.quantity for refund in order.refunds) == 2


def test_a_time_of_zero_is_none() -> None:
    order = mapped(status="UNPAID", is_cod=False, paid_time=0, rts_time="0", rts_sla_time=0)
    assert (order.paid_at, order.arrange_by) == (None, None)
    assert [one.status for one in order.statuses] == [Status.UNPAID]


def test_split_packages_bear_a_tracking_number_each() -> None:
    other = unit(12, package_id="1150000000000000002", tracking_number="840000000002")
    order = mapped(line_items=[unit(11), other], tracking_number="840000000001")
    assert [(one.package, one.tracking) for one in order.parcels] == [
        ("1150000000000000001", "840000000001"),
        ("1150000000000000002", "840000000002"),
    ]


def test_a_package_is_known_before_its_tracking_number() -> None:
    order = mapped(line_items=[unit(11, tracking_number="", shipping_provider_name="")])
    assert [(one.package, one.tracking) for one in order.parcels] == [("1150000000000000001", None)]


def test_the_orders_own_tracking_number_counts_where_pieces_have_none() -> None:
    order = mapped(line_items=[unit(11, tracking_number="")], tracking_number="840000000009")
    assert [(one.package, one.tracking) for one in order.parcels] == [("1150000000000000001", "840000000009")]


def test_masked_names_are_passed_on_and_masked_phones_are_nobodys() -> None:
    shown: dict[str, Any] = {"name": "N***n", "phone_number": "(+84)9*****12", "address_detail": "*****"}
    levels = [("Country", "L0", "Vietnam"), ("Province", "L1", "Lâm Đồng"), ("Ward", "L2", "Phường 1")]
    shown["district_info"] = [
        {"address_level_name": name, "address_level": level, "address_name": place} for name, level, place in levels
    ]
    order = mapped(recipient_address=shown)
    assert order.address == Address("N***n", "(+84)9*****12", "*****", "Phường 1", "", "Lâm Đồng", "Vietnam")
    assert (order.buyer.external_id, order.buyer.name, order.buyer.phone) == ("7494000000000000001", "N***n", "")


def test_a_changed_address_is_told_without_its_moment() -> None:
    assert mapped().address_changed_at is None
    assert mapped(has_updated_recipient_address=False).address_changed_at is None
    assert mapped(has_updated_recipient_address=True).address_changed_at == PLACED * SECOND


def test_an_unpaid_order_has_no_address_yet() -> None:
    order = mapped(status="UNPAID", user_id="0", rts_time=None)
    assert (order.address, order.buyer) == (Address(), None)


@pytest.mark.parametrize(
    ("flag", "kind"),
    [
        ("is_sample_order", OrderKind.SAMPLE),
        ("is_replacement_order", OrderKind.REPLACEMENT),
        ("is_exchange_order", OrderKind.EXCHANGE),
    ],
)
def test_orders_that_nobody_bought_are_marked(flag: str, kind: OrderKind) -> None:
    assert mapped(**{flag: True}).kind is kind


def test_what_tiktoks_own_warehouse_packs_is_kept_back_from_the_desk() -> None:
    order = mapped(status="AWAITING_SHIPMENT", fulfillment_type="FULFILLMENT_BY_TIKTOK")
    assert order.statuses[-1].status is Status.CHANNEL_HOLD


def test_a_preorder_is_on_hold_and_its_day_to_come_is_no_past_status() -> None:
    order = mapped(status="ON_HOLD", is_cod=False, rts_time=None, release_date=PLACED + 999_999, paid_time=PLACED + 60)
    assert [one.status for one in order.statuses] == [Status.UNPAID, Status.CHANNEL_HOLD]


@pytest.mark.parametrize(
    ("word", "status"),
    [("WAITING_FOR_TRUCK", Status.LABEL_READY), ("[b]mới[/b]", Status.CHANNEL_HOLD), ("", Status.CHANNEL_HOLD)],
)
def test_unknown_words_are_kept_and_mean_what_the_config_says(word: str, status: Status) -> None:
    now = mapped(status=word).statuses[-1]
    assert (now.status, now.channel_status) == (status, word)


def test_numbers_as_text_and_text_as_numbers_are_the_same_order() -> None:
    odd = mapped(
        id=580000000000000001,
        create_time=str(PLACED),
        update_time=f"{PLACED + 3600}",
        user_id=7494000000000000001,
        is_cod="true",
        payment={"currency": "VND", "total_amount": 159000.0},
        rts_sla_time="soon",
        packages=None,
    )
    assert (odd.number, odd.total, odd.cod, odd.arrange_by) == ("580000000000000001", 159_000, True, None)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e400", "vài đồng", "9" * 40])
def test_an_amount_that_is_none_makes_no_order(amount: str) -> None:
    with pytest.raises(UnreadableRecordError, match="amount"):
        mapped(payment={"currency": "VND", "total_amount": amount})


@pytest.mark.parametrize("currency", ["", "dong", "V" * 99])
def test_a_currency_that_is_none_is_the_shops(currency: str) -> None:
    order = mapped(payment={"currency": currency, "total_amount": "159000"})
    assert (order.currency, order.total) == ("VND", 159_000)


def test_hostile_texts_stay_texts() -> None:
    evil = "\u202e[red]\x00'; DROP TABLE orders; --" * 50
    order = mapped(buyer_message=evil, line_items=[unit(11, product_name=evil, seller_sku=evil)])
    assert (order.buyer_note, order.items[0].sku) == (evil, evil)


@pytest.mark.parametrize(
    ("status", "why", "key"),
    [
        ("AWAITING_SHIPMENT", "Hết hàng rồi", "seller_cancel_reason_out_of_stock"),
        ("AWAITING_SHIPMENT", "khách không nghe máy", "seller_cancel_paid_reason_address_not_deliver"),
        ("UNPAID", "sai giá", "seller_cancel_unpaid_reason_wrong_price"),
    ],
)
def test_a_persons_words_become_a_key_that_fits_the_status(status: str, why: str, key: str) -> None:
    assert cancel_reason(Order.model_validate(record(status=status)), why) == key


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        ("SYSTEM", "returned_to_shipper_refused"),
        ("SYSTEM", "package_lost"),
        ("SYSTEM", "threepl_breach"),
    ],
)
def test_a_parcel_that_came_back_leaves_out_the_piece_that_was_cancelled_before_it_went(by: str, reason: str) -> None:
    sent = unit(11, display_status="CANCELLED", cancel_user=by, cancel_reason=reason)
    cancelled_before = unit(
        12, display_status="CANCELLED", cancel_user="SELLER", cancel_reason="seller_cancel_reason_out_of_stock"
    )
    order = mapped(
        status="CANCELLED",
        cancellation_initiator=by,
        cancel_reason=reason,
        cancel_time=PLACED + 7200,
        line_items=[sent, cancelled_before],
        **SHIPPED,
    )
    assert [item.quantity for item in order.items] == [1]
