"""How one order of Shopee's is understood, case by case, without a wire."""

from __future__ import annotations

from typing import Any

import pytest

from packstation.domain.orders import FailureCause, IncomingOrder, Outcome, Refund, Status
from sync.channels.errors import UnreadableRecordError
from sync.channels.shopee.bookings import booking_of
from sync.channels.shopee.mapping import order_of
from sync.channels.shopee.records import WholeOrder
from sync.channels.shopee.wire import BookingDetail, OrderDetail, PackageDetail, Return, Scan

PLACED, PAID, SHIPPED, ARRIVED, UPDATED = (1_788_220_800 + hours * 3600 for hours in (0, 1, 24, 72, 96))
SHIRT = {
    "item_id": 11,
    "item_name": "Áo demo",
    "item_sku": "AO",
    "model_id": 21,
    "model_name": "Đỏ,M",
    "model_sku": "AO-DO-M",
    "model_quantity_purchased": 3,
    "model_discounted_price": 79500,
}
CAP = {
    "item_id": 12,
    "item_name": "Mũ",
    "model_id": 0,
    "model_quantity_purchased": 1,
    "model_discounted_price": 50000.0,
}


def understood(
    *,
    packages: dict[str, dict[str, Any]] | None = None,
    returns: tuple[dict[str, Any], ...] = (),
    scans: tuple[str, ...] = (),
    configured: dict[str, Status] | None = None,
    **fields: Any,
) -> IncomingOrder:
    """An order with these fields, everything else being that of a prepaid order that is ready to ship."""
    detail = {
        "order_sn": "260901ABCD1234",
        "currency": "VND",
        "cod": False,
        "order_status": "READY_TO_SHIP",
        "create_time": PLACED,
        "update_time": UPDATED,
        "pay_time": PAID,
        "ship_by_date": PLACED + 172_800,
        "total_amount": 288_500,
        "buyer_user_id": 7,
        "buyer_username": "demo_buyer",
        "item_list": [SHIRT, CAP],
        **fields,
    }
    read = {number: PackageDetail(package_number=number, **package) for number, package in (packages or {}).items()}
    given = tuple(Return.model_validate({"order_sn": "260901ABCD1234", **each}) for each in returns)
    whole = WholeOrder(
        OrderDetail.model_validate(detail), read, {}, given, (), tuple(Scan(description=text) for text in scans)
    )
    return order_of(whole, "VND", configured or {})


def packaged(**words: str) -> dict[str, Any]:
    """The order's packages and what `get_package_detail` says of them, by number."""
    parts = {"P1": [{"item_id": 11, "model_id": 21, "model_quantity": 3}], "P2": [{"item_id": 12, "model_quantity": 1}]}
    rows = [
        {"package_number": name, "logistics_status": word, "item_list": parts[name]} for name, word in words.items()
    ]
    details = {name: {"fulfillment_status": word, "update_time": ARRIVED} for name, word in words.items()}
    return {"package_list": rows, "packages": details}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("UNPAID", Status.UNPAID),
        ("PENDING", Status.CHANNEL_HOLD),
        ("INVOICE_PENDING", Status.CHANNEL_HOLD),
        ("READY_TO_SHIP", Status.TO_PACK),
        ("RETRY_SHIP", Status.TO_PACK),
        ("PROCESSED", Status.LABEL_READY),
        ("SHIPPED", Status.SHIPPED),
        ("TO_CONFIRM_RECEIVE", Status.DELIVERED),
        ("COMPLETED", Status.COMPLETED),
        ("IN_CANCEL", Status.CANCEL_REQUESTED),
        ("CANCELLED", Status.CANCELLED),
        ("TO_RETURN", Status.RETURNING),
        ("A_WORD_OF_TOMORROW", Status.CHANNEL_HOLD),
        ("", Status.CHANNEL_HOLD),
    ],
)
def test_every_word_is_kept_beside_its_meaning(word: str, status: Status) -> None:
    current = understood(order_status=word).statuses[-1]
    assert (current.status, current.channel_status) == (status, word)


def test_an_unknown_word_means_what_the_shop_says_and_a_known_one_does_not() -> None:
    configured = {"NEW": Status.TO_PACK, "SHIPPED": Status.LOST}
    assert understood(order_status="NEW", configured=configured).statuses[-1].status is Status.TO_PACK
    assert understood(order_status="SHIPPED", configured=configured).statuses[-1].status is Status.SHIPPED


