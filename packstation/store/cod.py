"""COD statements in the store: their lines, what each pays for, what was settled, and delivered orders that nobody paid for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from packstation.domain.cod import CodLine, Due, IncomingCodLine, digests_of
from packstation.domain.orders import PLATFORM_CHANNELS
from packstation.store.database import execute_many, reserve_ids, rows_of

_SOME = 500
_COLLECTED = frozenset({"delivered", "returned"})
_ORDER = (
    "o.id, o.placed_at, s.name, o.number, o.currency, CASE WHEN o.counts_as_cod THEN coalesce(o.to_collect, o.total) ELSE 0 END, "
    "o.outcome, o.outcome_known_at"
)
_BY_TRACKING = (
    f"SELECT p.tracking, p.id, p.carrier, {_ORDER} FROM parcel p JOIN parcel_order po ON po.parcel_id = p.id "
    "JOIN orders o ON o.id = po.order_id JOIN shop s ON s.id = o.shop_id WHERE o.became IS NULL AND p.tracking IN (%s)"
)
_BY_NUMBER = (
    f"SELECT o.number, 0, '', {_ORDER} FROM orders o JOIN shop s ON s.id = o.shop_id WHERE o.became IS NULL AND o.number IN (%s) "
    f"UNION SELECT c.code, 0, '', {_ORDER} FROM order_code c JOIN orders o ON o.id = c.order_id "
    "JOIN shop s ON s.id = o.shop_id WHERE o.became IS NULL AND c.code IN (%s)"
)
_PARCEL = (
    "(SELECT p.{column} FROM parcel_order po JOIN parcel p ON p.id = po.parcel_id "
    "WHERE po.order_id = o.id AND p.tracking IS NOT NULL ORDER BY p.id LIMIT 1)"
)
_DELIVERED = (
    f"SELECT {_ORDER}, {_PARCEL.format(column='tracking')}, {_PARCEL.format(column='carrier')} FROM orders o "
    "JOIN shop s ON s.id = o.shop_id WHERE o.outcome = 'delivered' AND o.counts_as_cod AND o.became IS NULL AND o.kind = 'normal' "
    f"AND s.channel NOT IN ({', '.join('?' * len(PLATFORM_CHANNELS))}) AND EXISTS (SELECT 1 FROM parcel_order po "
    "JOIN parcel p ON p.id = po.parcel_id WHERE po.order_id = o.id AND p.tracking IS NOT NULL) ORDER BY o.id"
)
_LINES = (
    "SELECT l.id, t.carrier, t.statement, l.tracking, l.number, l.amount, l.fee, t.currency, l.paid_at, l.digest, l.shop "
    "FROM cod_line l JOIN cod_statement t ON t.id = l.statement_id ORDER BY l.id"
)


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line, and the shop whose order numbers its statement has; empty for any."""

    line: CodLine
    shop: str


@dataclass(frozen=True, slots=True)
class _Order:
    id: int
    placed_at: int
    shop: str
    number: str
    currency: str
    amount: int
    delivered_at: int | None
    parcel_id: int
    tracking: str
    carrier: str


def keep_statement(carrier: str, currency: str, shop: str, lines: Sequence[IncomingCodLine], now: int) -> list[int]:
    """Store the lines that are not there yet, inside the caller's transaction; the ids of the new ones.

    Args:
        carrier: whose statement it is.
        currency: of its amounts.
        shop: whose order numbers it has; empty for any.
        lines: as the file has them.
        now: ms UTC.
    """
    of_statement: defaultdict[str, list[IncomingCodLine]] = defaultdict(list)
    for line in lines:
        of_statement[line.statement].append(line)
    added: list[int] = []
    for statement in sorted(of_statement):
        some = of_statement[statement]
        statement_id = _statement_id(carrier, statement, currency, now)
        known = {row[0] for row in rows_of("SELECT digest FROM cod_line WHERE statement_id = ?", (statement_id,))}
        new = [(line, digest) for line, digest in zip(some, digests_of(some), strict=True) if digest not in known]
        ids = reserve_ids("cod_line", len(new)) if new else ()
        execute_many(
            "INSERT INTO cod_line (id, statement_id, digest, tracking, number, shop, amount, fee, paid_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (line_id, statement_id, digest, line.tracking, line.number, shop, line.amount, line.fee, line.paid_at)
                for line_id, (line, digest) in zip(ids, new, strict=True)
            ],
        )
        added += ids
    return added


def _statement_id(carrier: str, statement: str, currency: str, now: int) -> int:
    execute_many(
        "INSERT INTO cod_statement (carrier, statement, currency, imported_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(carrier, statement, currency, now)],
    )
    sql = "SELECT id FROM cod_statement WHERE carrier = ? AND statement = ? AND currency = ?"
    return int(rows_of(sql, (carrier, statement, currency))[0][0])


