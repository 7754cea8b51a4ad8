from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.acts.approving import (
    NoDeskError,
    RequestedAlreadyError,
    RequestOverError,
    answers_for,
    ask_approval,
    grant,
    refuse,
)
from packstation.acts.overriding import ReasonMissingError, override
from packstation.acts.proving import NotASupervisorError, WrongPinError
from packstation.acts.workplace import Workplace
from packstation.domain.hold_events import EndedHoldError, FourEyesError
from packstation.domain.holds import AttemptResult
from packstation.domain.supervision import ApprovalState, FourEyes, SupervisionRules
from packstation.domain.times import MINUTE, SECOND
from packstation.store.approvals import standing_requests
from packstation.store.database import rows_of
from tests.acts.worlds import PIN, World, kinds, standing_of_hold, verdict_of

WHY = "khách quen"
STRICT = SupervisionRules(FourEyes.ALWAYS)


def strict(place: Workplace) -> Workplace:
    return replace(place, supervision=STRICT)


def asked(world: World, by: int | None = None, why: str = "khách đang đứng ở đây") -> tuple[int, int]:
    """A held order whose approval was asked for at the first desk: the ids of hold and request."""
    card = world.held()
    return card.id, ask_approval(world.desk.place, by or world.packer, card.id, why)


def test_what_a_desk_asks_is_granted_at_the_board_and_told_at_the_desk_once(world: World) -> None:
    _hold, request_id = asked(world)
    board = world.desk_of("Bảng", world.supervisor())
    [request] = standing_requests(world.clock.now)
    assert (request.number, request.station, request.person) == ("A-1", "Bàn 1", "An")
    assert answers_for(world.desk.place) == []
    grant(board.place, board.person_id or 0, PIN, request_id, reason=WHY)
    assert standing_of_hold(world.hold_of()) == ("released", "overridden")
    assert standing_requests(world.clock.now) == []
    assert answers_for(board.place) == []
    [answer] = answers_for(world.desk.place)
    assert (answer.state, answer.ended_by) == (ApprovalState.GRANTED, "Bình")
    assert answers_for(world.desk.place) == []
    assert kinds()[-3:] == ["approval_asked", "hold_moved", "approval_ended"]
    assert verdict_of(world.desk.scan("A-1"))[0] == "pack"


def test_a_refused_request_leaves_the_hold_as_it_was(world: World) -> None:
    hold_id, request_id = asked(world)
    refuse(world.desk.place, world.supervisor(), PIN, request_id, reason=WHY)
    assert standing_of_hold(world.hold_of()) == ("waiting", "rule")
    assert [answer.state for answer in answers_for(world.desk.place)] == [ApprovalState.REFUSED]
    ask_approval(world.desk.place, world.packer, hold_id, "nữa")


def test_the_board_is_asked_once_at_a_time_from_a_desk_with_a_reason_about_an_open_hold(world: World) -> None:
    hold_id, _request = asked(world)
    with pytest.raises(RequestedAlreadyError):
        ask_approval(world.desk.place, world.packer, hold_id, WHY)
    with pytest.raises(NoDeskError):
        ask_approval(world.daemon, world.packer, hold_id, WHY)
    with pytest.raises(ReasonMissingError):
        ask_approval(world.desk.place, world.packer, hold_id, " \u202e ")
    override(world.desk.place, world.supervisor(), PIN, hold_id, release=True, reason=WHY)
    with pytest.raises(EndedHoldError):
        ask_approval(world.desk.place, world.packer, hold_id, WHY)


