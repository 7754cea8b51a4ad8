"""The schema: migrations under a lock, the refusal of a newer one, and this installation's own facts."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peewee import SqliteDatabase

from packstation.domain.codes import IME_PROOF_ALPHABET
from packstation.store.database import DatabaseAwayError, answering, is_sqlite, rows_of
from packstation.store.engines import one_line
from packstation.store.relinking import link_from_buyers
from packstation.store.tables.base import database as proxy
from packstation.store.tables.people import InstallationRow

LINKING = "0013_linking"
"""The migration before which nothing was kept of what links buyers."""
MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 7_215_001
_WAIT_SECONDS = 60
_TOKEN_LENGTH = 6


class SchemaNewerError(Exception):
    """The database was migrated by a newer program; this one must not touch it."""


class NoSchemaError(Exception):
    """The database has no tables of ours yet, or not the newest."""


def known_migrations() -> list[str]:
    """The names of the migrations that this program brings, in order."""
    return sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))


def applied_migrations() -> list[str]:
    """The names of the migrations that the database has, in order.

    Raises:
        DatabaseAwayError: the database does not answer.
    """
    with answering():
        if not proxy.table_exists("schema_migration"):
            return []
        return sorted(row[0] for row in rows_of("SELECT name FROM schema_migration"))


def check_schema() -> None:
    """Make sure that the database has exactly this program's schema.

    Raises:
        SchemaNewerError: it has migrations that this program does not know.
        NoSchemaError: migrations are missing.
        DatabaseAwayError: the database does not answer.
    """
    applied, known = set(applied_migrations()), set(known_migrations())
    if applied - known:
        raise SchemaNewerError(max(applied - known))
    if known - applied:
        raise NoSchemaError(min(known - applied))


def migrate() -> list[str]:
    """Apply the missing migrations, one process at a time; the names of those applied.

    Raises:
        SchemaNewerError: the database has migrations that this program does not know.
        DatabaseAwayError: the database does not answer.
    """
    from playhouse.migrations import Runner

    with answering(), _alone():
        unknown = set(applied_migrations()) - set(known_migrations())
        if unknown:
            raise SchemaNewerError(max(unknown))
        names: list[str] = Runner(proxy.obj, str(MIGRATIONS)).up()
        if LINKING in names:
            link_from_buyers()
        return names


def migrate_file(path: Path) -> None:
    """Apply the missing migrations to an SQLite file that is not this process's database and that nobody else uses.

    What is written is not made to reach the disk.
    """
    from playhouse.migrations import Runner

    database = SqliteDatabase(str(path), pragmas={"synchronous": "off"})
    try:
        Runner(database, str(MIGRATIONS)).up()
    finally:
        database.close()


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other processes from migrating at the same time: the runner itself has no lock."""
    if not is_sqlite():
        # Asked for again and again, as waiting for it would run into the connection's timeouts.
        deadline = time.monotonic() + _WAIT_SECONDS
        while not rows_of("SELECT pg_try_advisory_lock(?)", (_ADVISORY_LOCK,))[0][0]:
            if time.monotonic() > deadline:
                raise DatabaseAwayError("another process is migrating the database")
            time.sleep(0.1)
        try:
            yield
        finally:
            rows_of("SELECT pg_advisory_unlock(?)", (_ADVISORY_LOCK,))
        return
    # A second database file serves as the lock: it works the same on every system and ends with the process.
    try:
        lock = sqlite3.connect(f"{proxy.obj.database}.migrating", timeout=_WAIT_SECONDS, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise DatabaseAwayError(one_line(error)) from error
    try:
        yield
    finally:
        lock.close()


def installation_token() -> str:
    """The token in this installation's own command codes; made when first asked for."""
    InstallationRow.insert(name="token", value=_new_token()).on_conflict_ignore().execute()
    return str(InstallationRow.get(InstallationRow.name == "token").value)


def _new_token() -> str:
    return "".join(secrets.choice(IME_PROOF_ALPHABET) for _ in range(_TOKEN_LENGTH))
