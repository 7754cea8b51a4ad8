"""Fixtures that every part's tests may ask for: a fresh, migrated database of this process, on either engine."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import argon2
import pytest
from hypothesis import settings

from packstation.store.database import close_database, open_database
from tests.engines import PostgresServer, SqliteFiles, postgres_server, quick_folder

# `make test` looks at a sample, `make test-long` (HYPOTHESIS_PROFILE=thorough) at many more.
settings.register_profile("sample", max_examples=30, deadline=None)
settings.register_profile("thorough", max_examples=300, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "sample"))


def pytest_collection_finish() -> None:
    """Some hundred thousand objects stay till the end: the collector need not go through them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """PINs hashed as ever, but cheaply: guessing them is meant to take long, tests are not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argon2, "PasswordHasher", partial(argon2.PasswordHasher, time_cost=1, memory_cost=64))
        yield


@pytest.fixture(scope="session")
def sqlite_files() -> Iterator[SqliteFiles]:
    """SQLite files for the session."""
    folder = quick_folder()
    try:
        yield SqliteFiles(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for the session (of each xdist worker), started by the first test that needs it."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def sqlite_database(sqlite_files: SqliteFiles) -> Iterator[str]:
    """The URL of a fresh SQLite database, which is this process's while the test runs."""
    with sqlite_files.fresh() as url:
        open_database(url, patient=True)
        yield url


@pytest.fixture
def postgres_database(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database, which is this process's while the test runs."""
    with postgres.opened() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database, which is this process's while the test runs; the test runs once on each engine."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    return str(request.getfixturevalue(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without our tables, not opened."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        close_database()
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.empty() as url:
            yield url
