from __future__ import annotations

from typing import Any

import pytest

from packstation.domain.orders import IncomingOrder, IncomingParcel, OrderKind, Status
from packstation.store.check import check
from packstation.store.database import rows_of
from packstation.store.finding import find_code
from packstation.store.judging import packable_orders
from tests.factories import a_shop, an_order, hand_in, order_id, stored


def booking(number: str = "B-1", tracking: str | None = "T-1", **more: Any) -> IncomingOrder:
    parcels = (IncomingParcel("PB-1", tracking, "SPX"),)
    standard = {"kind": OrderKind.BOOKING, "buyer": None, "parcels": parcels, "status": Status.LABEL_READY}
    return an_order(number, **{**standard, **more})


def matched(number: str = "A-1", tracking: str | None = "T-1", **more: Any) -> IncomingOrder:
    parcels = (IncomingParcel(f"P{number}", tracking, "SPX"),) if tracking else ()
    return an_order(number, **{"booking": "B-1", "parcels": parcels, "status": Status.LABEL_READY, **more})


def parcels() -> list[tuple[Any, ...]]:
    return rows_of(
        "SELECT p.id, p.package, p.tracking, o.number FROM parcel p JOIN parcel_order po ON po.parcel_id = p.id "
        "JOIN orders o ON o.id = po.order_id ORDER BY p.id"
    )


def meant(code: str) -> list[tuple[int, ...]]:
    return [found.order_ids for found in find_code([code])]


def test_a_booking_is_in_nobodys_history(database: str) -> None:
    hand_in(booking(buyer="an.nguyen"))
    assert rows_of("SELECT 1 FROM buyer_summary WHERE orders > 0") == []
    assert check() == []


@pytest.mark.parametrize("tracking", ["T-1", "T-2", None], ids=["same label", "new label", "no label told"])
def test_an_order_takes_its_bookings_place(database: str, tracking: str | None) -> None:
    [booked] = stored(booking())
    [(parcel_id, *_)] = parcels()
    taken = hand_in(matched(tracking=tracking))
    assert (taken.new, taken.changed) == ((), (booked,))
    assert rows_of("SELECT id, number, kind FROM orders") == [(booked, "A-1", "normal")]
    package = None if tracking is None else "PA-1"
    assert parcels() == [(parcel_id, package, tracking or "T-1", "A-1")]
    for code in ("A-1", "B-1", "PB-1", "T-1"):
        assert meant(code) == [(booked,)]
    assert packable_orders() == [booked]
    assert rows_of("SELECT orders FROM buyer_summary") == [(1,)]
    assert check() == []


def test_an_order_that_comes_before_its_booking_is_told_what_the_booking_knows(database: str) -> None:
    [order] = stored(matched(tracking=None))
    taken = hand_in(booking())
    assert (taken.new, taken.changed) == ((), (order,))
    assert [row[1:] for row in parcels()] == [(None, "T-1", "A-1")]
    assert meant("B-1") == meant("PB-1") == meant("T-1") == [(order,)]
    assert hand_in(booking()).unchanged == 1
    assert check() == []


def test_an_order_told_its_booking_later_is_joined_with_it(database: str) -> None:
    [booked, order] = stored(booking(), matched(tracking="T-2", booking=None))
    [(parcel_id, *_), (other, *_)] = parcels()
    hand_in(matched(tracking="T-2"))
    assert [row[1:] for row in parcels()] == [("PA-1", "T-2", "A-1")]
    assert parcels()[0][0] in (parcel_id, other)
    assert meant("B-1") == meant("A-1") == meant("T-1") == [(order,)]
    assert packable_orders() == [order]
    assert rows_of("SELECT became FROM orders WHERE id = ?", (booked,)) == [(order,)]
    hand_in(booking(status=Status.CANCELLED))
    assert rows_of("SELECT status FROM orders WHERE id = ?", (order,)) == [("label_ready",)]
    assert check() == []


def test_a_booking_becomes_one_order_only_and_only_in_its_shop(database: str) -> None:
    web = a_shop("shop-b")
    hand_in(booking())
    hand_in(matched("Z-1", None), shop=web)
    hand_in(matched())
    hand_in(matched("A-2", "T-2"))
    assert [row[3] for row in parcels() if row[2] == "T-1"] == ["A-1"]
    assert meant("B-1") == [(order_id("A-1"),), (order_id("Z-1", shop="shop-b"),)]
    assert check() == []
