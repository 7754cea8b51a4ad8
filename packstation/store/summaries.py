"""The summaries of buyers and shops: moved in the transaction that changes an order, rebuilt and compared by `db check`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from operator import add, attrgetter, sub

from packstation.domain.order_counts import COUNT_NAMES, Counts
from packstation.domain.times import day_of
from packstation.store.database import execute_many, rows_of, transaction
from packstation.store.order_rows import Standing, load_orders, standing_of

_COUNT_COLUMNS = ", ".join(COUNT_NAMES)
_NOTHING = (0,) * len(COUNT_NAMES)
_ROW = attrgetter(*COUNT_NAMES)
_MOVE = {1: add, -1: sub}
_ADD_COUNTS = (
    f"INSERT INTO buyer_summary (buyer_id, {_COUNT_COLUMNS}) VALUES (?{', ?' * len(COUNT_NAMES)}) "
    "ON CONFLICT (buyer_id) DO UPDATE SET "
    + ", ".join(f"{name} = buyer_summary.{name} + excluded.{name}" for name in COUNT_NAMES)
)
_ADD_SPENT = (
    "INSERT INTO buyer_spent (buyer_id, currency, spent, arrived) VALUES (?, ?, ?, ?) ON CONFLICT (buyer_id, currency) "
    "DO UPDATE SET spent = buyer_spent.spent + excluded.spent, arrived = buyer_spent.arrived + excluded.arrived"
)
_ADD_DAY = (
    "INSERT INTO buyer_day (buyer_id, currency, day, spent) VALUES (?, ?, ?, ?) ON CONFLICT (buyer_id, currency, day) "
    "DO UPDATE SET spent = buyer_day.spent + excluded.spent"
)
_ADD_SHOP = (
    "INSERT INTO shop_summary (shop_id, judged, failed) VALUES (?, ?, ?) ON CONFLICT (shop_id) "
    "DO UPDATE SET judged = shop_summary.judged + excluded.judged, failed = shop_summary.failed + excluded.failed"
)


class SummaryMoves:
    """What a batch of changed orders moves in the summaries, collected first and written once, in id order."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[int, ...]] = {}
        self._spent: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
        self._days: defaultdict[tuple[int, str, int], int] = defaultdict(int)
        self._shops: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])

    def move(self, before: Standing | None, after: Standing | None) -> None:
        """Take an order's earlier contribution out and put its new one in."""
        if before != after:
            self._add(before, -1)
            self._add(after, 1)

    def _add(self, standing: Standing | None, sign: int) -> None:
        if standing is None or standing.buyer_id is None:
            return
        counts = standing.counts
        totals = self._counts.get(standing.buyer_id, _NOTHING)
        self._counts[standing.buyer_id] = tuple(map(_MOVE[sign], totals, _ROW(counts)))
        shop = self._shops[standing.shop_id]
        shop[0] += sign * counts.judged
        shop[1] += sign * counts.failed
        if standing.arrived:
            money = self._spent[standing.buyer_id, standing.currency]
            money[0] += sign * standing.worth
            money[1] += sign
            self._days[standing.buyer_id, standing.currency, day_of(standing.placed_at)] += sign * standing.worth

    def write(self) -> None:
        """Write what was collected; inside the transaction that changed the orders."""
        execute_many(_ADD_COUNTS, [(key, *self._counts[key]) for key in sorted(self._counts)])
        execute_many(_ADD_SPENT, [(*key, *self._spent[key]) for key in sorted(self._spent)])
        execute_many(_ADD_DAY, [(*key, self._days[key]) for key in sorted(self._days)])
        execute_many(_ADD_SHOP, [(key, *self._shops[key]) for key in sorted(self._shops)])

    def stored_counts(self) -> dict[str, dict[tuple[object, ...], tuple[object, ...]]]:
        """Everything collected, by table and key, without rows that are all nothing."""
        return {
            "buyer_summary": _without_nothing(((key,), tuple(row)) for key, row in self._counts.items()),
            "buyer_spent": _without_nothing((key, tuple(row)) for key, row in self._spent.items()),
            "buyer_day": _without_nothing((key, (row,)) for key, row in self._days.items()),
            "shop_summary": _without_nothing(((key,), tuple(row)) for key, row in self._shops.items()),
        }


def _without_nothing(
    rows: Iterable[tuple[tuple[object, ...], tuple[object, ...]]],
) -> dict[tuple[object, ...], tuple[object, ...]]:
    return {key: row for key, row in rows if any(row)}


_KEY_WIDTHS = {"buyer_summary": 1, "buyer_spent": 2, "buyer_day": 3, "shop_summary": 1}
_COLUMNS = {
    "buyer_summary": f"buyer_id, {_COUNT_COLUMNS}",
    "buyer_spent": "buyer_id, currency, spent, arrived",
    "buyer_day": "buyer_id, currency, day, spent",
    "shop_summary": "shop_id, judged, failed",
}


def summaries_from_orders(batch: int = 2_000) -> SummaryMoves:
    """All summaries, counted anew from the orders, a batch of ids at a time."""
    moves = SummaryMoves()
    last = 0
    while True:
        orders = load_orders("id > ? AND id <= ?", (last, last + batch))
        for order in orders:
            moves.move(None, standing_of(order))
        last += batch
        if not orders and not rows_of("SELECT 1 FROM orders WHERE id > ? LIMIT 1", (last,)):
            return moves


def wrong_summaries() -> list[tuple[str, tuple[object, ...]]]:
    """The summary rows that are not what the orders give, as (table, key)."""
    counted = summaries_from_orders().stored_counts()
    wrong = []
    for table, width in _KEY_WIDTHS.items():
        rows = rows_of(f"SELECT {_COLUMNS[table]} FROM {table}")
        stored = _without_nothing((row[:width], tuple(row[width:])) for row in rows)
        wrong += [
            (table, key)
            for key in sorted(stored.keys() | counted[table].keys(), key=str)
            if stored.get(key) != counted[table].get(key)
        ]
    return wrong


def rebuild_summaries() -> None:
    """Throw all summaries away and count them anew."""
    with transaction():
        for table in _KEY_WIDTHS:
            execute_many(f"DELETE FROM {table} WHERE ? = 1", [(1,)])
        summaries_from_orders().write()


def counts_of(buyer_ids: Iterable[int]) -> dict[int, Counts]:
    """The kept counts of buyers, by buyer id; all nothing for one without orders."""
    ids = list(buyer_ids)
    marks = ",".join("?" * len(ids))
    rows = rows_of(f"SELECT buyer_id, {_COUNT_COLUMNS} FROM buyer_summary WHERE buyer_id IN ({marks})", ids)
    found = {buyer_id: Counts(*counts) for buyer_id, *counts in rows}
    return {buyer_id: found.get(buyer_id, Counts()) for buyer_id in ids}
