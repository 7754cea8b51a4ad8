"""The one database of this process, SQLite or PostgreSQL behind the same calls: opened, written in transactions, asked.

On SQLite writing transactions begin IMMEDIATE: a deferred one fails at once when another process writes.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from peewee import Database, DatabaseError, InterfaceError, OperationalError, SqliteDatabase
from peewee import __exception_wrapper__ as orm_errors  # type: ignore[attr-defined]

from packstation.store.engines import engine_of, one_line
from packstation.store.tables.base import database as proxy

_opened: WeakKeyDictionary[Database, Callable[[], Database]] = WeakKeyDictionary()


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
    database = engine_of(url, patient=patient)
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


def is_sqlite() -> bool:
    """Whether this process's database is SQLite."""
    return isinstance(proxy.obj, SqliteDatabase)


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
