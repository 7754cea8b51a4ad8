from __future__ import annotations

import pytest

from packstation.domain.orders import IncomingParcel
from packstation.domain.packing import ParcelStanding, ParcelState
from packstation.store.database import rows_of, transaction
from packstation.store.parcels import parcel_of_order, save_standing, standing
from tests.factories import NOW, a_shop, an_order, hand_in, stored

P1, P2 = IncomingParcel("P1"), IncomingParcel("P2")


def parcels() -> list[tuple[str, str | None, str | None, str | None]]:
    return rows_of(
        "SELECT o.number, p.package, p.tracking, p.carrier FROM parcel p JOIN parcel_order po ON po.parcel_id = p.id "
        "JOIN orders o ON o.id = po.order_id ORDER BY o.number, p.id"
    )


def pack(parcel_id: int) -> None:
    with transaction():
        save_standing(parcel_id, standing(parcel_id), ParcelStanding(ParcelState.PACKED, packed_at=NOW), NOW)


def test_the_implicit_parcel_is_adopted_by_the_first_package_with_its_state(database: str) -> None:
    [order_id] = stored(an_order())
    with transaction():
        implicit = parcel_of_order(order_id)
    pack(implicit)
    hand_in(an_order(parcels=(IncomingParcel("P1", None, "SPX"),)))
    assert parcels() == [("A-1", "P1", None, "SPX")]
    assert standing(implicit).state is ParcelState.PACKED


def test_of_several_packages_only_the_first_adopts_the_implicit_parcel(database: str) -> None:
    [order_id] = stored(an_order())
    with transaction():
        implicit = parcel_of_order(order_id)
    hand_in(an_order(parcels=(P1, P2)))
    assert parcels() == [("A-1", "P1", None, None), ("A-1", "P2", None, None)]
    assert rows_of("SELECT package FROM parcel WHERE id = ?", (implicit,)) == [("P1",)]


def test_tracking_numbers_may_come_late_and_one_by_one(database: str) -> None:
    hand_in(an_order(parcels=(P1, P2)))
    hand_in(an_order(parcels=(P1, IncomingParcel("P2", "T2", "GHN"))))
    assert parcels() == [("A-1", "P1", None, None), ("A-1", "P2", "T2", "GHN")]
    hand_in(an_order(parcels=(IncomingParcel("P1", "T1"), P2)))
    assert parcels() == [("A-1", "P1", "T1", None), ("A-1", "P2", "T2", "GHN")]


def test_a_package_number_may_come_after_the_tracking_number(database: str) -> None:
    hand_in(an_order(parcels=(IncomingParcel(None, "T1"),)))
    hand_in(an_order(parcels=(IncomingParcel("P1", "T1"),)))
    assert parcels() == [("A-1", "P1", "T1", None)]


def test_a_report_that_repeats_a_parcel_with_every_line_has_it_once(database: str) -> None:
    hand_in(an_order(parcels=(P1, IncomingParcel("P1", "T1"), P1, IncomingParcel(None, "T1", "GHN"))))
    assert parcels() == [("A-1", "P1", "T1", "GHN")]


@pytest.mark.parametrize("pages", [1, 2])
def test_a_combined_package_is_one_parcel_of_several_orders(database: str, pages: int) -> None:
    first, second = an_order("A-1", parcels=(P1,)), an_order("A-2", parcels=(IncomingParcel("P1", "T1"),))
    if pages == 1:
        hand_in(first, second)
    else:
        hand_in(first)
        hand_in(second)
    assert parcels() == [("A-1", "P1", "T1", None), ("A-2", "P1", "T1", None)]
    assert rows_of("SELECT count(*) FROM parcel") == [(1,)]


def test_the_same_package_number_in_another_shop_is_another_parcel(database: str) -> None:
    hand_in(an_order("A-1", parcels=(P1,)))
    hand_in(an_order("A-1", parcels=(P1,)), shop=a_shop("shop-b"))
    assert rows_of("SELECT count(*) FROM parcel") == [(2,)]


def test_one_tracking_number_of_two_open_orders_is_one_parcel(database: str) -> None:
    hand_in(an_order("A-1", parcels=(IncomingParcel(None, "T1"),)))
    hand_in(an_order("A-2", parcels=(IncomingParcel(None, "T1"),)))
    assert rows_of("SELECT count(*) FROM parcel") == [(1,)]


def test_a_tracking_number_that_a_carrier_uses_again_is_a_parcel_of_its_own(database: str) -> None:
    hand_in(an_order("A-1", parcels=(IncomingParcel(None, "T1"),)))
    pack(rows_of("SELECT id FROM parcel")[0][0])
    hand_in(an_order("A-2", parcels=(IncomingParcel(None, "T1"),)))
    assert rows_of("SELECT count(*) FROM parcel") == [(2,)]


def test_a_second_tracking_number_after_the_first_is_packed_is_a_second_parcel(database: str) -> None:
    hand_in(an_order(parcels=(IncomingParcel(None, "T1"),)))
    pack(rows_of("SELECT id FROM parcel")[0][0])
    hand_in(an_order(parcels=(IncomingParcel(None, "T2"),)))
    assert parcels() == [("A-1", None, "T1", None), ("A-1", None, "T2", None)]


def test_an_older_report_neither_takes_a_new_label_back_nor_adds_parcels(database: str) -> None:
    hand_in(an_order(parcels=(IncomingParcel("P1", "T2"),), updated_at=NOW))
    hand_in(an_order(parcels=(IncomingParcel("P1", "T1", "GHN"), P2), updated_at=NOW - 1))
    assert parcels() == [("A-1", "P1", "T2", "GHN")]


def test_an_older_report_does_not_take_back_a_label_without_a_package_number(database: str) -> None:
    hand_in(an_order(parcels=(IncomingParcel(None, "T2"),), updated_at=NOW))
    hand_in(an_order(parcels=(IncomingParcel(None, "T1"),), updated_at=NOW - 1))
    assert parcels() == [("A-1", None, "T2", None)]


def test_an_older_report_tells_the_parcels_of_an_order_without_any(database: str) -> None:
    hand_in(an_order(updated_at=NOW))
    hand_in(an_order(parcels=(P1,), updated_at=NOW - 1))
    assert parcels() == [("A-1", "P1", None, None)]
