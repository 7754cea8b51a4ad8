from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from packstation.store import engines
from packstation.store.database import (
    DatabaseAwayError,
    close_database,
    database_now,
    execute_many,
    open_database,
    reserve_ids,
    rows_of,
    snapshot,
    transaction,
)
from packstation.store.engines import DatabaseUrlError, network_file_system, sqlite_path
from packstation.store.tables.base import database as proxy
from tests.engines import PostgresServer
from tests.factories import a_shop, stored
from tests.factories import an_order as order


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:secret@host/name",
        "packstation.db",
        "sqlite://packstation.db",
        "sqlite:///",
        "postgresql://user:secret@host",
        "postgresql://user:secret@host:many/name",
        "postgresql://user:secret@[::1/name",
        "postgresql://user:secret@host/name?no_such_option=1",
    ],
)
def test_a_url_that_cannot_be_used_is_one_line_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUrlError) as refused:
        open_database(url)
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_password_is_percent_decoded_and_options_of_the_url_stay() -> None:
    url = "postgresql://us%40er:p%40ss%2Fw%3Ard@db.example:5433/pa%20ck?sslmode=require&options=-c%20work_mem%3D64MB"
    open_database(url)
    try:
        parameters = proxy.obj.connect_params
        assert proxy.obj.database == "pa ck"
        assert (parameters["user"], parameters["password"]) == ("us@er", "p@ss/w:rd")
        assert (parameters["host"], parameters["port"], parameters["sslmode"]) == ("db.example", 5433, "require")
        assert parameters["options"].startswith("-c work_mem=64MB -c lock_timeout=")
        assert "statement_timeout" in parameters["options"]
        assert parameters["connect_timeout"] == 2
    finally:
        close_database()


def test_patient_work_has_no_statement_timeout() -> None:
    open_database("postgresql://host/name", patient=True)
    try:
        assert "statement_timeout" not in proxy.obj.connect_params["options"]
    finally:
        close_database()


def test_an_sqlite_url_is_relative_with_three_slashes_and_absolute_with_four() -> None:
    assert sqlite_path("sqlite:///data/pack%20station.db") == Path("data/pack station.db")
    assert sqlite_path("sqlite:////var/lib/packstation.db") == Path("/var/lib/packstation.db")


@pytest.fixture
def mounts(tmp_path: Path) -> str:
    (tmp_path / "linked").symlink_to("/srv/share")
    file = tmp_path / "mounts"
    file.write_text(
        "/dev/sda1 / ext4 rw 0 0\n"
        "\n"
        "server:/export /srv/share nfs4 rw 0 0\n"
        "/dev/sdb1 /srv/share/local ext4 rw 0 0\n"
        "//nas/files /mnt/two\\040words cifs rw 0 0\n"
    )
    return str(file)


def test_a_file_on_a_network_share_is_recognised_by_its_nearest_mount(mounts: str, tmp_path: Path) -> None:
    assert network_file_system(Path("/srv/share/packstation.db"), mounts) == "nfs4"
    assert network_file_system(Path("/srv/share/local/packstation.db"), mounts) is None
    assert network_file_system(Path("/srv/shared/packstation.db"), mounts) is None
    assert network_file_system(Path("/mnt/two words/packstation.db"), mounts) == "cifs"
    assert network_file_system(tmp_path / "linked" / "packstation.db", mounts) == "nfs4"
    assert network_file_system(Path("/srv/share/packstation.db"), "/no/such/list") is None


def test_an_sqlite_file_on_a_network_share_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "network_file_system", lambda _path: "nfs4")
    with pytest.raises(DatabaseUrlError, match="nfs4"):
        open_database("sqlite:////srv/share/packstation.db")


