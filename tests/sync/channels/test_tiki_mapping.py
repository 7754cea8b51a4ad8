"""What Tiki's records mean."""

from __future__ import annotations

from typing import Any

import pytest

from packstation.domain.orders import (
    Address,
    FailureCause,
    IncomingBuyer,
    IncomingOrder,
    IncomingParcel,
    Item,
    OrderKind,
    Outcome,
    Status,
    TimedOutcome,
    TimedStatus,
)
from packstation.domain.times import parse_iso
from sync.channels.errors import UnreadableRecordError
from sync.channels.tiki.mapping import order_of
from sync.channels.tiki.wire import read_order
from sync.shops_config import ShopConfig

SHOP = ShopConfig(name="Sóc Nâu Tiki", channel="tiki", statuses={"waiting_for_moon": Status.TO_PACK})


def hanoi(text: str) -> int:
    return parse_iso(text, "Asia/Ho_Chi_Minh")


def an_item(**more: Any) -> dict[str, Any]:
    item = {
        "id": 1,
        "product": {
            "id": 9,
            "sku": "4815",
            "seller_product_code": "AO-DO-M",
            "name": "Áo demo",
            "inventory_type": "backorder",
        },
        "price": 79500,
        "qty": 2,
        "confirmation": {"status": "waiting", "available_confirm_sla": "2026-09-01 14:40:00"},
        "invoice": {"price": "79500.00", "row_total": "149000.00"},
    }
    return {**item, **more}


def mapped(*histories: tuple[str, str], **more: Any) -> IncomingOrder:
    """The order of this record; its status is that of the last history where none is given."""
    record = {
        "code": "800000001",
        "relation_code": None,
        "fulfillment_type": "dropship",
        "status": histories[-1][0] if histories else "queueing",
        "created_at": "2026-09-01 10:00:00",
        "updated_at": "2026-09-01 10:05:00",
        "items": [an_item()],
        "invoice": {"grand_total": 164000, "collectible_amount": 164000},
        "payment": {"method": "cod", "is_prepaid": False},
        "customer": {"id": 14492840, "full_name": "Nguyễn Yin"},
        "status_histories": [
            {"id": place, "status": word, "created_at": f"2026-09-{at}"} for place, (word, at) in enumerate(histories)
        ],
    }
    return order_of(read_order({**record, **more}), SHOP)


def ended(order: IncomingOrder) -> tuple[Status, Outcome | None, FailureCause | None]:
    last = order.outcomes[-1] if order.outcomes else None
    return order.statuses[-1].status, last.outcome if last else None, last.cause if last else None


def test_an_order_is_read_with_everything_that_it_tells() -> None:
    order = mapped(
        ("processing", "01 10:00:00"),
        ("queueing", "01 10:01:00"),
        ("picking", "01 12:00:00"),
        shipping={
            "partner_name": "GHN",
            "tracking_code": "GYKBGEVY",
            "return_shipping_code": "R-1",
            "plan": {"promised_delivery_date": "2026-09-04 23:59:59"},
            "address": {"full_name": "Trần B", "street": "1 Lê Lợi", "ward": "P1", "district": "Q1", "region": "HCM"},
        },
        relation_code="700000001",
    )
    assert order == IncomingOrder(
        number="800000001",
        placed_at=hanoi("2026-09-01 10:00"),
        currency="VND",
        total=164_000,
        statuses=(
            TimedStatus(Status.CHANNEL_HOLD, "processing", hanoi("2026-09-01 10:00")),
            TimedStatus(Status.TO_PACK, "queueing", hanoi("2026-09-01 10:01")),
            TimedStatus(Status.LABEL_READY, "picking", hanoi("2026-09-01 12:00")),
        ),
        items=(Item("AO-DO-M", "Áo demo", 2, 79_500, 149_000),),
        buyer=IncomingBuyer("14492840", "Nguyễn Yin"),
        address=Address("Trần B", "", "1 Lê Lợi", "P1", "Q1", "HCM"),
        parcels=(IncomingParcel(None, "GYKBGEVY", "GHN"),),
        cod=True,
        to_collect=164_000,
        updated_at=hanoi("2026-09-01 10:05"),
        arrange_by=hanoi("2026-09-01 14:40"),
        ship_by=hanoi("2026-09-04 00:00"),
        also=("R-1", "700000001"),
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("waiting_payment", Status.UNPAID),
        ("payment_review", Status.CHANNEL_HOLD),
        ("paid", Status.CHANNEL_HOLD),
        ("processing", Status.CHANNEL_HOLD),
        ("holded", Status.CHANNEL_HOLD),
        ("queueing", Status.TO_PACK),
        ("cho_in", Status.TO_PACK),
        ("picking", Status.LABEL_READY),
        ("packaging", Status.LABEL_READY),
        ("finished_packing", Status.LABEL_READY),
        ("ready_to_ship", Status.LABEL_READY),
        ("handover_to_partner", Status.SHIPPED),
        ("shipping", Status.SHIPPED),
        ("delivered", Status.DELIVERED),
        ("successful_delivery", Status.DELIVERED),
        ("complete", Status.COMPLETED),
        ("closed", Status.CANCELLED),
        ("canceled", Status.CANCELLED),
        ("returned", Status.RETURNED),
        ("QUEUEING", Status.TO_PACK),
        ("waiting_for_moon", Status.TO_PACK),
        ("trạng_thái_mới", Status.CHANNEL_HOLD),
        ("", Status.CHANNEL_HOLD),
    ],
)
def test_each_word_has_a_meaning(word: str, status: Status) -> None:
    order = mapped(status=word)
    assert order.statuses == (TimedStatus(status, word, None),)


