from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from packstation.store.backup import DatabaseNotEmptyError, back_up, restore
from packstation.store.credentials import (
    all_credentials,
    claim_renewal,
    extend_claim,
    put_credential,
    release_claim,
    replace_credential,
    sealed_credential,
)
from packstation.store.database import bulk_writing, database_now, execute_many, is_sqlite, rows_of, transaction
from packstation.store.shops import shop_id_of
from tests.factories import a_shop, an_order, stored

HOUR = 3_600_000


@pytest.fixture
def shop_id(database: str) -> int:
    with transaction():
        return shop_id_of(a_shop())


def clock_ahead(monkeypatch: pytest.MonkeyPatch, ms: int) -> None:
    monkeypatch.setattr("packstation.store.credentials.database_now", lambda: database_now() + ms)


def test_what_a_person_logs_in_with_is_there_until_the_next_login(shop_id: int) -> None:
    assert sealed_credential(shop_id) is None
    put_credential(shop_id, "one", 1, 2)
    first = sealed_credential(shop_id)
    assert first is not None
    assert (first.sealed, first.version, first.expires_at, first.refresh_expires_at) == ("one", 1, 1, 2)
    put_credential(shop_id, "two", None, None)
    second = sealed_credential(shop_id)
    assert second is not None
    assert (second.sealed, second.version, second.expires_at) == ("two", 2, None)
    assert [(row[0], row[1], row[2].sealed) for row in all_credentials()] == [(shop_id, a_shop().name, "two")]


def test_a_renewal_replaces_the_version_that_it_was_made_from_only(shop_id: int) -> None:
    put_credential(shop_id, "one", None, None)
    assert replace_credential(shop_id, 1, "two", 5, 6)
    assert not replace_credential(shop_id, 1, "late", 5, 6)
    assert not replace_credential(shop_id + 1, 1, "nobody", 5, 6)
    row = sealed_credential(shop_id)
    assert row is not None
    assert (row.sealed, row.version) == ("two", 2)