def test_a_locked_sqlite_file_is_a_database_that_is_away(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_BUSY_TIMEOUT_SECONDS", 0.05)
    open_database(sqlite_database)
    other = sqlite3.connect(sqlite_path(sqlite_database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(DatabaseAwayError), transaction():
            pass
    finally:
        other.close()
    with transaction():
        assert rows_of("SELECT count(*) FROM orders") == [(0,)]


def test_a_locked_row_in_postgresql_is_a_database_that_is_away(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    [order_id] = stored(order())
    monkeypatch.setattr(engines, "_STATION_TIMEOUT_MS", 500)
    open_database(postgres_database)
    change = "UPDATE orders SET seller_note = ? WHERE id = ?"
    with psycopg.connect(postgres_database) as other:
        other.execute("SELECT 1 FROM orders FOR UPDATE")
        with pytest.raises(DatabaseAwayError), transaction():
            execute_many(change, [("mine", order_id)])
        other.rollback()
    with transaction():
        execute_many(change, [("mine", order_id)])
    assert rows_of("SELECT seller_note FROM orders") == [("mine",)]


def test_a_server_that_went_away_is_told_and_found_again(postgres: PostgresServer, postgres_database: str) -> None:
    assert database_now() > 0
    postgres.disconnect_everybody()
    with pytest.raises(DatabaseAwayError), transaction():
        rows_of("SELECT 1")
    with transaction():
        assert rows_of("SELECT 1") == [(1,)]


def test_a_transaction_that_raises_leaves_nothing(database: str) -> None:
    def half_way() -> None:
        with transaction():
            execute_many("INSERT INTO installation (name, value) VALUES (?, ?)", [("a", "b")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    assert rows_of("SELECT * FROM installation") == []


def test_a_snapshot_does_not_see_what_is_committed_meanwhile(database: str) -> None:
    count = "SELECT count(*) FROM installation"
    with snapshot():
        assert rows_of(count) == [(0,)]
        _insert_elsewhere(database)
        assert rows_of(count) == [(0,)]
    assert rows_of(count) == [(1,)]


def _insert_elsewhere(url: str) -> None:
    insert = "INSERT INTO installation (name, value) VALUES ('a', 'b')"
    if url.startswith("sqlite"):
        with sqlite3.connect(sqlite_path(url)) as other:
            other.execute(insert)
    else:
        import psycopg

        with psycopg.connect(url) as remote:
            remote.execute(insert)


def test_reserved_ids_rise_and_are_nobody_elses(database: str) -> None:
    with transaction():
        first = list(reserve_ids("customer", 3))
        execute_many("INSERT INTO customer (id) VALUES (?)", [(reserved,) for reserved in first])
        second = list(reserve_ids("customer", 2))
    assert first + second == sorted(set(first + second))
    stored(order(), shop=a_shop())
    assert rows_of("SELECT count(DISTINCT id) FROM customer WHERE id >= ?", (first[0],))[0][0] == 4


def test_ids_reserved_by_two_at_once_never_meet(postgres_database: str) -> None:
    import psycopg

    insert = "INSERT INTO shop (name, channel, currency, zone) VALUES (%s, 'c', 'VND', 'UTC') RETURNING id"
    with psycopg.connect(postgres_database, autocommit=True) as other, transaction():
        mine = list(reserve_ids("shop", 3))
        theirs = other.execute(insert, ("a",)).fetchone()
        mine += reserve_ids("shop", 3)
    assert theirs is not None
    assert theirs[0] not in mine
    assert len(set(mine)) == 6


def test_a_statement_may_have_percent_signs_on_either_engine(database: str) -> None:
    stored(order("A-50%"))
    assert rows_of("SELECT number FROM orders WHERE number LIKE '%\\%' ESCAPE '\\' AND cod = ?", (True,)) == [
        ("A-50%",)
    ]
    execute_many("UPDATE orders SET seller_note = '50 %s' WHERE number = ?", [("A-50%",)])
    assert rows_of("SELECT seller_note FROM orders") == [("50 %s",)]


def test_a_new_sqlite_file_and_its_journals_are_its_owners_only(tmp_path: Path) -> None:
    umask = os.umask(0o022)
    try:
        open_database(f"sqlite:///{tmp_path / 'new.db'}")
        proxy.execute_sql("CREATE TABLE thing (id INTEGER)")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
        assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)
    finally:
        close_database()
        os.umask(umask)


def test_the_mode_of_an_sqlite_file_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "shared.db"
    file.touch()
    file.chmod(0o660)
    open_database(f"sqlite:///{file}")
    close_database()
    assert stat.S_IMODE(file.stat().st_mode) == 0o660
