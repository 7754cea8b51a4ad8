from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from peewee import DatabaseError

from packstation.store import backup, schema
from packstation.store.backup import BackupExistsError, DatabaseNotEmptyError, NotABackupError, back_up, restore
from packstation.store.check import check
from packstation.store.database import DatabaseAwayError, execute_many, open_database, rows_of, transaction
from packstation.store.engines import sqlite_path
from packstation.store.ledger import verify
from packstation.store.schema import SchemaNewerError, known_migrations
from packstation.store.tables.base import Table
from packstation.store.tables.base import database as proxy
from packstation.store.tables.every import columns_of
from tests.engines import PostgresServer, SqliteFiles
from tests.factories import an_order, stored
from tests.store.filling import content, fill


@pytest.fixture(params=["sqlite", "postgresql"])
def other_database(
    request: pytest.FixtureRequest, sqlite_files: SqliteFiles, postgres: PostgresServer
) -> Iterator[str]:
    """The URL of a second migrated database, empty and not opened."""
    if request.param == "sqlite":
        with sqlite_files.fresh() as url:
            yield url
    else:
        with postgres.fresh() as url:
            yield url


def opened(url: str) -> None:
    open_database(url, patient=True)


def test_a_backup_of_either_engine_restores_into_either_with_equal_content(
    database: str, other_database: str, tmp_path: Path
) -> None:
    fill()
    before = content()
    assert all(before.values()), "something in every table"
    back_up(tmp_path / "first.backup")
    opened(other_database)
    restore(tmp_path / "first.backup")
    assert content() == before
    assert check() == []
    back_up(tmp_path / "second.backup")
    opened(database)
    restore(tmp_path / "second.backup", overwrite=True)
    assert content() == before
    assert check() == []


def test_a_restored_database_goes_on_where_the_old_one_was(database: str, other_database: str, tmp_path: Path) -> None:
    fill()
    back_up(tmp_path / "a.backup")
    opened(other_database)
    restore(tmp_path / "a.backup")
    stored(an_order("NEW-1", buyer="new buyer"))
    with transaction():
        fill_again = rows_of("SELECT count(*) FROM ledger")[0][0]
    assert verify() == (fill_again, [])
    for statement in ("UPDATE ledger SET at = 1", "DELETE FROM ledger"):
        with pytest.raises(DatabaseError, match="append-only"), transaction():
            proxy.execute_sql(statement)


def test_a_backup_is_one_readable_file_of_its_owner_only(database: str, tmp_path: Path) -> None:
    fill()
    target = tmp_path / "backups" / "packstation.backup"
    target.parent.mkdir()
    back_up(target)
    assert [file.name for file in target.parent.iterdir()] == [target.name]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with closing(sqlite3.connect(target)) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert plain.execute("SELECT count(*) FROM orders").fetchone() == (6,)


