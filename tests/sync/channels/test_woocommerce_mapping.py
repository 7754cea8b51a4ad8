"""WooCommerce: what an order means, whatever a shop and its plugins wrote into it."""

from __future__ import annotations

from typing import Any

import pytest

from packstation.domain.orders import Address, BuyerFacts, FailureCause, IncomingOrder, Outcome, Status
from sync.channels.errors import UnreadableRecordError
from sync.channels.woocommerce.mapping import order_of
from sync.channels.woocommerce.wire import read_order, read_refund
from sync.shops_config import ShopConfig
from tests.sync.channels.woocommerce_shop import gmt

PLACED, PAID, COMPLETED, MODIFIED = 1_788_231_600_000, 1_788_231_900_000, 1_788_500_000_000, 1_788_600_000_000


def row(**changed: object) -> dict[str, Any]:
    return {
        "id": 10_481,
        "number": "10481",
        "status": "processing",
        "currency": "VND",
        "date_created_gmt": gmt(PLACED),
        "date_modified_gmt": gmt(MODIFIED),
        "date_paid_gmt": None,
        "date_completed_gmt": None,
        "total": "200000",
        "customer_id": 7,
        "payment_method": "cod",
        "billing": {"first_name": "Mai", "last_name": "Lê", "phone": "0950000001", "email": "mai@example.com"},
        "shipping": [],
        "line_items": [
            {
                "id": 1,
                "name": "Áo",
                "product_id": 5,
                "quantity": 2,
                "subtotal": "160000",
                "total": "150000",
                "sku": "AO",
            },
            {"id": 2, "name": "Mũ", "product_id": 6, "quantity": 1, "subtotal": "50000", "total": "50000", "sku": "MU"},
        ],
        **changed,
    }


def refund(at: int, *lines: tuple[int, int, str], amount: str) -> dict[str, Any]:
    return {
        "id": 1,
        "date_created_gmt": gmt(at),
        "amount": amount,
        "line_items": [
            {
                "id": 90 + item,
                "quantity": -pieces,
                "total": f"-{money}",
                "meta_data": [{"key": "_refunded_item_id", "value": str(item)}],
            }
            for item, pieces, money in lines
        ],
    }


def mapped(*refunds: dict[str, Any], words: Any = None, **changed: Any) -> IncomingOrder:
    shop = ShopConfig.model_validate({"name": "Web", "channel": "woocommerce", "statuses": words or {}})
    return order_of(read_order(row(**changed)), [read_refund(one) for one in refunds], shop)


def end_of(order: IncomingOrder) -> tuple[Status, Outcome | None, FailureCause | None]:
    last = order.outcomes[-1] if order.outcomes else None
    return order.statuses[-1].status, last.outcome if last else None, last.cause if last else None


TRACKED = [{"key": "_wc_shipment_tracking_items", "value": [{"tracking_number": "GA1", "tracking_provider": "ghn"}]}]
DONE = {"date_completed_gmt": gmt(COMPLETED)}


