"""SQLite in a file that several processes write to: whoever waits for its turn gets it soon.

SQLite itself waits in growing steps, up to a tenth of a second (`sqliteDefaultBusyCallback`), so that beside a process that writes
nearly all the time a scan would wait for hundreds of milliseconds. Asking again every half millisecond finds the next gap, and
nobody overtakes: who asks holds the lock of a second file until its turn has come, and who has just written asks anew behind it.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from peewee import OperationalError, SqliteDatabase

if sys.platform != "win32":
    import fcntl

_ASK_AGAIN = 0.0005
_BUSY = ("database is locked", "database table is locked")


class SharedSqliteDatabase(SqliteDatabase):
    """A file whose writing transactions begin IMMEDIATE and wait for others at most `patience` seconds."""

    def __init__(self, path: str, *, patience: float, pragmas: dict[str, object]) -> None:
        super().__init__(path, pragmas=pragmas, timeout=patience, lock_type="IMMEDIATE")
        self._patience = patience
        self._turn = _Turn(Path(f"{path}.turn"))

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction.

        Raises:
            OperationalError: others wrote all the time.
        """
        if lock_type == "DEFERRED":
            super().begin(lock_type)
            return
        cursor = self.cursor()  # type: ignore[no-untyped-call]
        deadline = time.monotonic() + self._patience
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            with self._turn.awaited(deadline):
                self._begin_until(deadline, lock_type)
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {round(self._patience * 1000)}")

    def _begin_until(self, deadline: float, lock_type: str | None) -> None:
        while True:
            try:
                super().begin(lock_type)
                return
            except OperationalError as error:
                if str(error) not in _BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(_ASK_AGAIN)

    def _close(self, conn: sqlite3.Connection) -> None:
        super()._close(conn)  # type: ignore[misc]
        self._turn.forget()


class _Turn:
    """Who may ask for a database's lock: one at a time, of all processes and threads. The lock ends with its process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._mine = threading.local()

    @contextmanager
    def awaited(self, deadline: float) -> Iterator[None]:
        """Wait for the turn until `deadline` (by the monotonic clock), and go on without it then: it is a courtesy only."""
        handle = self._handle()
        if handle is None:
            yield
            return
        while not _locked(handle) and time.monotonic() < deadline:
            time.sleep(_ASK_AGAIN)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)

    def _handle(self) -> int | None:
        """This thread's own handle, as threads would share the lock of one; None where there are no such locks."""
        known: int | None = getattr(self._mine, "handle", None)
        if known is None and sys.platform != "win32":
            with suppress(OSError):
                known = self._mine.handle = os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600)
        return known

    def forget(self) -> None:
        """Close this thread's handle."""
        known: int | None = getattr(self._mine, "handle", None)
        self._mine.handle = None
        if known is not None:
            os.close(known)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
