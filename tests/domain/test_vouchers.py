from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from packstation.domain.times import to_ms
from packstation.domain.vouchers import NewVoucher, Reject, read_vouchers

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def test_codes_are_read_with_amount_last_day_and_condition() -> None:
    text = "code,amount,currency,expires,condition\nTET-1,50000,VND,31/12/2026,đơn từ 200k\nTET-2,5.50,gbp,,\n\n"
    read = read_vouchers(text, HANOI)
    midnight = to_ms(datetime(2027, 1, 1, tzinfo=HANOI))
    assert read.vouchers == (
        NewVoucher("TET-1", 50_000, "VND", midnight, "đơn từ 200k"),
        NewVoucher("TET-2", 550, "GBP", None, ""),
    )
    assert read.rejects == ()


def test_semicolons_and_other_orders_of_columns_are_understood() -> None:
    read = read_vouchers("Currency;Code;Amount;Expires\nVND;A;1000;2026-12-31\n", None)
    assert read.vouchers == (NewVoucher("A", 1_000, "VND", to_ms(datetime(2027, 1, 1, tzinfo=UTC)), ""),)


@pytest.mark.parametrize(
    ("line", "reject"),
    [
        (",1000,VND,,", Reject(2, "code", "")),
        ("A,a lot,VND,,", Reject(2, "amount", "a lot")),
        ("A,-1,VND,,", Reject(2, "amount", "-1")),
        ("A,NaN,VND,,", Reject(2, "amount", "NaN")),
        ("A,1,đồng,,", Reject(2, "currency", "đồng")),
        ("A,1,VND,soon,", Reject(2, "expires", "soon")),
        ("A,1,VND,31/02/2026,", Reject(2, "expires", "31/02/2026")),
        ("A,1,VND,,from 200,000", Reject(2, "condition", "from 200 000")),
        ("A\x1b[2J,1,VND,,", Reject(2, "code", "A [2J")),
    ],
)
def test_a_line_that_is_no_voucher_is_named_and_the_others_stay(line: str, reject: Reject) -> None:
    read = read_vouchers(f"code,amount,currency,expires,condition\n{line}\nB,1,VND,,\nB,2,VND,,\n", HANOI)
    assert [one.code for one in read.vouchers] == ["B"]
    assert (read.rejects[0].line, read.rejects[0].column) == (reject.line, reject.column)
    assert read.rejects[1:] == (Reject(4, "code", "B"),)


@pytest.mark.parametrize("text", ["", "code,amount\n", "amount,currency\nX,1\n"])
def test_a_file_without_a_needed_column_says_which(text: str) -> None:
    assert read_vouchers(text, None).missing in ("code", "currency")