def test_what_the_seller_is_not_to_pack_is_kept_back() -> None:
    assert understood(fulfillment_flag="fulfilled_by_shopee").statuses[-1].status is Status.CHANNEL_HOLD
    assert understood(advance_package=True).statuses[-1].status is Status.CHANNEL_HOLD
    assert understood(advance_package=True, booking_sn="B").statuses[-1].status is Status.TO_PACK
    shipped = understood(fulfillment_flag="fulfilled_by_shopee", order_status="SHIPPED")
    assert shipped.statuses[-1].status is Status.SHIPPED


def test_the_timeline_has_the_times_that_shopee_tells() -> None:
    order = understood(order_status="COMPLETED", pickup_done_time=SHIPPED, **packaged(P1="LOGISTICS_DELIVERY_DONE"))
    assert [(one.status, one.known_at) for one in order.statuses] == [
        (Status.UNPAID, PLACED * 1000),
        (Status.SHIPPED, SHIPPED * 1000),
        (Status.DELIVERED, ARRIVED * 1000),
        (Status.COMPLETED, None),
    ]
    assert [(one.outcome, one.known_at) for one in order.outcomes] == [(Outcome.DELIVERED, ARRIVED * 1000)]


def test_a_parcel_arrived_before_it_was_asked_back_whatever_changed_later() -> None:
    fields = packaged(P1="LOGISTICS_DELIVERY_DONE")
    asked = returned(create_time=ARRIVED - 100, update_time=ARRIVED - 50, status="PROCESSING")
    order = understood(order_status="TO_RETURN", pickup_done_time=SHIPPED, returns=(asked,), **fields)
    assert order.outcomes[0].known_at == (ARRIVED - 100) * 1000


def test_money_and_deadline_are_shopees() -> None:
    order = understood(total_amount="288500.4")
    assert (order.total, order.to_collect, order.paid_at) == (288_500, 0, PAID * 1000)
    assert (order.arrange_by, order.ship_by) == (None, (PLACED + 172_800) * 1000)
    assert (order.cancels_at, order.answer_by) == (None, None)
    assert understood(cod=True, pay_time=None).to_collect == 288_500
    assert understood(cod=None).to_collect is None
    assert understood(ship_by_date=0).ship_by is None


def test_before_the_payment_the_goods_price_stands_in_for_the_amount() -> None:
    assert understood(order_status="UNPAID", pay_time=None, total_amount=None).total == 288_500
    assert understood(order_status="UNPAID", pay_time=0, total_amount=0.0).total == 288_500
    assert understood(total_amount=0).total == 0


def test_items_are_what_is_still_to_be_delivered() -> None:
    shirts, cap = understood(item_list=[{**SHIRT, "cancelled_qty": 1}, CAP]).items
    assert (shirts.sku, shirts.name, shirts.quantity, shirts.total) == ("AO-DO-M", "Áo demo · Đỏ,M", 2, 159_000)
    assert (cap.sku, cap.price) == ("12", 50_000)
    assert [item.sku for item in understood(item_list=[{**SHIRT, "cancelled_qty": 3}, CAP]).items] == ["12"]


def test_a_cancelled_order_keeps_all_that_was_ordered() -> None:
    cancelled = [{**SHIRT, "cancelled_qty": 3}, {**CAP, "cancelled_qty": 1}]
    assert [item.quantity for item in understood(order_status="CANCELLED", item_list=cancelled).items] == [3, 1]


def test_equal_rows_become_one_line_and_free_ones_stay() -> None:
    free = {**SHIRT, "model_discounted_price": 0}
    order = understood(item_list=[SHIRT, {**SHIRT, "order_item_id": 99}, free])
    assert [(item.quantity, item.price) for item in order.items] == [(6, 79_500), (3, 0)]


