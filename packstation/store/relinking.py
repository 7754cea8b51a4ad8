"""Who is linked with whom changed outside a page of orders: the buyers' customers, and what of their orders hangs on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from packstation.domain.orders import IncomingBuyer
from packstation.store.database import lock_name, transaction
from packstation.store.denied_numbers import deny_number
from packstation.store.identities import Sighting, identities_from_buyers, users_of
from packstation.store.linking import link_seen, relink, relink_everybody
from packstation.store.replacing import mark_replaced_anew
from packstation.store.summaries import SummaryMoves


def link_profiles(shop_id: int, profiles: Sequence[IncomingBuyer | None], buyer_ids: Sequence[int | None]) -> set[int]:
    """Link buyers that came without orders, as `relink_buyers`; inside the transaction that stored them."""
    seen = [
        Sighting(buyer_id, profile)
        for profile, buyer_id in zip(profiles, buyer_ids, strict=True)
        if profile is not None and buyer_id is not None
    ]
    return _with_orders(link_seen(shop_id, seen))


def relink_buyers(buyer_ids: Collection[int]) -> set[int]:
    """Find the customers of buyers anew, and which of their cancelled orders were placed again; inside a transaction.

    Args:
        buyer_ids: the buyers at one end at least of whatever link is new or gone.

    Returns:
        All buyers of the customers that gained or lost one: their orders are to be judged.
    """
    lock_name("intake")
    return _with_orders(relink(buyer_ids))


def part_from_number(order_id: int, person_id: int | None, now: int) -> set[int]:
    """Let the number under which an order's buyer is called no longer link that buyer: its owner says the order is not theirs.

    Inside a transaction that locked "intake" before it locked any order. Returns as `relink_buyers`.
    """
    denied = deny_number(order_id, person_id, now)
    if denied is None:
        return set()
    buyer_id, value = denied
    return relink_buyers({buyer_id} | users_of([value]))


def rebuild_links() -> set[int]:
    """Link all buyers from nothing, inside a transaction; returns as `relink_buyers`."""
    lock_name("intake")
    return _with_orders(relink_everybody())


def link_from_buyers() -> None:
    """Link all buyers of a database from before anything was kept of what links them."""
    with transaction():
        lock_name("intake")
        identities_from_buyers()
        rebuild_links()


def _with_orders(relinked: set[int]) -> set[int]:
    moves = SummaryMoves()
    mark_replaced_anew(relinked, moves)
    moves.write()
    return relinked
