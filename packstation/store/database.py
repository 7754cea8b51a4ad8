"""The one database of this process: SQLite in a file, or PostgreSQL, behind the same calls.

SQLite: WAL, foreign keys, a busy timeout, and writing transactions that begin IMMEDIATE (a deferred one fails at once when
another process writes). PostgreSQL: psycopg 3, pooled; connect, statement, lock and TCP timeouts so that no screen freezes.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from weakref import WeakKeyDictionary

from peewee import Database, DatabaseError, InterfaceError, OperationalError, SqliteDatabase
from peewee import __exception_wrapper__ as orm_errors  # type: ignore[attr-defined]

from packstation.store.sqlite_file import SharedSqliteDatabase
from packstation.store.tables.base import database as proxy

_BUSY_TIMEOUT_SECONDS = 5
_STATION_TIMEOUT_MS = 2_000
_CHECKPOINT_PAGES = 1_000
_STATION_CHECKPOINT_PAGES = 4_000
"""A checkpoint waits for the disk: where a daemon runs it comes first, and nobody stands at a desk meanwhile."""
_PATIENT_LOCK_TIMEOUT_MS = 60_000
_NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "fuse.rclone", "davfs", "ceph", "afs", "9p", "ncpfs"}
)
_MOUNT_ESCAPE = re.compile(r"\\([0-7]{3})")


_opened: WeakKeyDictionary[Database, Callable[[], Database]] = WeakKeyDictionary()


class DatabaseUrlError(ValueError):
    """The database URL cannot be used; the text is one line saying why and what is allowed."""


class DatabaseAwayError(Exception):
    """The database cannot be reached, does not answer in time, or is a file that cannot be read."""


def open_database(url: str, *, patient: bool = False) -> Database:
    """Make the database of a URL the one of this process. Connections are opened by the threads that use it.

    Args:
        url: `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user:password@host:port/name`.
        patient: for work that may take long (import, migration, checks): on PostgreSQL no statement timeout, and a long one
            for locks.

    Raises:
        DatabaseUrlError: no such kind of database, or a SQLite file on a network share.
    """
    close_database()
    scheme, colon, _rest = url.partition(":")
    if colon and scheme == "sqlite":
        database = _sqlite(url, patient)
    elif colon and scheme in ("postgresql", "postgres"):
        database = _postgresql(url, patient)
    else:
        raise DatabaseUrlError("database: the URL must begin with sqlite:/// or postgresql://")
    proxy.initialize(database)
    _opened[database] = partial(open_database, url, patient=patient)
    return database


def opening_again() -> Callable[[], Database]:
    """What another process of this program calls, to open the database that this one has open; it can be pickled."""
    return _opened[proxy.obj]


def close_database() -> None:
    """Close this thread's connection and, for a pool, all idle ones."""
    database = proxy.obj
    if database is None:
        return
    if not database.is_closed():
        database.close()
    if hasattr(database, "close_all"):
        database.close_all()


