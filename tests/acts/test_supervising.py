"""Several holds at once, a customer for some days, a buyer blocked, a pack opened again."""

from __future__ import annotations

import pytest

from packstation.acts.blocking import NotBlockedError, block_by_order, unblock_by_order
from packstation.acts.overriding import (
    NoCustomerError,
    ReasonMissingError,
    WrongCountError,
    override,
    override_customer,
    override_many,
)
from packstation.acts.proving import NotASupervisorError, WrongPinError
from packstation.acts.reopening import NoPackedParcelError, packed_parcel, reopen_parcel
from packstation.domain.packing import ParcelState
from packstation.domain.supervision import DaysError
from packstation.domain.times import DAY, MINUTE
from packstation.store.database import rows_of
from packstation.store.parcels import parcel_ids
from tests.acts.worlds import (
    PIN,
    World,
    checked,
    entries,
    kinds,
    parcel_states,
    risky,
    standing_of_hold,
    tracked,
    verdict_of,
)
from tests.factories import an_order, order_id

WHY = "khách quen"


# Several at once


def test_marked_holds_are_released_together_once_their_number_is_said(world: World) -> None:
    ids = [world.held(number, buyer=f"khách {number}").id for number in ("A-1", "A-2", "A-3")]
    boss = world.supervisor()
    for count in (None, 0, 2, 4):
        with pytest.raises(WrongCountError):
            override_many(world.desk.place, boss, PIN, ids, count=count, reason=WHY)
    assert [standing_of_hold(world.hold_of(f"A-{n}")) for n in (1, 2, 3)] == [("waiting", "rule")] * 3
    override(world.desk.place, boss, PIN, ids[1], release=False, reason=WHY)
    done = override_many(world.desk.place, boss, PIN, ids, count=3, reason=WHY)
    assert (done.moved, done.ended, done.own) == ((ids[0], ids[2]), (ids[1],), ())
    assert [standing_of_hold(world.hold_of(f"A-{n}"))[1] for n in (1, 2, 3)] == ["overridden", "rejected", "overridden"]


def test_a_bulk_release_leaves_the_holds_that_its_supervisor_asked_for_by_hand(world: World) -> None:
    boss = world.supervisor()
    world.arrive(an_order("A-1", parcels=tracked("T-0001")))
    desk = world.desk_of("Bàn 2", boss)
    desk.scan("T-0001")
    desk.hold()
    own, other = world.hold_of("A-1").id, world.held("A-2", buyer="b").id
    done = override_many(world.desk.place, boss, PIN, [own, other], count=2, reason=WHY)
    assert (done.moved, done.own) == ((other,), (own,))
    assert standing_of_hold(world.hold_of("A-1")) == ("waiting", "by_hand")


def test_nobody_else_releases_several(world: World) -> None:
    ids = [world.held().id]
    with pytest.raises(NotASupervisorError):
        override_many(world.desk.place, world.packer, PIN, ids, count=1, reason=WHY)
    with pytest.raises(WrongPinError):
        override_many(world.desk.place, world.supervisor(), "1111", ids, count=1, reason=WHY)
    with pytest.raises(ReasonMissingError):
        override_many(world.desk.place, world.supervisor("Dung"), PIN, ids, count=1, reason=" ")


# A customer for some days


def test_a_customers_orders_go_without_a_confirmation_for_some_days_and_then_not_any_more(world: World) -> None:
    card = world.held("A-1")
    world.held("A-2")
    boss = world.supervisor()
    override_customer(world.desk.place, boss, PIN, card.id, days=3, reason=WHY)
    assert standing_of_hold(world.hold_of("A-1")) == ("released", "overridden")
    assert standing_of_hold(world.hold_of("A-2")) == ("released", "rejudged")
    world.arrive(risky("A-3"), risky("B-1", buyer="người khác"))
    assert checked("A-3") == ("pack", ["customer-override"])
    assert checked("B-1")[0] == "call"
    assert all(
        "evidence" in facts for (facts,) in rows_of("SELECT facts FROM ledger WHERE kind = 'customer_overridden'")
    )
    facts = [facts for kind, facts in entries("kind", "facts") if kind == "customer_overridden"]
    assert [each["until"] for each in facts] == [world.clock.now + 3 * DAY]
    world.clock.pass_(3 * DAY)
    assert verdict_of(world.desk.scan("A-3"))[0] == "call"


def test_what_a_person_held_stays_held_whatever_is_said_of_its_customer(world: World) -> None:
    card = world.held("A-1")
    world.arrive(an_order("A-2", parcels=tracked("T-0002")))
    world.desk.scan("T-0002")
    world.desk.hold()
    override_customer(world.desk.place, world.supervisor(), PIN, card.id, days=3, reason=WHY)
    assert standing_of_hold(world.hold_of("A-2")) == ("waiting", "by_hand")
    assert verdict_of(world.desk.scan("T-0002"))[0] == "call"


