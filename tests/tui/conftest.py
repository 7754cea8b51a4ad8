"""A small shop in a fresh SQLite file for every test of the station."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from packstation.locale import use_language
from tests.tui.worlds import World, a_world


@pytest.fixture
def world(sqlite_database: str) -> Iterator[World]:
    """People and a policy, no orders yet; the station's language is given back afterwards."""
    yield a_world(sqlite_database)
    use_language("en")
