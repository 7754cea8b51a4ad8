"""One simulated order's whole life, as it was planned when it was placed: what is true at any moment follows from it alone."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

from packstation.domain.orders import Address, OrderKind, Origin, Outcome, Status
from packstation.domain.times import DAY
from sync.sandbox.journeys import Step
from sync.sandbox.market.facts import Facts, Line, Package, Passed, Person
from sync.sandbox.market.traits import Trait

CANCELLERS = {
    Outcome.BUYER_CANCELLED: "buyer",
    Outcome.SELLER_CANCELLED: "seller",
    Outcome.SYSTEM_CANCELLED: "system",
    Outcome.UNPAID_EXPIRED: "system",
}
"""Who cancelled, by how the order ended."""


@dataclass(frozen=True, slots=True)
class Life:
    """The plan. `changes` are all moments at which something that a channel shows changes, rising, the first is placing."""

    number: str
    serial: int
    placed_at: int
    steps: tuple[Step, ...]
    traits: frozenset[Trait]
    lines: tuple[Line, ...]
    packages: tuple[Package, ...]
    buyer: Person
    address: Address
    new_address: Address
    cod: bool
    shipping_fee: int
    voucher: tuple[str, int] | None
    carrier: str
    source: str
    buyer_note: str
    cancel_reason: str
    odd_word: str
    booking: str | None
    invoice: str
    origin: Origin | None
    preorder_until: int | None
    tracked_at: int | None
    changes: tuple[int, ...]
    odd_at: tuple[int, int] | None = None
    readdressed_at: int | None = None
    unit_cancelled_at: int | None = None
    given_back_at: int | None = None
    vanishes_at: int | None = None
    seller_notes: tuple[tuple[int, str], ...] = ()

    def facts(self, now: int) -> Facts | None:
        """What is true at `now`, ms UTC; None before it was placed."""
        if now < self.placed_at:
            return None
        steps = [step for step in self.steps if step.at <= now]
        passed = [Passed(step.status, step.at) for step in steps]
        ended = [step for step in steps if step.outcome is not None]
        outcome = ended[-1].outcome if ended else None
        readdressed = self.readdressed_at is not None and self.readdressed_at <= now
        odd = self.odd_at is not None and self.odd_at[0] <= now < self.odd_at[1]
        notes = [text for at, text in self.seller_notes if at <= now]
        asked = [one.at for one in passed if one.status is Status.CANCEL_REQUESTED]
        status = passed[-1].status
        labelled = any(one.status is Status.LABEL_READY for one in passed)
        return Facts(
            number=self.number,
            serial=self.serial,
            placed_at=self.placed_at,
            updated_at=self.last_change(now) or self.placed_at,
            passed=tuple(passed),
            outcome=outcome or Outcome.OPEN,
            cause=ended[-1].cause if ended else None,
            outcome_at=ended[-1].at if ended else None,
            lines=self._lines(now),
            packages=self._packages(now, labelled=labelled),
            buyer=self.buyer,
            address=self.new_address if readdressed else self.address,
            cod=self.cod,
            paid_at=self._paid_at(passed),
            shipping_fee=self.shipping_fee,
            voucher=self.voucher,
            carrier=self.carrier,
            source=self.source,
            kind=self._kind,
            odd_word=self.odd_word if odd else "",
            cancelled_by=CANCELLERS.get(outcome or Outcome.OPEN, ""),
            cancel_reason=self.cancel_reason if status is Status.CANCELLED else "",
            arrange_by=self.placed_at + DAY,
            ship_by=self.placed_at + 2 * DAY,
            cancels_at=self.placed_at + 4 * DAY,
            answer_by=asked[-1] + 2 * DAY if status is Status.CANCEL_REQUESTED else None,
            address_changed_at=self.readdressed_at if readdressed else None,
            buyer_note=self.buyer_note,
            seller_note=notes[-1] if notes else "",
            booking=self.booking,
            invoice=self.invoice,
            origin=self.origin,
            preorder_until=self.preorder_until,
            withdrawn=bool(asked) and status not in (Status.CANCEL_REQUESTED, Status.CANCELLED),
            deleted=self.vanishes_at is not None and self.vanishes_at <= now,
        )

    def last_change(self, now: int) -> int | None:
        """When something last changed, seen at `now`; None before it was placed."""
        place = bisect_right(self.changes, now)
        return self.changes[place - 1] if place else None

    @property
    def _kind(self) -> OrderKind:
        if Trait.SAMPLE in self.traits:
            return OrderKind.SAMPLE
        return OrderKind.REPLACEMENT if Trait.REPLACEMENT in self.traits else OrderKind.NORMAL

    def _paid_at(self, passed: list[Passed]) -> int | None:
        if self.cod:
            return next((one.at for one in passed if one.status is Status.DELIVERED), None)
        return next((one.at for one in passed if one.status is not Status.UNPAID), None)

    def _lines(self, now: int) -> tuple[Line, ...]:
        lines = list(self.lines)
        first = lines[0]
        if self.unit_cancelled_at is not None and self.unit_cancelled_at <= now:
            lines[0] = replace(first, cancelled=1, changed_at=self.unit_cancelled_at)
        if self.given_back_at is not None and self.given_back_at <= now:
            lines[0] = replace(lines[0], returned=1, changed_at=self.given_back_at)
        return tuple(lines)

    def _packages(self, now: int, *, labelled: bool) -> tuple[Package, ...]:
        tracked = labelled and self.tracked_at is not None and self.tracked_at <= now
        return tuple(one if tracked else replace(one, tracking=None) for one in self.packages)
