"""A held order's buyer is contacted, and the result decides the hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packstation.acts.alarming import raise_pull_parcel
from packstation.acts.announcing import announce_hold
from packstation.acts.judging import judge_relinked
from packstation.acts.mailing import queue_mail
from packstation.acts.policies import current_policy
from packstation.acts.recording import facts_of, record_decision
from packstation.acts.workplace import Workplace
from packstation.domain.cards import ContactCard
from packstation.domain.hold_clock import end_attempt, has_run_out
from packstation.domain.hold_events import AttemptEnded, BuyerRangBack, NoOpenContactError
from packstation.domain.hold_steps import Effect, Step, advance
from packstation.domain.holds import AttemptResult, ContactMethod, Hold, HoldRules, RefusalWhy, stops
from packstation.domain.ledger import EntryKind
from packstation.domain.plain_text import plain
from packstation.store import holds as stored
from packstation.store.calls import callee_of_order, contacted_by_other, give_back, lease, lock_calls
from packstation.store.contacts import circumstances_of, contact_card, phone_key_of
from packstation.store.database import database_now, lock_name, lock_orders, transaction
from packstation.store.marked_phones import mark_phone
from packstation.store.order_cards import customer_of, packed_numbers
from packstation.store.relinking import part_from_number


class NoOpenHoldError(Exception):
    """The hold was decided meanwhile; there is nothing to contact the buyer for."""


class ContactedByOtherError(Exception):
    """Another person, `name`, has this customer at the call desk or contacts them right now."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class WhyMissingError(Exception):
    """A refusal needs to say why."""


class OtherCustomerError(Exception):
    """A contact can only confirm holds of the customer that was contacted."""


