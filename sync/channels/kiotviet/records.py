"""Rows of a listing as records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from packstation.locale import said
from sync.channels.protocol import Unreadable

M = TypeVar("M", bound=BaseModel)


def read_records(rows: Iterable[Any], model: type[M], unreadable: list[Unreadable], asked: str = "") -> list[M]:
    """The rows as records; those that are none are noted."""
    found = []
    for row in rows:
        try:
            found.append(model.model_validate(row))
        except ValidationError as error:
            field_name = ".".join(str(part) for part in error.errors()[0]["loc"])
            code = row.get("code") if isinstance(row, dict) else None
            number = asked or (code if isinstance(code, str) else "")
            kind = error.errors()[0]["type"]
            why = said("{field} cannot be read ({kind})", field=field_name or "record", kind=kind)
            unreadable.append(Unreadable.of(row, number[:80], why))
    return found
