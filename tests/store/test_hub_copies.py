from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest

from packstation.domain.orders import (
    Address,
    IncomingOrder,
    IncomingParcel,
    Origin,
    Outcome,
    Shop,
    Status,
    TimedOutcome,
    TimedStatus,
)
from packstation.domain.packing import finish, lease
from packstation.domain.people import Role
from packstation.domain.times import DAY, HOUR, MINUTE
from packstation.store.check import check
from packstation.store.database import rows_of, transaction
from packstation.store.finding import find_code
from packstation.store.order_rows import load_orders
from packstation.store.parcels import parcel_of_order, save_standing, standing
from packstation.store.people import add_person, station_named
from tests.factories import HOME, NOW, a_shop, an_order, hand_in, stored

SHOPEE = a_shop("shop-a", "shopee")
KIOT = a_shop("kiot", "kiotviet")
SAPO = a_shop("sapo", "sapo")
MASKED = Address("N*** A*", "09****678", "12 L** Th****", "Hàng Bài", "Hoàn Kiếm", "Hà Nội", "VN")
X_1 = Origin("shopee", "X-1")

Record = tuple[Shop, IncomingOrder]


def direct(number: str = "X-1", tracking: str | None = None, **more: Any) -> IncomingOrder:
    parcels = (IncomingParcel(f"P-{number}", tracking, "SPX"),) if tracking else ()
    return an_order(number, buyer=f"of-{number}", **{"parcels": parcels, **more})


def copy(number: str = "K-1", origin: Origin | None = X_1, tracking: str | None = None, **more: Any) -> IncomingOrder:
    parcels = (IncomingParcel(None, tracking, "SPX"),) if tracking else ()
    return an_order(number, buyer="khach-7", origin=origin, **{"parcels": parcels, **more})


def arrive(*records: Record) -> None:
    for minute, (shop, order) in enumerate(records):
        hand_in(order, shop=shop, seen_at=NOW + minute * MINUTE)


def orders() -> list[tuple[str, str]]:
    """The orders that are no copies, as (shop, number)."""
    return [
        (row[0], row[1])
        for row in rows_of(
            "SELECT s.name, o.number FROM orders o JOIN shop s ON s.id = o.shop_id WHERE o.became IS NULL ORDER BY 1, 2"
        )
    ]


def codes() -> list[tuple[str, str, str]]:
    """All codes as (shop, code, number of the order meant)."""
    return [
        (row[0], row[1], row[2])
        for row in rows_of(
            "SELECT s.name, c.code, o.number FROM order_code c JOIN shop s ON s.id = c.shop_id "
            "JOIN orders o ON o.id = c.order_id ORDER BY 1, 2, 3"
        )
    ]


def counted() -> list[Any]:
    """Every buyer with what their orders add up to, and every shop."""
    buyers = rows_of(
        "SELECT b.channel, b.external_id, m.orders, m.open, m.delivered, p.spent FROM buyer b JOIN buyer_summary m "
        "ON m.buyer_id = b.id LEFT JOIN buyer_spent p ON p.buyer_id = b.id WHERE m.orders > 0 ORDER BY 1, 2"
    )
    shops = rows_of(
        "SELECT s.name, m.judged, m.failed FROM shop_summary m JOIN shop s ON s.id = m.shop_id WHERE m.judged > 0 ORDER BY 1"
    )
    return [buyers, shops]


def outcome_of_all() -> list[Any]:
    """Everything that must not depend on the order of arrival."""
    kept = []
    for order in load_orders("became IS NULL", ()):
        incoming = order.kept.incoming
        statuses = [(seen.status, seen.known_at) for seen in order.kept.statuses]
        outcomes = [(seen.outcome, seen.known_at) for seen in order.kept.outcomes]
        shown = [
            getattr(incoming, name)
            for name in "number kind total currency items address cod to_collect paid_at arrange_by ship_by source seller_note".split()
        ]
        kept.append((order.shop_id, order.kept.first_total, statuses, outcomes, shown, order.label_address_key))
    parcels = rows_of(
        "SELECT p.shop_id, p.package, p.tracking, p.carrier, p.state, o.number FROM parcel p "
        "JOIN parcel_order po ON po.parcel_id = p.id JOIN orders o ON o.id = po.order_id ORDER BY 1, 2, 3"
    )
    buyers = rows_of("SELECT b.external_id FROM orders o JOIN buyer b ON b.id = o.buyer_id ORDER BY 1")
    return [kept, parcels, buyers, orders(), codes(), counted()]