LONGEST_INSTRUCTION = 80
"""Characters that a courier reads on a slip."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a contact's result made of the hold, of the customer's other holds that were confirmed with it, and of parcels.

    `pull` are the numbers of orders whose parcels are packed already and must be taken back; their alarms are raised.
    `outside_hours`: the next try lies outside the hours of contact, because the buyer asked for it.
    """

    hold: Hold
    also_released: tuple[int, ...] = ()
    pull: tuple[str, ...] = ()
    outside_hours: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent to a buyer who is contacted by email."""

    to: str
    subject: str
    body: str


def open_contact(
    place: Workplace, person_id: int, hold_id: int, method: ContactMethod, *, incoming: bool = False
) -> ContactCard:
    """Begin to contact the buyer: from here on the phone or chat is shown, which is recorded, and nobody else contacts them.

    Args:
        place: where.
        person_id: who.
        hold_id: what for; of a hold that is over, only one that a buyer can open again by ringing back.
        method: how.
        incoming: the buyer got in touch, not we.

    Raises:
        NoOpenHoldError: the hold is released or closed.
        ContactedByOtherError: somebody else has the customer, or contacts them.
    """
    with transaction():
        lock_calls()
        _hold, order_id = stored.hold_by_id(hold_id)
        lock_orders([order_id])
        now = database_now()
        rules = current_policy().holds
        callee = callee_of_order(order_id)
        if other := contacted_by_other(callee, person_id, now, now - rules.abandoned_after_ms):
            raise ContactedByOtherError(other)
        hold, _order = stored.hold_by_id(hold_id)
        latest = stored.latest_hold(order_id)
        if incoming and stops(hold) and latest is not None and latest.id == hold_id:
            hold = _rung_back(place, person_id, hold_id, order_id, hold, now)
        if not hold.is_open:
            raise NoOpenHoldError
        lease(callee, person_id, place.station_id, now + rules.abandoned_after_ms)
        running = stored.running_attempt(hold_id, person_id)
        if running is None or has_run_out(running[3], rules, now):
            stored.open_attempt(hold_id, person_id, place.station_id, method, now, incoming=incoming)
            place.ledger.write(
                EntryKind.CONTACT_OPENED,
                now,
                order_id=order_id,
                hold_id=hold_id,
                person_id=person_id,
                station_id=place.station_id,
                policy_version=current_policy().version,
                facts={"method": str(method), "incoming": True} if incoming else {"method": str(method)},
            )
        return contact_card(hold_id, person_id)


def _rung_back(place: Workplace, person_id: int, hold_id: int, order_id: int, hold: Hold, now: int) -> Hold:
    after = advance(hold, BuyerRangBack(), current_policy().holds, now).hold
    facts = facts_of(order_id, now)
    stored.save_hold(hold_id, hold, after, person_id, now)
    announce_hold(order_id, hold_id, hold, after, now)
    told = {"why": BuyerRangBack.__name__, "state": str(after.state), "reason": str(after.reason)}
    record_decision(place, EntryKind.HOLD_MOVED, facts, now, told=told, hold_id=hold_id, person_id=person_id)
    return after


def keep_recording(attempt_id: int, address: str) -> None:
    """Keep where the recording of a contact can be heard, as the command that dialled said."""
    with transaction():
        stored.keep_recording(attempt_id, address)


def end_contact(
    place: Workplace,
    person_id: int,
    hold_id: int,
    result: AttemptResult,
    why: RefusalWhy | None = None,
    next_try_at: int | None = None,
    note: str = "",
    also: Sequence[int] = (),
    instruction: str = "",
    letter: Letter | None = None,
) -> Ended:
    """Log how the contact ended. After "not my order" the number links the order's buyer no longer to whoever else uses it.

    Args:
        place: where.
        person_id: who logs it; must be who opened the contact.
        hold_id: the hold.
        result: how it ended.
        why: for a refusal.
        next_try_at: the time agreed with the buyer, ms UTC.
        note: free text.
        also: other open holds of the same customer that the buyer confirmed in the same contact.
        instruction: what a buyer who confirms asks of the courier; it goes onto the slip.
        letter: sent in the same transaction.

    Raises:
        NoOpenContactError: this person has no contact open for the hold, or it ran out.
        BadAddressError: the letter's address is none.
        WhyMissingError: a refusal without its why.
        NotTheContactError: see `end_attempt`.
        OtherCustomerError: one of the other holds is not the same customer's.
    """
    if result is AttemptResult.REFUSED and why is None:
        raise WhyMissingError
    told = plain(instruction, LONGEST_INSTRUCTION).strip() if result is AttemptResult.CONFIRMED else ""
    parted: set[int] = set()
    with transaction():
        if result is AttemptResult.NOT_MY_ORDER:
            lock_name("intake")
        others = [other for other in also if result is AttemptResult.CONFIRMED and other != hold_id]
        order_ids = {each: stored.hold_by_id(each)[1] for each in (hold_id, *others)}
        if len({customer_of(order_id) or -order_id for order_id in order_ids.values()}) > 1:
            raise OtherCustomerError
        lock_orders(order_ids.values())
        now = database_now()
        rules = current_policy().holds
        running = stored.running_attempt(hold_id, person_id)
        if running is None:
            raise NoOpenContactError
        attempt_id, opened_by, method, opened_at = running
        zone = circumstances_of(order_ids[hold_id]).zone
        event = end_attempt(
            result,
            opened_by=opened_by,
            opened_at=opened_at,
            method=method,
            by=person_id,
            now=now,
            rules=rules,
            zone=zone,
            why=why,
            next_try_at=next_try_at,
        )
        text = note or told
        step = _advance(
            place, _decisive(hold_id, order_ids[hold_id]), order_ids[hold_id], event, rules, now, text, told
        )
        released = []
        for other in others:
            if stored.hold_by_id(other)[0].is_open:
                _advance(place, other, order_ids[other], event, rules, now, text, told)
                released.append(other)
        stored.end_attempt(attempt_id, result, str(why or ""), now, step.hold.next_try_at)
        give_back(person_id)
        if letter is not None:
            order_id = order_ids[hold_id]
            queue_mail(place, letter.to, letter.subject, letter.body, order_id=order_id, now=now, person_id=person_id)
        if result is AttemptResult.NOT_MY_ORDER:
            _mark_number(place, order_ids[hold_id], hold_id, person_id, now)
            parted = part_from_number(order_ids[hold_id], person_id, now)
        pull: tuple[str, ...] = ()
        if Effect.PULL_PARCEL_IF_PACKED in step.effects:
            pull = packed_numbers(order_ids[hold_id])
            raise_pull_parcel(place, order_ids[hold_id])
    judge_relinked(place, parted)
    next_try = step.hold.next_try_at
    is_outside = next_try is not None and rules.opening(method, next_try, zone) != next_try
    return Ended(step.hold, tuple(released), pull, is_outside)


def _decisive(hold_id: int, order_id: int) -> int:
    """The hold that a result decides: the contact's own while it is open, else the order's latest."""
    hold, _order = stored.hold_by_id(hold_id)
    latest = stored.latest_hold(order_id)
    return latest.id if latest and not hold.is_open else hold_id


def _mark_number(place: Workplace, order_id: int, hold_id: int, person_id: int, now: int) -> None:
    """Mark the number that answered, so that its next order is seen; whoever it belongs to did nothing wrong."""
    key = phone_key_of(order_id)
    if key:
        mark_phone(key, hold_id, person_id, now)
        place.ledger.write(
            EntryKind.NUMBER_MARKED,
            now,
            order_id=order_id,
            hold_id=hold_id,
            person_id=person_id,
            station_id=place.station_id,
        )


def _advance(
    place: Workplace, hold_id: int, order_id: int, event: AttemptEnded, rules: HoldRules, now: int, note: str, told: str
) -> Step:
    hold, _order = stored.hold_by_id(hold_id)
    step = advance(hold, event, rules, now)
    facts = facts_of(order_id, now)
    stored.save_hold(hold_id, hold, step.hold, event.by, now, str(event.why or "") or told)
    announce_hold(order_id, hold_id, hold, step.hold, now)
    record_decision(
        place,
        EntryKind.CONTACT_ENDED,
        facts,
        now,
        told={
            "result": str(event.result),
            "why": str(event.why or ""),
            "state": str(step.hold.state),
            "reason": str(step.hold.reason),
        },
        hold_id=hold_id,
        person_id=event.by,
        text=note,
    )
    return step
