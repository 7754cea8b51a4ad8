"""Parcels on their way back, by what channels and carriers say, but those that people here settled."""

from __future__ import annotations

from packstation.domain.carriers import Carriers
from packstation.domain.returns import ComingBack
from packstation.store.database import execute_many, rows_of

_CAME_BACK = (
    "EXISTS (SELECT 1 FROM waybill_event e WHERE e.order_id = o.id AND e.tracking = coalesce(p.tracking, '') "
    "AND e.meaning = 'returned')"
)
_SETTLED = (
    "EXISTS (SELECT 1 FROM return_settled r JOIN orders c ON c.id = r.order_id "
    "WHERE coalesce(c.became, c.id) = o.id AND r.tracking = coalesce(p.tracking, ''))"
)
_COLUMNS = (
    "o.id, o.number, s.name, s.zone, coalesce(p.tracking, ''), p.carrier, "
    "(SELECT min(c.known_at) FROM status_change c WHERE c.order_id = o.id AND c.status = 'returning'), "
    "(SELECT min(c.known_at) FROM outcome_change c WHERE c.order_id = o.id AND c.outcome = 'delivery_failed'), "
    "o.seen_at, o.first_total, o.currency"
)
_FROM = (
    "FROM orders o JOIN shop s ON s.id = o.shop_id LEFT JOIN parcel_order po ON po.order_id = o.id "
    "LEFT JOIN parcel p ON p.id = po.parcel_id"
)
_COMING_BACK = (
    f"SELECT {_COLUMNS} {_FROM} WHERE o.status = 'returning' AND o.became IS NULL AND NOT {_CAME_BACK} AND NOT {_SETTLED} "
    f"UNION SELECT {_COLUMNS} {_FROM} WHERE o.outcome = 'delivery_failed' AND o.outcome_known_at >= ? "
    f"AND o.status NOT IN ('returned', 'lost') AND o.became IS NULL AND NOT {_CAME_BACK} AND NOT {_SETTLED}"
)


def coming_back(carriers: Carriers, now: int) -> list[ComingBack]:
    """Every parcel on its way back, the oldest first.

    Of orders whose channel only says that the delivery failed, those are told for which a claim is still taken.
    """
    found = []
    for order_id, number, shop, zone, tracking, carrier, returning, failed, seen_at, value, currency in rows_of(
        _COMING_BACK, (now - carriers.longest_claim_ms,)
    ):
        terms = carriers.terms(carrier)
        since = min((at for at in (returning, failed) if at is not None), default=seen_at)
        until = since + terms.claim_until_ms
        if returning is None and until < now:
            continue
        claim_from = since + terms.claim_after_ms
        found.append(
            ComingBack(order_id, number, shop, zone, tracking, terms.name, since, claim_from, until, value, currency)
        )
    return sorted(found, key=lambda one: (one.since, one.order_id, one.tracking))


def settle_return(one: ComingBack, why: str, now: int, person_id: int | None, *, came_back: bool) -> None:
    """Note that a parcel needs no looking after any more: it is here, or the carrier was told to pay."""
    execute_many(
        "INSERT INTO return_settled (order_id, tracking, came_back, why, settled_at, person_id) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (order_id, tracking) DO NOTHING",
        [(one.order_id, one.tracking, came_back, why, now, person_id)],
    )
