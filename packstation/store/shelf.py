"""The hold shelf in the store: every parcel that has a slot, with its orders and their latest holds."""

from __future__ import annotations

from collections.abc import Collection

from packstation.domain.shelf import ShelvedParcel, one_a_parcel
from packstation.store.database import rows_of
from packstation.store.holds import holds_of_ids

_READ = (
    "SELECT p.id, o.id, p.slot, o.number, s.name, s.zone, COALESCE(p.tracking, p.package, o.number), p.slot_since, "
    "(SELECT max(h.id) FROM hold h WHERE h.order_id = o.id) FROM parcel p JOIN parcel_order po ON po.parcel_id = p.id "
    "JOIN orders o ON o.id = po.order_id JOIN shop s ON s.id = o.shop_id WHERE p.slot IS NOT NULL "
    "AND p.state NOT IN ('packed', 'handed_over'){which} ORDER BY p.id, o.id"
)
_TO_FETCH = (
    "SELECT count(*) FROM parcel p WHERE p.slot IS NOT NULL AND p.state NOT IN ('packed', 'handed_over') AND NOT EXISTS "
    "(SELECT 1 FROM parcel_order po JOIN hold h ON h.order_id = po.order_id WHERE po.parcel_id = p.id "
    "AND h.id = (SELECT max(l.id) FROM hold l WHERE l.order_id = po.order_id) AND h.state <> 'released') AND NOT EXISTS "
    "(SELECT 1 FROM alarm a WHERE a.parcel_id = p.id AND a.ended_at IS NULL)"
)


def shelved_parcels(parcel_ids: Collection[int] | None = None) -> list[ShelvedParcel]:
    """Every parcel on the shelf, by slot; or those of these parcels that lie there."""
    if parcel_ids is not None and not parcel_ids:
        return []
    which, values = "", tuple(parcel_ids or ())
    if parcel_ids is not None:
        which = f" AND p.id IN ({','.join('?' * len(values))})"
    rows = rows_of(_READ.format(which=which), values)
    holds = holds_of_ids([row[8] for row in rows if row[8] is not None])
    return one_a_parcel(
        [
            ShelvedParcel(row[0], row[1], row[2], row[3], row[4], row[5], row[6], holds.get(row[8]), row[7])
            for row in rows
        ]
    )


def count_to_fetch() -> int:
    """How many parcels lie on the shelf though their orders were released."""
    return int(rows_of(_TO_FETCH)[0][0])
