from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.acts import asking
from packstation.acts.alarming import open_alarms
from packstation.acts.scanning import Notice, ScanAnswer, look_again
from packstation.domain.desk_flow import ScanStep
from packstation.domain.holds import AttemptResult
from packstation.domain.orders import Status
from packstation.domain.packing import ParcelState
from packstation.domain.times import MINUTE, SECOND
from packstation.store.database import execute_many, rows_of
from packstation.store.parcels import standing
from packstation.store.refreshes import RefreshState, take_next
from packstation.store.refreshes import answer as answer_request
from packstation.store.scans import scans_of
from tests.acts.worlds import RULES, World, dump, entries, kinds, parcel_states, risky, tracked, verdict_of
from tests.factories import a_shop, an_order, order_id, stored

A, B = "SPXVN0001", "SPXVN0002"


def two_orders(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A)), an_order("A-2", parcels=tracked(B)))


def test_a_green_parcel_is_leased_and_recorded_before_it_is_shown(world: World) -> None:
    two_orders(world)
    answer = world.desk.scan(A)
    assert (verdict_of(answer), answer.step) == (("pack", []), ScanStep.JUDGE)
    assert answer.parcel_id is not None
    stands = standing(answer.parcel_id)
    assert (stands.state, stands.station_id) == (ParcelState.ON_DESK, world.desk.place.station_id)
    assert stands.lease_until == world.clock.now + RULES.lease_ms
    assert scans_of(world.desk.place.station_id or 0) == [(world.clock.now, A, "pack")]


def test_an_order_number_finds_its_one_parcel_and_one_without_packages_gets_its_own(world: World) -> None:
    world.arrive(an_order("A-1"))
    answer = world.desk.scan("A-1")
    assert verdict_of(answer) == ("pack", [])
    assert parcel_states() == [ParcelState.ON_DESK]
    assert world.desk.scan("A-1").step is ScanStep.FINISH
    assert parcel_states() == [ParcelState.PACKED]


def test_call_opens_the_hold_and_gives_a_slot_but_leases_nothing(world: World) -> None:
    stored(risky(parcels=tracked(A)))
    answer = world.desk.scan(A)
    assert verdict_of(answer) == ("call", ["big"])
    assert (answer.parcel_id, answer.slot) == (None, "A1")
    assert answer.judgement is not None
    assert answer.judgement.hold is not None
    assert answer.judgement.hold.hold.is_open
    assert parcel_states() == [ParcelState.UNSEEN]
    assert entries("kind", "order_id", "person_id", "policy_version", "facts")[-1] == (
        "hold_opened",
        order_id("A-1"),
        world.packer,
        1,
        {"why": "big"},
    )
    again = world.desk.scan(A)
    assert (verdict_of(again), again.slot) == (("call", ["big", "hold"]), "A1"), "the same hold, the same slot"
    assert kinds().count("hold_opened") == 1


def test_the_slots_are_filled_in_their_order_and_a_full_shelf_is_said(world: World) -> None:
    stored(*(risky(f"A-{n}") for n in range(1, 5)))
    answers = [world.desk.scan(f"A-{n}") for n in range(1, 5)]
    assert [(answer.slot, answer.notice) for answer in answers] == [
        ("A1", None),
        ("A2", None),
        ("A3", None),
        (None, Notice.SHELF_FULL),
    ]


def test_stop_leases_nothing(world: World) -> None:
    world.arrive(an_order("A-1", status=Status.CANCELLED, parcels=tracked(A)))
    answer = world.desk.scan(A)
    assert (verdict_of(answer), answer.parcel_id) == (("stop", ["status"]), None)
    assert parcel_states() == [ParcelState.UNSEEN]


