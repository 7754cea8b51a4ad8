"""Mapping files in their folder: of which kind each is, read and checked when it is used; a mistake is told in one line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from packstation.locale import _
from sync.files.errors import MappingError, UnknownFormatError, shown

Kind = Literal["orders", "cod_statement", "waybills"]
ORDERS: Literal["orders"] = "orders"
COD_STATEMENT: Literal["cod_statement"] = "cod_statement"
WAYBILLS: Literal["waybills"] = "waybills"


class Keys(BaseModel):
    """A table of a mapping file: only the keys that there are."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


AMapping = TypeVar("AMapping", bound=Keys)


def names_of_kind(folder: Path | None, kind: Kind) -> list[str]:
    """The names of the mappings of this kind in the folder, sorted; one that says no kind that there is counts as one of orders."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(path.stem for path in folder.glob("*.toml") if _kind(path) == kind)


def _kind(path: Path) -> str:
    try:
        told = tomllib.loads(path.read_text("utf-8")).get("kind", ORDERS)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
        return ORDERS
    return told if told in get_args(Kind) else ORDERS


def load(mapping: type[AMapping], folder: Path, name: str, names: Sequence[str]) -> AMapping:
    """A mapping file as its keys.

    Args:
        mapping: the keys that it may have.
        folder: the folder of mapping files.
        name: the file's name without `.toml`.
        names: those that there are.

    Raises:
        UnknownFormatError: there is none of that name.
        MappingError: it is no TOML, or a key is wrong.
    """
    if name not in names:
        raise UnknownFormatError(
            what=_("no format is called {name}").format(name=shown(name)),
            where=folder,
            remedy=_("use one of {names}").format(names=", ".join(names)),
        )
    path = folder / f"{name}.toml"
    try:
        keys = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise MappingError(what=_("the mapping is no readable TOML"), where=path, remedy=shown(error)) from error
    try:
        return mapping.model_validate(keys)
    except ValidationError as error:
        raise _mistake(mapping, path, error) from error


def _mistake(mapping: type[Keys], path: Path, error: ValidationError) -> MappingError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    kind = first["type"]
    value: Any = first["input"]
    if kind == "missing":
        what = _("the key is missing")
        allowed = _("add it")
    elif kind == "extra_forbidden":
        what = _("there is no such key")
        allowed = _("allowed: {values}").format(values=", ".join(_keys_beside(mapping, first["loc"])))
    else:
        what = _("not this value: {value}").format(value="" if isinstance(value, AnyMapping) else shown(repr(value)))
        context = first.get("ctx", {})
        reason = context.get("expected") or context.get("error") or context.get("pattern") or first["msg"]
        allowed = _("allowed: {values}").format(values=reason)
    return MappingError(what=what, where=f"{path}: {key}" if key else path, remedy=allowed)


def _keys_beside(mapping: type[Keys], location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed where an unknown one stood."""
    model = mapping
    for part in location[:-1]:
        if not isinstance(part, str) or part not in model.model_fields:
            continue
        annotation = model.model_fields[part].annotation
        models = [one for one in _flat(annotation) if isinstance(one, type) and issubclass(one, Keys)]
        if models:
            model = models[0]
    return list(model.model_fields)


def _flat(annotation: object) -> list[object]:
    inner = get_args(annotation)
    return [one for part in inner for one in _flat(part)] if inner else [annotation]
