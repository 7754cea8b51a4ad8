"""What the passing of time brings: done by whichever process is alive, safely by several."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.acts.announcing import announce_hold
from packstation.acts.approving import expire_requests
from packstation.acts.forgetting import forget_some
from packstation.acts.policies import current_policy
from packstation.acts.recording import facts_of, record_decision
from packstation.acts.rescuing import expire_rescues
from packstation.acts.workplace import Workplace
from packstation.domain.hold_clock import due, end_attempt, has_run_out
from packstation.domain.hold_steps import Effect, advance
from packstation.domain.holds import AttemptResult, HoldRules
from packstation.domain.ledger import EntryKind
from packstation.domain.packing import expire
from packstation.domain.times import HOUR
from packstation.store import holds as stored
from packstation.store.calls import end_leases, ran_out
from packstation.store.contacts import circumstances_of, circumstances_of_held
from packstation.store.database import database_now, lock_orders, transaction
from packstation.store.parcels import expired_leases, orders_of_parcel, save_standing, standing

_HEADS_EVERY = HOUR
"""So often, ms, a process records the heads of the other ledger chains."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did. `alarms` are the orders whose decide-by has passed."""

    leases_expired: int
    contacts_abandoned: int
    holds_moved: int
    alarms: tuple[int, ...]


def tick(place: Workplace) -> Ticked:
    """Expire leases and requests for approval, end contacts left open, escalate or default holds whose time has come.

    The ledger's heads are recorded now and then, and a piece of what is kept no longer is forgotten.
    """
    rules = current_policy().holds
    now = database_now()
    leases = sum(_expire(place, parcel_id) for parcel_id in expired_leases(now))
    _end_call_leases(now)
    left_open = stored.running_attempts_before(now - rules.abandoned_after_ms)
    abandoned = sum(_abandon(place, attempt_id, hold_id, rules) for attempt_id, hold_id in left_open)
    moved, alarms = 0, []
    held = stored.open_holds()
    circumstances = circumstances_of_held()
    for hold_id, order_id, hold in held:
        # Looked at without a lock to find what may be due; what is done is decided under it.
        if order_id not in circumstances or due(hold, circumstances[order_id], rules, now) is None:
            continue
        effects = _move(place, hold_id, order_id, rules)
        moved += effects is not None
        if effects and Effect.DECIDE_BY_ALARM in effects:
            alarms.append(order_id)
    if now - place.ledger.heads_recorded_at >= _HEADS_EVERY:
        with transaction():
            place.ledger.record_heads(now)
        place.ledger.heads_recorded_at = now
    expire_requests(place)
    expire_rescues(place)
    forget_some(place)
    return Ticked(leases, abandoned, moved, tuple(alarms))


def _end_call_leases(now: int) -> None:
    if keys := ran_out(now):
        with transaction():
            end_leases(keys, now)


def _expire(place: Workplace, parcel_id: int) -> bool:
    with transaction():
        lock_orders(orders_of_parcel(parcel_id))
        now = database_now()
        before = standing(parcel_id)
        after = expire(before, now)
        if after == before:
            return False
        save_standing(parcel_id, before, after, now)
        place.ledger.write(
            EntryKind.UNFINISHED, now, parcel_id=parcel_id, station_id=before.station_id, facts={"why": "lease"}
        )
        return True


def _abandon(place: Workplace, attempt_id: int, hold_id: int, rules: HoldRules) -> bool:
    with transaction():
        _hold, order_id = stored.hold_by_id(hold_id)
        lock_orders([order_id])
        now = database_now()
        running = stored.running_attempt_of_id(attempt_id)
        if running is None or not has_run_out(running[2], rules, now):
            return False
        person_id, method, opened_at = running
        hold, _order = stored.hold_by_id(hold_id)
        event = end_attempt(
            AttemptResult.ABANDONED,
            opened_by=person_id,
            opened_at=opened_at,
            method=method,
            by=person_id,
            now=now,
            rules=rules,
            zone=circumstances_of(order_id).zone,
        )
        after = advance(hold, event, rules, now).hold
        stored.end_attempt(attempt_id, AttemptResult.ABANDONED, "", now, after.next_try_at)
        stored.save_hold(hold_id, hold, after, None, now)
        place.ledger.write(
            EntryKind.CONTACT_ENDED,
            now,
            order_id=order_id,
            hold_id=hold_id,
            person_id=person_id,
            facts={"result": str(AttemptResult.ABANDONED)},
        )
        return True


def _move(place: Workplace, hold_id: int, order_id: int, rules: HoldRules) -> tuple[Effect, ...] | None:
    with transaction():
        lock_orders([order_id])
        now = database_now()
        hold, _order = stored.hold_by_id(hold_id)
        event = due(hold, circumstances_of(order_id), rules, now)
        if event is None:
            return None
        step = advance(hold, event, rules, now)
        facts = facts_of(order_id, now)
        stored.save_hold(hold_id, hold, step.hold, None, now)
        announce_hold(order_id, hold_id, hold, step.hold, now)
        told = {"why": type(event).__name__, "state": str(step.hold.state), "reason": str(step.hold.reason)}
        record_decision(place, EntryKind.HOLD_MOVED, facts, now, told=told, hold_id=hold_id)
        return step.effects