def test_an_unknown_code_is_recorded_and_leaves_the_desk_alone(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    answer = world.desk.scan("SPXVN9999")
    assert (verdict_of(answer), answer.step) == (("unknown", ["unknown-code"]), ScanStep.SAY_UNKNOWN)
    assert parcel_states("A-1") == [ParcelState.ON_DESK]
    assert [row[2] for row in scans_of(world.desk.place.station_id or 0)] == ["pack", "unknown"]
    assert world.desk.scan(A).finished is not None


def test_a_code_of_several_shops_is_ambiguous_names_them_and_is_answered_for_the_one_chosen(world: World) -> None:
    other = a_shop("shop-b", channel="tiktok")
    world.arrive(an_order("A-1"))
    world.arrive(an_order("A-1", status=Status.CANCELLED), shop=other)
    answer = world.desk.scan("A-1")
    assert verdict_of(answer) == ("unknown", ["ambiguous-code"])
    assert answer.judgement is not None
    assert [(c.shop, c.number) for c in answer.judgement.candidates] == [("shop-a", "A-1"), ("shop-b", "A-1")]
    assert answer.judgement.order is None
    assert verdict_of(world.desk.scan("A-1", shop="shop-b")) == ("stop", ["status"])
    assert verdict_of(world.desk.scan("A-1", shop="shop-a")) == ("pack", [])


# Repeats, second scans, next parcels


def test_the_same_code_sooner_than_the_guard_is_a_repeat_and_does_nothing(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    answer = world.desk.scan(A, after=1_499)
    assert (answer.step, answer.judgement, answer.finished) == (ScanStep.REPEAT, None, None)
    assert parcel_states("A-1") == [ParcelState.ON_DESK]
    assert world.desk.scan(A, after=1).step is ScanStep.FINISH
    assert parcel_states("A-1") == [ParcelState.PACKED]
    assert [row[2] for row in scans_of(world.desk.place.station_id or 0)] == ["pack", "repeat", "packed"]


def test_what_was_never_painted_is_not_finished_by_a_second_scan(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    assert world.desk.parcel is not None
    world.desk.parcel.painted_at = world.clock.now + MINUTE
    assert world.desk.scan(A).step is ScanStep.REPEAT


def test_another_code_of_the_same_parcel_is_a_second_scan_of_it(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    assert world.desk.scan("A-1").step is ScanStep.FINISH


def test_a_packed_parcel_scanned_again_says_who_where_and_when(world: World) -> None:
    two_orders(world)
    world.desk.pack(A)
    packed_at = world.clock.now
    answer = world.desk.scan(A)
    assert verdict_of(answer) == ("stop", ["packed"])
    assert answer.judgement is not None
    assert answer.judgement.verdict.reasons[0].evidence == {"by": "An", "station": "Bàn 1", "at": packed_at}


def test_the_next_parcel_leaves_the_first_unfinished_as_it_was(world: World) -> None:
    two_orders(world)
    first = world.desk.scan(A)
    answer = world.desk.scan(B)
    assert (answer.step, answer.left, answer.finished) == (ScanStep.LEAVE_THEN_JUDGE, "A-1", None)
    assert verdict_of(answer) == ("pack", [])
    assert (parcel_states("A-1"), parcel_states("A-2")) == ([ParcelState.UNSEEN], [ParcelState.ON_DESK])
    assert entries("kind", "parcel_id", "order_id")[-1] == ("unfinished", first.parcel_id, order_id("A-1"))


def test_where_the_shop_chose_so_the_next_parcel_finishes_the_first(world: World) -> None:
    two_orders(world)
    desk = world.desk_of("Bàn 1", world.packer, replace(RULES, finish_by_next_parcel=True))
    desk.scan(A)
    answer = desk.scan(B)
    assert answer.step is ScanStep.FINISH_THEN_JUDGE
    assert answer.finished is not None
    assert (answer.finished.packed, answer.finished.number, verdict_of(answer)) == (True, "A-1", ("pack", []))
    assert (parcel_states("A-1"), parcel_states("A-2")) == ([ParcelState.PACKED], [ParcelState.ON_DESK])


def test_the_next_parcel_finishes_nothing_that_was_painted_too_shortly(world: World) -> None:
    two_orders(world)
    desk = world.desk_of("Bàn 1", world.packer, replace(RULES, finish_by_next_parcel=True))
    desk.scan(A)
    assert desk.scan(B, after=SECOND).left == "A-1"
    assert parcel_states("A-1") == [ParcelState.UNSEEN]


def test_when_the_second_look_at_the_first_fails_it_is_unfinished_and_the_next_is_answered(world: World) -> None:
    two_orders(world)
    desk = world.desk_of("Bàn 1", world.packer, replace(RULES, finish_by_next_parcel=True))
    desk.scan(A)
    world.arrive(an_order("A-1", status=Status.CANCEL_REQUESTED))
    answer = desk.scan(B)
    assert answer.finished is not None
    assert (answer.finished.packed, answer.finished.number) == (False, "A-1")
    assert verdict_of(answer) == ("pack", [])
    assert (parcel_states("A-1"), parcel_states("A-2")) == ([ParcelState.UNSEEN], [ParcelState.ON_DESK])


def test_a_next_parcel_that_is_stopped_or_held_still_takes_the_first_off_the_desk(world: World) -> None:
    two_orders(world)
    world.arrive(an_order("A-3", status=Status.CANCELLED), risky("A-4"))
    for code, kind in (("A-3", "stop"), ("A-4", "call")):
        world.desk.scan(A)
        answer = world.desk.scan(code)
        assert (verdict_of(answer)[0], answer.left) == (kind, "A-1")
        assert parcel_states("A-1") == [ParcelState.UNSEEN]


# Acknowledging STOP


def test_until_a_stop_is_acknowledged_other_scans_are_recorded_and_refused(world: World) -> None:
    two_orders(world)
    world.arrive(an_order("A-3", status=Status.CANCELLED))
    world.desk.stopped_code = "A-3"
    answer = world.desk.scan(A)
    assert (answer.notice, answer.judgement) == (Notice.ACKNOWLEDGE_FIRST, None)
    assert parcel_states("A-1") == [ParcelState.UNSEEN]
    assert scans_of(world.desk.place.station_id or 0)[-1][1:] == (A, "acknowledge_first")
    assert verdict_of(world.desk.scan("A-3")) == ("stop", ["status"]), "the stopped code itself is answered"
    world.desk.stopped_code = None
    assert verdict_of(world.desk.scan(A)) == ("pack", [])


# Several parcels, combined parcels


def test_an_order_number_with_several_parcels_to_pack_asks_which(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A, B)))
    answer = world.desk.scan("A-1")
    assert (verdict_of(answer), answer.parcel_id) == (("unknown", ["which-parcel"]), None)
    assert answer.judgement is not None
    assert answer.judgement.verdict.reasons[0].evidence == {"parcels": 2}
    assert parcel_states() == [ParcelState.UNSEEN, ParcelState.UNSEEN]
    world.desk.pack(A)
    assert verdict_of(world.desk.scan("A-1")) == ("pack", []), "only one is left"
    assert parcel_states() == [ParcelState.PACKED, ParcelState.ON_DESK]


def test_the_number_of_such_an_order_does_not_finish_its_parcel_on_the_desk(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A, B)))
    world.desk.scan(A)
    answer = world.desk.scan("A-1")
    assert (verdict_of(answer), answer.step) == (("unknown", ["which-parcel"]), ScanStep.SAY_UNKNOWN)
    assert parcel_states() == [ParcelState.ON_DESK, ParcelState.UNSEEN]
    assert world.desk.scan(A).step is ScanStep.FINISH


