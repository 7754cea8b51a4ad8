"""Decisions for the channels: put into the outbox by the transaction that decides, for shops that switched them on."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.holds import Hold
from packstation.domain.outbox import Announcement, DecisionKind, announced_hold, opens_again
from packstation.store import outbox
from packstation.store.database import database_now, transaction


class SwitchedOffError(Exception):
    """The shop does not have its channel told this kind of decision."""


def announce(order_id: int, announcement: Announcement, now: int, *, not_before: int | None = None) -> bool:
    """Have the order's channel told; whether it will be.

    Args:
        order_id: the order, whose row the caller has locked.
        announcement: what was decided.
        now: by the database's clock, ms UTC.
        not_before: when it may go out at the earliest, ms UTC; None for at once.
    """
    return outbox.add(order_id, announcement, now, now if not_before is None else not_before)


def announce_packed(parcel_id: int, now: int, not_before: int) -> None:
    """Have the channel told that a parcel is packed, once the finish can no longer be taken back."""
    for order_id, announcement in outbox.packed_to_tell(parcel_id):
        announce(order_id, announcement, now, not_before=not_before)


def take_back_packed(parcel_id: int) -> None:
    """A packed parcel is open again: a channel that was not told yet is not told. The rows of its orders are locked."""
    outbox.drop_packed(parcel_id)


def announce_hold(order_id: int, hold_id: int, before: Hold, after: Hold, now: int) -> None:
    """Have the channel told what a hold's move decided.

    When a decided hold is open again, what was decided is not told any more, nor is the channel asked to cancel the order.
    """
    if opens_again(before, after):
        for kind in (DecisionKind.HOLD_RELEASED, DecisionKind.HOLD_REJECTED):
            outbox.drop(order_id, kind, hold_id)
        outbox.drop(order_id, DecisionKind.CANCELLATION, order_id)
    announcement = announced_hold(hold_id, before, after)
    if announcement:
        announce(order_id, announcement, now)


def send_again(order_ids: Sequence[int] | None = None) -> int:
    """Let what failed go out at once, of these orders or all of it; how many decisions there were."""
    with transaction():
        return outbox.retry(database_now(), order_ids)
