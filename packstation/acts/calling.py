"""The call desk: whom a caller has, who is next, who is found by a number or a code, and who rings."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from packstation.acts.contacting import ContactedByOtherError
from packstation.acts.looking_up import look_up
from packstation.acts.policies import current_policy
from packstation.acts.rescuing import rescues_now
from packstation.acts.workplace import Workplace
from packstation.domain.call_queue import Callee, QueuedHold, Waiting, queue_of
from packstation.domain.call_sharing import CallRules, next_for
from packstation.domain.holds import HoldRules
from packstation.domain.phones import phone_key
from packstation.domain.times import DAY, MINUTE
from packstation.domain.verdict import VerdictKind
from packstation.store.call_queue import queued_holds, stopped_holds
from packstation.store.calls import (
    callee_of_order,
    contacted_by_other,
    end_ring,
    forget_rings_before,
    give_back,
    lease,
    leases,
    lock_calls,
    on_shift,
    ring,
    ringing,
    seen_calling,
)
from packstation.store.database import answering, database_now, transaction
from packstation.store.holds import latest_hold
from packstation.store.judging import read_for_judging
from packstation.store.people import everybody, station_by_name
from packstation.store.rescues import RescueCard
from packstation.store.scans import record_scan

SHORTEST_ENDING = 4
"""Digits of a number that find who rings back."""
_NUMBER = re.compile(r"\s*\+?[0-9 .()-]{4,30}\s*", re.ASCII)
"""How a phone system writes a number."""
_RINGS_FOR = 2 * MINUTE
_RINGS_BACK_FOR = 30 * DAY
"""How long after a refusal a buyer who rings back is found by their number, ms."""


@dataclass(frozen=True, slots=True)
class CallQueue:
    """The queue as it is now: who waits, the callers' names by id, and how many of them are on shift; the rescue calls beside it."""

    waiting: tuple[Waiting, ...]
    names: dict[int, str]
    on_shift: int
    now: int
    rescues: tuple[RescueCard, ...] = ()


class NobodyWaitingError(Exception):
    """It is nobody's turn, or others have them all. `next_at`, ms UTC, is when it is somebody's; None for not by itself."""

    def __init__(self, next_at: int | None) -> None:
        super().__init__(next_at)
        self.next_at = next_at


class NoSuchNumberError(Exception):
    """This is no telephone number."""


