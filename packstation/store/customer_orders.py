"""A customer's orders, a page at a time with filters, and all of them with their lines for what is counted over lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from packstation.domain.cards import OrderLineCard
from packstation.domain.orders import FailureCause, Outcome, Status
from packstation.domain.past_orders import replaced_positions
from packstation.domain.product_tally import TalliedLine, TalliedOrder
from packstation.store.database import rows_of
from packstation.store.histories import past_orders
from packstation.store.order_rows import grouped, load_orders

PAGE = 50
_PIECE = 500
_NORMAL = "kind = 'normal'"


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders are wanted; None for all. `outcome` may be "open"."""

    outcome: Outcome | None = None
    channel: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: behind the order placed then, with this id."""

    placed_at: int
    id: int


def order_page(
    buyer_ids: Sequence[int], wanted: OrderFilter, after: Position | None, size: int = PAGE
) -> list[OrderLineCard]:
    """The next orders of a customer, newest first, samples and the like too.

    Args:
        buyer_ids: the customer's.
        wanted: which.
        after: the last order that is there already; None for the first page.
        size: how many at most.
    """
    conditions, values = ["o.buyer_id = ?"], []
    if wanted.outcome is not None:
        conditions.append("o.outcome = ?")
        values.append(str(wanted.outcome))
    if wanted.channel is not None:
        conditions.append("s.channel = ?")
        values.append(wanted.channel)
    if wanted.source is not None:
        conditions.append("o.source = ?")
        values.append(wanted.source)
    start = after or Position(2**62, 0)
    found = [
        row
        for buyer_id in buyer_ids
        for row in rows_of(
            "SELECT o.id, o.number, s.name, s.channel, s.zone, o.source, o.placed_at, o.outcome, o.cause, o.replaced, o.status, "
            "o.first_total, o.refunded, o.currency, o.units, o.sold_by, o.created_by FROM orders o JOIN shop s ON s.id = o.shop_id "
            f"WHERE {' AND '.join(conditions)} AND (o.placed_at < ? OR (o.placed_at = ? AND o.id < ?)) "
            "ORDER BY o.placed_at DESC, o.id DESC LIMIT ?",
            (buyer_id, *values, start.placed_at, start.placed_at, start.id, size),
        )
    ]
    found.sort(key=lambda row: (row[6], row[0]), reverse=True)
    codes = _codes([row[0] for row in found[:size]])
    return [
        OrderLineCard(
            id=row[0],
            number=row[1],
            shop=row[2],
            channel=row[3],
            zone=row[4],
            source=row[5],
            placed_at=row[6],
            outcome=Outcome(row[7]),
            cause=FailureCause(row[8]) if row[8] else None,
            replaced=bool(row[9]),
            status=Status(row[10]),
            total=row[11],
            refunded=row[12],
            currency=row[13],
            units=row[14],
            codes=tuple(codes.get(row[0], ())),
            sold_by=row[15] or "",
            created_by=row[16] or "",
        )
        for row in found[:size]
    ]


def _codes(order_ids: Sequence[int]) -> dict[int, list[str]]:
    """The other codes of orders: invoices and returns."""
    marks = ",".join("?" * len(order_ids))
    found: dict[int, list[str]] = {}
    if order_ids:
        sql = f"SELECT order_id, code FROM order_code WHERE order_id IN ({marks}) ORDER BY order_id, code"
        for order_id, code in rows_of(sql, order_ids):
            found.setdefault(order_id, []).append(code)
    return found


def channels_and_sources(buyer_ids: Sequence[int], latest: int = 100) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The channels and the sources of a customer's latest orders, to choose from."""
    channels: set[str] = set()
    sources: set[str] = set()
    for buyer_id in buyer_ids:
        for channel, source in rows_of(
            "SELECT DISTINCT s.channel, o.source FROM (SELECT shop_id, source FROM orders WHERE buyer_id = ? "
            "ORDER BY placed_at DESC, id DESC LIMIT ?) o JOIN shop s ON s.id = o.shop_id",
            (buyer_id, latest),
        ):
            channels.add(channel)
            sources.add(source)
    return tuple(sorted(channels)), tuple(sorted(sources - {""}))


def placed_times(buyer_ids: Sequence[int], since: int, most: int = 50_000) -> list[int]:
    """When the orders since a moment were placed, ms UTC, rising, without those that do not count."""
    marks = ",".join("?" * len(buyer_ids))
    return [
        row[0]
        for row in rows_of(
            f"SELECT placed_at FROM orders WHERE buyer_id IN ({marks}) AND placed_at >= ? AND {_NORMAL} ORDER BY placed_at LIMIT ?",
            (*buyer_ids, since, most),
        )
    ]


def tallied_pieces(
    buyer_ids: Sequence[int], after: Position | None = None
) -> tuple[list[TalliedOrder], Position | None]:
    """A piece of the customer's counting orders as of now with their lines, and where the next one begins; None for the end."""
    start = after or Position(-(2**62), 0)
    marks = ",".join("?" * len(buyer_ids))
    rows = rows_of(
        "SELECT id, shop_id, placed_at, currency, outcome, cause, replaced, first_total - refunded FROM orders "
        f"WHERE buyer_id IN ({marks}) AND {_NORMAL} AND (placed_at > ? OR (placed_at = ? AND id > ?)) ORDER BY placed_at, id LIMIT ?",
        (*buyer_ids, start.placed_at, start.placed_at, start.id, _PIECE),
    )
    ids = [row[0] for row in rows]
    items = grouped("order_item", ["order_id", "sku", "name", "quantity", "total"], "line", ids)
    refunds = grouped("order_refund", ["order_id", "line", "quantity", "amount"], "place", ids)
    found = [
        TalliedOrder(
            row[1],
            row[2],
            row[3],
            Outcome(row[4]),
            FailureCause(row[5]) if row[5] else None,
            bool(row[6]),
            row[7],
            tuple(TalliedLine(*line) for line in items[row[0]]),
            tuple((refund[0], refund[1], refund[2]) for refund in refunds[row[0]]),
        )
        for row in rows
    ]
    return found, Position(rows[-1][2], rows[-1][0]) if len(rows) == _PIECE else None


def tallied_orders(buyers: Sequence[tuple[int, str, str]], at: int | None) -> Iterator[TalliedOrder]:
    """All of the customer's counting orders with what was known of them at a moment, ms UTC; None for the present."""
    ids = [buyer_id for buyer_id, _channel, _external in buyers]
    if at is None:
        after: Position | None = None
        while True:
            orders, after = tallied_pieces(ids, after)
            yield from orders
            if after is None:
                return
    replaced = replaced_positions(past_orders(buyers), at)
    marks = ",".join("?" * len(ids))
    for order in load_orders(f"buyer_id IN ({marks}) AND {_NORMAL} AND placed_at < ?", (*ids, at)):
        incoming = order.kept.incoming
        known = [seen for seen in order.kept.outcomes if seen.known_at < at]
        # Of equal times the later mapped one counts.
        ended = max(reversed(known), key=lambda seen: seen.known_at) if known else None
        refunds = [refund for refund in incoming.refunds if refund.known_at < at]
        yield TalliedOrder(
            order.shop_id,
            incoming.placed_at,
            incoming.currency,
            ended.outcome if ended else Outcome.OPEN,
            ended.cause if ended else None,
            order.id in replaced,
            order.kept.first_total - sum(refund.amount for refund in refunds),
            tuple(TalliedLine(item.sku, item.name, item.quantity, item.total) for item in incoming.items),
            tuple((refund.line, refund.quantity, refund.amount) for refund in refunds),
        )
