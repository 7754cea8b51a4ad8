from __future__ import annotations

from pathlib import Path

import pytest

from packstation.domain.orders import FailureCause, Outcome, Refund, Shop, Status, TimedOutcome, TimedStatus
from sync.files.errors import NotThisFormatError, ShopDoesNotFitError, UnknownFormatError
from sync.files.reading import format_names, read_file, recognise
from sync.files.result import ReadFile, RejectReason
from tests.sync.files.factories import FORMATS, ITEMS, ORDERS, Cell, item_line, london, write_csv, write_xlsx

OWN_FORMAT = """
[shop]
name = "tiệm-nhà"
currency = "VND"
zone = "Asia/Ho_Chi_Minh"
[file]
row = "order"
recognised_by = ["Đơn", "Tình trạng"]
[time]
formats = ["%d/%m/%Y %H:%M"]
[money]
decimal = ","
thousands = "."
[columns]
number = "Đơn"
placed = "Ngày"
updated = "Sửa"
buyer = "Mã khách"
buyer_name = "Khách"
phone = "SĐT"
total = "Tiền"
cod = "Trả"
tracking = "Vận đơn"
sold_by = "NV bán"
created_by = "NV lên đơn"
[status]
column = "Tình trạng"
at = "Sửa"
[status.words]
"Chờ đóng" = { status = "to_pack" }
"Đã giao" = { outcome = "delivered" }
"Bom" = { status = "returned", outcome = "delivery_failed", cause = "refused" }
[guests]
names = ["Khách lẻ"]
[cod]
words = ["COD"]
"""
OWN_COLUMNS = (
    "Đơn",
    "Ngày",
    "Sửa",
    "Mã khách",
    "Khách",
    "SĐT",
    "Tiền",
    "Trả",
    "Vận đơn",
    "Tình trạng",
    "NV bán",
    "NV lên đơn",
)


def read_items(tmp_path: Path, *rows: dict[str, Cell]) -> ReadFile:
    return read_file(write_csv(tmp_path / "items.csv", ITEMS, rows), formats_folder=FORMATS)


def read_own(tmp_path: Path, *rows: dict[str, Cell]) -> ReadFile:
    formats = tmp_path / "imports"
    formats.mkdir(exist_ok=True)
    (formats / "own.toml").write_text(OWN_FORMAT, "utf-8")
    first: dict[str, Cell] = {"Đơn": "1", "Ngày": "01/09/2026 10:00", "Tiền": "1.234.567", "Tình trạng": "Chờ đóng"}
    return read_file(
        write_csv(tmp_path / "own.csv", OWN_COLUMNS, [first | row for row in rows]), formats_folder=formats
    )


def test_several_timed_outcomes_of_one_row_come_by_time_and_a_later_one_wins_at_the_same_moment(tmp_path: Path) -> None:
    row: dict[str, Cell] = {"order_id": "1", "buyer": "9", "t": "2010-12-01 08:26:00", "amount": "22.200000000000003"}
    rows = [row, row | {"order_id": "2", "t_any": "2011-07-01 10:00:00"}, row | {"order_id": "3", "t_any": row["t"]}]
    path = write_csv(tmp_path / "orders.csv", ORDERS, rows)
    plain, failed, at_once = read_file(path, formats_folder=FORMATS).orders
    placed, later = london("2010-12-01 08:26"), london("2011-07-01 10:00")
    delivered = TimedOutcome(Outcome.DELIVERED, None, placed)
    assert plain.total == 2220
    assert plain.outcomes == (delivered,)
    assert plain.statuses == (TimedStatus(Status.DELIVERED, "", placed),)
    assert failed.outcomes == (delivered, TimedOutcome(Outcome.DELIVERY_FAILED, FailureCause.REFUSED, later))
    assert failed.statuses[-1] == TimedStatus(Status.RETURNED, "", later)
    assert at_once.outcomes[-1] == TimedOutcome(Outcome.DELIVERY_FAILED, FailureCause.REFUSED, placed)
    assert plain.cod is None


def test_an_order_has_its_earliest_lines_time_and_the_sum_of_lines_rounded_each(tmp_path: Path) -> None:
    found = read_items(
        tmp_path,
        item_line("1", at="2010-12-01 08:27:00", quantity="3", price="0.125"),
        item_line("1", at="2010-12-01 08:26:00", quantity="1", price="0.125"),
        item_line("1", quantity="1", price="-1.5"),
        item_line("1", quantity="2", price="0"),
    )
    (order,) = found.orders
    assert order.placed_at == london("2010-12-01 08:26")
    assert order.outcomes == (TimedOutcome(Outcome.DELIVERED, None, london("2010-12-01 08:26")),)
    assert [item.total for item in order.items] == [38, 12, -150, 0]
    assert order.total == 38 + 12 - 150


