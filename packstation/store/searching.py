"""Customers found as one types: by phone, last digits, email, code and name, best first.

What a keystroke costs does not depend on how many fit: words are combined as bits, and no more rows are read than are ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from time import monotonic

from packstation.domain.search_words import BEGINNING, LONGEST_BEGINNING, Chunk, chunks_of
from packstation.store import search_blocks
from packstation.store.database import rows_of
from packstation.store.search_blocks import Bits
from packstation.store.search_index import Findable, findables
from packstation.store.tables.base import database

MOST_SHOWN = 50
_RANKED = 50
"""How many of those that fit are ranked by their orders: the newest, and as many regulars."""
_REGULARS = 2_000
REGULAR_ORDERS = 5
_REGULARS_FOR = 60.0
"""Seconds for which the regulars are remembered: who orders most changes slowly."""
_MOST_KEYS = 1_000
"""So many keys are read of a chunk; where more begin so, those that fit the rest of the query are looked at one by one."""
_LOOKED_AT = 2_000
_AT_ONCE = 100
_MANY = 4
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A customer that fits a search, as the profile that fits tells it; `last_order_at` ms UTC in its shop's `zone`, None without."""

    id: int
    name: str
    phone: str
    email: str
    channel: str
    code: str
    orders: int
    last_order_at: int | None
    zone: str | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The best of those that fit, and how many profiles do; `is_count_exact` False where there are more than were counted."""

    hits: tuple[CustomerHit, ...] = ()
    count: int = 0
    is_count_exact: bool = True


def search_customers(query: str, most: int = MOST_SHOWN) -> SearchResult:
    """The customers that fit every word of a query.

    Those with exactly this code, phone or email come first, then those with more orders, then those who ordered later. Where many
    fit, the regulars among them and the newest are ranked.

    Args:
        query: as typed so far.
        most: how many are wanted.
    """
    chunks = chunks_of(query)
    if not chunks:
        return SearchResult()
    if len(chunks) == 1 and query.strip().startswith("#") and query.strip()[1:].isdigit():
        return _by_own_code(int(query.strip()[1:]))
    exact: list[int] = []
    together: Bits | None = None
    vague: list[Chunk] = []
    for chunk in chunks:
        keyed, is_whole = _by_keys(chunk, max(most, _RANKED) if len(chunks) == 1 else _MOST_KEYS, exact)
        if not is_whole and len(chunks) > 1:
            vague.append(chunk)
            continue
        fitting = search_blocks.either(_by_words(chunk.words), search_blocks.of_ids(keyed))
        together = fitting if together is None else search_blocks.both(together, fitting)
        if not together:
            return SearchResult()
    is_exact_count = not vague and is_whole
    if together is None:
        keyed, _whole = _by_keys(vague[0], _LOOKED_AT, exact)
        together = search_blocks.of_ids(keyed)
    if vague:
        together = _looked_at(together, vague, max(most, _RANKED))
    first = [one for one in exact if search_blocks.has(together, one)]
    return SearchResult(
        _hits(first, _candidates(together, max(most, _RANKED)), most), search_blocks.count(together), is_exact_count
    )


def buyers_with_words(words: Sequence[str]) -> list[Findable]:
    """The newest buyers whose name has all the words, or longer ones that begin so."""
    return findables(list(islice(search_blocks.newest(_by_words(words)), _LOOKED_AT)))


def _by_own_code(customer_id: int) -> SearchResult:
    ids = [row[0] for row in rows_of("SELECT id FROM buyer WHERE home_id = ?", (customer_id,))]
    return SearchResult(_hits(ids, (), 1), len(ids))


def _by_keys(chunk: Chunk, most: int, exact: list[int]) -> tuple[set[int], bool]:
    """The buyers one of whose keys begins so, and whether these are all; those with exactly the key are added to `exact`."""
    found: set[int] = set()
    is_whole = True
    for key in chunk.keys:
        rows = rows_of(
            "SELECT buyer_id, entry FROM search_key WHERE entry >= ? AND entry < ? ORDER BY entry, buyer_id LIMIT ?",
            (key, key + _LAST, most + 1),
        )
        is_whole = is_whole and len(rows) <= most
        for buyer_id, entry in rows[:_LOOKED_AT]:
            if entry != key:
                break
            exact.append(buyer_id)
        found.update(row[0] for row in rows)
    return found, is_whole


def _by_words(words: Sequence[str]) -> Bits:
    """The buyers whose name has, for each word, one that begins so."""
    together: Bits | None = None
    for word in words:
        if len(word) <= LONGEST_BEGINNING:
            rows = rows_of("SELECT block, bits FROM search_word WHERE entry = ?", (word + BEGINNING,))
        else:
            rows = rows_of("SELECT block, bits FROM search_word WHERE entry >= ? AND entry < ?", (word, word + _LAST))
        fitting = search_blocks.union((block, bytes(bits)) for block, bits in rows)
        together = fitting if together is None else search_blocks.both(together, fitting)
    return together or {}


def _looked_at(bits: Bits, chunks: Sequence[Chunk], most: int) -> Bits:
    """Those of the newest buyers that chunks with too many keys fit too; no more are looked at than are ranked."""
    newest = search_blocks.newest(bits)
    found: list[int] = []
    for _piece in range(_LOOKED_AT // _AT_ONCE):
        some = list(islice(newest, _AT_ONCE))
        found += [
            each.buyer_id for each in findables(some) if all(chunk.fits(each.name, each.keys) for chunk in chunks)
        ]
        if len(found) >= most or len(some) < _AT_ONCE:
            break
    return search_blocks.of_ids(found)


class _Regulars:
    """The buyers with the most orders, remembered for a while."""

    def __init__(self) -> None:
        self._ranks: dict[int, int] = {}
        self._bits: Bits = {}
        self._read_at = -_REGULARS_FOR
        self._of: object = None

    def among(self, bits: Bits, most: int) -> list[int]:
        """Those of some buyers that are regulars, the most orders first."""
        now = monotonic()
        if now - self._read_at >= _REGULARS_FOR or self._of is not database.obj:
            sql = f"SELECT buyer_id FROM buyer_summary WHERE orders >= {REGULAR_ORDERS} ORDER BY orders DESC LIMIT {_REGULARS}"
            self._ranks = {row[0]: rank for rank, row in enumerate(rows_of(sql))}
            self._bits, self._read_at, self._of = search_blocks.of_ids(self._ranks), now, database.obj
        common = search_blocks.both(self._bits, bits)
        if search_blocks.count(common) > _MANY * most:
            # So many that the first of them stand near the top.
            return list(islice((one for one in self._ranks if search_blocks.has(common, one)), most))
        return sorted(search_blocks.newest(common), key=self._ranks.__getitem__)[:most]


_regulars = _Regulars()


def _candidates(bits: Bits, most: int) -> list[int]:
    """The ids of those with the most orders first; of many only the regulars and the newest are looked at."""
    ids = list(islice(search_blocks.newest(bits), most))
    if len(ids) == most:
        ids = list(dict.fromkeys([*_regulars.among(bits, most), *ids]))
    if not ids:
        return []
    marks = ",".join("?" * len(ids))
    orders = dict(rows_of(f"SELECT buyer_id, orders FROM buyer_summary WHERE buyer_id IN ({marks})", ids))
    return sorted(ids, key=lambda one: -orders.get(one, 0))[:most]


def _hits(first: Sequence[int], others: Sequence[int], most: int) -> tuple[CustomerHit, ...]:
    """The customers of buyers, each once: those that come first, then the others by number of orders and the last of them."""
    some = list(dict.fromkeys((*first[:most], *others)))[: most + most // 5]
    if not some:
        return ()
    marks = ",".join("?" * len(some))
    rows = {
        row[0]: row[1:]
        for row in rows_of(
            "SELECT b.id, b.customer_id, b.name, b.phone, b.email, b.channel, b.external_id, coalesce(s.orders, 0), o.placed_at, z.zone "
            "FROM buyer b LEFT JOIN buyer_summary s ON s.buyer_id = b.id LEFT JOIN orders o ON o.id = (SELECT p.id FROM orders p "
            "WHERE p.buyer_id = b.id ORDER BY p.placed_at DESC, p.id DESC LIMIT 1) LEFT JOIN shop z ON z.id = o.shop_id "
            f"WHERE b.id IN ({marks})",
            some,
        )
    }
    hits = {buyer_id: CustomerHit(*rows[buyer_id]) for buyer_id in some if buyer_id in rows}
    leading = set(first)
    found: dict[int, CustomerHit] = {}
    for buyer_id in sorted(
        hits, key=lambda one: (one not in leading, -hits[one].orders, -(hits[one].last_order_at or 0))
    ):
        found.setdefault(hits[buyer_id].id, hits[buyer_id])
    return tuple(found.values())[:most]
