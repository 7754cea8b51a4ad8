"""The clock of the acts, and a world to act in whose database is checked after every test."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest

import packstation.acts
from packstation.store.check import check
from tests.acts.worlds import Clock, World


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The database's clock as all acts see it: it stands until a test moves it."""
    standing = Clock()
    for module in pkgutil.iter_modules(packstation.acts.__path__):
        acts = import_module(f"packstation.acts.{module.name}")
        if hasattr(acts, "database_now"):
            monkeypatch.setattr(acts, "database_now", standing)
    return standing


@pytest.fixture
def world(database: str, clock: Clock) -> Iterator[World]:
    """A shop with a policy, a packer at a desk, on each engine; afterwards nothing may be wrong with its database."""
    yield World(clock)
    assert check() == []
