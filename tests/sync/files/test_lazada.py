from __future__ import annotations

from pathlib import Path

import pytest

from packstation.domain.orders import FailureCause, Outcome, Status, TimedOutcome
from sync.files.reading import read_file
from sync.files.result import ReadFile
from tests.sync.files.factories import LAZADA, Cell, hanoi, lazada_unit, write_xlsx


def read(tmp_path: Path, *units: dict[str, Cell]) -> ReadFile:
    return read_file(write_xlsx(tmp_path / "orders.xlsx", LAZADA, units))


def test_units_of_one_product_become_one_line_with_a_quantity(tmp_path: Path) -> None:
    found = read(
        tmp_path, lazada_unit(shipping="15000"), lazada_unit(sku="QUAN", paid="50000"), lazada_unit(paid="70000.00")
    )
    (order,) = found.orders
    assert (found.format, order.number) == ("lazada", "260901000000001")
    assert [(item.sku, item.quantity, item.price, item.total) for item in order.items] == [
        ("AO-DO-M", 2, 99_000, 149_500),
        ("QUAN", 1, 99_000, 50_000),
    ]
    assert order.total == 149_500 + 50_000 + 15_000
    assert order.placed_at == hanoi("2026-09-22 14:05")
    assert order.updated_at == hanoi("2026-09-22 15:00")
    assert (order.cod, order.statuses[-1].status) == (True, Status.TO_PACK)
    assert order.buyer is not None
    assert (order.buyer.external_id, order.buyer.name, order.buyer.phone) == (None, "N***", "84*******12")


def test_an_order_stands_where_its_least_advanced_unit_stands_and_cancelled_units_are_not_packed(
    tmp_path: Path,
) -> None:
    (order,) = read(tmp_path, lazada_unit(status="packed"), lazada_unit(), lazada_unit(status="canceled")).orders
    assert order.statuses[-1].status is Status.TO_PACK
    assert order.items[0].quantity == 2
    (held,) = read(tmp_path, lazada_unit(status="packed"), lazada_unit(status="something_new")).orders
    assert (held.statuses[-1].status, held.statuses[-1].channel_status) == (Status.CHANNEL_HOLD, "something_new")


@pytest.mark.parametrize(
    ("word", "more", "status", "outcome", "cause"),
    [
        ("ready_to_ship", {}, Status.LABEL_READY, None, None),
        ("shipped", {}, Status.SHIPPED, None, None),
        ("canceled", {}, Status.CANCELLED, Outcome.CANCELLED, None),
        ("canceled", {"initiator": "cancellation-customer"}, Status.CANCELLED, Outcome.BUYER_CANCELLED, None),
        ("canceled", {"initiator": "cancellation-seller"}, Status.CANCELLED, Outcome.SELLER_CANCELLED, None),
        ("canceled", {"initiator": "cancellation-internal"}, Status.CANCELLED, Outcome.SYSTEM_CANCELLED, None),
        (
            "canceled",
            {"initiator": "cancellation-failed Delivery", "reason": "Customer refused"},
            Status.CANCELLED,
            Outcome.DELIVERY_FAILED,
            FailureCause.REFUSED,
        ),
        (
            "failed_delivery",
            {"reason": "Customer unreachable"},
            Status.RETURNING,
            Outcome.DELIVERY_FAILED,
            FailureCause.UNREACHABLE,
        ),
        (
            "shipped_back_success",
            {"reason": "Damaged by courier"},
            Status.RETURNED,
            Outcome.DELIVERY_FAILED,
            FailureCause.COURIER,
        ),
        ("failed", {}, Status.RETURNING, Outcome.DELIVERY_FAILED, None),
        ("returned", {}, Status.RETURNED, Outcome.RETURNED, None),
        ("lost_by_3pl", {}, Status.LOST, Outcome.LOST, None),
    ],
)
def test_status_words(
    tmp_path: Path,
    word: str,
    more: dict[str, Cell],
    status: Status,
    outcome: Outcome | None,
    cause: FailureCause | None,
) -> None:
    (order,) = read(tmp_path, lazada_unit(status=word, **more)).orders
    assert order.statuses[-1].status is status
    assert order.outcomes == ((TimedOutcome(outcome, cause, None),) if outcome else ())


def test_a_delivery_is_known_at_its_own_date(tmp_path: Path) -> None:
    (order,) = read(tmp_path, lazada_unit(status="delivered", delivered="25 Sep 2026 09:00")).orders
    assert order.outcomes == (TimedOutcome(Outcome.DELIVERED, None, hanoi("2026-09-25 09:00")),)
    assert order.statuses[-1].known_at == hanoi("2026-09-25 09:00")