@pytest.mark.parametrize(
    ("code", "text", "outcome"),
    [
        ("customer_request", "", Outcome.BUYER_CANCELLED),
        ("17", "Khách hàng đổi ý", Outcome.BUYER_CANCELLED),
        ("17", "Đặt nhầm sản phẩm", Outcome.BUYER_CANCELLED),
        ("17", "Tôi muốn thay đổi địa chỉ", Outcome.BUYER_CANCELLED),
        ("seller_cancel", "", Outcome.SELLER_CANCELLED),
        ("17", "Hết hàng", Outcome.SELLER_CANCELLED),
        ("system_cancel", "", Outcome.SYSTEM_CANCELLED),
        ("17", "Hệ thống tự động hủy", Outcome.SYSTEM_CANCELLED),
        ("17", "Lý do khác", Outcome.CANCELLED),
        ("", "", Outcome.CANCELLED),
    ],
)
def test_who_cancelled_is_read_from_code_and_text(code: str, text: str, outcome: Outcome) -> None:
    info = {"reason_code": code, "reason_text": text, "canceled_at": "2026-09-01 11:30:00"}
    order = mapped(("queueing", "01 10:00:00"), ("canceled", "01 11:30:09"), cancel_info=info)
    assert order.outcomes == (TimedOutcome(outcome, None, hanoi("2026-09-01 11:30")),)
    assert ended(order)[0] is Status.CANCELLED


@pytest.mark.parametrize(
    ("words", "reason", "outcome"),
    [
        (("waiting_payment",), "Khách hàng không thanh toán", Outcome.UNPAID_EXPIRED),
        (("waiting_payment", "payment_review"), "Hệ thống tự động hủy", Outcome.UNPAID_EXPIRED),
        (("waiting_payment",), "Khách hàng đổi ý", Outcome.BUYER_CANCELLED),
        (("waiting_payment", "paid", "queueing"), "Hệ thống tự động hủy", Outcome.SYSTEM_CANCELLED),
        ((), "Hệ thống tự động hủy", Outcome.SYSTEM_CANCELLED),
    ],
)
def test_what_was_never_paid_expired(words: tuple[str, ...], reason: str, outcome: Outcome) -> None:
    passed = [(word, f"01 10:0{place}:00") for place, word in enumerate(words)]
    order = mapped(
        *passed, ("canceled", "02 10:00:00"), payment={"method": "momo"}, cancel_info={"reason_text": reason}
    )
    assert ended(order) == (Status.CANCELLED, outcome, None)


