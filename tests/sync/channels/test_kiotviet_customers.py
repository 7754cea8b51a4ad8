"""What KiotViet's customers owe and have, read with the sales that changed."""

from __future__ import annotations

from typing import Any

import pytest

from packstation.domain.orders import BuyerFacts, IncomingBalance, IncomingBuyer
from packstation.domain.times import DAY, HOUR, SECOND, parse_iso
from sync.channels.errors import Advice, ChannelError, UnreadableRecordError
from sync.channels.kiotviet.customers import balance_of
from sync.channels.kiotviet.lines import Cells
from sync.channels.kiotviet.wire import CustomerWire
from sync.channels.protocol import Page, Span
from sync.sandbox.channels import kiotviet
from sync.sandbox.faults import Fault
from sync.sandbox.stand import real_clock
from tests.sync.channels.stands import AtStand, at_stand

CELLS = Cells("VND", "Asia/Ho_Chi_Minh")
OTHERWISE = 1_700_000_000_000


def a_customer(**fields: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "code": "KH000001",
        "name": "Khách Demo",
        "createdDate": "2026-08-01T09:00:00.0000000",
        "modifiedDate": "2026-09-01T10:05:00.4560000",
        "debt": 120000.0,
        "rewardPoint": 45,
        "totalPoint": 300.0,
        **fields,
    }


def balance(**fields: Any) -> IncomingBalance | None:
    return balance_of(CustomerWire.model_validate(a_customer(**fields)), CELLS, OTHERWISE)


async def pages(stand: AtStand, span: Span, cursor: str | None = None) -> list[Page]:
    found = [await stand.channel.changes(span, cursor)]
    while (following := found[-1].next_cursor) is not None:
        found.append(await stand.channel.changes(span, following))
    return found


def bare(balance: IncomingBalance) -> IncomingBalance:
    """Debt and points alone."""
    return IncomingBalance(balance.external_id, balance.debt, balance.points, balance.known_at)


def balances_of(walked: list[Page]) -> dict[str, IncomingBalance]:
    return {one.external_id: bare(one) for page in walked for one in page.balances}


def truth(stand: AtStand) -> dict[str, IncomingBalance]:
    every = kiotviet.accounts(stand.stand)
    return {code: IncomingBalance(code, one.debt, one.points, one.changed_at) for code, one in every.items()}


async def test_what_every_customer_owes_and_has_comes_under_the_id_that_their_orders_name() -> None:
    async with at_stand("kiotviet", orders=60) as stand:
        walked = await pages(stand, Span(stand.opened_at - 40 * DAY, stand.opened_at + SECOND))
        found = balances_of(walked)
        assert found == truth(stand)
        buyers = {order.buyer.external_id for page in walked for order in page.orders if order.buyer is not None}
        assert set(found) == buyers
        assert min(one.debt for one in found.values()) < 0 < max(one.debt for one in found.values())
        assert max(one.points for one in found.values()) > 0
        assert stand.stand.calls["/customers"] == 1


async def test_customers_that_did_not_change_are_not_listed() -> None:
    async with at_stand("kiotviet", orders=80) as stand:
        right = truth(stand)
        newest = max(one.known_at for one in right.values())
        found = balances_of(await pages(stand, Span(newest, newest + SECOND)))
        assert 0 < len(found) < 5
        assert found.items() <= right.items()


async def test_customers_that_change_or_come_twice_while_they_are_walked_take_no_other_along() -> None:
    now = [real_clock()]
    faults = {Fault.SHIFTED: 1.0}
    async with at_stand("kiotviet", orders=420, days=5, clock=lambda: now[0], faults=faults) as stand:
        before = truth(stand)
        span = Span(stand.opened_at - 40 * DAY, stand.opened_at + 10 * DAY)
        page = await stand.channel.changes(span, "customers:0:0")
        walked = [page]
        while page.next_cursor is not None:
            now[0] += 5 * HOUR
            page = await stand.channel.changes(span, page.next_cursor)
            walked.append(page)
        assert len(walked) > 1
        assert len(before) > 100
        assert set(balances_of(walked)) >= set(before)
        assert any(balances_of(walked)[code] != one for code, one in before.items())


