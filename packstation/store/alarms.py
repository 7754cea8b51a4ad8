"""Alarms in the store: at most one open alarm a parcel, seen by every desk until it ends."""

from __future__ import annotations

from collections.abc import Collection

from packstation.domain.alarms import AlarmKind, PullAlarm, PullReason
from packstation.domain.packing import ParcelState
from packstation.store.database import execute_many, rows_of

_URGENCY = (PullReason.HELD, PullReason.CANCEL_REQUESTED, PullReason.CANCELLED)
_OPEN = (
    "SELECT a.id, a.parcel_id, o.number, a.why, p.state, a.slot, s.name, w.name, p.packed_at, shop.zone FROM alarm a "
    "JOIN parcel p ON p.id = a.parcel_id JOIN orders o ON o.id = a.order_id JOIN shop ON shop.id = o.shop_id "
    "LEFT JOIN station s ON s.id = a.station_id LEFT JOIN person w ON w.id = p.person_id AND p.state = 'packed' "
    "WHERE a.ended_at IS NULL ORDER BY a.raised_at DESC, a.id DESC"
)


def raise_alarm(parcel_id: int, order_id: int, why: PullReason, now: int) -> int | None:
    """Raise the alarm to pull a parcel, with where it is; one that is open keeps its place and takes on a graver reason.

    Args:
        parcel_id: the parcel; its orders' rows are locked by the caller.
        order_id: the order that may not leave.
        why: why not.
        now: ms UTC.

    Returns:
        The new alarm's id; None when one was open.
    """
    before = open_reasons([parcel_id]).get(parcel_id)
    if before is not None:
        if _URGENCY.index(why) > _URGENCY.index(before):
            _change_reason(parcel_id, order_id, why)
        return None
    rows = rows_of(
        "INSERT INTO alarm (kind, parcel_id, order_id, station_id, slot, why, raised_at) "
        "SELECT ?, p.id, ?, p.station_id, p.slot, ?, ? FROM parcel p WHERE p.id = ? "
        "ON CONFLICT (parcel_id) WHERE ended_at IS NULL DO NOTHING RETURNING id",
        (str(AlarmKind.PULL_PARCEL), order_id, str(why), now, parcel_id),
    )
    return int(rows[0][0]) if rows else None


def _change_reason(parcel_id: int, order_id: int, why: PullReason) -> None:
    execute_many(
        "UPDATE alarm SET why = ?, order_id = ? WHERE parcel_id = ? AND ended_at IS NULL",
        [(str(why), order_id, parcel_id)],
    )


def open_reasons(parcel_ids: Collection[int]) -> dict[int, PullReason]:
    """Those of the parcels that are to be pulled, and why."""
    if not parcel_ids:
        return {}
    marks = ",".join("?" * len(parcel_ids))
    rows = rows_of(
        f"SELECT parcel_id, why FROM alarm WHERE parcel_id IN ({marks}) AND ended_at IS NULL", (*parcel_ids,)
    )
    return {parcel_id: PullReason(why) for parcel_id, why in rows}


def end_alarm(parcel_id: int, person_id: int | None, now: int) -> None:
    """End the open alarm of a parcel."""
    execute_many(
        "UPDATE alarm SET ended_at = ?, ended_by = ? WHERE parcel_id = ? AND ended_at IS NULL",
        [(now, person_id, parcel_id)],
    )


def open_alarms() -> list[PullAlarm]:
    """All open alarms, of all stations, the latest first."""
    return [
        PullAlarm(row[0], row[1], row[2], PullReason(row[3]), ParcelState(row[4]), *row[5:]) for row in rows_of(_OPEN)
    ]


def orders_to_pull(order_ids: Collection[int]) -> list[int]:
    """Those of the orders that are cancelled, or asked to be, while one of their parcels is on a desk, packed or on the shelf.

    Those on hold are found by their holds.
    """
    found: list[int] = []
    ids = sorted(order_ids)
    for start in range(0, len(ids), 300):
        some = ids[start : start + 300]
        marks = ",".join("?" * len(some))
        found += [
            row[0]
            for row in rows_of(
                f"SELECT DISTINCT o.id FROM orders o JOIN parcel_order po ON po.order_id = o.id JOIN parcel p ON p.id = po.parcel_id "
                f"WHERE o.id IN ({marks}) AND o.status IN ('cancelled', 'cancel_requested') "
                "AND (p.state IN ('packed', 'on_desk') OR p.slot IS NOT NULL) ORDER BY o.id",
                some,
            )
        ]
    return found
