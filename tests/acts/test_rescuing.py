from __future__ import annotations

import pytest

from packstation.acts.contacting import ContactedByOtherError, open_contact
from packstation.acts.rescuing import NoRescueError, end_rescue_contact, open_rescue_contact, rescues_now
from packstation.domain.hold_events import NoOpenContactError
from packstation.domain.holds import AttemptResult, ContactMethod
from packstation.domain.orders import FailureCause, Outcome, Status
from packstation.domain.rescues import NotARescueResultError, RescueState
from packstation.domain.times import DAY, HOUR, MINUTE
from packstation.store.database import rows_of
from packstation.store.rescues import RescueCard
from tests.acts.test_waybills import WEB, sent, take_in, told
from tests.acts.worlds import World, checked, kinds, risky
from tests.factories import NOW


@pytest.fixture
def rescue(world: World) -> RescueCard:
    """A parcel that could not be delivered an hour ago; it goes back 24 hours after that."""
    world.arrive(sent(), shop=WEB)
    failed = told("failed_once", cause=FailureCause.UNREACHABLE, reason="Không nghe máy")
    assert take_in(world, failed).rescues == 1
    [card] = rescues_now()
    return card


def call(world: World, rescue: RescueCard, result: AttemptResult, by: int | None = None, **more: object) -> RescueState:
    person = world.packer if by is None else by
    open_rescue_contact(world.desk.place, person, rescue.id, ContactMethod.CALL)
    world.clock.pass_(MINUTE)
    return end_rescue_contact(world.desk.place, person, rescue.id, result, **more).state  # type: ignore[arg-type]


def test_a_delivery_that_failed_once_opens_a_rescue_that_holds_nothing_and_changes_no_verdict(
    world: World, rescue: RescueCard
) -> None:
    assert (rescue.number, rescue.tracking, rescue.rescue.reason) == ("W-1", "T1", "Không nghe máy")
    assert rescue.rescue.cause is FailureCause.UNREACHABLE
    assert rescue.rescue.deadline == NOW - HOUR + DAY
    assert checked("T1") == ("stop", ["status"])
    assert rows_of("SELECT count(*) FROM hold") == [(0,)]
    assert kinds()[-2:] == ["rescue_opened", "waybills_imported"]


def test_a_buyer_who_takes_it_says_when_and_the_parcel_is_followed_till_it_arrives(
    world: World, rescue: RescueCard
) -> None:
    told_courier = "  gọi trước\n15 phút "
    state = call(world, rescue, AttemptResult.CONFIRMED, wanted_at=NOW + DAY, instruction=told_courier)
    assert state is RescueState.WILL_TAKE
    [card] = rescues_now()
    assert (card.rescue.wanted_at, card.rescue.instruction) == (NOW + DAY, "gọi trước 15 phút")
    take_in(world, told("delivered", NOW + DAY))
    assert rescues_now() == []
    assert rows_of("SELECT state FROM rescue") == [("delivered",)]


def test_a_refusal_ends_it_and_a_further_failure_opens_none(world: World, rescue: RescueCard) -> None:
    assert call(world, rescue, AttemptResult.REFUSED) is RescueState.REFUSED
    assert take_in(world, told("failed_once", NOW + 1)).rescues == 0
    with pytest.raises(NoRescueError):
        open_rescue_contact(world.desk.place, world.packer, rescue.id, ContactMethod.CALL)


def test_no_answer_plans_the_next_try_and_never_after_the_deadline(world: World, rescue: RescueCard) -> None:
    call(world, rescue, AttemptResult.NO_ANSWER)
    [card] = rescues_now()
    assert (card.rescue.tries, card.rescue.next_try_at) == (1, world.clock.now + 30 * MINUTE)
    world.clock.now = card.rescue.deadline - 40 * MINUTE
    call(world, rescue, AttemptResult.BUSY)
    [card] = rescues_now()
    assert card.rescue.next_try_at == card.rescue.deadline - 30 * MINUTE


def test_a_second_failure_gives_more_time_and_the_deadline_ends_it(world: World, rescue: RescueCard) -> None:
    assert take_in(world, told("failed_once", NOW, reason="Sai địa chỉ")).rescues == 0
    [card] = rescues_now()
    assert (card.rescue.reason, card.rescue.deadline) == ("Sai địa chỉ", NOW + DAY)
    world.clock.now = NOW + DAY
    assert rescues_now() == []
    world.tick()
    assert rows_of("SELECT state FROM rescue") == [("expired",)]
    assert kinds()[-1] == "rescue_ended"


def test_it_ends_when_the_parcel_goes_back_or_the_channel_says_that_it_arrived(
    world: World, rescue: RescueCard
) -> None:
    world.arrive(sent("W-2", "T2"), shop=WEB)
    take_in(world, told("failed_once", tracking="T2"), told("returning", NOW, tracking="T1"))
    world.arrive(sent("W-2", "T2", status=Status.DELIVERED, outcome=Outcome.DELIVERED, known_at=NOW), shop=WEB)
    world.tick()
    assert rows_of("SELECT tracking, state FROM rescue ORDER BY tracking") == [("T1", "returned"), ("T2", "delivered")]


def test_an_old_failure_opens_none(world: World) -> None:
    world.arrive(sent(), shop=WEB)
    assert take_in(world, told("failed_once", NOW - 25 * HOUR)).rescues == 0


def test_a_parcel_of_two_orders_is_rescued_once(world: World) -> None:
    world.arrive(sent("W-1", "T1"), sent("W-2", "T1"), shop=WEB)
    assert take_in(world, told("failed_once")).rescues == 1


def test_nobody_is_contacted_by_two_people_at_once_be_it_for_a_hold_or_a_rescue(
    world: World, rescue: RescueCard
) -> None:
    chi = world.hire("Chi")
    world.arrive(risky("W-9"), shop=WEB)
    [(hold_id,)] = rows_of("SELECT id FROM hold")
    open_contact(world.desk.place, chi, hold_id, ContactMethod.CALL)
    with pytest.raises(ContactedByOtherError):
        open_rescue_contact(world.desk.place, world.packer, rescue.id, ContactMethod.CALL)
    world.contact(hold_id, AttemptResult.NO_ANSWER, by=chi)
    open_rescue_contact(world.desk.place, world.packer, rescue.id, ContactMethod.CALL)
    with pytest.raises(ContactedByOtherError):
        open_contact(world.desk.place, chi, hold_id, ContactMethod.CALL)


def test_a_contact_left_open_runs_out_and_one_cannot_end_as_a_holds_does(world: World, rescue: RescueCard) -> None:
    open_rescue_contact(world.desk.place, world.packer, rescue.id, ContactMethod.CALL)
    with pytest.raises(NotARescueResultError):
        end_rescue_contact(world.desk.place, world.packer, rescue.id, AttemptResult.WILL_PREPAY)
    world.clock.pass_(15 * MINUTE)
    world.tick()
    with pytest.raises(NoOpenContactError):
        end_rescue_contact(world.desk.place, world.packer, rescue.id, AttemptResult.REFUSED)
    assert rows_of("SELECT result FROM rescue_attempt") == [("abandoned",)]
    [card] = rescues_now()
    assert card.rescue.tries == 0
