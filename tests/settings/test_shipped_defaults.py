from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel

from packstation.settings import (
    Settings,
    default_config_folder,
    default_database,
    load_settings,
)

SHIPPED = default_config_folder() / "packstation.toml"


def _is_section(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def keys(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, about in model.model_fields.items():
        if isinstance(about.annotation, type) and issubclass(about.annotation, BaseModel):
            yield from keys(about.annotation, f"{path}{name}.")
        elif (of_each := get_args(about.annotation)[-1:]) and _is_section(of_each[0]):
            yield from keys(of_each[0], f"{path}{name}.carrier.")
        else:
            yield path + name


def test_the_shipped_file_says_what_the_defaults_are() -> None:
    assert Settings(**tomllib.loads(SHIPPED.read_text(encoding="utf-8"))) == Settings()
    assert load_settings() == Settings()


def test_the_shipped_file_has_every_key_with_a_comment_above_it() -> None:
    found, section, above = set(), "", ""
    for line in SHIPPED.read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"(?:# )?\[([a-z_.]+)\]", line):
            section = header[1] + "."
        elif key := re.match(r"(?:# )?([a-z_0-9]+) = ", line):
            found.add(section + key[1])
            assert above.startswith("#"), line
        above = line
    assert found == set(keys(Settings))


def test_without_a_word_about_it_the_database_is_a_file_in_the_users_data_folder() -> None:
    assert load_settings().database == default_database()
    assert re.fullmatch(r"sqlite:///.+/packstation\.db", default_database())
