from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from peewee import DatabaseError

from packstation.domain.ledger import Broken, EntryKind, canonical_facts, entry_hash
from packstation.store.database import execute_many, is_sqlite, rows_of, transaction
from packstation.store.ledger import LedgerWriter, chain_of, verify
from packstation.store.tables.base import database as proxy
from tests.factories import NOW


def a_chain(name: str = "desk 1", entries: int = 0) -> LedgerWriter:
    with transaction():
        writer = LedgerWriter(name, NOW)
        for number in range(entries):
            writer.write(EntryKind.PACKED, NOW + number, order_id=number, facts={"code": "A-1"})
    return writer


def change(sql: str, values: Sequence[object]) -> None:
    """Do to the ledger what its guards forbid, as somebody could who owns the database."""
    with transaction():
        if is_sqlite():
            for (name,) in rows_of("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger'"):
                proxy.execute_sql(f"DROP TRIGGER {name}")
        else:
            proxy.execute_sql("DROP TRIGGER ledger_guard ON ledger")
        execute_many(sql, [tuple(values)])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger SET facts = '{}'",
        "UPDATE ledger SET at = at WHERE sequence = 2",
        "DELETE FROM ledger",
        "DELETE FROM ledger WHERE sequence = 3",
    ],
)
def test_the_database_refuses_to_change_or_delete_entries(database: str, sql: str) -> None:
    a_chain(entries=3)
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        proxy.execute_sql(sql)
    assert rows_of("SELECT count(*) FROM ledger") == [(3,)]
    assert verify() == (3, [])


def test_sqlite_refuses_to_replace_an_entry(sqlite_database: str) -> None:
    a_chain(entries=3)
    columns = "writer_id, 2, at, kind, order_id, parcel_id, hold_id, person_id, station_id, policy_version, '{}'"
    forged = f"SELECT {columns}, previous_hash, hash FROM ledger WHERE sequence = 3"
    for way in ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"):
        with pytest.raises(DatabaseError, match="append-only"), transaction():
            proxy.execute_sql(f"{way} INTO ledger {forged}")
    assert verify() == (3, [])


def test_postgresql_refuses_to_truncate_the_ledger(postgres_database: str) -> None:
    a_chain(entries=1)
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        proxy.execute_sql("TRUNCATE ledger")
    assert verify() == (1, [])


def test_chains_of_several_writers_are_whole_and_record_each_others_heads(database: str) -> None:
    first = a_chain("desk 1", entries=2)
    second = a_chain("desk 2", entries=1)
    assert [entry.kind for entry in chain_of(second.id)] == ["chain_opened", "packed"]
    assert verify() == (4, [])
    third = a_chain("desk 3")
    assert len(chain_of(third.id)) == 1, "the head of desk 1 is recorded already"
    with transaction():
        first.write(EntryKind.PACKED, NOW)
    assert verify() == (6, [])


def test_an_entry_that_was_not_committed_leaves_no_gap(database: str) -> None:
    writer = a_chain(entries=1)
    with pytest.raises(ZeroDivisionError), transaction():
        writer.write(EntryKind.PACKED, 1 // 0)
    with transaction():
        writer.write(EntryKind.PACKED, NOW)
    assert verify() == (2, [])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("facts", '{"code":"A-2"}'),
        ("at", 1),
        ("person_id", 7),
        ("order_id", None),
        ("kind", "undone"),
        ("hash", "0" * 64),
    ],
)
def test_an_edited_entry_is_found(database: str, column: str, value: object) -> None:
    writer = a_chain(entries=3)
    change(f"UPDATE ledger SET {column} = ? WHERE sequence = ?", (value, 2))
    assert verify() == (3, [Broken(writer.id, 2, "altered")])


def test_an_entry_that_was_edited_and_hashed_again_breaks_the_next_one(database: str) -> None:
    writer = a_chain(entries=3)
    second = chain_of(writer.id)[1]
    forged = replace(second, facts=canonical_facts({"code": "A-2"}))
    change("UPDATE ledger SET facts = ?, hash = ? WHERE sequence = ?", (forged.facts, entry_hash(forged), 2))
    assert verify() == (3, [Broken(writer.id, 3, "altered")])


def test_a_gap_is_found(database: str) -> None:
    writer = a_chain(entries=3)
    change("DELETE FROM ledger WHERE sequence = ?", (2,))
    assert verify() == (2, [Broken(writer.id, 2, "missing")])


def test_a_cut_tail_is_found_when_another_chain_recorded_it(database: str) -> None:
    writer = a_chain(entries=3)
    a_chain("desk 2")
    change("DELETE FROM ledger WHERE writer_id = ? AND sequence > ?", (writer.id, 1))
    [broken] = verify()[1]
    assert (broken.writer_id, broken.sequence) == (writer.id, 2)
    assert "cut off" in broken.what


def test_a_whole_chain_that_is_gone_is_found_when_another_chain_recorded_it(database: str) -> None:
    writer = a_chain(entries=3)
    a_chain("desk 2")
    change("DELETE FROM ledger WHERE writer_id = ?", (writer.id,))
    assert [broken.writer_id for broken in verify()[1]] == [writer.id]


def test_a_chain_opening_that_no_longer_reads_as_one_is_an_altered_entry(database: str) -> None:
    a_chain(entries=1)
    second = a_chain("desk 2")
    change("UPDATE ledger SET facts = ? WHERE writer_id = ?", ("[not json", second.id))
    assert verify() == (2, [Broken(second.id, 1, "altered")])


def test_a_text_is_kept_apart_and_may_be_erased_without_breaking_the_chain(database: str) -> None:
    with transaction():
        writer = LedgerWriter("desk 1", NOW)
        writer.write(EntryKind.HOLD_MOVED, NOW, text="Khách bận, hẹn 15h")
    [entry] = chain_of(writer.id)
    assert "Khách" not in entry.facts
    [(digest, text)] = rows_of("SELECT digest, text FROM ledger_text")
    assert text == "Khách bận, hẹn 15h"
    assert digest in entry.facts
    execute_many("DELETE FROM ledger_text WHERE text <> ?", [("",)])
    assert verify() == (1, [])
