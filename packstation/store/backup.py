"""Backups: the rows in one portable SQLite file, written from either engine and read back into either.

Credentials are never among them, not even sealed: a backup travels further than the key may.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from peewee import BooleanField, DataError, IntegrityError

from packstation.store.database import answering, execute_many, is_sqlite, rows_of, snapshot, transaction
from packstation.store.engines import one_line
from packstation.store.relinking import link_from_buyers
from packstation.store.schema import LINKING, SchemaNewerError, known_migrations, migrate_file
from packstation.store.tables.base import Table
from packstation.store.tables.base import database as proxy
from packstation.store.tables.credentials import CredentialRow
from packstation.store.tables.every import EVERY_TABLE, NOT_IN_BACKUPS, columns_of, key_of, name_of
from packstation.store.tables.people import InstallationRow

_BATCH = 1_000
_LEDGER = "ledger"


class BackupExistsError(Exception):
    """There is such a file already; backups overwrite nothing."""


class NotABackupError(Exception):
    """The file is no whole backup of packstation; the text is one line saying why."""


class DatabaseNotEmptyError(Exception):
    """The database to restore into holds something already; the text names a table with rows."""


def back_up(target: Path) -> None:
    """Write the database as it is at one moment to a new SQLite file that only its owner can read.

    The file bears another name until it is whole.

    Raises:
        BackupExistsError: `target` exists.
        OSError: it cannot be written.
        DatabaseAwayError: the database does not answer, or the disk is full.
    """
    if target.exists():
        raise BackupExistsError(str(target))
    handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        if is_sqlite():
            with answering():
                proxy.execute_sql("VACUUM INTO ?", (name,))
            _wipe(part)
        else:
            _copy_every_table(part)
        _reach_the_disk(part)
        _rename_to_free_name(part, target)
    finally:
        part.unlink(missing_ok=True)


def _wipe(part: Path) -> None:
    """Take out what no backup holds; the bytes where it stood become zeros, and no journal gets a copy."""
    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = MEMORY")
        copy.execute("PRAGMA secure_delete = ON")
        for table in NOT_IN_BACKUPS:
            copy.execute(f"DELETE FROM {name_of(table)}")


def _copy_every_table(part: Path) -> None:
    migrate_file(part)
    with closing(sqlite3.connect(part)) as copy, snapshot():
        copy.execute("PRAGMA synchronous = OFF")
        for table in _backed_up():
            columns = columns_of(table)
            insert = f"INSERT INTO {name_of(table)} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            # A cursor with a name stays at the server: a table need not fit into this process.
            with proxy.connection().cursor(name=f"backup_{name_of(table)}") as rows:
                rows.execute(f"SELECT {', '.join(columns)} FROM {name_of(table)} ORDER BY {', '.join(key_of(table))}")
                while batch := rows.fetchmany(_BATCH):
                    copy.executemany(insert, batch)
        copy.commit()


def _backed_up() -> list[type[Table]]:
    return [table for table in EVERY_TABLE if table not in NOT_IN_BACKUPS]


def _reach_the_disk(part: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _rename_to_free_name(part: Path, target: Path) -> None:
    try:
        os.link(part, target)
    except FileExistsError as error:
        raise BackupExistsError(str(target)) from error
    except OSError as error:
        # Memory sticks and some shares know no links; there a file that appears between these two lines is lost.
        if target.exists():
            raise BackupExistsError(str(target)) from error
        part.replace(target)


def restore(source: Path, *, overwrite: bool = False) -> None:
    """Read a backup into this process's database, which has this program's schema: all of it or nothing.

    Args:
        source: a backup, also one of an earlier schema, or an SQLite database of packstation that nobody uses.
        overwrite: throw away what the database holds, its ledger too.

    Raises:
        NotABackupError: the file is none, or is damaged.
        SchemaNewerError: it comes from a newer program.
        DatabaseNotEmptyError: the database holds something and may not be overwritten.
        DatabaseAwayError: the database does not answer.
    """
    with _opened(source) as backup, transaction():
        if not overwrite:
            _refuse_unless_empty()
        logins = _logins()
        _empty_every_table()
        for table in _backed_up():
            try:
                _fill(table, backup)
            except (sqlite3.DatabaseError, IntegrityError, DataError) as error:
                raise NotABackupError(f"{source}: table {name_of(table)}: {one_line(error)}") from error
        _keep(logins)
        if LINKING in _missing_migrations(source):
            link_from_buyers()


@contextmanager
def _opened(source: Path) -> Iterator[sqlite3.Connection]:
    """The backup, sound and with this program's schema; one of an earlier schema is brought up to it in a copy."""
    missing = _missing_migrations(source)
    if not missing:
        with _reading(source) as backup:
            yield backup
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "backup.db"
        shutil.copyfile(source, copy)
        migrate_file(copy)
        with _reading(copy) as backup:
            yield backup


