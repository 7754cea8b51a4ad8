"""How an order of TikTok Shop went: how it ended, where it stands, what it passed on the way, and until when somebody must act. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.orders import Outcome, Status, TimedOutcome, TimedStatus
from packstation.domain.times import HOUR, SECOND
from sync.channels.tiktok.returns import GivenBack
from sync.channels.tiktok.statuses import CANCELLED, ending_of, known_status, status_after
from sync.channels.tiktok.wire import Order, Unit
from sync.files.status_words import Ending
from sync.shops_config import ShopConfig

_ANSWER_WITHIN = 48 * HOUR
"""A buyer's request to cancel that nobody answers is granted after this (seller guide for Vietnam)."""

_DELIVERED = frozenset({Status.DELIVERED, Status.COMPLETED})


def ms(seconds: int | None) -> int | None:
    """A moment of the channel's in ms UTC."""
    return None if seconds is None else seconds * SECOND


def ending(order: Order) -> Ending | None:
    """How a cancelled order ended; None for one that is not cancelled."""
    if order.status not in (CANCELLED, "CANCEL"):
        return None
    unpaid = order.paid_time is None and order.rts_time is None and not order.is_cod
    reason = order.cancel_reason or next((unit.cancel_reason for unit in order.line_items if unit.cancel_reason), "")
    by = order.cancellation_initiator or next((unit.cancel_user for unit in order.line_items if unit.cancel_user), "")
    return ending_of(by, reason, shipped=order.collection_time is not None, unpaid=unpaid)


def standing(
    order: Order, ended: Ending | None, kept: Sequence[Unit], back: GivenBack, shop: ShopConfig
) -> tuple[Status, str, int | None]:
    """Where the order stands, in whose word, and since when if the channel tells."""
    if ended is not None:
        return status_after(ended), order.status, ms(order.cancel_time)
    status = known_status(order, shop.statuses)
    if status in _DELIVERED and kept:
        left = {unit.id for unit in kept} - back.returned
        if not left:
            return Status.RETURNED, back.word, back.at
        if not left - back.coming and back.coming:
            return Status.RETURNING, back.word, back.at
    times = {
        Status.UNPAID: order.create_time,
        Status.TO_PACK: _ready_time(order),
        Status.LABEL_READY: order.rts_time,
        Status.SHIPPED: order.collection_time,
        Status.DELIVERED: order.delivery_time,
        Status.CANCEL_REQUESTED: order.request_cancel_time,
    }
    return status, order.status, ms(times.get(status))


def _ready_time(order: Order) -> int | None:
    """When the order could be packed; unknown after a remorse period, whose end has no field of its own."""
    if order.release_date is not None:
        return order.release_date
    if order.is_on_hold_order or order.status == "ON_HOLD":
        return None
    return order.create_time if order.is_cod else order.paid_time


def passed(order: Order, current: Status) -> list[TimedStatus]:
    """The statuses passed on the way to `current`, as far as they have times of their own."""
    asked = order.request_cancel_time if current is Status.CANCELLED else None
    steps = [
        (Status.UNPAID, "UNPAID", None if order.is_cod else order.create_time),
        (Status.TO_PACK, "AWAITING_SHIPMENT", _ready_time(order)),
        (Status.LABEL_READY, "AWAITING_COLLECTION", order.rts_time),
        (Status.CANCEL_REQUESTED, "AWAITING_COLLECTION", asked),
        (Status.SHIPPED, "IN_TRANSIT", order.collection_time),
        (Status.DELIVERED, "DELIVERED", order.delivery_time),
    ]
    until = [status for status, _word, _at in steps]
    if current in until:
        steps = steps[: until.index(current)]
    now = order.update_time or order.create_time
    return [TimedStatus(status, word, at * SECOND) for status, word, at in steps if at is not None and at <= now]


def outcomes(order: Order, ended: Ending | None, kept: Sequence[Unit], back: GivenBack) -> tuple[TimedOutcome, ...]:
    """How the order ended, so far as it has; a delivery that everything came back from is told before the return."""
    if ended is not None:
        return (TimedOutcome(ended.outcome, ended.cause, ms(order.cancel_time)),)
    if order.delivery_time is None and order.status not in ("DELIVERED", "COMPLETED"):
        return ()
    arrived = TimedOutcome(Outcome.DELIVERED, None, ms(order.delivery_time))
    if kept and all(unit.id in back.returned for unit in kept):
        return arrived, TimedOutcome(Outcome.RETURNED, None, back.at)
    return (arrived,)


def cancels_at(order: Order) -> int | None:
    """When TikTok Shop cancels by itself: at the first of its limits that still applies."""
    limits = [order.cancel_order_sla_time]
    if order.rts_time is None:
        limits.append(order.shipping_due_time)
    if order.collection_time is None:
        limits.append(order.collection_due_time)
    return ms(min((limit for limit in limits if limit is not None), default=None))


def answer_by(order: Order) -> int | None:
    """Until when a request to cancel must be answered: 48 hours, or when the order is cancelled anyway."""
    asked, cancels = ms(order.request_cancel_time), cancels_at(order)
    limits = [limit for limit in (asked + _ANSWER_WITHIN if asked else None, cancels) if limit is not None]
    return min(limits, default=None)
