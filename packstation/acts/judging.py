"""Judging orders: on arrival, at scan and at finish alike; holds follow what the data and the policy now say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from packstation.acts.alarming import alarm_for
from packstation.acts.announcing import announce_hold
from packstation.acts.policies import current_policy
from packstation.acts.recording import record_decision
from packstation.acts.workplace import Workplace
from packstation.domain.cards import Judgement
from packstation.domain.expressions import Value
from packstation.domain.hold_events import HoldEvent, NoLongerAsked, OrderCancelled, OrderShipped, Paid
from packstation.domain.hold_steps import advance
from packstation.domain.holds import open_by_rule, with_decide_by
from packstation.domain.ledger import EntryKind
from packstation.domain.orders import Status
from packstation.domain.packing import ParcelStanding
from packstation.domain.policy import Policy
from packstation.domain.shelf import slot_order
from packstation.domain.verdict import Reason, StopRule, Verdict, VerdictKind, asks_for_call, decide, strictest
from packstation.store.alarms import orders_to_pull
from packstation.store.database import database_now, lock_orders, transaction
from packstation.store.holds import open_hold, open_holds, orders_with_open_hold, save_hold
from packstation.store.judging import (
    JudgingFacts,
    other_packable_orders,
    packable_orders,
    read_for_judging,
    to_judge_of_buyers,
)
from packstation.store.order_cards import paid_at
from packstation.store.parcels import give_slot, parcel_of_order, unpacked_parcels
from packstation.store.people import person_by_id, station_name

_SHIPPED = frozenset(
    {Status.SHIPPED, Status.DELIVERED, Status.COMPLETED, Status.RETURNING, Status.RETURNED, Status.LOST}
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One order with its verdict."""

    facts: JudgingFacts
    verdict: Verdict

    def judgement(self, code: str) -> Judgement:
        """The same as it is shown."""
        facts = self.facts
        return Judgement(code, self.verdict, facts.order, facts.customer, facts.hold, (), facts.data_age_ms)


def judge_locked(
    place: Workplace, order_id: int, parcel_id: int | None, policy: Policy, now: int, person_id: int | None = None
) -> Judged:
    """Judge an order whose row the caller has locked; a hold is opened, released or closed as the facts ask.

    An open hold's decide-by follows the order's deadlines.

    Args:
        place: who judges.
        order_id: the order.
        parcel_id: the parcel that was scanned; None for the order by its number.
        policy: the published policy.
        now: by the database's clock, ms UTC.
        person_id: who scanned, for the ledger.
    """
    facts = _read(order_id, parcel_id, policy, now)
    if facts.hold and facts.hold.hold.decide_by != facts.order.decide_by:
        moved = with_decide_by(facts.hold.hold, facts.order.decide_by, now)
        save_hold(facts.hold.id, facts.hold.hold, moved, None, now)
        facts = replace(facts, hold=replace(facts.hold, hold=moved))
    event = _event_for_hold(facts, policy)
    if event and facts.hold:
        after = advance(facts.hold.hold, event, policy.holds, now).hold
        if after != facts.hold.hold:
            save_hold(facts.hold.id, facts.hold.hold, after, None, now)
            announce_hold(order_id, facts.hold.id, facts.hold.hold, after, now)
            _record_hold(place, EntryKind.HOLD_MOVED, facts, facts.hold.id, now, str(after.reason), None)
            facts = _read(order_id, parcel_id, policy, now)
    verdict = decide(facts.judged, facts.customer.history if facts.customer else None, policy, now)
    if verdict.kind is VerdictKind.CALL and not (facts.hold and facts.hold.hold.is_open):
        hold_id = open_hold(facts.order.id, open_by_rule(facts.order.decide_by, now), None)
        why = ",".join(reason.rule for reason in verdict.reasons)
        _record_hold(place, EntryKind.HOLD_OPENED, facts, hold_id, now, why, person_id)
        facts = _read(order_id, parcel_id, policy, now)
    alarm_for(place, facts, policy.version, now)
    return Judged(facts, verdict)