def test_a_customer_is_not_let_go_for_odd_days_nor_a_guest_at_all(world: World) -> None:
    card, guest = world.held("A-1"), world.held("A-2", buyer=None)
    boss = world.supervisor()
    for days in (0, 366):
        with pytest.raises(DaysError):
            override_customer(world.desk.place, boss, PIN, card.id, days=days, reason=WHY)
    with pytest.raises(NoCustomerError):
        override_customer(world.desk.place, boss, PIN, guest.id, days=3, reason=WHY)
    assert standing_of_hold(world.hold_of("A-1")) == standing_of_hold(world.hold_of("A-2")) == ("waiting", "rule")
    assert rows_of("SELECT * FROM customer_override") == []


# A buyer blocked


def test_a_buyer_is_blocked_for_some_days_and_unblocked_before(world: World) -> None:
    world.arrive(an_order("A-1"))
    boss = world.supervisor()
    block_by_order(world.desk.place, boss, PIN, order_id("A-1"), days=7, reason="bom ba lần")
    assert checked("A-1") == ("stop", ["blocked"])
    world.arrive(risky("A-2"))
    world.clock.pass_(MINUTE)
    unblock_by_order(world.desk.place, boss, PIN, order_id("A-1"), reason="đã xin lỗi")
    assert checked("A-1") == ("pack", [])
    assert standing_of_hold(world.hold_of("A-2")) == ("waiting", "rule"), "judged anew at once"
    with pytest.raises(NotBlockedError):
        unblock_by_order(world.desk.place, boss, PIN, order_id("A-1"), reason=WHY)
    assert [kind for kind in kinds() if "block" in kind] == ["buyer_blocked", "buyer_unblocked"]


def test_a_block_ends_by_itself_or_never(world: World) -> None:
    world.arrive(an_order("A-1"), an_order("B-1", buyer="b"))
    boss = world.supervisor()
    block_by_order(world.desk.place, boss, PIN, order_id("A-1"), days=1, reason=WHY)
    block_by_order(world.desk.place, boss, PIN, order_id("B-1"), days=None, reason=WHY)
    world.clock.pass_(DAY)
    assert (checked("A-1")[0], checked("B-1")[0]) == ("pack", "stop")


def test_guests_are_not_blocked_and_packers_block_nobody(world: World) -> None:
    world.arrive(an_order("A-1", buyer=None), an_order("A-2"))
    with pytest.raises(NoCustomerError):
        block_by_order(world.desk.place, world.supervisor(), PIN, order_id("A-1"), days=None, reason=WHY)
    with pytest.raises(NotASupervisorError):
        block_by_order(world.desk.place, world.packer, PIN, order_id("A-2"), days=1, reason=WHY)
    with pytest.raises(NotASupervisorError):
        unblock_by_order(world.desk.place, world.packer, PIN, order_id("A-2"), reason=WHY)
    assert checked("A-2")[0] == "pack"


# A pack opened again


def test_a_packed_parcel_is_opened_again_after_the_desks_own_window(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked("T-0001")))
    world.desk.pack("T-0001")
    world.clock.pass_(10 * MINUTE)
    parcel_id = packed_parcel("T-0001")
    assert parcel_id == packed_parcel("A-1")
    boss = world.supervisor()
    with pytest.raises(NotASupervisorError):
        reopen_parcel(world.desk.place, world.packer, PIN, parcel_id, reason=WHY)
    reopen_parcel(world.desk.place, boss, PIN, parcel_id, reason="thiếu quà")
    assert parcel_states() == [ParcelState.REOPENED]
    with pytest.raises(NoPackedParcelError):
        reopen_parcel(world.desk.place, boss, PIN, parcel_id, reason=WHY)
    assert kinds()[-1] == "parcel_reopened"
    world.desk.pack("T-0001")


def test_an_order_with_two_packed_parcels_is_asked_which(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked("T-0001", "T-0002")))
    with pytest.raises(NoPackedParcelError) as none:
        packed_parcel("T-0001")
    for code in ("T-0001", "T-0002"):
        world.desk.pack(code)
    with pytest.raises(NoPackedParcelError) as several:
        packed_parcel("A-1")
    assert (none.value.packed, several.value.packed) == (0, 2)
    assert packed_parcel("T-0002") == parcel_ids(order_id("A-1"))[1]


# Reasons


def test_a_reason_is_kept_without_what_could_harm_a_terminal(world: World) -> None:
    card = world.held()
    nasty = "[@click=app.quit]x[/] \x1b[2Jđã\u202e gọi\u200b\n[/b]"
    override(world.desk.place, world.supervisor(), PIN, card.id, release=True, reason=nasty)
    clean = "[@click=app.quit]x[/] [2Jđã gọi [/b]"
    assert rows_of("SELECT why FROM hold_event WHERE state = 'released'") == [(clean,)]
    assert (clean,) in rows_of("SELECT text FROM ledger_text")
