"""When two records are one order: a hub's copy of a marketplace's order, told by its number there or by the parcel's tracking number.

Source of the rules: docs/definitions.md, "One order, several records".
"""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.times import DAY

HUB_CHANNELS = frozenset({"kiotviet", "sapo", "nhanh", "pancake", "haravan"})
"""Channels that also hold copies of orders that buyers placed elsewhere."""

TRACKING_NUMBER_RESTS = 60 * DAY
"""How far apart two records of one tracking number may be placed, ms: carriers use their numbers again."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """When an order was placed and, once its channel told its end, when it ended; ms UTC."""

    placed_at: int
    ended_at: int | None


def may_be_one_parcel(one: Lifetime, other: Lifetime) -> bool:
    """Whether one tracking number on both means one parcel: a number is given anew long after, to an order placed after the end."""
    first, second = sorted((one, other), key=lambda lifetime: lifetime.placed_at)
    if second.placed_at - first.placed_at > TRACKING_NUMBER_RESTS:
        return False
    return first.ended_at is None or first.ended_at >= second.placed_at
