from __future__ import annotations

import stat
from pathlib import Path

import pytest

from packstation.store.database import open_database, rows_of
from packstation.store.engines import sqlite_path
from packstation.store.schema import known_migrations
from packstation.store.tables.base import database as proxy
from tests.cli.conftest import CommandLine
from tests.engines import PostgresServer
from tests.factories import an_order


def test_init_makes_the_database_and_its_folder_once(packstation: CommandLine, tmp_path: Path) -> None:
    packstation.url = f"sqlite:///{tmp_path / 'deep' / 'er' / 'packstation.db'}"
    first = packstation("db", "init")
    assert (first.code, first.out) == (0, "the database is ready\n")
    again = packstation("db", "init")
    assert again.code == 0
    assert "already" in again.out
    assert packstation("db", "check").code == 0


def test_a_new_database_and_its_folder_are_their_owners_only(packstation: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "packstation.db"
    packstation.url = f"sqlite:///{file}"
    assert packstation("db", "init").code == 0
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file.parent, file)] == [0o700, 0o600]


def test_migrate_names_what_it_applied(packstation: CommandLine) -> None:
    assert packstation("db", "migrate").out.splitlines() == known_migrations()
    assert packstation("db", "migrate").out == "the database is up to date\n"


def test_check_exits_5_and_names_what_it_found(packstation: CommandLine) -> None:
    packstation.hand_in(an_order("P-1"))
    assert packstation("db", "check").out == "nothing is wrong\n"
    open_database(packstation.url)
    proxy.execute_sql("UPDATE buyer_summary SET orders = 7")
    proxy.execute_sql("UPDATE orders SET units = 7")
    ran = packstation("db", "check")
    assert ran.code == 5
    assert ran.out.splitlines() == [
        "orders 1: units is not what the order's own record gives",
        "buyer_summary 1: is not what the orders give",
    ]


def test_a_backup_is_restored_into_an_empty_database(packstation: CommandLine, tmp_path: Path) -> None:
    packstation.hand_in(an_order("P-1"))
    file = tmp_path / "packstation.backup"
    assert packstation("db", "backup", file).code == 0
    packstation.url = f"sqlite:///{tmp_path / 'second.db'}"
    assert packstation("db", "restore", file).code == 0
    assert rows_of("SELECT number FROM orders") == [("P-1",)]
    assert packstation("db", "check").code == 0
    assert packstation("ledger", "verify").code == 0


def test_a_backup_goes_from_sqlite_to_postgresql_by_command(
    packstation: CommandLine, tmp_path: Path, postgres: PostgresServer
) -> None:
    packstation.hand_in(an_order("P-1"))
    file = tmp_path / "packstation.backup"
    packstation("db", "backup", file)
    with postgres.empty() as url:
        packstation.url = url
        assert packstation("db", "restore", file).code == 0
        assert rows_of("SELECT number FROM orders") == [("P-1",)]


def test_restore_throws_nothing_away_unless_told(packstation: CommandLine, tmp_path: Path) -> None:
    packstation.hand_in(an_order("P-1"))
    file = tmp_path / "packstation.backup"
    packstation("db", "backup", file)
    packstation.hand_in(an_order("P-2"))
    refused = packstation("db", "restore", file)
    assert refused.code == 1
    assert "--overwrite" in refused.err
    assert rows_of("SELECT count(*) FROM orders") == [(2,)]
    assert packstation("db", "restore", file, "--overwrite").code == 0
    assert rows_of("SELECT number FROM orders") == [("P-1",)]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("backup", "{there}"), 1),
        (("backup", "{folder}/no/such/folder/file"), 1),
        (("restore", "{there}"), 2),
        (("restore", "{folder}/missing"), 2),
        (("restore",), 2),
    ],
)
def test_what_cannot_be_done_is_one_line(
    packstation: CommandLine, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    packstation.hand_in(an_order("P-1"))
    there = tmp_path / "there"
    there.write_text("mine")
    ran = packstation("db", *(word.format(folder=tmp_path, there=there) for word in words))
    assert ran.code == code
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    assert there.read_text() == "mine"


def test_a_newer_or_missing_or_unreadable_database_is_one_line(packstation: CommandLine, tmp_path: Path) -> None:
    assert packstation("db", "check").code == 1
    packstation("db", "init")
    proxy.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_tomorrow', '2030-01-01')")
    for words in (("db", "check"), ("db", "migrate"), ("db", "backup", tmp_path / "b")):
        ran = packstation(*words)
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert "9999_tomorrow" in ran.err
    packstation.url = f"sqlite:///{tmp_path / 'notes.txt'}"
    sqlite_path(packstation.url).write_text("no database at all, only some notes about one\n" * 40)
    for words in (("db", "check"), ("db", "migrate"), ("db", "init")):
        ran = packstation(*words)
        assert (ran.code, ran.err.count("\n")) == (1, 1), ran.err
        assert "not a database" in ran.err
    packstation.url = "postgresql://user:geheim@127.0.0.1:1/none"
    ran = packstation("db", "check")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "geheim" not in ran.err


def test_a_database_url_of_another_kind_is_wrong_use(packstation: CommandLine) -> None:
    packstation.url = "postgresql://user:geheim@host:many/name"
    ran = packstation("db", "check")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "geheim" not in ran.err