@pytest.mark.parametrize(
    ("reason", "status", "outcome", "cause"),
    [
        ("Khách từ chối nhận hàng", Status.RETURNING, Outcome.DELIVERY_FAILED, FailureCause.REFUSED),
        ("Không liên lạc được khách", Status.RETURNING, Outcome.DELIVERY_FAILED, FailureCause.UNREACHABLE),
        ("Giao thất bại do đơn vị vận chuyển", Status.RETURNING, Outcome.DELIVERY_FAILED, FailureCause.COURIER),
        ("Nhà bán hàng yêu cầu", Status.RETURNING, Outcome.DELIVERY_FAILED, None),
        ("", Status.RETURNING, Outcome.DELIVERY_FAILED, None),
        ("Hàng thất lạc", Status.LOST, Outcome.LOST, None),
    ],
)
def test_a_cancellation_after_shipping_is_a_failed_delivery(
    reason: str, status: Status, outcome: Outcome, cause: FailureCause | None
) -> None:
    passed = (("queueing", "01 10:00:00"), ("handover_to_partner", "02 10:00:00"), ("canceled", "03 10:00:00"))
    info = {"reason_text": reason}
    assert ended(mapped(*passed, cancel_info=info)) == (status, outcome, cause)
    back = mapped(*passed, ("returned", "05 10:00:00"), cancel_info=info)
    assert back.statuses[-1].status is Status.RETURNED
    assert [one.outcome for one in back.outcomes] == [outcome]
    assert back.outcomes[0].known_at == hanoi("2026-09-03 10:00")


def test_what_comes_back_after_delivery_is_returned() -> None:
    order = mapped(("shipping", "01 10:00:00"), ("delivered", "02 10:00:00"), ("returned", "09 10:00:00"))
    assert [(one.outcome, one.known_at) for one in order.outcomes] == [
        (Outcome.DELIVERED, hanoi("2026-09-02 10:00")),
        (Outcome.RETURNED, hanoi("2026-09-09 10:00")),
    ]


def test_a_delivery_is_told_once_and_closing_it_changes_nothing() -> None:
    order = mapped(("delivered", "02 10:00:00"), ("complete", "05 10:00:00"), ("closed", "09 10:00:00"))
    assert order.outcomes == (TimedOutcome(Outcome.DELIVERED, None, hanoi("2026-09-02 10:00")),)
    assert order.statuses[-1] == TimedStatus(Status.COMPLETED, "closed", hanoi("2026-09-09 10:00"))
    assert ended(mapped(("queueing", "01 10:00:00"), ("closed", "02 10:00:00")))[1] is Outcome.CANCELLED


def test_an_order_that_goes_on_after_a_cancellation_is_open() -> None:
    assert mapped(("canceled", "01 10:00:00"), ("queueing", "01 11:00:00")).outcomes == ()


def test_histories_are_put_in_time_and_the_current_word_goes_last() -> None:
    order = mapped(
        ("picking", "01 12:00:00"), ("queueing", "01 10:00:00"), ("?", "not a time"), status="handover_to_partner"
    )
    assert [(one.status, one.known_at) for one in order.statuses] == [
        (Status.TO_PACK, hanoi("2026-09-01 10:00")),
        (Status.LABEL_READY, hanoi("2026-09-01 12:00")),
        (Status.SHIPPED, None),
    ]


def test_a_pre_order_waits_until_its_goods_are_confirmed() -> None:
    product = {"sku": "1", "inventory_type": "preorder"}
    for confirmation, status in (("waiting", Status.CHANNEL_HOLD), ("seller_confirmed", Status.TO_PACK)):
        order = mapped(items=[an_item(), an_item(product=product, confirmation={"status": confirmation})])
        assert order.statuses[-1].status is status
    assert mapped(status="picking", items=[an_item(product=product)]).statuses[-1].status is Status.LABEL_READY


def test_what_tikis_warehouse_packs_is_held_back_from_ours() -> None:
    inside, ours = an_item(product={"sku": "1", "inventory_type": "instock"}), an_item()
    for kind, items, status in (
        ("tiki_delivery", [inside], Status.CHANNEL_HOLD),
        ("tiki_delivery", [inside, ours], Status.TO_PACK),
        ("seller_delivery", [inside], Status.TO_PACK),
        ("tiki_delivery", [], Status.TO_PACK),
    ):
        assert mapped(fulfillment_type=kind, items=items).statuses[-1].status is status
    assert (
        mapped(fulfillment_type="tiki_delivery", items=[inside], status="shipping").statuses[-1].status
        is Status.SHIPPED
    )


def test_items_that_the_seller_gave_up_do_not_travel_unless_all_are() -> None:
    gone = an_item(product={"sku": "GONE"}, confirmation={"status": "seller_canceled"})
    assert [item.sku for item in mapped(items=[an_item(), gone]).items] == ["AO-DO-M"]
    assert [item.sku for item in mapped(status="canceled", items=[gone]).items] == ["GONE"]