def test_an_order_number_is_packed_when_none_of_its_parcels_is_left(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A, B)))
    world.desk.pack(A)
    assert verdict_of(world.desk.scan(A)) == ("stop", ["packed"])
    world.desk.pack(B)
    assert verdict_of(world.desk.scan("A-1")) == ("stop", ["packed"])


@pytest.mark.parametrize("code", [A, "P-" + A, "A-1", "A-2"])
def test_a_combined_parcel_shows_its_strictest_order_whichever_of_its_codes_is_scanned(world: World, code: str) -> None:
    stored(an_order("A-1", parcels=tracked(A)), risky("A-2", parcels=tracked(A)))
    answer = world.desk.scan(code)
    assert verdict_of(answer) == ("call", ["big"])
    assert answer.judgement is not None
    assert answer.judgement.order is not None
    assert (answer.judgement.order.number, answer.slot) == ("A-2", "A1")
    world.arrive(an_order("A-1", status=Status.CANCELLED, parcels=tracked(A)))
    assert verdict_of(world.desk.scan(code)) == ("stop", ["status"])


def test_a_combined_parcel_is_packed_once_for_all_its_orders(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A)), an_order("A-2", parcels=tracked(A)))
    world.desk.scan("A-2")
    assert world.desk.scan("A-1").step is ScanStep.FINISH, "another code of the same parcel"
    assert (parcel_states("A-1"), parcel_states("A-2")) == ([ParcelState.PACKED], [ParcelState.PACKED])


