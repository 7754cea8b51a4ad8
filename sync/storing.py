"""Where one shop's orders go: a few are stored by the daemon's own thread, many by a process of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from packstation.acts.vanishing import store_gone
from packstation.acts.workplace import Workplace
from packstation.domain.orders import IncomingBalance, IncomingOrder, Shop
from packstation.store import rereads
from packstation.store.balances import keep_balances
from packstation.store.database import database_now, transaction
from sync.bulk_storing import BulkStore
from sync.channels.protocol import Unreadable
from sync.database_thread import DatabaseThread
from sync.pieces import PIECE, store_piece
from sync.web.rates import is_urgent

MANY = 40
"""From so many orders at once on they are a bulk: more than a shop's changes of a minute, less than a page of its history."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Tally:
    """How many orders were stored new or changed, whatever they were read for; for metrics."""

    orders: int = 0


@dataclass(frozen=True, slots=True)
class ShopStore:
    """Where one shop's orders go."""

    place: Workplace
    shop: Shop
    shop_id: int
    in_db: DatabaseThread
    in_bulk: BulkStore
    tally: Tally = field(default_factory=Tally)

    async def take(self, orders: Sequence[IncomingOrder], unreadable: Sequence[Unreadable] = ()) -> int:
        """Store and judge orders and park what cannot be read; how many orders are new or changed.

        Raises:
            DatabaseAwayError: the database does not answer; what was stored before stays, and handing in again completes it.
        """
        if len(orders) >= MANY and not is_urgent():
            changed = await self.in_bulk(self.shop, self.shop_id, orders)
        else:
            pieces = (orders[start : start + PIECE] for start in range(0, len(orders), PIECE))
            changed = sum(
                [await self.in_db(partial(store_piece, self.place, self.shop, self.shop_id, piece)) for piece in pieces]
            )
        if unreadable:
            await self.in_db(partial(self._park, unreadable))
        self.tally.orders += changed
        return changed

    async def take_balances(self, balances: Sequence[IncomingBalance]) -> None:
        """Keep what buyers owe and the points they have."""

        def keep(some: Sequence[IncomingBalance]) -> None:
            with transaction():
                keep_balances(self.shop.channel, self.shop_id, some)

        for start in range(0, len(balances), PIECE):
            await self.in_db(partial(keep, balances[start : start + PIECE]))

    async def take_as_gone(self, number: str) -> bool:
        """The channel no longer has this order; whether it was one that had not ended."""
        return await self.in_db(partial(store_gone, self.place, self.shop, number))

    def _park(self, unreadable: Sequence[Unreadable]) -> None:
        for one in unreadable:
            log.warning("record parked", shop=self.shop.name, order=one.key, why=one.why)
        with transaction():
            rereads.park(self.shop_id, [(one.key, one.why) for one in unreadable], database_now())
