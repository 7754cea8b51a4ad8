"""What each part of the house really loads, seen from a fresh process: import-linter reads sources, this looks at the result."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache

import pytest

_IMPORT_EVERYTHING = """
import importlib, json, pkgutil, sys
part = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(getattr(part, "__path__", []), f"{sys.argv[1]}."):
    if ".migrations." not in module.name:
        importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""

KNOWS = {
    "packstation.domain": {"domain"},
    "packstation.locale": {"domain", "locale"},
    "packstation.settings": {"domain", "locale", "settings", "settings_errors"},
    "packstation.store": {"domain", "store"},
    "packstation.acts": {"domain", "store", "acts"},
    "packstation.printing": {"domain", "locale", "store", "printing"},
    "packstation.reports": {"domain", "locale", "store", "reports"},
    "sync.files": {"domain", "locale", "store", "acts"},
    "sync.sandbox": {"domain", "locale", "store", "acts", "settings", "settings_errors"},
}
"""For each part, the parts of packstation that importing all of it may load."""


@lru_cache
def loaded_by(part: str) -> frozenset[str]:
    """The modules that a fresh process has loaded after importing every module of a part."""
    told = subprocess.run(
        [sys.executable, "-c", _IMPORT_EVERYTHING, part], capture_output=True, text=True, check=True, timeout=60
    )
    return frozenset(json.loads(told.stdout))


def roots(part: str) -> set[str]:
    """The top-level packages among them."""
    return {name.partition(".")[0] for name in loaded_by(part)}


@pytest.mark.parametrize("part", KNOWS)
def test_a_part_loads_no_part_that_it_may_not_know(part: str) -> None:
    parts = {name.split(".")[1] for name in loaded_by(part) if name.startswith("packstation.")}
    assert parts <= KNOWS[part]


@pytest.mark.parametrize("part", KNOWS)
def test_nothing_outside_the_terminal_ui_loads_textual(part: str) -> None:
    # httpx brings rich along, for a command line of its own.
    assert not roots(part) & ({"textual"} if "httpx" in roots(part) else {"textual", "rich"})


@pytest.mark.parametrize("part", KNOWS)
def test_only_the_store_brings_the_database_along(part: str) -> None:
    if not roots(part).isdisjoint({"peewee", "playhouse", "psycopg"}):
        assert "packstation.store" in loaded_by(part)


def test_the_domain_loads_neither_a_database_nor_a_screen_nor_a_network_nor_anything_slow() -> None:
    slow = {"rule_engine", "phonenumbers", "argon2", "pydantic", "typer"}
    assert not roots("packstation.domain") & (
        {"peewee", "playhouse", "psycopg", "sqlite3", "httpx", "asyncio", "socket"} | slow
    )


@pytest.mark.parametrize("part", ["packstation.store", "packstation.acts"])
def test_what_the_first_screen_needs_waits_for_nothing_slow(part: str) -> None:
    assert not roots(part) & {"rule_engine", "phonenumbers", "argon2", "httpx", "pydantic"}


@pytest.mark.parametrize("part", [part for part in KNOWS if not part.startswith("sync")])
def test_nothing_of_a_station_speaks_http(part: str) -> None:
    assert not roots(part) & {"httpx", "requests", "sync"}
