"""COD statements: taken in, compared with what carriers collected, and differences settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from packstation.acts.overriding import reason_given
from packstation.acts.workplace import Workplace
from packstation.domain.carriers import Carriers
from packstation.domain.cleaning import clean
from packstation.domain.cod import CodKind, CodResult, Due, IncomingCodLine, judge_lines, missing
from packstation.domain.ledger import EntryKind
from packstation.store import cod as stored
from packstation.store.database import database_now, lock_name, snapshot, transaction


class NoDifferenceError(LookupError):
    """No open difference has this tracking number, order number or statement."""


@dataclass(frozen=True, slots=True)
class StatementTaken:
    """How many lines of a statement were new, how many there already, and what the new ones are, now that they are in."""

    new: int
    known: int
    results: tuple[CodResult, ...]


def take_in_statement(
    place: Workplace,
    carrier: str,
    currency: str,
    shop: str,
    lines: Sequence[IncomingCodLine],
    carriers: Carriers,
) -> StatementTaken:
    """Store a carrier's statement; lines that are there already change nothing.

    Args:
        place: who stores it.
        carrier: what the statement calls the carrier.
        currency: of its amounts.
        shop: whose order numbers it has; empty for any.
        lines: as the file has them.
        carriers: what was agreed.
    """
    cleaned = [
        replace(line, statement=clean(line.statement), tracking=clean(line.tracking), number=clean(line.number))
        for line in lines
    ]
    with transaction():
        lock_name("cod")
        now = database_now()
        new = stored.keep_statement(carriers.name(carrier), currency, shop, cleaned, now)
        if new:
            place.ledger.write(
                EntryKind.STATEMENT_IMPORTED,
                now,
                station_id=place.station_id,
                facts={"lines": len(new), "paid": sum(line.amount for line in cleaned), "currency": currency},
            )
    ids = set(new)
    results = [one for one in compared(carriers) if one.line is not None and one.line.id in ids]
    return StatementTaken(len(new), len(lines) - len(new), tuple(results))


def compared(carriers: Carriers) -> list[CodResult]:
    """Every line with what it is, then what is missing; what was settled counts as right. Changes nothing."""
    with snapshot():
        now = database_now()
        lines = stored.stored_lines()
        dues = stored.dues_of(lines)
        delivered = stored.delivered_cod()
        settled_lines, settled_orders = stored.settled()
    dues = {line_id: _named(due, carriers) for line_id, due in dues.items()}
    results = judge_lines([one.line for one in lines], dues)
    first: dict[str, int] = {}
    for one in lines:
        first[one.line.carrier] = min(one.line.paid_at, first.get(one.line.carrier, one.line.paid_at))
    paid = [order_id for due in dues.values() for order_id in due.order_ids]
    named = [_named(due, carriers) for due in delivered]
    payout = {due.carrier: carriers.terms(due.carrier).payout_ms for due in named}
    absent = [
        one for one in missing(named, paid, payout, first, now) if one.due and not _is_in(one.due, settled_orders)
    ]
    return [*(_settled(one) if one.line and one.line.id in settled_lines else one for one in results), *absent]


def _named(due: Due, carriers: Carriers) -> Due:
    return replace(due, carrier=carriers.name(due.carrier))


def _is_in(due: Due, order_ids: frozenset[int]) -> bool:
    return not order_ids.isdisjoint(due.order_ids)


def _settled(result: CodResult) -> CodResult:
    return replace(result, kind=CodKind.OK, counted=result.amount, difference=0)


def settle_differences(place: Workplace, carriers: Carriers, code: str, why: str, person_id: int | None) -> int:
    """Settle every open difference of a parcel, an order or a statement: it is listed no more. How many there were.

    Args:
        place: where.
        carriers: what was agreed.
        code: a tracking number, an order's or a statement's.
        why: the supervisor's reason.
        person_id: the supervisor, who proved it; None while there is none.

    Raises:
        ReasonMissingError: nothing says why.
        NoDifferenceError: there is none.
    """
    reason = reason_given(why)
    wanted = code.strip()
    open_ones = [one for one in compared(carriers) if one.kind is not CodKind.OK and _is_meant(one, wanted)]
    if not open_ones:
        raise NoDifferenceError(code)
    with transaction():
        lock_name("cod")
        now = database_now()
        stored.settle(((one.line.id if one.line else None, _order(one)) for one in open_ones), reason, now, person_id)
        for one in open_ones:
            place.ledger.write(
                EntryKind.COD_SETTLED,
                now,
                order_id=_order(one),
                person_id=person_id,
                station_id=place.station_id,
                facts={"kind": str(one.kind), "difference": one.difference, "currency": one.currency},
                text=reason,
            )
    return len(open_ones)


def _order(result: CodResult) -> int | None:
    return result.due.order_ids[0] if result.due else None


def _is_meant(result: CodResult, code: str) -> bool:
    codes = {result.line.tracking, result.line.number, result.line.statement} if result.line else set()
    if result.due:
        codes |= {result.due.tracking, result.due.number}
    return code in codes - {""}
