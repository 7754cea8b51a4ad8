"""The call desk's queue: whom to contact, when it is their turn, and what a caller wants to see of it. Pure.

Source of the rules: docs/call-desk.md, "Who gets whom".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from packstation.domain.deadlines import Notices, Urgency
from packstation.domain.hold_events import TRIES
from packstation.domain.holds import AttemptResult, ContactMethod, Hold, HoldReason, HoldRules, HoldState

SUPERVISORS = frozenset({HoldReason.TRIES_USED, HoldReason.WRONG_NUMBER, HoldReason.NOT_MY_ORDER})
"""Escalations after which another contact is no use: a supervisor decides."""
_WAITING_FOR_SELLER = frozenset({AttemptResult.WANTS_CHANGES, AttemptResult.WILL_PREPAY})


@dataclass(frozen=True, slots=True, order=True)
class Callee:
    """Who is contacted in one go: a customer with all their holds, or one order of a guest. The other id is 0."""

    customer_id: int = 0
    order_id: int = 0

    @property
    def key(self) -> str:
        """The same as one word."""
        return f"customer:{self.customer_id}" if self.customer_id else f"order:{self.order_id}"


def callee_of(customer_id: int | None, order_id: int) -> Callee:
    """Whom an order's hold has one contact; `customer_id` None for a guest."""
    return Callee(customer_id=customer_id) if customer_id is not None else Callee(order_id=order_id)


@dataclass(frozen=True, slots=True)
class LastAttempt:
    """The latest contact for a hold; `result` and `ended_at` None while it runs."""

    by: int
    method: ContactMethod
    ended_at: int | None
    result: AttemptResult | None


