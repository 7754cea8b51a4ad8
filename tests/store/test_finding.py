from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from packstation.domain.orders import IncomingParcel
from packstation.store import finding
from packstation.store.database import rows_of
from packstation.store.finding import Found, find_code
from tests.factories import a_shop, an_order, stored

OTHER = a_shop("web", "woocommerce")


def parcel(package: str | None, tracking: str | None) -> tuple[IncomingParcel, ...]:
    return (IncomingParcel(package, tracking, "SPX"),)


def orders_meant(code: str, shop: str | None = None) -> list[tuple[int, ...]]:
    return [meaning.order_ids for meaning in find_code([code], shop)]


def test_a_tracking_number_of_one_shop_does_not_hide_the_same_order_number_of_another(database: str) -> None:
    [by_tracking] = stored(an_order("A-1", parcels=parcel("P-1", "10001")))
    [by_number] = stored(an_order("10001"), shop=OTHER)
    found = find_code(["10001"])
    assert [(meaning.order_ids, meaning.shop, meaning.parcel_id is None) for meaning in found] == [
        ((by_tracking,), "shop-a", False),
        ((by_number,), "web", True),
    ]
    assert orders_meant("10001", "web") == [(by_number,)]
    assert orders_meant("10001", "shop-a") == [(by_tracking,)]


def test_a_tracking_number_hides_neither_a_package_nor_an_order_number_of_its_shop(database: str) -> None:
    first, second, third = stored(
        an_order("X", parcels=parcel("P-1", "T-1")), an_order("A-2", parcels=parcel("X", "T-2")), an_order("A-3")
    )
    assert orders_meant("X") == [(second,), (first,)]
    [fourth] = stored(an_order("A-4", parcels=parcel("P-4", "X")))
    assert orders_meant("X") == [(fourth,), (second,), (first,)]
    assert orders_meant("A-3") == [(third,)]


@pytest.mark.parametrize(("package", "tracking"), [("A-1", "T-1"), ("P-1", "A-1"), ("A-1", "A-1")])
def test_an_order_and_its_parcel_under_one_code_are_one_meaning_the_parcel(
    database: str, package: str, tracking: str
) -> None:
    [order_id] = stored(an_order("A-1", parcels=parcel(package, tracking)))
    [(parcel_id,)] = rows_of("SELECT id FROM parcel")
    assert find_code(["A-1"]) == [Found(parcel_id, (order_id,), "shop-a", "A-1")]


def test_a_shared_parcel_under_the_number_of_one_of_its_orders_is_one_meaning(database: str) -> None:
    both = stored(an_order("A-1", parcels=parcel("A-1", None)), an_order("A-2", parcels=parcel("A-1", None)))
    assert orders_meant("A-1") == [tuple(both)]


def test_the_first_spelling_that_means_anything_counts(database: str) -> None:
    first, second = stored(an_order("A-1"), an_order("a-1"))
    assert [meaning.order_ids for meaning in find_code(["?", "a-1", "A-1"])] == [(second,)]
    assert orders_meant("A-1") == [(first,)]
    assert find_code(["?"]) == []


def test_a_code_is_one_query(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(an_order("A-1", parcels=parcel("P-1", "T-1")))
    asked: list[str] = []

    def counted(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return rows_of(sql, values)

    monkeypatch.setattr(finding, "rows_of", counted)
    assert len(find_code(["A-1"])) == 1
    assert len(asked) == 1


def test_every_part_of_the_query_uses_an_index(sqlite_database: str) -> None:
    plan = [row[3] for row in rows_of(f"EXPLAIN QUERY PLAN {finding._MEANINGS}", ("A",) * 4)]
    for index in ("parcel_tracking", "parcel_package", "orders_number", "SEARCH c USING PRIMARY KEY"):
        assert any(index in step for step in plan), plan
    assert not [step for step in plan if step.startswith("SCAN")], plan


def test_every_other_code_of_an_order_means_it(database: str) -> None:
    first, second = stored(an_order("A-1", also=("HD-1", "RET-1", "A-1")), an_order("A-2", also=("HD-2",)))
    assert orders_meant("HD-1") == orders_meant("RET-1") == orders_meant("A-1") == [(first,)]
    assert orders_meant("HD-2", "shop-a") == [(second,)]
    assert orders_meant("HD-2", "web") == []
    stored(an_order("A-1", also=("HD-9",)))
    assert orders_meant("HD-1") == orders_meant("HD-9") == [(first,)]


def test_a_code_of_one_order_and_the_number_of_another_is_ambiguous(database: str) -> None:
    [first] = stored(an_order("A-1", also=("1001",)))
    [other] = stored(an_order("1001"), shop=OTHER)
    assert orders_meant("1001") == [(first,), (other,)]


def test_a_code_that_is_the_orders_package_number_too_means_the_parcel(database: str) -> None:
    [order_id] = stored(an_order("A-1", also=("P-1",), parcels=parcel("P-1", "T-1")))
    [found] = find_code(["P-1"])
    assert (found.order_ids, found.parcel_id is None) == ((order_id,), False)
