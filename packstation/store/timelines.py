"""What happened to an order, in the order in which it became known: at its channel, to its parcels, holds and money."""

from __future__ import annotations

from packstation.domain.order_stories import Happening, TimelineEntry
from packstation.store.database import rows_of

_PARTS = (
    "SELECT placed_at, 'placed', '', '', '', '', 0, 0 FROM orders WHERE id = ?",
    "SELECT known_at, 'status', status, channel_status, '', '', 0, place FROM status_change WHERE order_id = ?",
    "SELECT known_at, 'outcome', outcome, coalesce(cause, ''), '', '', 0, place FROM outcome_change WHERE order_id = ?",
    "SELECT known_at, 'refund', '', '', '', '', sum(amount), 0 FROM order_refund WHERE order_id = ? GROUP BY known_at",
    "SELECT e.at, 'parcel', e.state, coalesce(p.tracking, p.package, ''), coalesce(s.name, ''), coalesce(w.name, ''), 0, e.id "
    "FROM parcel_order po JOIN parcel p ON p.id = po.parcel_id JOIN parcel_event e ON e.parcel_id = p.id "
    "LEFT JOIN station s ON s.id = e.station_id LEFT JOIN person w ON w.id = e.person_id WHERE po.order_id = ?",
    "SELECT e.at, 'hold', e.state, e.reason, '', coalesce(w.name, ''), 0, e.id FROM hold h JOIN hold_event e ON e.hold_id = h.id "
    "LEFT JOIN person w ON w.id = e.person_id WHERE h.order_id = ?",
)
_RANK = {kind: rank for rank, kind in enumerate(Happening)}


def timeline_of(order_id: int) -> list[TimelineEntry]:
    """What happened to an order, oldest first; of equal times the channel's word comes before what we did."""
    rows = [row for part in _PARTS for row in rows_of(part, (order_id,))]
    rows.sort(key=lambda row: (row[0], _RANK[Happening(row[1])], row[7]))
    return [TimelineEntry(row[0], Happening(row[1]), row[2], row[3], row[4], row[5], int(row[6])) for row in rows]