def versions(with_origin: bool) -> list[Record]:
    """Two versions each of one order directly and through a hub, as each arrives in truth."""
    t0 = NOW - 3 * HOUR
    to_pack = TimedStatus(Status.TO_PACK, "READY_TO_SHIP", t0)
    ready = TimedStatus(Status.LABEL_READY, "PROCESSED", t0 + HOUR)
    origin = X_1 if with_origin else None
    tracking = None if with_origin else "T-1"
    common: dict[str, Any] = {"placed_at": t0, "cod": None}
    return [
        (
            SHOPEE,
            direct(statuses=[to_pack], address=MASKED, updated_at=t0, parcels=_carried("P-1", tracking), **common),
        ),
        (
            SHOPEE,
            direct(
                statuses=[to_pack, ready],
                address=MASKED,
                updated_at=t0 + HOUR,
                parcels=_carried("P-1", "T-1"),
                ship_by=NOW + DAY,
                outcomes=[TimedOutcome(Outcome.DELIVERED, None, NOW)],
                **common,
            ),
        ),
        (KIOT, copy(origin=origin, parcels=_carried(None, tracking), updated_at=t0, source="Shopee", **common)),
        (
            KIOT,
            copy(
                origin=origin,
                parcels=_carried(None, "T-1"),
                updated_at=t0 + 2 * HOUR,
                seller_note="gói kỹ",
                address=HOME,
                to_collect=5_000,
                total=1,
                ship_by=NOW,
                also=("HD-9",),
                outcomes=[TimedOutcome(Outcome.DELIVERED, None, NOW + 1)],
                source="Shopee",
                **common,
            ),
        ),
    ]


def _carried(package: str | None, tracking: str | None) -> tuple[IncomingParcel, ...]:
    return (IncomingParcel(package, tracking, "SPX"),) if package or tracking else ()


BY = pytest.mark.parametrize("with_origin", [True, False], ids=["by origin", "by tracking"])


@BY
@pytest.mark.parametrize("places", list(permutations(range(4))), ids=lambda places: "".join(map(str, places)))
def test_in_whatever_order_the_versions_arrive_they_are_one_order(
    sqlite_database: str, places: Sequence[int], with_origin: bool
) -> None:
    arrive_as_one(places, with_origin)


@BY
@pytest.mark.parametrize("places", [(3, 2, 1, 0), (2, 0, 3, 1), (0, 2, 1, 3)])
def test_on_the_other_engine_they_are_one_order_too(
    postgres_database: str, places: Sequence[int], with_origin: bool
) -> None:
    arrive_as_one(places, with_origin)


def arrive_as_one(places: Sequence[int], with_origin: bool) -> None:
    """Let the versions arrive in an order of places; whatever it is, what is stored in the end is one and the same."""
    records = versions(with_origin)
    for shop in (SHOPEE, KIOT):
        hand_in(an_order("before"), shop=shop)
    arrive(*(records[place] for place in places))
    assert check() == []
    found = outcome_of_all()
    assert found[3:5] == [
        [("kiot", "before"), ("shop-a", "X-1"), ("shop-a", "before")],
        [("kiot", "HD-9", "X-1"), ("kiot", "K-1", "X-1")],
    ]
    assert found[5][0] == [
        ("kiotviet", "an.nguyen", 1, 1, 0, None),
        ("shopee", "an.nguyen", 1, 1, 0, None),
        ("shopee", "of-X-1", 1, 0, 1, 150_000),
    ]
    [order] = load_orders("number = 'X-1'", ())
    incoming = order.kept.incoming
    assert (incoming.address, incoming.seller_note, incoming.to_collect) == (HOME, "gói kỹ", 5_000)
    assert (incoming.total, incoming.ship_by, incoming.source, incoming.origin) == (150_000, NOW + DAY, "", None)
    assert [seen.status for seen in order.kept.statuses] == [Status.TO_PACK, Status.LABEL_READY]
    assert [row[1:4] + row[5:] for row in found[1]] == [("P-1", "T-1", "SPX", "X-1")]
    before = outcome_of_all()
    arrive(*records)
    assert outcome_of_all() == before


def pack(order_id: int) -> int:
    """Pack the order's parcel at a desk; the parcel."""
    with transaction():
        person, desk = add_person("Lan", Role.PACKER, None, NOW), station_named("desk 1", NOW)
        parcel_id = parcel_of_order(order_id)
        on_desk = lease(standing(parcel_id), desk, person, NOW, MINUTE)
        save_standing(parcel_id, standing(parcel_id), on_desk, NOW)
        save_standing(parcel_id, on_desk, finish(on_desk, desk, person, NOW + 1), NOW + 1)
    return parcel_id


