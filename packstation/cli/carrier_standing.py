"""What `packstation status` tells of parcels that carriers could not deliver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from packstation.acts.returning import Returns
from packstation.domain.times import iso_utc
from packstation.locale import _
from packstation.locale.words import moment
from packstation.store.rescues import RescueCard


def carrier_document(returns: Returns, rescues: Sequence[RescueCard]) -> dict[str, Any]:
    """The same for programs: times ISO 8601 UTC."""
    to_call = [card for card in rescues if card.rescue.is_open]
    overdue = returns.overdue
    return {
        "rescues": {
            "to_call": len(to_call),
            "next_deadline": iso_utc(to_call[0].rescue.deadline) if to_call else None,
        },
        "returns": {
            "on_their_way": len(returns.parcels),
            "overdue": len(overdue),
            "claim_until": iso_utc(overdue[0].claim_until) if overdue else None,
        },
    }


def carrier_lines(returns: Returns, rescues: Sequence[RescueCard]) -> Iterator[str]:
    """The same for people; nothing when nothing is to be done."""
    to_call = [card for card in rescues if card.rescue.is_open]
    if to_call:
        at = moment(to_call[0].rescue.deadline, to_call[0].zone)
        line = _("{count} deliveries that failed can be rescued by a call, the first until {at}: `packstation rescues`")
        yield line.format(count=len(to_call), at=at)
    if overdue := returns.overdue:
        at = moment(overdue[0].claim_until, overdue[0].zone)
        line = _(
            "{count} parcels on their way back are overdue, the first to be claimed until {at}: `packstation returns --overdue`"
        )
        yield line.format(count=len(overdue), at=at)
