from __future__ import annotations

from pathlib import Path

import pytest

from packstation.domain.orders import FailureCause, IncomingOrder, Outcome, Status, TimedOutcome
from sync.files.reading import read_file
from sync.files.result import ReadFile, RejectReason
from tests.sync.files.factories import SHOPEE, SHOPEE_ENGLISH, Cell, hanoi, shopee_row, write_csv, write_xlsx


def read(tmp_path: Path, *rows: dict[str, Cell]) -> ReadFile:
    return read_file(write_xlsx(tmp_path / "Order.all.20260901_20260930.xlsx", SHOPEE, rows))


def one(tmp_path: Path, **changes: Cell) -> IncomingOrder:
    (order,) = read(tmp_path, shopee_row(**changes)).orders
    return order


def test_an_order_of_several_items_is_read_with_its_masked_recipient_as_it_is(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        shopee_row(),
        shopee_row(sku="", quantity="1", price="16000.00", subtotal="16000.00", voucher="5000.00"),
    )
    assert (found.format, found.shop.channel, found.shop.currency) == ("shopee", "shopee", "VND")
    (order,) = found.orders
    assert (order.number, order.currency, order.total) == ("260901ABCD1234", "VND", 175_000)
    assert order.placed_at == hanoi("2026-09-01 10:00")
    assert [(item.sku, item.quantity, item.price, item.total) for item in order.items] == [
        ("AO-DO-M", 2, 79_500, 159_000),
        ("AO", 1, 16_000, 16_000),
    ]
    assert order.buyer is not None
    assert (order.buyer.external_id, order.buyer.phone) == ("demo_buyer", "******12")
    assert order.address.recipient == "N******n"
    assert order.address.province == "TP. Demo"
    assert order.vouchers == ("Mã giảm giá của Shop: 5000.00",)
    assert order.cod is None


def test_two_headers_that_differ_by_one_letters_case_are_told_apart(tmp_path: Path) -> None:
    swapped = write_csv(tmp_path / "swapped.csv", SHOPEE[::-1], [shopee_row()])
    assert read_file(swapped).orders[0].total == 175_000
    without_total = [name for name in SHOPEE if name != "Tổng số tiền người mua thanh toán"]
    path = write_csv(tmp_path / "orders.csv", without_total, [shopee_row()])
    assert read_file(path).orders[0].total == 159_000
    shouting = write_csv(tmp_path / "caps.csv", [name.upper() for name in without_total], [])
    assert read_file(shouting).format == "shopee"


@pytest.mark.parametrize(
    ("word", "tracking", "status", "outcome"),
    [
        ("Chờ xác nhận", "", Status.CHANNEL_HOLD, None),
        ("Chờ lấy hàng", "", Status.TO_PACK, None),
        ("Chờ lấy hàng", "SPX VN0 626 215 188 57", Status.LABEL_READY, None),
        ("Đang giao", "SPXVN062621518857", Status.SHIPPED, None),
        ("Đã giao", "", Status.DELIVERED, Outcome.DELIVERED),
        ("Hoàn thành", "", Status.COMPLETED, Outcome.DELIVERED),
        ("Đã huỷ", "", Status.CANCELLED, Outcome.CANCELLED),
        ("Trả hàng/Hoàn tiền", "", Status.RETURNING, Outcome.DELIVERED),
        (
            "Người mua xác nhận đã nhận được hàng, nhưng vẫn có thể gửi yêu cầu Trả hàng/Hoàn tiền đến 2026-09-20",
            "",
            Status.DELIVERED,
            Outcome.DELIVERED,
        ),
        ("Trạng thái mới toanh", "SPXVN1", Status.CHANNEL_HOLD, None),
    ],
)
def test_status_words(tmp_path: Path, word: str, tracking: str, status: Status, outcome: Outcome | None) -> None:
    order = one(tmp_path, status=word, tracking=tracking)
    assert order.statuses[-1].status is status
    assert order.statuses[-1].channel_status == word
    assert [known.outcome for known in order.outcomes] == ([outcome] if outcome else [])
    if tracking:
        assert order.parcels[0].tracking == tracking.replace(" ", "")


