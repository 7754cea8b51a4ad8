from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from packstation.acts.finishing import (
    NoStationError,
    NothingToUndoError,
    Problem,
    clear_desk,
    finish,
    hold_by_hand,
    leave,
    report_problem,
    undo,
)
from packstation.acts.workplace import open_command
from packstation.domain.holds import HoldReason
from packstation.domain.orders import IncomingOrder, Status
from packstation.domain.packing import ParcelState
from packstation.store.parcels import standing
from tests.acts.worlds import (
    RULES,
    Desk,
    World,
    entries,
    kinds,
    parcel_states,
    risky,
    said,
    standing_of_hold,
    tracked,
    verdict_of,
)
from tests.factories import an_order, order_id, stored

A, B = "SPXVN0001", "SPXVN0002"
PACKED, UNSEEN, ON_DESK, REOPENED = (
    ParcelState.PACKED,
    ParcelState.UNSEEN,
    ParcelState.ON_DESK,
    ParcelState.REOPENED,
)


def on_desk(world: World, code: str = A, *orders: IncomingOrder) -> int:
    """A parcel in green on the world's desk; its id."""
    world.arrive(*(orders or (an_order("A-1", parcels=tracked(code)),)))
    parcel_id = world.desk.scan(code).parcel_id
    assert parcel_id is not None
    return parcel_id


def test_a_finish_packs_the_parcel_and_is_told_in_the_ledger_with_its_verdict(world: World) -> None:
    parcel_id = on_desk(world)
    done = world.desk.scan(A).finished
    assert done is not None
    assert (done.packed, done.number, done.slot) == (True, "A-1", None)
    stands = standing(parcel_id)
    assert (stands.state, stands.packed_at, stands.person_id) == (PACKED, world.clock.now, world.packer)
    assert entries("kind", "order_id", "parcel_id", "person_id", "station_id", "policy_version", "facts")[-1] == (
        "packed",
        order_id("A-1"),
        parcel_id,
        world.packer,
        world.desk.place.station_id,
        1,
        {"verdict": "pack", "rules": ""},
    )


@pytest.mark.parametrize(
    ("news", "verdict"),
    [
        (an_order("A-1", status=Status.CANCELLED), ("stop", ["status"])),
        (an_order("A-1", status=Status.CANCEL_REQUESTED), ("stop", ["status"])),
        (risky("A-1"), ("call", ["big", "hold"])),
    ],
)
def test_what_was_cancelled_or_held_since_the_first_scan_is_not_packed(
    world: World, news: IncomingOrder, verdict: tuple[str, list[str]]
) -> None:
    on_desk(world)
    world.arrive(news)
    answer = world.desk.scan(A)
    assert answer.finished is not None
    assert (answer.finished.packed, verdict_of(answer)) == (False, verdict)
    assert answer.slot == ("A1" if verdict[0] == "call" else None)
    assert parcel_states() == [UNSEEN]
    assert entries("kind", "facts")[-1][0] == "unfinished"


def test_a_finish_looks_at_every_order_of_a_combined_parcel(world: World) -> None:
    on_desk(world, A, an_order("A-1", parcels=tracked(A)), an_order("A-2", parcels=tracked(A)))
    stored(risky("A-2", parcels=tracked(A)))
    answer = world.desk.scan(A)
    assert verdict_of(answer) == ("call", ["big"])
    assert parcel_states() == [UNSEEN]
    assert standing_of_hold(world.hold_of("A-2")) == ("waiting", "rule")


def test_a_parcel_is_never_packed_twice(world: World) -> None:
    parcel_id = on_desk(world)
    world.desk.scan(A)
    again = finish(world.desk.place, world.packer, parcel_id, A)
    assert (again.packed, said(again.judgement)) == (False, ("stop", ["packed"]))
    assert kinds().count("packed") == 1


def test_leaving_gives_the_parcel_back_and_leaving_what_is_not_here_does_nothing(world: World) -> None:
    parcel_id = on_desk(world)
    leave(world.desk.place, world.packer, parcel_id)
    assert (parcel_states(), kinds()[-1]) == ([UNSEEN], "unfinished")
    before = len(kinds())
    leave(world.desk.place, world.packer, parcel_id)
    other = world.desk_of("Bàn 2", world.packer)
    other.scan(A)
    leave(world.desk.place, world.packer, parcel_id)
    assert (parcel_states(), len(kinds())) == ([ON_DESK], before)


def test_undo_takes_back_the_last_finish_inside_its_window(world: World) -> None:
    parcel_id = on_desk(world)
    world.desk.scan(A)
    world.clock.pass_(RULES.undo_ms - 1)
    assert undo(world.desk.place, world.packer) == parcel_id
    assert parcel_states() == [REOPENED]
    assert entries("kind", "parcel_id", "person_id")[-1] == ("undone", parcel_id, world.packer)
    with pytest.raises(NothingToUndoError):
        undo(world.desk.place, world.packer)
    world.desk.pack(A)
    assert parcel_states() == [PACKED]