def test_an_item_without_a_sellers_code_goes_by_tikis() -> None:
    for product, sku in (({"sku": 4815}, "4815"), ({"id": 7}, "7"), (None, "1")):
        assert mapped(items=[an_item(product=product)]).items[0].sku == sku


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"is_rma": True}, OrderKind.REPLACEMENT),
        ({"is_rma": "1", "rma_info": {"original_order_code": "700000001"}}, OrderKind.REPLACEMENT),
        ({"rma_info": {"original_order_code": "700000001", "exchanged_order_code": "800000001"}}, OrderKind.EXCHANGE),
        ({"rma_info": {"original_order_code": "800000001", "exchanged_order_code": "900000001"}}, OrderKind.NORMAL),
        ({"is_rma": False, "rma_info": None}, OrderKind.NORMAL),
    ],
)
def test_a_replacement_is_told_from_what_it_replaces(more: dict[str, Any], kind: OrderKind) -> None:
    order = mapped(original_code="700000001", **more)
    assert order.kind is kind
    assert order.also == (("700000001",) if kind is OrderKind.NORMAL else ())


@pytest.mark.parametrize(
    ("payment", "collectible", "cod", "collect"),
    [
        ({"method": "COD"}, 1000, True, 1000),
        ({"method": "momo", "is_prepaid": True}, 0, False, 0),
        ({"is_prepaid": False}, "1000.00", True, 1000),
        ({"is_prepaid": "true"}, None, False, 0),
        (None, 1000, True, 1000),
        (None, 0, False, 0),
        (None, None, None, None),
    ],
)
def test_cash_on_delivery_is_told_by_method_then_flag_then_amount(
    payment: Any, collectible: Any, cod: bool | None, collect: int | None
) -> None:
    order = mapped(payment=payment, invoice={"grand_total": 5000, "collectible_amount": collectible})
    assert (order.cod, order.to_collect) == (cod, collect)


def test_a_prepaid_order_was_paid_when_it_ceased_to_wait() -> None:
    order = mapped(
        ("waiting_payment", "01 10:00:00"),
        ("payment_review", "01 10:01:00"),
        ("paid", "01 10:02:00"),
        ("queueing", "01 10:03:00"),
        payment={"method": "momo"},
    )
    assert order.paid_at == hanoi("2026-09-01 10:02")
    assert mapped(("waiting_payment", "01 10:00:00"), payment={"method": "momo"}).paid_at is None
    assert mapped(("queueing", "01 10:00:00"), payment={"method": "momo"}).paid_at is None


def test_what_is_masked_names_nobody_and_what_is_missing_is_nothing() -> None:
    order = mapped(
        customer={"id": "1449****", "full_name": "Ng*** Yin"},
        shipping={"address": {"phone": "090****123", "email": "n***@example.com"}},
        items=None,
        invoice=None,
    )
    assert order.buyer == IncomingBuyer(None, "Ng*** Yin")
    assert order.address.phone == "090****123"
    assert (order.total, order.items, order.parcels, order.ship_by) == (0, (), (), None)
    assert mapped(customer=None).buyer is None
    assert mapped(customer={"id": 0}).buyer is None


@pytest.mark.parametrize("qty", [0, -1, "x", None, "1e400", "NaN", "Infinity", 10**9])
def test_an_odd_quantity_makes_no_order(qty: Any) -> None:
    with pytest.raises(UnreadableRecordError, match="qty"):
        mapped(items=[an_item(qty=qty)])


@pytest.mark.parametrize("amount", ["x", "1e400", "NaN", "9" * 40])
def test_an_odd_amount_makes_no_order(amount: str) -> None:
    with pytest.raises(UnreadableRecordError, match="row_total"):
        mapped(items=[an_item(invoice={"row_total": amount})])


@pytest.mark.parametrize("text", ["[b]x[/b]", "\x1b[2J", "‮", "x" * 5000, "'; DROP TABLE orders; --", "🐿️"])
def test_hostile_texts_are_data(text: str) -> None:
    order = mapped((text, "01 10:00:00"), cancel_info={"reason_code": text, "reason_text": text}, relation_code=text)
    assert order.statuses[-1].status is Status.CHANNEL_HOLD
    assert order.outcomes == ()