def stored_lines() -> list[StoredLine]:
    """Every line of every statement."""
    return [StoredLine(CodLine(*row[:-1]), row[-1]) for row in rows_of(_LINES)]


def dues_of(lines: Sequence[StoredLine]) -> dict[int, Due]:
    """What each line pays, by the line's id: by its tracking number, else by its order's; lines that mean nothing here are not there.

    A tracking number that a carrier used again means the parcel ordered last before the payment. What shares parcels is due in one.
    """
    by_tracking = _orders_by(_BY_TRACKING, {one.line.tracking for one in lines if one.line.tracking})
    by_number = _orders_by(_BY_NUMBER, {one.line.number for one in lines if one.line.number})
    found: dict[int, list[_Order]] = {}
    for one in lines:
        orders = _of_parcel(by_tracking.get(one.line.tracking, []), one.line.paid_at)
        if not orders:
            named = [each for each in by_number.get(one.line.number, []) if one.shop in ("", each.shop)]
            orders = named if len({each.id for each in named}) == 1 else []
        if orders:
            found[one.line.id] = orders
    return _joined(found)


def _of_parcel(orders: Sequence[_Order], paid_at: int) -> list[_Order]:
    placed = {one.parcel_id: one.placed_at for one in orders}
    if not placed:
        return []
    before = {parcel_id: at for parcel_id, at in placed.items() if at <= paid_at}
    meant = max(before or placed, key=lambda parcel_id: (placed[parcel_id], parcel_id))
    return [one for one in orders if one.parcel_id == meant]


def _joined(found: dict[int, list[_Order]]) -> dict[int, Due]:
    """The dues by line; orders that share a parcel with another are one due."""
    root: dict[int, int] = {}

    def top(order_id: int) -> int:
        while root.setdefault(order_id, order_id) != order_id:
            order_id = root[order_id]
        return order_id

    for orders in found.values():
        for one in orders:
            root[max(top(one.id), top(orders[0].id))] = min(top(one.id), top(orders[0].id))
    members: defaultdict[int, dict[int, _Order]] = defaultdict(dict)
    for orders in found.values():
        for one in orders:
            members[top(one.id)].setdefault(one.id, one)
    dues = {each: _due([orders[order_id] for order_id in sorted(orders)]) for each, orders in members.items()}
    return {line_id: dues[top(orders[0].id)] for line_id, orders in found.items()}


def _due(orders: Sequence[_Order]) -> Due:
    first = orders[0]
    times = [one.delivered_at for one in orders if one.delivered_at is not None]
    same = [one for one in orders if one.currency == first.currency]
    return Due(
        tuple(one.id for one in orders),
        first.shop,
        first.number,
        first.tracking,
        first.carrier,
        sum(one.amount for one in same),
        first.currency,
        max(times) if len(times) == len(orders) else None,
    )


def _orders_by(sql: str, codes: Collection[str]) -> defaultdict[str, list[_Order]]:
    found: defaultdict[str, list[_Order]] = defaultdict(list)
    for some in _pieces(sorted(codes)):
        marks = ",".join("?" * len(some))
        for code, parcel_id, carrier, *row in rows_of(sql.replace("%s", marks), [*some] * sql.count("%s")):
            tracking = code if parcel_id else ""
            found[code].append(_order(row, parcel_id, tracking, carrier or ""))
    return found


def _order(row: Sequence[Any], parcel_id: int, tracking: str, carrier: str) -> _Order:
    order_id, placed_at, shop, number, currency, amount, outcome, known_at = row
    delivered_at = known_at if outcome in _COLLECTED else None
    return _Order(order_id, placed_at, shop, number, currency, amount, delivered_at, parcel_id, tracking, carrier)


def _pieces(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(codes), _SOME):
        yield codes[start : start + _SOME]


def delivered_cod() -> list[Due]:
    """Every delivered COD order whose carrier has to pay: those of marketplaces are paid by the marketplace."""
    found = []
    for *row, tracking, carrier in rows_of(_DELIVERED, sorted(PLATFORM_CHANNELS)):
        found.append(_due([_order(row, 0, tracking, carrier or "")]))
    return found


def settled() -> tuple[frozenset[int], frozenset[int]]:
    """The lines, and the orders without a line, whose differences were settled."""
    rows = rows_of("SELECT line_id, order_id FROM cod_settled")
    lines = frozenset(line_id for line_id, _order_id in rows if line_id is not None)
    return lines, frozenset(order_id for line_id, order_id in rows if line_id is None)


def settle(differences: Iterable[tuple[int | None, int | None]], why: str, now: int, person_id: int | None) -> None:
    """Note that differences are settled: each a line with its order, if any, or an order alone."""
    execute_many(
        "INSERT INTO cod_settled (line_id, order_id, why, settled_at, person_id) VALUES (?, ?, ?, ?, ?)",
        [(line_id, order_id, why, now, person_id) for line_id, order_id in differences],
    )
