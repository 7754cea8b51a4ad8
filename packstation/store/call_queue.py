"""Every open hold as the call desk's queue shows it, read in a few questions however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from packstation.domain.call_queue import LastAttempt, QueuedHold, callee_of
from packstation.domain.deadlines import Notices
from packstation.domain.holds import AttemptResult, ContactMethod, HoldRules
from packstation.domain.phones import phone_key
from packstation.store.contacts import clear_phone
from packstation.store.database import rows_of
from packstation.store.holds import HOLD_COLUMNS, hold_of_row

_HELD = "h.state IN ('waiting', 'escalated')"
_STOPPED = (
    "h.state = 'closed' AND h.reason IN ('refused', 'duplicate_order', 'rejected') AND h.changed_at >= ? "
    "AND h.id = (SELECT max(l.id) FROM hold l WHERE l.order_id = h.order_id)"
)
_COLUMNS = ", ".join(f"h.{name}" for name in HOLD_COLUMNS.split(", "))
_ROWS = (
    f"SELECT {_COLUMNS}, o.id, o.number, s.name, s.channel, s.zone, o.recipient, b.name, o.phone, b.phone, o.to_collect, o.total, "
    "o.counts_as_cod, o.currency, b.customer_id FROM hold h JOIN orders o ON o.id = h.order_id JOIN shop s ON s.id = o.shop_id "
    "LEFT JOIN buyer b ON b.id = o.buyer_id WHERE {which} ORDER BY h.decide_by, h.id"
)
_PARCELS = (
    "SELECT po.order_id, p.slot, p.carrier FROM hold h JOIN parcel_order po ON po.order_id = h.order_id "
    "JOIN parcel p ON p.id = po.parcel_id WHERE {which} ORDER BY po.order_id, p.id"
)
_ATTEMPTS = (
    "SELECT a.hold_id, a.person_id, a.method, a.ended_at, a.result FROM hold h JOIN attempt a ON a.hold_id = h.id "
    "WHERE {which} ORDER BY a.hold_id, a.id"
)


def queued_holds(rules: HoldRules) -> list[QueuedHold]:
    """Every open hold, by decide-by."""
    return _queued(_HELD, (), rules)


def stopped_holds(rules: HoldRules, since: int) -> list[QueuedHold]:
    """Those that were closed since a moment, ms UTC, and can be opened again: the buyer may ring back."""
    return _queued(_STOPPED, (since,), rules)


def _queued(which: str, values: Sequence[int], rules: HoldRules) -> list[QueuedHold]:
    held = rows_of(_ROWS.format(which=which), values)
    if not held:
        return []
    parcels: defaultdict[int, list[tuple[str | None, str | None]]] = defaultdict(list)
    for order_id, slot, carrier in rows_of(_PARCELS.format(which=which), values):
        parcels[order_id].append((slot, carrier))
    attempts: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for hold_id, *rest in rows_of(_ATTEMPTS.format(which=which), values):
        attempts[hold_id].append(tuple(rest))
    return [_row(row, parcels[row[14]], attempts[row[0]], rules) for row in held]


def _row(
    row: Sequence[Any],
    parcels: Sequence[tuple[str | None, str | None]],
    attempts: Sequence[Sequence[Any]],
    rules: HoldRules,
) -> QueuedHold:
    (
        order_id,
        number,
        shop,
        channel,
        zone,
        recipient,
        name,
        phone,
        profile_phone,
        collect,
        total,
        cod,
        currency,
        customer,
    ) = row[14:]
    clear = clear_phone(phone, profile_phone)
    ended = [each for each in attempts if each[3] is not None and each[3] != AttemptResult.ABANDONED]
    return QueuedHold(
        hold_id=row[0],
        order_id=order_id,
        callee=callee_of(customer, order_id),
        hold=hold_of_row(row),
        number=number,
        shop=shop,
        channel=channel,
        zone=zone,
        recipient=recipient or name or "",
        phone_key=phone_key(clear),
        to_collect=collect if collect is not None else (total if cod else 0),
        currency=currency,
        method=ContactMethod.CALL if clear else ContactMethod.CHAT,
        notices=Notices(rules.warn_before_ms, rules.escalate_before_ms),
        slots=tuple(sorted(slot for slot, _carrier in parcels if slot)),
        attempts=len(ended),
        last=_last(attempts[-1]) if attempts else None,
        rush=any(rules.is_rush(carrier) for _slot, carrier in parcels),
    )


def _last(row: Sequence[Any]) -> LastAttempt:
    person_id, method, ended_at, result = row
    return LastAttempt(person_id, ContactMethod(method), ended_at, AttemptResult(result) if result else None)
