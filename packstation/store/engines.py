"""The two engines behind the database: what a URL says, and how each is set up.

SQLite: WAL, foreign keys, a busy timeout. PostgreSQL: psycopg 3, pooled; connect, statement, lock and TCP timeouts so that no
screen freezes.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from peewee import Database

from packstation.store.sqlite_file import SharedSqliteDatabase

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


class DatabaseUrlError(ValueError):
    """The database URL cannot be used; the text is one line saying why and what is allowed."""


def engine_of(url: str, *, patient: bool) -> Database:
    """The database of a URL, with no connection open yet.

    Args:
        url: as `open_database` takes it.
        patient: for work that may take long.

    Raises:
        DatabaseUrlError: no such kind of database, or a SQLite file on a network share.
    """
    scheme, colon, _rest = url.partition(":")
    if colon and scheme == "sqlite":
        return _sqlite(url, patient)
    if colon and scheme in ("postgresql", "postgres"):
        return _postgresql(url, patient)
    raise DatabaseUrlError("database: the URL must begin with sqlite:/// or postgresql://")


def sqlite_path(url: str) -> Path:
    """The file of an SQLite URL.

    Raises:
        DatabaseUrlError: the URL names no file.
    """
    path = unquote(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path:
        raise DatabaseUrlError(f"database {url!r}: must be sqlite:/// followed by a file")
    return Path(path).expanduser()


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


def one_line(error: BaseException) -> str:
    """The first line of an engine's error, without addresses and without passwords."""
    text = (str(error) or type(error).__name__).splitlines()[0]
    return re.sub(r"password=\S+", "password=…", text)
