from __future__ import annotations

from dataclasses import replace

from packstation.acts.contacting import open_contact
from packstation.acts.people import sign_out
from packstation.acts.ticking import Ticked
from packstation.domain.holds import AttemptResult, ContactMethod
from packstation.domain.packing import ParcelState
from packstation.domain.times import DAY, HOUR, MINUTE, SECOND
from packstation.store.database import rows_of
from packstation.store.holds import latest_hold
from packstation.store.ledger import unrecorded_heads, verify
from tests.acts.worlds import (
    POLICY,
    RULES,
    World,
    entries,
    hold_moves,
    kinds,
    parcel_states,
    risky,
    standing_of_hold,
    tracked,
)
from tests.factories import HOME, NOW, a_shop, an_order, order_id

NOTHING = Ticked(0, 0, 0, ())
DECIDE_BY = 47 * HOUR
"""From now until decide-by of an order that was placed an hour ago and has no deadline of its channel."""


def test_a_tick_with_nothing_due_writes_nothing(world: World) -> None:
    world.held()
    before = len(kinds())
    assert world.tick() == NOTHING
    assert len(kinds()) == before


def test_a_lease_that_ran_out_returns_the_parcel(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked("T-0001")))
    parcel_id = world.desk.scan("T-0001").parcel_id
    world.clock.pass_(RULES.lease_ms - 1)
    assert world.tick() == NOTHING
    world.clock.pass_(1)
    assert world.tick() == Ticked(1, 0, 0, ())
    assert parcel_states() == [ParcelState.UNSEEN]
    assert entries("kind", "parcel_id", "station_id", "facts")[-1] == (
        "unfinished",
        parcel_id,
        world.desk.place.station_id,
        {"why": "lease"},
    )
    assert world.tick() == NOTHING


def test_a_contact_left_open_is_abandoned_which_is_no_try(world: World) -> None:
    card = world.held()
    open_contact(world.desk.place, world.packer, card.id, ContactMethod.CALL)
    world.clock.pass_(15 * MINUTE)
    assert world.tick() == NOTHING
    world.clock.pass_(1)
    assert world.tick() == Ticked(0, 1, 0, ())
    after = world.hold_of()
    assert (after.hold.tries, after.attempts, after.hold.next_try_at) == (0, 0, None)
    assert standing_of_hold(after) == ("waiting", "rule")
    assert entries("kind", "person_id", "facts")[-1] == ("contact_ended", world.packer, {"result": "abandoned"})
    assert world.tick() == NOTHING


def test_near_decide_by_a_waiting_hold_goes_to_the_supervisor_once(world: World) -> None:
    card = world.held()
    world.clock.pass_(DECIDE_BY - 2 * HOUR - 1)
    assert world.tick() == NOTHING
    world.clock.pass_(1)
    assert world.tick() == Ticked(0, 0, 1, ())
    assert standing_of_hold(world.hold_of()) == ("escalated", "decide_by_near")
    assert entries("kind", "hold_id", "person_id", "facts")[-1] == (
        "hold_moved",
        card.id,
        None,
        {"why": "DecideByNear", "state": "escalated", "reason": "decide_by_near"},
    )
    assert world.tick() == NOTHING


def test_a_passed_decide_by_alarms_once(world: World) -> None:
    card = world.held()
    world.clock.pass_(DECIDE_BY)
    assert world.tick() == Ticked(0, 0, 1, (order_id("A-1"),))
    assert hold_moves(card.id) == [("waiting", "rule"), ("escalated", "decide_by_passed")]
    world.clock.pass_(HOUR)
    assert world.tick() == NOTHING


def test_the_channels_own_deadline_comes_before_the_default(world: World) -> None:
    card = world.held(ship_by=NOW + 4 * HOUR)
    assert card.hold.decide_by == NOW + 4 * HOUR - 30 * MINUTE
    world.clock.pass_(4 * HOUR - 30 * MINUTE)
    assert world.tick().alarms == (order_id("A-1"),)


def test_a_hold_that_nobody_may_call_for_in_time_goes_to_the_supervisor_in_the_evening(world: World) -> None:
    world.publish(POLICY + '[holds.calling]\nmon-sun = ["08:00-17:00"]\n')
    five_in_hanoi = NOW - NOW % DAY + 10 * HOUR
    by_nine = {"ship_by": five_in_hanoi + 16 * HOUR}
    card = world.held("A-1", **by_nine)
    world.arrive(risky("A-2", buyer="chi", address=replace(HOME, phone="09****678"), **by_nine))
    world.clock.now = five_in_hanoi - 1
    assert world.tick() == NOTHING
    world.clock.pass_(1)
    assert world.tick() == Ticked(0, 0, 1, ())
    assert hold_moves(card.id)[-1] == ("escalated", "decide_by_near")
    assert standing_of_hold(world.hold_of("A-2")) == ("waiting", "rule"), "its buyer is reached by chat at any time"
    assert world.tick() == NOTHING


def ship_by_default(world: World, *results: AttemptResult) -> tuple[str, str]:
    """What becomes of a hold on a channel that ships when nobody decided, after these contacts."""
    world.arrive(risky("T-1"), shop=a_shop("shop-t", channel="tiktok"))
    shop_order = order_id("T-1", shop="shop-t")
    card = latest_hold(shop_order)
    assert card is not None
    for result in results:
        world.contact(card.id, result)
    world.clock.pass_(DECIDE_BY)
    world.tick()
    after = latest_hold(shop_order)
    assert after is not None
    return standing_of_hold(after)


def test_where_the_channel_ships_by_default_an_unanswered_hold_is_released(world: World) -> None:
    assert ship_by_default(world, AttemptResult.NO_ANSWER, AttemptResult.BUSY) == ("released", "defaulted")
    world.desk.pack("T-1")


def test_a_hold_whose_buyer_said_something_is_never_shipped_by_default(world: World) -> None:
    assert ship_by_default(world, AttemptResult.WANTS_CHANGES) == ("escalated", "decide_by_passed")


def test_a_hold_by_hand_is_never_shipped_by_default(world: World) -> None:
    world.arrive(an_order("T-1", parcels=tracked("T-0001")), shop=a_shop("shop-t", channel="tiktok"))
    world.desk.scan("T-0001")
    world.desk.hold()
    world.clock.pass_(DECIDE_BY)
    assert len(world.tick().alarms) == 1


def test_the_heads_of_the_other_chains_are_recorded_every_hour(world: World) -> None:
    def recorded() -> list[tuple[int]]:
        return rows_of("SELECT writer_id FROM ledger WHERE kind = 'head_recorded'")

    world.desk.scan("NOBODY-KNOWS")
    sign_out(world.desk.place, world.packer)
    world.clock.pass_(HOUR - 3 * SECOND)
    world.tick()
    assert recorded() == []
    world.clock.pass_(3 * SECOND)
    for _ in range(3):
        world.tick()
    assert recorded() == [(world.daemon.ledger.id,)]
    assert world.desk.place.ledger.id not in {head.writer_id for head in unrecorded_heads()}
    assert verify()[1] == []
