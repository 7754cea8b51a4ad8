from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.acts.contacting import (
    LONGEST_INSTRUCTION,
    ContactedByOtherError,
    NoOpenHoldError,
    OtherCustomerError,
    WhyMissingError,
    end_contact,
    keep_recording,
    open_contact,
)
from packstation.acts.desk_views import contact_of
from packstation.acts.overriding import override
from packstation.domain.hold_events import NoOpenContactError
from packstation.domain.holds import AttemptResult, ContactMethod, HoldState, RefusalWhy
from packstation.domain.orders import Address
from packstation.domain.packing import ParcelState
from packstation.domain.times import DAY, HOUR, MINUTE, SECOND
from packstation.store.holds import courier_instruction, hold_by_id
from tests.acts.worlds import (
    PIN,
    POLICY,
    World,
    entries,
    hold_moves,
    kinds,
    parcel_states,
    risky,
    standing_of_hold,
    tracked,
    verdict_of,
)
from tests.factories import HOME, NOW, a_buyer, an_order, order_id, stored

CALL = ContactMethod.CALL
TRIED = (
    AttemptResult.NO_ANSWER,
    AttemptResult.BUSY,
    AttemptResult.UNREACHABLE,
    AttemptResult.MESSAGE_SENT,
    AttemptResult.LATER,
)


def test_a_contact_shows_the_phone_and_that_is_recorded(world: World) -> None:
    card = world.held()
    assert contact_of(card.id, world.packer).open_attempt is None
    shown = open_contact(world.desk.place, world.packer, card.id, CALL)
    assert (shown.phone, shown.phone_key, shown.recipient) == (HOME.phone, "+84912345678", HOME.recipient)
    assert shown.open_attempt is not None
    assert entries("kind", "order_id", "hold_id", "person_id", "facts")[-1] == (
        "contact_opened",
        order_id("A-1"),
        card.id,
        world.packer,
        {"method": "call"},
    )
    again = open_contact(world.desk.place, world.packer, card.id, CALL)
    assert (again.open_attempt, kinds().count("contact_opened")) == (shown.open_attempt, 1), "it is still the same one"


def test_a_masked_phone_gives_way_to_the_profiles_clear_one(world: World) -> None:
    masked = Address("N***n", "******78", HOME.street)
    card = world.held(address=masked, buyer=a_buyer(phone="0987654321"))
    assert open_contact(world.desk.place, world.packer, card.id, CALL).phone_key == "+84987654321"
    hidden = world.held("A-2", address=masked, buyer=a_buyer("binh"))
    assert open_contact(world.desk.place, world.packer, hidden.id, CALL).phone_key == ""


def test_a_confirmation_releases_the_hold_and_the_order_is_packed(world: World) -> None:
    card = world.held(parcels=tracked("T-0001"))
    ended = world.contact(card.id, AttemptResult.CONFIRMED, note="nhận chiều mai")
    assert (ended.hold.state, ended.also_released, ended.pull) == (HoldState.RELEASED, (), ())
    assert hold_moves(card.id) == [("waiting", "rule"), ("released", "confirmed")]
    assert entries("kind", "hold_id", "person_id", "facts")[-1] == (
        "contact_ended",
        card.id,
        world.packer,
        {"result": "confirmed", "why": "", "state": "released", "reason": "confirmed"},
    )
    world.desk.pack("T-0001")
    assert parcel_states() == [ParcelState.PACKED]


def test_a_confirmation_releases_the_customers_other_holds_that_were_ticked_and_no_others(world: World) -> None:
    cards = [world.held(f"A-{n}") for n in (1, 2, 3)]
    ended = world.contact(cards[0].id, AttemptResult.CONFIRMED, also=[cards[1].id, cards[0].id])
    assert ended.also_released == (cards[1].id,)
    assert [standing_of_hold(world.hold_of(f"A-{n}")) for n in (1, 2, 3)] == [
        ("released", "confirmed"),
        ("released", "confirmed"),
        ("waiting", "rule"),
    ]
    assert kinds().count("contact_ended") == 2


def test_only_a_confirmation_reaches_the_other_holds(world: World) -> None:
    first, second = world.held("A-1"), world.held("A-2")
    world.contact(first.id, AttemptResult.REFUSED, why=RefusalWhy.PRICE, also=[second.id])
    assert standing_of_hold(world.hold_of("A-2")) == ("waiting", "rule")


def test_a_hold_that_was_decided_meanwhile_is_not_released_again(world: World) -> None:
    first, second = world.held("A-1"), world.held("A-2")
    world.contact(second.id, AttemptResult.REFUSED, why=RefusalWhy.PRICE)
    assert world.contact(first.id, AttemptResult.CONFIRMED, also=[second.id]).also_released == ()
    assert standing_of_hold(world.hold_of("A-2")) == ("closed", "refused")


