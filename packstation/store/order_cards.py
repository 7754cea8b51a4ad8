"""Orders as they are shown, now or as known at a moment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from packstation.domain.cards import OrderCard, ParcelCard, PastOrderCard
from packstation.domain.deadlines import Deadlines, Notices, cut_off, decide_by
from packstation.domain.holds import HoldRules
from packstation.domain.orders import FailureCause, Item, Outcome, Status
from packstation.domain.packing import ParcelState
from packstation.store.database import rows_of
from packstation.store.holds import courier_instruction
from packstation.store.marked_phones import marked_at

_ORDER = (
    "SELECT o.id, s.name, s.channel, s.zone, o.source, o.number, o.status, o.channel_status, o.outcome, o.currency, o.total, "
    "o.first_total, o.to_collect, o.counts_as_cod, o.placed_at, o.ship_by, o.province, o.buyer_note, o.seller_note, o.vouchers, "
    "o.arrange_by, o.cancels_at, o.answer_by, o.phone, o.sold_by, o.created_by FROM orders o JOIN shop s ON s.id = o.shop_id WHERE o.id = ?"
)


def order_card(order_id: int, rules: HoldRules, at: int | None = None) -> OrderCard:
    """The order with its lines and parcels; at a moment, its status, outcome and packing are as known then.

    Args:
        order_id: an order that exists.
        rules: for decide-by: the trucks, the time that packing takes, the default without a deadline of the channel.
        at: the moment, ms UTC; None for the present.
    """
    row = rows_of(_ORDER, (order_id,))[0]
    status, channel_status, outcome = Status(row[6]), row[7], Outcome(row[8])
    if at is not None:
        status, channel_status, outcome = _as_known(order_id, at)
    cod = bool(row[13])
    to_collect = row[12] if row[12] is not None else (row[10] if cod else 0)
    parcels = parcels_of(order_id, at)
    deadlines = Deadlines(arrange_by=row[20], ship_by=row[15], cancels_at=row[21], answer_by=row[22])
    truck = cut_off(deadlines, status, row[14], (parcel.carrier for parcel in parcels), row[3], rules)
    return OrderCard(
        id=row[0],
        shop=row[1],
        channel=row[2],
        zone=row[3],
        source=row[4],
        number=row[5],
        status=status,
        channel_status=channel_status,
        outcome=outcome,
        currency=row[9],
        total=row[10],
        first_total=row[11],
        to_collect=to_collect,
        cod=cod,
        placed_at=row[14],
        ship_by=row[15],
        cut_off=truck,
        decide_by=decide_by((*deadlines.ruling(status), truck), row[14], rules),
        notices=Notices(rules.warn_before_ms, rules.escalate_before_ms),
        province=row[16],
        items=items_of(order_id),
        parcels=parcels,
        buyer_note=row[17],
        seller_note=row[18],
        vouchers=tuple(json.loads(row[19])),
        instruction=courier_instruction(order_id) if at is None else "",
        number_marked_at=marked_at(row[23]) if at is None else None,
        sold_by=row[24] or "",
        created_by=row[25] or "",
    )


def _as_known(order_id: int, at: int) -> tuple[Status, str, Outcome]:
    """Status, the channel's word for it, and outcome as known strictly before a moment."""
    statuses = rows_of(
        "SELECT status, channel_status FROM status_change WHERE order_id = ? AND known_at < ? ORDER BY known_at, place",
        (order_id, at),
    )
    outcomes = rows_of(
        "SELECT outcome FROM outcome_change WHERE order_id = ? AND known_at < ? ORDER BY known_at, place",
        (order_id, at),
    )
    status, word = statuses[-1] if statuses else (Status.TO_PACK, "")
    return Status(status), word, Outcome(outcomes[-1][0]) if outcomes else Outcome.OPEN


def items_of(order_id: int) -> tuple[Item, ...]:
    """The product lines of an order, in its own order."""
    return tuple(
        Item(*row)
        for row in rows_of(
            "SELECT sku, name, quantity, price, total FROM order_item WHERE order_id = ? ORDER BY line", (order_id,)
        )
    )


def parcels_of(order_id: int, at: int | None = None) -> tuple[ParcelCard, ...]:
    """The parcels of an order; the implicit one of an order without packages is shown as unseen."""
    rows = rows_of(
        "SELECT p.id, p.package, p.tracking, p.carrier, p.state, p.slot, s.name, w.name, p.since FROM parcel_order po "
        "JOIN parcel p ON p.id = po.parcel_id LEFT JOIN station s ON s.id = p.station_id LEFT JOIN person w ON w.id = p.person_id "
        "WHERE po.order_id = ? ORDER BY p.id",
        (order_id,),
    )
    if not rows:
        return (ParcelCard(None, None, None, None, ParcelState.UNSEEN, None, None, None, None),)
    return tuple(_parcel(row) if at is None else _parcel_at(row, at) for row in rows)


