"""Orders that a channel no longer has."""

from __future__ import annotations

from dataclasses import replace

from packstation.acts.judging import judge_stored
from packstation.acts.workplace import Workplace
from packstation.domain.orders import GONE, Outcome, Shop, Status, TimedOutcome, TimedStatus
from packstation.store.database import database_now, transaction
from packstation.store.intake import take_in
from packstation.store.order_rows import load_orders
from packstation.store.shops import shop_id_of


def store_gone(place: Workplace, shop: Shop, number: str) -> bool:
    """Take an order that its channel deleted as cancelled, nobody says by whom; one that had ended keeps its end.

    It keeps its channel's own update time, so that no record by which the channel tells of it again counts as older.

    Args:
        place: who stores it.
        shop: its shop.
        number: its number there.

    Returns:
        Whether it was known and had not ended.
    """
    with transaction():
        shop_id = shop_id_of(shop)
        found = load_orders("shop_id = ? AND number = ?", (shop_id, number))
        ended = found[0].kept.ended if found else None
        if not found or (ended is not None and ended.outcome is not Outcome.OPEN):
            return False
        now = database_now()
        known = found[0].kept.incoming
        cancelled = replace(
            known,
            statuses=(TimedStatus(Status.CANCELLED, GONE, now),),
            outcomes=(TimedOutcome(Outcome.CANCELLED, None, now),),
            parcels=(),
        )
        taken = take_in(shop_id, shop.channel, [cancelled], now)
    judge_stored(place, (*taken.new, *taken.changed), taken.relinked)
    return True
