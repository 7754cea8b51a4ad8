"""Orders that are to be read again one by one, and records that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.orders import GONE, WITHOUT_NUMBER
from packstation.domain.times import DAY, MINUTE
from packstation.store.database import execute_many, rows_of

KEPT_FOR = 7 * DAY
"""How long a record that told no number is kept after it was seen last, ms."""

_AT_ONCE = 500
_MOST_NUMBERLESS = 100
_NUMBERLESS = "substr(number, 1, 1) = ?"


class Why(StrEnum):
    """Why an order is to be read again."""

    HINT = "hint"
    """A push said that it changed."""
    NO_TRACKING = "no_tracking"
    """It is labelled, but has no tracking number yet."""
    MISSING = "missing"
    """It was not in a listing, or the channel did not find it."""
    UNREADABLE = "unreadable"
    """Its record made no order, or the answer left it out."""


@dataclass(frozen=True, slots=True)
class Reread:
    """One order to be read again; `tries` counts how often that was done in vain."""

    number: str
    why: Why
    tries: int


def ask_to_reread(shop_id: int, numbers: Sequence[str], why: Why, due_at: int) -> None:
    """Note that orders are to be read again; what is noted already is due at the earlier of both times."""
    execute_many(
        "INSERT INTO reread (shop_id, number, why, due_at, tries) VALUES (?, ?, ?, ?, 0) "
        "ON CONFLICT (shop_id, number) DO UPDATE SET due_at = excluded.due_at WHERE reread.due_at > excluded.due_at",
        [(shop_id, number, str(why), due_at) for number in sorted(set(numbers))],
    )


def ask_for_tracking(shop_id: int, numbers: Sequence[str], now: int) -> None:
    """Look for the tracking numbers of labelled orders in 1 minute, then after 2 more, then every 5 (Shopee allows no more)."""
    execute_many(
        "INSERT INTO reread (shop_id, number, why, due_at, tries) VALUES (?, ?, ?, ?, 0) "
        "ON CONFLICT (shop_id, number) DO UPDATE SET tries = reread.tries + 1, "
        "due_at = ? + CASE reread.tries WHEN 0 THEN ? ELSE ? END WHERE reread.due_at <= ?",
        [
            (shop_id, number, str(Why.NO_TRACKING), now + MINUTE, now, 2 * MINUTE, 5 * MINUTE, now)
            for number in sorted(set(numbers))
        ],
    )


def due_rereads(shop_id: int, now: int, most: int) -> list[Reread]:
    """The orders whose time has come, those that wait longest first."""
    return [
        Reread(row[0], Why(row[1]), row[2])
        for row in rows_of(
            "SELECT number, why, tries FROM reread WHERE shop_id = ? AND due_at <= ? ORDER BY due_at, number LIMIT ?",
            (shop_id, now, most),
        )
    ]


def tried_in_vain(shop_id: int, number: str, why: Why, due_at: int) -> None:
    """Try again later; `tries` counts from now on how often in a row it was in vain for this reason, after the first time."""
    execute_many(
        "UPDATE reread SET tries = CASE WHEN why = ? THEN tries + 1 ELSE 0 END, why = ?, due_at = ? "
        "WHERE shop_id = ? AND number = ?",
        [(str(why), str(why), due_at, shop_id, number)],
    )


def newest_number(shop_id: int, besides: Sequence[str] = ()) -> str | None:
    """The shop's order that changed last, of those that nobody looks for and that are not among `besides`."""
    rows = rows_of(
        "SELECT o.number FROM orders o WHERE o.shop_id = ? AND o.became IS NULL AND o.updated_at IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM reread r WHERE r.shop_id = o.shop_id AND r.number = o.number) AND o.channel_status <> ? "
        "ORDER BY o.updated_at DESC LIMIT ?",
        (shop_id, GONE, len(besides) + 1),
    )
    return next((row[0] for row in rows if row[0] not in besides), None)


def newest_change(shop_id: int) -> int | None:
    """The latest update time of all the shop's orders, ms UTC; None while none is known."""
    newest: int | None = rows_of("SELECT max(updated_at) FROM orders WHERE shop_id = ?", (shop_id,))[0][0]
    return newest


def settled(shop_id: int, numbers: Sequence[str]) -> None:
    """These need not be read again."""
    execute_many("DELETE FROM reread WHERE shop_id = ? AND number = ?", [(shop_id, number) for number in numbers])


