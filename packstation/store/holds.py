"""Holds and attempts in the store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from packstation.domain.cards import AttemptCard, HoldCard
from packstation.domain.holds import AttemptResult, ContactMethod, Hold, HoldReason, HoldState, covers
from packstation.store.database import rows_of
from packstation.store.tables.desk import AttemptRow, HoldEventRow, HoldRow

HOLD_COLUMNS = (
    "id, state, reason, opened_at, opened_reason, opened_by, decide_by, changed_at, next_try_at, tries, wants_changes, will_prepay, "
    "only_tries, decide_by_passed"
)
"""The columns of a hold, its id first."""


def hold_of_row(row: Sequence[Any]) -> Hold:
    """The hold in a row that begins with `HOLD_COLUMNS`."""
    return Hold(
        state=HoldState(row[1]),
        reason=HoldReason(row[2]),
        opened_at=row[3],
        opened_reason=HoldReason(row[4]),
        opened_by=row[5],
        decide_by=row[6],
        changed_at=row[7],
        next_try_at=row[8],
        tries=row[9],
        wants_changes=bool(row[10]),
        will_prepay=bool(row[11]),
        only_tries=bool(row[12]),
        decide_by_passed=bool(row[13]),
    )


def latest_hold(order_id: int, at: int | None = None) -> HoldCard | None:
    """The order's open hold, else its latest; at a moment, as it stood strictly before it."""
    rows = rows_of(
        f"SELECT {HOLD_COLUMNS} FROM hold WHERE order_id = ? AND opened_at < ? ORDER BY id DESC LIMIT 1",
        (order_id, 2**62 if at is None else at),
    )
    if not rows:
        return None
    hold_id, hold = rows[0][0], hold_of_row(rows[0])
    if at is not None:
        state, reason, since = rows_of(
            "SELECT state, reason, at FROM hold_event WHERE hold_id = ? AND at < ? ORDER BY at DESC, id DESC LIMIT 1",
            (hold_id, at),
        )[0]
        hold = replace(hold, state=HoldState(state), reason=HoldReason(reason), changed_at=since)
    attempts = rows_of(
        "SELECT count(*) FROM attempt WHERE hold_id = ? AND result IS NOT NULL AND result <> 'abandoned' AND ended_at < ?",
        (hold_id, 2**62 if at is None else at),
    )[0][0]
    slots = rows_of(
        "SELECT p.slot FROM parcel_order po JOIN parcel p ON p.id = po.parcel_id WHERE po.order_id = ? AND p.slot IS NOT NULL "
        "ORDER BY p.slot",
        (order_id,),
    )
    return HoldCard(hold_id, hold, attempts, tuple(row[0] for row in slots) if at is None else ())


def hold_by_id(hold_id: int) -> tuple[Hold, int]:
    """The hold and the id of its order."""
    row = rows_of(f"SELECT {HOLD_COLUMNS}, order_id FROM hold WHERE id = ?", (hold_id,))[0]
    return hold_of_row(row), row[-1]


def holds_of_ids(hold_ids: Sequence[int]) -> dict[int, Hold]:
    """These holds by their ids."""
    found: dict[int, Hold] = {}
    for start in range(0, len(hold_ids), 500):
        some = hold_ids[start : start + 500]
        marks = ",".join("?" * len(some))
        found.update(
            (row[0], hold_of_row(row))
            for row in rows_of(f"SELECT {HOLD_COLUMNS} FROM hold WHERE id IN ({marks})", some)
        )
    return found


def open_hold(order_id: int, hold: Hold, person_id: int | None, why: str = "") -> int:
    """Store a hold that opens; its id."""
    hold_id: int = HoldRow.insert(order_id=order_id, cover_key=None, **_fields(hold)).execute()
    _remember(hold_id, hold, hold.opened_at, person_id, why)
    return hold_id


def save_hold(hold_id: int, before: Hold, after: Hold, person_id: int | None, now: int, why: str = "") -> None:
    """Store a hold after an event; a release that covers the order remembers what it covers."""
    if before == after:
        return
    fields: dict[str, Any] = _fields(after)
    if covers(after) and not covers(before):
        _hold_now, order_id = hold_by_id(hold_id)
        fields["cover_key"] = cover_key(order_id)
    HoldRow.update(**fields).where(HoldRow.id == hold_id).execute()
    if (before.state, before.reason) != (after.state, after.reason):
        _remember(hold_id, after, now, person_id, why)


