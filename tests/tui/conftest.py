"""A small shop in a fresh SQLite file for every test of the station."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from packstation.locale import use_language
from packstation.store.database import close_database, open_database
from packstation.store.schema import migrate
from tests.tui.worlds import People, World, found_people, publish_shipped_policy


@pytest.fixture(scope="session")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, People]:
    """A database file with people and a policy, made once because PINs are slow to hash, and who they are."""
    file = tmp_path_factory.mktemp("world") / "packstation.db"
    open_database(f"sqlite:///{file}", patient=True)
    migrate()
    people = found_people()
    close_database()
    return file, people


@pytest.fixture
def world(peopled: tuple[Path, People], tmp_path: Path) -> Iterator[World]:
    """People and a policy, no orders yet; the station's language is given back afterwards."""
    file, people = peopled
    copied = shutil.copy(file, tmp_path / "packstation.db")
    url = f"sqlite:///{copied}"
    open_database(url, patient=True)
    yield World(url, people)
    close_database()
    use_language("en")


@pytest.fixture
def empty_world(tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database with a policy and without people."""
    url = f"sqlite:///{tmp_path / 'packstation.db'}"
    open_database(url, patient=True)
    migrate()
    publish_shipped_policy()
    yield url
    close_database()
    use_language("en")
