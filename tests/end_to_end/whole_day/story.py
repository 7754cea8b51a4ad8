"""What happens to every order of the day, laid out before it begins, and a channel that tells it as far as it has come."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from packstation.domain.orders import Address, IncomingOrder, IncomingParcel, Outcome, Shop, Status, TimedOutcome
from packstation.domain.orders import TimedStatus as At
from packstation.domain.times import DAY, MINUTE
from sync.channels.protocol import (
    Abilities,
    Decision,
    Delivered,
    Page,
    PushAnswer,
    PushDelivery,
    PushVerdict,
    ReadOrders,
    ReadPush,
    Span,
)
from sync.credentials.credential import Credential
from tests.factories import HOME, a_buyer, a_shop, an_item, an_order

SHOPS = (a_shop("phố-shopee", "shopee"), a_shop("phố-tiktok", "tiktok"))
"""At the second one what nobody decided in time is shipped."""
POLICY = """
[holds]
tries = 2
decide_by_hours = 1
escalate_before_minutes = 0.02
warn_before_minutes = 0.05
packing_takes_minutes = 0
abandoned_after_minutes = 1

[holds.wait_minutes]
call = 0.02
chat = 0.03
zalo = 0.03
sms = 0.03
email = 0.03

[holds.at_decide_by]
tiktok = "ship"

[[rule]]
id = "big"
when = "cod and total > 1000000"
vi = "Đơn to {total}"
en = "Big order {total}"
"""
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Story:
    """One order: what its channel tells of it, and from when on, ms UTC."""

    shop: Shop
    versions: tuple[IncomingOrder, ...]

    @property
    def number(self) -> str:
        """The order's number."""
        return self.versions[0].number

    @property
    def code(self) -> str:
        """The tracking number of its parcel."""
        return self.versions[0].parcels[0].tracking or ""

    @property
    def arrives_at(self) -> int:
        """When it arrives, ms UTC."""
        return _time_of(self.versions[0])

    def at(self, moment: int) -> IncomingOrder | None:
        """The order as its channel has it at a moment; None before it was placed."""
        known = [version for version in self.versions if _time_of(version) <= moment]
        return known[-1] if known else None


def _time_of(order: IncomingOrder) -> int:
    assert order.updated_at is not None
    return order.updated_at


def stories(seed: int, count: int, begins_at: int, length: int) -> tuple[Story, ...]:
    """The day's orders; most arrive in its first half.

    Args:
        seed: of the luck.
        count: how many orders.
        begins_at: ms UTC.
        length: of the day, ms.
    """
    luck = random.Random(seed)
    return tuple(_story(luck, place, count, begins_at, length) for place in range(count))


def _story(luck: random.Random, place: int, count: int, begins_at: int, length: int) -> Story:
    shop = SHOPS[place % 2]
    arrives_at = begins_at + round(length * 0.55 * place / count)
    is_risky = luck.random() < 0.3
    # A customer in three has several orders.
    buyer = luck.randrange(count // 3) if luck.random() < 0.5 else count + place
    phone = f"09{buyer:08d}"
    first = an_order(
        f"{shop.channel[0].upper()}-{place:05d}",
        buyer=a_buyer(f"buyer-{buyer}", name=f"Khách {buyer}", phone=phone),
        placed_at=arrives_at - 5 * MINUTE,
        items=[an_item(price=2_000_000 if is_risky else 150_000)],
        cod=True,
        parcels=(IncomingParcel(f"P{place:05d}", f"SPX{place:07d}", "SPX"),),
        ship_by=arrives_at + round(length * luck.uniform(0.2, 0.45)) if is_risky else arrives_at + DAY,
        updated_at=arrives_at,
        address=replace(HOME, recipient=f"Khách {buyer}", phone=phone, street=f"{place} Lý Thường Kiệt"),
        source="app",
    )
    # Most changes come while people still wonder whom to call.
    later = arrives_at + round(length * (luck.uniform(0.01, 0.06) if luck.random() < 0.7 else luck.uniform(0.06, 0.4)))
    fate = luck.random()
    if fate < (0.12 if is_risky else 0.06):
        cancelled = (At(Status.CANCELLED, "CANCELLED", later),)
        outcomes = (TimedOutcome(Outcome.BUYER_CANCELLED, None, later),)
        return Story(shop, (first, replace(first, statuses=cancelled, outcomes=outcomes, updated_at=later)))
    if fate < (0.2 if is_risky else 0.09):
        return Story(shop, (first, replace(first, statuses=(At(Status.SHIPPED, "SHIPPED", later),), updated_at=later)))
    if is_risky and fate < 0.3:
        return Story(shop, (first, replace(first, cod=False, paid_at=later, to_collect=0, updated_at=later)))
    if is_risky and fate < 0.41:
        smaller = an_item(price=200_000)
        return Story(shop, (first, replace(first, items=(smaller,), total=smaller.total, updated_at=later)))
    if fate > 0.97:
        moved = Address("Khách dời nhà", "0987654321", "9 Hàng Bạc", "Hàng Bạc", "Hoàn Kiếm", "Hà Nội", "VN")
        return Story(shop, (first, replace(first, address=moved, updated_at=later)))
    return Story(shop, (first,))


def now() -> int:
    """The channel's clock, ms UTC."""
    return time.time_ns() // 1_000_000


class DayChannel:
    """One shop of the day, as far as its orders have come."""

    abilities = Abilities(index_lag=0, finds_codes=True)
    consent = None

    def __init__(self, day: Sequence[Story], shop: str) -> None:
        self._stories = {story.number: story for story in day if story.shop.name == shop}

    async def check(self) -> None:
        """There is nothing to fail."""

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """A page of the orders whose last change lies in the span."""
        moment = now()
        there = [order for story in self._stories.values() if (order := story.at(moment))]
        inside = sorted(
            (order for order in there if span.since <= _time_of(order) < span.until),
            key=lambda order: (_time_of(order), order.number),
        )
        start = int(cursor or 0)
        page = tuple(inside[start : start + _PAGE])
        return Page(page, str(start + _PAGE) if start + _PAGE < len(inside) else None)

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders as they are now."""
        moment = now()
        found = [
            order
            for number in numbers
            if (story := self._stories.get(number)) is not None and (order := story.at(moment))
        ]
        there = {order.number for order in found}
        return ReadOrders(tuple(found), tuple(number for number in numbers if number not in there))

    async def find(self, code: str) -> Sequence[str]:
        """The order of a tracking number."""
        moment = now()
        return [number for number, story in self._stories.items() if story.code == code and story.at(moment)]

    async def renew(self, credential: Credential) -> Credential:
        """Nothing ends here."""
        return credential

    async def deliver(self, decision: Decision) -> Delivered:
        """Take whatever is told."""
        return Delivered()

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Nobody pushes."""
        return ReadPush(PushVerdict.FORGED, PushAnswer())