def parcels() -> list[tuple[Any, ...]]:
    """All parcels with their orders, as (id, shop, package, tracking, state, number)."""
    return rows_of(
        "SELECT p.id, s.name, p.package, p.tracking, p.state, o.number FROM parcel p JOIN shop s ON s.id = p.shop_id "
        "JOIN parcel_order po ON po.parcel_id = p.id JOIN orders o ON o.id = po.order_id ORDER BY p.id, o.number"
    )


def test_a_hubs_copy_that_comes_later_is_no_second_order(database: str) -> None:
    [order_id] = stored(direct(tracking="T-1"), shop=SHOPEE)
    taken = hand_in(copy(tracking="T-1", seller_note="gói kỹ"), shop=KIOT)
    assert (taken.new, taken.changed) == ((), (order_id,))
    assert orders() == [("shop-a", "X-1")]
    assert counted()[0] == [("shopee", "of-X-1", 1, 1, 0, None)]
    assert [found.order_ids for found in find_code(["K-1"])] == [(order_id,)]
    assert [found.order_ids for found in find_code(["K-1"], "kiot")] == [(order_id,)]
    assert rows_of("SELECT seller_note FROM orders") == [("gói kỹ",)]
    again = hand_in(copy(tracking="T-1", seller_note="gói kỹ"), shop=KIOT)
    assert (again.new, again.changed, again.unchanged) == ((), (), 1)
    assert check() == []


def test_the_order_itself_takes_the_place_of_its_copy_and_keeps_what_people_did(database: str) -> None:
    [order_id] = stored(copy(parcels=(IncomingParcel("HD-5", "T-1", "SPX"),), status=Status.LABEL_READY), shop=KIOT)
    parcel_id = pack(order_id)
    taken = hand_in(direct(tracking="T-1", status=Status.LABEL_READY), shop=SHOPEE)
    assert (taken.new, taken.changed) == ((), (order_id,))
    assert orders() == [("shop-a", "X-1")]
    assert parcels() == [(parcel_id, "shop-a", "P-X-1", "T-1", "packed", "X-1")]
    assert codes() == [("kiot", "K-1", "X-1"), ("shop-a", "HD-5", "X-1")]
    assert counted()[0] == [("shopee", "of-X-1", 1, 1, 0, None)]
    assert check() == []


@pytest.mark.parametrize("hub_packed", [True, False])
def test_two_stored_orders_that_prove_to_be_one_are_joined_with_their_packed_parcel(
    database: str, hub_packed: bool
) -> None:
    [copied] = stored(copy(origin=None), shop=KIOT)
    [order_id] = stored(direct(), shop=SHOPEE)
    assert counted()[0] == [("kiotviet", "khach-7", 1, 1, 0, None), ("shopee", "of-X-1", 1, 1, 0, None)]
    parcel_id = pack(copied if hub_packed else order_id)
    hand_in(copy(origin=None, tracking="T-1"), shop=KIOT)
    assert len(orders()) == 2
    hand_in(direct(tracking="T-1"), shop=SHOPEE)
    assert orders() == [("shop-a", "X-1")]
    assert parcels() == [(parcel_id, "shop-a", "P-X-1", "T-1", "packed", "X-1")]
    assert codes() == [("kiot", "K-1", "X-1")]
    assert [found.order_ids for found in find_code(["K-1"])] == [(order_id,)]
    assert counted()[0] == [("shopee", "of-X-1", 1, 1, 0, None)]
    assert check() == []
    hand_in(copy(origin=None, tracking="T-1", buyer_note="gọi trước"), shop=KIOT)
    assert rows_of("SELECT buyer_note FROM orders WHERE id = ?", (order_id,)) == [("gọi trước",)]
    assert check() == []


def test_two_hubs_with_the_same_origin_hold_one_order(database: str) -> None:
    [first] = stored(copy(), shop=KIOT)
    hand_in(copy("S-1"), shop=SAPO)
    assert orders() == [("kiot", "K-1")]
    assert codes() == [("sapo", "S-1", "K-1")]
    hand_in(direct(), shop=SHOPEE)
    assert orders() == [("shop-a", "X-1")]
    assert codes() == [("kiot", "K-1", "X-1"), ("sapo", "S-1", "X-1")]
    assert [row[0] for row in rows_of("SELECT id FROM orders")] == [first]
    assert check() == []


def test_two_hubs_whose_origin_became_known_later_are_joined(database: str) -> None:
    hand_in(copy(origin=None), shop=KIOT)
    hand_in(copy("S-1", origin=None), shop=SAPO)
    assert len(orders()) == 2
    hand_in(copy("S-1", seller_note="2"), shop=SAPO)
    hand_in(copy(seller_note="1"), shop=KIOT)
    assert orders() == [("kiot", "K-1")]
    hand_in(direct(), shop=SHOPEE)
    assert orders() == [("shop-a", "X-1")]
    assert codes() == [("kiot", "K-1", "X-1"), ("sapo", "S-1", "X-1")]
    assert check() == []


