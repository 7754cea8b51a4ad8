from __future__ import annotations

from pathlib import Path

import pytest

from sync.files.reading import read_file
from tests.sync.files.factories import (
    KIOTVIET_LIST,
    LAZADA,
    SHOPEE,
    TIKTOK,
    TIKTOK_DESCRIPTIONS,
    Cell,
    Rows,
    kiotviet_invoice,
    lazada_unit,
    shopee_row,
    tiktok_row,
    write_csv,
)

_KIOTVIET = (*KIOTVIET_LIST, "Mã hàng", "Số lượng", "Giá bán")
_LINE: dict[str, Cell] = {
    "Mã hàng": "AO",
    "Số lượng": "1",
    "Giá bán": "90000",
    "Thời gian": "01/09/2026 10:00",
    "Ngày cập nhật": "01/09/2026 10:00",
}


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        pytest.param(SHOPEE, [shopee_row(number="2609BAD", quantity="two"), shopee_row(number="2609OK")], id="shopee"),
        pytest.param(
            TIKTOK,
            [TIKTOK_DESCRIPTIONS, tiktok_row(number="58000BAD", quantity="two"), tiktok_row(number="58000OK")],
            id="tiktok",
        ),
        pytest.param(LAZADA, [lazada_unit(number="26BAD", paid="much"), lazada_unit(number="26OK")], id="lazada"),
        pytest.param(
            _KIOTVIET,
            [kiotviet_invoice(number="HDBAD") | _LINE | {"Số lượng": "two"}, kiotviet_invoice(number="HDOK") | _LINE],
            id="kiotviet",
        ),
    ],
)
def test_an_orders_only_row_that_is_bad_is_one_reject_and_the_rest_is_read(
    tmp_path: Path, request: pytest.FixtureRequest, header: tuple[str, ...], rows: Rows
) -> None:
    found = read_file(write_csv(tmp_path / "orders.csv", header, rows))
    assert found.format == request.node.callspec.id
    assert [order.number[-2:] for order in found.orders] == ["OK"]
    assert [(bad.line, "BAD" in bad.raw) for bad in found.rejects] == [(len(rows), True)]
