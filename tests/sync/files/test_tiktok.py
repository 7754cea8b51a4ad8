from __future__ import annotations

from pathlib import Path

import pytest

from packstation.domain.orders import FailureCause, IncomingOrder, Outcome, Status, TimedOutcome
from sync.files.reading import read_file
from sync.files.result import ReadFile, RejectReason
from tests.sync.files.factories import TIKTOK, TIKTOK_DESCRIPTIONS, Cell, hanoi, tiktok_row, write_csv, write_xlsx


def read(tmp_path: Path, *rows: dict[str, Cell]) -> ReadFile:
    return read_file(write_csv(tmp_path / "All order.csv", TIKTOK, [TIKTOK_DESCRIPTIONS, *rows]))


def one(tmp_path: Path, **changes: Cell) -> IncomingOrder:
    (order,) = read(tmp_path, tiktok_row(**changes)).orders
    return order


def test_the_row_of_descriptions_is_skipped_and_tabs_behind_values_are_dropped(tmp_path: Path) -> None:
    found = read(tmp_path, tiktok_row(), tiktok_row(sku="", quantity="1"))
    assert found.rejects == []
    (order,) = found.orders
    assert (found.format, order.number, order.total) == ("tiktok", "580000000000000001", 159_000)
    assert [(item.sku, item.quantity, item.price) for item in order.items] == [
        ("AO-DO-M", 2, 99_000),
        ("1730000000000000001", 1, 99_000),
    ]
    assert order.buyer is not None
    assert order.buyer.external_id == "demo.tok"
    assert (order.cod, order.to_collect) == (True, 159_000)
    assert order.parcels[0].tracking == "840000000001"


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["05/09/2026 10:00:00", "06/09/2026 10:00:00"], "2026-09-05 10:00"),
        (["05/09/2026 10:00:00", "25/09/2026 10:00:00"], "2026-09-05 10:00"),
        (["05/09/2026 10:00:00", "09/25/2026 10:00:00"], "2026-05-09 10:00"),
    ],
)
def test_one_date_of_the_file_settles_whether_days_or_months_come_first(
    tmp_path: Path, dates: list[str], expected: str
) -> None:
    rows = [tiktok_row(number=f"58000000000000000{at}", placed=date) for at, date in enumerate(dates)]
    found = read(tmp_path, *rows)
    assert found.rejects == []
    assert found.orders[0].placed_at == hanoi(expected)


def test_a_file_that_writes_dates_both_ways_is_read_day_first_and_the_rest_rejected(tmp_path: Path) -> None:
    found = read(tmp_path, tiktok_row(placed="09/25/2026 10:00:00"), tiktok_row(number="2", placed="25/09/2026 10:00"))
    assert [order.placed_at for order in found.orders] == [hanoi("2026-09-25 10:00")]
    assert [(bad.line, bad.reason) for bad in found.rejects] == [(3, RejectReason.UNREADABLE_TIME)]


@pytest.mark.parametrize(
    ("word", "substatus", "more", "status"),
    [
        ("Unpaid", "", {}, Status.UNPAID),
        ("To ship", "", {}, Status.TO_PACK),
        ("To ship", "", {"arranged": "05/09/2026 11:00:00"}, Status.LABEL_READY),
        ("To ship", "Awaiting collection", {}, Status.LABEL_READY),
        ("To ship", "Awaiting shipment", {"type": "Cancel"}, Status.CANCEL_REQUESTED),
        ("Cần gửi", "Đang chờ lấy hàng", {}, Status.LABEL_READY),
        ("Shipped", "In transit", {}, Status.SHIPPED),
        ("Shipped", "Delivered", {}, Status.DELIVERED),
        ("Đã hoàn tất", "", {}, Status.COMPLETED),
        ("AWAITING_COLLECTION", "", {}, Status.LABEL_READY),
        ("On vacation", "Completed", {}, Status.CHANNEL_HOLD),
    ],
)
def test_status_words(tmp_path: Path, word: str, substatus: str, more: dict[str, Cell], status: Status) -> None:
    order = one(tmp_path, status=word, substatus=substatus, **more)
    assert order.statuses[-1].status is status
    assert order.statuses[-1].channel_status.startswith(word)


@pytest.mark.parametrize(
    ("by", "reason", "shipped", "outcome", "cause"),
    [
        ("User", "Better price available", "", Outcome.BUYER_CANCELLED, None),
        ("Buyer", "Need to change payment method", "", Outcome.BUYER_CANCELLED, None),
        ("Seller", "Out of stock", "", Outcome.SELLER_CANCELLED, None),
        ("System", "system_cancel_unpaid_time_out", "", Outcome.UNPAID_EXPIRED, None),
        ("System", "Payment overdue", "", Outcome.UNPAID_EXPIRED, None),
        ("System", "Seller did not ship in time", "", Outcome.SYSTEM_CANCELLED, None),
        (
            "System",
            "returned_to_shipper_refused",
            "06/09/2026 10:00:00",
            Outcome.DELIVERY_FAILED,
            FailureCause.REFUSED,
        ),
        ("System", "package_lost", "06/09/2026 10:00:00", Outcome.LOST, None),
        ("", "", "", Outcome.CANCELLED, None),
    ],
)
def test_a_cancelled_order_says_who_made_it_fail_and_when(
    tmp_path: Path, by: str, reason: str, shipped: str, outcome: Outcome, cause: FailureCause | None
) -> None:
    order = one(tmp_path, status="Canceled", by=by, reason=reason, shipped=shipped, cancelled="07/09/2026 10:00:00\t")
    assert order.outcomes == (TimedOutcome(outcome, cause, hanoi("2026-09-07 10:00")),)
    assert order.statuses[-1].known_at == hanoi("2026-09-07 10:00")


def test_a_delivered_order_with_all_pieces_given_back_is_returned(tmp_path: Path) -> None:
    order = one(tmp_path, status="Completed", type="Return/Refund", returned="2", delivered="08/09/2026 10:00:00")
    assert [known.outcome for known in order.outcomes] == [Outcome.DELIVERED, Outcome.RETURNED]
    assert [(refund.quantity, refund.amount) for refund in order.refunds] == [(2, 159_000)]


def test_a_masked_username_is_nobodys_id(tmp_path: Path) -> None:
    order = one(tmp_path, buyer="d***k")
    assert order.buyer is not None
    assert (order.buyer.external_id, order.buyer.name) == (None, "N***n")


def test_an_id_that_a_spreadsheet_rounded_is_rejected(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "o.xlsx", TIKTOK, [TIKTOK_DESCRIPTIONS, tiktok_row(number=580000000000000001.0)])
    found = read_file(path)
    assert found.orders == []
    assert [(bad.line, bad.reason) for bad in found.rejects] == [(3, RejectReason.DAMAGED_NUMBER)]
