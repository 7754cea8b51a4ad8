"""Orders read by their numbers: those whose time has come, those that a listing lacked, and numbers that a channel refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeVar

import structlog

from packstation.domain.orders import IncomingOrder
from packstation.domain.times import HOUR, MINUTE
from packstation.locale import said
from packstation.store import rereads
from packstation.store.database import database_now, transaction
from packstation.store.rereads import Reread, Why
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import Channel, ReadOrders, Unreadable
from sync.storing import ShopStore

_T = TypeVar("_T")

_NUMBERS_AT_ONCE = 50
_REREADS_AT_ONCE = 200
_GONE_AFTER_TRIES = 2
_MISSING_AGAIN_AFTER = 5 * MINUTE
_UNREADABLE_AGAIN_AFTER = (5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR)
"""The waits after a first, second, third and each further answer in a row that made no order."""
_REFUSED = frozenset({Advice.SKIP, Advice.GIVE_UP})

log = structlog.get_logger(__name__)


class Rereading:
    """Reads one shop's orders by their numbers and stores them."""

    def __init__(self, channel: Channel, store: ShopStore) -> None:
        self._channel = channel
        self._store = store

    async def read(self, numbers: Sequence[str]) -> tuple[list[IncomingOrder], int]:
        """Read orders by their numbers: what the channel has of them, and how many were new or changed."""
        orders: list[IncomingOrder] = []
        changed = 0
        for some in _pieces(numbers, _NUMBERS_AT_ONCE):
            read = await self._ask(some)
            changed += await self._store.take(read.orders, read.unreadable)
            await self.note_missing(read.missing)
            orders += read.orders
        return orders, changed

    async def read_due(self) -> int:
        """Read the orders again whose time has come; how many there were."""
        now = await self._store.in_db(database_now)
        due = await self._store.in_db(partial(rereads.due_rereads, self._store.shop_id, now, _REREADS_AT_ONCE))
        for some in _pieces(due, _NUMBERS_AT_ONCE):
            read = await self._ask([one.number for one in some])
            # What is stored is settled by that; a labelled order still without a tracking number is noted anew.
            await self._store.take(read.orders, read.unreadable)
            found = {order.number for order in read.orders}
            missing = [one for one in some if one.number in read.missing]
            if missing:
                await self._believe_missing()
            for one in missing:
                await self._missed(one, now)
            for one in some:
                if one.number not in found and one not in missing:
                    await self._put_off(one, now)
        return len(due)

    async def note_missing(self, numbers: Sequence[str]) -> None:
        """An order that a channel does not find may be gone; it is asked for again before that is believed."""
        if not numbers:
            return

        def note() -> None:
            with transaction():
                now = database_now()
                rereads.ask_to_reread(self._store.shop_id, numbers, Why.MISSING, now + _MISSING_AGAIN_AFTER)

        await self._store.in_db(note)

    async def _missed(self, one: Reread, now: int) -> None:
        if one.why is Why.MISSING and one.tries + 1 >= _GONE_AFTER_TRIES:
            gone = await self._store.take_as_gone(one.number)
            log.info("order is gone", shop=self._store.shop.name, order=one.number, had_not_ended=gone)
            await self._store.in_db(partial(rereads.unpark, self._store.shop_id, [one.number]))
            await self._settle([one.number])
        else:
            await self._in_vain(one, Why.MISSING, now + _MISSING_AGAIN_AFTER)

    async def _put_off(self, one: Reread, now: int) -> None:
        """Its record made no order, or the answer left it out: later and later, as it rarely mends itself."""
        tries = one.tries + 1 if one.why is Why.UNREADABLE else 0
        wait = _UNREADABLE_AGAIN_AFTER[min(tries, len(_UNREADABLE_AGAIN_AFTER) - 1)]
        await self._in_vain(one, Why.UNREADABLE, now + wait)

    async def _in_vain(self, one: Reread, why: Why, due_at: int) -> None:
        await self._store.in_db(partial(rereads.tried_in_vain, self._store.shop_id, one.number, why, due_at))

    async def _settle(self, numbers: Sequence[str]) -> None:
        await self._store.in_db(partial(rereads.settled, self._store.shop_id, numbers))

    async def _ask(self, numbers: Sequence[str]) -> ReadOrders:
        """Ask for some orders; when the channel refuses them all for one, ask for each and put aside the one that it refuses."""
        try:
            return await self._channel.orders(numbers)
        except ChannelError as error:
            if error.advice not in _REFUSED:
                raise
        answers: list[ReadOrders] = []
        refused: list[Unreadable] = []
        for number in numbers:
            try:
                answers.append(await self._channel.orders([number]))
            except ChannelError as error:
                if error.advice not in _REFUSED:
                    raise
                refused.append(Unreadable(number, str(error)))
        if not answers:
            await self._believe_refusal(numbers)
        await self._settle([one.number for one in refused])
        return ReadOrders(
            tuple(order for answer in answers for order in answer.orders),
            tuple(number for answer in answers for number in answer.missing),
            (*(one for answer in answers for one in answer.unreadable), *refused),
        )

    async def _believe_refusal(self, numbers: Sequence[str]) -> None:
        """Make sure that the channel still takes the number of another order: one that refuses every number finds no fault with these."""
        known = await self._store.in_db(partial(rereads.newest_number, self._store.shop_id, numbers))
        if known is not None:
            await self._channel.orders([known])

    async def _believe_missing(self) -> None:
        """Make sure that the channel still finds an order that it has: one that finds none has lost none."""
        known = await self._store.in_db(partial(rereads.newest_number, self._store.shop_id))
        if known is not None and known in (await self._channel.orders([known])).missing:
            raise ChannelError(
                said("the channel does not find orders that it has; nothing is taken as gone"),
                Advice.RETRY,
                code="not_found",
            )


def _pieces(many: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(many), size):
        yield many[start : start + size]
