from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from packstation.store import schema
from packstation.store.check import check
from packstation.store.database import DatabaseAwayError, close_database, execute_many, open_database, rows_of
from packstation.store.order_rows import load_orders
from packstation.store.schema import (
    NoSchemaError,
    SchemaNewerError,
    applied_migrations,
    check_schema,
    installation_token,
    known_migrations,
    migrate,
)
from packstation.store.tables.base import Table
from packstation.store.tables.base import database as proxy
from packstation.store.tables.every import EVERY_TABLE, columns_of, key_of, name_of
from tests.factories import NOW

_MIGRATE = """
import sys
from packstation.store.database import open_database
from packstation.store.schema import migrate
sys.stdin.readline()
open_database(sys.argv[1], patient=True)
print(len(migrate()))
"""


def test_several_processes_that_migrate_at_once_apply_one_schema(empty_database: str) -> None:
    command = [sys.executable, "-c", _MIGRATE, empty_database]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in running:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], answers
    assert sorted(int(out) for out, _err in answers) == [0, 0, len(known_migrations())]
    open_database(empty_database)
    check_schema()
    assert applied_migrations() == known_migrations()


def test_an_empty_database_has_no_schema_until_it_is_migrated(empty_database: str) -> None:
    open_database(empty_database)
    assert applied_migrations() == []
    with pytest.raises(NoSchemaError, match=known_migrations()[0]):
        check_schema()
    assert migrate() == known_migrations()
    assert migrate() == []
    check_schema()


def test_a_newer_schema_is_refused_and_left_alone(database: str) -> None:
    execute_many(
        "INSERT INTO schema_migration (name, applied) VALUES (?, ?)", [("9999_from_tomorrow", "2030-01-01 00:00:00")]
    )
    with pytest.raises(SchemaNewerError, match="9999_from_tomorrow"):
        check_schema()
    with pytest.raises(SchemaNewerError, match="9999_from_tomorrow"):
        migrate()


def test_a_migration_that_fails_leaves_nothing_behind(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "0001_half.py").write_text(
        "def up(_migrator, db):\n    db.execute_sql('CREATE TABLE half (id BIGINT)')\n    raise RuntimeError('half way')\n"
    )
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path)
    open_database(empty_database)
    with pytest.raises(RuntimeError, match="half way"):
        migrate()
    assert "half" not in proxy.get_tables()
    assert applied_migrations() == []


def test_orders_of_the_first_schema_are_sound_in_the_newest(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = known_migrations()[0]
    shutil.copy(schema.MIGRATIONS / f"{first}.py", tmp_path)
    open_database(empty_database)
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", tmp_path)
        assert migrate() == [first]
    columns = [column.name for column in proxy.get_columns("orders")]
    kept = {"source": "app", "kind": "normal", "status": "to_pack", "channel_status": "NEW", "outcome": "open"}
    kept |= {"currency": "VND", "vouchers": "[]", "number": "A-1", "digest": "d", "phone": "0912 345 678"}
    counts = {"id": 1, "shop_id": 1, "ship_by": NOW, "cause": None, "outcome_known_at": None, "buyer_id": None}
    counts |= {"replaced": False, "cod": True, "counts_as_cod": True, "address_key": None, "label_address_key": None}
    texts = "recipient phone street ward district province country buyer_note seller_note".split()
    row = dict.fromkeys(columns, 0) | dict.fromkeys(texts, "") | kept | counts
    execute_many("INSERT INTO shop (id, name, channel, currency, zone) VALUES (1, 'a', 'shopee', 'VND', ?)", [("UTC",)])
    execute_many(
        f"INSERT INTO orders ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", [tuple(row.values())]
    )
    execute_many("INSERT INTO status_change VALUES (1, 0, 'to_pack', 'NEW', ?, 0)", [(NOW,)])
    assert migrate() == known_migrations()[1:]
    assert check() == []
    [order] = load_orders("id = 1", ())
    incoming = order.kept.incoming
    assert (incoming.ship_by, incoming.arrange_by, incoming.cancels_at, incoming.answer_by) == (NOW, None, None, None)
    assert (incoming.origin, order.became) == (None, None)
    assert rows_of("SELECT phone_key FROM orders") == [("+84912345678",)]


def test_a_folder_that_is_not_there_is_a_database_that_is_away(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'nowhere' / 'packstation.db'}")
    try:
        with pytest.raises(DatabaseAwayError):
            migrate()
    finally:
        close_database()


def test_the_models_are_all_tables_with_all_their_columns_and_keys(database: str) -> None:
    tables = set(proxy.get_tables()) - {"schema_migration"}
    assert {name_of(table) for table in EVERY_TABLE} == tables
    assert set(EVERY_TABLE) == set(Table.__subclasses__())
    for table in EVERY_TABLE:
        name = name_of(table)
        columns = proxy.get_columns(name)
        assert [column.name for column in columns] == columns_of(table), name
        assert proxy.get_primary_keys(name) == key_of(table), name
        nullable = {column.name for column in columns if column.null and column.name not in key_of(table)}
        assert {field.column_name for field in table._meta.sorted_fields if field.null} == nullable, name


def test_tables_come_before_those_that_refer_to_them(database: str) -> None:
    names = [name_of(table) for table in EVERY_TABLE]
    for place, name in enumerate(names):
        referred = {reference.dest_table for reference in proxy.get_foreign_keys(name)}
        assert referred <= set(names[:place]), name


def test_the_installation_keeps_its_token(database: str) -> None:
    token = installation_token()
    assert len(token) >= 6
    assert installation_token() == token
    assert rows_of("SELECT count(*) FROM installation") == [(1,)]
