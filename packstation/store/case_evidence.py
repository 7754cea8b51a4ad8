"""What is known of a buyer at one channel that may be reported to it: contacts in vain, orders refused, and all counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from packstation.domain.cards import AttemptCard, OrderCard
from packstation.domain.cases import CaseRules, Conduct, Ground, ground_of, is_unanswered
from packstation.domain.holds import AttemptResult, HoldReason, HoldRules, HoldState
from packstation.domain.order_counts import Counts
from packstation.domain.orders import FailureCause, Outcome
from packstation.store.database import rows_of
from packstation.store.holds import attempts_of
from packstation.store.order_cards import order_card
from packstation.store.summaries import counts_of

_FAILED = (
    "o.outcome IN ('delivery_failed', 'buyer_cancelled') AND o.outcome = 'delivery_failed' "
    "AND (o.cause IS NULL OR o.cause <> 'courier') AND o.kind = 'normal' AND o.outcome_known_at >= ?"
)


@dataclass(frozen=True, slots=True)
class ReportedHold:
    """A hold of one of the buyer's orders, with the contacts for it."""

    order_id: int
    number: str
    opened_at: int
    opened_reason: HoldReason
    state: HoldState
    reason: HoldReason
    attempts: tuple[AttemptCard, ...]

    @property
    def is_unanswered(self) -> bool:
        """Whether nobody ever answered."""
        return is_unanswered([each.result for each in self.attempts if each.result is not None])


@dataclass(frozen=True, slots=True)
class RefusedOrder:
    """An order that the buyer made fail at the door; `known_at`, ms UTC, is when that was known."""

    order_id: int
    number: str
    outcome: Outcome
    cause: FailureCause | None
    known_at: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a report is made of. `accounts` are the buyer's at this channel; `counts` None for a guest."""

    order: OrderCard
    accounts: tuple[str, ...]
    counts: Counts | None
    holds: tuple[ReportedHold, ...]
    failed: tuple[RefusedOrder, ...]

    @property
    def conduct(self) -> Conduct:
        """What the buyer did, counted."""
        on_phone = {hold.order_id for hold in self.holds if hold.reason is HoldReason.REFUSED}
        at_door = {order.order_id for order in self.failed}
        return Conduct(sum(hold.is_unanswered for hold in self.holds), len(on_phone | at_door))


def evidence_of(order_id: int, rules: HoldRules, since: int) -> Evidence:
    """What the buyer of an order did at the order's channel since a moment, ms UTC; of a guest, what is known of this order."""
    order = order_card(order_id, rules)
    buyers = rows_of(
        "SELECT b.id, b.external_id FROM buyer b WHERE b.channel = ? AND b.customer_id = "
        "(SELECT m.customer_id FROM orders o JOIN buyer m ON m.id = o.buyer_id WHERE o.id = ?) ORDER BY b.id",
        (order.channel, order_id),
    )
    if not buyers:
        return Evidence(order, (), None, _holds("o.id = ?", [order_id], 0), ())
    ids = [row[0] for row in buyers]
    marks = f"o.buyer_id IN ({','.join('?' * len(ids))})"
    counts = sum(counts_of(ids).values(), Counts())
    return Evidence(
        order, tuple(row[1] for row in buyers), counts, _holds(marks, ids, since), _failed(marks, ids, since)
    )


def _holds(whose: str, ids: Sequence[int], since: int) -> tuple[ReportedHold, ...]:
    rows = rows_of(
        "SELECT o.id, o.number, h.opened_at, h.opened_reason, h.state, h.reason, h.id FROM hold h JOIN orders o ON o.id = h.order_id "
        f"WHERE {whose} AND h.opened_at >= ? ORDER BY h.opened_at, h.id",
        (*ids, since),
    )
    return tuple(
        ReportedHold(
            row[0], row[1], row[2], HoldReason(row[3]), HoldState(row[4]), HoldReason(row[5]), attempts_of(row[6])
        )
        for row in rows
    )


def _failed(whose: str, ids: Sequence[int], since: int) -> tuple[RefusedOrder, ...]:
    rows = rows_of(
        "SELECT o.id, o.number, o.outcome, o.cause, o.outcome_known_at FROM orders o "
        f"WHERE {whose} AND {_FAILED} ORDER BY o.outcome_known_at, o.id",
        (*ids, since),
    )
    return tuple(
        RefusedOrder(row[0], row[1], Outcome(row[2]), FailureCause(row[3]) if row[3] else None, row[4]) for row in rows
    )


@dataclass(frozen=True, slots=True)
class DueReport:
    """A buyer whom nobody has reported yet though they did too much: by the latest of the orders with which they did."""

    order_id: int
    number: str
    shop: str
    channel: str
    ground: Ground
    conduct: Conduct


def due_reports(rules: CaseRules, now: int) -> list[DueReport]:
    """The buyers that are to be reported, of each channel by customer; who was reported within the window is left out.

    Args:
        rules: from when on, and within which window.
        now: ms UTC.
    """
    since = now - rules.window_ms
    results: dict[int, list[AttemptResult]] = defaultdict(list)
    for hold_id, result in rows_of(
        "SELECT a.hold_id, a.result FROM attempt a JOIN hold h ON h.id = a.hold_id WHERE h.opened_at >= ? AND a.result IS NOT NULL",
        (since,),
    ):
        results[hold_id].append(AttemptResult(result))
    in_vain: dict[tuple[int, str], list[int]] = defaultdict(list)
    refused: dict[tuple[int, str], set[int]] = defaultdict(set)
    for hold_id, order_id, customer_id, channel, reason in rows_of(
        "SELECT h.id, o.id, b.customer_id, s.channel, h.reason FROM hold h JOIN orders o ON o.id = h.order_id "
        "JOIN buyer b ON b.id = o.buyer_id JOIN shop s ON s.id = o.shop_id WHERE h.opened_at >= ?",
        (since,),
    ):
        if is_unanswered(results.get(hold_id, [])):
            in_vain[customer_id, channel].append(order_id)
        if reason == HoldReason.REFUSED:
            refused[customer_id, channel].add(order_id)
    for order_id, customer_id, channel in rows_of(
        "SELECT o.id, b.customer_id, s.channel FROM orders o JOIN buyer b ON b.id = o.buyer_id JOIN shop s ON s.id = o.shop_id "
        f"WHERE {_FAILED}",
        (since,),
    ):
        refused[customer_id, channel].add(order_id)
    reported = {tuple(row) for row in rows_of(_REPORTED, (since,))}
    due = []
    for who in sorted({*in_vain, *refused} - reported):
        conduct = Conduct(len(in_vain.get(who, ())), len(refused.get(who, ())))
        ground = ground_of(conduct, rules)
        if ground is not None:
            due.append(_due(max([*in_vain.get(who, ()), *refused.get(who, ())]), ground, conduct))
    return due


_REPORTED = (
    "SELECT DISTINCT b.customer_id, s.channel FROM buyer_case c JOIN orders o ON o.id = c.order_id "
    "JOIN buyer b ON b.id = o.buyer_id JOIN shop s ON s.id = o.shop_id WHERE c.opened_at >= ? OR c.state <> 'closed'"
)


def _due(order_id: int, ground: Ground, conduct: Conduct) -> DueReport:
    number, shop, channel = rows_of(
        "SELECT o.number, s.name, s.channel FROM orders o JOIN shop s ON s.id = o.shop_id WHERE o.id = ?", (order_id,)
    )[0]
    return DueReport(order_id, number, shop, channel, ground, conduct)
