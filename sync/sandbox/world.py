"""The demo's world: a seller with several shops, fourteen months of orders, and a card of codes that show every verdict."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from packstation.domain.orders import IncomingOrder, Shop
from packstation.domain.times import DAY, HOUR, from_ms
from sync.sandbox.buyers import DemoBuyer, new_buyer, walk_in
from sync.sandbox.cases import BLOCKED_WHY, Case, Scanned, cases
from sync.sandbox.codes import Numbering
from sync.sandbox.counters import COUNTERS, POS, ZONE, Counter
from sync.sandbox.journeys import Fate
from sync.sandbox.orders import Draft, draft, written

HISTORY = 427 * DAY
_FRESH_WITHIN = 40 * HOUR
_FRESH_SHARE = 25
_WALK_IN_SHARE = 0.75
_HOURS = (3, 2, 1, 0, 0, 1, 3, 6, 9, 11, 12, 13, 12, 9, 9, 10, 10, 10, 11, 14, 18, 20, 17, 9)
"""How many orders are placed in each hour of the day, relative to the others."""


@dataclass(frozen=True, slots=True)
class DemoCode:
    """One line of the demo's card.

    Attributes:
        code: what to type or scan.
        expected: the verdict it gets by the default policy: `pack`, `call`, `stop` or `unknown`.
        what_it_shows_vi: why, in Vietnamese.
        what_it_shows_en: why, in English.
        rules: the rules that the verdict's reasons name.
    """

    code: str
    expected: str
    what_it_shows_vi: str
    what_it_shows_en: str
    rules: tuple[str, ...] = ()


class BlockedBuyer(NamedTuple):
    """A buyer whom the seller blocked: the channel, the buyer's id there, and why."""

    channel: str
    external_id: str
    why: str


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """Shops with their orders by placed time, the card, and who is blocked (which no order tells)."""

    shops: tuple[tuple[Shop, tuple[IncomingOrder, ...]], ...]
    card: tuple[DemoCode, ...]
    blocked: tuple[BlockedBuyer, ...]


def demo_world(now: int, seed: int = 1, orders: int = 4000) -> DemoWorld:
    """A world as it stands at `now`; equal arguments give an equal world.

    Args:
        now: ms UTC; every order was placed before it and every status known before it.
        seed: another one gives other people.
        orders: how many orders there are in all; never fewer than the card needs.
    """
    rng = Random(seed)  # noqa: S311 - people of a demo, not secrets
    numbering = Numbering(rng)
    shown = cases(now, rng)
    drafts = [drafted for case in shown for drafted in case.drafts]
    drafts += _everyday(now, rng, orders - len(drafts))
    made = written(drafts, now, rng, numbering)
    shops = tuple((counter.shop, _orders_of(counter, made)) for counter in COUNTERS)
    return DemoWorld(
        shops,
        tuple(_line(case, made, numbering) for case in shown),
        tuple(
            BlockedBuyer(case.order.counter.shop.channel, case.order.buyer.external_id, BLOCKED_WHY)
            for case in shown
            if case.blocked and case.order and case.order.buyer.external_id
        ),
    )


def _orders_of(counter: Counter, made: dict[Draft, IncomingOrder]) -> tuple[IncomingOrder, ...]:
    mine = [order for drafted, order in made.items() if drafted.counter is counter]
    return tuple(sorted(mine, key=lambda order: order.placed_at))


def _line(case: Case, made: dict[Draft, IncomingOrder], numbering: Numbering) -> DemoCode:
    if case.order is None:
        code = numbering.unknown_code()
    else:
        order = made[case.order]
        tracking = order.parcels[0].tracking if order.parcels else None
        code = order.number if case.scanned is Scanned.NUMBER or tracking is None else tracking
    return DemoCode(code, str(case.expected), case.vi, case.en, tuple(str(rule) for rule in case.rules))


def _everyday(now: int, rng: Random, count: int) -> list[Draft]:
    """So many orders of buyers who stand on no card: most of them long ago, some of them fresh."""
    fresh = max(0, count) // _FRESH_SHARE
    drafts: list[Draft] = []
    buyers: list[DemoBuyer] = []
    while len(drafts) < count - fresh:
        counter = _some_counter(rng)
        if counter is POS and rng.random() < _WALK_IN_SHARE:
            moment = _daytime(now - HISTORY, now - HOUR, rng)
            drafts.append(draft(walk_in(counter), moment, Fate.SOLD_AT_COUNTER, rng, cod=False))
            continue
        buyer = new_buyer(counter, rng)
        buyers.append(buyer)
        first = now - rng.randrange(2 * DAY, HISTORY)
        wanted = min(buyer.order_count(rng), count - fresh - len(drafts))
        drafts += [_ordered(buyer, _daytime(first, now - HOUR, rng), rng) for _order in range(wanted)]
    for _order in range(fresh):
        known = buyers and rng.random() < 0.65
        buyer = rng.choice(buyers) if known else new_buyer(_some_counter(rng), rng)
        drafts.append(_ordered(buyer, now - rng.randrange(HOUR // 4, _FRESH_WITHIN), rng))
    return drafts


def _some_counter(rng: Random) -> Counter:
    return rng.choices(COUNTERS, [counter.share for counter in COUNTERS])[0]


def _ordered(buyer: DemoBuyer, placed_at: int, rng: Random) -> Draft:
    cod = rng.random() < buyer.counter.cod_share
    return draft(buyer, placed_at, buyer.fate(rng, prepaid=not cod), rng, cod=cod)


def _daytime(start: int, end: int, rng: Random) -> int:
    """A moment in [start, end), more often in the evening than at night."""
    while True:
        moment = rng.randrange(start, end)
        if rng.randrange(max(_HOURS)) < _HOURS[from_ms(moment, ZONE).hour]:
            return moment
