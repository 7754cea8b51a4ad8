"""How orders go, from placing to their end: the statuses they pass and when, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from packstation.domain.orders import FailureCause, Outcome, Status
from packstation.domain.times import DAY, HOUR, MINUTE


class Fate(Enum):
    """What becomes of an order. The second group is where an order still stands."""

    DELIVERED = auto()
    SENT_BACK = auto()
    SOLD_AT_COUNTER = auto()
    BUYER_CANCELS = auto()
    BUYER_CANCELS_AFTER_LABEL = auto()
    SELLER_CANCELS = auto()
    SYSTEM_CANCELS = auto()
    NEVER_PAID = auto()
    REFUSED = auto()
    UNREACHABLE = auto()
    COURIER_FAILS = auto()
    LOST = auto()

    STILL_UNPAID = auto()
    STILL_TO_PACK = auto()
    STILL_LABELLED = auto()
    STILL_ASKING_TO_CANCEL = auto()
    STILL_ON_THE_WAY = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """A status reached at a moment, ms UTC, and the outcome that became known with it."""

    status: Status
    at: int
    outcome: Outcome | None = None
    cause: FailureCause | None = None


_FAILURES: Mapping[Fate, FailureCause] = {
    Fate.REFUSED: FailureCause.REFUSED,
    Fate.UNREACHABLE: FailureCause.UNREACHABLE,
    Fate.COURIER_FAILS: FailureCause.COURIER,
}
_EARLY_ENDS: Mapping[Fate, Outcome] = {
    Fate.BUYER_CANCELS: Outcome.BUYER_CANCELLED,
    Fate.SELLER_CANCELS: Outcome.SELLER_CANCELLED,
    Fate.SYSTEM_CANCELS: Outcome.SYSTEM_CANCELLED,
}
PAID_WITHIN = 40 * MINUTE


def journey(fate: Fate, placed_at: int, rng: Random, *, prepaid: bool) -> list[Step]:
    """All steps that an order with this fate takes, in time.

    Args:
        fate: what becomes of it.
        placed_at: ms UTC.
        rng: for how long each step takes.
        prepaid: whether it is paid before it is packed.
    """
    if fate is Fate.SOLD_AT_COUNTER:
        return [Step(Status.COMPLETED, placed_at, Outcome.DELIVERED)]
    steps = [Step(Status.UNPAID, placed_at)] if prepaid else []
    if fate in (Fate.STILL_UNPAID, Fate.NEVER_PAID):
        expired = Step(Status.CANCELLED, placed_at + DAY, Outcome.UNPAID_EXPIRED)
        return [*steps, expired] if fate is Fate.NEVER_PAID else steps
    ready = placed_at + (rng.randrange(MINUTE, PAID_WITHIN) if prepaid else 0)
    labelled = ready + rng.randrange(HOUR, 6 * HOUR)
    steps.append(Step(Status.TO_PACK, ready))
    if fate in _EARLY_ENDS:
        cancelled = ready + rng.randrange(10 * MINUTE, 5 * HOUR)
        return [*steps, Step(Status.CANCELLED, cancelled, _EARLY_ENDS[fate])]
    if fate is Fate.STILL_TO_PACK:
        return steps
    return [*steps, Step(Status.LABEL_READY, labelled), *_after_label(fate, labelled, rng)]


def _after_label(fate: Fate, labelled: int, rng: Random) -> list[Step]:
    soon = labelled + rng.randrange(20 * MINUTE, HOUR)
    match fate:
        case Fate.STILL_LABELLED:
            return []
        case Fate.STILL_ASKING_TO_CANCEL:
            return [Step(Status.CANCEL_REQUESTED, soon)]
        case Fate.BUYER_CANCELS_AFTER_LABEL:
            return [Step(Status.CANCELLED, soon, Outcome.BUYER_CANCELLED)]
    shipped = labelled + rng.randrange(2 * HOUR, 26 * HOUR)
    arrived = shipped + rng.randrange(DAY, 5 * DAY)
    later = arrived + rng.randrange(2 * DAY, 6 * DAY)
    sent = Step(Status.SHIPPED, shipped)
    match fate:
        case Fate.STILL_ON_THE_WAY:
            return [sent]
        case Fate.LOST:
            return [sent, Step(Status.LOST, later, Outcome.LOST)]
        case Fate.REFUSED | Fate.UNREACHABLE | Fate.COURIER_FAILS:
            failed = Step(Status.RETURNING, arrived, Outcome.DELIVERY_FAILED, _FAILURES[fate])
            return [sent, failed, Step(Status.RETURNED, later)]
    delivered = Step(Status.DELIVERED, arrived, Outcome.DELIVERED)
    if fate is Fate.SENT_BACK:
        returned = Step(Status.RETURNED, later + rng.randrange(3 * DAY, 8 * DAY), Outcome.RETURNED)
        return [sent, delivered, Step(Status.RETURNING, later), returned]
    return [sent, delivered, Step(Status.COMPLETED, later)]