async def test_a_connection_that_may_not_read_customers_goes_without_their_balances() -> None:
    async with at_stand("kiotviet", orders=20) as stand:
        stand.stand.accepted["customers_off"] = "yes"
        walked = await pages(stand, Span(stand.opened_at - 40 * DAY, stand.opened_at + SECOND))
        assert stand.stand.calls["/customers"] == 1
        assert balances_of(walked) == {}
        assert sum(len(page.orders) for page in walked) >= 20


async def test_customers_that_cannot_be_read_for_now_are_asked_for_again() -> None:
    async with at_stand("kiotviet", orders=5, faults={Fault.SERVER_ERROR: 1.0}) as stand:
        with pytest.raises(ChannelError) as caught:
            await stand.channel.changes(Span(0, stand.opened_at), "customers:0:0")
        assert caught.value.advice is Advice.RETRY


def test_debt_and_points_are_those_of_now() -> None:
    found = balance(totalRevenue=1_250_000.0)
    assert found is not None
    assert bare(found) == IncomingBalance(
        "KH000001", 120_000, 45, parse_iso("2026-09-01T10:05:00.456", "Asia/Ho_Chi_Minh")
    )
    assert (found.total_spent, found.total_points) == (1_250_000, 300)


def test_who_a_customer_is_comes_with_what_they_owe() -> None:
    found = balance(
        gender=False,
        birthDate="1990-12-31T00:00:00.0000000",
        contactNumber="0912345678",
        email="hoa@example.vn",
        organization="Hoa Mai",
        address="12 Lý Thường Kiệt",
        wardName="Hàng Bài",
        locationName="Hà Nội",
    )
    assert found is not None
    assert found.buyer == IncomingBuyer(
        "KH000001",
        "Khách Demo",
        "0912345678",
        "hoa@example.vn",
        facts=BuyerFacts(
            "KH000001", "female", "1990-12-31", "Hoa Mai", "12 Lý Thường Kiệt, Hàng Bài, Hà Nội", "Hà Nội", "", "active"
        ),
    )


@pytest.mark.parametrize(("gender", "word"), [(None, ""), (True, "male"), (False, "female")])
def test_what_is_not_said_of_a_customer_stays_empty(gender: bool | None, word: str) -> None:
    found = balance(gender=gender, birthDate="soon")
    assert found is not None
    assert found.buyer is not None
    assert found.buyer.facts == BuyerFacts("KH000001", word, pos_status="active")


@pytest.mark.parametrize(
    ("fields", "debt", "points"),
    [
        ({"debt": -50000}, -50_000, 45),
        ({"debt": "99999.6", "rewardPoint": "12.9"}, 100_000, 12),
        ({"debt": None}, 0, 45),
        ({"rewardPoint": None}, 120_000, 0),
    ],
)
def test_numbers_are_taken_as_they_come(fields: dict[str, Any], debt: int, points: int) -> None:
    found = balance(**fields)
    assert found is not None
    assert (found.debt, found.points) == (debt, points)


def test_a_customer_without_a_code_is_known_by_the_id_and_one_never_modified_since_it_was_made() -> None:
    found = balance(code="", modifiedDate=None)
    assert found is not None
    assert (found.external_id, found.known_at) == ("7", parse_iso("2026-08-01T09:00:00", "Asia/Ho_Chi_Minh"))
    timeless = balance(modifiedDate="", createdDate="soon")
    assert timeless is not None
    assert timeless.known_at == OTHERWISE


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "KHÁCH LẺ"},
        {"name": "Khách vãng lai"},
        {"code": "0"},
        {"code": "KH000001{DEL}"},
        {"name": "Khách Demo{DEL}"},
        {"code": "", "id": None},
        {"debt": None, "rewardPoint": None},
    ],
)
def test_who_is_nobody_or_of_whom_nothing_is_said_has_no_balance(fields: dict[str, Any]) -> None:
    assert balance(**fields) is None


@pytest.mark.parametrize("fields", [{"debt": "1e30"}, {"rewardPoint": "1e30"}])
def test_an_amount_that_is_none_makes_no_balance(fields: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRecordError):
        balance(**fields)
