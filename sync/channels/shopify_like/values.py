"""Single values of the family's JSON, read as tolerantly as the vendors write them.

Numbers come as strings and strings as numbers, missing texts as null, missing lists as null or an object.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from packstation.domain.times import UnreadableTimeError, parse_iso
from packstation.locale import said

_LARGEST = Decimal(10) ** 18


def _text(value: object) -> object:
    return "" if value is None or value is False else value


def _object(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> object:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: object) -> object:
    return [str(one) for one in value if isinstance(one, str | int)] if isinstance(value, list) else []


def _decimal(value: object) -> object:
    if value is None or value in (False, ""):
        return Decimal(0)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("no number") from None
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueError("no number")
    return number


def _whole(value: object) -> object:
    number = _decimal(value)
    return int(number) if isinstance(number, Decimal) else number


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Amount = Annotated[Decimal, BeforeValidator(_decimal)]
Whole = Annotated[int, BeforeValidator(_whole)]
OBJECT = BeforeValidator(_object)
"""For a field that is an object: anything else counts as an empty one."""
OBJECTS = BeforeValidator(_list)
"""For a field that is a list of objects: anything else counts as none."""


class Wire(BaseModel):
    """A record of an answer; fields that nobody asked for are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


def field_of(error: ValidationError) -> str:
    """Which field cannot be read and why, without its value."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "record"
    return said("{field} cannot be read ({kind})", field=field, kind=first["type"])


def moment(text: str, zone_name: str) -> int | None:
    """A time in ms UTC, in the shop's zone where it has no offset; empty and unreadable ones are none."""
    try:
        return parse_iso(text, zone_name)
    except UnreadableTimeError:
        return None


def bare(word: str) -> str:
    """A status word for comparing: the vendors write `not_fulfilled`, `notfulfilled` and `NotFulfilled` for one thing."""
    return re.sub(r"[\s_-]+", "", word).casefold()
