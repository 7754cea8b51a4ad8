"""Which cancelled orders their customer placed again: marked in the transaction that changes an order or who a customer is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from packstation.domain.orders import OrderKind, Outcome
from packstation.domain.past_orders import REPLACED_WITHIN, KnownOutcome, PastOrder, replaced_positions
from packstation.store.database import execute_many, lock_orders, rows_of
from packstation.store.identities import chunks, marks
from packstation.store.order_rows import StoredOrder, load_orders, standing_of
from packstation.store.summaries import SummaryMoves


def mark_replaced(before: Sequence[StoredOrder], after: Sequence[StoredOrder], moves: SummaryMoves) -> None:
    """Find anew which cancelled orders near the touched ones were placed again, and move the summaries along."""
    buyers = {order.buyer_id for order in (*before, *after) if order.buyer_id is not None}
    customers = _customers(buyers)
    cancels = {old.buyer_id for old in before if _cancelled(old)} | {new.buyer_id for new in after if _cancelled(new)}
    cancels |= _buyers_with_cancels({one for buyer_id in buyers for one in customers[buyer_id]} - cancels)
    touched: dict[tuple[int, ...], list[int]] = {}
    for order in (*before, *after):
        if order.buyer_id is not None and not cancels.isdisjoint(customers[order.buyer_id]):
            times = touched.setdefault(customers[order.buyer_id], [])
            times.append(order.kept.incoming.placed_at)
            times += [seen.known_at for seen in order.kept.outcomes if seen.outcome is Outcome.BUYER_CANCELLED]
    for buyer_ids in sorted(touched):
        _mark(buyer_ids, touched[buyer_ids], moves)


def mark_replaced_anew(buyer_ids: Collection[int], moves: SummaryMoves) -> None:
    """Find anew which cancelled orders of these buyers were placed again, after their customers gained or lost a buyer."""
    times: dict[int, list[int]] = {}
    ids = []
    for some in chunks(sorted(buyer_ids)):
        for order_id, buyer_id, known_at in rows_of(
            f"SELECT id, buyer_id, outcome_known_at FROM orders WHERE buyer_id IN ({marks(some)}) "
            "AND outcome IN ('delivery_failed', 'buyer_cancelled') AND outcome = 'buyer_cancelled'",
            some,
        ):
            times.setdefault(buyer_id, []).append(known_at)
            ids.append(order_id)
    lock_orders(ids)
    of_customers: dict[tuple[int, ...], list[int]] = {}
    for buyer_id, customer in _customers(set(times)).items():
        of_customers.setdefault(customer, []).extend(times[buyer_id])
    for customer in sorted(of_customers):
        _mark(customer, of_customers[customer], moves)


def _customers(buyer_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Of each buyer all buyers of their customer, rising."""
    found: dict[int, list[int]] = {}
    for some in chunks(sorted(buyer_ids)):
        # Few customers have a second buyer: only those cost more than looking up that there is none.
        for buyer_id, other_id in rows_of(
            "SELECT b.id, o.id FROM buyer b JOIN buyer o ON o.customer_id = b.customer_id AND o.id <> b.id "
            f"WHERE b.id IN ({marks(some)})",
            some,
        ):
            found.setdefault(buyer_id, [buyer_id]).append(other_id)
    return {buyer_id: tuple(sorted(found.get(buyer_id, (buyer_id,)))) for buyer_id in buyer_ids}


def _mark(buyer_ids: Sequence[int], times: Sequence[int], moves: SummaryMoves) -> None:
    """Mark the cancelled orders of one customer whose end became known within a day of these moments."""
    first, last = min(times) - REPLACED_WITHIN, max(times) + REPLACED_WITHIN
    near = [
        order
        for order in load_orders(
            f"buyer_id IN ({marks(buyer_ids)}) AND kind = 'normal' AND (placed_at BETWEEN ? AND ? "
            "OR (outcome = 'buyer_cancelled' AND outcome_known_at BETWEEN ? AND ?))",
            (*buyer_ids, first - REPLACED_WITHIN, last + REPLACED_WITHIN, first, last),
        )
        if order.kept.incoming.kind is OrderKind.NORMAL
    ]
    replaced = replaced_positions([past_order(order, "") for order in near], None)
    for order in near:
        ended = order.kept.ended
        if ended is None or ended.outcome is not Outcome.BUYER_CANCELLED or not first <= ended.known_at <= last:
            continue
        marked = replace(order, replaced=order.id in replaced)
        if marked.replaced != order.replaced:
            execute_many("UPDATE orders SET replaced = ? WHERE id = ?", [(marked.replaced, order.id)])
            moves.move(standing_of(order), standing_of(marked))


def _cancelled(order: StoredOrder) -> bool:
    ended = order.kept.ended
    return ended is not None and ended.outcome is Outcome.BUYER_CANCELLED


def _buyers_with_cancels(buyer_ids: Collection[int]) -> set[int | None]:
    return {
        row[0]
        for some in chunks(sorted(buyer_ids))
        for row in rows_of(
            f"SELECT buyer_id FROM buyer_summary WHERE buyer_cancelled > 0 AND buyer_id IN ({marks(some)})", some
        )
    }


def past_order(order: StoredOrder, channel: str) -> PastOrder:
    """What history needs of a stored order; its id is its position, as orders get theirs in the order they came."""
    incoming = order.kept.incoming
    timeline = sorted(order.kept.outcomes, key=lambda seen: seen.known_at)
    return PastOrder(
        order.id,
        channel,
        incoming.currency,
        incoming.placed_at,
        order.kept.first_total,
        order.kept.cod,
        bool(incoming.vouchers),
        frozenset(item.sku for item in incoming.items if item.sku),
        tuple(KnownOutcome(seen.outcome, seen.cause, seen.known_at) for seen in timeline),
        tuple((refund.known_at, refund.amount) for refund in incoming.refunds),
    )
