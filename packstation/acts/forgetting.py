"""What is kept no longer is forgotten: a piece at every tick, or all of it when somebody asks."""

from __future__ import annotations

from packstation.acts.reporting_buyers import remove_letter
from packstation.acts.workplace import Workplace
from packstation.domain.ledger import EntryKind
from packstation.domain.retention import DataKind
from packstation.domain.times import DAY
from packstation.store.cases import files_closed_before
from packstation.store.database import database_now, transaction
from packstation.store.retention import Position, forget

_PIECE = 500


def forget_some(place: Workplace) -> None:
    """Look through the next piece of each table; after the last one it begins anew a day later."""
    sweep = place.sweep
    now = database_now()
    if now < sweep.rests_until:
        return
    for kind, before in place.retention.kept_until(now):
        after = sweep.positions.get(kind, ())
        if after is not None:
            _count, sweep.positions[kind] = _forget_piece(place, kind, before, after, None)
    if all(position is None for position in sweep.positions.values()):
        sweep.positions.clear()
        sweep.rests_until = now + DAY


def forget_everything_old(place: Workplace, by: int | None) -> dict[DataKind, int]:
    """Forget all that is kept no longer now; how much of each kind.

    Args:
        place: who acts, and how long it keeps what.
        by: the supervisor.
    """
    forgotten: dict[DataKind, int] = {}
    for kind, before in place.retention.kept_until(database_now()):
        count = 0
        after: Position | None = ()
        while after is not None:
            more, after = _forget_piece(place, kind, before, after, by)
            count += more
        forgotten[kind] = count
    return forgotten


def _forget_piece(
    place: Workplace, kind: DataKind, before: int, after: Position, by: int | None
) -> tuple[int, Position | None]:
    # Letters that were saved as files go with their case, after the commit.
    files = files_closed_before(before) if kind is DataKind.CASES else []
    with transaction():
        count, position = forget(kind, before, after, _PIECE)
        if count:
            place.ledger.write(
                EntryKind.DATA_FORGOTTEN,
                database_now(),
                person_id=by,
                station_id=place.station_id,
                facts={"kind": str(kind), "count": count, "before": before},
            )
    for name in files:
        remove_letter(name)
    return count, position
