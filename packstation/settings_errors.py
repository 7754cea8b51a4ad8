"""Mistakes in config files, told in one line: file (or environment), key, value, and what is allowed."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

_PASSWORD = re.compile(r"(//[^:/@\s]*):[^@\s]*@")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_KEY_ITSELF = "[key]"
_LONGEST_SHOWN = 60
_ALLOWED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a section",
    "float_parsing": "a number",
    "float_type": "a number",
    "frozen_set_type": "a list",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "mapping_type": "a section",
    "model_type": "a section",
    "string_type": "text in quotes",
    "tuple_type": "a list",
}
"""What is allowed, by pydantic's name of the mistake; for the others pydantic's own words say it."""


class SettingsError(Exception):
    """A mistake in the settings. The text is one line naming file (or environment), key, value and what is allowed."""


def read_toml(file: Path) -> dict[str, Any]:
    """What a TOML file says.

    Raises:
        SettingsError: it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: is not TOML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise SettingsError(f"{file}: is not TOML: nested too deeply") from error


def first_mistake(error: ValidationError) -> tuple[list[str], Any, str]:
    """The first mistake of a validation as (path of its key, wrong value, what is wrong).

    What is wrong is empty for a key that does not exist.
    """
    mistake = error.errors()[0]
    path = [str(part) for part in mistake["loc"] if part != _KEY_ITSELF]
    if mistake["type"] == "extra_forbidden":
        return path, mistake["input"], ""
    allowed = _ALLOWED.get(mistake["type"]) or re.sub(r"^(Input should be |Value error, )", "", mistake["msg"])
    return path, mistake["input"], allowed


def mistake_line(origin: str, key: str, value: object, allowed: str) -> str:
    """The line about a value that is not allowed."""
    return f"{origin}: {key} = {shown(value)}: allowed: {allowed}"


def unknown_key_line(origin: str, key: str, path: Iterable[str], model: type[BaseModel]) -> str:
    """The line about a key that `model`, whose top `path` starts at, does not have."""
    *above, last = path
    return f"{origin}: {key}: no such key; {suggestion(last, known_keys(model, above))}"


def dotted(path: Iterable[str]) -> str:
    """A key as TOML writes it."""
    return ".".join(part if _BARE_KEY.fullmatch(part) else shown(part) for part in path)


def known_keys(model: type[BaseModel], path: Iterable[str]) -> Collection[str]:
    """The keys of the section that `path` leads to from the top; none when it leads to a plain value."""
    inner: Any = model
    for part in path:
        if get_origin(inner) is None and isinstance(inner, type) and issubclass(inner, BaseModel):
            inner = inner.model_fields[part].annotation if part in inner.model_fields else None
        else:
            inner = (get_args(inner) or (None,))[-1]
    return inner.model_fields if isinstance(inner, type) and issubclass(inner, BaseModel) else ()


def suggestion(wrong: str, known: Collection[str]) -> str:
    """What may have been meant by a key that does not exist."""
    nearest = difflib.get_close_matches(wrong, known, n=1)
    return f"did you mean {nearest[0]}?" if nearest else f"allowed: {', '.join(known)}"


def shown(value: object) -> str:
    """A value fit for one line: short, printable, and without the password of a URL."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        text = repr(value)
    text = _PASSWORD.sub(r"\1:***@", text)
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
