"""Parcels on their way back: listed by age, and settled when they are here or claimed."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.acts.overriding import reason_given
from packstation.acts.workplace import Workplace
from packstation.domain.carriers import Carriers
from packstation.domain.ledger import EntryKind
from packstation.domain.returns import ComingBack, ReturnStage
from packstation.store import returns as stored
from packstation.store.database import answering, database_now, lock_orders, transaction


class NotComingBackError(LookupError):
    """No parcel on its way back has this tracking or order number."""


@dataclass(frozen=True, slots=True)
class Returns:
    """The parcels on their way back at `now`, ms UTC, the oldest first."""

    parcels: tuple[ComingBack, ...]
    now: int

    @property
    def overdue(self) -> tuple[ComingBack, ...]:
        """Those that can be claimed, the nearest last moment first."""
        found = [one for one in self.parcels if one.stage(self.now) is ReturnStage.OVERDUE]
        return tuple(sorted(found, key=lambda one: (one.claim_until, one.order_id, one.tracking)))


def returns_now(carriers: Carriers) -> Returns:
    """What is on its way back. Changes nothing."""
    with answering():
        now = database_now()
        return Returns(tuple(stored.coming_back(carriers, now)), now)


def settle_return(
    place: Workplace, carriers: Carriers, code: str, person_id: int | None, *, claimed: str | None = None
) -> int:
    """Note that a parcel is here, or that it was claimed; it is listed no more. How many parcels that were.

    Args:
        place: where.
        carriers: what was agreed.
        code: a tracking or order number.
        person_id: who says so; None where nobody is named.
        claimed: what became of a claim; None for a parcel that is here.

    Raises:
        ReasonMissingError: a claim without a word.
        NotComingBackError: none is on its way back.
    """
    why = reason_given(claimed) if claimed is not None else ""
    wanted = code.strip()
    meant = [one for one in returns_now(carriers).parcels if wanted and wanted in (one.tracking, one.number)]
    if not meant:
        raise NotComingBackError(code)
    with transaction():
        lock_orders([one.order_id for one in meant])
        now = database_now()
        for one in meant:
            stored.settle_return(one, why, now, person_id, came_back=claimed is None)
            place.ledger.write(
                EntryKind.RETURN_SETTLED,
                now,
                order_id=one.order_id,
                person_id=person_id,
                station_id=place.station_id,
                facts={"came_back": claimed is None, "since": one.since},
                text=why,
            )
    return len(meant)
