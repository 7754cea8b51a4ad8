"""What was decided on one day, and the heads of the ledger that vouch for it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from packstation.domain.care import InsertKind
from packstation.domain.carriers import NONE_CONFIGURED, Carriers
from packstation.domain.ledger import Anchor, EntryKind
from packstation.domain.returns import ReturnStage
from packstation.store.care import counts_given
from packstation.store.cases import count_overdue
from packstation.store.ledger import entries_between, unrecorded_heads
from packstation.store.returns import coming_back


@dataclass(frozen=True, slots=True)
class DayReport:
    """One day at all stations, from the ledger.

    Attributes:
        packed: parcels packed, less those taken back.
        held: holds opened.
        contacts: contacts with buyers that ended with a result.
        confirmed: holds that buyers released.
        overridden: holds that supervisors released.
        rejected: holds that supervisors closed.
        refused: holds that buyers closed.
        cases_to_check: reports of buyers that somebody has to look at by the end of the day.
        returns_overdue: parcels on their way back that can be claimed at the end of the day.
        care: how much of each kind of care was put into parcels.
        anchors: the ledger's heads that no chain has recorded yet, as they are now.
    """

    packed: int
    held: int
    contacts: int
    confirmed: int
    overridden: int
    rejected: int
    refused: int
    cases_to_check: int
    returns_overdue: int
    care: Mapping[InsertKind, int]
    anchors: tuple[Anchor, ...]


def day_report(start: int, end: int, carriers: Carriers = NONE_CONFIGURED) -> DayReport:
    """The report of the day from `start` until before `end`, ms UTC; `carriers`: what was agreed with them."""
    entries = entries_between(start, end)
    kinds = Counter(entry.kind for entry in entries)
    moves = Counter(
        json.loads(entry.facts).get("reason")
        for entry in entries
        if entry.kind in (EntryKind.HOLD_MOVED, EntryKind.CONTACT_ENDED)
    )
    results = sum(entry.kind == EntryKind.CONTACT_ENDED and entry.station_id is not None for entry in entries)
    return DayReport(
        kinds[EntryKind.PACKED] - kinds[EntryKind.UNDONE],
        kinds[EntryKind.HOLD_OPENED],
        results,
        moves["confirmed"],
        moves["overridden"],
        moves["rejected"],
        moves["refused"],
        count_overdue(end),
        sum(one.stage(end) is ReturnStage.OVERDUE for one in coming_back(carriers, end)),
        counts_given(start, end),
        tuple(unrecorded_heads()),
    )