def test_a_time_that_clocks_show_twice_is_the_first_of_the_two(tmp_path: Path) -> None:
    found = read_items(tmp_path, item_line("1", at="2011-10-30 01:30:00"))
    assert found.orders[0].placed_at == 1_319_934_600_000


def test_lines_without_a_buyer_id_are_guests(tmp_path: Path) -> None:
    found = read_items(tmp_path, item_line("1", buyer=""), item_line("2", buyer="0"), item_line("3"))
    assert [order.buyer and order.buyer.external_id for order in found.orders] == [None, None, "17850"]


def test_identical_lines_are_kept_and_skus_are_taken_exactly_as_written(tmp_path: Path) -> None:
    found = read_items(tmp_path, item_line("1"), item_line("1"), item_line("1", sku="85123a "))
    assert [(item.sku, item.quantity) for item in found.orders[0].items] == [
        ("85123A", 6),
        ("85123A", 6),
        ("85123a ", 6),
    ]


def test_bad_lines_go_to_the_rejects_and_the_rest_of_the_order_stays(tmp_path: Path) -> None:
    found = read_items(
        tmp_path,
        item_line("1"),
        item_line("1", quantity="-2"),
        item_line("1", quantity="1.5"),
        item_line("1", price="2,5x"),
        item_line("1", at="01/12/2010"),
        item_line(" "),
        item_line("5.76461E+17"),
        item_line("2", quantity="-2"),
        item_line("1", quantity="many"),
        item_line("C1", quantity="2"),
        item_line("1", quantity="1.000"),
    )
    assert [(order.number, len(order.items)) for order in found.orders] == [("1", 1)]
    assert [(one.line, one.reason) for one in found.rejects] == [
        (3, RejectReason.NEGATIVE_QUANTITY),
        (4, RejectReason.FRACTIONAL_QUANTITY),
        (5, RejectReason.UNREADABLE_MONEY),
        (6, RejectReason.UNREADABLE_TIME),
        (7, RejectReason.NO_ORDER_NUMBER),
        (8, RejectReason.DAMAGED_NUMBER),
        (9, RejectReason.NEGATIVE_QUANTITY),
        (10, RejectReason.UNREADABLE_QUANTITY),
        (11, RejectReason.POSITIVE_QUANTITY),
        (12, RejectReason.UNREADABLE_QUANTITY),
    ]
    assert found.rejects[0].text == "negative quantity outside a credit note (Quantity: -2)"


def test_a_credit_note_refunds_at_its_own_price_and_a_full_one_returns_the_order(tmp_path: Path) -> None:
    found = read_items(
        tmp_path,
        item_line("1"),
        item_line("C1", quantity="-4", price="3.00", at="2010-12-02 09:00:00"),
        item_line("C2", quantity="-4", at="2010-12-03 09:00:00"),
        item_line("C3", quantity="-1", buyer="", at="2010-12-03 09:00:00"),
        item_line("C4", quantity="-1", buyer="77", at="2010-12-03 09:00:00"),
    )
    (order,) = found.orders
    returned = london("2010-12-03 09:00")
    assert order.refunds == (Refund(0, 4, 1200, london("2010-12-02 09:00")), Refund(0, 2, 510, returned))
    assert order.outcomes[-1] == TimedOutcome(Outcome.RETURNED, None, returned)
    assert order.statuses[-1].status is Status.RETURNED
    assert [(one.number, one.quantity, one.amount) for one in found.unmatched] == [
        ("C2", 2, 510),
        ("C3", 1, 255),
        ("C4", 1, 255),
    ]
    assert found.dropped_quantity == 4
    assert found.credit_lines == 4
    assert [buyer.external_id for buyer in found.buyers_without_orders] == ["77"]


def test_words_of_a_status_column_tell_status_outcome_and_when(tmp_path: Path) -> None:
    found = read_own(
        tmp_path,
        {"Trả": "COD", "Vận đơn": "VTP1", "Mã khách": "K1", "Khách": "An", "SĐT": "0900000000"},
        {"Đơn": "2", "Tình trạng": "ĐÃ GIAO", "Sửa": "02/09/2026 08:00", "Trả": "ví"},
        {"Đơn": "3", "Tình trạng": "bom"},
        {"Đơn": "4", "Tình trạng": "lạ lùng"},
        {"Đơn": "5", "Tình trạng": "", "Khách": "KHÁCH LẺ", "Mã khách": "KL"},
    )
    to_pack, delivered, failed, odd, silent = found.orders
    assert to_pack.total == 1_234_567
    assert to_pack.cod is True
    assert delivered.cod is False
    assert odd.cod is None
    assert to_pack.buyer is not None
    assert to_pack.buyer.phone == "0900000000"
    assert to_pack.parcels[0].tracking == "VTP1"
    assert delivered.outcomes == (TimedOutcome(Outcome.DELIVERED, None, delivered.updated_at),)
    assert delivered.statuses[-1].status is Status.DELIVERED
    assert failed.outcomes == (TimedOutcome(Outcome.DELIVERY_FAILED, FailureCause.REFUSED, None),)
    assert (odd.statuses[-1].status, odd.statuses[-1].channel_status) == (Status.CHANNEL_HOLD, "lạ lùng")
    assert silent.statuses[-1].status is Status.CHANNEL_HOLD
    assert silent.buyer is None