@pytest.mark.parametrize("others", ["binh.tran", None])
def test_no_contact_confirms_another_customers_hold(world: World, others: str | None) -> None:
    first, second = world.held("A-1", buyer=None if others is None else "an.nguyen"), world.held("A-2", buyer=others)
    with pytest.raises(OtherCustomerError):
        world.contact(first.id, AttemptResult.CONFIRMED, also=[second.id])
    assert [standing_of_hold(world.hold_of(number)) for number in ("A-1", "A-2")] == [("waiting", "rule")] * 2


def test_a_refusal_needs_its_why_and_closes_the_hold_for_good(world: World) -> None:
    card = world.held()
    open_contact(world.desk.place, world.packer, card.id, CALL)
    with pytest.raises(WhyMissingError):
        end_contact(world.desk.place, world.packer, card.id, AttemptResult.REFUSED)
    ended = end_contact(world.desk.place, world.packer, card.id, AttemptResult.REFUSED, RefusalWhy.TOO_SLOW)
    assert ended.hold.state is HoldState.CLOSED
    assert verdict_of(world.desk.scan("A-1")) == ("stop", ["hold-closed"])
    [attempt] = contact_of(card.id, None).attempts
    assert (attempt.result, attempt.why, attempt.by) == (AttemptResult.REFUSED, "too_slow", "An")


def test_a_result_needs_an_open_contact_of_the_same_person(world: World) -> None:
    card = world.held()
    other = world.hire("Chi")
    with pytest.raises(NoOpenContactError):
        end_contact(world.desk.place, world.packer, card.id, AttemptResult.CONFIRMED)
    open_contact(world.desk.place, world.packer, card.id, CALL)
    with pytest.raises(NoOpenContactError):
        end_contact(world.desk.place, other, card.id, AttemptResult.CONFIRMED)
    end_contact(world.desk.place, world.packer, card.id, AttemptResult.NO_ANSWER)
    with pytest.raises(NoOpenContactError):
        end_contact(world.desk.place, world.packer, card.id, AttemptResult.CONFIRMED)
    assert standing_of_hold(world.hold_of()) == ("waiting", "rule")


def test_a_contact_left_open_too_long_takes_no_result_and_the_next_one_does(world: World) -> None:
    card = world.held()
    open_contact(world.desk.place, world.packer, card.id, CALL)
    world.clock.pass_(15 * MINUTE)
    with pytest.raises(NoOpenContactError):
        end_contact(world.desk.place, world.packer, card.id, AttemptResult.CONFIRMED)
    assert world.contact(card.id, AttemptResult.CONFIRMED).hold.state is HoldState.RELEASED


def test_nobody_is_contacted_for_a_hold_that_is_over(world: World) -> None:
    card = world.held()
    world.contact(card.id, AttemptResult.CONFIRMED)
    with pytest.raises(NoOpenHoldError):
        open_contact(world.desk.place, world.packer, card.id, CALL)


def test_contacts_without_a_yes_or_no_plan_the_next_try_until_none_is_left(world: World) -> None:
    card = world.held()
    world.contact(card.id, TRIED[0])
    assert world.hold_of().hold.next_try_at == world.clock.now + 30 * MINUTE
    agreed = world.clock.now + 5 * HOUR
    world.contact(card.id, AttemptResult.LATER, next_try_at=agreed)
    assert (world.hold_of().hold.next_try_at, world.hold_of().attempts) == (agreed, 2)
    world.contact(card.id, TRIED[1])
    assert standing_of_hold(world.hold_of()) == ("escalated", "tries_used")


def test_in_the_evening_the_next_try_is_planned_for_the_morning_and_what_the_buyer_asked_for_is_kept(
    world: World,
) -> None:
    world.publish(POLICY + '[holds.calling]\nmon-sun = ["08:00-17:00"]\n')
    card = world.held()
    quarter_to_five = NOW - NOW % DAY + 9 * HOUR + 45 * MINUTE
    world.clock.now = quarter_to_five
    planned = world.contact(card.id, TRIED[0])
    assert (planned.hold.next_try_at, planned.outside_hours) == (quarter_to_five + 15 * HOUR + 15 * MINUTE, False)
    at_eight = quarter_to_five + 3 * HOUR + 15 * MINUTE
    agreed = world.contact(card.id, AttemptResult.LATER, next_try_at=at_eight)
    assert (agreed.hold.next_try_at, agreed.outside_hours) == (at_eight, True)


@pytest.mark.parametrize("result", [AttemptResult.WRONG_NUMBER, AttemptResult.NOT_MY_ORDER])
def test_a_contact_that_finds_something_wrong_asks_the_supervisor(world: World, result: AttemptResult) -> None:
    card = world.held()
    world.contact(card.id, result)
    assert standing_of_hold(world.hold_of()) == ("escalated", str(result))


def test_a_refusal_after_the_parcel_was_packed_reopens_the_hold_and_says_which_to_pull(world: World) -> None:
    card = world.held(parcels=tracked("T-0001"))
    other = world.hire("Chi")
    open_contact(world.desk.place, other, card.id, CALL)
    override(world.desk.place, world.supervisor(), PIN, card.id, release=True, reason="khách quen")
    world.desk.pack("T-0001")
    ended = end_contact(world.desk.place, other, card.id, AttemptResult.REFUSED, RefusalWhy.CHANGED_MIND)
    assert (ended.hold.state, ended.pull) == (HoldState.ESCALATED, ("A-1",))
    assert standing_of_hold(world.hold_of()) == ("escalated", "reopened")


