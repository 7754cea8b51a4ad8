"""Which buyers are one customer: the connected parts of what links them, kept in the transaction that changes a link.

Buyers are joined by phones and emails (`store.identities`) and by supervisors. A part's customer is the home customer of its smallest
buyer, so that it follows from the links alone, in whatever order they came; `wrong_links` works everything out from nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from packstation.store.database import execute_many, rows_of
from packstation.store.identities import (
    Sighting,
    chunks,
    every_group,
    groups_of_values,
    keep_sightings,
    marks,
    split_buyers,
    values_of,
)
from packstation.store.link_rules import link_rules

_LINKS = "SELECT buyer_id, other_id FROM link_decision WHERE kind = 'link'"
_PAGE = 5_000


class _Parts:
    """Buyers that are joined to parts; each part is called by its smallest buyer."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def root(self, buyer_id: int) -> int:
        above = self._above
        root = buyer_id
        while root in above:
            root = above[root]
        while buyer_id != root:
            above[buyer_id], buyer_id = root, above[buyer_id]
        return root

    def join(self, buyer_ids: Iterable[int]) -> None:
        roots = {self.root(buyer_id) for buyer_id in buyer_ids}
        smallest = min(roots)
        self._above.update((root, smallest) for root in roots if root != smallest)

    def joined(self) -> Collection[int]:
        """The buyers of parts of two and more, but for the smallest of each."""
        return self._above.keys()


def link_seen(shop_id: int, sightings: Sequence[Sighting]) -> set[int]:
    """Keep which phones and emails buyers use and link them; all buyers of the customers that gained or lost one.

    Inside a transaction that holds the intake's lock.
    """
    return relink(keep_sightings(shop_id, sightings))


def relink(buyer_ids: Collection[int]) -> set[int]:
    """Find anew which customers these buyers and all who are linked with them are.

    Inside a transaction that holds the intake's lock. Summaries are the buyers' own and stay as they are.

    Args:
        buyer_ids: at least the buyers at one end of whatever link is new or gone.

    Returns:
        All buyers of the customers that gained or lost one.
    """
    if not buyer_ids:
        return set()
    parts, reached = _parts_around(buyer_ids)
    rows = [
        row
        for some in chunks(sorted(reached))
        for row in rows_of(f"SELECT id, customer_id, home_id FROM buyer WHERE id IN ({marks(some)}) ORDER BY id", some)
    ]
    homes = {buyer_id: home_id for buyer_id, _customer, home_id in rows}
    moved = [
        (homes[parts.root(buyer_id)], customer_id, buyer_id)
        for buyer_id, customer_id, _home in rows
        if customer_id != homes[parts.root(buyer_id)]
    ]
    execute_many("UPDATE buyer SET customer_id = ? WHERE id = ?", [(after, buyer_id) for after, _b, buyer_id in moved])
    touched = {customer_id for after, before, _buyer in moved for customer_id in (after, before)}
    return {
        row[0]
        for some in chunks(sorted(touched))
        for row in rows_of(f"SELECT id FROM buyer WHERE customer_id IN ({marks(some)})", some)
    }


def _parts_around(buyer_ids: Collection[int]) -> tuple[_Parts, set[int]]:
    """The parts that these buyers are in, and every buyer in them."""
    rules = link_rules()
    parts = _Parts()
    reached: set[int] = set()
    known_values: set[str] = set()
    edge = set(buyer_ids)
    while edge:
        reached |= edge
        told = values_of(edge - split_buyers(edge))
        values = {value for found in told.values() for value in found} - known_values
        known_values |= values
        groups = [group for found in groups_of_values(values, rules).values() for group in found]
        groups += [frozenset(pair) for pair in links_of_supervisors(edge)]
        for group in groups:
            parts.join(group)
        edge = {buyer_id for group in groups for buyer_id in group} - reached
    return parts, reached


def links_of_supervisors(buyer_ids: Collection[int]) -> set[tuple[int, int]]:
    """The pairs that supervisors linked of which one is among these."""
    found: set[tuple[int, int]] = set()
    for some in chunks(sorted(buyer_ids)):
        for column in ("buyer_id", "other_id"):
            found.update((row[0], row[1]) for row in rows_of(f"{_LINKS} AND {column} IN ({marks(some)})", some))
    return found


def wrong_links() -> Iterator[tuple[int, int, int]]:
    """The buyers whose customer is not what their links give, worked out from nothing: (buyer, customer, customer it should be)."""
    parts = _Parts()
    for group in every_group(link_rules()):
        parts.join(group)
    for pair in rows_of(_LINKS):
        parts.join(pair)
    smallest = {parts.root(buyer_id) for buyer_id in list(parts.joined())}
    homes: dict[int, int] = {}
    last = 0
    while rows := rows_of(
        f"SELECT id, customer_id, home_id FROM buyer WHERE id > ? ORDER BY id LIMIT {_PAGE}", (last,)
    ):
        for buyer_id, customer_id, home_id in rows:
            if buyer_id in smallest:
                homes[buyer_id] = home_id
            should = homes.get(parts.root(buyer_id), home_id)
            if customer_id != should:
                yield buyer_id, customer_id, should
        last = rows[-1][0]


def relink_everybody() -> set[int]:
    """Link all buyers from nothing; all buyers of the customers that gained or lost one. As for `relink`."""
    wrong = list(wrong_links())
    execute_many(
        "UPDATE buyer SET customer_id = ? WHERE id = ?", [(should, buyer_id) for buyer_id, _c, should in wrong]
    )
    touched = {customer_id for _buyer, before, after in wrong for customer_id in (before, after)}
    return {
        row[0]
        for some in chunks(sorted(touched))
        for row in rows_of(f"SELECT id FROM buyer WHERE customer_id IN ({marks(some)})", some)
    }
