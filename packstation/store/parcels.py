"""Parcels in the store: leased, packed, put on the hold shelf, taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from packstation.domain.packing import ParcelStanding, ParcelState
from packstation.store.database import execute_many, lock_name, rows_of
from packstation.store.tables.desk import ParcelOrderRow, ParcelRow

_STANDING = "state, former_state, station_id, person_id, since, lease_until, packed_at"
_SAVE = f"UPDATE parcel SET {_STANDING.replace(',', ' = ?,')} = ? WHERE id = ?"
_ADD_EVENT = "INSERT INTO parcel_event (parcel_id, state, at, station_id, person_id) VALUES (?, ?, ?, ?, ?)"


def parcel_of_order(order_id: int) -> int:
    """The order's implicit parcel, made when it is first needed; the order's rows are locked by the caller."""
    rows = rows_of("SELECT parcel_id FROM parcel_order WHERE order_id = ? ORDER BY parcel_id", (order_id,))
    if rows:
        return int(rows[0][0])
    shop_id = rows_of("SELECT shop_id FROM orders WHERE id = ?", (order_id,))[0][0]
    parcel_id: int = ParcelRow.insert(shop_id=shop_id, state=str(ParcelState.UNSEEN)).execute()
    ParcelOrderRow.insert(order_id=order_id, parcel_id=parcel_id).execute()
    return parcel_id


def parcel_ids(order_id: int) -> list[int]:
    """The stored parcels of an order; empty while its implicit parcel was never needed."""
    return [
        row[0]
        for row in rows_of("SELECT parcel_id FROM parcel_order WHERE order_id = ? ORDER BY parcel_id", (order_id,))
    ]


def unpacked_parcels(order_id: int) -> list[int]:
    """The stored parcels of an order that are still to pack, those on a desk among them."""
    return [
        row[0]
        for row in rows_of(
            "SELECT p.id FROM parcel_order po JOIN parcel p ON p.id = po.parcel_id WHERE po.order_id = ? "
            "AND p.state NOT IN ('packed', 'handed_over') ORDER BY p.id",
            (order_id,),
        )
    ]


def orders_of_parcel(parcel_id: int) -> tuple[int, ...]:
    """The orders that a parcel carries, in id order."""
    return tuple(
        row[0]
        for row in rows_of("SELECT order_id FROM parcel_order WHERE parcel_id = ? ORDER BY order_id", (parcel_id,))
    )


def standing(parcel_id: int) -> ParcelStanding:
    """Where the parcel stands."""
    return _standing(rows_of(f"SELECT {_STANDING} FROM parcel WHERE id = ?", (parcel_id,))[0])


def _standing(row: Sequence[Any]) -> ParcelStanding:
    former = ParcelState(row[1]) if row[1] else None
    return ParcelStanding(ParcelState(row[0]), former, row[2], row[3], row[4], row[5], row[6])


def save_standing(parcel_id: int, before: ParcelStanding, after: ParcelStanding, now: int) -> None:
    """Store where the parcel stands now, and the event if its state changed."""
    former = str(after.former_state) if after.former_state else None
    who = (after.station_id, after.person_id)
    execute_many(_SAVE, [(str(after.state), former, *who, after.since, after.lease_until, after.packed_at, parcel_id)])
    if before.state is not after.state:
        execute_many(_ADD_EVENT, [(parcel_id, str(after.state), now, *who)])


def give_slot(parcel_id: int, slots: Iterable[str], now: int) -> str | None:
    """Put the parcel into the first free slot of the hold shelf, where it stays if it has one; None when the shelf is full."""
    have = rows_of("SELECT slot FROM parcel WHERE id = ?", (parcel_id,))[0][0]
    if have is not None:
        return str(have)
    lock_name("hold shelf")
    taken = {row[0] for row in rows_of("SELECT slot FROM parcel WHERE slot IS NOT NULL")}
    free = next((slot for slot in slots if slot not in taken), None)
    if free is not None:
        ParcelRow.update(slot=free, slot_since=now).where(ParcelRow.id == parcel_id).execute()
    return free


def free_slots(parcel_ids: Collection[int]) -> tuple[str, ...]:
    """Free the slots of parcels that lie on the hold shelf no longer; the slots that were freed."""
    freed: list[str] = []
    for parcel_id in sorted(parcel_ids):
        freed += [row[0] for row in rows_of("SELECT slot FROM parcel WHERE id = ? AND slot IS NOT NULL", (parcel_id,))]
        ParcelRow.update(slot=None, slot_since=None).where(ParcelRow.id == parcel_id).execute()
    return tuple(freed)


def on_desk_of(station_id: int) -> list[int]:
    """The parcels that a station has leased, oldest lease first."""
    return [
        row[0]
        for row in rows_of(
            "SELECT id FROM parcel WHERE station_id = ? AND state = 'on_desk' ORDER BY since, id", (station_id,)
        )
    ]


def last_packed_of(station_id: int) -> int | None:
    """The parcel of the station's last finish, while it is still packed; once that is taken back there is none."""
    rows = rows_of(
        "SELECT p.id, p.state, p.station_id FROM parcel_event e JOIN parcel p ON p.id = e.parcel_id "
        "WHERE e.station_id = ? AND e.state = 'packed' ORDER BY e.id DESC LIMIT 1",
        (station_id,),
    )
    return rows[0][0] if rows and rows[0][1:] == ("packed", station_id) else None


def packed_times(station_id: int, since: int) -> list[int]:
    """When the station packed each parcel since a moment, oldest first."""
    return [
        row[0]
        for row in rows_of(
            "SELECT packed_at FROM parcel WHERE station_id = ? AND packed_at >= ? AND state IN ('packed', 'handed_over') "
            "ORDER BY packed_at",
            (station_id, since),
        )
    ]


def expired_leases(now: int) -> list[int]:
    """Parcels whose lease has run out."""
    return [
        row[0]
        for row in rows_of("SELECT id FROM parcel WHERE state = 'on_desk' AND lease_until <= ? ORDER BY id", (now,))
    ]
