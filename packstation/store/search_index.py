"""The tables that searches look into: kept in the transaction that changes a buyer, rebuilt and compared by `db check`.

`search_word`: who has a word in the name, in blocks (`store.search_blocks`). `search_key`: codes, email, phone, phone backwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from packstation.domain.search_words import entries, name_words, search_keys
from packstation.store.database import execute_many, rows_of, transaction
from packstation.store.search_blocks import BLOCK, BLOCK_SHIFT, packed, unpacked

_SOME = 500


@dataclass(frozen=True, slots=True)
class Findable:
    """What a buyer can be found by; all empty for one that cannot."""

    buyer_id: int
    name: str = ""
    phone_key: str = ""
    email: str = ""
    codes: tuple[str, ...] = ()

    @property
    def keys(self) -> set[str]:
        """The buyer's keys."""
        return search_keys(self.phone_key, self.email, self.codes)

    @property
    def words(self) -> set[str]:
        """The words of the name and their beginnings."""
        return entries(name_words(self.name))


class SearchMoves:
    """What a batch of buyers changes in the tables, collected first and written once, in one order for all."""

    def __init__(self) -> None:
        self._on: defaultdict[tuple[int, str], int] = defaultdict(int)
        self._off: defaultdict[tuple[int, str], int] = defaultdict(int)
        self._new_keys: set[tuple[str, int]] = set()
        self._old_keys: set[tuple[str, int]] = set()

    def move(self, before: Findable, after: Findable) -> None:
        """A buyer was found by one thing and is by another now."""
        buyer_id = after.buyer_id
        block, bit = buyer_id >> BLOCK_SHIFT, 1 << (buyer_id & (BLOCK - 1))
        if before.name != after.name:
            had, has = before.words, after.words
            for word in has - had:
                self._on[block, word] |= bit
            for word in had - has:
                self._off[block, word] |= bit
        had, has = before.keys, after.keys
        self._new_keys.update((key, buyer_id) for key in has - had)
        self._old_keys.update((key, buyer_id) for key in had - has)

    def write(self) -> None:
        """Write what was collected; inside the transaction that changes the buyers, under the lock of intake."""
        execute_many("DELETE FROM search_key WHERE entry = ? AND buyer_id = ?", sorted(self._old_keys))
        execute_many(
            "INSERT INTO search_key (entry, buyer_id) VALUES (?, ?) ON CONFLICT (entry, buyer_id) DO NOTHING",
            sorted(self._new_keys),
        )
        changes = sorted(self._on.keys() | self._off.keys())
        stored = _stored(changes)
        rows, gone = [], []
        for change in changes:
            block, word = change
            bits = unpacked(stored[change]) if change in stored else 0
            bits = (bits & ~self._off.get(change, 0)) | self._on.get(change, 0)
            if bits:
                rows.append((word, block, packed(bits)))
            elif change in stored:
                gone.append((word, block))
        execute_many("DELETE FROM search_word WHERE entry = ? AND block = ?", gone)
        execute_many(
            "INSERT INTO search_word (entry, block, bits) VALUES (?, ?, ?) "
            "ON CONFLICT (entry, block) DO UPDATE SET bits = excluded.bits",
            rows,
        )


def _stored(changes: Sequence[tuple[int, str]]) -> dict[tuple[int, str], bytes]:
    by_block: dict[int, list[str]] = {}
    for block, word in changes:
        by_block.setdefault(block, []).append(word)
    found = {}
    for block, words in by_block.items():
        for start in range(0, len(words), _SOME):
            some = words[start : start + _SOME]
            marks = ",".join("?" * len(some))
            sql = f"SELECT entry, bits FROM search_word WHERE block = ? AND entry IN ({marks})"
            found.update({(block, word): bytes(bits) for word, bits in rows_of(sql, (block, *some))})
    return found


def findables(buyer_ids: Sequence[int]) -> list[Findable]:
    """What buyers can be found by, as the store has them, in id order."""
    found: list[Findable] = []
    ids = sorted(buyer_ids)
    for start in range(0, len(ids), _SOME):
        some = ids[start : start + _SOME]
        marks = ",".join("?" * len(some))
        found += _findables(f"b.id IN ({marks})", some)
    return found


def _findables(condition: str, values: Sequence[object]) -> list[Findable]:
    rows = rows_of(
        "SELECT b.id, b.name, b.phone_key, b.email, a.external_id FROM buyer b LEFT JOIN buyer_alias a ON a.buyer_id = b.id "
        f"WHERE {condition} ORDER BY b.id",
        values,
    )
    codes: dict[int, list[str]] = {}
    for row in rows:
        codes.setdefault(row[0], []).extend(row[4:] if row[4] is not None else ())
    texts: dict[int, tuple[str, str, str]] = {row[0]: (row[1], row[2], row[3]) for row in rows}
    return [Findable(buyer_id, *texts[buyer_id], codes=tuple(own)) for buyer_id, own in codes.items()]


def every_findable() -> Iterator[Findable]:
    """What all buyers can be found by, a batch of ids at a time."""
    last = rows_of("SELECT max(id) FROM buyer")[0][0] or 0
    for start in range(0, last, _SOME):
        yield from _findables("b.id > ? AND b.id <= ?", (start, start + _SOME))


def rebuild_search() -> None:
    """Throw the tables away and fill them anew."""
    with transaction():
        for table in ("search_key", "search_word"):
            execute_many(f"DELETE FROM {table} WHERE ? = 1", [(1,)])
        moves = SearchMoves()
        for each in every_findable():
            moves.move(Findable(each.buyer_id), each)
        moves.write()


def wrong_search_rows() -> list[tuple[str, tuple[object, ...]]]:
    """Where the rows are not what the buyers give, as (table, buyer or block): what the rows say is people's own."""
    keys: set[tuple[str, int]] = set()
    blocks: defaultdict[tuple[str, int], int] = defaultdict(int)
    for each in every_findable():
        keys.update((key, each.buyer_id) for key in each.keys)
        for word in each.words:
            blocks[word, each.buyer_id >> BLOCK_SHIFT] |= 1 << (each.buyer_id & (BLOCK - 1))
    stored_keys = {(row[0], row[1]) for row in rows_of("SELECT entry, buyer_id FROM search_key")}
    stored = {
        (row[0], row[1]): unpacked(bytes(row[2])) for row in rows_of("SELECT entry, block, bits FROM search_word")
    }
    buyers = {buyer_id for _key, buyer_id in keys ^ stored_keys}
    wrong = {
        block for word, block in blocks.keys() | stored.keys() if blocks.get((word, block)) != stored.get((word, block))
    }
    return [
        *(("search_key", (buyer_id,)) for buyer_id in sorted(buyers)),
        *(("search_word", (block,)) for block in sorted(wrong)),
    ]
