"""Whether anything was written since one looked last: cheap enough to be asked many times a second.

SQLite counts the commits of others (`PRAGMA data_version`, https://www.sqlite.org/pragma.html#pragma_data_version) and the rows that
a connection changed itself. On PostgreSQL the visible transactions are compared (`pg_current_snapshot()`: two that read alike see
the same rows); unlike LISTEN/NOTIFY that needs no connection of its own, no trigger, and no lock when a transaction commits.
"""

from __future__ import annotations

import sqlite3

from packstation.store.database import is_sqlite, rows_of
from packstation.store.tables.base import database as proxy


def change_mark() -> str:
    """The state of the database as this thread's connection sees it: equal marks mean that nothing was written in between.

    Different ones mean only that something may have been. Take the mark first, then read.
    """
    if not is_sqlite():
        return str(rows_of("SELECT pg_current_snapshot()::text")[0][0])
    version = rows_of("PRAGMA data_version")[0][0]
    connection: sqlite3.Connection = proxy.obj.connection()
    return f"{id(connection)}:{version}:{connection.total_changes}"
