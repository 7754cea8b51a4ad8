"""What carriers said of parcels: kept once each, matched with orders, and read again by order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from packstation.domain.orders import FailureCause
from packstation.domain.waybills import IncomingWaybill, WaybillEvent, WaybillMeaning
from packstation.store.database import execute_many, rows_of

_SOME = 500
_BY_TRACKING = (
    "SELECT p.tracking, o.id, o.placed_at, s.name FROM parcel p JOIN parcel_order po ON po.parcel_id = p.id "
    "JOIN orders o ON o.id = po.order_id JOIN shop s ON s.id = o.shop_id WHERE o.became IS NULL AND p.tracking IN (%s) ORDER BY o.id"
)
_BY_NUMBER = (
    "SELECT o.number, o.id, o.placed_at, s.name FROM orders o JOIN shop s ON s.id = o.shop_id "
    "WHERE o.became IS NULL AND o.number IN (%s) ORDER BY o.id"
)
_SHARING = "SELECT DISTINCT b.order_id FROM parcel_order a JOIN parcel_order b ON b.parcel_id = a.parcel_id WHERE a.order_id IN (%s)"
_EVENTS = (
    "SELECT tracking, meaning, cause, known_at, reason FROM waybill_event WHERE meaning IS NOT NULL "
    "AND order_id IN (SELECT id FROM orders WHERE id IN (%s) OR became IN (%s)) ORDER BY known_at, id"
)


@dataclass(frozen=True, slots=True)
class KeptEvents:
    """How many events were new, how many there already, and the ids of those that are new or mean something else now."""

    new: int
    known: int
    touched: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Meant:
    order_id: int
    placed_at: int
    shop: str


def keep_events(carrier: str, shop: str, events: Sequence[IncomingWaybill], now: int) -> KeptEvents:
    """Store what a carrier said, inside the caller's transaction; what it said before is known again, whatever its reason.

    Args:
        carrier: whose word it is.
        shop: whose order numbers the file has; empty for any.
        events: as the file has them.
        now: ms UTC.
    """
    by_digest = {_digest(carrier, event): event for event in events}
    known = {}
    for digest, event_id, meaning, cause in _rows(
        "SELECT digest, id, meaning, cause FROM waybill_event WHERE digest IN (%s)", by_digest
    ):
        known[digest] = (event_id, meaning, cause)
    new = [(event, digest) for digest, event in by_digest.items() if digest not in known]
    execute_many(
        "INSERT INTO waybill_event (carrier, tracking, number, shop, word, reason, meaning, cause, known_at, seen_at, digest) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                carrier,
                event.tracking,
                event.number,
                shop,
                event.word,
                event.reason,
                *_means(event),
                event.known_at,
                now,
                digest,
            )
            for event, digest in new
        ],
    )
    other = [
        (*_means(by_digest[digest]), event_id)
        for digest, (event_id, meaning, cause) in known.items()
        if (meaning, cause) != _means(by_digest[digest])
    ]
    execute_many("UPDATE waybill_event SET meaning = ?, cause = ? WHERE id = ?", other)
    added = [
        row[0] for row in _rows("SELECT id FROM waybill_event WHERE digest IN (%s)", [digest for _event, digest in new])
    ]
    return KeptEvents(len(new), len(events) - len(new), tuple(sorted([*added, *(row[2] for row in other)])))


def _digest(carrier: str, event: IncomingWaybill) -> str:
    facts = (carrier, event.tracking, event.number, event.word, event.known_at)
    return hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def _means(event: IncomingWaybill) -> tuple[str | None, str | None]:
    return (str(event.meaning) if event.meaning else None, str(event.cause) if event.cause else None)


def match_events(event_ids: Sequence[int] | None = None) -> list[int]:
    """Find the orders of events that had none, inside the caller's transaction; the ids of the orders found, rising.

    An event is about the parcel of its tracking number, else about the one order of its number. A tracking number that a carrier used
    again means the parcel ordered last before.

    Args:
        event_ids: only these; None for all.
    """
    asked = "SELECT id, tracking, number, shop, known_at FROM waybill_event WHERE order_id IS NULL"
    waiting = rows_of(asked) if event_ids is None else _rows(f"{asked} AND id IN (%s)", event_ids)
    by_tracking = _meant(_BY_TRACKING, {row[1] for row in waiting if row[1]})
    by_number = _meant(_BY_NUMBER, {row[2] for row in waiting if row[2]})
    found: dict[int, int] = {}
    for event_id, tracking, number, shop, known_at in waiting:
        meant = by_tracking.get(tracking, [])
        if not meant:
            meant = [one for one in by_number.get(number, []) if shop in ("", one.shop)]
            meant = meant if len(meant) == 1 else []
        if meant:
            before = [one for one in meant if one.placed_at <= known_at] or meant[:1]
            found[event_id] = max(before, key=lambda one: (one.placed_at, -one.order_id)).order_id
    execute_many("UPDATE waybill_event SET order_id = ? WHERE id = ?", [(found[each], each) for each in sorted(found)])
    return sorted(set(found.values()))


def _meant(sql: str, codes: Collection[str]) -> defaultdict[str, list[_Meant]]:
    found: defaultdict[str, list[_Meant]] = defaultdict(list)
    for code, *row in _rows(sql, sorted(codes)):
        found[code].append(_Meant(*row))
    return found


def orders_of_events(event_ids: Sequence[int]) -> list[int]:
    """The orders that events are about, as far as these are known, rising; of a copy its order."""
    sql = "SELECT DISTINCT coalesce(o.became, o.id) FROM waybill_event e JOIN orders o ON o.id = e.order_id WHERE e.id IN (%s)"
    return sorted({row[0] for row in _rows(sql, event_ids)})


def sharing_parcels(order_ids: Sequence[int]) -> list[int]:
    """These orders, and those that share a parcel with one of them, rising."""
    return sorted({*order_ids, *(row[0] for row in _rows(_SHARING, order_ids))})


def events_of(order_id: int) -> dict[str, list[WaybillEvent]]:
    """What was said of each of an order's parcels, by tracking number, oldest first; nothing said is an empty list.

    What names the order alone is said of its only parcel. An order without tracking numbers has one parcel, by an empty one.
    """
    rows = rows_of(
        "SELECT DISTINCT p.tracking FROM parcel_order po JOIN parcel p ON p.id = po.parcel_id "
        "WHERE po.order_id = ? AND p.tracking IS NOT NULL ORDER BY p.tracking",
        (order_id,),
    )
    found: dict[str, list[WaybillEvent]] = {row[0]: [] for row in rows} or {"": []}
    only = next(iter(found)) if len(found) == 1 else None
    every = sharing_parcels([order_id])
    marks = ",".join("?" * len(every))
    for tracking, meaning, cause, known_at, reason in rows_of(_EVENTS.replace("%s", marks), [*every, *every]):
        event = WaybillEvent(WaybillMeaning(meaning), FailureCause(cause) if cause else None, known_at, reason)
        if tracking in found:
            found[tracking].append(event)
        elif not tracking and only is not None:
            found[only].append(event)
    return found


def forget_reasons(order_ids: Iterable[int]) -> None:
    """Take out what couriers wrote about orders."""
    execute_many("UPDATE waybill_event SET reason = '' WHERE order_id = ?", [(each,) for each in order_ids])


def unknown_words() -> list[tuple[str, str, int]]:
    """The words that no mapping knew, with their carrier and how often each came, most often first."""
    return [
        (row[0], row[1], row[2])
        for row in rows_of(
            "SELECT carrier, word, count(*) FROM waybill_event WHERE meaning IS NULL GROUP BY carrier, word ORDER BY 3 DESC, 1, 2"
        )
    ]


def count_without_order(event_ids: Sequence[int]) -> int:
    """How many of these events are about no parcel here."""
    return len(_rows("SELECT id FROM waybill_event WHERE order_id IS NULL AND id IN (%s)", event_ids))


def _rows(sql: str, values: Iterable[int | str]) -> list[tuple[Any, ...]]:
    every = list(values)
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(every), _SOME):
        some = every[start : start + _SOME]
        found += rows_of(sql.replace("%s", ",".join("?" * len(some))), some)
    return found