def park(shop_id: int, records: Sequence[tuple[str, str]], now: int) -> None:
    """Keep (number, why) of records that made no order, to be shown.

    One that tells no number goes under a name that begins with `WITHOUT_NUMBER`. Of these a shop has a hundred at most, those
    seen last: nothing but time tells that one is no more (`forget_parked`).
    """
    execute_many(
        "INSERT INTO unreadable (shop_id, number, why, seen_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (shop_id, number) DO UPDATE SET why = excluded.why, seen_at = excluded.seen_at",
        [(shop_id, number, why, now) for number, why in records],
    )
    if any(number.startswith(WITHOUT_NUMBER) for number, _why in records):
        execute_many(
            f"DELETE FROM unreadable WHERE shop_id = ? AND {_NUMBERLESS} AND number NOT IN (SELECT number FROM unreadable "
            f"WHERE shop_id = ? AND {_NUMBERLESS} ORDER BY seen_at DESC, number LIMIT ?)",
            [(shop_id, WITHOUT_NUMBER, shop_id, WITHOUT_NUMBER, _MOST_NUMBERLESS)],
        )


def unpark(shop_id: int, numbers: Sequence[str]) -> None:
    """These can be read now."""
    execute_many("DELETE FROM unreadable WHERE shop_id = ? AND number = ?", [(shop_id, number) for number in numbers])


def forget_parked(now: int) -> int:
    """Forget records that told no number and were not seen for a week; how many there were. Needs no transaction.

    No order that is read tells that it was one of them. While such a record is among the last days' orders it is seen again at
    every reconciliation.
    """
    old = rows_of(
        f"SELECT 1 FROM unreadable WHERE {_NUMBERLESS} AND seen_at <= ? LIMIT 1", (WITHOUT_NUMBER, now - KEPT_FOR)
    )
    if not old:
        return 0
    sql = f"DELETE FROM unreadable WHERE {_NUMBERLESS} AND seen_at <= ? RETURNING number"
    return len(rows_of(sql, (WITHOUT_NUMBER, now - KEPT_FOR)))


def parked() -> list[tuple[str, str, str, int]]:
    """All parked records as (shop, number, why, seen in ms UTC), newest first."""
    return [
        (row[0], row[1], row[2], row[3])
        for row in rows_of(
            "SELECT s.name, u.number, u.why, u.seen_at FROM unreadable u JOIN shop s ON s.id = u.shop_id "
            "ORDER BY u.seen_at DESC, u.number"
        )
    ]


def known_as_changed(shop_id: int, since: int, until: int) -> list[str]:
    """Numbers of the shop's orders whose stored update time lies in [since, until), but those that their channel deleted."""
    return [
        row[0]
        for row in rows_of(
            "SELECT number FROM orders WHERE shop_id = ? AND updated_at >= ? AND updated_at < ? AND channel_status <> ?",
            (shop_id, since, until, GONE),
        )
    ]


def without_tracking(shop_id: int, numbers: Sequence[str]) -> list[str]:
    """Those of these orders that are labelled while some parcel, or all, has no tracking number."""
    found: list[str] = []
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        found += [
            row[0]
            for row in rows_of(
                f"SELECT o.number FROM orders o WHERE o.shop_id = ? AND o.number IN ({marks}) AND o.status = 'label_ready' "
                "AND (SELECT count(*) = 0 OR count(*) > count(p.tracking) FROM parcel_order po "
                "JOIN parcel p ON p.id = po.parcel_id WHERE po.order_id = o.id)",
                (shop_id, *some),
            )
        ]
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """A place among orders by when they last changed."""

    changed_at: int
    order_id: int


BEGINNING = Place(-1, -1)


def unended(
    shop_id: int, not_seen_since: int, most: int, after: Place = BEGINNING, *, refunded_since: int | None = None
) -> tuple[list[str], Place]:
    """Orders that may change without a word of their channel, of those last changed before a moment, oldest first.

    Args:
        shop_id: their shop.
        not_seen_since: the moment, ms UTC.
        most: how many at once.
        after: where the last look ended.
        refunded_since: besides those that have not ended also those with refunds that last changed at this moment or later, ms UTC.

    Returns:
        Their numbers, and where the next look goes on: at the beginning again once this one came to the end.
    """
    rows = rows_of(
        "SELECT number, coalesce(updated_at, placed_at), id FROM orders "
        "WHERE shop_id = ? AND became IS NULL AND coalesce(updated_at, placed_at) < ? AND (outcome = 'open' "
        "OR coalesce(updated_at, placed_at) >= ? AND EXISTS (SELECT 1 FROM order_refund f WHERE f.order_id = orders.id)) "
        "AND (coalesce(updated_at, placed_at), id) > (?, ?) ORDER BY coalesce(updated_at, placed_at), id LIMIT ?",
        (
            shop_id,
            not_seen_since,
            not_seen_since if refunded_since is None else refunded_since,  # nothing is before and not before it
            after.changed_at,
            after.order_id,
            most,
        ),
    )
    place = Place(rows[-1][1], rows[-1][2]) if len(rows) == most else BEGINNING
    return [row[0] for row in rows], place