# Codes that came damaged


def test_a_code_that_an_input_method_rewrote_is_taken_when_it_leaves_one_order(world: World) -> None:
    world.arrive(an_order("DDA-1"), an_order("A-2", parcels=tracked("AAWB0001")))
    for rewritten, number in (("ĐA-1", "DDA-1"), ("ÂWB0001", "A-2")):
        answer = world.desk.scan(rewritten)
        assert (verdict_of(answer), answer.notice) == (("pack", []), Notice.INPUT_METHOD)
        assert world.desk.scan(rewritten).step is ScanStep.FINISH
        assert parcel_states(number) == [ParcelState.PACKED]


def test_a_rewritten_code_that_may_mean_two_orders_is_unknown(world: World) -> None:
    world.arrive(an_order("UW-1"), an_order("W-1"))
    answer = world.desk.scan("Ư-1")
    assert verdict_of(answer) == ("unknown", ["unknown-code"])
    assert answer.notice is None


def test_two_codes_glued_together_are_told_apart_and_nothing_is_done_yet(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    answer = world.desk.scan(A + B)
    assert (answer.glued, answer.judgement) == ((A, B), None)
    assert parcel_states("A-1") == [ParcelState.ON_DESK]
    assert world.desk.scan(A + "SPXVN9999").glued is None
    assert verdict_of(world.desk.scan(A + "SPXVN9999")) == ("unknown", ["unknown-code"])


# Another station


def test_a_parcel_on_another_desk_is_stopped_naming_station_person_and_time_until_the_lease_ends(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    since = world.clock.now
    other = world.desk_of("Bàn 2", world.hire("Chi"))
    answer = other.scan(A)
    assert (verdict_of(answer), answer.parcel_id) == (("stop", ["other-station"]), None)
    assert answer.judgement is not None
    assert answer.judgement.verdict.reasons[0].evidence == {"station": "Bàn 1", "by": "An", "at": since}
    world.clock.pass_(RULES.lease_ms)
    assert verdict_of(other.scan(A)) == ("pack", [])


def test_a_finish_after_another_station_took_the_parcel_is_stopped_naming_it(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    other = world.desk_of("Bàn 2", world.hire("Chi"))
    other.scan(A, after=RULES.lease_ms)
    answer = world.desk.scan(A)
    assert answer.finished is not None
    assert (answer.finished.packed, verdict_of(answer)) == (False, ("stop", ["other-station"]))
    assert entries("kind", "facts")[-1] == (
        "unfinished",
        {"verdict": "stop", "rules": "other-station"},
    )
    assert other.scan(A).step is ScanStep.FINISH


def test_a_lease_that_merely_ran_out_still_finishes(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    answer = world.desk.scan(A, after=RULES.lease_ms + MINUTE)
    assert answer.finished is not None
    assert answer.finished.packed


def test_nobody_signed_in_leases_nothing(world: World) -> None:
    two_orders(world)
    answer = world.desk_of("Bàn 3", None).scan(A)
    assert answer.parcel_id is None
    assert parcel_states("A-1") == [ParcelState.UNSEEN]


def test_a_release_frees_the_slot_when_the_parcel_comes_to_the_desk(world: World) -> None:
    card = world.held(parcels=tracked(A))
    assert world.desk.scan(A).slot == "A1"
    world.contact(card.id, AttemptResult.CONFIRMED)
    answer = world.desk.scan(A)
    assert (verdict_of(answer), answer.freed_slots) == (("pack", ["release"]), ("A1",))
    world.arrive(risky("A-9"))
    assert world.desk.scan("A-9").slot == "A1"


# What the daemon is asked


def let_sync(world: World) -> None:
    """The shop syncs from now on."""
    execute_many("UPDATE shop SET synced_at = ?", [(world.clock.now,)])


def asked() -> list[tuple[str, int | None]]:
    return [(row[0], row[1]) for row in rows_of("SELECT code, order_id FROM refresh_request ORDER BY id")]


def test_a_first_scan_asks_to_read_the_order_anew_and_a_second_does_not(world: World) -> None:
    two_orders(world)
    let_sync(world)
    world.desk.scan(A)
    assert asked() == [(A, order_id("A-1"))]
    assert world.desk.scan(A).step is ScanStep.FINISH
    assert len(asked()) == 1


def test_nobody_is_asked_where_nothing_syncs(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    assert world.desk.scan("SPXVN9999").asked == ()
    assert asked() == []


def test_an_unknown_code_is_asked_for_and_found_as_soon_as_it_means_something(world: World) -> None:
    two_orders(world)
    let_sync(world)
    answer = world.desk.scan("SPXVN9999")
    assert asked() == [("SPXVN9999", None)]
    assert asking.outcome("SPXVN9999", answer.asked).state is RefreshState.WAITING
    world.arrive(an_order("A-9", parcels=tracked("SPXVN9999")))
    assert asking.outcome("SPXVN9999", answer.asked).state is RefreshState.FOUND


def test_an_answer_that_brought_nothing_counts_as_not_found(world: World) -> None:
    two_orders(world)
    let_sync(world)
    answer = world.desk.scan("SPXVN9999")
    request = take_next([rows_of("SELECT id FROM shop")[0][0]], world.clock.now)
    assert request is not None
    answer_request(request.id, world.clock.now, found=True)
    assert asking.outcome("SPXVN9999", answer.asked).state is RefreshState.NOT_FOUND


def test_a_desk_waits_only_so_long_for_an_unknown_code(world: World) -> None:
    two_orders(world)
    let_sync(world)
    answer = world.desk.scan("SPXVN9999")
    world.clock.pass_(asking.PATIENCE)
    assert asking.outcome("SPXVN9999", answer.asked).state is RefreshState.UNANSWERED


def test_cards_of_another_installation_and_ambiguous_numbers_are_asked_of_nobody(world: World) -> None:
    world.arrive(an_order("A-1"))
    world.arrive(an_order("A-1"), shop=a_shop("shop-b", channel="tiktok"))
    let_sync(world)
    for code in ("PS:ANOTHER:PACKED", "pb:ANOTHERBADGE", "A-1"):
        assert world.desk.scan(code).asked == ()
    assert asked() == []


# Looking again


def looked_again(world: World) -> ScanAnswer | None:
    assert world.desk.parcel is not None
    return look_again(world.desk.place, world.packer, world.desk.parcel.parcel_id, A)


def test_a_parcel_that_is_still_good_stays_on_the_desk_and_nothing_is_written(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    before = dump()
    assert looked_again(world) is None
    assert dump() == before


def test_a_parcel_whose_order_is_cancelled_on_the_desk_leaves_it_and_is_to_be_pulled(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    world.arrive(an_order("A-1", status=Status.CANCELLED, parcels=tracked(A)))
    answer = looked_again(world)
    assert answer is not None
    assert verdict_of(answer) == ("stop", ["status"])
    assert parcel_states("A-1") == [ParcelState.UNSEEN]
    assert kinds()[-1] == "unfinished"
    assert [alarm.number for alarm in open_alarms()] == ["A-1"]


def test_a_parcel_that_now_needs_a_call_goes_to_the_shelf(world: World) -> None:
    two_orders(world)
    world.desk.scan(A)
    world.publish('[[rule]]\nid = "all"\nwhen = "cod"\nvi = "x"\nen = "x"\n')
    answer = looked_again(world)
    assert answer is not None
    assert (verdict_of(answer)[0], answer.slot, parcel_states("A-1")) == ("call", "A1", [ParcelState.UNSEEN])
