"""The ledger in the store: one chain a writing process, which records the heads of the others when it opens and every hour."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, replace

from packstation.domain.expressions import Value
from packstation.domain.ledger import (
    FIRST_HASH,
    Anchor,
    Broken,
    Entry,
    EntryKind,
    canonical_facts,
    entry_hash,
    first_break,
    text_digest,
)
from packstation.store.database import execute_many, rows_of
from packstation.store.tables.people import LedgerTextRow, WriterRow

_COLUMNS = "writer_id, sequence, at, kind, order_id, parcel_id, hold_id, person_id, station_id, policy_version, facts, previous_hash, hash"
_INSERT = f"INSERT INTO ledger ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class LedgerWriter:
    """This process's chain. Entries are added inside the transactions that decide what they record."""

    def __init__(self, name: str, now: int) -> None:
        """Open a chain; inside a transaction of its own.

        Args:
            name: what the process is, for people: a station's name, "import" ...
            now: ms UTC.
        """
        self.id: int = WriterRow.insert(name=name, started_at=now).execute()
        self.heads_recorded_at = now
        self._record(EntryKind.CHAIN_OPENED, now)

    def record_heads(self, now: int) -> int:
        """Record the heads of the other chains that nobody has recorded yet; how many. Inside a transaction."""
        return self._record(EntryKind.HEAD_RECORDED, now)

    def _record(self, kind: EntryKind, now: int) -> int:
        others = [head for head in unrecorded_heads() if head.writer_id != self.id]
        for head in others:
            facts: dict[str, Value] = {"writer": head.writer_id, "sequence": head.sequence, "hash": head.hash}
            self.write(kind, now, facts=facts)
        return len(others)

    def write(
        self,
        kind: EntryKind,
        at: int,
        *,
        order_id: int | None = None,
        parcel_id: int | None = None,
        hold_id: int | None = None,
        person_id: int | None = None,
        station_id: int | None = None,
        policy_version: int | None = None,
        facts: Mapping[str, Value] | None = None,
        evidence: Mapping[str, Value] | None = None,
        text: str = "",
    ) -> None:
        """Add an entry to the chain.

        Args:
            kind: what was decided.
            at: when, ms UTC.
            order_id: what it is about; likewise the other ids.
            parcel_id: see `order_id`.
            hold_id: see `order_id`.
            person_id: who decided.
            station_id: where.
            policy_version: by which policy.
            facts: numbers and words that explain it; no person's data.
            evidence: the figures that it was decided on, kept apart and named by their salted digest.
            text: a free text, kept likewise.
        """
        last = rows_of(
            "SELECT sequence, hash FROM ledger WHERE writer_id = ? ORDER BY sequence DESC LIMIT 1", (self.id,)
        )
        sequence, previous = last[0] if last else (0, FIRST_HASH)
        told = dict(facts or {})
        if evidence:
            told["evidence"] = self._keep_text(canonical_facts(evidence))
        if text:
            told["text"] = self._keep_text(text)
        entry = Entry(
            self.id,
            sequence + 1,
            at,
            str(kind),
            order_id,
            parcel_id,
            hold_id,
            person_id,
            station_id,
            policy_version,
            canonical_facts(told),
            previous,
            "",
        )
        entry = replace(entry, hash=entry_hash(entry))
        execute_many(_INSERT, [astuple(entry)])

    @staticmethod
    def _keep_text(text: str) -> str:
        salt = secrets.token_hex(16)
        digest = text_digest(salt, text)
        LedgerTextRow.insert(digest=digest, salt=salt, text=text).execute()
        return digest


def unrecorded_heads() -> list[Anchor]:
    """The heads of all chains that no chain has recorded yet, by writer: with them every entry is accounted for."""
    recorded = {(head.writer_id, head.sequence) for head in _recorded_heads()}
    heads = [
        Anchor(*row)
        for row in rows_of(
            "SELECT l.writer_id, l.sequence, l.hash FROM writer w JOIN ledger l ON l.writer_id = w.id "
            "AND l.sequence = (SELECT max(sequence) FROM ledger m WHERE m.writer_id = w.id) ORDER BY w.id"
        )
    ]
    return [head for head in heads if (head.writer_id, head.sequence) not in recorded]


def _recorded_heads() -> list[Anchor]:
    """The heads that chains recorded of one another.

    An entry that no longer reads as one was altered, which its own chain tells.
    """
    recorded = []
    # Each half as the index of its kind has it.
    sql = " UNION ALL ".join(
        f"SELECT facts FROM ledger WHERE kind = '{kind}'" for kind in ("chain_opened", "head_recorded")
    )
    for (facts,) in rows_of(sql):
        try:
            head = json.loads(facts)
            recorded.append(Anchor(int(head["writer"]), int(head["sequence"]), str(head["hash"])))
        except (ValueError, KeyError, TypeError):
            continue
    return recorded


def chains() -> Iterator[list[Entry]]:
    """Every chain by its writer, entries by sequence."""
    for (writer_id,) in rows_of("SELECT id FROM writer ORDER BY id"):
        yield chain_of(writer_id)


def entries_between(start: int, end: int) -> list[Entry]:
    """What all chains recorded from `start` until before `end`, ms UTC, oldest first."""
    sql = f"SELECT {_COLUMNS} FROM ledger WHERE at >= ? AND at < ? ORDER BY at, writer_id, sequence"
    return [Entry(*row) for row in rows_of(sql, (start, end))]


def chain_of(writer_id: int) -> list[Entry]:
    """One writer's chain."""
    return [
        Entry(*row)
        for row in rows_of(f"SELECT {_COLUMNS} FROM ledger WHERE writer_id = ? ORDER BY sequence", (writer_id,))
    ]


def verify(anchors: Iterable[Anchor] = ()) -> tuple[int, list[Broken]]:
    """How many entries there are, and the first broken entry of each chain that is not whole.

    Args:
        anchors: heads noted outside the database, which the chains must reach and match as well.
    """
    heads: dict[int, list[Anchor]] = {}
    for head in (*_recorded_heads(), *anchors):
        heads.setdefault(head.writer_id, []).append(head)
    altered = {
        digest
        for digest, salt, text in rows_of("SELECT digest, salt, text FROM ledger_text")
        if text_digest(salt, text) != digest
    }
    count, broken = 0, []
    writers = {row[0] for row in rows_of("SELECT id FROM writer")} | heads.keys()
    writers |= {row[0] for row in rows_of("SELECT DISTINCT writer_id FROM ledger")}
    for writer_id in sorted(writers):
        entries = chain_of(writer_id)
        count += len(entries)
        found = first_break(entries, heads.get(writer_id, ()), altered)
        if found:
            broken.append(replace(found, writer_id=writer_id))
    return count, broken
