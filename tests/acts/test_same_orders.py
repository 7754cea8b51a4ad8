from __future__ import annotations

from typing import Any

import pytest

from packstation.acts import scanning
from packstation.acts.intake import store_orders
from packstation.acts.looking_up import look_up
from packstation.domain.holds import AttemptResult, RefusalWhy
from packstation.domain.orders import Address, IncomingOrder, IncomingParcel, OrderKind, Origin, Status
from packstation.domain.times import HOUR, MINUTE
from packstation.store.database import rows_of
from packstation.store.holds import latest_hold
from tests.acts.worlds import World, checked, entries, hold_moves, risky, tracked, verdict_of
from tests.factories import HOME, NOW, a_shop, an_item, an_order, order_id

KIOT = a_shop("kiot", "kiotviet")
TEA = an_item(price=2_000_000)


def booking(**more: Any) -> IncomingOrder:
    standard = {"kind": OrderKind.BOOKING, "buyer": None, "parcels": tracked("T-1"), "items": [TEA]}
    return an_order("B-1", **{**standard, "status": Status.LABEL_READY, **more})


@pytest.mark.parametrize("status", list(Status))
def test_a_booking_is_judged_by_its_status_alone(world: World, status: Status) -> None:
    world.arrive(booking(status=status))
    packs = status in (Status.TO_PACK, Status.LABEL_READY)
    assert checked("B-1") == (("pack", []) if packs else ("stop", ["status"]))
    assert rows_of("SELECT 1 FROM hold") == []


def test_a_booking_packed_earlier_is_its_orders_packed_parcel(world: World) -> None:
    world.arrive(booking())
    world.desk.pack("T-1")
    [(parcel_id,)] = rows_of("SELECT id FROM parcel")
    world.arrive(an_order("A-1", booking="B-1", parcels=tracked("T-1"), status=Status.LABEL_READY, items=[TEA]))
    assert rows_of("SELECT id, state FROM parcel") == [(parcel_id, "packed")]
    for code in ("A-1", "B-1", "T-1"):
        assert checked(code) == ("stop", ["packed"])
    assert verdict_of(world.desk.scan("T-1")) == ("stop", ["packed"])


def test_an_order_in_the_same_batch_as_its_booking_takes_it_over(world: World) -> None:
    stored = world.arrive(booking(), an_order("A-1", booking="B-1", parcels=tracked("T-1")))
    assert (stored.new, stored.changed, stored.touched) == (1, 1, (order_id("A-1"),))
    assert rows_of("SELECT count(*) FROM parcel") == [(1,)]


def copy(**more: Any) -> IncomingOrder:
    standard = {"buyer": "khach-7", "items": [TEA], "address": HOME}
    return an_order("K-1", **{**standard, **more})


def test_a_hold_of_the_copy_is_the_orders_own(world: World) -> None:
    world.arrive(copy(origin=Origin("shopee", "A-1")), shop=KIOT)
    [(hold_id,)] = rows_of("SELECT id FROM hold")
    world.arrive(risky())
    assert world.hold_of().id == hold_id
    world.contact(hold_id, AttemptResult.CONFIRMED)
    assert checked("A-1") == checked("K-1") == ("pack", ["release"])
    world.arrive(copy(origin=Origin("shopee", "A-1"), seller_note="gói kỹ"), shop=KIOT)
    assert checked("A-1") == ("pack", ["release"])


def test_a_release_goes_on_covering_what_a_copy_only_fills_in(world: World) -> None:
    world.arrive(copy(origin=Origin("shopee", "A-1")), shop=KIOT)
    [(hold_id,)] = rows_of("SELECT id FROM hold")
    world.contact(hold_id, AttemptResult.CONFIRMED)
    masked = Address("N*** A*", "09****678", "12 L**", "", "", "Hà Nội", "VN")
    world.arrive(risky(address=masked, items=[TEA]))
    assert checked("A-1") == ("pack", ["release"])


@pytest.mark.parametrize("decided", ["copy", "order", "neither"])
def test_of_two_holds_of_one_order_the_stricter_rules(world: World, decided: str) -> None:
    world.arrive(copy(), shop=KIOT)
    world.arrive(risky())
    copied, own = (row[0] for row in rows_of("SELECT id FROM hold ORDER BY id"))
    if decided == "copy":
        world.contact(copied, AttemptResult.REFUSED, why=RefusalWhy.PRICE)
    if decided == "order":
        world.contact(own, AttemptResult.REFUSED, why=RefusalWhy.PRICE)
    kept, over = (copied, own) if decided == "copy" else (own, copied)
    world.arrive(risky(parcels=tracked("T-1")))
    stored = store_orders(world.daemon, KIOT, [copy(parcels=(IncomingParcel(None, "T-1", "SPX"),))])
    assert stored.touched == (order_id("A-1"),)
    hold = latest_hold(order_id("A-1"))
    assert hold is not None
    assert hold.id == kept
    assert checked("A-1") == (("call", ["big", "hold"]) if decided == "neither" else ("stop", ["hold-closed"]))
    assert hold_moves(over)[-1] == ("released", "rejudged")
    assert ("hold_moved", over, {"why": "rejudged"}) in entries("kind", "hold_id", "facts")


