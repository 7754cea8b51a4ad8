from __future__ import annotations

from collections.abc import Callable

import pytest

from packstation.acts.alarming import raise_pull_parcel
from packstation.acts.announcing import SwitchedOffError, send_again
from packstation.acts.cancelling import AskedAlreadyError, NotCancellableError, NotStoppedError, ask_cancellation
from packstation.acts.contacting import end_contact, open_contact
from packstation.acts.finishing import NothingToUndoError, undo
from packstation.acts.noting import EmptyNoteError, note_to_order
from packstation.acts.overriding import ReasonMissingError, override, reopen, withdraw
from packstation.acts.proving import NotASupervisorError, WrongPinError
from packstation.domain.holds import AttemptResult, ContactMethod, RefusalWhy
from packstation.domain.orders import IncomingParcel, Status
from packstation.domain.outbox import DecisionKind
from packstation.domain.packing import hand_over
from packstation.domain.times import HOUR, MINUTE, SECOND
from packstation.store import outbox
from packstation.store.database import execute_many, rows_of, transaction
from packstation.store.outbox import Taken
from packstation.store.parcels import parcel_ids, save_standing, standing
from tests.acts.worlds import PIN, RULES, World, entries, kinds, risky, tracked
from tests.factories import a_shop, an_order, order_id

WHY = "khách quen"


def switch_on(*kinds: DecisionKind, shop: str = "shop-a") -> None:
    [(shop_id,)] = rows_of("SELECT id FROM shop WHERE name = ?", (shop,))
    outbox.set_switched_on(shop_id, kinds or DecisionKind)


def waiting() -> list[tuple[str, str, str]]:
    """What waits in the outbox: order number, kind, and why."""
    return [
        (taken.order_number, str(taken.announcement.kind), taken.announcement.reason) for taken in _taken(2**60, HOUR)
    ]


def sent(world: World) -> list[Taken]:
    """What goes out now: taken and delivered."""
    return _taken(world.clock.now, HOUR)


def _taken(now: int, lease: int) -> list[Taken]:
    found = []
    [(shop_id,)] = rows_of("SELECT min(id) FROM shop")
    while taken := outbox.take_due(shop_id, "test", now, lease):
        with transaction():
            outbox.delivered(taken.id, "test", now)
        found.append(taken)
    return found


def on_desk(world: World, *numbers: str) -> None:
    """Orders of a shop that tells its channel everything, each with a parcel of its own."""
    world.arrive(*(an_order(number, parcels=tracked(f"T-{number}")) for number in numbers))
    switch_on()


# Packed


def test_packed_goes_out_when_it_can_no_longer_be_taken_back(world: World) -> None:
    on_desk(world, "A-1")
    world.desk.pack("T-A-1")
    packed_at = world.clock.now
    world.clock.pass_(RULES.undo_ms - 1)
    assert sent(world) == []
    world.clock.pass_(1)
    [packed] = sent(world)
    assert (packed.order_number, packed.announcement.kind) == ("A-1", DecisionKind.PACKED)
    assert (packed.announcement.packages, packed.decided_at) == (("P-T-A-1",), packed_at)
    with pytest.raises(NothingToUndoError):
        undo(world.desk.place, world.packer)


def test_a_finish_taken_back_is_never_told_and_the_next_one_is(world: World) -> None:
    on_desk(world, "A-1")
    world.desk.pack("T-A-1")
    world.clock.pass_(RULES.undo_ms - 1)
    undo(world.desk.place, world.packer)
    world.clock.pass_(HOUR)
    assert sent(world) == []
    world.desk.pack("T-A-1")
    packed_at = world.clock.now
    world.clock.pass_(RULES.undo_ms)
    assert [packed.decided_at for packed in sent(world)] == [packed_at]


def test_a_combined_parcel_is_told_of_each_order_and_a_split_order_of_each_parcel(world: World) -> None:
    together = (IncomingParcel("P-1", "T-0001"),)
    world.arrive(
        an_order("A-1", parcels=together), an_order("A-2", parcels=together), an_order("B-1", parcels=tracked("X", "Y"))
    )
    switch_on()
    for code in ("T-0001", "X", "Y"):
        world.desk.pack(code)
    world.clock.pass_(RULES.undo_ms)
    told = [(packed.order_number, packed.announcement.packages) for packed in sent(world)]
    assert told == [("A-1", ("P-1",)), ("A-2", ("P-1",)), ("B-1", ("P-X",)), ("B-1", ("P-Y",))]


def test_an_order_without_packages_is_packed_as_a_whole(world: World) -> None:
    world.arrive(an_order("A-1"))
    switch_on()
    world.desk.pack("A-1")
    world.clock.pass_(RULES.undo_ms)
    assert [packed.announcement.packages for packed in sent(world)] == [()]


