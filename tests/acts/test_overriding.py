from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from packstation.acts.finishing import hold_by_hand
from packstation.acts.overriding import (
    NothingToClearError,
    ReasonMissingError,
    clear_address,
    override,
    reopen,
    withdraw,
)
from packstation.acts.people import set_active
from packstation.acts.proving import NotASupervisorError, PinLockedError, WrongPinError
from packstation.domain.hold_events import EndedHoldError, FourEyesError, NotReopenableError, NotTheAskerError
from packstation.domain.holds import AttemptResult, HoldState, RefusalWhy
from packstation.domain.orders import Address, IncomingParcel, Status, TimedStatus
from packstation.domain.people import Role
from packstation.domain.times import DAY, HOUR, MINUTE
from packstation.store.database import close_database, open_database, rows_of
from packstation.store.parcels import parcel_ids
from tests.acts.worlds import (
    PIN,
    World,
    checked,
    entries,
    hold_moves,
    kinds,
    risky,
    standing_of_hold,
    tracked,
    verdict_of,
)
from tests.factories import HOME, NOW, an_order, order_id

WHY = "khách quen"


def held_by_hand(world: World, person_id: int) -> int:
    """A hold that this person asked for by hand; its id."""
    world.arrive(an_order("A-1", parcels=tracked("T-0001")))
    desk = world.desk_of("Bàn 2", person_id)
    desk.scan("T-0001")
    desk.hold()
    return world.hold_of().id


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OWNER])
def test_a_supervisor_releases_a_hold_with_pin_and_reason_for_good(world: World, role: Role) -> None:
    card = world.held()
    boss = world.hire("Bình", role, PIN)
    hold = override(world.desk.place, boss, PIN, card.id, release=True, reason=WHY)
    assert hold.state is HoldState.RELEASED
    assert hold_moves(card.id) == [("waiting", "rule"), ("released", "overridden")]
    assert entries("kind", "order_id", "hold_id", "person_id", "facts")[-1] == (
        "hold_moved",
        order_id("A-1"),
        card.id,
        boss,
        {"why": "OverrideReleased", "state": "released", "reason": "overridden"},
    )
    assert verdict_of(world.desk.scan("A-1")) == ("pack", ["release"])


def test_a_rejected_hold_stops_its_order(world: World) -> None:
    card = world.held()
    override(world.desk.place, world.supervisor(), PIN, card.id, release=False, reason=WHY)
    assert standing_of_hold(world.hold_of()) == ("closed", "rejected")
    assert verdict_of(world.desk.scan("A-1")) == ("stop", ["hold-closed"])


@pytest.mark.parametrize("release", [True, False])
def test_who_asked_for_a_hold_by_hand_does_not_override_it_but_another_supervisor_does(
    world: World, release: bool
) -> None:
    boss, other = world.supervisor("Bình"), world.supervisor("Dung")
    hold_id = held_by_hand(world, boss)
    with pytest.raises(FourEyesError):
        override(world.desk.place, boss, PIN, hold_id, release=release, reason=WHY)
    assert standing_of_hold(world.hold_of()) == ("waiting", "by_hand")
    override(world.desk.place, other, PIN, hold_id, release=release, reason=WHY)
    assert not world.hold_of().hold.is_open


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_nothing_is_overridden_without_a_reason(world: World, reason: str) -> None:
    card, boss = world.held(), world.supervisor()
    for decide in (
        lambda: override(world.desk.place, boss, PIN, card.id, release=True, reason=reason),
        lambda: reopen(world.desk.place, boss, PIN, card.id, reason=reason),
        lambda: clear_address(world.desk.place, boss, PIN, order_id("A-1"), reason=reason),
    ):
        with pytest.raises(ReasonMissingError):
            decide()
    assert standing_of_hold(world.hold_of()) == ("waiting", "rule")


@pytest.mark.parametrize("role", [Role.PACKER, Role.CALLER])
def test_other_roles_override_nothing_even_with_their_pin(world: World, role: Role) -> None:
    card, person = world.held(), world.hire("Chi", role, PIN)
    with pytest.raises(NotASupervisorError):
        override(world.desk.place, person, PIN, card.id, release=True, reason=WHY)
    assert standing_of_hold(world.hold_of()) == ("waiting", "rule")


def test_wrong_pins_are_recorded_and_lock_for_longer_and_longer_also_after_the_database_was_opened_again(
    world: World, database: str
) -> None:
    card, boss = world.held(), world.supervisor()
    place = world.desk.place

    def decide(pin: str) -> None:
        override(place, boss, pin, card.id, release=True, reason=WHY)

    for _ in range(3):
        with pytest.raises(WrongPinError):
            decide("1111")
    close_database()
    open_database(database, patient=True)
    with pytest.raises(PinLockedError) as locked:
        decide(PIN)
    assert locked.value.until == world.clock.now + MINUTE
    world.clock.pass_(MINUTE)
    with pytest.raises(WrongPinError):
        decide("1111")
    world.clock.pass_(2 * MINUTE - 1)
    with pytest.raises(PinLockedError):
        decide(PIN)
    world.clock.pass_(1)
    decide(PIN)
    assert standing_of_hold(world.hold_of()) == ("released", "overridden")
    refused = [facts for kind, facts in entries("kind", "facts") if kind == "pin_refused"]
    assert refused == [{"failed": tries} for tries in (1, 2, 3, 4)]


