from __future__ import annotations

import random

from packstation.acts.approving import ask_approval
from packstation.acts.blocking import block_by_order
from packstation.acts.board import board, detail, waiting, who_contacts
from packstation.acts.contacting import open_contact
from packstation.acts.overriding import override
from packstation.domain.holds import AttemptResult, ContactMethod
from packstation.domain.orders import Status
from packstation.domain.times import HOUR, MINUTE
from tests.acts.worlds import PIN, World, risky, tracked
from tests.factories import NOW, a_buyer, an_order, order_id

WHY = "khách quen"


def numbers() -> list[str]:
    return [row.number for row in board().rows]


def test_what_desks_ask_comes_first_then_the_escalated_then_the_waiting_each_by_decide_by(world: World) -> None:
    luck = random.Random(7)
    hours = luck.sample(range(10, 40), 9)
    for place, hour in enumerate(hours):
        world.arrive(risky(f"A-{place}", buyer=f"b{place}", ship_by=NOW + hour * HOUR))
    for place in (1, 4, 7):
        world.contact(world.hold_of(f"A-{place}").id, AttemptResult.WRONG_NUMBER)
    for place in (2, 4):
        ask_approval(world.desk.place, world.packer, world.hold_of(f"A-{place}").id, WHY)

    def by_decide_by(*places: int) -> list[str]:
        return [f"A-{place}" for place in sorted(places, key=lambda each: hours[each])]

    # Of what is asked the escalated comes first too.
    assert numbers() == ["A-4", "A-2", *by_decide_by(1, 7), *by_decide_by(0, 3, 5, 6, 8)]


def test_a_row_has_all_that_a_supervisor_decides_by(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked("T-0001"), buyer=a_buyer("an", name="Nguyễn An"), total=150_000))
    world.desk.scan("T-0001")
    world.desk.hold()
    world.contact(world.hold_of().id, AttemptResult.NO_ANSWER)
    [row] = board().rows
    assert (row.number, row.channel, row.customer, row.asked_by) == ("A-1", "shopee", "Nguyễn An", "An")
    assert (row.attempts, row.slots, row.to_collect, row.is_blocked) == (1, ("A1",), 150_000, False)
    told = detail(row.hold_id)
    assert [str(attempt.result) for attempt in told.attempts] == ["no_answer"]
    assert [(str(move.state), move.by) for move in told.moves] == [("waiting", "An")]
    assert [reason.rule for reason in told.reasons] == ["hold"]
    block_by_order(world.desk.place, world.supervisor(), PIN, order_id("A-1"), days=1, reason=WHY)
    assert board().rows[0].is_blocked


def test_an_order_that_a_closed_hold_stops_stays_listed_as_long_as_it_could_be_packed(world: World) -> None:
    card = world.held("A-1")
    override(world.desk.place, world.supervisor(), PIN, card.id, release=False, reason=WHY)
    world.held("A-2", buyer="b")
    assert numbers() == ["A-2", "A-1"]
    world.arrive(risky("A-1", status=Status.CANCELLED))
    assert numbers() == ["A-2"]


def test_what_waits_for_a_supervisor_is_what_is_escalated_and_what_is_asked(world: World) -> None:
    first, second = world.held("A-1"), world.held("A-2", buyer="b")
    assert (waiting().escalated, waiting().requests) == ((), ())
    world.contact(first.id, AttemptResult.NOT_MY_ORDER)
    ask_approval(world.desk.place, world.packer, second.id, WHY)
    assert [(hold_id, number) for hold_id, number, _why in waiting().escalated] == [(first.id, "A-1")]
    assert [request.hold_id for request in waiting().requests] == [second.id]


def test_who_contacts_a_buyer_is_told_until_the_contact_ran_out(world: World) -> None:
    card = world.held()
    assert who_contacts(card.id) == ""
    open_contact(world.desk.place, world.packer, card.id, ContactMethod.CALL)
    assert who_contacts(card.id) == "An"
    world.clock.pass_(16 * MINUTE)
    assert who_contacts(card.id) == ""
