"""A small shop in a fresh SQLite file for every test of the station."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from packstation.locale import use_language
from packstation.store.database import close_database, open_database
from packstation.store.schema import migrate
from tests.tui.worlds import People, World, found_people, publish_shipped_policy


@pytest.fixture(scope="session", autouse=True)
def one_parsing() -> Iterator[None]:
    """Style sheets, which every app parses anew, are parsed once for all that run in this process."""
    parsed: dict[object, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def once(sheet: Stylesheet, css: str, read_from: tuple[str, str], *rest: Any, **more: Any) -> list[RuleSet]:
        key = (*sorted(sheet._variables.items()), css, read_from, rest, *sorted(more.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, css, read_from, *rest, **more)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", once)
        yield


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