def test_a_number_that_stands_on_two_rows_of_orders_is_rejected_the_second_time(tmp_path: Path) -> None:
    found = read_own(tmp_path, {}, {})
    assert len(found.orders) == 1
    assert [(one.line, one.reason) for one in found.rejects] == [(3, RejectReason.REPEATED_ORDER)]


@pytest.mark.parametrize("amount", ["1.23", "12.34.567", "1,2,3", "NaN", "1e999", "٣", "", "9" * 30])
def test_an_amount_that_is_grouped_wrongly_or_is_no_number_rejects_the_row(tmp_path: Path, amount: str) -> None:
    found = read_own(tmp_path, {"Tiền": amount})
    assert [one.reason for one in found.rejects] == ([RejectReason.UNREADABLE_MONEY] if amount else [])


def test_numbers_and_dates_of_a_workbook_are_read_whatever_signs_the_mapping_names(tmp_path: Path) -> None:
    read_own(tmp_path, {})
    row: dict[str, Cell] = {"Đơn": 12.0, "Ngày": 46266.4166666667, "Tiền": 1234.5, "Tình trạng": "Chờ đóng"}
    path = write_xlsx(tmp_path / "own.xlsx", OWN_COLUMNS, [row])
    (order,) = read_file(path, formats_folder=tmp_path / "imports").orders
    assert (order.number, order.total) == ("12", 1234)
    assert order.placed_at == 1_788_231_600_000


def test_a_number_and_a_text_that_look_alike_in_a_workbook_are_each_read_by_their_own_rule(tmp_path: Path) -> None:
    formats = tmp_path / "imports"
    formats.mkdir()
    german = (FORMATS / "online-retail-items.toml").read_text("utf-8")
    (formats / "german.toml").write_text(german + '[money]\ndecimal = ","\nthousands = "."\n', "utf-8")
    rows = [item_line("1", price=1.125, quantity="1"), item_line("1", price="1.125", quantity="1")]
    (order,) = read_file(write_xlsx(tmp_path / "items.xlsx", ITEMS, rows), formats_folder=formats).orders
    assert [item.total for item in order.items] == [112, 112_500]


def test_a_shop_of_another_currency_or_a_format_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "items.csv", ITEMS, [item_line("1")])
    mine = Shop("mine", "woocommerce", "GBP", "Europe/Paris")
    assert read_file(path, shop=mine, formats_folder=FORMATS).shop == mine
    with pytest.raises(ShopDoesNotFitError, match="GBP"):
        read_file(path, shop=Shop("mine", "file", "VND", "Europe/Paris"), formats_folder=FORMATS)
    with pytest.raises(NotThisFormatError, match="order_id"):
        read_file(path, "online-retail-orders", formats_folder=FORMATS)
    with pytest.raises(NotThisFormatError, match="Mã đơn hàng"):
        read_file(path, "shopee", formats_folder=FORMATS)
    with pytest.raises(UnknownFormatError, match="tiktok"):
        read_file(path, "../../etc/passwd", formats_folder=FORMATS)


def test_formats_are_recognised_by_their_headers(tmp_path: Path) -> None:
    assert recognise(write_csv(tmp_path / "a.csv", ITEMS, []), formats_folder=FORMATS) == "online-retail-items"
    assert recognise(write_csv(tmp_path / "b.csv", ORDERS, []), formats_folder=FORMATS) == "online-retail-orders"
    assert format_names(FORMATS) == [
        "online-retail-items",
        "online-retail-orders",
        "shopee",
        "tiktok",
        "lazada",
        "kiotviet",
    ]


def test_who_sold_and_who_created_an_order_is_read_where_a_column_says_so(tmp_path: Path) -> None:
    told, untold = read_own(tmp_path, {"NV bán": "Ngọc", "NV lên đơn": "Mai"}, {"Đơn": "2"}).orders
    assert (told.sold_by, told.created_by) == ("Ngọc", "Mai")
    assert (untold.sold_by, untold.created_by) == ("", "")