def sqlite_path(url: str) -> Path:
    """The file of an SQLite URL.

    Raises:
        DatabaseUrlError: the URL names no file.
    """
    path = unquote(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path:
        raise DatabaseUrlError(f"database {url!r}: must be sqlite:/// followed by a file")
    return Path(path).expanduser()


def is_sqlite() -> bool:
    """Whether this process's database is SQLite."""
    return isinstance(proxy.obj, SqliteDatabase)


def _sqlite(url: str, patient: bool) -> Database:
    path = sqlite_path(url)
    share = network_file_system(path)
    if share:
        raise DatabaseUrlError(
            f"database {path}: lies on a network share ({share}), where SQLite loses data; use a local disk or postgresql://"
        )
    _make_for_owner_only(path)
    return SharedSqliteDatabase(
        str(path),
        patience=_BUSY_TIMEOUT_SECONDS,
        pragmas={
            "journal_mode": "wal",
            "foreign_keys": 1,
            "synchronous": "full",
            "cache_size": -64_000,
            "wal_autocheckpoint": _CHECKPOINT_PAGES if patient else _STATION_CHECKPOINT_PAGES,
        },
    )


def _make_for_owner_only(file: Path) -> None:
    """Make the empty file that SQLite would make readable by everybody; its journals take over the file's mode."""
    # Never open one that exists: closing it again would drop the locks that this process's connections hold on it.
    with suppress(OSError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def network_file_system(path: Path, mounts: str = "/proc/mounts") -> str | None:
    """The kind of network file system that `path` lies on, None on a local one or where the system does not tell."""
    try:
        lines = Path(mounts).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    absolute = os.path.realpath(path)
    best, kind = "", None
    for line in lines:
        _device, mount, file_system = (*line.split(" "), "", "", "")[:3]
        folder = _MOUNT_ESCAPE.sub(lambda escape: chr(int(escape[1], 8)), mount)
        if (absolute == folder or absolute.startswith(folder.rstrip("/") + "/")) and len(folder) >= len(best):
            best, kind = folder, file_system
    return kind if kind in _NETWORK_FILE_SYSTEMS else None


def _postgresql(url: str, patient: bool) -> Database:
    from playhouse.pool import PooledPostgresqlDatabase

    arguments = _connection_arguments(url)
    name = arguments.pop("dbname")
    timeouts = f"-c lock_timeout={_PATIENT_LOCK_TIMEOUT_MS if patient else _STATION_TIMEOUT_MS}"
    if not patient:
        timeouts += f" -c statement_timeout={_STATION_TIMEOUT_MS}"
    arguments["options"] = f"{arguments.get('options', '')} {timeouts}".strip()
    database: Database = PooledPostgresqlDatabase(
        name,
        max_connections=8,
        stale_timeout=300,
        timeout=2,
        prefer_psycopg3=True,
        **{"connect_timeout": 2, "tcp_user_timeout": _STATION_TIMEOUT_MS, **arguments},
    )
    return database


def _connection_arguments(url: str) -> dict[str, Any]:
    """What a PostgreSQL URL says, as libpq's parameters. The ORM's own parser would leave passwords percent-encoded."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import make_conninfo

    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise DatabaseUrlError("database postgresql://: the URL has no readable host and port") from error
    arguments: dict[str, Any] = dict(parse_qsl(parts.query))
    named = {
        "dbname": unquote(parts.path.lstrip("/")),
        "host": unquote(parts.hostname or ""),
        "port": port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
    }
    arguments.update({name: value for name, value in named.items() if value})
    if "dbname" not in arguments:
        raise DatabaseUrlError("database postgresql://: the URL ends without the database's name")
    try:
        make_conninfo(**arguments)
    except ProgrammingError as error:
        raise DatabaseUrlError(f"database postgresql://: {one_line(error)}") from error
    return arguments


@contextmanager
def transaction() -> Iterator[None]:
    """One writing transaction: all of it or nothing. Never await or wait for a person inside.

    Raises:
        DatabaseAwayError: the database cannot be reached or is locked for longer than the timeouts.
    """
    with answering(), proxy.atomic():
        yield


@contextmanager
def snapshot() -> Iterator[None]:
    """Reads that all see the database as it is at the first of them, while others go on writing.

    Raises:
        DatabaseAwayError: the database does not answer.
    """
    if is_sqlite():
        with answering(), proxy.atomic("DEFERRED"):
            yield
    else:
        with answering(), proxy.atomic():
            proxy.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def bulk_writing() -> Iterator[None]:
    """While orders are stored that can be handed in again: commits do not wait for the disk, which never breaks the file."""
    if not is_sqlite():
        yield
        return
    proxy.execute_sql("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        proxy.execute_sql("PRAGMA synchronous = FULL")


@contextmanager
def answering() -> Iterator[None]:
    """Turn the engine's ways of not answering into one typed error, and drop the broken connection.

    Raises:
        DatabaseAwayError: the database cannot be reached or does not answer in time, or its file is none.
    """
    try:
        yield
    except DatabaseError as error:
        # SQLite has no class of its own for a file that is damaged or no database.
        unreadable = is_sqlite() and type(error) is DatabaseError
        if not unreadable and not isinstance(error, OperationalError):
            raise
        if not proxy.obj.in_transaction():
            proxy.obj.close()
        raise DatabaseAwayError(one_line(_first_cause(error))) from error
    except InterfaceError as error:
        if not proxy.obj.in_transaction():
            proxy.obj.close()
        raise DatabaseAwayError(one_line(error)) from error


def _first_cause(error: BaseException) -> BaseException:
    """What went wrong first: SQLite rolls back by itself when the disk is full, and then the ORM's own rollback fails too."""
    while isinstance(error.__context__, DatabaseError | sqlite3.Error):
        error = error.__context__
    return error


def one_line(error: BaseException) -> str:
    """The first line of an engine's error, without addresses and without passwords."""
    text = (str(error) or type(error).__name__).splitlines()[0]
    return re.sub(r"password=\S+", "password=…", text)


def lock_orders(order_ids: Iterable[int]) -> None:
    """Lock orders in id order for this transaction, before anything about them is read or decided."""
    ids = sorted(set(order_ids))
    if ids and not is_sqlite():
        marks = ",".join(["%s"] * len(ids))
        proxy.execute_sql(f"SELECT id FROM orders WHERE id IN ({marks}) ORDER BY id FOR UPDATE", ids)


def lock_name(name: str) -> None:
    """Keep other transactions that lock this name waiting until this one ends: for what has no row yet to lock.

    On SQLite a writing transaction is alone already.
    """
    if not is_sqlite():
        rows_of("SELECT pg_advisory_xact_lock(hashtext(?))", (name,))


def database_now() -> int:
    """The database's clock in ms UTC: leases and deadlines of several stations compare with it alone."""
    if is_sqlite():
        return time.time_ns() // 1_000_000
    return int(proxy.execute_sql("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint").fetchone()[0])


def execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement for many rows on this thread's connection; `?` stands for a value on either engine."""
    if not rows:
        return
    cursor = proxy.cursor()
    with orm_errors:
        cursor.executemany(_for_engine(sql), rows)


def rows_of(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a query; `?` stands for a value on either engine."""
    database = proxy.obj
    if isinstance(database, SqliteDatabase):
        # A scan asks some thirty questions: past the ORM's own bookkeeping each costs half.
        with orm_errors:
            connection: sqlite3.Connection = database.connection()  # type: ignore[no-untyped-call]
            return connection.execute(sql, values).fetchall()
    return list(database.execute_sql(_for_engine(sql), values).fetchall())


def _for_engine(sql: str) -> str:
    return sql if is_sqlite() else sql.replace("%", "%%").replace("?", "%s")


def reserve_ids(table: str, count: int) -> Sequence[int]:
    """Rising ids for `count` new rows of a table, inside the writing transaction."""
    if is_sqlite():
        first = (rows_of(f"SELECT max(id) FROM {table}")[0][0] or 0) + 1
        return range(first, first + count)
    # One by one from the sequence: rows that other transactions insert meanwhile take theirs from it too.
    sql = "SELECT nextval(pg_get_serial_sequence(?, 'id')::regclass) FROM generate_series(1, ?)"
    return sorted(row[0] for row in rows_of(sql, (table, count)))
