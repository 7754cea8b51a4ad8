"""What a scan does to the parcel that is already on this desk.

Source: docs/definitions.md, "Packing": only a parcel whose PACK has been painted long enough is finished by a scan.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class DeskRules:
    """How a station packs. Durations in ms; `slots` are the hold shelf's, in the order they are filled."""

    slots: tuple[str, ...]
    undo_ms: int = 30_000
    lease_ms: int = 300_000
    repeat_guard_ms: int = 1_500
    finish_by_next_parcel: bool = False
    require_acknowledge_stop: bool = False


@dataclass(frozen=True, slots=True)
class OnDesk:
    """The parcel that this screen shows in green: its PACK was painted `painted_ms` before the scan (None: not yet)."""

    parcel_id: int
    number: str
    painted_ms: int | None


class ScanStep(StrEnum):
    """What a scan does."""

    JUDGE = "judge"
    REPEAT = "repeat"
    FINISH = "finish"
    FINISH_THEN_JUDGE = "finish_then_judge"
    LEAVE_THEN_JUDGE = "leave_then_judge"
    SAY_UNKNOWN = "say_unknown"


def step_for_scan(on_desk: OnDesk | None, means_parcels: frozenset[int] | None, rules: DeskRules) -> ScanStep:
    """What the scan of a code does.

    Args:
        on_desk: the parcel on this desk.
        means_parcels: the parcels that the code may mean, only those still to pack while there are any (empty for a known order
            without stored parcels); None when the code is unknown or ambiguous.
        rules: the station's.
    """
    if means_parcels is None:
        return ScanStep.SAY_UNKNOWN
    if on_desk is None:
        return ScanStep.JUDGE
    painted_long_enough = on_desk.painted_ms is not None and on_desk.painted_ms >= rules.repeat_guard_ms
    if on_desk.parcel_id in means_parcels:
        # The number of an order with several parcels to pack may stand on any of them: no second scan of this one.
        if len(means_parcels) > 1:
            return ScanStep.SAY_UNKNOWN
        return ScanStep.FINISH if painted_long_enough else ScanStep.REPEAT
    if rules.finish_by_next_parcel and painted_long_enough:
        return ScanStep.FINISH_THEN_JUDGE
    return ScanStep.LEAVE_THEN_JUDGE
