"""SQLite in a file that several processes write to: whoever waits for its turn gets it soon.

SQLite itself waits in growing steps, up to a tenth of a second (`sqliteDefaultBusyCallback`), so that beside a process that writes
nearly all the time a scan would wait for hundreds of milliseconds. Asking again every half millisecond finds the next gap.
"""

from __future__ import annotations

import time

from peewee import OperationalError, SqliteDatabase

_ASK_AGAIN = 0.0005
_BUSY = ("database is locked", "database table is locked")


class SharedSqliteDatabase(SqliteDatabase):
    """A file whose writing transactions begin IMMEDIATE and wait for others at most `patience` seconds."""

    def __init__(self, path: str, *, patience: float, pragmas: dict[str, object]) -> None:
        super().__init__(path, pragmas=pragmas, timeout=patience, lock_type="IMMEDIATE")
        self._patience = patience

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
            while True:
                try:
                    super().begin(lock_type)
                    return
                except OperationalError as error:
                    if str(error) not in _BUSY or time.monotonic() > deadline:
                        raise
                time.sleep(_ASK_AGAIN)
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {round(self._patience * 1000)}")
