"""Holds as the call queue shows them, for tests."""

from __future__ import annotations

from dataclasses import replace

from packstation.domain.call_queue import Callee, QueuedHold
from packstation.domain.deadlines import Notices
from packstation.domain.holds import ContactMethod, Hold
from packstation.domain.times import HOUR


def queued(number: int, callee: Callee, hold: Hold, **more: object) -> QueuedHold:
    """A hold of order `A-number`."""
    standard = QueuedHold(
        hold_id=number,
        order_id=number,
        callee=callee,
        hold=hold,
        number=f"A-{number}",
        shop="shop-a",
        channel="shopee",
        zone="UTC",
        recipient="An",
        phone_key="+84912345678",
        to_collect=1,
        currency="VND",
        method=ContactMethod.CALL,
        notices=Notices(4 * HOUR, 2 * HOUR),
    )
    return replace(standard, **more)  # type: ignore[arg-type]
