"""What the desks ask of the daemons: to read a known order anew, or to look for a code that nothing here has.

A desk asks inside the transaction of its scan; whoever syncs the shop takes the request, reads, and answers after what was read is
stored. A code is asked of every shop that syncs, one request each, so that no shop waits for another. A request that nobody has
answered for two minutes is dead: no daemon takes it any more, and the same question is asked anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.times import DAY, MINUTE, SECOND
from packstation.store.database import execute_many, is_sqlite, rows_of, transaction

DEAD_AFTER = 2 * MINUTE
"""How long a request waits for an answer, ms."""
TAKEN_FOR = 20 * SECOND
"""How long a taken request is left to who took it, ms; a daemon that died had it in hand."""
KEPT_FOR = DAY
"""How long requests are kept, ms."""

_LONGEST_CODE = 256
_LONGEST_TROUBLE = 200
_SYNCS = "s.synced_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shop_sync y WHERE y.shop_id = s.id AND y.removed_at IS NOT NULL)"
_ADD = "INSERT INTO refresh_request (code, order_id, shop_id, station_id, asked_at, trouble) "
_ASK_ORDER = (
    f"{_ADD} SELECT ?, o.id, o.shop_id, ?, ?, '' FROM orders o JOIN shop s ON s.id = o.shop_id "
    f"WHERE o.id = ? AND {_SYNCS} AND NOT EXISTS "
    "(SELECT 1 FROM refresh_request r WHERE r.order_id = o.id AND r.answered_at IS NULL AND r.asked_at > ?)"
)
_ASK_CODE = (
    f"{_ADD} SELECT ?, NULL, s.id, ?, ?, '' FROM shop s WHERE {_SYNCS} AND NOT EXISTS "
    "(SELECT 1 FROM refresh_request r WHERE r.code = ? AND r.order_id IS NULL AND r.shop_id = s.id "
    "AND r.answered_at IS NULL AND r.asked_at > ?)"
)


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """A request in a daemon's hands: the order of that number is to be read anew; without one, the code is looked for."""

    id: int
    shop_id: int
    code: str
    order_id: int | None
    order_number: str | None
    asked_at: int


class RefreshState(StrEnum):
    """What became of a question that may be asked of several shops."""

    WAITING = "waiting"
    FOUND = "found"
    NOT_FOUND = "not_found"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class RefreshOutcome:
    """What became of a question, and the first trouble that a shop reported."""

    state: RefreshState
    trouble: str = ""


def ask_for_order(order_id: int, code: str, station_id: int, now: int) -> None:
    """Ask that an order is read anew, unless that is asked already or its shop does not sync.

    Args:
        order_id: the order.
        code: what was scanned.
        station_id: the desk that asks.
        now: ms UTC by the database's clock, as everywhere here.
    """
    execute_many(_ASK_ORDER, [(code[:_LONGEST_CODE], station_id, now, order_id, now - DEAD_AFTER)])


def ask_for_code(code: str, station_id: int, now: int) -> tuple[int, ...]:
    """Ask every shop that syncs for a code; one that is asked for it already is not asked twice.

    Returns:
        The requests to wait for, also those that another desk made; none when no shop syncs.
    """
    kept = code[:_LONGEST_CODE]
    since = now - DEAD_AFTER
    execute_many(_ASK_CODE, [(kept, station_id, now, kept, since)])
    return tuple(
        row[0]
        for row in rows_of(
            "SELECT id FROM refresh_request WHERE code = ? AND order_id IS NULL AND answered_at IS NULL AND asked_at > ? ORDER BY id",
            (kept, since),
        )
    )


def take_next(shop_ids: Collection[int], now: int) -> RefreshRequest | None:
    """Take the oldest living request of these shops that nobody else has in hand; where there is none nothing is locked.

    Args:
        shop_ids: the shops that the caller syncs.
        now: ms UTC.
    """
    if not shop_ids:
        return None
    marks = ",".join("?" * len(shop_ids))
    oldest = (
        f"SELECT id FROM refresh_request WHERE shop_id IN ({marks}) AND answered_at IS NULL AND asked_at > ? "
        "AND (taken_at IS NULL OR taken_at <= ?) ORDER BY asked_at, id LIMIT 1"
    )
    values = (*shop_ids, now - DEAD_AFTER, now - TAKEN_FOR)
    if not rows_of(oldest, values):
        return None
    locking = "" if is_sqlite() else "FOR UPDATE SKIP LOCKED"
    with transaction():
        taken = rows_of(
            f"UPDATE refresh_request SET taken_at = ? WHERE id = ({oldest} {locking}) "
            "RETURNING id, shop_id, code, order_id, (SELECT number FROM orders o WHERE o.id = order_id), asked_at",
            (now, *values),
        )
    return RefreshRequest(*taken[0]) if taken else None


def answer(request_id: int, now: int, *, found: bool, trouble: str = "") -> None:
    """Answer a request, once what was read for it is stored and judged; the first answer stands.

    Args:
        request_id: the request.
        now: ms UTC.
        found: whether the order was read, or the code found.
        trouble: why it could not be told, in one line for people; empty when the shop said so itself.
    """
    execute_many(
        "UPDATE refresh_request SET answered_at = ?, found = ?, trouble = ? WHERE id = ? AND answered_at IS NULL",
        [(now, found, trouble[:_LONGEST_TROUBLE], request_id)],
    )


def outcome_of(request_ids: Sequence[int], now: int, patience: int = DEAD_AFTER) -> RefreshOutcome:
    """What became of a question.

    Args:
        request_ids: its requests, one for each shop asked.
        now: ms UTC.
        patience: how long after it was asked no answer counts as none, ms.
    """
    marks = ",".join("?" * len(request_ids))
    rows = rows_of(
        f"SELECT answered_at, found, trouble, asked_at FROM refresh_request WHERE id IN ({marks}) ORDER BY id",
        request_ids,
    )
    trouble = next((row[2] for row in rows if row[2]), "")
    if any(row[1] for row in rows):
        return RefreshOutcome(RefreshState.FOUND)
    unanswered = [row[3] for row in rows if row[0] is None]
    if rows and not unanswered:
        return RefreshOutcome(RefreshState.NOT_FOUND, trouble)
    if not rows or now - min(unanswered) >= patience:
        return RefreshOutcome(RefreshState.UNANSWERED, trouble)
    return RefreshOutcome(RefreshState.WAITING, trouble)


def waiting(now: int) -> list[tuple[str, int]]:
    """For each shop with living requests its name and how many of them wait for an answer."""
    return [
        (row[0], row[1])
        for row in rows_of(
            "SELECT s.name, count(*) FROM refresh_request r JOIN shop s ON s.id = r.shop_id "
            "WHERE r.answered_at IS NULL AND r.asked_at > ? GROUP BY s.name ORDER BY s.name",
            (now - DEAD_AFTER,),
        )
    ]


def forget_old(now: int) -> int:
    """Delete the requests of which nobody wants to know any more; how many there were."""
    return len(rows_of("DELETE FROM refresh_request WHERE asked_at <= ? RETURNING id", (now - KEPT_FOR,)))