def test_a_packed_parcel_that_is_pulled_and_scanned_in_again_is_not_told_any_more(world: World) -> None:
    on_desk(world, "A-1")
    world.desk.pack("T-A-1")
    world.arrive(an_order("A-1", status=Status.CANCEL_REQUESTED, parcels=tracked("T-A-1")))
    raise_pull_parcel(world.daemon, order_id("A-1"))
    world.desk.scan("T-A-1")
    world.clock.pass_(HOUR)
    assert sent(world) == []


def test_a_finish_that_fails_its_second_look_tells_nothing(world: World) -> None:
    on_desk(world, "A-1")
    world.desk.scan("T-A-1")
    world.arrive(an_order("A-1", status=Status.CANCELLED, parcels=tracked("T-A-1")))
    world.desk.scan("T-A-1")
    assert waiting() == []


# Holds


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (AttemptResult.CONFIRMED, [("A-1", "hold_released", "confirmed")]),
        (AttemptResult.REFUSED, [("A-1", "hold_rejected", "refused")]),
        (AttemptResult.DUPLICATE_ORDER, [("A-1", "hold_rejected", "duplicate_order")]),
        (AttemptResult.NO_ANSWER, []),
        (AttemptResult.WRONG_NUMBER, []),
        (AttemptResult.WILL_PREPAY, []),
    ],
)
def test_what_the_buyer_decided_is_told(world: World, result: AttemptResult, told: list[tuple[str, str, str]]) -> None:
    card = world.held()
    switch_on()
    world.contact(card.id, result, why=RefusalWhy.PRICE if result is AttemptResult.REFUSED else None)
    assert waiting() == told


def test_holds_that_were_confirmed_together_are_all_told(world: World) -> None:
    first, second = world.held("A-1"), world.held("A-2")
    switch_on()
    world.contact(first.id, AttemptResult.CONFIRMED, also=[second.id])
    assert [number for number, _kind, _reason in waiting()] == ["A-1", "A-2"]


@pytest.mark.parametrize(
    ("release", "told"), [(True, ("A-1", "hold_released", "overridden")), (False, ("A-1", "hold_rejected", "rejected"))]
)
def test_what_a_supervisor_decided_is_told_without_their_words(
    world: World, release: bool, told: tuple[str, str, str]
) -> None:
    card = world.held()
    switch_on()
    override(world.desk.place, world.supervisor(), PIN, card.id, release=release, reason=WHY)
    assert WHY not in rows_of("SELECT payload FROM outbox")[0][0]
    assert waiting() == [told]


def test_an_order_that_was_paid_meanwhile_is_told_as_released(world: World) -> None:
    world.held()
    switch_on()
    world.clock.pass_(MINUTE)
    world.arrive(risky(cod=False, paid_at=world.clock.now))
    assert waiting() == [("A-1", "hold_released", "prepaid")]


def test_what_became_of_a_hold_by_default_is_told(world: World) -> None:
    world.arrive(risky(), shop=a_shop("tt", "tiktok"))
    switch_on(shop="tt")
    world.clock.pass_(48 * HOUR)
    assert world.tick().holds_moved == 1
    assert waiting() == [("A-1", "hold_released", "defaulted")]


def test_what_decides_nothing_about_the_buyer_is_not_told(world: World) -> None:
    world.held("A-1")
    world.held("A-2")
    world.arrive(an_order("A-3", parcels=tracked("T-3")))
    switch_on()
    world.arrive(risky("A-1", status=Status.CANCELLED))
    world.publish("")
    world.desk.scan("T-3")
    world.desk.hold()
    withdraw(world.desk.place, world.packer, world.hold_of("A-3").id)
    assert [str(world.hold_of(number).hold.reason) for number in ("A-1", "A-2", "A-3")] == [
        "order_cancelled",
        "rejudged",
        "withdrawn",
    ]
    assert waiting() == []


def test_a_decision_that_is_opened_again_before_it_went_out_is_not_told(world: World) -> None:
    card, boss = world.held(), world.supervisor()
    switch_on()
    world.contact(card.id, AttemptResult.REFUSED, why=RefusalWhy.PRICE)
    ask_cancellation(world.desk.place, boss, PIN, order_id("A-1"), reason="hết hàng")
    reopen(world.desk.place, boss, PIN, card.id, reason=WHY)
    override(world.desk.place, boss, PIN, card.id, release=True, reason=WHY)
    assert waiting() == [("A-1", "hold_released", "overridden")]


def test_a_late_refusal_takes_back_a_release_that_was_not_told_yet(world: World) -> None:
    card = world.held()
    switch_on()
    open_contact(world.desk.place, world.packer, card.id, ContactMethod.CALL)
    override(world.desk.place, world.supervisor(), PIN, card.id, release=True, reason="Khách quen")
    assert waiting()
    end_contact(world.desk.place, world.packer, card.id, AttemptResult.REFUSED, why=RefusalWhy.TOO_SLOW)
    assert world.hold_of().hold.is_open
    assert waiting() == []


