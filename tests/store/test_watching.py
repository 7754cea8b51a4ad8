from __future__ import annotations

import threading
from collections.abc import Callable

from packstation.store.database import execute_many, rows_of, transaction
from packstation.store.tables.base import database as connections
from packstation.store.watching import change_mark
from tests.factories import an_order, stored


def elsewhere(act: Callable[[], object]) -> None:
    """Do something on another connection, as another process would."""

    def work() -> None:
        try:
            act()
        finally:
            connections.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def rename(name: str) -> None:
    with transaction():
        execute_many("UPDATE shop SET name = ?", [(name,)])


def test_the_mark_stays_while_nothing_is_written_and_reading_does_not_move_it(database: str) -> None:
    stored(an_order())
    before = change_mark()
    rows_of("SELECT count(*) FROM orders")
    elsewhere(lambda: rows_of("SELECT count(*) FROM orders"))
    assert change_mark() == before


def test_what_another_connection_commits_moves_the_mark(database: str) -> None:
    stored(an_order())
    before = change_mark()
    elsewhere(lambda: rename("elsewhere"))
    assert change_mark() != before


def test_what_this_connection_writes_moves_the_mark_too(database: str) -> None:
    stored(an_order())
    before = change_mark()
    rename("here")
    assert change_mark() != before


def test_what_is_committed_after_the_mark_was_taken_is_never_missed(database: str) -> None:
    stored(an_order())
    written, looked = threading.Event(), threading.Event()

    def write_and_wait() -> None:
        try:
            with transaction():
                execute_many("UPDATE shop SET name = ?", [("late",)])
                written.set()
                looked.wait(10)
        finally:
            connections.close()

    thread = threading.Thread(target=write_and_wait)
    thread.start()
    written.wait(10)
    during = change_mark()
    assert rows_of("SELECT name FROM shop") == [("shop-a",)], "not committed yet"
    looked.set()
    thread.join()
    assert change_mark() != during
