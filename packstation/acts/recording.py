"""Decisions about orders in the ledger, with the data that they were taken on: its age, the policy, every figure by a digest."""

from __future__ import annotations

from collections.abc import Mapping

from packstation.acts.policies import current_policy
from packstation.acts.workplace import Workplace
from packstation.domain.expressions import Value
from packstation.domain.ledger import EntryKind
from packstation.domain.policy import evident
from packstation.store.judging import JudgingFacts, read_for_judging


def facts_of(order_id: int, now: int) -> JudgingFacts:
    """What a decision about an order is taken on: read in its transaction, before it changes anything."""
    policy = current_policy()
    return read_for_judging(order_id, None, policy.holds, policy.prior_weight, now)


def record_decision(
    place: Workplace,
    kind: EntryKind,
    facts: JudgingFacts,
    now: int,
    *,
    told: Mapping[str, Value],
    hold_id: int | None = None,
    parcel_id: int | None = None,
    person_id: int | None = None,
    text: str = "",
) -> None:
    """Record a decision about an order, inside the transaction that takes it.

    Args:
        place: who acts.
        kind: what was decided.
        facts: what it was taken on.
        now: ms UTC.
        told: numbers and words that explain it.
        hold_id: the hold that it moved.
        parcel_id: the parcel that it is about.
        person_id: who decided; None for a rule or the passing of time.
        text: a person's words.
    """
    place.ledger.write(
        kind,
        now,
        order_id=facts.order.id,
        parcel_id=parcel_id,
        hold_id=hold_id,
        person_id=person_id,
        station_id=place.station_id,
        policy_version=current_policy().version,
        facts={**told, "data_age_ms": facts.data_age_ms},
        evidence=evidence_of(facts),
        text=text,
    )


def evidence_of(facts: JudgingFacts) -> dict[str, Value]:
    """The figures that an order is judged on, for the ledger: every figure of the customer, and the order's own."""
    history = facts.customer.history.figures() if facts.customer else {}
    standing = {name: evident(figure) for name, figure in facts.judged.standing.figures().items()}
    order = facts.order
    return {**history, **standing, "status": str(order.status), "order_total": order.total, "order_cod": order.cod}
