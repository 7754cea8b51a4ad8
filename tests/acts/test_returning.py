from __future__ import annotations

from typing import Any

import pytest

from packstation.acts.board import board
from packstation.acts.overriding import ReasonMissingError
from packstation.acts.returning import NotComingBackError, returns_now, settle_return
from packstation.domain.carriers import Carriers, CarrierTerms
from packstation.domain.orders import Outcome, Status, TimedStatus
from packstation.domain.returns import ReturnStage
from packstation.domain.times import DAY
from packstation.tui.views.board import board_counts
from tests.acts.test_waybills import WEB, sent, take_in, told
from tests.acts.worlds import World, entries
from tests.factories import NOW

TERMS = Carriers((CarrierTerms("ghn", claim_after_ms=10 * DAY, claim_until_ms=20 * DAY),))


def returning(number: str, tracking: str, days_ago: int, **more: Any) -> Any:
    """An order whose channel says that it is on its way back."""
    at = NOW - days_ago * DAY
    statuses = (TimedStatus(Status.SHIPPED, "", at - DAY), TimedStatus(Status.RETURNING, "", at))
    return sent(number, tracking, placed_at=at - 2 * DAY, statuses=statuses, **more)


def listed() -> list[tuple[str, str, ReturnStage]]:
    now = returns_now(TERMS)
    return [(one.number, one.tracking, one.stage(now.now)) for one in now.parcels]


def test_parcels_on_their_way_back_are_listed_by_age_and_overdue_ones_by_the_last_moment_for_a_claim(
    world: World,
) -> None:
    world.arrive(
        returning("W-1", "T1", 3),
        returning("W-2", "T2", 12),
        returning("W-3", "T3", 25),
        sent("W-4", "T4", outcome=Outcome.DELIVERY_FAILED, known_at=NOW - 11 * DAY),
        sent("W-5", "T5", status=Status.RETURNED, outcome=Outcome.DELIVERY_FAILED, known_at=NOW - 11 * DAY),
        sent("W-6", "T6", outcome=Outcome.DELIVERY_FAILED, known_at=NOW - 21 * DAY),
        shop=WEB,
    )
    assert listed() == [
        ("W-3", "T3", ReturnStage.TOO_LATE),
        ("W-2", "T2", ReturnStage.OVERDUE),
        ("W-4", "T4", ReturnStage.OVERDUE),
        ("W-1", "T1", ReturnStage.ON_ITS_WAY),
    ]
    assert [one.number for one in returns_now(TERMS).overdue] == ["W-2", "W-4"]
    assert board_counts(board(TERMS)).endswith("returns overdue: 2")


def test_a_carriers_word_puts_a_parcel_on_the_list_and_takes_it_off(world: World) -> None:
    world.arrive(sent(), shop=WEB)
    take_in(world, told("returning", NOW - DAY))
    assert listed() == [("W-1", "T1", ReturnStage.ON_ITS_WAY)]
    take_in(world, told("returned", NOW))
    assert listed() == []


def test_what_is_here_or_was_claimed_is_listed_no_more(world: World) -> None:
    world.arrive(returning("W-1", "T1", 12), returning("W-2", "T2", 12), shop=WEB)
    assert settle_return(world.daemon, TERMS, "T1", world.packer) == 1
    with pytest.raises(NotComingBackError):
        settle_return(world.daemon, TERMS, "T1", world.packer)
    with pytest.raises(ReasonMissingError):
        settle_return(world.daemon, TERMS, "W-2", world.packer, claimed=" ")
    assert settle_return(world.daemon, TERMS, "W-2", world.packer, claimed="đền 150.000") == 1
    assert listed() == []
    facts = {"came_back": False, "since": NOW - 12 * DAY}
    assert entries("kind", "person_id", "facts")[-1] == ("return_settled", world.packer, facts)