@pytest.mark.parametrize(
    ("changed", "status", "outcome"),
    [
        ({"status": "pending"}, Status.UNPAID, None),
        ({"status": "processing"}, Status.TO_PACK, None),
        ({"status": "processing", "meta_data": TRACKED}, Status.LABEL_READY, None),
        ({"status": "on-hold", "payment_method": "bacs"}, Status.CHANNEL_HOLD, None),
        ({"status": "completed", **DONE}, Status.COMPLETED, Outcome.DELIVERED),
        ({"status": "cancelled"}, Status.CANCELLED, Outcome.CANCELLED),
        ({"status": "refunded"}, Status.CANCELLED, Outcome.CANCELLED),
        ({"status": "refunded", **DONE}, Status.RETURNED, Outcome.RETURNED),
        ({"status": "failed", "payment_method": "vnpay"}, Status.CANCELLED, Outcome.UNPAID_EXPIRED),
        ({"status": "failed", "payment_method": "cod"}, Status.CANCELLED, Outcome.CANCELLED),
        (
            {"status": "failed", "payment_method": "vnpay", "date_paid_gmt": gmt(PAID)},
            Status.CANCELLED,
            Outcome.CANCELLED,
        ),
        ({"status": "trash"}, Status.CANCELLED, Outcome.CANCELLED),
        ({"status": "trash", **DONE}, Status.CANCELLED, Outcome.DELIVERED),
        (
            {"status": "trash", "meta_data": [{"key": "_wp_trash_meta_status", "value": "wc-returned"}]},
            Status.CANCELLED,
            Outcome.DELIVERY_FAILED,
        ),
        ({"status": "shipped"}, Status.SHIPPED, None),
        ({"status": "partial-shipped"}, Status.TO_PACK, None),
        ({"status": "delivered"}, Status.DELIVERED, Outcome.DELIVERED),
        ({"status": "delivery-failed"}, Status.RETURNING, Outcome.DELIVERY_FAILED),
        ({"status": "returned"}, Status.RETURNED, Outcome.DELIVERY_FAILED),
        ({"status": "returned", **DONE}, Status.RETURNED, Outcome.RETURNED),
        ({"status": "lost"}, Status.LOST, Outcome.LOST),
        ({"status": "cancel-request"}, Status.CANCEL_REQUESTED, None),
        ({"status": "wc-completed", **DONE}, Status.COMPLETED, Outcome.DELIVERED),
        ({"status": "chờ_trăng_lên"}, Status.CHANNEL_HOLD, None),
        ({"status": ""}, Status.CHANNEL_HOLD, None),
        ({"status": None}, Status.CHANNEL_HOLD, None),
    ],
)
def test_what_a_status_means(changed: dict[str, object], status: Status, outcome: Outcome | None) -> None:
    order = mapped(**changed)
    assert end_of(order) == (status, outcome, None)
    assert order.statuses[-1].channel_status == (changed["status"] or "")


def test_a_shop_may_say_what_its_words_mean() -> None:
    words = {"completed": "shipped", "da-giao": "delivered"}
    assert end_of(mapped(words=words, status="completed", **DONE))[:2] == (Status.SHIPPED, None)
    assert end_of(mapped(words=words, status="da-giao", **DONE))[:2] == (Status.DELIVERED, Outcome.DELIVERED)


def test_times_are_told_for_payment_and_completion_alone() -> None:
    paid = mapped(payment_method="vnpay", date_paid_gmt=gmt(PAID))
    assert [one.known_at for one in paid.statuses] == [PAID]
    returned = mapped(refund(MODIFIED, amount="200000"), status="refunded", **DONE)
    assert [(one.status, one.known_at) for one in returned.statuses] == [
        (Status.COMPLETED, COMPLETED),
        (Status.RETURNED, None),
    ]
    assert [(one.outcome, one.known_at) for one in returned.outcomes] == [
        (Outcome.DELIVERED, COMPLETED),
        (Outcome.RETURNED, MODIFIED),
    ]


def test_times_without_gmt_are_the_sites_own() -> None:
    order = mapped(date_created_gmt=None, date_created="2026-09-01T10:00:00", date_paid_gmt="0000-00-00T00:00:00")
    assert order.placed_at == PLACED
    assert order.paid_at is None


def test_pieces_refunded_before_completion_never_leave() -> None:
    order = mapped(refund(PAID, (1, 1, "75000"), amount="75000"))
    assert [(item.sku, item.quantity, item.price, item.total) for item in order.items] == [
        ("AO", 1, 80_000, 75_000),
        ("MU", 1, 50_000, 50_000),
    ]
    assert [(one.line, one.quantity, one.amount) for one in order.refunds] == [(0, 0, 75_000)]
    assert (order.total, order.to_collect) == (200_000, 125_000)
    assert end_of(order)[0] is Status.TO_PACK