def test_a_backup_overwrites_nothing(database: str, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.write_text("mine")
    with pytest.raises(BackupExistsError):
        back_up(target)
    assert target.read_text() == "mine"


def test_a_backup_does_not_overwrite_a_file_that_appeared_while_it_was_written(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "late"
    monkeypatch.setattr(backup, "_reach_the_disk", lambda _part: target.write_text("mine"))
    with pytest.raises(BackupExistsError):
        back_up(target)
    assert target.read_text() == "mine"
    assert not list(tmp_path.glob("*.part"))


def test_a_backup_that_fails_leaves_no_file(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_part: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_reach_the_disk", full)
    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(OSError, match="No space"):
        back_up(folder / "a.backup")
    assert list(folder.iterdir()) == []


def test_a_backup_where_links_are_unknown_is_renamed(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_paths: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)
    back_up(tmp_path / "a.backup")
    assert (tmp_path / "a.backup").is_file()
    (tmp_path / "b.backup").write_text("mine")
    with pytest.raises(BackupExistsError):
        back_up(tmp_path / "b.backup")


def test_a_backup_is_the_state_of_one_moment(
    postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    before = content()
    seen: list[type[Table]] = []

    def meanwhile() -> None:
        stored(an_order("LATER", buyer="later"))
        proxy.obj.close()

    def slowly(table: type[Table]) -> list[str]:
        seen.append(table)
        if len(seen) == 3:
            other = threading.Thread(target=meanwhile)
            other.start()
            other.join()
        return columns_of(table)

    monkeypatch.setattr("packstation.store.backup.columns_of", slowly)
    back_up(tmp_path / "a.backup")
    monkeypatch.undo()
    assert rows_of("SELECT count(*) FROM orders WHERE number = 'LATER'") == [(1,)]
    restore(tmp_path / "a.backup", overwrite=True)
    assert content() == before


def test_a_database_that_holds_something_is_restored_into_only_when_told(database: str, tmp_path: Path) -> None:
    back_up(tmp_path / "empty.backup")
    fill()
    before = content()
    with pytest.raises(DatabaseNotEmptyError):
        restore(tmp_path / "empty.backup")
    assert content() == before
    restore(tmp_path / "empty.backup", overwrite=True)
    assert not any(content().values())


def a_copy(file: Path, *statements: str) -> Path:
    """The backup with something done to it."""
    with closing(sqlite3.connect(file)) as copy:
        for statement in statements:
            copy.execute(statement)
        copy.commit()
    return file


@pytest.fixture
def good_backup(database: str, tmp_path: Path) -> Path:
    """A backup of a filled database, which stays this process's."""
    fill()
    back_up(tmp_path / "good.backup")
    return tmp_path / "good.backup"


def test_what_is_no_backup_is_refused_and_changes_nothing(good_backup: Path, tmp_path: Path) -> None:
    before = content()
    text = tmp_path / "text"
    text.write_text("orders")
    half = tmp_path / "half"
    half.write_bytes(good_backup.read_bytes()[: good_backup.stat().st_size // 2])
    empty = tmp_path / "nothing"
    empty.write_bytes(b"")
    other = a_copy(tmp_path / "other.db", "CREATE TABLE schema_migration (name TEXT)", "CREATE TABLE recipes (x)")
    for file in (tmp_path / "missing", tmp_path, text, half, empty, other):
        with pytest.raises(NotABackupError) as refused:
            restore(file, overwrite=True)
        assert "\n" not in str(refused.value)
    assert content() == before


def test_a_backup_of_a_newer_program_is_refused(good_backup: Path) -> None:
    newer = a_copy(good_backup, "INSERT INTO schema_migration (name, applied) VALUES ('9999_tomorrow', '2030-01-01')")
    before = content()
    with pytest.raises(SchemaNewerError, match="9999_tomorrow"):
        restore(newer, overwrite=True)
    assert content() == before


def test_a_backup_with_a_row_that_cannot_be_stored_is_restored_not_at_all(good_backup: Path) -> None:
    before = content()
    torn = a_copy(good_backup, "UPDATE order_item SET order_id = 4711 WHERE order_id = 1")
    with pytest.raises(NotABackupError, match="order_item"):
        restore(torn, overwrite=True)
    assert content() == before
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        proxy.execute_sql("DELETE FROM ledger")


def test_a_backup_of_an_earlier_schema_is_brought_up_to_date(
    sqlite_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(an_order())
    back_up(tmp_path / "old.backup")
    migrations = tmp_path / "migrations"
    migrations.mkdir()
    for name in known_migrations():
        (migrations / f"{name}.py").write_text((schema.MIGRATIONS / f"{name}.py").read_text())
    (migrations / "9000_notes.py").write_text(
        "def up(_migrator, db):\n    db.execute_sql(\"UPDATE orders SET seller_note = 'old'\")\n"
    )
    monkeypatch.setattr(schema, "MIGRATIONS", migrations)
    schema.migrate()
    before = (tmp_path / "old.backup").read_bytes()
    restore(tmp_path / "old.backup", overwrite=True)
    assert rows_of("SELECT seller_note FROM orders") == [("old",)]
    assert (tmp_path / "old.backup").read_bytes() == before


def test_a_live_sqlite_database_can_be_backed_up_while_another_process_writes(
    sqlite_database: str, tmp_path: Path
) -> None:
    stored(an_order())
    with closing(sqlite3.connect(sqlite_path(sqlite_database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE orders SET seller_note = 'unfinished'")
        back_up(tmp_path / "a.backup")
    with closing(sqlite3.connect(tmp_path / "a.backup")) as copy:
        assert copy.execute("SELECT seller_note FROM orders").fetchall() == [("",)]


def test_a_disk_that_cannot_be_written_to_is_told(database: str, tmp_path: Path) -> None:
    with pytest.raises((OSError, DatabaseAwayError)):
        back_up(tmp_path / "nowhere" / "a.backup")


def test_the_token_of_the_installation_comes_back_with_its_backup(database: str, tmp_path: Path) -> None:
    token = schema.installation_token()
    back_up(tmp_path / "a.backup")
    execute_many("UPDATE installation SET value = ? WHERE name = 'token'", [("OTHER",)])
    restore(tmp_path / "a.backup")
    assert schema.installation_token() == token