@pytest.mark.parametrize(
    ("reason", "shipped", "outcome", "cause"),
    [
        ("Hủy bởi người mua. Lý do: Thủ tục thanh toán quá rắc rối", "", Outcome.BUYER_CANCELLED, None),
        ("Đơn hàng bị hủy do người mua", "", Outcome.BUYER_CANCELLED, None),
        ("Hủy bởi người bán. Lý do: Hết hàng", "", Outcome.SELLER_CANCELLED, None),
        (
            "Tự động hủy bởi hệ thống Shopee. Lý do: người bán không giao hàng đúng hạn",
            "",
            Outcome.SYSTEM_CANCELLED,
            None,
        ),
        ("Tự động hủy bởi hệ thống. Lý do: Chưa thanh toán", "", Outcome.UNPAID_EXPIRED, None),
        (
            "Hệ thống tự động hủy: Giao hàng thất bại, người mua từ chối nhận",
            "2026-09-02 09:00",
            Outcome.DELIVERY_FAILED,
            FailureCause.REFUSED,
        ),
        (
            "Giao hàng không thành công: không liên lạc được người nhận",
            "",
            Outcome.DELIVERY_FAILED,
            FailureCause.UNREACHABLE,
        ),
        (
            "Giao hàng không thành công do đơn vị vận chuyển",
            "",
            Outcome.DELIVERY_FAILED,
            FailureCause.COURIER,
        ),
        ("Giao hàng không thành công", "", Outcome.DELIVERY_FAILED, None),
        ("Hủy bởi người mua", "2026-09-02 09:00", Outcome.DELIVERY_FAILED, FailureCause.REFUSED),
        ("Kiện hàng bị thất lạc", "2026-09-02 09:00", Outcome.LOST, None),
        ("", "", Outcome.CANCELLED, None),
        ("một lý do lạ", "", Outcome.CANCELLED, None),
    ],
)
def test_a_cancelled_order_says_who_made_it_fail(
    tmp_path: Path, reason: str, shipped: str, outcome: Outcome, cause: FailureCause | None
) -> None:
    order = one(tmp_path, status="Đã hủy", reason=reason, shipped=shipped)
    assert order.outcomes == (TimedOutcome(outcome, cause, None),)


def test_statuses_with_a_time_of_their_own_come_in_order_and_the_current_one_last(tmp_path: Path) -> None:
    order = one(
        tmp_path,
        status="Hoàn thành",
        shipped="2026-09-02 09:00",
        handed="2026-09-04 12:00",
        completed="2026-09-07 00:00",
        paid="2026-09-01 10:05",
    )
    assert [(status.status, status.known_at) for status in order.statuses] == [
        (Status.SHIPPED, hanoi("2026-09-02 09:00")),
        (Status.DELIVERED, hanoi("2026-09-04 12:00")),
        (Status.COMPLETED, hanoi("2026-09-07 00:00")),
    ]
    assert order.outcomes == (TimedOutcome(Outcome.DELIVERED, None, hanoi("2026-09-04 12:00")),)
    assert order.paid_at == hanoi("2026-09-01 10:05")


def test_pieces_given_back_are_refunds_and_all_of_them_a_return(tmp_path: Path) -> None:
    partly = one(
        tmp_path, status="Hoàn thành", returned="1", completed="2026-09-07 00:00", return_status="Đã hoàn tiền"
    )
    assert [(refund.quantity, refund.amount) for refund in partly.refunds] == [(1, 79_500)]
    assert partly.outcomes[-1].outcome is Outcome.DELIVERED
    wholly = one(
        tmp_path, status="Hoàn thành", returned="2", completed="2026-09-07 00:00", return_status="Đã hoàn tiền"
    )
    assert [known.outcome for known in wholly.outcomes] == [Outcome.DELIVERED, Outcome.RETURNED]


def test_a_bad_item_row_is_rejected_and_the_rest_of_its_order_stays(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        shopee_row(),
        shopee_row(quantity="-1"),
        shopee_row(number=""),
        shopee_row(number="260901ZZZZ0000", placed="hôm qua"),
    )
    assert [(order.number, len(order.items)) for order in found.orders] == [("260901ABCD1234", 1)]
    assert [(bad.line, bad.reason) for bad in found.rejects] == [
        (3, RejectReason.NEGATIVE_QUANTITY),
        (4, RejectReason.NO_ORDER_NUMBER),
        (5, RejectReason.UNREADABLE_TIME),
    ]


def test_the_english_export_is_read_by_its_own_headers(tmp_path: Path) -> None:
    row: dict[str, Cell] = {
        "Order ID": "260901ABCD1234",
        "Order Creation Date": "2026-09-01 10:00",
        "Order Status": "Cancelled",
        "Cancel Reason": "Cancelled by Buyer. Reason: Changed my mind",
        "SKU Reference No.": "AO",
        "Product Name": "Shirt",
        "Deal Price": "17000.00",
        "Quantity": "1",
        "Grand Total": "20000.00",
        "Username (Buyer)": "demo_buyer",
        "Payment Method": "Cash on Delivery",
    }
    (order,) = read_file(write_csv(tmp_path / "o.csv", SHOPEE_ENGLISH, [row])).orders
    assert (order.total, order.items[0].total, order.cod, order.to_collect) == (20_000, 17_000, True, 20_000)
    assert order.outcomes[0].outcome is Outcome.BUYER_CANCELLED