def test_a_hold_is_decided_once(world: World) -> None:
    card, boss = world.held(), world.supervisor()
    world.contact(card.id, AttemptResult.CONFIRMED)
    with pytest.raises(EndedHoldError):
        override(world.desk.place, boss, PIN, card.id, release=False, reason=WHY)
    assert standing_of_hold(world.hold_of()) == ("released", "confirmed")


def test_a_closed_hold_is_reopened_for_the_supervisor(world: World) -> None:
    card, boss = world.held(), world.supervisor()
    world.contact(card.id, AttemptResult.REFUSED, why=RefusalWhy.PRICE)
    hold = reopen(world.desk.place, boss, PIN, card.id, reason="khách gọi lại")
    assert hold.state is HoldState.ESCALATED
    assert verdict_of(world.desk.scan("A-1")) == ("call", ["big", "hold"])


def test_only_what_buyer_or_supervisor_closed_is_reopened(world: World) -> None:
    card, boss = world.held(), world.supervisor()
    with pytest.raises(NotReopenableError):
        reopen(world.desk.place, boss, PIN, card.id, reason=WHY)
    world.arrive(risky("A-1", status=Status.CANCELLED))
    with pytest.raises(NotReopenableError):
        reopen(world.desk.place, boss, PIN, card.id, reason=WHY)


def test_a_closed_hold_is_not_reopened_beside_a_later_one(world: World) -> None:
    card, boss = world.held(parcels=tracked("T-0001")), world.supervisor()
    world.contact(card.id, AttemptResult.REFUSED, why=RefusalWhy.PRICE)
    world.desk.scan("T-0001")
    [parcel_id] = parcel_ids(order_id("A-1"))
    hold_by_hand(world.desk.place, world.packer, parcel_id, "T-0001")
    assert world.hold_of().id != card.id
    with pytest.raises(NotReopenableError):
        reopen(world.desk.place, boss, PIN, card.id, reason=WHY)


def test_who_asked_for_a_hold_by_hand_takes_it_back(world: World) -> None:
    hold_id = held_by_hand(world, world.packer)
    with pytest.raises(NotTheAskerError):
        withdraw(world.desk.place, world.supervisor(), hold_id)
    assert withdraw(world.desk.place, world.packer, hold_id).state is HoldState.RELEASED
    assert hold_moves(hold_id) == [("waiting", "by_hand"), ("released", "withdrawn")]
    with pytest.raises(EndedHoldError):
        withdraw(world.desk.place, world.packer, hold_id)


def test_nobody_takes_back_what_a_rule_asked_for(world: World) -> None:
    with pytest.raises(NotTheAskerError):
        withdraw(world.desk.place, world.packer, world.held().id)


# The address that changed after the label

MOVED = replace(HOME, street="99 Hàng Bông")


def moved(world: World) -> None:
    """An order whose address changed after its label was made."""
    world.arrive(an_order("A-1", status=Status.LABEL_READY, parcels=tracked("T-0001")))
    world.arrive(an_order("A-1", status=Status.LABEL_READY, parcels=tracked("T-0001"), address=MOVED))


def test_an_address_changed_after_the_label_stops_until_a_supervisor_clears_it(world: World) -> None:
    moved(world)
    assert verdict_of(world.desk.scan("T-0001")) == ("stop", ["address-changed"])
    boss = world.supervisor()
    clear_address(world.desk.place, boss, PIN, order_id("A-1"), reason="nhãn in lại")
    assert entries("kind", "order_id", "person_id", "station_id", "facts")[-1] == (
        "address_cleared",
        order_id("A-1"),
        boss,
        world.desk.place.station_id,
        {},
    )
    world.desk.pack("T-0001")


def test_a_new_label_clears_it_too_and_a_further_change_stops_again(world: World) -> None:
    moved(world)
    relabelled = (IncomingParcel("P-T-0001", "T-0002"),)
    world.arrive(an_order("A-1", status=Status.LABEL_READY, parcels=relabelled, address=MOVED))
    assert verdict_of(world.desk.scan("T-0002")) == ("pack", [])
    again = replace(HOME, street="1 Tràng Tiền")
    world.arrive(an_order("A-1", status=Status.LABEL_READY, parcels=relabelled, address=again))
    assert checked("T-0002") == ("stop", ["address-changed"])
    clear_address(world.desk.place, world.supervisor(), PIN, order_id("A-1"), reason=WHY)
    assert checked("T-0002") == ("pack", [])
    world.arrive(an_order("A-1", status=Status.LABEL_READY, parcels=relabelled))
    assert checked("T-0002") == ("stop", ["address-changed"])


