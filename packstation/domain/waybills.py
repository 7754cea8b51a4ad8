"""What carriers say of parcels on their way, and how orders ended by it. Pure.

Source of the rules: docs/cod-and-waybills.md, "What carriers' words do".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.orders import FailureCause, Outcome, TimedOutcome


class WaybillMeaning(StrEnum):
    """What a carrier's word means."""

    ON_THE_WAY = "on_the_way"
    FAILED_ONCE = "failed_once"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"


COMING_BACK = frozenset({WaybillMeaning.RETURNING, WaybillMeaning.RETURNED})


@dataclass(frozen=True, slots=True)
class IncomingWaybill:
    """One line of a status file. `meaning` None for a word that the mapping does not have; `known_at` ms UTC."""

    tracking: str
    number: str
    word: str
    reason: str
    meaning: WaybillMeaning | None
    cause: FailureCause | None
    known_at: int


@dataclass(frozen=True, slots=True)
class WaybillEvent:
    """What a carrier said of one parcel at a moment, ms UTC."""

    meaning: WaybillMeaning
    cause: FailureCause | None
    known_at: int
    reason: str = ""


Ending = tuple[Outcome, FailureCause | None]


def endings_of_parcel(events: Iterable[WaybillEvent]) -> list[tuple[int, Ending]]:
    """How a parcel ended, by the moments at which that became known, ms UTC.

    A parcel on its way back was not delivered, for the reason that was told then or at the last try before; one that was
    delivered before and came back was returned by the buyer.
    """
    found: list[tuple[int, Ending]] = []
    cause: FailureCause | None = None
    for event in sorted(events, key=lambda event: event.known_at):
        cause = event.cause or cause
        arrived = bool(found) and found[-1][1][0] in (Outcome.DELIVERED, Outcome.RETURNED)
        ending = _ending(event.meaning, cause, arrived=arrived)
        if ending is not None and (not found or found[-1][1] != ending):
            found.append((event.known_at, ending))
    return found


def _ending(meaning: WaybillMeaning, cause: FailureCause | None, *, arrived: bool) -> Ending | None:
    match meaning:
        case WaybillMeaning.DELIVERED:
            return Outcome.DELIVERED, None
        case WaybillMeaning.LOST:
            return Outcome.LOST, None
        case WaybillMeaning.RETURNED if arrived:
            return Outcome.RETURNED, None
        case WaybillMeaning.RETURNING | WaybillMeaning.RETURNED if not arrived:
            return Outcome.DELIVERY_FAILED, cause
        case _:
            return None


def outcomes_of_order(parcels: Sequence[Sequence[WaybillEvent]]) -> list[TimedOutcome]:
    """How an order ended, from what was said of each of its parcels: only once all of them ended.

    An order of which anything was delivered is delivered; else it was returned, failed or lost, in this order.
    """
    moments = [endings_of_parcel(events) for events in parcels]
    found: list[TimedOutcome] = []
    for at in sorted({at for one in moments for at, _ending in one}):
        endings = [next((ending for moment, ending in reversed(one) if moment <= at), None) for one in moments]
        ended = [ending for ending in endings if ending is not None]
        if len(ended) < len(endings):
            continue
        outcome, cause = min(ended, key=lambda ending: (_RANK[ending[0]], ending[1] is None))
        if not found or (found[-1].outcome, found[-1].cause) != (outcome, cause):
            found.append(TimedOutcome(outcome, cause, at))
    return found


_RANK = {Outcome.DELIVERED: 0, Outcome.RETURNED: 1, Outcome.DELIVERY_FAILED: 2, Outcome.LOST: 3}
