"""The outbox in the store: decisions for the channels, from the transaction that decides until their delivery.

At least once and in order: of an order's decisions only the oldest that is neither delivered nor dropped can be taken, so a
parked one keeps all later ones of its order back. Who takes one has it until a lease ends; what a killed process was sending is
taken again then, with the same idempotency key. Decisions are added while the order's row is locked, so that their ids are in the
order in which they were decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from packstation.domain.outbox import Announcement, DecisionKind, OutboxState, announcement_of
from packstation.store.database import execute_many, lock_orders, rows_of, transaction

_LONGEST_TROUBLE = 200
_MOST_PARKED_SHOWN = 100

_ADD = (
    "INSERT INTO outbox (shop_id, order_id, kind, subject, payload, idempotency_key, decided_at, not_before, tries, next_try_at, "
    "state, trouble) SELECT o.shop_id, o.id, s.kind, ?, ?, ?, ?, ?, 0, ?, 'waiting', '' FROM orders o "
    "JOIN shop_outbox s ON s.shop_id = o.shop_id AND s.kind = ? WHERE o.id = ? ON CONFLICT (idempotency_key) DO NOTHING "
    "RETURNING id"
)
_DUE = "b.state IN ('waiting', 'sending') AND coalesce(b.taken_until, b.next_try_at) <= ?"
_FIRST_OF_ORDER = (
    "NOT EXISTS (SELECT 1 FROM outbox e WHERE e.order_id = b.order_id AND e.id < b.id "
    "AND e.state IN ('waiting', 'sending', 'parked'))"
)
_HELD = "id = ? AND state = 'sending' AND taken_by = ?"


def set_switched_on(shop_id: int, kinds: Iterable[DecisionKind]) -> None:
    """Publish which decisions a shop's channel is told; those that wait or are parked and are not told any more are dropped."""
    wanted = set(kinds)
    with transaction():
        for kind in DecisionKind:
            if kind in wanted:
                continue
            execute_many("DELETE FROM shop_outbox WHERE shop_id = ? AND kind = ?", [(shop_id, str(kind))])
            execute_many(
                "UPDATE outbox SET state = 'dropped' WHERE shop_id = ? AND kind = ? AND state IN ('waiting', 'parked')",
                [(shop_id, str(kind))],
            )
        execute_many(
            "INSERT INTO shop_outbox (shop_id, kind) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(shop_id, str(kind)) for kind in sorted(wanted)],
        )


def switch_off_absent(configuration: str, present: Collection[str], now: int) -> list[str]:
    """Publish that nothing is told to shops that a configuration has no more; what waits for them stays. Needs no transaction.

    Shops that were last synced under another configuration keep their outbox, though no daemon may have them at the moment.

    Args:
        configuration: its name, as `sync_state.configured` was told it.
        present: the names of the shops that stand in it.
        now: by the database's clock, ms UTC; a shop that a living daemon has is that one's.

    Returns:
        The names of those that were switched off now.
    """
    marks = ",".join("?" * len(present)) or "''"
    gone = rows_of(
        "SELECT s.id, s.name FROM shop s JOIN shop_sync y ON y.shop_id = s.id WHERE y.configured_by = ? "
        f"AND s.name NOT IN ({marks}) AND EXISTS (SELECT 1 FROM shop_outbox b WHERE b.shop_id = s.id) "
        "AND (y.daemon IS NULL OR y.daemon_until <= ?) ORDER BY s.name",
        (configuration, *present, now),
    )
    execute_many("DELETE FROM shop_outbox WHERE shop_id = ?", [(shop_id,) for shop_id, _name in gone])
    return [name for _shop_id, name in gone]


def switched_on(shop_id: int) -> frozenset[DecisionKind]:
    """The decisions that a shop's channel is told."""
    return frozenset(
        DecisionKind(row[0]) for row in rows_of("SELECT kind FROM shop_outbox WHERE shop_id = ?", (shop_id,))
    )


