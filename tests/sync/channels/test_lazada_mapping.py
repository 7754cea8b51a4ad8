from __future__ import annotations

from typing import Any

import pytest

from packstation.domain.orders import (
    Address,
    FailureCause,
    IncomingParcel,
    Item,
    Outcome,
    Refund,
    Status,
    TimedStatus,
)
from packstation.domain.times import MINUTE, SECOND, parse_iso
from sync.channels.errors import UnreadableRecordError
from tests.sync.channels.lazada_records import NUMBER, a_unit, mapped


def hanoi(text: str) -> int:
    return parse_iso(text, "Asia/Ho_Chi_Minh")


def test_an_order_of_two_equal_units_has_one_line_of_two() -> None:
    order = mapped(a_unit(), a_unit(order_item_id="260901100000002", paid_price="70000.00"), shipping_fee=15000.0)
    assert order.number == NUMBER
    assert order.items == (Item("AO-DO-M", "Áo demo · Màu:Đỏ", 2, 79_500, 149_500),)
    assert (order.total, order.cod, order.to_collect) == (174_000, True, 174_000)
    assert order.placed_at == hanoi("2026-09-01 10:00")
    assert order.updated_at == hanoi("2026-09-01 10:05")
    assert order.address == Address(
        "N***", "84*******12", "S***", "Phường Dịch Vọng", "Quận Cầu Giấy", "Hà Nội", "Vietnam"
    )
    assert order.buyer is not None
    assert (order.buyer.external_id, order.buyer.name, order.buyer.phone) == ("77", "N***", "")
    assert (order.seller_note, order.also, order.parcels) == ("", (), ())


def test_the_buyer_pays_the_price_less_the_voucher_plus_the_shipping() -> None:
    order = mapped(price="1,159,000.00", voucher=20000, shipping_fee="16500.00", voucher_code="SOCNAU15")
    assert (order.total, order.vouchers) == (1_155_500, ("SOCNAU15",))
    assert mapped(price="10000", voucher="30000.00").total == 0
    assert mapped(a_unit(shipping_amount="9000"), price="null").total == 88_500


@pytest.mark.parametrize(
    "text", ["2026-09-01T10:00:00+07:00", "2026-09-01 10:00:00 +0700", "1788231600000", 1788231600000, "1788231600"]
)
def test_a_time_comes_in_any_of_three_shapes(text: object) -> None:
    assert mapped(created_at=text).placed_at == hanoi("2026-09-01 10:00")


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("2026-09-01 10:04:00 +0700", "2026-09-01 10:04"),
        ("2026-09-01 10:00:00 +0700", None),
        ("", None),
        ("null", None),
        ("soon", None),
    ],
)
def test_an_address_updated_after_the_placing_was_changed_by_the_buyer(text: str, changed: str | None) -> None:
    assert mapped(address_updated_at=text).address_changed_at == (hanoi(changed) if changed else None)


def test_units_without_a_seller_sku_go_by_lazadas() -> None:
    assert mapped(a_unit(sku="null")).items[0].sku == "1_VNAMZ-2"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("unpaid",), Status.UNPAID),
        (("pending", "packed"), Status.TO_PACK),
        (("topack",), Status.TO_PACK),
        (("repacked",), Status.TO_PACK),
        (("packed", "ready_to_ship"), Status.LABEL_READY),
        (("ready_to_ship_pending",), Status.LABEL_READY),
        (("toship", "canceled"), Status.LABEL_READY),
        (("shipped", "delivered"), Status.SHIPPED),
        (("Delivered", "shipped_back_success"), Status.DELIVERED),
        (("canceled", "canceled"), Status.CANCELLED),
        (("failed",), Status.RETURNING),
        (("shipped_back_failed",), Status.RETURNING),
        (("shipped_back", "shipped_back_success"), Status.RETURNING),
        (("shipped_back_success", "canceled"), Status.RETURNED),
        (("damaged_by_3pl",), Status.LOST),
        (("package_scrapped",), Status.LOST),
        (("packed", "WAITING_FOR_MOON"), Status.CHANNEL_HOLD),
        (("ZZ_HALF",), Status.SHIPPED),
        ((None,), Status.CHANNEL_HOLD),
    ],
)
def test_an_order_stands_where_its_least_advanced_unit_stands(words: tuple[str, ...], status: Status) -> None:
    order = mapped(*(a_unit(status=word, order_item_id=place) for place, word in enumerate(words)))
    assert order.statuses[-1].status is status
    assert order.statuses[-1].channel_status in {str(word or "") for word in words}


def test_cancelled_units_are_left_out_unless_all_are() -> None:
    live, gone = a_unit(), a_unit(status="canceled", sku="QUAN")
    assert [(item.sku, item.quantity) for item in mapped(live, gone).items] == [("AO-DO-M", 1)]
    assert [item.sku for item in mapped(gone, gone).items] == ["QUAN"]


