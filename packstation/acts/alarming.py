"""Alarms to the desks: a parcel in our hands whose order may not leave any more is to be pulled, until it is scanned in."""

from __future__ import annotations

from collections.abc import Collection

from packstation.acts.announcing import take_back_packed
from packstation.acts.caring import take_back
from packstation.acts.policies import current_policy
from packstation.acts.workplace import Workplace
from packstation.domain.alarms import PullAlarm, reason_to_pull
from packstation.domain.ledger import EntryKind
from packstation.domain.packing import ParcelState, reopen
from packstation.store import alarms
from packstation.store.database import answering, database_now, lock_orders, transaction
from packstation.store.judging import JudgingFacts, read_for_judging
from packstation.store.parcels import save_standing, standing


def alarm_for(place: Workplace, facts: JudgingFacts, policy_version: int, now: int) -> None:
    """Raise the alarms that an order just judged asks for, inside the judging transaction; most orders cost nothing.

    Args:
        place: who judged.
        facts: the order as judged, its row locked; its holds as they are after the judging.
        policy_version: of the policy it was judged by.
        now: by the database's clock, ms UTC.
    """
    order = facts.order
    held = facts.hold is not None and facts.hold.hold.is_open
    for parcel in order.parcels:
        why = reason_to_pull(order.status, parcel.state, on_shelf=parcel.slot is not None, held=held)
        if why is None or parcel.id is None or alarms.raise_alarm(parcel.id, order.id, why, now) is None:
            continue
        place.ledger.write(
            EntryKind.ALARM_RAISED,
            now,
            order_id=order.id,
            parcel_id=parcel.id,
            hold_id=facts.hold.id if facts.hold else None,
            station_id=place.station_id,
            policy_version=policy_version,
            facts={"why": str(why), "state": str(parcel.state)},
        )


def raise_pull_parcel(place: Workplace, order_id: int) -> None:
    """Raise the alarms that an order asks for because of something else than its own data: a hold that was opened again."""
    with transaction():
        lock_orders([order_id])
        now = database_now()
        policy = current_policy()
        alarm_for(place, read_for_judging(order_id, None, policy.holds, policy.prior_weight, now), policy.version, now)


def end_alarms(place: Workplace, person_id: int | None, parcel_ids: Collection[int], now: int) -> tuple[int, ...]:
    """End the alarms of parcels that were scanned in, inside the transaction of the scan; packed ones are reopened.

    Args:
        place: the station.
        person_id: who scanned.
        parcel_ids: the parcels; the rows of their orders are locked by the caller.
        now: by the database's clock, ms UTC.

    Returns:
        The parcels that had an alarm.
    """
    if place.station_id is None or person_id is None:
        return ()
    reasons = alarms.open_reasons(parcel_ids)
    for parcel_id, why in reasons.items():
        before = standing(parcel_id)
        if before.state is ParcelState.PACKED:
            save_standing(parcel_id, before, reopen(before, place.station_id, person_id, now), now)
            take_back_packed(parcel_id)
            take_back(place, person_id, parcel_id, now)
        alarms.end_alarm(parcel_id, person_id, now)
        place.ledger.write(
            EntryKind.ALARM_ENDED,
            now,
            parcel_id=parcel_id,
            person_id=person_id,
            station_id=place.station_id,
            facts={"why": str(why), "state": str(before.state)},
        )
    return tuple(reasons)


def open_alarms() -> list[PullAlarm]:
    """The parcels that are to be pulled, at whatever station, the latest alarm first."""
    with answering():
        return alarms.open_alarms()