@pytest.mark.parametrize(
    ("fields", "outcome", "cause"),
    [
        ({"cancel_by": "buyer", "buyer_cancel_reason": "Đổi ý"}, Outcome.BUYER_CANCELLED, None),
        ({"cancel_by": "buyer", "pickup_done_time": SHIPPED}, Outcome.DELIVERY_FAILED, FailureCause.REFUSED),
        ({"cancel_by": "seller", "cancel_reason": "UNDELIVERABLE_AREA"}, Outcome.SELLER_CANCELLED, None),
        ({"cancel_by": "system", "cancel_reason": "BACKEND_LOGISTICS_NOT_STARTED"}, Outcome.SYSTEM_CANCELLED, None),
        ({"cancel_by": "Ops"}, Outcome.SYSTEM_CANCELLED, None),
        ({"cancel_by": "system", "pay_time": None}, Outcome.UNPAID_EXPIRED, None),
        ({"cancel_by": "system", "pay_time": None, "cod": True}, Outcome.SYSTEM_CANCELLED, None),
        ({"cancel_by": "buyer", "pay_time": None}, Outcome.BUYER_CANCELLED, None),
        ({"cancel_by": ""}, Outcome.CANCELLED, None),
        ({"cancel_by": "robots"}, Outcome.CANCELLED, None),
    ],
)
def test_a_cancellation_is_charged_to_who_made_it(
    fields: dict[str, Any], outcome: Outcome, cause: FailureCause | None
) -> None:
    (ended,) = understood(order_status="CANCELLED", **fields).outcomes
    assert (ended.outcome, ended.cause, ended.known_at) == (outcome, cause, None)


@pytest.mark.parametrize(
    ("scans", "reason", "cause"),
    [
        (("Khách từ chối nhận hàng",), "", FailureCause.REFUSED),
        (("Không liên lạc được người nhận", "Lấy hàng"), "Logistics Issue", FailureCause.UNREACHABLE),
        ((), "Buyer refused", FailureCause.REFUSED),
        ((), "", None),
    ],
)
def test_a_failed_delivery_is_explained_by_its_scans(
    scans: tuple[str, ...], reason: str, cause: FailureCause | None
) -> None:
    fields: dict[str, Any] = {"pickup_done_time": SHIPPED, "cancel_reason": reason, "scans": scans}
    fields |= packaged(P1="LOGISTICS_DELIVERY_FAILED")
    on_its_way = understood(order_status="SHIPPED", **fields)
    back = understood(order_status="CANCELLED", cancel_by="system", **fields)
    for order, status in ((on_its_way, Status.RETURNING), (back, Status.RETURNED)):
        assert order.statuses[-1].status is status
        (ended,) = order.outcomes
        assert (ended.outcome, ended.cause, ended.known_at) == (Outcome.DELIVERY_FAILED, cause, ARRIVED * 1000)


def test_cod_rejected_is_a_refusal_only_once_the_parcel_had_left() -> None:
    fields = packaged(P1="LOGISTICS_COD_REJECTED")
    refused = understood(order_status="CANCELLED", cod=True, cancel_by="system", pickup_done_time=SHIPPED, **fields)
    assert (refused.outcomes[0].outcome, refused.outcomes[0].cause) == (Outcome.DELIVERY_FAILED, FailureCause.REFUSED)
    never_left = understood(order_status="CANCELLED", cod=True, cancel_by="system", **fields)
    assert never_left.outcomes[0].outcome is Outcome.SYSTEM_CANCELLED


def test_a_lost_parcel_is_lost_whatever_shopee_calls_the_order() -> None:
    for word in ("SHIPPED", "CANCELLED"):
        order = understood(order_status=word, pickup_done_time=SHIPPED, **packaged(P1="LOGISTICS_LOST"))
        assert (order.statuses[-1].status, order.outcomes[0].outcome) == (Status.LOST, Outcome.LOST)


def test_a_package_that_failed_while_another_arrived_is_given_back() -> None:
    fields = packaged(P1="LOGISTICS_DELIVERY_FAILED", P2="LOGISTICS_DELIVERY_DONE")
    order = understood(order_status="COMPLETED", pickup_done_time=SHIPPED, **fields)
    assert order.refunds == (Refund(0, 3, 238_500, ARRIVED * 1000),)
    assert [ended.outcome for ended in order.outcomes] == [Outcome.DELIVERED]


def returned(**fields: Any) -> dict[str, Any]:
    return {
        "return_sn": "260909000000001",
        "status": "ACCEPTED",
        "refund_amount": 79_500,
        "create_time": ARRIVED + 10,
        "update_time": ARRIVED + 20,
        "item": [{"item_id": 11, "model_id": 21, "amount": 1, "item_price": 79_500}],
        **fields,
    }


def test_a_partial_return_is_counted_by_its_line_and_the_order_stays_delivered() -> None:
    order = understood(order_status="COMPLETED", returns=(returned(),))
    assert order.refunds == (Refund(0, 1, 79_500, (ARRIVED + 20) * 1000),)
    assert order.outcomes[-1].outcome is Outcome.DELIVERED
    assert order.also == ("260909000000001",)
    later = understood(order_status="COMPLETED", returns=(returned(update_time=UPDATED + 50),))
    assert later.updated_at == (UPDATED + 50) * 1000


