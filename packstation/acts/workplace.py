"""Where acts happen: the station, its rules, and its chain of the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.desk_flow import DeskRules
from packstation.store.database import database_now, transaction
from packstation.store.ledger import LedgerWriter
from packstation.store.people import station_named


@dataclass(frozen=True, slots=True)
class Workplace:
    """A process that acts. `station_id` is None for commands and daemons without a desk."""

    name: str
    station_id: int | None
    rules: DeskRules
    ledger: LedgerWriter


def open_station(name: str, rules: DeskRules) -> Workplace:
    """Begin to act as a station."""
    with transaction():
        now = database_now()
        return Workplace(name, station_named(name, now), rules, LedgerWriter(name, now))


def open_command(name: str) -> Workplace:
    """Begin to act as a command without a desk."""
    with transaction():
        return Workplace(name, None, DeskRules(slots=()), LedgerWriter(name, database_now()))
