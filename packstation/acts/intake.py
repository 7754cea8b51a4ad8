"""Orders in: a page is stored in one transaction, then what changed is judged."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from packstation.acts.judging import judge_relinked, judge_stored
from packstation.acts.workplace import Workplace
from packstation.domain.cleaning import cleaned, cleaned_buyer
from packstation.domain.ledger import EntryKind
from packstation.domain.orders import IncomingBuyer, IncomingOrder, Origin, Shop
from packstation.store.buyer_intake import take_in_buyers
from packstation.store.database import bulk_writing, database_now, transaction
from packstation.store.erased_buyers import without_erased
from packstation.store.intake import take_in
from packstation.store.judging import to_judge_again
from packstation.store.relinking import link_profiles
from packstation.store.shops import shop_id_of

BATCH = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """What an intake changed; `touched` are the ids of the orders that are new or changed, in the order they were stored."""

    new: int
    changed: int
    unchanged: int
    judged: int
    touched: tuple[int, ...] = ()


def store_orders(
    place: Workplace,
    shop: Shop,
    orders: Sequence[IncomingOrder],
    buyers: Sequence[IncomingBuyer] = (),
    *,
    progress: Callable[[int], None] = lambda _done: None,
    batch: int = BATCH,
) -> Stored:
    """Store orders of one shop in small batches, so that a desk next door keeps working; judge what changed.

    Interrupted and begun again it completes: what is stored already and equal changes nothing, but is judged if it is still to
    pack, held, or to be pulled, as the interruption may have come between storing and judging.

    Args:
        place: who stores them.
        shop: the shop; made when new.
        orders: as they came.
        buyers: profiles known without orders.
        progress: told how many orders are done, after each batch.
        batch: how many orders are stored in one transaction; a desk next door waits for no longer than that takes.
    """
    with transaction():
        shop_id = shop_id_of(shop)
        profiles = without_erased(shop.channel, shop_id, [cleaned_buyer(buyer) for buyer in buyers])
        relinked = link_profiles(shop_id, profiles, take_in_buyers(shop.channel, shop_id, profiles))
    judge_relinked(place, relinked)
    new = changed = unchanged = judged = done = 0
    touched: dict[int, None] = {}
    with _handed_in_orders_left_alone() if len(orders) > batch else nullcontext():
        for page in _pages(map(cleaned, orders), batch):
            with bulk_writing(), transaction():
                now = database_now()
                taken = take_in(shop_id, shop.channel, page, now)
                for ended in taken.ended_holds:
                    facts = {"why": str(ended.reason)}
                    place.ledger.write(
                        EntryKind.HOLD_MOVED, now, order_id=ended.order_id, hold_id=ended.hold_id, facts=facts
                    )
            stored_before = to_judge_again(shop_id, [order.number for order in page]) if taken.unchanged else []
            judged += judge_stored(place, (*taken.new, *taken.changed, *stored_before), taken.relinked)
            new += len(taken.new)
            changed += len(taken.changed)
            unchanged += taken.unchanged
            touched |= dict.fromkeys((*taken.new, *taken.changed))
            done += len(page)
            progress(done)
    return Stored(new, changed, unchanged, judged, tuple(touched))


@contextmanager
def _handed_in_orders_left_alone() -> Iterator[None]:
    """A file's orders lie in memory till the last is stored: the collector need not go through them again and again."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _pages(orders: Iterable[IncomingOrder], batch: int) -> Iterator[list[IncomingOrder]]:
    """Batches in which no order stands twice: later versions, copies of one origin, and a booking's order come later."""
    page: list[IncomingOrder] = []
    named: set[str | Origin] = set()
    for order in orders:
        names = {name for name in (order.number, order.booking, order.origin) if name}
        if len(page) == batch or not named.isdisjoint(names):
            yield page
            page, named = [], set()
        page.append(order)
        named |= names
    if page:
        yield page


def record_import(
    place: Workplace, shop: Shop, file_name: str, digest: str, format_name: str, stored: Stored, rejects: int
) -> None:
    """Record in the ledger that a file was imported, and what it changed."""
    with transaction():
        place.ledger.write(
            EntryKind.FILE_IMPORTED,
            database_now(),
            facts={
                "shop": shop_id_of(shop),
                "format": format_name,
                "sha256": digest,
                "new": stored.new,
                "changed": stored.changed,
                "unchanged": stored.unchanged,
                "rejects": rejects,
            },
            text=file_name,
        )
