"""Orders drafted first, then written out with the numbers, words and masks of their channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from packstation.domain.merging import units
from packstation.domain.orders import (
    Address,
    IncomingOrder,
    IncomingParcel,
    Item,
    Outcome,
    Refund,
    Status,
    TimedOutcome,
    TimedStatus,
)
from packstation.domain.times import DAY, HOUR
from sync.sandbox import words
from sync.sandbox.buyers import DemoBuyer
from sync.sandbox.catalogue import basket
from sync.sandbox.codes import Numbering
from sync.sandbox.counters import Counter
from sync.sandbox.journeys import Fate, Step, journey

HAND_OVER_WITHIN = 48 * HOUR
_SHIPPING = (0, 0, 15_000, 16_500, 22_000, 32_000)
_VOUCHERS = (("SOCNAU15", 15_000), ("FREESHIP20", 20_000), ("BANMOI30", 30_000), ("1111SALE", 50_000))
_WHO_CANCELLED = frozenset({Outcome.BUYER_CANCELLED, Outcome.SELLER_CANCELLED, Outcome.SYSTEM_CANCELLED})
_BUYER_NOTES = (
    "Giao giờ hành chính giúp em",
    "Gọi trước khi giao nha shop",
    "Shop gói kỹ giúp mình, hàng dễ vỡ",
    "Cho xem hàng trước khi nhận",
    "Giao gấp trước cuối tuần nhé shop ❤️",
    "Đừng gọi, nhắn tin thôi ạ",
    "[b]gấp[/b]",
    "<b>Quà sinh nhật</b>, shop viết thiệp giúp",
    "'; DROP TABLE orders; -- đùa thôi shop",
)
_SELLER_NOTES = ("Tặng kèm 1 gói trà", "Kiểm size trước khi gói", "Khách quen, gói 2 lớp", "Đã nhắn khách đổi màu")


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """An order before it has its numbers. `number_of`: it bears the number of that order of another shop."""

    buyer: DemoBuyer
    placed_at: int
    items: tuple[Item, ...]
    cod: bool
    fate: Fate
    shipping: int
    voucher: tuple[str, int] | None
    source: str
    buyer_note: str = ""
    seller_note: str = ""
    parcels: int = 1
    carrier: str = ""
    number_of: Draft | None = None

    @property
    def counter(self) -> Counter:
        """The shop it was placed at."""
        return self.buyer.counter

    @property
    def total(self) -> int:
        """What the buyer pays, in dong."""
        return sum(item.total for item in self.items) + self.shipping - (self.voucher[1] if self.voucher else 0)


def draft(
    buyer: DemoBuyer,
    placed_at: int,
    fate: Fate,
    rng: Random,
    *,
    cod: bool,
    items: tuple[Item, ...] = (),
    note: str = "",
    parcels: int = 1,
    number_of: Draft | None = None,
) -> Draft:
    """An order of this buyer; what is not given is drawn.

    Args:
        buyer: who orders.
        placed_at: when, ms UTC.
        fate: what becomes of it.
        rng: draws the rest.
        cod: whether it is paid at the door.
        items: what is bought.
        note: what the buyer writes.
        parcels: in how many parcels it goes.
        number_of: see `Draft`.
    """
    counter = buyer.counter
    items = items or basket(rng)
    large = sum(item.total for item in items) >= 150_000
    return Draft(
        buyer,
        placed_at,
        items,
        cod,
        fate,
        0 if fate is Fate.SOLD_AT_COUNTER else rng.choice(_SHIPPING),
        rng.choice(_VOUCHERS) if large and rng.random() < 0.22 else None,
        "Tại quầy" if fate is Fate.SOLD_AT_COUNTER else rng.choice(counter.sources),
        note or (rng.choice(_BUYER_NOTES) if rng.random() < 0.08 else ""),
        rng.choice(_SELLER_NOTES) if rng.random() < 0.05 else "",
        parcels,
        rng.choice(counter.carriers),
        number_of,
    )


def written(drafts: Iterable[Draft], now: int, rng: Random, numbering: Numbering) -> dict[Draft, IncomingOrder]:
    """The orders as their channels hand them in at `now`: what lies after it has not happened yet."""
    orders: dict[Draft, IncomingOrder] = {}
    for drafted in sorted(drafts, key=lambda one: (one.number_of is not None, one.placed_at)):
        shop = drafted.counter.shop
        number = (
            orders[drafted.number_of].number if drafted.number_of else numbering.order_number(shop, drafted.placed_at)
        )
        orders[drafted] = _written(drafted, number, now, rng, numbering)
    return orders


def _written(drafted: Draft, number: str, now: int, rng: Random, numbering: Numbering) -> IncomingOrder:
    counter, channel = drafted.counter, drafted.counter.shop.channel
    at_counter = drafted.fate is Fate.SOLD_AT_COUNTER
    prepaid = not drafted.cod and not at_counter
    steps = [
        step
        for step in journey(drafted.fate, drafted.placed_at, rng, prepaid=prepaid)
        if step.at < now and words.knows(channel, step.status)
    ]
    statuses = tuple(TimedStatus(step.status, words.word(channel, step.status), step.at) for step in steps)
    destination = Address() if at_counter else drafted.buyer.destination(rng)
    outcomes = tuple(_outcome(counter, step) for step in steps if step.outcome)
    items = drafted.items
    refunds = _refunds(drafted, outcomes, now, rng)
    paid_at = _paid_at(drafted, steps) if prepaid else None
    return IncomingOrder(
        number=number,
        placed_at=drafted.placed_at,
        currency=counter.shop.currency,
        total=drafted.total,
        statuses=statuses,
        outcomes=outcomes,
        items=items,
        refunds=refunds,
        buyer=drafted.buyer.profile(destination),
        address=destination,
        parcels=() if at_counter else _parcels(drafted, steps, numbering),
        vouchers=(drafted.voucher[0],) if drafted.voucher else (),
        cod=drafted.cod,
        to_collect=drafted.total if drafted.cod else 0,
        paid_at=drafted.placed_at if at_counter else paid_at,
        updated_at=max([steps[-1].at, *(refund.known_at for refund in refunds)]),
        ship_by=drafted.placed_at + HAND_OVER_WITHIN if counter.has_deadline else None,
        source=drafted.source,
        buyer_note=drafted.buyer_note,
        seller_note=drafted.seller_note,
    )


def _outcome(counter: Counter, step: Step) -> TimedOutcome:
    outcome = step.outcome or Outcome.OPEN
    if outcome in _WHO_CANCELLED and not counter.says_who_cancelled:
        outcome = Outcome.CANCELLED
    return TimedOutcome(outcome, step.cause, step.at)


def _paid_at(drafted: Draft, steps: Iterable[Step]) -> int | None:
    return next((step.at for step in steps if step.status is Status.TO_PACK), None)


def _refunds(drafted: Draft, outcomes: tuple[TimedOutcome, ...], now: int, rng: Random) -> tuple[Refund, ...]:
    """Everything back for a returned order; now and then one piece of a delivered one."""
    if not outcomes or (known_at := outcomes[-1].known_at) is None:
        return ()
    if outcomes[-1].outcome is Outcome.RETURNED:
        return (Refund(None, units(drafted.items), drafted.total, known_at),)
    first = drafted.items[0]
    partly = outcomes[-1].outcome is Outcome.DELIVERED and units(drafted.items) > 1 and rng.random() < 0.02
    given_back_at = known_at + rng.randrange(DAY, 3 * DAY)
    return (Refund(0, 1, first.price, given_back_at),) if partly and given_back_at < now else ()


def _parcels(drafted: Draft, steps: list[Step], numbering: Numbering) -> tuple[IncomingParcel, ...]:
    labelled = any(step.status is Status.LABEL_READY for step in steps)
    numbered = drafted.counter.has_packages and steps[-1].status is not Status.UNPAID
    return tuple(
        IncomingParcel(
            numbering.package_number(drafted.counter.shop) if numbered else None,
            numbering.tracking_number(drafted.carrier) if labelled else None,
            drafted.carrier if labelled else None,
        )
        for _place in range(drafted.parcels)
        if numbered or labelled
    )
