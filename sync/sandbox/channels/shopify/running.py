"""Runs the fields of a query over plain data, and counts what it costs. Source: "API rate limits", calculated query cost."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.sandbox.channels.shopify.language import Field

MOST_POINTS = 1000
_MOST_AT_ONCE = 250


class FieldProblemError(ValueError):
    """A field that does not exist or is used wrongly; `code` is Shopify's word for it."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Connection:
    """A list that is read in pages. `cursor_of` makes the place behind a node, `object_of` what is shown of it."""

    nodes: Sequence[Any]
    cursor_of: Callable[[Any], str] | None = None
    object_of: Callable[[Any], Mapping[str, Any]] = dict


def selected(value: object, fields: tuple[Field, ...]) -> dict[str, Any]:
    """The fields of an object that were asked for.

    Raises:
        FieldProblemError: one that it has not, or one of a list without `first`.
    """
    if not isinstance(value, dict):
        raise FieldProblemError("Selections can't be made on scalars", "selectionMismatch")
    found: dict[str, Any] = {}
    for field in fields:
        if field.name not in value:
            raise FieldProblemError(f"Field '{field.name}' doesn't exist on this type", "undefinedField")
        found[field.name] = _resolved(value[field.name], field)
    return found


def requested_cost(field: Field) -> int:
    """What a field could cost: a point for each object, as often as its list may repeat it."""
    if not field.fields:
        return 0
    nodes = next((one for one in field.fields if one.name == "nodes"), None)
    inner = 1 + sum(requested_cost(one) for one in (nodes.fields if nodes else field.fields))
    if "ids" in field.arguments:
        return len(field.arguments["ids"]) * inner
    first = field.arguments.get("first")
    if first is None:
        return inner
    return int(first) * inner + (2 if nodes else 0)


def actual_cost(value: object) -> int:
    """What an answer did cost: its objects."""
    if isinstance(value, dict):
        return 1 + sum(actual_cost(one) for one in value.values())
    return sum(actual_cost(one) for one in value) if isinstance(value, list) else 0


def _resolved(value: object, field: Field) -> object:
    if isinstance(value, Connection):
        return _page(value, field)
    if isinstance(value, list):
        first = field.arguments.get("first")
        rows = value if first is None else value[: _checked(first)]
        return [selected(row, field.fields) if field.fields and row is not None else row for row in rows]
    if field.fields:
        return None if value is None else selected(value, field.fields)
    if isinstance(value, dict):
        raise FieldProblemError(f"Field '{field.name}' must have selections", "selectionMismatch")
    return value


def _page(connection: Connection, field: Field) -> Mapping[str, Any]:
    first = _checked(field.arguments.get("first"))
    after = field.arguments.get("after")
    start = 0
    if after is not None:
        start = _start(connection, str(after))
    nodes = list(connection.nodes[start : start + first])
    end = _cursor(connection, start + len(nodes) - 1) if nodes else None
    whole = {
        "nodes": [connection.object_of(node) for node in nodes],
        "pageInfo": {"hasNextPage": start + first < len(connection.nodes), "endCursor": end},
    }
    return selected(whole, field.fields)


def _checked(first: object) -> int:
    if not isinstance(first, int) or not 1 <= first <= _MOST_AT_ONCE:
        raise FieldProblemError(f"you must provide one of first or last, at most {_MOST_AT_ONCE}", "BAD_REQUEST")
    return first


def _cursor(connection: Connection, place: int) -> str:
    text = connection.cursor_of(connection.nodes[place]) if connection.cursor_of else f"{place:08d}"
    return base64.b64encode(text.encode()).decode()


def cursor_text(after: str) -> str:
    """What a cursor was made of.

    Raises:
        FieldProblemError: it is none.
    """
    try:
        return base64.b64decode(after, validate=True).decode()
    except ValueError:
        raise FieldProblemError("Invalid cursor for current pagination sort.", "BAD_REQUEST") from None


def _start(connection: Connection, after: str) -> int:
    """The first node behind a cursor, whether or not the one that it was made of is still there."""
    text = cursor_text(after)
    if connection.cursor_of is None:
        return int(text) + 1 if text.isdigit() else 0
    return sum(1 for node in connection.nodes if connection.cursor_of(node) <= text)