def test_refunds_are_all_there_are_unless_one_that_the_order_names_was_not_read() -> None:
    assert mapped().refunds_are_complete
    read = refund(PAID, amount="60000")
    assert mapped(read, refunds=[{"id": read["id"]}]).refunds_are_complete
    assert not mapped(read, refunds=[{"id": read["id"]}, {"id": 77}]).refunds_are_complete
    assert not mapped(refunds=[{"id": 77}]).refunds_are_complete


def test_pieces_refunded_after_completion_came_back() -> None:
    order = mapped(refund(MODIFIED, (2, 1, "50000"), amount="60000"), status="completed", **DONE)
    assert [(item.sku, item.quantity) for item in order.items] == [("AO", 2), ("MU", 1)]
    assert [(one.line, one.quantity, one.amount) for one in order.refunds] == [(1, 1, 50_000), (None, 0, 10_000)]


def test_refunds_of_a_line_that_is_no_item_any_more_count_for_the_order() -> None:
    order = mapped(refund(PAID, (1, 2, "150000"), amount="150000"))
    assert [item.sku for item in order.items] == ["MU"]
    assert [(one.line, one.amount) for one in order.refunds] == [(None, 150_000)]


def test_an_order_of_which_every_piece_was_refunded_is_not_packed() -> None:
    order = mapped(refund(PAID, (1, 2, "150000"), (2, 1, "50000"), amount="200000"))
    assert end_of(order) == (Status.CANCELLED, Outcome.CANCELLED, None)
    assert [item.quantity for item in order.items] == [2, 1]


@pytest.mark.parametrize(
    ("method", "status", "cod"),
    [
        ("cod", "processing", True),
        ("bacs", "on-hold", False),
        ("", "processing", None),
        ("", "pending", False),
        ("cod", "pending", True),
    ],
)
def test_who_pays_at_the_door(method: str, status: str, *, cod: bool | None) -> None:
    assert mapped(payment_method=method, status=status).cod is cod


def test_without_a_second_address_the_parcel_goes_to_the_buyer() -> None:
    billing = {
        "first_name": "Mai",
        "last_name": "Lê",
        "address_1": "12 Hàng Bài",
        "address_2": "Phường Cửa Nam",
        "city": "Quận Hoàn Kiếm",
        "state": "Hà Nội",
        "country": "VN",
        "phone": "0950000001",
    }
    empty = dict.fromkeys(billing, "")
    address = mapped(billing=billing, shipping=empty).address
    assert address == Address("Lê Mai", "0950000001", "12 Hàng Bài", "Phường Cửa Nam", "Quận Hoàn Kiếm", "Hà Nội", "VN")
    other = mapped(billing=billing, shipping={**empty, "address_1": "3 Lê Lợi", "address_2": "Tầng 2", "city": "Huế"})
    assert other.address == Address("Lê Mai", "0950000001", "3 Lê Lợi, Tầng 2", "", "", "Huế", "")


def test_a_guest_has_no_id_and_a_customer_has() -> None:
    guest, customer = mapped(customer_id=0).buyer, mapped(customer_id="7").buyer
    assert guest is not None
    assert customer is not None
    assert (guest.external_id, guest.phone, guest.email) == (None, "0950000001", "mai@example.com")
    assert customer.external_id == "7"


def test_a_number_that_a_plugin_rewrote_stands_beside_the_id() -> None:
    order = mapped(number="SN-2026-0007")
    assert (order.number, order.also) == ("10481", ("SN-2026-0007",))
    assert mapped().also == ()