def test_a_cleared_order_that_the_policy_flags_is_held_at_once(world: World) -> None:
    moved(world)
    world.arrive(an_order("A-1", status=Status.LABEL_READY, address=MOVED, total=2_000_000))
    assert "hold_opened" not in kinds()
    clear_address(world.desk.place, world.supervisor(), PIN, order_id("A-1"), reason=WHY)
    assert standing_of_hold(world.hold_of()) == ("waiting", "rule")


def test_an_address_that_did_not_change_has_nothing_to_clear(world: World) -> None:
    boss = world.supervisor()
    world.arrive(
        an_order("A-1", status=Status.LABEL_READY), an_order("A-2", address=HOME, placed_at=world.clock.now - DAY)
    )
    for number in ("A-1", "A-2"):
        with pytest.raises(NothingToClearError):
            clear_address(world.desk.place, boss, PIN, order_id(number), reason=WHY)
    assert "address_cleared" not in kinds()


def test_only_a_supervisor_with_the_right_pin_clears_an_address(world: World) -> None:
    moved(world)
    with pytest.raises(NotASupervisorError):
        clear_address(world.desk.place, world.packer, PIN, order_id("A-1"), reason=WHY)
    with pytest.raises(WrongPinError):
        clear_address(world.desk.place, world.supervisor(), "1111", order_id("A-1"), reason=WHY)
    assert checked("A-1") == ("stop", ["address-changed"])


def test_a_disabled_supervisor_overrides_nothing(world: World) -> None:
    card, boss = world.held(), world.supervisor("Bình")
    world.supervisor("Dung")
    set_active(world.daemon, boss, active=False)
    with pytest.raises(NotASupervisorError):
        override(world.desk.place, boss, PIN, card.id, release=True, reason=WHY)


HIDDEN = Address("N*** A*", "09****678", "***", "***", "***", "Hà Nội", "VN")
LABELLED_AT = NOW - 30 * MINUTE
LABELLED: dict[str, Any] = {
    "statuses": [
        TimedStatus(Status.TO_PACK, "TO_PACK", NOW - HOUR),
        TimedStatus(Status.LABEL_READY, "RTS", LABELLED_AT),
    ],
    "address": HIDDEN,
    "parcels": tracked("T-0001"),
}


@pytest.mark.parametrize("said", ["when", "not when"])
def test_a_masked_address_said_to_have_changed_stops_until_a_supervisor_clears_it(world: World, said: str) -> None:
    changed_at = NOW if said == "when" else an_order().placed_at
    world.arrive(an_order("A-1", **LABELLED))
    assert checked() == ("pack", [])
    world.arrive(an_order("A-1", **LABELLED, address_changed_at=changed_at))
    assert verdict_of(world.desk.scan("T-0001")) == ("stop", ["address-changed"])
    world.arrive(an_order("A-1", **LABELLED, seller_note="gọi trước", address_changed_at=changed_at))
    assert checked() == ("stop", ["address-changed"])
    clear_address(world.desk.place, world.supervisor(), PIN, order_id("A-1"), reason=WHY)
    assert checked() == ("pack", [])
    for note in ("gọi sau", "giao tối"):
        world.arrive(an_order("A-1", **LABELLED, seller_note=note, address_changed_at=changed_at))
        assert checked() == ("pack", [])
    with pytest.raises(NothingToClearError):
        clear_address(world.desk.place, world.supervisor("Dung"), PIN, order_id("A-1"), reason=WHY)
    world.arrive(an_order("A-1", **LABELLED, address_changed_at=NOW + MINUTE))
    assert checked() == ("stop", ["address-changed"])
    assert rows_of("SELECT address_key, label_address_key FROM orders") == [(None, None)], "masks are no address"


@pytest.mark.parametrize(
    ("changed_at", "kind"), [(LABELLED_AT - 1, "pack"), (LABELLED_AT + 1, "stop"), (NOW - HOUR, "pack"), (None, "pack")]
)
def test_a_label_first_seen_with_a_changed_address_stops_only_if_it_is_known_to_be_older(
    world: World, changed_at: int | None, kind: str
) -> None:
    world.arrive(an_order("A-1", **LABELLED, address_changed_at=changed_at))
    assert checked()[0] == kind


def test_a_change_before_the_label_stops_nothing(world: World) -> None:
    world.arrive(an_order("A-1", address=HIDDEN, address_changed_at=NOW - 50 * MINUTE))
    assert checked() == ("pack", [])
    world.arrive(an_order("A-1", **LABELLED, address_changed_at=NOW - 50 * MINUTE))
    assert checked() == ("pack", [])


def test_a_changed_masked_address_with_a_new_label_stops_nothing(world: World) -> None:
    world.arrive(an_order("A-1", **LABELLED))
    world.arrive(an_order("A-1", **LABELLED, address_changed_at=NOW))
    relabelled = {**LABELLED, "parcels": (IncomingParcel("P-T-0001", "T-0002"),)}
    world.arrive(an_order("A-1", **relabelled, address_changed_at=NOW))
    assert checked() == ("pack", [])