def packed_to_tell(parcel_id: int) -> list[tuple[int, Announcement]]:
    """What to tell of a packed parcel: one announcement for each of its orders whose shop switched that on, by order id."""
    return [
        (order_id, Announcement(DecisionKind.PACKED, parcel_id, packages=(package,) if package else ()))
        for order_id, package in rows_of(
            "SELECT o.id, p.package FROM parcel p JOIN parcel_order po ON po.parcel_id = p.id JOIN orders o ON o.id = po.order_id "
            "JOIN shop_outbox s ON s.shop_id = o.shop_id AND s.kind = 'packed' WHERE p.id = ? ORDER BY o.id",
            (parcel_id,),
        )
    ]


def add(order_id: int, announcement: Announcement, now: int, not_before: int) -> bool:
    """Put a decision into the outbox, inside the transaction that decides and with the order's row locked.

    Args:
        order_id: the order.
        announcement: what was decided; handed in twice it is kept once.
        now: when, ms UTC.
        not_before: when it may go out at the earliest, ms UTC.

    Returns:
        False when the shop did not switch this kind on, or it was handed in before; then nothing is added.
    """
    key = announcement.key(order_id, now)
    values = (announcement.subject, announcement.payload(), key, now, not_before, not_before)
    return bool(rows_of(_ADD, (*values, str(announcement.kind), order_id)))


def drop(order_id: int, kind: DecisionKind, subject: int) -> int:
    """Take back what is not delivered yet, inside the transaction that undoes the decision; how many there were.

    One that is being sent at this moment goes on.
    """
    return len(
        rows_of(
            "UPDATE outbox SET state = 'dropped' WHERE order_id = ? AND kind = ? AND subject = ? "
            "AND state IN ('waiting', 'parked') RETURNING id",
            (order_id, str(kind), subject),
        )
    )


def drop_packed(parcel_id: int) -> int:
    """Take back that a parcel is packed, as `drop` does, for all its orders."""
    orders = rows_of("SELECT order_id FROM parcel_order WHERE parcel_id = ? ORDER BY order_id", (parcel_id,))
    return sum(drop(order_id, DecisionKind.PACKED, parcel_id) for (order_id,) in orders)