def test_after_its_window_or_on_another_station_nothing_is_undone(world: World) -> None:
    on_desk(world)
    world.desk.scan(A)
    with pytest.raises(NothingToUndoError):
        undo(world.desk_of("Bàn 2", world.packer).place, world.packer)
    world.clock.pass_(RULES.undo_ms)
    with pytest.raises(NothingToUndoError):
        undo(world.desk.place, world.packer)
    assert parcel_states() == [PACKED]


def test_undo_means_the_parcel_that_was_packed_last(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A)), an_order("A-2", parcels=tracked(B)))
    world.desk.pack(B)
    world.desk.pack(A)
    undo(world.desk.place, world.packer)
    assert (parcel_states("A-1"), parcel_states("A-2")) == ([REOPENED], [PACKED])


def test_a_hold_by_hand_takes_the_parcel_off_the_desk_to_the_shelf(world: World) -> None:
    parcel_id = on_desk(world)
    judgement, slot = hold_by_hand(world.desk.place, world.packer, parcel_id, A, "hộp rách")
    assert (said(judgement), slot) == (("call", ["hold"]), "A1")
    card = world.hold_of()
    assert standing_of_hold(card) == ("waiting", "by_hand")
    assert card.hold.opened_by == world.packer
    assert parcel_states() == [UNSEEN]
    assert entries("kind", "hold_id", "person_id", "facts")[-1] == (
        "hold_opened",
        card.id,
        world.packer,
        {"why": "by_hand"},
    )
    assert verdict_of(world.desk.scan(A)) == ("call", ["hold"])


def test_a_hold_by_hand_holds_every_order_of_a_combined_parcel_and_none_twice(world: World) -> None:
    parcel_id = on_desk(world, A, an_order("A-1", parcels=tracked(A)), an_order("A-2", parcels=tracked(A)))
    for _ in range(2):
        hold_by_hand(world.desk.place, world.packer, parcel_id, A)
    assert [standing_of_hold(world.hold_of(number)) for number in ("A-1", "A-2")] == [("waiting", "by_hand")] * 2
    assert kinds().count("hold_opened") == 2


@pytest.mark.parametrize("problem", Problem)
def test_a_reported_problem_is_recorded_and_holds_the_parcel(world: World, problem: Problem) -> None:
    parcel_id = on_desk(world)
    judgement, slot = report_problem(world.desk.place, world.packer, parcel_id, problem, A)
    assert (said(judgement), slot) == (("call", ["hold"]), "A1")
    assert entries("kind", "facts")[-2:] == [
        ("problem_reported", {"problem": str(problem)}),
        ("hold_opened", {"why": "by_hand"}),
    ]
    assert world.hold_of().hold.opened_reason is HoldReason.BY_HAND


def test_what_an_earlier_run_left_on_the_desk_is_cleared_and_nothing_of_other_desks(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked(A)), an_order("A-2", parcels=tracked(B)))
    left = world.desk.scan(A).parcel_id
    other = world.desk_of("Bàn 2", world.packer)
    other.scan(B)
    started_again = Desk(world.clock, "Bàn 1", None)
    assert clear_desk(started_again.place, None) == [left]
    assert (parcel_states("A-1"), parcel_states("A-2")) == ([UNSEEN], [ON_DESK])
    assert clear_desk(started_again.place, None) == []
    assert entries("kind", "parcel_id")[-1] == ("unfinished", left)
    assert clear_desk(open_command("import"), None) == []


def test_a_reopened_parcel_that_is_left_stays_reopened(world: World) -> None:
    parcel_id = on_desk(world)
    world.desk.scan(A)
    undo(world.desk.place, world.packer)
    world.desk.scan(A)
    leave(world.desk.place, world.packer, parcel_id)
    assert parcel_states() == [REOPENED]


ACTS: list[Callable[[Desk, int | None, int], object]] = [
    lambda desk, person, parcel: finish(desk.place, person, parcel, A),
    lambda desk, person, parcel: leave(desk.place, person, parcel),
    lambda desk, person, parcel: undo(desk.place, person),
    lambda desk, person, parcel: hold_by_hand(desk.place, person, parcel, A),
    lambda desk, person, parcel: report_problem(desk.place, person, parcel, Problem.SHORT, A),
]


def test_without_a_person_or_a_station_nothing_is_done_with_parcels(world: World) -> None:
    parcel_id = on_desk(world)
    before = len(kinds())
    nowhere = Desk(world.clock, "Bàn 1", None)
    nowhere.place = replace(nowhere.place, station_id=None)
    for act in ACTS:
        with pytest.raises(NoStationError):
            act(world.desk, None, parcel_id)
        with pytest.raises(NoStationError):
            act(nowhere, world.packer, parcel_id)
    assert (parcel_states(), len(kinds())) == ([ON_DESK], before)
