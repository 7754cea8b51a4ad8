"""Orders as channels and files hand them in: stored in batches, idempotently, with the summaries moved along.

Bulk statements are generated SQL with executemany; the ORM's bulk insert reaches a quarter of its speed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from packstation.domain.orders import IncomingOrder, OrderKind
from packstation.store.database import execute_many, lock_name
from packstation.store.erased_buyers import under_pseudonyms
from packstation.store.joining import (
    EndedHold,
    cover_as_now,
    holding_covers,
    join_holds,
    join_parcels,
    join_scans,
    take_over_parcels,
)
from packstation.store.order_codes import add_codes, move_codes
from packstation.store.order_rows import (
    ITEM_COLUMNS,
    ORDER_COLUMNS,
    OUTCOME_COLUMNS,
    REFUND_COLUMNS,
    STATUS_COLUMNS,
    Row,
    StoredOrder,
    digest_of,
    item_rows,
    order_row,
    outcome_rows,
    refund_rows,
    standing_of,
    status_rows,
)
from packstation.store.page_orders import PageOrders, work_out
from packstation.store.parcel_intake import ReportedParcels, take_in_parcels
from packstation.store.replacing import mark_replaced, mark_replaced_anew
from packstation.store.same_orders import known_numbers
from packstation.store.summaries import SummaryMoves


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


_INSERT_ORDER = _insert("orders", ORDER_COLUMNS)
_UPDATE_ORDER = f"UPDATE orders SET {', '.join(f'{name} = ?' for name in ORDER_COLUMNS[1:])} WHERE id = ?"
_TIMELINES = (
    _insert("order_item", ITEM_COLUMNS),
    _insert("order_refund", REFUND_COLUMNS),
    _insert("status_change", STATUS_COLUMNS),
    _insert("outcome_change", OUTCOME_COLUMNS),
)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What a page changed: ids of new and of changed orders, and how many were already as handed in.

    `ended_holds`: holds that ended because their order turned out to be the copy of another one. `relinked`: the buyers of the
    customers that gained or lost a buyer.
    """

    new: tuple[int, ...]
    changed: tuple[int, ...]
    unchanged: int
    ended_holds: tuple[EndedHold, ...] = ()
    relinked: frozenset[int] = frozenset()


def take_in(shop_id: int, channel: str, orders: Sequence[IncomingOrder], seen_at: int) -> TakenIn:
    """Store a page of orders of one shop, inside the caller's transaction.

    Neither a number nor a booking nor an origin may be named twice in a page.

    Args:
        shop_id: the shop they belong to.
        channel: the shop's channel.
        orders: what was handed in; a later page counts as newer where no update times say otherwise.
        seen_at: our time, ms UTC.
    """
    lock_name("intake")
    known = known_numbers(shop_id, orders)
    orders = under_pseudonyms(channel, shop_id, orders, known)
    fresh = [
        (order, digest)
        for order, digest in zip(orders, map(digest_of, orders), strict=True)
        if order.number not in known or known[order.number].digest != digest
    ]
    if not fresh:
        return TakenIn((), (), len(orders))
    page = work_out(shop_id, channel, known, fresh, seen_at)
    ended = _write(page, seen_at)
    return TakenIn(tuple(page.created), tuple(page.changed()), len(orders) - len(fresh), tuple(ended), page.relinked)


def change_outcomes(before: Sequence[StoredOrder], after: Sequence[StoredOrder]) -> None:
    """Store how orders ended that nobody handed in, inside the caller's transaction, which locked them and the intake.

    Args:
        before: the orders as they are stored.
        after: the same with longer timelines, in the same order.
    """
    moves = SummaryMoves()
    for old, new in zip(before, after, strict=True):
        _write_changed(old, new)
        moves.move(standing_of(old), standing_of(new))
    mark_replaced(before, after, moves)
    moves.write()


def _write(page: PageOrders, seen_at: int) -> list[EndedHold]:
    created = [page.after[order_id] for order_id in page.created]
    before = [page.before[order_id] for order_id in sorted(page.before)]
    after = [page.after[order.id] for order in before]
    covering = holding_covers({*page.filled, *page.moved, *page.joined})
    _write_new(created)
    for old, new in zip(before, after, strict=True):
        _write_changed(old, new)
    moves = SummaryMoves()
    for old, new in zip(before, after, strict=True):
        moves.move(standing_of(old), standing_of(new))
    for new in created:
        moves.move(None, standing_of(new))
    mark_replaced(before, [*created, *after], moves)
    mark_replaced_anew(page.relinked, moves)
    moves.write()
    ended = _join_copies(page, seen_at)
    add_codes(replace(code, order_id=page.base(code.order_id)) for code in page.codes)
    reports: dict[int, list[ReportedParcels]] = {}
    for report in page.parcels:
        order_id = page.base(report.order_id)
        reports.setdefault(page.after[order_id].shop_id, []).append(replace(report, order_id=order_id))
    for shop_id in sorted(reports):
        take_in_parcels(shop_id, reports[shop_id])
    cover_as_now(covering)
    return ended


def _join_copies(page: PageOrders, now: int) -> list[EndedHold]:
    """Make what people did with copies the orders' own."""
    ended: list[EndedHold] = []
    own = {report.order_id: report.parcels for report in page.parcels if not report.older}
    for order_id, copy in sorted(page.moved.items()):
        booked = copy.kept.incoming.kind is OrderKind.BOOKING
        take_over_parcels(order_id, order_id, page.after[order_id].shop_id, own.get(order_id, ()), booked=booked)
    for copy_id, order_id in sorted(page.joined.items()):
        base_id, shop_id = page.base(order_id), page.after[page.base(order_id)].shop_id
        booked = page.before[copy_id].kept.incoming.kind is OrderKind.BOOKING
        take_over_parcels(copy_id, base_id, shop_id, own.get(base_id, ()), booked=booked)
        join_parcels(base_id, copy_id, shop_id)
        ended += join_holds(base_id, copy_id, now)
        join_scans(base_id, copy_id)
        move_codes(copy_id, base_id)
    return ended


def _write_new(created: Sequence[StoredOrder]) -> None:
    execute_many(_INSERT_ORDER, [order_row(order) for order in created])
    rows: tuple[list[Row], ...] = ([], [], [], [])
    for order in created:
        for collected, more in zip(rows, _timelines(order), strict=True):
            collected.extend(more)
    for statement, collected in zip(_TIMELINES, rows, strict=True):
        execute_many(statement, collected)


def _timelines(order: StoredOrder) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    kept = order.kept
    return (
        item_rows(order.id, kept.incoming.items),
        refund_rows(order.id, kept.incoming.refunds),
        status_rows(order.id, kept.statuses),
        outcome_rows(order.id, kept.outcomes),
    )


def _write_changed(old: StoredOrder, new: StoredOrder) -> None:
    if old == new:
        return
    row = order_row(new)
    execute_many(_UPDATE_ORDER, [(*row[1:], row[0])])
    for table, statement, have, want in zip(
        ("order_item", "order_refund", "status_change", "outcome_change"),
        _TIMELINES,
        _timelines(old),
        _timelines(new),
        strict=True,
    ):
        if have == want[: len(have)]:
            execute_many(statement, want[len(have) :])
        else:
            execute_many(f"DELETE FROM {table} WHERE order_id = ?", [(new.id,)])
            execute_many(statement, want)
