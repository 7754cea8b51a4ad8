"""The shop that the tests of the running program work in."""

from __future__ import annotations

import pytest

from tests.end_to_end.shop import World, a_world


@pytest.fixture
def world(sqlite_database: str) -> World:
    """An empty shop in a fresh database, which the program and the test have open at the same time."""
    return a_world(sqlite_database)