def test_a_whole_return_ends_the_order_and_its_money_is_split_to_the_last_dong() -> None:
    item = [
        {"item_id": 11, "model_id": 21, "amount": 3, "item_price": 79_500},
        {"item_id": 12, "model_id": 0, "amount": 1, "item_price": 50_000},
    ]
    order = understood(order_status="TO_RETURN", returns=(returned(item=item, refund_amount=100_001),))
    assert (order.statuses[-1].status, order.statuses[-1].known_at) == (Status.RETURNED, (ARRIVED + 20) * 1000)
    assert [(ended.outcome, ended.cause) for ended in order.outcomes] == [
        (Outcome.DELIVERED, None),
        (Outcome.RETURNED, None),
    ]
    assert sum(refund.amount for refund in order.refunds) == 100_001
    assert [refund.quantity for refund in order.refunds] == [3, 1]


@pytest.mark.parametrize("word", ["REQUESTED", "PROCESSING", "JUDGING", "SELLER_DISPUTE", "CANCELLED", "CLOSED", "NEW"])
def test_a_return_that_is_not_settled_gives_nothing_back(word: str) -> None:
    order = understood(order_status="TO_RETURN", returns=(returned(status=word),))
    assert (order.statuses[-1].status, order.refunds) == (Status.RETURNING, ())


def test_a_refund_without_goods_counts_money_and_no_pieces() -> None:
    order = understood(
        order_status="COMPLETED", returns=(returned(return_solution=1, item=[]), returned(return_solution=1))
    )
    known_at = (ARRIVED + 20) * 1000
    assert order.refunds == (Refund(None, 0, 79_500, known_at), Refund(0, 0, 79_500, known_at))
    assert order.outcomes[-1].outcome is Outcome.DELIVERED


def test_pieces_called_returned_that_no_return_explains_are_refunded_at_their_price() -> None:
    items = [{**SHIRT, "returned_qty": 2}, CAP]
    assert understood(order_status="COMPLETED", item_list=items).refunds == (Refund(0, 2, 159_000, UPDATED * 1000),)
    explained = understood(order_status="COMPLETED", item_list=items, returns=(returned(),))
    assert [(refund.quantity, refund.amount) for refund in explained.refunds] == [(1, 79_500), (1, 79_500)]


def test_both_layouts_of_vietnamese_addresses_are_read() -> None:
    with_state = {"state": "Hà Nội", "city": "Quận Ba Đình", "district": "Phường Kim Mã", "town": ""}
    without = {"state": "", "city": "Hà Nội", "district": "Quận Ba Đình", "town": "Phường Kim Mã"}
    for layout in (with_state, without):
        place = understood(recipient_address={"name": "P******n", "full_address": "Ấp******", **layout}).address
        assert (place.province, place.district, place.ward) == ("Hà Nội", "Quận Ba Đình", "Phường Kim Mã")
        assert (place.recipient, place.street) == ("P******n", "Ấp******")


@pytest.mark.parametrize(
    ("fields", "external", "also"),
    [
        ({}, "7", ("demo_buyer",)),
        ({"buyer_user_id": None}, "demo_buyer", ()),
        ({"buyer_user_id": 0, "buyer_username": "****"}, None, ()),
        ({"buyer_username": "****"}, "7", ()),
    ],
)
def test_a_buyer_is_known_by_number_then_by_name(
    fields: dict[str, Any], external: str | None, also: tuple[str, ...]
) -> None:
    buyer = understood(**fields).buyer
    assert (buyer.external_id if buyer else None) == external
    assert (buyer.also if buyer else ()) == also


@pytest.mark.parametrize(
    "fields",
    [{"create_time": 0}, {"create_time": 10**12}, {"order_sn": ""}, {"total_amount": "1e30"}, {"update_time": -5}],
)
def test_an_order_without_what_it_needs_is_unreadable(fields: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRecordError):
        understood(**fields)


def test_a_cancelled_booking_says_who_cancelled_it() -> None:
    booking = BookingDetail(
        booking_sn="260901BBBBBBBB", booking_status="CANCELLED", create_time=PLACED, cancel_by="system", item_list=()
    )
    order = booking_of(booking, "", "VND", {})
    assert (order.statuses[-1].status, order.outcomes[0].outcome) == (Status.CANCELLED, Outcome.SYSTEM_CANCELLED)
    assert order.parcels == ()
    with pytest.raises(UnreadableRecordError):
        booking_of(booking.model_copy(update={"create_time": 0}), "", "VND", {})