def _read(order_id: int, parcel_id: int | None, policy: Policy, now: int) -> JudgingFacts:
    return read_for_judging(order_id, parcel_id, policy.holds, policy.prior_weight, now)


def _record_hold(
    place: Workplace,
    kind: EntryKind,
    facts: JudgingFacts,
    hold_id: int,
    now: int,
    why: str,
    person_id: int | None,
) -> None:
    record_decision(place, kind, facts, now, told={"why": why}, hold_id=hold_id, person_id=person_id)


def _event_for_hold(facts: JudgingFacts, policy: Policy) -> HoldEvent | None:
    """What the order's data now mean for its open hold."""
    if not facts.hold or not facts.hold.hold.is_open:
        return None
    order = facts.order
    if order.status is Status.CANCELLED:
        return OrderCancelled()
    if order.status in _SHIPPED:
        return OrderShipped()
    paid = paid_at(order.id)
    if not order.cod and paid is not None and paid > facts.hold.hold.opened_at:
        return Paid()
    if not asks_for_call(facts.judged, facts.customer.history if facts.customer else None, policy):
        return NoLongerAsked()
    return None


def on_other_station(judged: Judged, elsewhere: ParcelStanding, policy: Policy, now: int) -> Judged:
    """The same order stopped, because another station has its parcel on the desk: named with who and since when."""
    holder = person_by_id(elsewhere.person_id) if elsewhere.person_id else None
    evidence: dict[str, Value] = {
        "station": station_name(elsewhere.station_id) if elsewhere.station_id else "",
        "by": holder.name if holder else "",
        "at": elsewhere.since,
    }
    verdict = Verdict(VerdictKind.STOP, (Reason(StopRule.OTHER_STATION, evidence),), policy.version, now)
    return Judged(judged.facts, verdict)


def shelve(place: Workplace, order_id: int, parcel_id: int | None, now: int) -> str | None:
    """Give a held order's parcel its slot on the shelf, inside the caller's transaction; None when the shelf is full.

    Without `parcel_id` every parcel of the order that is still to pack gets one, as the order's number stands on each; those
    packed before lie on no shelf. Several slots are told in one text.
    """
    parcels = [parcel_id] if parcel_id is not None else unpacked_parcels(order_id) or [parcel_of_order(order_id)]
    slots = [give_slot(each, place.rules.slots, now) for each in parcels]
    return ", ".join(sorted((slot for slot in slots if slot), key=slot_order)) or None


def strictest_of(judged: Sequence[Judged]) -> Judged:
    """The strictest judged order of one parcel."""
    worst = strictest([one.verdict for one in judged])
    return next(one for one in judged if one.verdict is worst)


def judge_stored(place: Workplace, changed: Iterable[int], relinked: Collection[int] = ()) -> int:
    """Judge changed orders with every other packable order of their customers, each in its own transaction.

    Args:
        place: who judges.
        changed: the orders.
        relinked: the buyers of customers that gained or lost a buyer, whose packable and held orders are judged too.

    Returns:
        How many orders were judged.
    """
    ids = list(changed)
    to_judge = {*other_packable_orders(ids), *orders_with_open_hold(ids), *orders_to_pull(ids)}
    return _judge_each(place, sorted(to_judge.union(to_judge_of_buyers(relinked))))


def judge_relinked(place: Workplace, relinked: Collection[int]) -> int:
    """Judge the packable and the held orders of buyers whose customer gained or lost a buyer; how many there were."""
    return judge_stored(place, (), relinked)


def judge_all_packable(place: Workplace) -> int:
    """Judge every packable order and every held one, as when a policy was published; how many there were."""
    packable = packable_orders()
    held = {order_id for _hold, order_id, _state in open_holds()}
    return _judge_each(place, [*packable, *sorted(held.difference(packable))])


def _judge_each(place: Workplace, order_ids: Sequence[int]) -> int:
    if not order_ids:
        return 0
    policy = current_policy()
    for order_id in order_ids:
        with transaction():
            lock_orders([order_id])
            judge_locked(place, order_id, None, policy, database_now())
    return len(order_ids)