def test_a_result_for_a_hold_that_ended_meanwhile_decides_the_one_opened_since(world: World) -> None:
    world.publish("")
    [order] = stored(risky())
    world.publish('[[rule]]\nid = "all"\nwhen = "cod"\nvi = "x"\nen = "x"\n')
    first = world.hold_of()
    open_contact(world.desk.place, world.packer, first.id, CALL)
    world.publish("")
    world.publish('[[rule]]\nid = "all"\nwhen = "cod"\nvi = "x"\nen = "x"\n')
    second = world.hold_of()
    assert second.id != first.id
    ended = end_contact(world.desk.place, world.packer, first.id, AttemptResult.REFUSED, RefusalWhy.PRICE)
    assert ended.hold.state is HoldState.CLOSED
    assert hold_by_id(second.id)[0].state is HoldState.CLOSED
    assert hold_moves(first.id)[-1] == ("released", "rejudged")
    assert verdict_of(world.desk.scan("A-1")) == ("stop", ["hold-closed"])
    assert order == order_id("A-1")


def test_two_people_never_contact_one_customer_at_once(world: World) -> None:
    first, second = world.held("A-1"), world.held("A-2")
    chi = world.hire("Chi")
    open_contact(world.desk.place, chi, first.id, CALL)
    for hold in (first, second):
        with pytest.raises(ContactedByOtherError, match="Chi"):
            open_contact(world.desk.place, world.packer, hold.id, CALL)
    end_contact(world.desk.place, chi, first.id, AttemptResult.NO_ANSWER)
    assert open_contact(world.desk.place, world.packer, second.id, CALL).open_attempt is not None


def test_a_contact_that_ran_out_keeps_nobody_away(world: World) -> None:
    card = world.held()
    open_contact(world.desk.place, world.hire("Chi"), card.id, CALL)
    world.clock.pass_(15 * MINUTE)
    assert open_contact(world.desk.place, world.packer, card.id, CALL).open_attempt is not None


def test_what_the_buyer_asks_of_the_courier_is_kept_with_every_order_that_they_confirm(world: World) -> None:
    first, second = world.held("A-1"), world.held("A-2")
    world.contact(first.id, AttemptResult.CONFIRMED, also=[second.id], instruction="sau 5 giờ\n chiều" + "x" * 200)
    for number in ("A-1", "A-2"):
        instruction = courier_instruction(order_id(number))
        assert instruction.startswith("sau 5 giờ")
        assert len(instruction) <= LONGEST_INSTRUCTION
        assert instruction.isprintable()
    other = world.held("A-3")
    world.contact(other.id, AttemptResult.NO_ANSWER, instruction="sau 5 giờ")
    assert courier_instruction(order_id("A-3")) == ""


def test_not_my_order_marks_the_number_and_neither_charges_nor_blocks_its_owner(world: World) -> None:
    card = world.held()
    world.contact(card.id, AttemptResult.NOT_MY_ORDER)
    world.arrive(an_order("B-1", buyer="binh", address=replace(HOME, phone="+84 912 345 678"), placed_at=NOW))
    judgement = world.desk.scan("B-1").judgement
    assert judgement is not None
    assert judgement.order is not None
    assert judgement.order.number_marked_at == world.clock.now - 2 * SECOND
    assert judgement.verdict.kind == "pack"
    assert judgement.customer is not None
    assert judgement.customer.history.counts.failed == 0
    assert "number_marked" in kinds()


@pytest.mark.parametrize("result", [AttemptResult.REFUSED, AttemptResult.DUPLICATE_ORDER])
def test_a_buyer_who_rings_back_opens_a_refused_hold_again(world: World, result: AttemptResult) -> None:
    card = world.held()
    world.contact(card.id, result, why=RefusalWhy.PRICE if result is AttemptResult.REFUSED else None)
    with pytest.raises(NoOpenHoldError):
        open_contact(world.desk.place, world.packer, card.id, CALL)
    shown = open_contact(world.desk.place, world.packer, card.id, CALL, incoming=True)
    assert standing_of_hold(world.hold_of()) == ("escalated", "reopened")
    assert shown.attempts[-1].incoming
    ended = end_contact(world.desk.place, world.packer, card.id, AttemptResult.CONFIRMED)
    assert ended.hold.state is HoldState.RELEASED


def test_where_a_call_can_be_heard_is_kept_with_it(world: World) -> None:
    card = world.held()
    shown = open_contact(world.desk.place, world.packer, card.id, CALL)
    assert shown.open_attempt is not None
    keep_recording(shown.open_attempt, "https://pbx.local/1.mp3")
    assert contact_of(card.id, None).attempts[0].recording == "https://pbx.local/1.mp3"