def test_nothing_is_kept_for_a_shop_that_switched_nothing_on(world: World) -> None:
    card = world.held()
    world.contact(card.id, AttemptResult.CONFIRMED)
    world.desk.pack("A-1")
    assert rows_of("SELECT count(*) FROM outbox") == [(0,)]


# Notes


def test_a_note_goes_to_the_order_and_into_the_ledger(world: World) -> None:
    world.arrive(an_order("A-1"))
    switch_on()
    note_to_order(world.desk.place, world.packer, order_id("A-1"), "  gọi trước\u202e khi giao ")
    assert entries("kind", "order_id", "person_id")[-1] == ("note_written", order_id("A-1"), world.packer)
    [told] = sent(world)
    assert (told.announcement.kind, told.announcement.text) == (DecisionKind.NOTE, "gọi trước khi giao")


def test_a_note_that_says_nothing_or_reaches_nobody_is_refused(world: World) -> None:
    world.arrive(an_order("A-1"))
    with pytest.raises(SwitchedOffError):
        note_to_order(world.desk.place, world.packer, order_id("A-1"), "gọi trước")
    switch_on()
    with pytest.raises(EmptyNoteError):
        note_to_order(world.desk.place, world.packer, order_id("A-1"), " \n")
    assert "note_written" not in kinds()
    assert waiting() == []


# Asking for cancellation


@pytest.fixture
def ask(world: World) -> Callable[..., None]:
    """Asks, as a supervisor, to cancel order A-1, whose buyer refused it."""
    card, boss = world.held(parcels=tracked("T-0001")), world.supervisor()
    switch_on()
    world.contact(card.id, AttemptResult.REFUSED, why=RefusalWhy.PRICE)

    def ask_it(pin: str = PIN, reason: str = "khách đổi ý", by: int = boss) -> None:
        ask_cancellation(world.desk.place, by, pin, order_id("A-1"), reason=reason)

    return ask_it


def test_a_cancellation_is_asked_for_by_a_supervisor_after_what_was_decided_before(
    world: World, ask: Callable[..., None]
) -> None:
    ask()
    assert entries("kind", "order_id")[-1] == ("cancellation_asked", order_id("A-1"))
    assert waiting() == [("A-1", "hold_rejected", "refused"), ("A-1", "cancellation", "khách đổi ý")]
    with pytest.raises(AskedAlreadyError):
        ask()


def test_only_a_supervisor_with_pin_and_reason_asks(world: World, ask: Callable[..., None]) -> None:
    with pytest.raises(ReasonMissingError):
        ask(reason="  ")
    with pytest.raises(WrongPinError):
        ask(pin="1111")
    with pytest.raises(NotASupervisorError):
        ask(by=world.packer)
    assert "cancellation_asked" not in kinds()


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.SHIPPED, Status.CANCEL_REQUESTED])
def test_it_is_too_late_once_the_order_ended_or_left(world: World, ask: Callable[..., None], status: Status) -> None:
    world.arrive(risky(status=status, parcels=tracked("T-0001")))
    with pytest.raises(NotCancellableError):
        ask()


def test_it_is_too_late_once_the_parcel_is_handed_over(world: World, ask: Callable[..., None]) -> None:
    [parcel_id] = parcel_ids(order_id("A-1"))
    execute_many("UPDATE parcel SET state = ?, packed_at = ? WHERE id = ?", [("packed", world.clock.now, parcel_id)])
    packed = standing(parcel_id)
    station_id = world.desk.place.station_id
    assert station_id is not None
    with transaction():
        handed_over = hand_over(packed, station_id, world.packer, world.clock.now)
        save_standing(parcel_id, packed, handed_over, world.clock.now)
    with pytest.raises(NotCancellableError):
        ask()


def test_an_order_that_could_still_be_packed_is_stopped_first(world: World) -> None:
    card, boss = world.held(), world.supervisor()
    switch_on()
    with pytest.raises(NotStoppedError):
        ask_cancellation(world.desk.place, boss, PIN, order_id("A-1"), reason=WHY)
    world.contact(card.id, AttemptResult.CONFIRMED)
    with pytest.raises(NotStoppedError):
        ask_cancellation(world.desk.place, boss, PIN, order_id("A-1"), reason=WHY)


def test_a_channel_that_is_not_asked_from_here_is_said_to_be(world: World, ask: Callable[..., None]) -> None:
    switch_on(DecisionKind.PACKED)
    with pytest.raises(SwitchedOffError):
        ask()
    assert "cancellation_asked" not in kinds()


def test_what_failed_goes_again_when_a_person_asks(world: World) -> None:
    on_desk(world, "A-1")
    world.desk.pack("T-A-1")
    execute_many("UPDATE outbox SET state = ?, tries = 8", [("parked",)])
    assert send_again([order_id("A-1") + 1]) == 0
    assert send_again() == 1
    world.clock.pass_(SECOND)
    assert [taken.tries for taken in sent(world)] == [0]
