"""Carriers' COD statements against what they collected: which line is right, and which delivered order nobody paid for. Pure.

Source of the rules: docs/cod-and-waybills.md, "What a line is".
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class CodKind(StrEnum):
    """What a line of a statement is, or that a delivered order has none."""

    OK = "ok"
    SHORT = "short"
    OVER = "over"
    TWICE = "twice"
    UNKNOWN = "unknown"
    NOT_DELIVERED = "not_delivered"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class IncomingCodLine:
    """One line of a statement as a file has it: money in minor units, `paid_at` ms UTC; tracking or number is empty, not both."""

    statement: str
    tracking: str
    number: str
    amount: int
    fee: int | None
    paid_at: int


def digests_of(lines: Sequence[IncomingCodLine]) -> list[str]:
    """What tells each line from the others of its statement: its content, and how often it stood there before."""
    before: Counter[IncomingCodLine] = Counter()
    found = []
    for line in lines:
        facts = (line.tracking, line.number, line.amount, line.fee, line.paid_at, before[line])
        before[line] += 1
        found.append(hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest())
    return found


@dataclass(frozen=True, slots=True)
class CodLine:
    """One line of a statement: `amount` paid out and `fee` kept, in minor units of `currency`; `paid_at` ms UTC.

    A negative amount takes money back. `digest` tells lines of one statement apart.
    """

    id: int
    carrier: str
    statement: str
    tracking: str
    number: str
    amount: int
    fee: int | None
    currency: str
    paid_at: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """What is collected in one go, for one order or for those that share parcels: `amount` in minor units of `currency`.

    `order_ids` rise. `delivered_at` is None while one of them did not reach its buyer. Number, shop, tracking and carrier are
    those of the first order.
    """

    order_ids: tuple[int, ...]
    shop: str
    number: str
    tracking: str
    carrier: str
    amount: int
    currency: str
    delivered_at: int | None


@dataclass(frozen=True, slots=True)
class CodResult:
    """A line, or an order without one, and what it is.

    Attributes:
        kind: what it is.
        line: None for a missing payment.
        due: None where no parcel here is meant.
        counted: the part of the line's amount that pays what was due.
        difference: what is wrong, in minor units: below zero what the carrier still owes, above zero what it paid too much, or
            for nothing that is known here.
    """

    kind: CodKind
    line: CodLine | None
    due: Due | None
    counted: int
    difference: int

    @property
    def carrier(self) -> str:
        """Whose it is."""
        return self.line.carrier if self.line else self.due.carrier if self.due else ""

    @property
    def currency(self) -> str:
        """The money that it is about."""
        return self.line.currency if self.line else self.due.currency if self.due else ""

    @property
    def amount(self) -> int:
        """What was paid, in minor units."""
        return self.line.amount if self.line else 0


def judge_lines(lines: Iterable[CodLine], dues: Mapping[int, Due]) -> list[CodResult]:
    """What each line is; it does not matter in which order statements came in.

    Payments for one thing due are counted in the order of their dates. What carriers take back makes room for later payments.

    Args:
        lines: every line there is about the orders concerned.
        dues: by a line's id, what it pays; a line that is not there means no parcel here.
    """
    results: list[CodResult] = []
    of_due: defaultdict[tuple[int, ...], list[CodLine]] = defaultdict(list)
    for line in lines:
        due = dues.get(line.id)
        if due is None or due.currency != line.currency:
            results.append(CodResult(CodKind.UNKNOWN, line, None, 0, line.amount))
        elif due.delivered_at is None:
            results.append(CodResult(CodKind.NOT_DELIVERED, line, due, 0, line.amount))
        else:
            of_due[due.order_ids].append(line)
    for group in of_due.values():
        results += _of_one_due(sorted(group, key=_place), dues[group[0].id])
    return sorted(results, key=lambda one: _place(one.line) if one.line else (0, "", "", "", ""))


def _place(line: CodLine) -> tuple[int, str, str, str, str]:
    return line.paid_at, line.carrier, line.statement, line.tracking or line.number, line.digest


def _of_one_due(lines: Sequence[CodLine], due: Due) -> list[CodResult]:
    taken_back = -sum(min(0, line.amount) for line in lines)
    left = due.amount + taken_back
    last = max((place for place, line in enumerate(lines) if line.amount > 0), default=len(lines) - 1)
    results: list[CodResult] = []
    was_paid = False
    for place, line in enumerate(lines):
        counted = min(line.amount, left)
        surplus = line.amount - counted
        if line.amount > 0:
            left -= counted
        if surplus > 0:
            kind = CodKind.TWICE if was_paid and counted == 0 else CodKind.OVER
            results.append(CodResult(kind, line, due, counted, surplus))
        elif place == last and left > 0:
            results.append(CodResult(CodKind.SHORT, line, due, counted, -left))
        else:
            results.append(CodResult(CodKind.OK, line, due, counted, 0))
        was_paid = was_paid or line.amount > 0
    return results


def missing(
    delivered: Iterable[Due],
    paid: Iterable[int],
    payout_ms: Mapping[str, int],
    first_paid_at: Mapping[str, int],
    now: int,
) -> list[CodResult]:
    """The delivered COD orders for which no line came in time.

    Args:
        delivered: every one that a carrier has to pay for.
        paid: the ids of the orders that lines are about.
        payout_ms: by carrier, how long it may take.
        first_paid_at: by carrier, the first payment that is known here: what was delivered so early that it may have been paid
            before is not looked for.
        now: ms UTC.
    """
    known = set(paid)
    found = []
    for due in delivered:
        if due.delivered_at is None or due.amount <= 0 or not known.isdisjoint(due.order_ids):
            continue
        allowed = payout_ms[due.carrier]
        begins = first_paid_at.get(due.carrier)
        is_before = begins is not None and due.delivered_at + allowed < begins
        if not is_before and due.delivered_at + allowed <= now:
            found.append(CodResult(CodKind.MISSING, None, due, 0, -due.amount))
    return sorted(found, key=lambda one: (one.due.delivered_at or 0, one.due.order_ids) if one.due else (0, ()))


@dataclass(frozen=True, slots=True)
class CodTotal:
    """One carrier in one currency, in minor units: what was paid, and what is wrong by kind."""

    carrier: str
    currency: str
    lines: int
    paid: int
    fees: int
    counted: int
    differences: Mapping[CodKind, int]


def totals(results: Iterable[CodResult]) -> list[CodTotal]:
    """The sums by carrier and currency; currencies are never added."""
    groups: defaultdict[tuple[str, str], list[CodResult]] = defaultdict(list)
    for one in results:
        groups[one.carrier, one.currency].append(one)
    return [_total(carrier, currency, groups[carrier, currency]) for carrier, currency in sorted(groups)]


def _total(carrier: str, currency: str, results: Sequence[CodResult]) -> CodTotal:
    differences = {kind: sum(one.difference for one in results if one.kind is kind) for kind in CodKind}
    lines = [one.line for one in results if one.line]
    return CodTotal(
        carrier,
        currency,
        len(lines),
        sum(line.amount for line in lines),
        sum(line.fee or 0 for line in lines),
        sum(one.counted for one in results),
        {kind: difference for kind, difference in differences.items() if difference},
    )
