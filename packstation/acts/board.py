"""What the supervisor's board shows, and what waits for a supervisor wherever one is signed in. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.acts.policies import current_policy
from packstation.acts.returning import returns_now
from packstation.domain.cards import AttemptCard, OrderCard
from packstation.domain.carriers import NONE_CONFIGURED, Carriers
from packstation.domain.deadlines import Notices
from packstation.domain.holds import HoldReason, HoldState
from packstation.domain.supervision import ApprovalRequest
from packstation.domain.verdict import Reason, decide
from packstation.store import board as stored
from packstation.store.approvals import standing_requests
from packstation.store.board import BoardRow
from packstation.store.database import answering, database_now
from packstation.store.holds import attempts_of, hold_by_id, running_attempt
from packstation.store.judging import read_for_judging
from packstation.store.people import person_by_id


@dataclass(frozen=True, slots=True)
class Board:
    """The holds in the order in which they are decided, and how near a decide-by is which notice.

    `returns_overdue`: parcels on their way back that can be claimed.
    """

    rows: tuple[BoardRow, ...]
    notices: Notices
    returns_overdue: int = 0


@dataclass(frozen=True, slots=True)
class HoldMove:
    """A state that a hold came into; `by` is empty when no person brought it there, `why` in their words."""

    at: int
    state: HoldState
    reason: HoldReason
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class HoldDetail:
    """One hold with what it was decided on: the order as it stands, the reasons now, contacts and moves, the oldest first."""

    hold_id: int
    order: OrderCard
    reasons: tuple[Reason, ...]
    attempts: tuple[AttemptCard, ...]
    moves: tuple[HoldMove, ...]
    data_age_ms: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a supervisor: escalated holds as (id, order number, reason), and what desks ask."""

    escalated: tuple[tuple[int, str, HoldReason], ...] = ()
    requests: tuple[ApprovalRequest, ...] = ()


def board(carriers: Carriers = NONE_CONFIGURED) -> Board:
    """The board now; `carriers`: what was agreed with them."""
    with answering():
        rules = current_policy().holds
        rows = tuple(stored.board_rows(database_now()))
        overdue = len(returns_now(carriers).overdue)
        return Board(rows, Notices(rules.warn_before_ms, rules.escalate_before_ms), overdue)


def detail(hold_id: int) -> HoldDetail:
    """One hold of the board."""
    with answering():
        policy = current_policy()
        now = database_now()
        order_id = hold_by_id(hold_id)[1]
        facts = read_for_judging(order_id, None, policy.holds, policy.prior_weight, now)
        verdict = decide(facts.judged, facts.customer.history if facts.customer else None, policy, now)
        moves = tuple(
            HoldMove(at, HoldState(state), HoldReason(reason), by, why)
            for at, state, reason, by, why in stored.moves_of(hold_id)
        )
        return HoldDetail(hold_id, facts.order, verdict.reasons, attempts_of(hold_id), moves, facts.data_age_ms)


def waiting() -> Waiting:
    """What waits for a supervisor now."""
    with answering():
        escalated = tuple(
            (hold_id, number, HoldReason(reason)) for hold_id, number, reason in stored.escalated_numbers()
        )
        return Waiting(escalated, tuple(standing_requests(database_now())))


def who_contacts(hold_id: int) -> str:
    """Who contacts the buyer of a hold at this moment; empty for nobody."""
    with answering():
        running = running_attempt(hold_id)
        if running is None or database_now() - running[3] >= current_policy().holds.abandoned_after_ms:
            return ""
        person = person_by_id(running[1])
        return person.name if person else ""