def test_a_scan_of_the_hubs_number_packs_the_order_once(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked("T-1")))
    world.arrive(an_order("K-1", buyer="khach-7", origin=Origin("shopee", "A-1")), shop=KIOT)
    world.desk.pack("K-1")
    assert checked("A-1") == checked("T-1") == checked("K-1") == ("stop", ["packed"])


def test_deadlines_that_move_take_the_open_hold_along(world: World) -> None:
    card = world.held(ship_by=NOW + 9 * HOUR, arrange_by=NOW + 5 * HOUR)
    assert card.hold.decide_by == NOW + 5 * HOUR - 30 * MINUTE
    world.arrive(risky(ship_by=NOW + 9 * HOUR, arrange_by=NOW + 7 * HOUR))
    assert world.hold_of().hold.decide_by == NOW + 7 * HOUR - 30 * MINUTE
    world.arrive(risky(status=Status.LABEL_READY, ship_by=NOW + 9 * HOUR, arrange_by=NOW + 7 * HOUR))
    assert world.hold_of().hold.decide_by == NOW + 9 * HOUR - 30 * MINUTE
    world.arrive(risky(status=Status.CANCEL_REQUESTED, answer_by=NOW + 3 * HOUR))
    assert world.hold_of().hold.decide_by == NOW + 3 * HOUR - 30 * MINUTE
    world.arrive(risky(cancels_at=NOW + 2 * HOUR))
    assert world.hold_of().hold.decide_by == NOW + 2 * HOUR - 30 * MINUTE
    assert hold_moves(card.id) == [("waiting", "rule")]


def test_a_deadline_put_off_can_pass_again(world: World) -> None:
    world.held(ship_by=NOW + HOUR)
    world.clock.pass_(HOUR)
    assert world.tick().alarms == (order_id("A-1"),)
    assert world.tick().alarms == ()
    world.arrive(risky(ship_by=NOW + 9 * HOUR))
    world.clock.pass_(9 * HOUR)
    assert world.tick().alarms == (order_id("A-1"),)


def test_an_address_changed_after_the_label_stops_and_a_masked_one_does_not(world: World) -> None:
    ready: dict[str, Any] = {"status": Status.LABEL_READY, "parcels": tracked("T-1")}
    masked = Address("N*** A*", "09****678", "12 L** Th****", "H*** B**", "", "Hà Nội", "VN")
    world.arrive(an_order("A-1", **ready))
    for variant in (masked, Address("N*** A*", "09****678", "***", "***", "***", "***", "VN")):
        world.arrive(an_order("A-1", address=variant, **ready))
        assert checked() == ("pack", [])
    world.arrive(an_order("A-1", address=Address("An", "", "99 Nơi Khác", "", "", "Hà Nội", "VN"), **ready))
    assert checked() == ("stop", ["address-changed"])


def test_learning_more_of_the_labels_address_is_no_change(world: World) -> None:
    ready: dict[str, Any] = {"status": Status.LABEL_READY, "parcels": tracked("T-1")}
    for known in (
        Address("N*** A*", "", "12 L** Th****", "H*** B**", "", "Hà Nội", "VN"),
        Address("N*** A*", "", HOME.street, "", "", HOME.province, "VN"),
        Address("N*** A*", "", "", "H*** B**", "", "", "VN"),
        HOME,
    ):
        world.arrive(an_order("A-1", address=known, **ready))
        assert checked() == ("pack", [])
    world.arrive(an_order("A-1", address=Address("", "", "", "Cửa Nam", "", "", ""), **ready))
    assert checked() == ("stop", ["address-changed"])


def test_batches_are_as_small_as_asked_for_and_tell_what_they_touched(world: World) -> None:
    done: list[int] = []
    orders = [an_order(f"A-{number}") for number in range(5)]
    store_orders(world.daemon, a_shop(), orders[:1])
    stored = store_orders(world.daemon, a_shop(), orders, progress=done.append, batch=2)
    assert done == [2, 4, 5]
    assert stored.touched == tuple(order_id(f"A-{number}") for number in range(1, 5))


def test_a_desk_that_looked_the_copy_up_just_before_packs_the_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.arrive(an_order("K-1", buyer="khach-7"), shop=KIOT)
    world.arrive(an_order("A-1"))
    stale = look_up("K-1")
    world.arrive(an_order("K-1", buyer="khach-7", origin=Origin("shopee", "A-1")), shop=KIOT)
    with monkeypatch.context() as patched:
        patched.setattr(scanning, "look_up", lambda _code, _shop: stale)
        assert verdict_of(world.desk.scan("K-1")) == ("pack", [])
    world.desk.scan("A-1")
    assert checked("A-1") == checked("K-1") == ("stop", ["packed"])