def _fields(hold: Hold) -> dict[str, Any]:
    return {
        "state": str(hold.state),
        "reason": str(hold.reason),
        "opened_reason": str(hold.opened_reason),
        "opened_at": hold.opened_at,
        "opened_by": hold.opened_by,
        "decide_by": hold.decide_by,
        "changed_at": hold.changed_at,
        "next_try_at": hold.next_try_at,
        "tries": hold.tries,
        "wants_changes": hold.wants_changes,
        "will_prepay": hold.will_prepay,
        "only_tries": hold.only_tries,
        "decide_by_passed": hold.decide_by_passed,
    }


def _remember(hold_id: int, hold: Hold, now: int, person_id: int | None, why: str) -> None:
    HoldEventRow.insert(
        hold_id=hold_id, state=str(hold.state), reason=str(hold.reason), at=now, person_id=person_id, why=why
    ).execute()


def cover_key(order_id: int) -> str:
    """A digest of what a release covers: the order's address, items and amount."""
    order = rows_of(
        "SELECT total, recipient, phone, street, ward, district, province, country, address_changed_at FROM orders WHERE id = ?",
        (order_id,),
    )[0]
    items = rows_of("SELECT sku, name, quantity, price FROM order_item WHERE order_id = ? ORDER BY line", (order_id,))
    text = json.dumps([list(order), [list(item) for item in items]], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def still_covers(card: HoldCard, order_id: int, buyer_ids: Sequence[int], at: int | None = None) -> bool:
    """Whether the latest hold's release covers the order: nothing it covered changed, and no further order failed since."""
    if not covers(card.hold):
        return False
    key = rows_of("SELECT cover_key FROM hold WHERE id = ?", (card.id,))[0][0]
    if key != cover_key(order_id):
        return False
    if not buyer_ids:
        return True
    marks = ",".join("?" * len(buyer_ids))
    failing = "outcome IN ('delivery_failed', 'buyer_cancelled')"
    others = f"o.buyer_id IN ({marks}) AND o.id <> ? AND NOT o.replaced AND o.kind = 'normal'"
    if at is None:
        return not rows_of(
            f"SELECT 1 FROM orders o WHERE {others} AND o.{failing} AND (o.cause IS NULL OR o.cause <> 'courier') "
            "AND o.outcome_known_at > ? LIMIT 1",
            (*buyer_ids, order_id, card.hold.changed_at),
        )
    return not rows_of(
        f"SELECT 1 FROM outcome_change c JOIN orders o ON o.id = c.order_id WHERE {others} AND c.{failing} "
        "AND (c.cause IS NULL OR c.cause <> 'courier') AND c.known_at > ? AND c.known_at < ? LIMIT 1",
        (*buyer_ids, order_id, card.hold.changed_at, at),
    )


def open_attempt(
    hold_id: int, person_id: int, station_id: int | None, method: ContactMethod, now: int, *, incoming: bool = False
) -> int:
    """Store a contact that begins; its id."""
    attempt_id: int = AttemptRow.insert(
        hold_id=hold_id,
        person_id=person_id,
        station_id=station_id,
        method=str(method),
        opened_at=now,
        why="",
        incoming=incoming,
        recording="",
    ).execute()
    return attempt_id


def running_attempt(hold_id: int, person_id: int | None = None) -> tuple[int, int, ContactMethod, int] | None:
    """The latest contact for the hold without a result, by this person if given: (id, person, method, opened at)."""
    whose, values = ("", (hold_id,)) if person_id is None else ("AND person_id = ? ", (hold_id, person_id))
    rows = rows_of(
        f"SELECT id, person_id, method, opened_at FROM attempt WHERE hold_id = ? AND result IS NULL {whose}ORDER BY id DESC LIMIT 1",
        values,
    )
    if not rows:
        return None
    attempt_id, person, method, opened_at = rows[0]
    return attempt_id, person, ContactMethod(method), opened_at


def running_attempt_of_id(attempt_id: int) -> tuple[int, ContactMethod, int] | None:
    """A contact that has no result yet, as (person, method, opened at); None once it has one."""
    rows = rows_of("SELECT person_id, method, opened_at FROM attempt WHERE id = ? AND result IS NULL", (attempt_id,))
    return (rows[0][0], ContactMethod(rows[0][1]), rows[0][2]) if rows else None


def end_attempt(attempt_id: int, result: AttemptResult, why: str, now: int, next_try_at: int | None) -> None:
    """Store how a contact ended."""
    AttemptRow.update(result=str(result), why=why, ended_at=now, next_try_at=next_try_at).where(
        AttemptRow.id == attempt_id
    ).execute()


def attempts_of(hold_id: int) -> tuple[AttemptCard, ...]:
    """All contacts for the hold, oldest first."""
    return tuple(
        AttemptCard(
            by,
            ContactMethod(method),
            opened,
            ended,
            AttemptResult(result) if result else None,
            why,
            bool(incoming),
            heard,
        )
        for by, method, opened, ended, result, why, incoming, heard in rows_of(
            "SELECT p.name, a.method, a.opened_at, a.ended_at, a.result, a.why, a.incoming, a.recording FROM attempt a "
            "JOIN person p ON p.id = a.person_id WHERE a.hold_id = ? ORDER BY a.id",
            (hold_id,),
        )
    )


def people_who_contacted(hold_id: int) -> frozenset[int]:
    """Who ever contacted the buyer for a hold, with a result or without."""
    return frozenset(row[0] for row in rows_of("SELECT DISTINCT person_id FROM attempt WHERE hold_id = ?", (hold_id,)))


def keep_recording(attempt_id: int, address: str) -> None:
    """Store where the recording of a contact is."""
    AttemptRow.update(recording=address).where(AttemptRow.id == attempt_id).execute()


def courier_instruction(order_id: int) -> str:
    """What the buyer asked of the courier when they confirmed, as after 5 pm; empty for nothing, or when that no longer holds."""
    rows = rows_of(
        "SELECT e.why FROM hold h JOIN hold_event e ON e.hold_id = h.id WHERE h.order_id = ? AND h.state = 'released' "
        "AND h.reason = 'confirmed' AND h.id = (SELECT max(id) FROM hold WHERE order_id = ?) ORDER BY e.id DESC LIMIT 1",
        (order_id, order_id),
    )
    return str(rows[0][0]) if rows else ""


def running_attempts_before(moment: int) -> list[tuple[int, int]]:
    """Contacts without a result that were opened before a moment, as (attempt id, hold id)."""
    return [
        (row[0], row[1])
        for row in rows_of(
            "SELECT id, hold_id FROM attempt WHERE result IS NULL AND opened_at < ? ORDER BY hold_id", (moment,)
        )
    ]


def open_holds() -> list[tuple[int, int, Hold]]:
    """All open holds by decide-by, as (hold id, order id, hold)."""
    rows = rows_of(
        f"SELECT {HOLD_COLUMNS}, order_id FROM hold WHERE state IN ('waiting', 'escalated') ORDER BY decide_by, id"
    )
    return [(row[0], row[-1], hold_of_row(row)) for row in rows]


def orders_with_open_hold(order_ids: Sequence[int]) -> list[int]:
    """Those of the orders that have an open hold, in id order."""
    found: list[int] = []
    for start in range(0, len(order_ids), 500):
        some = order_ids[start : start + 500]
        marks = ",".join("?" * len(some))
        sql = f"SELECT order_id FROM hold WHERE state IN ('waiting', 'escalated') AND order_id IN ({marks})"
        found += [row[0] for row in rows_of(sql, some)]
    return sorted(found)


def open_holds_of(buyer_ids: Sequence[int], leave_out: int) -> list[tuple[int, int, Hold]]:
    """The open holds of a customer's other orders by decide-by, as (hold id, order id, hold)."""
    if not buyer_ids:
        return []
    marks = ",".join("?" * len(buyer_ids))
    columns = ", ".join(f"h.{name}" for name in HOLD_COLUMNS.split(", "))
    rows = rows_of(
        f"SELECT {columns}, h.order_id FROM hold h JOIN orders o ON o.id = h.order_id WHERE o.buyer_id IN ({marks}) "
        "AND h.state IN ('waiting', 'escalated') AND h.order_id <> ? ORDER BY h.decide_by, h.id",
        (*buyer_ids, leave_out),
    )
    return [(row[0], row[-1], hold_of_row(row)) for row in rows]