def test_the_same_number_in_two_unrelated_shops_stays_two_orders(database: str) -> None:
    web, other = a_shop("web", "woocommerce"), a_shop("web 2", "woocommerce")
    hand_in(an_order("1001"), shop=web)
    hand_in(an_order("1001"), shop=other)
    hand_in(an_order("1001"), shop=KIOT)
    hand_in(copy("K-1", Origin("woocommerce", "1001")), shop=KIOT)
    assert orders() == [("kiot", "1001"), ("kiot", "K-1"), ("web", "1001"), ("web 2", "1001")]


def test_a_copy_of_the_only_web_shops_order_is_that_order(database: str) -> None:
    hand_in(an_order("1001"), shop=a_shop("web", "woocommerce"))
    hand_in(copy("K-1", Origin("woocommerce", "1001")), shop=KIOT)
    hand_in(copy("K-2", Origin("lazada", "1001")), shop=KIOT)
    assert orders() == [("kiot", "K-2"), ("web", "1001")]


@pytest.mark.parametrize(
    "earlier",
    [
        direct(tracking="T-1", placed_at=NOW - 61 * DAY),
        direct(tracking="T-1", placed_at=NOW - 9 * DAY, outcome=Outcome.DELIVERED, known_at=NOW - 5 * DAY),
    ],
    ids=["long ago", "ended before"],
)
@pytest.mark.parametrize("hub_first", [True, False])
def test_a_tracking_number_that_the_carrier_used_again_joins_nothing(
    database: str, earlier: IncomingOrder, hub_first: bool
) -> None:
    records = [(SHOPEE, earlier), (KIOT, copy(origin=None, tracking="T-1"))]
    arrive(*(reversed(records) if hub_first else records))
    assert orders() == [("kiot", "K-1"), ("shop-a", "X-1")]


def test_a_tracking_number_of_several_orders_says_not_which_one_a_copy_is(database: str) -> None:
    shared = (IncomingParcel("P-1", "T-1", "SPX"),)
    hand_in(direct("X-1", parcels=shared), direct("X-2", parcels=shared), shop=SHOPEE)
    hand_in(copy(origin=None, tracking="T-1"), shop=KIOT)
    assert len(orders()) == 3
    hand_in(copy(tracking="T-1"), copy("K-2", Origin("shopee", "X-2"), tracking="T-1"), shop=KIOT)
    assert orders() == [("shop-a", "X-1"), ("shop-a", "X-2")]
    assert [row[2:] for row in parcels()] == [("P-1", "T-1", "unseen", number) for number in ("X-1", "X-2")]
    assert check() == []


def test_a_hub_has_an_order_once_whatever_parcels_share_a_number(database: str) -> None:
    hand_in(direct(tracking="T-1"), shop=SHOPEE)
    hand_in(copy(origin=None, tracking="T-1"), copy("K-2", None, tracking="T-1"), shop=KIOT)
    assert len(orders()) == 3
    hand_in(copy(tracking="T-1"), shop=KIOT)
    hand_in(copy("K-2", None, tracking="T-1", seller_note="x"), shop=KIOT)
    assert orders() == [("kiot", "K-2"), ("shop-a", "X-1")]
    assert check() == []


def test_a_copy_never_says_status_amount_or_source(database: str) -> None:
    hand_in(direct(source="app"), shop=SHOPEE)
    hand_in(copy(status=Status.CANCELLED, outcome=Outcome.SELLER_CANCELLED, total=1, source="hub"), shop=KIOT)
    assert rows_of("SELECT status, outcome, total, source, origin_number FROM orders") == [
        ("to_pack", "open", 150_000, "app", None)
    ]


def test_a_combined_parcel_of_a_hub_stays_one_while_its_orders_become_known(database: str) -> None:
    hand_in(copy(tracking="T-1"), copy("K-2", Origin("shopee", "X-2"), tracking="T-1"), shop=KIOT)
    hand_in(direct(tracking="T-1"), shop=SHOPEE)
    assert check() == []
    hand_in(direct("X-2", parcels=(IncomingParcel("P-X-1", "T-1", "SPX"),)), shop=SHOPEE)
    assert [row[1:] for row in parcels()] == [("shop-a", "P-X-1", "T-1", "unseen", number) for number in ("X-1", "X-2")]
    assert check() == []
