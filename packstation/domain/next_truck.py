"""What has to be packed before the next truck leaves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from packstation.domain.deadlines import Deadlines
from packstation.domain.holds import HoldRules, folded
from packstation.domain.orders import Status


@dataclass(frozen=True, slots=True)
class ToLeave:
    """An order that is still to pack, with the carriers of its parcels; None for one that has no carrier yet."""

    deadlines: Deadlines
    status: Status
    placed_at: int
    zone: str
    carriers: frozenset[str | None]


@dataclass(frozen=True, slots=True)
class NextTruck:
    """When the next truck leaves that orders have to make, ms UTC and in which zone, and how many have to make it."""

    leaves_at: int
    zone: str
    count: int


def next_truck(orders: Iterable[ToLeave], rules: HoldRules, now: int) -> NextTruck | None:
    """The next truck that orders have to make: those that cannot wait for the one after it, or should have left already.

    Args:
        orders: what is still to pack.
        rules: when the trucks leave, how long packing takes, the default decide-by.
        now: ms UTC.

    Returns:
        None where no truck is configured, or none has to be made.
    """
    known: dict[tuple[str, str], tuple[int, int | None] | None] = {}
    counts: Counter[tuple[int, str]] = Counter()
    for order in orders:
        trucks = []
        for carrier in order.carriers:
            key = (folded(carrier or ""), order.zone)
            if key not in known:
                known[key] = _next_two(carrier, order.zone, rules, now)
            two = known[key]
            if two is not None and _has_to_make(order, *two, rules):
                trucks.append(two[0])
        if trucks:
            counts[min(trucks), order.zone] += 1
    if not counts:
        return None
    leaves_at, zone = min(counts)
    return NextTruck(leaves_at, zone, sum(count for (at, _zone), count in counts.items() if at == leaves_at))


def _next_two(carrier: str | None, zone: str, rules: HoldRules, now: int) -> tuple[int, int | None] | None:
    departures = rules.departures(carrier)
    first = departures.first_from(now, zone) if departures else None
    if departures is None or first is None:
        return None
    return first, departures.first_from(first + 1, zone)


def _has_to_make(order: ToLeave, first: int, second: int | None, rules: HoldRules) -> bool:
    leaves_by = order.deadlines.leaves_by
    if leaves_by is not None:
        return (second is None or leaves_by < second) and order.placed_at + rules.packing_takes_ms < first
    is_free = all(each is None for each in order.deadlines.ruling(order.status))
    return is_free and order.placed_at + rules.default_decide_by_ms <= first