def _parcel(row: Sequence[Any]) -> ParcelCard:
    return ParcelCard(row[0], row[1], row[2], row[3], ParcelState(row[4]), row[5], row[6], row[7], row[8])


def _parcel_at(row: Sequence[Any], at: int) -> ParcelCard:
    events = rows_of(
        "SELECT e.state, s.name, w.name, e.at FROM parcel_event e LEFT JOIN station s ON s.id = e.station_id "
        "LEFT JOIN person w ON w.id = e.person_id WHERE e.parcel_id = ? AND e.at < ? ORDER BY e.at DESC, e.id DESC LIMIT 1",
        (row[0], at),
    )
    state, station, person, since = events[0] if events else (ParcelState.UNSEEN, None, None, None)
    return ParcelCard(row[0], row[1], row[2], row[3], ParcelState(state), None, station, person, since)


_PAST = (
    "SELECT o.id, o.number, s.name, s.channel, s.zone, o.placed_at, o.outcome, o.cause, o.replaced, o.status, o.first_total, "
    "o.currency, o.units, o.counts_as_cod FROM orders o JOIN shop s ON s.id = o.shop_id WHERE "
)


def past_order_cards(buyer_ids: Sequence[int], limit: int, leave_out: int | None = None) -> list[PastOrderCard]:
    """The latest orders of a customer, newest first."""
    found = [
        row
        for buyer_id in buyer_ids
        for row in rows_of(
            _PAST + "o.buyer_id = ? AND o.id <> ? ORDER BY o.placed_at DESC, o.id DESC LIMIT ?",
            (buyer_id, leave_out or 0, limit),
        )
    ]
    found.sort(key=lambda row: (row[5], row[0]), reverse=True)
    return [_past(row) for row in found[:limit]]


def past_orders_where(condition: str, values: Sequence[object]) -> list[PastOrderCard]:
    """The orders that a condition over table `orders o`, with order and limit, finds."""
    return [_past(row) for row in rows_of(_PAST + condition, values)]


def open_packable_cards(buyer_ids: Sequence[int], leave_out: int) -> list[PastOrderCard]:
    """The customer's other orders that could be packed now: "same buyer, pack together?"."""
    marks = ",".join("?" * len(buyer_ids))
    return [
        _past(row)
        for row in rows_of(
            _PAST + f"o.buyer_id IN ({marks}) AND o.status IN ('to_pack', 'label_ready', 'unpaid') AND o.id <> ? "
            "AND (o.status <> 'unpaid' OR o.counts_as_cod) AND NOT EXISTS (SELECT 1 FROM parcel_order po JOIN parcel p "
            "ON p.id = po.parcel_id WHERE po.order_id = o.id AND p.state IN ('packed', 'handed_over')) ORDER BY o.placed_at, o.id",
            (*buyer_ids, leave_out),
        )
    ]


def _past(row: Sequence[Any]) -> PastOrderCard:
    return PastOrderCard(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        Outcome(row[6]),
        FailureCause(row[7]) if row[7] else None,
        bool(row[8]),
        Status(row[9]),
        row[10],
        row[11],
        row[12],
        bool(row[13]),
    )


def paid_at(order_id: int) -> int | None:
    """When the order was paid, as far as the channel told, ms UTC."""
    paid: int | None = rows_of("SELECT paid_at FROM orders WHERE id = ?", (order_id,))[0][0]
    return paid


def packed_numbers(order_id: int) -> tuple[str, ...]:
    """The order's number if one of its parcels is packed and not yet handed over, else nothing."""
    rows = rows_of(
        "SELECT DISTINCT o.number FROM orders o JOIN parcel_order po ON po.order_id = o.id JOIN parcel p ON p.id = po.parcel_id "
        "WHERE o.id = ? AND p.state = 'packed'",
        (order_id,),
    )
    return tuple(row[0] for row in rows)


def buyer_of(order_id: int) -> int | None:
    """The buyer of an order, None for a guest's."""
    buyer_id: int | None = rows_of("SELECT buyer_id FROM orders WHERE id = ?", (order_id,))[0][0]
    return buyer_id


def customer_of(order_id: int) -> int | None:
    """The customer of an order, None for a guest's."""
    rows = rows_of("SELECT b.customer_id FROM orders o JOIN buyer b ON b.id = o.buyer_id WHERE o.id = ?", (order_id,))
    return rows[0][0] if rows else None
