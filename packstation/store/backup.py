"""Backups: every row in one portable SQLite file, written from either engine and read back into either."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from peewee import BooleanField, DataError, IntegrityError

from packstation.store.database import execute_many, is_sqlite, one_line, rows_of, snapshot, transaction
from packstation.store.schema import SchemaNewerError, known_migrations, migrate_file
from packstation.store.tables.base import Table
from packstation.store.tables.base import database as proxy
from packstation.store.tables.every import EVERY_TABLE, columns_of, key_of, name_of
from packstation.store.tables.people import InstallationRow

_BATCH = 1_000


class BackupExistsError(Exception):
    """There is such a file already; backups overwrite nothing."""


class NotABackupError(Exception):
    """The file is no whole backup of packstation; the text is one line saying why."""


class DatabaseNotEmptyError(Exception):
    """The database to restore into holds something; the text names a table."""


def back_up(target: Path) -> int:
    """Write the database as it is at one moment to a new SQLite file that only its owner can read; the number of rows.

    The file has another name until it is whole.

    Raises:
        BackupExistsError: `target` exists.
        OSError: it cannot be written.
        DatabaseAwayError: the database does not answer, or the disk is full.
    """
    if target.exists():
        raise BackupExistsError(str(target))
    handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        with snapshot():
            copied = sum(_copy_table(table, part) for table in _prepared(part))
        if is_sqlite():
            proxy.execute_sql("VACUUM INTO ?", (name,))
    finally:
        part.unlink(missing_ok=True)
    return copied
