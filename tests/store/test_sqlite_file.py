from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from peewee import OperationalError

from packstation.store.database import close_database, execute_many, open_database, rows_of, transaction
from packstation.store.sqlite_file import SharedSqliteDatabase
from packstation.store.tables.base import database as proxy
from tests.forking import forking

TURNS = 25
_HELD_FOR = 0.005
_TABLE = "CREATE TABLE turns (who TEXT)"


def write_until(url: str, who: str, begun: Any, enough: Any) -> None:
    """Write in a loop without a pause, each transaction some milliseconds long, until told that it is enough."""
    open_database(url)
    while not enough.is_set():
        with transaction():
            execute_many("INSERT INTO turns (who) VALUES (?)", [(who,)])
            time.sleep(_HELD_FOR)
        begun.set()
    close_database()


def test_who_waits_for_its_turn_is_next_while_other_processes_write_all_the_time(sqlite_database: str) -> None:
    rows_of(_TABLE)
    context = forking()
    enough = context.Event()
    begun = [context.Event() for _ in range(2)]
    others = [
        context.Process(target=write_until, args=(sqlite_database, f"other {n}", one, enough))
        for n, one in enumerate(begun)
    ]
    try:
        for other in others:
            other.start()
        assert all(one.wait(60) for one in begun)
        between = []
        for _ in range(TURNS):
            [(before,)] = rows_of("SELECT count(*) FROM turns")
            with transaction():
                [(after,)] = rows_of("SELECT count(*) FROM turns")
            between.append(after - before)
    finally:
        enough.set()
        for other in others:
            other.join(30)
            other.kill()
            other.join()
    assert sum(between) > 0, "nobody was in the way"
    assert sorted(between)[TURNS // 2] <= len(others) + 2, "each of the others had about one turn meanwhile"
    assert [other.exitcode for other in others] == [0, 0]


@pytest.fixture
def held(tmp_path: Path) -> Any:
    """A file whose lock another connection has, until the test lets it go."""
    file = tmp_path / "held.db"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute(_TABLE)
        other.execute("BEGIN IMMEDIATE")
        yield file, other


def opened(file: Path, patience: float = 0.05) -> Any:
    return SharedSqliteDatabase(str(file), patience=patience, pragmas={})


def test_patience_ends_in_an_error_and_the_next_try_may_succeed(held: Any) -> None:
    file, other = held
    database = opened(file)
    with pytest.raises(OperationalError, match="locked"), database.atomic():
        pass
    assert not database.in_transaction()
    assert database.execute_sql("PRAGMA busy_timeout").fetchone() == (50,)
    other.execute("ROLLBACK")
    with database.atomic():
        database.execute_sql("INSERT INTO turns VALUES ('mine')")
    assert other.execute("SELECT who FROM turns").fetchall() == [("mine",)]
    database.close()


def is_anybodys_turn(turn: Any) -> bool:
    """Whether somebody holds the lock of the file of turns."""
    fcntl = pytest.importorskip("fcntl")
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(turn, fcntl.LOCK_UN)
    return False


def test_nobody_overtakes_the_one_whose_turn_is_next(held: Any) -> None:
    file, other = held
    for turn in range(8):
        told: list[str] = []

        def write(who: str, told: list[str]) -> None:
            database = opened(file, 60)
            with database.atomic():
                told.append(who)
            database.close()

        first, second = (threading.Thread(target=write, args=(who, told)) for who in ("first", "second"))
        first.start()
        with Path(f"{file}.turn").open("a") as turns:
            while not is_anybodys_turn(turns):
                assert first.is_alive()
                time.sleep(_HELD_FOR / 10)
        second.start()
        time.sleep(_HELD_FOR)
        other.execute("ROLLBACK")
        for thread in (first, second):
            thread.join(60)
        assert told == ["first", "second"], turn
        other.execute("BEGIN IMMEDIATE")


def test_one_who_keeps_the_turn_for_ever_holds_nobody_up_for_longer_than_patience(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    database = opened(tmp_path / "a.db")
    with (tmp_path / "a.db.turn").open("w") as stuck:
        fcntl.flock(stuck, fcntl.LOCK_EX)
        with database.atomic():
            database.execute_sql(_TABLE)
    assert database.execute_sql("SELECT count(*) FROM turns").fetchone() == (0,)
    database.close()


def test_an_error_of_the_database_is_told_at_once(tmp_path: Path) -> None:
    database = opened(tmp_path / "a.db", 600)
    with database.atomic(), pytest.raises(OperationalError, match="within a transaction"):
        database.begin()
    database.close()


def test_a_file_beside_which_no_other_can_be_made_is_written_all_the_same(tmp_path: Path) -> None:
    database = opened(tmp_path / "a.db")
    (tmp_path / "a.db.turn").mkdir()
    with database.atomic():
        database.execute_sql(_TABLE)
    assert database.table_exists("turns")
    database.close()


def test_reading_at_one_moment_waits_for_nobody(held: Any) -> None:
    file, _other = held
    database = opened(file)
    with database.atomic("DEFERRED"):
        assert database.execute_sql("SELECT count(*) FROM turns").fetchone() == (0,)
    database.close()


def test_a_closed_connection_leaves_no_open_handle(sqlite_database: str) -> None:
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        pytest.skip("the system does not list a process's open files")

    def turns_open() -> int:
        found = (link.readlink() for link in handles.iterdir() if link.is_symlink())
        return sum(target.name.endswith(".turn") for target in found)

    with transaction():
        assert turns_open() == 1
    proxy.obj.close()
    assert turns_open() == 0