@pytest.mark.parametrize(
    ("unit", "head", "outcome", "cause"),
    [
        ({"cancel_return_initiator": "cancellation-customer"}, {}, Outcome.BUYER_CANCELLED, None),
        ({"cancel_return_initiator": "buyer-cancel"}, {}, Outcome.BUYER_CANCELLED, None),
        ({"cancel_return_initiator": "cancellation-seller"}, {}, Outcome.SELLER_CANCELLED, None),
        ({"cancel_return_initiator": "customer service-cancel"}, {}, Outcome.SYSTEM_CANCELLED, None),
        ({"cancel_return_initiator": "cancellation-internal"}, {}, Outcome.SYSTEM_CANCELLED, None),
        ({"cancel_return_initiator": "system-cancel"}, {"payment_method": "MIXEDCARD"}, Outcome.UNPAID_EXPIRED, None),
        (
            {"cancel_return_initiator": "system-cancel", "payment_time": "1788231700000"},
            {"payment_method": "MIXEDCARD"},
            Outcome.SYSTEM_CANCELLED,
            None,
        ),
        (
            {"cancel_return_initiator": "system-cancel", "package_id": "FP1"},
            {"payment_method": "MIXEDCARD"},
            Outcome.SYSTEM_CANCELLED,
            None,
        ),
        (
            {"cancel_return_initiator": "cancellation-failed Delivery", "reason": "Customer refused"},
            {},
            Outcome.DELIVERY_FAILED,
            FailureCause.REFUSED,
        ),
        ({"cancel_return_initiator": "null-null"}, {}, Outcome.CANCELLED, None),
        ({}, {}, Outcome.CANCELLED, None),
    ],
)
def test_who_cancelled(
    unit: dict[str, Any], head: dict[str, Any], outcome: Outcome, cause: FailureCause | None
) -> None:
    (ended,) = mapped(a_unit(status="canceled", **unit), **head).outcomes
    assert (ended.outcome, ended.cause) == (outcome, cause)


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("Khách từ chối nhận hàng", FailureCause.REFUSED),
        ("Customer not reachable", FailureCause.UNREACHABLE),
        ("Lỗi đơn vị vận chuyển", FailureCause.COURIER),
        ("", None),
    ],
)
def test_a_failed_delivery_has_the_cause_that_the_reason_tells(reason: str, cause: FailureCause | None) -> None:
    order = mapped(a_unit(status="failed_delivery", reason=reason))
    assert order.statuses[-1].status is Status.RETURNING
    assert [(one.outcome, one.cause) for one in order.outcomes] == [(Outcome.DELIVERY_FAILED, cause)]


def test_units_that_came_back_are_refunds_of_an_order_that_was_delivered() -> None:
    order = mapped(
        a_unit(status="delivered", sku="QUAN"),
        a_unit(status="delivered", order_item_id=2),
        a_unit(status="shipped_back_success", order_item_id=3, paid_price=70000),
        a_unit(status="returned", order_item_id=4),
        reverses=(
            a_return("4", status="REFUND_SUCCESS", refund_amount="60000"),
            a_return("2", status="REQUEST_CANCEL"),
        ),
    )
    assert [(item.sku, item.quantity) for item in order.items] == [("QUAN", 1), ("AO-DO-M", 3)]
    assert [one.outcome for one in order.outcomes] == [Outcome.DELIVERED]
    assert order.refunds == (
        Refund(1, 1, 70_000, 1_788_231_900_000),
        Refund(1, 1, 60_000, 1_788_900_000_000),
    )


def a_return(unit: str, *, status: str, request: str = "RETURN", **line: Any) -> dict[str, Any]:
    about = {"trade_order_line_id": unit, "reverse_status": status, "return_order_line_gmt_modified": 1_788_900_000_000}
    return {"reverse_order_id": 71, "request_type": request, "reverse_order_lines": [{**about, **line}]}


@pytest.mark.parametrize(
    ("status", "standing", "outcome"),
    [
        ("REQUEST_INITIATE", Status.RETURNING, Outcome.DELIVERED),
        ("REFUND_PENDING", Status.RETURNING, Outcome.DELIVERED),
        ("REQUEST_REJECT", Status.DELIVERED, Outcome.DELIVERED),
        ("REFUND_SUCCESS", Status.RETURNED, Outcome.RETURNED),
    ],
)
def test_a_return_of_everything_is_known_before_the_unit_says_so(
    status: str, standing: Status, outcome: Outcome
) -> None:
    unit = a_unit(status="delivered", order_item_id="4")
    order = mapped(unit, reverses=(a_return("4", status=status, tracking_number="LEXVN001"),))
    assert order.statuses[-1].status is standing
    assert [one.outcome for one in order.outcomes] == [outcome]
    assert order.refunds == ()
    assert order.also == ("71", "LEXVN001")


def test_a_return_that_ended_has_its_own_time() -> None:
    unit = a_unit(status="returned", order_item_id="4")
    order = mapped(unit, reverses=(a_return("4", status="REFUND_SUCCESS"),))
    assert order.statuses[-1] == TimedStatus(Status.RETURNED, "returned", 1_788_900_000_000)
    assert order.outcomes[-1].known_at == order.updated_at == 1_788_900_000_000


