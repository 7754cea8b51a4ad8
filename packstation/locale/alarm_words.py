"""Alarms to pull a parcel in the reader's language."""

from __future__ import annotations

from packstation.domain.alarms import PullAlarm, PullReason
from packstation.domain.packing import ParcelState
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.locale.measures import moment


def pull_text(alarm: PullAlarm, *, now: int | None = None) -> str:
    """An alarm to pull a parcel: which, why, and where it is.

    Args:
        alarm: the alarm.
        now: the present, ms UTC; what was packed on the same day is told by its time alone.
    """
    number = plain(alarm.number, 40)
    return _("PULL PARCEL {number}: {why}, {where}").format(
        number=number, why=_pull_reason(alarm.why), where=_where(alarm, now)
    )


def pull_place(alarm: PullAlarm, *, now: int | None = None) -> str:
    """Why a parcel is to be pulled and where it is, as `pull_text` says it."""
    return f"{_pull_reason(alarm.why)}, {_where(alarm, now)}"


def _pull_reason(why: PullReason) -> str:
    return {
        PullReason.CANCELLED: _("cancelled"),
        PullReason.CANCEL_REQUESTED: _("cancellation asked for"),
        PullReason.HELD: _("put on hold"),
    }[why]


def _where(alarm: PullAlarm, now: int | None) -> str:
    if alarm.state is ParcelState.PACKED and alarm.packed_at is not None:
        return _("packed: {station}, {by}, {at}").format(
            station=alarm.station or "–", by=alarm.by or "–", at=moment(alarm.packed_at, alarm.zone, now=now)
        )
    if alarm.slot is not None:
        return _("hold shelf {slot}").format(slot=alarm.slot)
    if alarm.state is ParcelState.HANDED_OVER:
        return _("handed over")
    return _("at desk {station}").format(station=alarm.station or "–")
