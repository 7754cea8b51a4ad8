"""What packstation should know of an order at Tiki."""

from __future__ import annotations

from dataclasses import replace

from packstation.domain.orders import PACKABLE, FailureCause, Outcome, Status
from sync.sandbox.channels.tiki.story import Manner, kind, manner_of, promised_day, second, sellers_code, tikis_code
from sync.sandbox.market.facts import Facts
from sync.sandbox.truth import Expected, plainly


def expected(facts: Facts) -> Expected | None:
    """What Tiki lets one know: whole seconds, no return under way, reasons that may name nobody, two of the deadlines."""
    if facts.deleted:
        return None
    how = manner_of(facts)
    whole = plainly(facts)
    outcome, cause = _ending(facts, how)
    items = sorted((sellers_code(line) or tikis_code(line), line.ordered, line.price) for line in facts.lines)
    return replace(
        whole,
        status=_status(facts, whole.status, how),
        outcome=outcome,
        cause=cause,
        placed_at=second(facts.placed_at),
        kind=kind(facts, how),
        items=tuple(items),
        deadlines=(None if facts.arrange_by is None else second(facts.arrange_by), promised_day(facts), None, None),
    )


def _status(facts: Facts, status: Status, how: Manner) -> Status:
    if status is Status.RETURNING and facts.reached(Status.DELIVERED) is not None:
        return Status.DELIVERED
    return Status.CHANNEL_HOLD if how.in_tikis_warehouse and status in PACKABLE else status


def _ending(facts: Facts, how: Manner) -> tuple[Outcome, FailureCause | None]:
    if how.vague and facts.status is Status.CANCELLED:
        return Outcome.CANCELLED, None
    vaguely_failed = how.vague and facts.outcome is Outcome.DELIVERY_FAILED
    return facts.outcome, None if vaguely_failed else facts.cause