@contextmanager
def _reading(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as backup:
        yield backup


def _missing_migrations(source: Path) -> set[str]:
    if not source.is_file():
        raise NotABackupError(f"{source}: no such file")
    with _reading(source) as backup:
        try:
            tables = {row[0] for row in backup.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "schema_migration" not in tables or name_of(InstallationRow) not in tables:
                raise NotABackupError(f"{source}: is no backup of packstation")
            applied = {row[0] for row in backup.execute("SELECT name FROM schema_migration")}
            newer = applied - set(known_migrations())
            if newer:
                raise SchemaNewerError(max(newer))
            damage = backup.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise NotABackupError(f"{source}: {one_line(error)}") from error
    if damage != "ok":
        raise NotABackupError(f"{source}: damaged: {damage.splitlines()[0]}")
    return set(known_migrations()) - applied


def _refuse_unless_empty() -> None:
    for table in EVERY_TABLE:
        if table is not InstallationRow and rows_of(f"SELECT 1 FROM {name_of(table)} LIMIT 1"):
            raise DatabaseNotEmptyError(name_of(table))


def _empty_every_table() -> None:
    """Delete all rows; the ledger's guards stand aside for it, inside the transaction only."""
    if not is_sqlite():
        proxy.execute_sql(f"ALTER TABLE {_LEDGER} DISABLE TRIGGER USER")
        proxy.execute_sql(f"TRUNCATE {', '.join(name_of(table) for table in EVERY_TABLE)}")
        proxy.execute_sql(f"ALTER TABLE {_LEDGER} ENABLE TRIGGER USER")
        return
    guards = rows_of("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (_LEDGER,))
    for name, _sql in guards:
        proxy.execute_sql(f"DROP TRIGGER {name}")
    for table in reversed(EVERY_TABLE):
        proxy.execute_sql(f"DELETE FROM {name_of(table)}")
    for _name, sql in guards:
        proxy.execute_sql(sql)


def _logins() -> list[tuple[Any, ...]]:
    """The credentials that are here, each after its shop's name and channel."""
    columns = ", ".join(f"c.{column}" for column in columns_of(CredentialRow))
    return rows_of(f"SELECT s.name, s.channel, {columns} FROM credential c JOIN shop s ON s.id = c.shop_id")


def _keep(logins: list[tuple[Any, ...]]) -> None:
    """Give shops that are the same after as before their credentials back: else their sellers would have to consent anew."""
    columns = columns_of(CredentialRow)
    place = columns.index("shop_id")
    same = {tuple(row) for row in rows_of("SELECT name, channel, id FROM shop")}
    kept = [row for name, channel, *row in logins if (name, channel, row[place]) in same]
    execute_many(f"INSERT INTO credential ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", kept)


def _fill(table: type[Table], backup: sqlite3.Connection) -> None:
    name, columns = name_of(table), columns_of(table)
    insert = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    booleans = [place for place, field in enumerate(table._meta.sorted_fields) if isinstance(field, BooleanField)]
    rows = backup.execute(f"SELECT {', '.join(columns)} FROM {name} ORDER BY {', '.join(key_of(table))}")
    while batch := rows.fetchmany(_BATCH):
        execute_many(insert, [_with_booleans(row, booleans) for row in batch])
    if not is_sqlite() and key_of(table) == ["id"]:
        # The next row made here must get an id that no restored row has.
        sql = f"SELECT setval(pg_get_serial_sequence(?, 'id'), coalesce(max(id), 1), max(id) IS NOT NULL) FROM {name}"
        rows_of(sql, (name,))


def _with_booleans(row: tuple[Any, ...], booleans: list[int]) -> tuple[Any, ...]:
    """The row with its booleans as such: SQLite keeps them as 0 and 1."""
    if not booleans:
        return row
    values = list(row)
    for place in booleans:
        values[place] = None if values[place] is None else bool(values[place])
    return tuple(values)