@pytest.mark.parametrize(
    ("meta", "found"),
    [
        ([{"key": "_wc_shipment_tracking_items", "value": '[{"tracking_number":"GA1"}]'}], [("GA1", None)]),
        (
            [
                {
                    "key": "_wc_shipment_tracking_items",
                    "value": {"0": {"tracking_number": 123, "tracking_provider": "J&T"}},
                }
            ],
            [("123", "J&T")],
        ),
        (
            [{"key": "ywot_tracking_code", "value": "YW1"}, {"key": "ywot_carrier_name", "value": "GHTK"}],
            [("YW1", "GHTK")],
        ),
        ([{"key": "_tracking_number", "value": "A1"}, {"key": "_tracking_number", "value": "A1"}], [("A1", None)]),
        ([{"key": "_wc_shipment_tracking_items", "value": "không phải JSON"}], []),
        ([{"key": "_tracking_number", "value": {"a": 1}}, {"key": "_tracking_number", "value": True}], []),
        ([{"key": "_tracking_number", "value": "x" * 500}, "nonsense", None], []),
        ({"7": {"key": "_tracking_number", "value": "A2"}}, [("A2", None)]),
    ],
)
def test_tracking_numbers_are_where_plugins_put_them(meta: object, found: list[tuple[str, str | None]]) -> None:
    assert [(one.tracking, one.carrier) for one in mapped(meta_data=meta).parcels] == found


def test_a_deleted_product_keeps_its_name_and_is_known_by_its_id() -> None:
    line = {"id": 1, "name": "Áo", "product_id": 5, "variation_id": 51, "quantity": 1, "sku": None}
    order = mapped(line_items=[line])
    assert [(item.sku, item.name) for item in order.items] == [("51", "Áo")]


def test_prices_include_tax_and_are_rounded_to_the_currencys_unit() -> None:
    line = {"quantity": "3", "subtotal": "10.00", "subtotal_tax": 2.0, "total": "9.5", "total_tax": "1.9", "sku": "A"}
    order = mapped(currency="GBP", total="11.40", line_items=[line])
    assert [(item.price, item.total, item.quantity) for item in order.items] == [(400, 1140, 3)]
    assert order.total == 1140


def test_coupons_note_and_source_are_kept() -> None:
    order = mapped(
        coupon_lines=[{"code": "freeship"}, {"code": ""}],
        customer_note="[b]gấp[/b] ❤️",
        meta_data=[{"key": "_wc_order_attribution_utm_source", "value": "zalo"}],
    )
    assert (order.vouchers, order.buyer_note, order.source) == (("freeship",), "[b]gấp[/b] ❤️", "zalo")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"id": None}, "id cannot be read (int_type)"),
        ({"id": 0}, "id: not positive"),
        ({"total": "Lê Mai"}, "total cannot be read (value_error)"),
        ({"total": "1e400"}, "total cannot be read (value_error)"),
        ({"total": "NaN"}, "total cannot be read (value_error)"),
        ({"date_created_gmt": "Lê Mai"}, "date_created: no time"),
        ({"line_items": [{"quantity": "Lê Mai"}]}, "line_items.0.quantity cannot be read (value_error)"),
        ({"billing": {"phone": ["Lê Mai"]}}, "billing.phone cannot be read (string_type)"),
    ],
)
def test_what_makes_no_order_is_named_by_its_field_and_not_shown(changed: dict[str, object], why: str) -> None:
    with pytest.raises(UnreadableRecordError) as caught:
        mapped(**changed)
    assert str(caught.value) == why


def test_carelessly_typed_fields_are_read_all_the_same() -> None:
    order = mapped(
        id="10481",
        number=10481,
        total=200000,
        billing=[],
        shipping=None,
        customer_id="",
        customer_note=False,
        line_items={"3": {"id": "1", "quantity": "2", "subtotal": "", "sku": 77, "unknown": [1]}},
        coupon_lines=None,
        refunds="",
    )
    assert (order.number, order.total, order.items[0].sku, order.items[0].quantity) == ("10481", 200_000, "77", 2)


def test_a_company_on_the_bill_is_kept_with_its_buyer() -> None:
    found = mapped(billing={"first_name": "Hoa", "company": "Hoa Mai", "phone": "0912345678"})
    assert found.buyer is not None
    assert found.buyer.facts == BuyerFacts(company="Hoa Mai")
