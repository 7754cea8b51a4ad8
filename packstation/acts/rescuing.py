"""Rescue calls: opened when a delivery failed, contacts with their results, and their end. No hold and no verdict changes."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.acts.contacting import LONGEST_INSTRUCTION, ContactedByOtherError
from packstation.acts.policies import current_policy
from packstation.acts.workplace import Workplace
from packstation.domain.carriers import CarrierTerms
from packstation.domain.hold_clock import has_run_out
from packstation.domain.hold_events import NoOpenContactError
from packstation.domain.holds import AttemptResult, ContactMethod
from packstation.domain.ledger import EntryKind
from packstation.domain.orders import Outcome
from packstation.domain.plain_text import plain
from packstation.domain.rescues import Rescue, contacted, expire, follow
from packstation.domain.waybills import WaybillEvent
from packstation.store import rescues as stored
from packstation.store.calls import callee_of_order, contacted_by_other, give_back, lease, lock_calls
from packstation.store.database import answering, database_now, lock_orders, transaction
from packstation.store.rescues import RescueCard


class NoRescueError(LookupError):
    """There is no rescue of this number, or nobody has to be called for it any more."""


def follow_parcel(
    place: Workplace,
    order_id: int,
    tracking: str,
    events: Sequence[WaybillEvent],
    outcome: Outcome,
    carrier: CarrierTerms,
    now: int,
) -> bool:
    """Open, renew or end a parcel's rescue after its carrier told something, inside the caller's transaction; whether one was opened.

    Args:
        place: who acts.
        order_id: the order, locked.
        tracking: the parcel's number; empty for an order's only parcel.
        events: what the carrier said of it.
        outcome: the order's.
        carrier: the carrier's terms.
        now: ms UTC.
    """
    found = stored.latest_rescue(order_id, tracking)
    latest = found[1] if found else None
    after = follow(latest, events, outcome, carrier, now)
    if after is None or after == latest:
        return False
    if found is None or (after.is_open and not found[1].is_open):
        stored.add_rescue(order_id, tracking, after)
        _record(place, EntryKind.RESCUE_OPENED, order_id, after, now)
        return True
    stored.save_rescue(found[0], after)
    if not after.is_open and after.state is not found[1].state:
        _record(place, EntryKind.RESCUE_ENDED, order_id, after, now)
    return False


def rescues_now() -> list[RescueCard]:
    """The rescues that are undecided, most urgent first: whom to call, and whose carrier is to be told that they take it."""
    with answering():
        now = database_now()
        return [card for card in stored.undecided() if expire(card.rescue, card.outcome, now) == card.rescue]


def open_rescue_contact(place: Workplace, person_id: int, rescue_id: int, method: ContactMethod) -> RescueCard:
    """Begin to contact the buyer: from here on the phone is shown, which is recorded, and nobody else contacts them.

    Raises:
        NoRescueError: nobody has to be called.
        ContactedByOtherError: somebody else has the customer, or contacts them.
    """
    with transaction():
        lock_calls()
        card = _open_card(rescue_id)
        now = database_now()
        rules = current_policy().holds
        callee = callee_of_order(card.order_id)
        if other := contacted_by_other(callee, person_id, now, now - rules.abandoned_after_ms):
            raise ContactedByOtherError(other)
        lease(callee, person_id, place.station_id, now + rules.abandoned_after_ms)
        running = stored.running_attempt(rescue_id, person_id)
        if running is None or has_run_out(running.opened_at, rules, now):
            stored.open_attempt(rescue_id, person_id, place.station_id, method, now)
            place.ledger.write(
                EntryKind.RESCUE_CONTACT_OPENED,
                now,
                order_id=card.order_id,
                person_id=person_id,
                station_id=place.station_id,
                facts={"rescue": rescue_id, "method": str(method)},
            )
        return card


def end_rescue_contact(
    place: Workplace,
    person_id: int,
    rescue_id: int,
    result: AttemptResult,
    *,
    next_try_at: int | None = None,
    wanted_at: int | None = None,
    instruction: str = "",
    note: str = "",
) -> Rescue:
    """Log how the contact ended.

    Args:
        place: where.
        person_id: who contacted the buyer.
        rescue_id: the rescue.
        result: `confirmed` that they take it, `refused`, or a try without a yes or no.
        next_try_at: the time agreed for the next try, ms UTC.
        wanted_at: when a buyer who takes it wants it, ms UTC.
        instruction: what they ask of the courier.
        note: free text.

    Raises:
        NoRescueError: it ended meanwhile.
        NoOpenContactError: this person has no contact open for it, or it ran out.
        NotARescueResultError: a rescue's contact cannot end so.
    """
    told = plain(instruction, LONGEST_INSTRUCTION).strip()
    with transaction():
        card = _open_card(rescue_id)
        now = database_now()
        rules = current_policy().holds
        running = stored.running_attempt(rescue_id, person_id)
        if running is None or has_run_out(running.opened_at, rules, now):
            raise NoOpenContactError
        after = contacted(
            card.rescue,
            result,
            running.method,
            rules,
            card.zone,
            now,
            next_try_at=next_try_at,
            wanted_at=wanted_at,
            instruction=str(told),
        )
        stored.end_attempt(running.id, result, now)
        stored.save_rescue(rescue_id, after)
        give_back(person_id)
        place.ledger.write(
            EntryKind.RESCUE_CONTACT_ENDED,
            now,
            order_id=card.order_id,
            person_id=person_id,
            station_id=place.station_id,
            facts={"rescue": rescue_id, "result": str(result), "state": str(after.state)},
            text=note or str(told),
        )
        return after


def _open_card(rescue_id: int) -> RescueCard:
    """A rescue that is open, its order locked."""
    card = stored.rescue_card(rescue_id)
    if card is None:
        raise NoRescueError(rescue_id)
    lock_orders([card.order_id])
    card = stored.rescue_card(rescue_id)
    if card is None or not card.rescue.is_open or card.rescue.deadline <= database_now():
        raise NoRescueError(rescue_id)
    return card


def expire_rescues(place: Workplace) -> int:
    """End the rescues whose deadline passed or whose order ended, and contacts for rescues that were left open; how many ended."""
    abandoned_after = current_policy().holds.abandoned_after_ms
    for attempt in stored.running_attempts_before(database_now() - abandoned_after):
        with transaction():
            stored.end_attempt(attempt.id, AttemptResult.ABANDONED, database_now())
    due = [card for card in stored.undecided() if expire(card.rescue, card.outcome, database_now()) != card.rescue]
    return sum(_expire(place, card.id) for card in due)


def _expire(place: Workplace, rescue_id: int) -> bool:
    with transaction():
        card = stored.rescue_card(rescue_id)
        if card is None:
            return False
        lock_orders([card.order_id])
        card = stored.rescue_card(rescue_id)
        now = database_now()
        after = expire(card.rescue, card.outcome, now) if card else None
        if card is None or after is None or after == card.rescue:
            return False
        stored.save_rescue(rescue_id, after)
        _record(place, EntryKind.RESCUE_ENDED, card.order_id, after, now)
        return True


def _record(place: Workplace, kind: EntryKind, order_id: int, rescue: Rescue, now: int) -> None:
    place.ledger.write(
        kind,
        now,
        order_id=order_id,
        station_id=place.station_id,
        facts={"state": str(rescue.state), "deadline": rescue.deadline, "tries": rescue.tries},
    )
