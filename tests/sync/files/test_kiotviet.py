from __future__ import annotations

import csv
from pathlib import Path

import pytest

from packstation.domain.orders import BuyerFacts, FailureCause, Outcome, Status, TimedOutcome
from sync.files.reading import read_file
from sync.files.result import ReadFile, RejectReason
from tests.sync.files.factories import KIOTVIET_DETAILS, KIOTVIET_LIST, Cell, hanoi, kiotviet_invoice, write_xlsx


def read(tmp_path: Path, *rows: dict[str, Cell]) -> ReadFile:
    return read_file(write_xlsx(tmp_path / "DanhSachHoaDon_KV01092026-100000-1.xlsx", KIOTVIET_LIST, rows))


def test_an_invoice_list_on_the_last_sheet_with_serial_dates_is_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "DanhSachHoaDon.xlsx", KIOTVIET_LIST, [kiotviet_invoice()], empty_sheets_before=1)
    found = read_file(path)
    (order,) = found.orders
    assert (found.format, order.number, order.total, order.source) == ("kiotviet", "HD000046", 159_000, "Facebook")
    assert order.placed_at == hanoi("2026-09-01 10:00")
    assert order.updated_at == hanoi("2026-09-02 08:30")
    assert (order.cod, order.to_collect) == (True, 159_000)
    assert order.items == ()
    assert order.buyer is not None
    assert (order.buyer.external_id, order.buyer.phone) == ("KH000001", "0900000000")
    assert (order.address.province, order.address.district) == ("Hà Nội", "Quận Demo")
    assert (order.sold_by, order.created_by) == ("Ngọc", "Mai")
    assert order.buyer.facts == BuyerFacts(code="KH000001", birthday="1990-12-31", area="Hà Nội - Quận Demo")


@pytest.mark.parametrize("birthday", ["", "hôm qua", "31/12", "31/02/1990", 1e300])
def test_a_birthday_that_is_none_says_nothing(tmp_path: Path, birthday: Cell) -> None:
    buyer = read(tmp_path, kiotviet_invoice() | {"Ngày sinh": birthday}).orders[0].buyer
    assert buyer is not None
    assert buyer.facts == BuyerFacts(code="KH000001", area="Hà Nội - Quận Demo")


@pytest.mark.parametrize("placed", ["01/09/2026 10:00", "01/09/2026 10:00:00", 46266.416666666664])
def test_dates_come_as_text_or_as_bare_day_numbers(tmp_path: Path, placed: Cell) -> None:
    assert read(tmp_path, kiotviet_invoice(placed=placed)).orders[0].placed_at == hanoi("2026-09-01 10:00")


@pytest.mark.parametrize(
    "changes", [{"buyer_name": "Khách lẻ", "buyer": "KL"}, {"buyer": "", "buyer_name": "", "phone": ""}]
)
def test_walk_in_customers_are_nobodys_profile(tmp_path: Path, changes: dict[str, Cell]) -> None:
    assert read(tmp_path, kiotviet_invoice(**changes)).orders[0].buyer is None


def test_an_id_of_nought_is_a_guest_with_a_phone(tmp_path: Path) -> None:
    buyer = read(tmp_path, kiotviet_invoice(buyer="0")).orders[0].buyer
    assert buyer is not None
    assert (buyer.external_id, buyer.phone) == (None, "0900000000")


@pytest.mark.parametrize(
    ("word", "delivery", "why", "status", "outcome", "cause"),
    [
        ("Đang xử lý", "", "", Status.TO_PACK, None, None),
        ("Đang xử lý", "Chờ xử lý", "", Status.TO_PACK, None, None),
        ("Đang xử lý", "Đang lấy hàng", "", Status.LABEL_READY, None, None),
        ("Đang xử lý", "Đang giao hàng", "", Status.SHIPPED, None, None),
        ("Đang xử lý", "trạng thái lạ", "", Status.CHANNEL_HOLD, None, None),
        ("Hoàn thành", "Giao thành công", "", Status.COMPLETED, Outcome.DELIVERED, None),
        ("Hoàn thành", "", "", Status.COMPLETED, Outcome.DELIVERED, None),
        ("Đã hủy", "Đã hủy", "", Status.CANCELLED, Outcome.CANCELLED, None),
        ("Không giao được", "", "", Status.RETURNED, Outcome.DELIVERY_FAILED, None),
        (
            "Không giao được",
            "Đang chuyển hoàn",
            "Khách không nghe máy",
            Status.RETURNING,
            Outcome.DELIVERY_FAILED,
            FailureCause.UNREACHABLE,
        ),
        ("lạ", "", "", Status.CHANNEL_HOLD, None, None),
    ],
)
def test_invoice_and_delivery_words(
    tmp_path: Path,
    word: str,
    delivery: str,
    why: str,
    status: Status,
    outcome: Outcome | None,
    cause: FailureCause | None,
) -> None:
    (order,) = read(tmp_path, kiotviet_invoice(status=word, delivery=delivery, why=why)).orders
    assert order.statuses[-1].status is status
    assert order.outcomes == ((TimedOutcome(outcome, cause, None),) if outcome else ())


def test_invoice_details_become_lines_and_twin_headers_serve_customer_and_recipient(tmp_path: Path) -> None:
    first: list[str] = [
        *("CN1", "HD1", "01/09/2026 10:00", "02/09/2026 10:00", "KH1", "An", "0900000001", "Số 1"),
        *("Hà Nội - Ba Đình", "P1", "Bình", "0900000002", "Số 2", "Huế - TP Huế", "P2"),
        *("300000", "GIAM10", "0", "Hoàn thành", "AO", "Áo", "2", "100000", "90000", "180000"),
    ]
    second = [*first[:-6], "QUAN", "Quần", "1", "120000", "120000", "120000"]
    fraction = [*first[:-6], "VAI", "Vải", "1.5", "100000", "100000", "150000"]
    path = tmp_path / "DanhSachChiTietHoaDon.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([KIOTVIET_DETAILS, first, second, fraction])
    found = read_file(path)
    (order,) = found.orders
    assert [(item.sku, item.quantity, item.price, item.total) for item in order.items] == [
        ("AO", 2, 90_000, 180_000),
        ("QUAN", 1, 120_000, 120_000),
    ]
    assert (order.address.recipient, order.address.province, order.address.ward) == ("Bình", "Huế", "P2")
    assert order.vouchers == ("GIAM10",)
    assert order.cod is False
    assert [(bad.line, bad.reason) for bad in found.rejects] == [(4, RejectReason.FRACTIONAL_QUANTITY)]