class NoSuchStationError(Exception):
    """No station has this name; `names` are those that there are."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def queue_now(person_id: int | None, rules: CallRules) -> CallQueue:
    """The whole queue. Changes nothing."""
    with answering():
        now = database_now()
        waiting = _queue(current_policy().holds, now)
        names = {person.id: person.name for person in everybody()}
        callers = on_shift(now - rules.on_shift_ms) | ({person_id} if person_id is not None else frozenset())
        to_rescue = tuple(card for card in rescues_now() if card.rescue.is_open)
        return CallQueue(waiting, names, len(callers), now, to_rescue)


def tiers_of(queue: CallQueue) -> dict[Callee, str]:
    """What each customer of the queue is to the seller: their tier, without one their label. Reckoned one by one, so on demand."""
    policy = current_policy()
    found = {}
    with answering():
        for each in queue.waiting:
            order_id = each.first.order_id
            facts = read_for_judging(order_id, None, policy.holds, policy.prior_weight, queue.now)
            if facts.customer is not None:
                found[each.callee] = facts.customer.tier or str(facts.customer.history.counts.label)
    return found


def be_there(person_id: int) -> None:
    """Somebody who calls is at work: they share the queue."""
    with transaction():
        seen_calling(person_id, database_now())


def take_next(place: Workplace, person_id: int, rules: CallRules, put_back: Collection[Callee] = ()) -> Waiting:
    """Give a caller whom they contact next; whom they had before is given back.

    Args:
        place: where.
        person_id: the caller.
        rules: how the queue is shared.
        put_back: whom they put back without a result, who come last.

    Raises:
        NobodyWaitingError: there is nobody to contact now.
    """
    with transaction():
        lock_calls()
        now = database_now()
        give_back(person_id)
        seen_calling(person_id, now)
        queue = _queue(current_policy().holds, now)
        found = next_for(person_id, queue, on_shift(now - rules.on_shift_ms), now, put_back)
        if found is None:
            dues = [each.due_at for each in queue if each.due_at is not None and each.due_at > now]
            nobody = NobodyWaitingError(min(dues, default=None))
        else:
            lease(found.callee, person_id, place.station_id, now + rules.lease_ms)
            return found
    raise nobody


def take(place: Workplace, person_id: int, rules: CallRules, callee: Callee) -> Waiting | None:
    """Give a caller whom they chose; whom they had before is given back. None when nothing of theirs is open any more.

    Raises:
        ContactedByOtherError: somebody else has them.
    """
    with transaction():
        lock_calls()
        now = database_now()
        holds = current_policy().holds
        if other := contacted_by_other(callee, person_id, now, now - holds.abandoned_after_ms):
            raise ContactedByOtherError(other)
        give_back(person_id)
        seen_calling(person_id, now)
        found = next((each for each in _queue(holds, now) if each.callee == callee), None)
        if found is not None:
            lease(callee, person_id, place.station_id, now + rules.lease_ms)
        return found


def put_back(person_id: int) -> None:
    """Give back whom a caller has."""
    with transaction():
        give_back(person_id)


def held_by_code(place: Workplace, person_id: int, code: str) -> Callee | None:
    """Whose hold a scanned code means; recorded as a scan if it means one, else nothing is done."""
    with transaction():
        looked_up = look_up(code)
        if len(looked_up.found) != 1:
            return None
        found = looked_up.found[0]
        for order_id in found.order_ids:
            card = latest_hold(order_id)
            if card is not None and card.hold.is_open:
                record_scan(
                    place.station_id, person_id, database_now(), code, VerdictKind.CALL, order_id, found.parcel_id
                )
                return callee_of_order(order_id)
        return None


def is_known(code: str) -> bool:
    """Whether a code means anything here."""
    with answering():
        looked_up = look_up(code)
        return bool(looked_up.found or looked_up.glued)


def rings_back(ending: str) -> list[QueuedHold]:
    """The holds of those whose number ends so: the open ones by decide-by, then those closed lately that can be opened again."""
    with answering():
        rules = current_policy().holds
        since = database_now() - _RINGS_BACK_FOR
        digits = ending.lstrip("+").removeprefix("0") if len(ending) > SHORTEST_ENDING else ending
        found = [*queued_holds(rules), *stopped_holds(rules, since)]
        return [held for held in found if held.phone_key.endswith(digits)]


def tell_ring(number: str, station: str) -> str:
    """Tell a station's call desk that a number rings; the number as it is known here (E.164).

    Raises:
        NoSuchNumberError: it is none.
        NoSuchStationError: no station has this name.
    """
    key = phone_key(number) if _NUMBER.fullmatch(number) else ""
    if not key:
        raise NoSuchNumberError(number)
    with transaction():
        station_id, names = station_by_name(station)
        if station_id is None:
            raise NoSuchStationError(names)
        ring(station_id, key, database_now())
    return key


def answer_ring(place: Workplace) -> str:
    """The number that rings at this station, told once; empty for none."""
    if place.station_id is None:
        return ""
    with answering():
        now = database_now()
        rings = ringing(place.station_id, now - _RINGS_FOR)
    if rings is None:
        return ""
    with transaction():
        end_ring(rings[0], now)
        forget_rings_before(now - DAY)
    return rings[1]


def _queue(rules: HoldRules, now: int) -> tuple[Waiting, ...]:
    held = queued_holds(rules)
    had = leases(now)
    return queue_of(held, {each.callee: had[each.callee.key] for each in held if each.callee.key in had}, rules, now)