@dataclass(frozen=True, slots=True)
class QueuedHold:
    """One open hold as the queue shows it. Money in minor units, times ms UTC.

    Attributes:
        method: how this buyer is reached first.
        phone_key: E.164; empty where the channel hides it.
        attempts: contacts that ended with a result.
        rush: the parcel goes by a carrier that leaves at once.
        tier: what the customer is to the seller: their tier, else their label; empty while nobody looked, and for a guest.
    """

    hold_id: int
    order_id: int
    callee: Callee
    hold: Hold
    number: str
    shop: str
    channel: str
    zone: str
    recipient: str
    phone_key: str
    to_collect: int
    currency: str
    method: ContactMethod
    notices: Notices
    slots: tuple[str, ...] = ()
    attempts: int = 0
    last: LastAttempt | None = None
    rush: bool = False
    tier: str = ""

    def due_at(self, rules: HoldRules, now: int) -> int | None:
        """When its buyer may be contacted next, ms UTC, `now` or earlier for at once; None when a contact is no use."""
        hold, last = self.hold, self.last
        if hold.state is HoldState.ESCALATED and hold.reason in SUPERVISORS:
            return None
        if hold.next_try_at is not None:
            return hold.next_try_at
        if last is not None and last.result in _WAITING_FOR_SELLER:
            return None
        return rules.opening(self.method, max(now, self._rested(rules)), self.zone)

    def rested(self, rules: HoldRules) -> int:
        """Before which moment, ms UTC, nobody bothers the buyer again after a contact that settled nothing; 0 for none."""
        return self.hold.next_try_at or self._rested(rules)

    def _rested(self, rules: HoldRules) -> int:
        last = self.last
        if last is None or last.ended_at is None or last.result not in TRIES:
            return 0
        return last.ended_at + rules.waits[last.method]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A callee with their holds, the most urgent first.

    Attributes:
        due_at: when it is their turn, ms UTC; None when a contact is no use.
        sticky_to: who contacted them last; None for nobody.
        leased_by: who has them now; None for nobody.
    """

    callee: Callee
    holds: tuple[QueuedHold, ...]
    due_at: int | None
    sticky_to: int | None = None
    leased_by: int | None = None

    @property
    def first(self) -> QueuedHold:
        """The hold that is to be decided first."""
        return self.holds[0]

    @property
    def rush(self) -> bool:
        """Whether any of their parcels leaves at once."""
        return any(each.rush for each in self.holds)

    def is_due(self, now: int) -> bool:
        """Whether it is their turn."""
        return self.due_at is not None and self.due_at <= now

    def urgency(self, now: int) -> Urgency:
        """How urgent the most urgent of their holds is."""
        return self.first.notices.urgency(self.first.hold.decide_by, now)


def order_of(waiting: Waiting) -> tuple[bool, int, int]:
    """The place in the queue: rush deliveries, then by decide-by."""
    return not waiting.rush, waiting.first.hold.decide_by, waiting.first.hold_id


def queue_of(held: Iterable[QueuedHold], leased: dict[Callee, int], rules: HoldRules, now: int) -> tuple[Waiting, ...]:
    """The open holds as a queue of those to contact.

    Args:
        held: every open hold.
        leased: who has whom; who runs a contact with somebody has them too.
        rules: waits and hours of contact.
        now: ms UTC.
    """
    by_callee = sorted(held, key=lambda each: (each.callee, each.hold.decide_by, each.hold_id))
    found = []
    for callee, group in groupby(by_callee, key=lambda each: each.callee):
        holds = tuple(group)
        dues = [due for each in holds if (due := each.due_at(rules, now)) is not None]
        rested = max(each.rested(rules) for each in holds)
        lasts = [each.last for each in holds if each.last]
        latest = max(lasts, key=lambda last: (last.ended_at is None, last.ended_at or 0), default=None)
        found.append(
            Waiting(
                callee,
                holds,
                max(min(dues), rested) if dues else None,
                latest.by if latest else None,
                leased.get(callee, latest.by if latest and latest.result is None else None),
            )
        )
    return tuple(sorted(found, key=order_of))


def with_tiers(queue: Iterable[Waiting], tiers: Mapping[Callee, str]) -> tuple[Waiting, ...]:
    """The queue with what its customers are to the seller, as far as that was looked up."""
    return tuple(
        replace(each, holds=tuple(replace(held, tier=tiers.get(each.callee, "")) for held in each.holds))
        for each in queue
    )


class ShelfFilter(StrEnum):
    """Where the parcels wait; a shelf row is a filter of its own, by its letter."""

    ANY = ""
    ON_SHELF = "on_shelf"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queue is shown; empty for all. `only_due` leaves out whose turn it is not yet; `ringing` is a number's end."""

    channel: str = ""
    shelf: str = ShelfFilter.ANY
    only_due: bool = False
    tier: str = ""
    ringing: str = ""

    def shows(self, waiting: Waiting, now: int) -> bool:
        """Whether somebody is shown: one of their holds has all that is asked for."""
        if self.only_due and not waiting.is_due(now):
            return False
        return any(self._has(each) for each in waiting.holds)

    def _has(self, held: QueuedHold) -> bool:
        return (
            self.channel in ("", held.channel)
            and self.tier in ("", held.tier)
            and _on_shelf(held, self.shelf)
            and (not self.ringing or held.phone_key.endswith(self.ringing))
        )

    def next_channel(self, queue: Sequence[Waiting]) -> QueueFilter:
        """With the next of the channels that there are, after the last one all."""
        return replace(self, channel=_after(self.channel, {each.channel for each in _holds(queue)}))

    def next_shelf(self, queue: Sequence[Waiting]) -> QueueFilter:
        """With the next place: on the shelf, each of its rows, elsewhere, all."""
        rows = sorted({slot[:1] for each in _holds(queue) for slot in each.slots})
        places = [ShelfFilter.ANY, ShelfFilter.ON_SHELF, *rows, ShelfFilter.ELSEWHERE]
        at = places.index(self.shelf) if self.shelf in places else -1
        return replace(self, shelf=str(places[(at + 1) % len(places)]))

    def turned_due(self) -> QueueFilter:
        """With only those whose turn it is, or with all again."""
        return replace(self, only_due=not self.only_due)

    def next_tier(self, queue: Sequence[Waiting]) -> QueueFilter:
        """With the next of the tiers that there are, after the last one all."""
        return replace(self, tier=_after(self.tier, {each.tier for each in _holds(queue) if each.tier}))


def _holds(queue: Sequence[Waiting]) -> list[QueuedHold]:
    return [held for waiting in queue for held in waiting.holds]


def _after(chosen: str, there: set[str]) -> str:
    return next((each for each in sorted(there) if each > chosen), "")


def _on_shelf(held: QueuedHold, shelf: str) -> bool:
    if shelf == ShelfFilter.ANY:
        return True
    if shelf == ShelfFilter.ELSEWHERE:
        return not held.slots
    return bool(held.slots) if shelf == ShelfFilter.ON_SHELF else any(slot.startswith(shelf) for slot in held.slots)
