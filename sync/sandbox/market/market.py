"""All orders of one simulated shop: those of the past, and those that are placed as time goes by. Equal seeds live equal lives."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from packstation.domain.times import DAY, HOUR, SECOND
from sync.sandbox.buyers import DemoBuyer, Habit, new_buyer
from sync.sandbox.codes import Numbering
from sync.sandbox.counters import Counter
from sync.sandbox.journeys import Fate
from sync.sandbox.market.facts import Facts
from sync.sandbox.market.lives import Life
from sync.sandbox.market.planning import planned

_KNOWN_BUYER_SHARE = 0.6
_HABITS = {Habit.LOYAL: 12, Habit.ORDINARY: 60, Habit.FICKLE: 14, Habit.REFUSER: 14}
"""How many buyers of a hundred behave like that: more risky ones than in real life, so that holds open while one watches."""
_REFUSED_BEFORE = 2
"""So many parcels each buyer of a risky arrival has refused."""
_REFUSED_AGO = (9 * DAY, 24 * DAY)
"""How long ago, ms, those were placed: so long that each has come back, so short that it still counts and is still listed."""
_RISKY_WITHIN = (20 * SECOND, 140 * SECOND)
"""When, ms after the opening, the risky arrivals are placed."""
_NEVER = 2**62


class Market:
    """The orders of one shop. Every question names the moment it is asked for; asking twice gives the same answer."""

    def __init__(
        self,
        counter: Counter,
        *,
        seed: int,
        opened_at: int,
        orders: int,
        days: int = 60,
        arrivals_per_hour: float = 0.0,
        speed: float = 1.0,
        risky_arrivals: int = 0,
    ) -> None:
        """Place the orders of the past.

        Args:
            counter: the shop.
            seed: another one gives other orders.
            opened_at: the moment at which the simulation begins, ms UTC.
            orders: how many orders were placed before it.
            days: in how many days they were placed.
            arrivals_per_hour: how many are placed from then on, on average.
            speed: how many times faster than in a real shop they live then.
            risky_arrivals: how many COD orders besides are placed soon after the opening, each by a buyer of its own who
                refused two before; those are placed besides too.
        """
        self.counter = counter
        self._rng = Random(f"{seed}/{counter.shop.channel}")  # noqa: S311 - people of a simulation, not secrets
        self._numbering = Numbering(self._rng)
        self._buyers: list[DemoBuyer] = []
        self._lives: list[Life] = []
        self._by_number: dict[str, Life] = {}
        self._changes: list[tuple[int, int]] = []
        past: list[tuple[int, DemoBuyer | None]] = [
            (opened_at - self._rng.randrange(days * DAY), None) for _ in range(orders)
        ]
        risky = [new_buyer(counter, self._rng, Habit.REFUSER, guest=False) for _ in range(risky_arrivals)]
        past += [(opened_at - self._rng.randrange(*_REFUSED_AGO), buyer) for buyer in risky * _REFUSED_BEFORE]
        for placed_at, refuser in sorted(past, key=lambda each: each[0]):
            self._place(placed_at, 1.0, refuser)
        self._changes.sort()
        self._speed = speed
        self._mean_gap = HOUR / arrivals_per_hour if arrivals_per_hour else 0.0
        self._next_arrival = opened_at + self._gap()
        times = sorted(opened_at + self._rng.randrange(*_RISKY_WITHIN) for _ in risky)
        self._risky = deque(zip(times, risky, strict=True))

    def facts(self, number: str, now: int) -> Facts | None:
        """The order of this number as it is at `now`; None when there is none (yet)."""
        self._arrive(now)
        life = self._by_number.get(number)
        return life.facts(now) if life else None

    def changed(self, since: int, until: int, now: int) -> list[Facts]:
        """The orders whose last change, seen at `now`, lies in [since, until), by time of change, then by serial. Deleted ones too."""
        self._arrive(now)
        first = bisect_left(self._changes, (since, -1))
        last = bisect_right(self._changes, (min(until - 1, now), len(self._lives)))
        newest = ((at, self._lives[place]) for at, place in self._changes[first:last])
        facts = (life.facts(now) for at, life in newest if life.last_change(now) == at)
        return [one for one in facts if one is not None]

    def every(self, now: int) -> Iterator[Facts]:
        """All orders placed until `now`, in the order of placing."""
        self._arrive(now)
        for life in self._lives:
            facts = life.facts(now)
            if facts is not None:
                yield facts

    def note(self, number: str, text: str, now: int) -> bool:
        """Let the seller write a note to an order, which changes it; False when there is no such order."""
        life = self._by_number.get(number)
        if life is None:
            return False
        place = life.serial
        changed = _with_note(life, text, now)
        self._lives[place] = self._by_number[number] = changed
        insort(self._changes, (now, place))
        return True

    def _arrive(self, now: int) -> None:
        while min(self._next_arrival, self._next_risky) <= now:
            before = len(self._changes)
            if self._next_risky < self._next_arrival:
                self._place(self._next_risky, self._speed, self._risky.popleft()[1])
            else:
                self._place(self._next_arrival, self._speed)
                self._next_arrival += self._gap()
            fresh = self._changes[before:]
            del self._changes[before:]
            for change in fresh:
                insort(self._changes, change)

    @property
    def _next_risky(self) -> int:
        return self._risky[0][0] if self._risky else _NEVER

    def _place(self, placed_at: int, speed: float, refuser: DemoBuyer | None = None) -> None:
        serial = len(self._lives)
        fate = Fate.REFUSED if refuser else None
        buyer = refuser or self._buyer()
        life = planned(buyer, placed_at, serial, self._rng, self._numbering, speed=speed, fate=fate)
        self._lives.append(life)
        self._by_number[life.number] = life
        self._changes.extend((at, serial) for at in life.changes)

    def _buyer(self) -> DemoBuyer:
        if self._buyers and self._rng.random() < _KNOWN_BUYER_SHARE:
            return self._rng.choice(self._buyers)
        habit = self._rng.choices(list(_HABITS), list(_HABITS.values()))[0]
        buyer = new_buyer(self.counter, self._rng, habit)
        self._buyers.append(buyer)
        return buyer

    def _gap(self) -> int:
        return max(1, round(self._rng.expovariate(1.0) * self._mean_gap)) if self._mean_gap else _NEVER


def _with_note(life: Life, text: str, now: int) -> Life:
    return replace(
        life,
        seller_notes=(*life.seller_notes, (now, text)),
        changes=tuple(sorted({*life.changes, now})),
    )