def test_a_request_that_ran_out_is_granted_by_nobody_also_before_a_tick_says_so(world: World) -> None:
    hold_id, request_id = asked(world)
    boss = world.supervisor()
    world.clock.pass_(15 * MINUTE)
    assert standing_requests(world.clock.now) == []
    with pytest.raises(RequestOverError):
        grant(world.desk.place, boss, PIN, request_id, reason=WHY)
    world.tick()
    with pytest.raises(RequestOverError):
        refuse(world.desk.place, boss, PIN, request_id, reason=WHY)
    assert [answer.state for answer in answers_for(world.desk.place)] == [ApprovalState.EXPIRED]
    assert standing_of_hold(world.hold_of()) == ("waiting", "rule")
    ask_approval(world.desk.place, world.packer, hold_id, WHY)


def test_a_request_is_asked_anew_after_it_ran_out_unnoticed(world: World) -> None:
    hold_id, request_id = asked(world)
    world.clock.pass_(16 * MINUTE)
    assert ask_approval(world.desk.place, world.packer, hold_id, WHY) != request_id
    assert [row[0] for row in rows_of("SELECT state FROM approval_request ORDER BY id")] == ["expired", "asked"]


def test_a_request_is_answered_once(world: World) -> None:
    _hold, request_id = asked(world)
    boss = world.supervisor()
    refuse(world.desk.place, boss, PIN, request_id, reason=WHY)
    with pytest.raises(RequestOverError):
        grant(world.desk.place, boss, PIN, request_id, reason=WHY)
    with pytest.raises(RequestOverError):
        grant(world.desk.place, boss, PIN, 9_999, reason=WHY)


def test_an_override_of_the_hold_answers_its_request(world: World) -> None:
    hold_id, request_id = asked(world)
    override(world.desk.place, world.supervisor(), PIN, hold_id, release=False, reason=WHY)
    [answer] = answers_for(world.desk.place)
    assert (answer.id, answer.state) == (request_id, ApprovalState.REFUSED)


def test_only_a_supervisor_with_the_right_pin_and_a_reason_answers(world: World) -> None:
    _hold, request_id = asked(world)
    boss = world.supervisor()
    for answer in (grant, refuse):
        with pytest.raises(NotASupervisorError):
            answer(world.desk.place, world.packer, PIN, request_id, reason=WHY)
        with pytest.raises(WrongPinError):
            answer(world.desk.place, boss, "1111", request_id, reason=WHY)
        with pytest.raises(ReasonMissingError):
            answer(world.desk.place, boss, PIN, request_id, reason=" ")
    assert [request.id for request in standing_requests(world.clock.now)] == [request_id]


def test_who_asked_grants_it_themselves_unless_four_eyes_are_always_wanted(world: World) -> None:
    boss, other = world.supervisor("Bình"), world.supervisor("Dung")
    _hold, request_id = asked(world, by=boss)
    with pytest.raises(FourEyesError):
        grant(strict(world.desk.place), boss, PIN, request_id, reason=WHY)
    assert standing_of_hold(world.hold_of()) == ("waiting", "rule")
    grant(strict(world.desk.place), other, PIN, request_id, reason=WHY)


def test_where_four_eyes_are_always_wanted_who_contacted_the_buyer_does_not_override(world: World) -> None:
    boss = world.supervisor()
    card = world.held()
    world.contact(card.id, AttemptResult.NO_ANSWER, by=boss, after=30 * SECOND)
    with pytest.raises(FourEyesError):
        override(strict(world.desk.place), boss, PIN, card.id, release=True, reason=WHY)
    override(world.desk.place, boss, PIN, card.id, release=True, reason=WHY)


def test_a_request_about_a_hold_that_the_buyer_decided_is_over_and_no_news_to_the_desk(world: World) -> None:
    hold_id, request_id = asked(world)
    world.contact(hold_id, AttemptResult.CONFIRMED)
    assert standing_requests(world.clock.now) == []
    with pytest.raises(EndedHoldError):
        grant(world.desk.place, world.supervisor(), PIN, request_id, reason=WHY)
    world.tick()
    assert rows_of("SELECT state FROM approval_request") == [("expired",)]
    assert answers_for(world.desk.place) == []
    assert kinds().count("approval_ended") == 1
