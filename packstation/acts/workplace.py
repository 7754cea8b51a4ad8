"""Where acts happen: the station, its rules, and its chain of the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field

from packstation.domain.desk_flow import DeskRules
from packstation.domain.retention import FOR_GOOD, DataKind, Retention
from packstation.domain.supervision import STANDARD, SupervisionRules
from packstation.store.database import database_now, transaction
from packstation.store.ledger import LedgerWriter
from packstation.store.people import station_named
from packstation.store.retention import Position


@dataclass(slots=True)
class Sweep:
    """How far this process has looked through what may be kept no longer; `rests_until`, ms UTC, it looks at nothing.

    A position is None once a table was looked through.
    """

    positions: dict[DataKind, Position | None] = field(default_factory=dict)
    rests_until: int = 0


@dataclass(frozen=True, slots=True)
class Workplace:
    """A process that acts. `station_id` is None for commands and daemons without a desk; `retention` is what its ticks go by."""

    name: str
    station_id: int | None
    rules: DeskRules
    ledger: LedgerWriter
    retention: Retention = FOR_GOOD
    sweep: Sweep = field(default_factory=Sweep)
    supervision: SupervisionRules = STANDARD


def open_station(
    name: str, rules: DeskRules, retention: Retention = FOR_GOOD, supervision: SupervisionRules = STANDARD
) -> Workplace:
    """Begin to act as a station."""
    with transaction():
        now = database_now()
        ledger = LedgerWriter(name, now)
        return Workplace(name, station_named(name, now), rules, ledger, retention, supervision=supervision)


def open_command(name: str, retention: Retention = FOR_GOOD) -> Workplace:
    """Begin to act as a command without a desk."""
    with transaction():
        return Workplace(name, None, DeskRules(slots=()), LedgerWriter(name, database_now()), retention)
