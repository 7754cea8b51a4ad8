"""An account of what was done, read from the tables alone: what must never have happened, whoever worked at the same time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from packstation.domain.holds import AttemptResult
from packstation.store.database import rows_of

_PATIENT = {str(result) for result in AttemptResult} & {
    "no_answer",
    "busy",
    "unreachable",
    "message_sent",
    "later",
    "abandoned",
}
"""Results after which a channel's default may still ship the order."""


@dataclass(frozen=True, slots=True)
class Move:
    """A state that a hold came into. `person` is who brought it there; None for rules, data and time."""

    hold_id: int
    state: str
    reason: str
    at: int
    person: int | None


def packed_twice() -> list[int]:
    """The parcels that were packed while they were packed."""
    found, state = [], dict[int, str]()
    for parcel_id, becomes in rows_of("SELECT parcel_id, state FROM parcel_event ORDER BY id"):
        if becomes == "packed" and state.get(parcel_id) == "packed":
            found.append(parcel_id)
        state[parcel_id] = becomes
    return found


def packed_while_held() -> list[tuple[int, int]]:
    """Orders that were packed at a moment strictly inside a time in which a hold of theirs was open, with that moment."""
    packed = rows_of(
        "SELECT po.order_id, e.at FROM parcel_event e JOIN parcel_order po ON po.parcel_id = e.parcel_id WHERE e.state = 'packed'"
    )
    order_of = dict(rows_of("SELECT id, order_id FROM hold"))
    held: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for hold_id, moves in _moves_by_hold().items():
        held[order_of[hold_id]] += _open_times(moves)
    return [(order_id, at) for order_id, at in packed if any(begin < at < end for begin, end in held[order_id])]


def _open_times(moves: list[Move]) -> Iterator[tuple[int, int]]:
    """The times in which a hold was open, also a second time after it was reopened."""
    since: int | None = None
    for move in moves:
        is_open = move.state in ("waiting", "escalated")
        if is_open and since is None:
            since = move.at
        elif not is_open and since is not None:
            yield since, move.at
            since = None
    if since is not None:
        yield since, 2**62


def _moves_by_hold() -> dict[int, list[Move]]:
    moves: dict[int, list[Move]] = defaultdict(list)
    for row in rows_of("SELECT hold_id, state, reason, at, person_id FROM hold_event ORDER BY id"):
        moves[row[0]].append(Move(*row))
    return moves


def contacted_twice_at_once() -> list[tuple[int, int]]:
    """Pairs of contacts of one customer by different people that ran at the same time, as ids of attempts.

    A contact whose caller is gone runs until it counts as abandoned.
    """
    rows = rows_of(
        "SELECT a.id, a.person_id, a.opened_at, COALESCE(a.ended_at, 9223372036854775807), COALESCE(b.customer_id, -o.id) "
        "FROM attempt a JOIN hold h ON h.id = a.hold_id JOIN orders o ON o.id = h.order_id LEFT JOIN buyer b ON b.id = o.buyer_id "
        "ORDER BY a.opened_at, a.id"
    )
    found: list[tuple[int, int]] = []
    running: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for attempt, person, begins, ends, customer in rows:
        found += [(other, attempt) for other, by, until in running[customer] if by != person and begins < until]
        running[customer].append((attempt, person, ends))
    return found


def left_waiting(moment: int) -> list[int]:
    """Holds that wait on as if nothing were, though their decide-by lies before a moment, ms UTC."""
    return [
        row[0]
        for row in rows_of("SELECT id FROM hold WHERE state = 'waiting' AND decide_by < ? ORDER BY id", (moment,))
    ]


def passed_in_silence(moment: int) -> list[int]:
    """Holds that were open when their decide-by passed, before a moment, and were neither escalated nor shipped by default since.

    One that a person decided before anybody looked at the clock is decided.
    """
    found = []
    deadlines = dict(rows_of("SELECT id, decide_by FROM hold WHERE decide_by < ?", (moment,)))
    for hold_id, moves in _moves_by_hold().items():
        decide_by = deadlines.get(hold_id)
        if decide_by is None or not any(begin < decide_by < end for begin, end in _open_times(moves)):
            continue
        told = any(move.state == "escalated" or move.reason == "defaulted" for move in moves)
        ended = any(move.state in ("released", "closed") and move.at > decide_by for move in moves)
        if not told and not ended:
            found.append(hold_id)
    return sorted(found)


def unexplained_releases() -> list[tuple[Move, int]]:
    """Releases that not exactly one thing explains, with how many do."""
    return [
        (move, count)
        for moves in _moves_by_hold().values()
        for move in moves
        if move.state == "released" and (count := _explanations(move)) != 1
    ]


def _explanations(move: Move) -> int:
    match move.reason:
        case "confirmed":
            return len(_confirmations(move))
        case "prepaid":
            sql = "SELECT count(*) FROM hold h JOIN orders o ON o.id = h.order_id WHERE h.id = ? AND o.paid_at IS NOT NULL"
            return int(rows_of(sql, (move.hold_id,))[0][0])
        case "overridden":
            return len(_overrides(move))
        case "withdrawn":
            sql = "SELECT count(*) FROM hold WHERE id = ? AND opened_reason = 'by_hand' AND opened_by = ?"
            return int(rows_of(sql, (move.hold_id, move.person))[0][0])
        case "rejudged":
            return int(
                rows_of("SELECT count(*) FROM hold WHERE id = ? AND opened_reason = 'rule'", (move.hold_id,))[0][0]
            )
        case "defaulted":
            return int(_is_rightly_defaulted(move))
    return 0


def _confirmations(move: Move) -> list[int]:
    """The confirmations of this very moment, of the hold itself or of another hold of its customer with which it was ticked."""
    customer = "SELECT b.customer_id FROM hold h JOIN orders o ON o.id = h.order_id JOIN buyer b ON b.id = o.buyer_id WHERE h.id = "
    rows = rows_of(
        "SELECT a.id FROM attempt a WHERE a.result = 'confirmed' AND a.person_id = ? AND a.ended_at = ? "
        f"AND (a.hold_id = ? OR ({customer} a.hold_id) = ({customer} ?))",
        (move.person, move.at, move.hold_id, move.hold_id),
    )
    return [row[0] for row in rows]


def _overrides(move: Move) -> list[str]:
    rows = rows_of(
        "SELECT l.facts FROM ledger l JOIN person p ON p.id = l.person_id WHERE l.kind = 'hold_moved' AND l.hold_id = ? AND l.at = ? "
        "AND l.person_id = ? AND p.role IN ('supervisor', 'owner')",
        (move.hold_id, move.at, move.person),
    )
    return [facts for (facts,) in rows if json.loads(facts)["reason"] == "overridden"]


def _is_rightly_defaulted(move: Move) -> bool:
    [(opened_reason, decide_by, channel)] = rows_of(
        "SELECT h.opened_reason, h.decide_by, s.channel FROM hold h JOIN orders o ON o.id = h.order_id JOIN shop s ON s.id = o.shop_id "
        "WHERE h.id = ?",
        (move.hold_id,),
    )
    results = {
        row[0]
        for row in rows_of("SELECT result FROM attempt WHERE hold_id = ? AND ended_at < ?", (move.hold_id, move.at))
    }
    return channel == "tiktok" and opened_reason == "rule" and decide_by <= move.at and results <= _PATIENT
