"""What channels hand in goes into the store in small pieces, so that a desk next door waits for milliseconds only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packstation.acts.intake import store_orders
from packstation.acts.workplace import Workplace
from packstation.domain.orders import IncomingOrder, Shop
from packstation.store import rereads
from packstation.store.database import database_now, transaction

PIECE = 4
"""Orders a transaction: about as long as a desk's own scan takes."""


def store_in_pieces(place: Workplace, shop: Shop, shop_id: int, orders: Sequence[IncomingOrder]) -> Iterator[int]:
    """Store and judge orders piece after piece; of each how many are new or changed.

    Raises:
        DatabaseAwayError: the database does not answer; what was stored before stays, and handing in again completes it.
    """
    for start in range(0, len(orders), PIECE):
        yield store_piece(place, shop, shop_id, orders[start : start + PIECE])


def store_piece(place: Workplace, shop: Shop, shop_id: int, orders: Sequence[IncomingOrder]) -> int:
    """Store and judge a piece, and note which of its orders are to be read again; how many are new or changed.

    Raises:
        DatabaseAwayError: the database does not answer; handing in again completes it.
    """
    stored = store_orders(place, shop, orders, batch=PIECE)
    numbers = [order.number for order in orders]
    with transaction():
        now = database_now()
        rereads.unpark(shop_id, numbers)
        late = rereads.without_tracking(shop_id, numbers)
        rereads.settled(shop_id, sorted(set(numbers).difference(late)))
        rereads.ask_for_tracking(shop_id, late, now)
    return stored.new + stored.changed