def test_one_process_renews_at_a_time_until_it_says_so_or_is_silent_too_long(
    shop_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_credential(shop_id, "one", None, None)
    assert claim_renewal(shop_id, 1, "a", HOUR)
    assert not claim_renewal(shop_id, 1, "b", HOUR)
    assert not extend_claim(shop_id, "b", HOUR)
    release_claim(shop_id, "b")
    assert not claim_renewal(shop_id, 1, "b", HOUR)
    release_claim(shop_id, "a")
    assert claim_renewal(shop_id, 1, "b", HOUR)
    clock_ahead(monkeypatch, HOUR - 60_000)
    assert not claim_renewal(shop_id, 1, "c", HOUR)
    assert extend_claim(shop_id, "b", HOUR)
    clock_ahead(monkeypatch, HOUR + 60_000)
    assert not claim_renewal(shop_id, 1, "c", HOUR)
    clock_ahead(monkeypatch, 3 * HOUR)
    assert claim_renewal(shop_id, 1, "c", HOUR)
    assert not extend_claim(shop_id, "b", HOUR)


def test_a_claim_is_for_the_version_that_its_process_knows(shop_id: int) -> None:
    put_credential(shop_id, "one", None, None)
    put_credential(shop_id, "two", None, None)
    assert not claim_renewal(shop_id, 1, "a", HOUR)
    assert claim_renewal(shop_id, 2, "a", HOUR)


def test_a_login_ends_a_claim(shop_id: int) -> None:
    put_credential(shop_id, "one", None, None)
    assert claim_renewal(shop_id, 1, "a", HOUR)
    put_credential(shop_id, "two", None, None)
    assert claim_renewal(shop_id, 2, "b", HOUR)


def test_a_renewal_that_was_begun_stays_recorded_until_one_is_stored(shop_id: int) -> None:
    def begun() -> int | None:
        row = sealed_credential(shop_id)
        assert row is not None
        return row.renewing_since

    put_credential(shop_id, "one", None, None)
    assert begun() is None
    claim_renewal(shop_id, 1, "a", HOUR)
    first = begun()
    assert first is not None
    release_claim(shop_id, "a")
    assert begun() == first
    claim_renewal(shop_id, 1, "b", HOUR)
    assert begun() == first
    replace_credential(shop_id, 1, "two", None, None)
    assert begun() is None


def test_a_credential_reaches_the_disk_also_while_orders_are_written_in_bulk(
    shop_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[object] = []

    def now() -> int:
        asked = "PRAGMA synchronous" if is_sqlite() else "SHOW synchronous_commit"
        modes.append(rows_of(asked)[0][0])
        return database_now()

    monkeypatch.setattr("packstation.store.credentials.database_now", now)
    if not is_sqlite():
        execute_many("SET synchronous_commit = off", [()])
    with bulk_writing():
        put_credential(shop_id, "one", None, None)
        claim_renewal(shop_id, 1, "a", HOUR)
        replace_credential(shop_id, 1, "two", None, None)
        if is_sqlite():
            assert rows_of("PRAGMA synchronous") == [(1,)]
    assert modes == ([2] * 3 if is_sqlite() else ["on"] * 3)


def test_a_credential_is_never_stored_inside_a_transaction_that_may_be_undone(shop_id: int) -> None:
    with pytest.raises(RuntimeError, match="inside another transaction"), transaction():
        put_credential(shop_id, "one", None, None)
    assert sealed_credential(shop_id) is None


SEALED = "SEALED-" + "x1Y2" * 12_000 + "-SEALED"


@pytest.mark.parametrize("logins", [1, 40])
def test_a_backup_has_no_trace_of_a_credential(database: str, tmp_path: Path, logins: int) -> None:
    stored(an_order())
    for number in range(logins):
        with transaction():
            other = shop_id_of(a_shop(f"shop {number}"))
        for version in range(3):
            put_credential(other, f"{version}{SEALED}{number}", 1, 2)
    back_up(tmp_path / "a.backup")
    whole = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file() and ".backup" in file.name)
    assert b"SEALED" not in whole
    assert b"x1Y2x1Y2" not in whole
    with closing(sqlite3.connect(tmp_path / "a.backup")) as copy:
        assert copy.execute("SELECT count(*) FROM credential").fetchone() == (0,)
        assert copy.execute("SELECT count(*) FROM orders").fetchone() == (1,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(all_credentials()) == logins


def test_a_backup_restored_where_it_came_from_keeps_the_logins_of_the_same_shops(database: str, tmp_path: Path) -> None:
    with transaction():
        same, renamed = shop_id_of(a_shop("same")), shop_id_of(a_shop("renamed"))
    back_up(tmp_path / "a.backup")
    put_credential(same, "login", 1, 2)
    put_credential(renamed, "other", 1, 2)
    execute_many("UPDATE shop SET name = 'new' WHERE id = ?", [(renamed,)])
    restore(tmp_path / "a.backup", overwrite=True)
    assert [(row[0], row[1], row[2].sealed) for row in all_credentials()] == [(same, "same", "login")]


def test_a_backup_that_somebody_put_a_credential_into_brings_none(shop_id: int, tmp_path: Path) -> None:
    back_up(tmp_path / "a.backup")
    with closing(sqlite3.connect(tmp_path / "a.backup")) as copy:
        copy.execute("INSERT INTO credential VALUES (?, 'planted', 1, NULL, NULL, 0, NULL, NULL, NULL)", (shop_id,))
        copy.commit()
    restore(tmp_path / "a.backup", overwrite=True)
    assert all_credentials() == []


def test_a_database_with_nothing_but_a_login_is_not_empty(shop_id: int, tmp_path: Path) -> None:
    back_up(tmp_path / "a.backup")
    put_credential(shop_id, "login", None, None)
    with pytest.raises(DatabaseNotEmptyError):
        restore(tmp_path / "a.backup")