def test_money_given_back_without_goods_is_a_refund_of_no_piece() -> None:
    unit = a_unit(status="delivered", order_item_id="4")
    back = a_return("4", status="REFUND_SUCCESS", request="ONLY_REFUND", refund_amount=20_000)
    assert mapped(unit, reverses=(back,)).refunds == (Refund(0, 0, 20_000, 1_788_900_000_000),)
    assert mapped(unit, reverses=({**back, "request_type": "CANCEL"},)).refunds == ()


@pytest.mark.parametrize("told", [{"need_cancel_confirm": "true"}, {"is_cancel_pending": True}])
def test_a_request_to_cancel_stops_the_order_until_it_is_shipped(told: dict[str, Any]) -> None:
    deadline = {"cancel_trigger_time": "1788400000000", **told}
    order = mapped(a_unit(status="packed", **deadline), a_unit(status="packed"))
    assert order.statuses[-1] == TimedStatus(Status.CANCEL_REQUESTED, "packed", None)
    assert order.answer_by == (1_788_400_000_000 if "need_cancel_confirm" in told else None)
    assert mapped(a_unit(status="shipped", **deadline)).statuses[-1].status is Status.SHIPPED
    assert mapped(a_unit(status="packed"), **told).statuses[-1].status is Status.CANCEL_REQUESTED


def test_what_may_not_be_packed_here_is_held() -> None:
    held = mapped(a_unit(stage_pay_status="unpaid final payment"))
    assert held.statuses[-1].status is Status.CHANNEL_HOLD
    assert mapped(a_unit(is_fbl="1")).statuses[-1].status is Status.CHANNEL_HOLD
    assert mapped(a_unit(is_fbl="1"), a_unit(is_fbl="0", status="packed")).statuses[-1].status is Status.LABEL_READY


def test_the_hand_over_deadline_is_the_earliest_of_the_units() -> None:
    order = mapped(
        a_unit(sla_time_stamp="2026-09-03T23:59:59+07:00"),
        a_unit(sla_time_stamp="2026-09-02T23:59:59+07:00"),
        a_unit(sla_time_stamp="soon", fulfillment_sla="NEXT_DAY"),
    )
    deadlines = (order.arrange_by, order.ship_by, order.cancels_at, order.answer_by)
    assert deadlines == (None, hanoi("2026-09-02 23:59:59"), None, None)


def test_packages_come_with_packing_and_the_tracking_code_may_follow() -> None:
    first = {"package_id": "FP123456789012345", "shipment_provider": "LEX VN", "status": "packed"}
    order = mapped(
        a_unit(**first, tracking_code="LEXVN0001"),
        a_unit(**first, tracking_code="LEXVN0001"),
        a_unit(**{**first, "package_id": "FP2"}),
        a_unit(status="canceled", package_id="FP3"),
    )
    assert order.parcels == (
        IncomingParcel("FP123456789012345", "LEXVN0001", "LEX VN"),
        IncomingParcel("FP2", None, "LEX VN"),
    )


def test_a_prepaid_order_waited_for_its_payment() -> None:
    paid = {"payment_time": "1788231900000"}
    order = mapped(a_unit(status="shipped", **paid), payment_method="MOMO_WALLET")
    placed = hanoi("2026-09-01 10:00")
    assert order.statuses == (
        TimedStatus(Status.UNPAID, "unpaid", placed),
        TimedStatus(Status.TO_PACK, "pending", placed + 5 * MINUTE),
        TimedStatus(Status.SHIPPED, "shipped", None),
    )
    assert (order.cod, order.to_collect, order.paid_at) == (False, 0, placed + 300 * SECOND)


def test_an_unnamed_payment_method_says_nothing_about_cod() -> None:
    order = mapped(payment_method="null")
    assert (order.cod, order.to_collect) == (None, None)


@pytest.mark.parametrize(
    ("unit", "head", "field"),
    [
        ({}, {"created_at": "yesterday"}, "created_at"),
        ({}, {"created_at": None}, "created_at"),
        ({"item_price": "a lot of money"}, {}, "item_price"),
        ({}, {"price": "9" * 30}, "price"),
    ],
)
def test_a_record_that_makes_no_order_says_which_field_and_not_its_value(
    unit: dict[str, Any], head: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnreadableRecordError, match=f"^{field}: [a-z ]+$"):
        mapped(a_unit(**unit), **head)


def test_hostile_texts_are_only_texts() -> None:
    nasty = "\x1b[2J'; DROP TABLE orders;--\u202e{0}"
    order = mapped(
        a_unit(name=nasty, reason={"a": [nasty]}, tracking_code=nasty, currency="V" * 999, buyer_id=[1]),
        buyer_note=nasty,
        address_shipping="null",
    )
    assert (order.items[0].name, order.buyer_note) == (f"{nasty} · Màu:Đỏ", nasty)
    assert (order.currency, order.address) == ("VND", Address())