def is_told(order_id: int, kind: DecisionKind) -> bool:
    """Whether the channel was told, or will be."""
    return bool(
        rows_of(
            "SELECT 1 FROM outbox WHERE order_id = ? AND kind = ? AND state <> 'dropped' LIMIT 1", (order_id, str(kind))
        )
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision that a process has taken to send it. Times are ms UTC.

    `tries` counts the failed ones before; `waited_ms` is for how long it could have gone out, since it was decided or a person
    last asked that it is sent again.
    """

    id: int
    order_number: str
    announcement: Announcement
    idempotency_key: str
    decided_at: int
    tries: int
    waited_ms: int


def take_due(shop_id: int, taker: str, now: int, lease_ms: int) -> Taken | None:
    """Take the oldest decision of a shop that may be sent now; nobody else has it until the lease ends.

    Args:
        shop_id: the shop.
        taker: who takes it: no two processes may have the same.
        now: by the database's clock, ms UTC.
        lease_ms: for how long.
    """
    while True:
        due = rows_of(
            "SELECT b.id, b.order_id FROM outbox b "
            f"WHERE b.shop_id = ? AND {_DUE} AND {_FIRST_OF_ORDER} ORDER BY b.id LIMIT 1",
            (shop_id, now),
        )
        if not due:
            return None
        with transaction():
            # Whoever adds or takes back a decision has the order locked. What is lost to them is looked for anew.
            lock_orders([due[0][1]])
            taken = rows_of(
                "UPDATE outbox AS b SET state = 'sending', taken_by = ?, taken_until = ? "
                f"WHERE b.id = ? AND {_DUE} AND {_FIRST_OF_ORDER} "
                "RETURNING order_id, kind, subject, payload, idempotency_key, decided_at, tries, not_before",
                (taker, now + lease_ms, due[0][0], now),
            )
        if taken:
            order_id, kind, subject, payload, key, decided_at, tries, not_before = taken[0]
            number = _number_at(shop_id, order_id)
            announcement = announcement_of(DecisionKind(kind), subject, payload)
            return Taken(due[0][0], number, announcement, key, decided_at, tries, now - not_before)


def _number_at(shop_id: int, order_id: int) -> str:
    """What the shop calls the order: a decision taken while it was known as a hub's copy goes to that hub."""
    numbers = rows_of(
        "SELECT coalesce((SELECT code FROM order_code c WHERE c.order_id = o.id AND c.shop_id = ? AND c.kind = 'hub' "
        "AND o.shop_id <> c.shop_id ORDER BY code LIMIT 1), o.number) FROM orders o WHERE o.id = ?",
        (shop_id, order_id),
    )
    return str(numbers[0][0])


def delivered(decision_id: int, taker: str, now: int) -> bool:
    """Note that the channel took a decision; False when the lease is somebody else's by now."""
    return bool(
        rows_of(
            "UPDATE outbox SET state = 'delivered', delivered_at = ?, trouble = '', taken_by = NULL, taken_until = NULL "
            f"WHERE {_HELD} RETURNING id",
            (now, decision_id, taker),
        )
    )


def not_delivered(
    decision_id: int, taker: str, state: OutboxState, *, tries: int, next_try_at: int, trouble: str
) -> bool:
    """Note that a decision was not delivered: it waits, is parked, or is dropped.

    Args:
        decision_id: the decision.
        taker: who tried; nothing changes when the lease is somebody else's by now.
        state: what becomes of it.
        tries: the failed ones so far.
        next_try_at: when it may be sent again, ms UTC.
        trouble: one line for people; cut when overlong.
    """
    return bool(
        rows_of(
            "UPDATE outbox SET state = ?, tries = ?, next_try_at = ?, trouble = ?, taken_by = NULL, taken_until = NULL "
            f"WHERE {_HELD} RETURNING id",
            (str(state), tries, next_try_at, trouble[:_LONGEST_TROUBLE], decision_id, taker),
        )
    )


def retry(now: int, order_ids: Sequence[int] | None = None) -> int:
    """Let parked decisions, and those that failed and wait for their next try, go out at once; how many there were.

    Args:
        now: ms UTC.
        order_ids: only those of these orders; None for all.
    """
    ids = tuple(order_ids or ())
    chosen = "" if order_ids is None else f" AND order_id IN ({','.join('?' * len(ids))})"
    # What waits behind them is not too old now either.
    execute_many(
        f"UPDATE outbox SET not_before = ? WHERE state = 'waiting' AND not_before < ?{chosen}", [(now, now, *ids)]
    )
    failed = f"(state = 'parked' OR state = 'waiting' AND trouble <> '' AND next_try_at > ?){chosen}"
    sql = f"UPDATE outbox SET state = 'waiting', tries = 0, not_before = ?, next_try_at = ? WHERE {failed} RETURNING id"
    return len(rows_of(sql, (now, now, now, *ids)))


@dataclass(frozen=True, slots=True)
class ParkedDecision:
    """A decision that will not go out until somebody asks for it."""

    shop: str
    number: str
    kind: DecisionKind
    trouble: str


@dataclass(frozen=True, slots=True)
class OutboxStanding:
    """How the outbox is. `oldest_at` is when the oldest waiting decision was taken (ms UTC), `parked_list` the oldest ones."""

    waiting: int
    parked: int
    oldest_at: int | None
    parked_list: tuple[ParkedDecision, ...]


def outbox_standing() -> OutboxStanding:
    """How many decisions wait or are parked, and which."""
    waiting, oldest_at = rows_of("SELECT count(*), min(decided_at) FROM outbox WHERE state IN ('waiting', 'sending')")[
        0
    ]
    parked = rows_of("SELECT count(*) FROM outbox WHERE state = 'parked'")[0][0]
    rows = rows_of(
        "SELECT s.name, o.number, b.kind, b.trouble FROM outbox b JOIN orders o ON o.id = b.order_id JOIN shop s ON s.id = b.shop_id "
        "WHERE b.state = 'parked' ORDER BY b.id LIMIT ?",
        (_MOST_PARKED_SHOWN,),
    )
    shown = tuple(ParkedDecision(shop, number, DecisionKind(kind), trouble) for shop, number, kind, trouble in rows)
    return OutboxStanding(waiting, parked, oldest_at, shown)
