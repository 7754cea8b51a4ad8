"""As much of GraphQL's language as queries about orders need: operations, variables, arguments, fragments. October 2021 edition."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_MARK = re.compile(r'[\s,]+|#[^\n]*|(\.\.\.|[{}()\[\]:!=$@|]|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|[_A-Za-z]\w*)')


class SyntaxProblemError(ValueError):
    """The document is not GraphQL, or of a kind that is not known here."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field that is asked for, its arguments filled in; `fields` are those inside it."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """What a document asks for."""

    kind: str
    fields: tuple[Field, ...]


def parsed(document: str, variables: Mapping[str, Any]) -> Operation:
    """The one operation of a document.

    Raises:
        SyntaxProblemError: it is none, or lacks a variable.
    """
    return _Parser(document, variables).document()


class _Parser:
    def __init__(self, document: str, variables: Mapping[str, Any]) -> None:
        self._marks = [*_marks(document), ""]
        self._place = 0
        self._variables = variables
        self._fragments: dict[str, int] = {}

    def document(self) -> Operation:
        start = kind = None
        while self._peek():
            word = self._take()
            if word == "fragment":
                name = self._take()
                self._expect("on")
                self._take()
                self._fragments[name] = self._place
            elif word in ("query", "mutation") and start is None:
                kind = word
                self._take()
                self._declared()
                start = self._place
            else:
                raise SyntaxProblemError(word)
            self._skip_block()
        if start is None or kind is None:
            raise SyntaxProblemError("no operation")
        self._place = start
        return Operation(kind, self._selection())

    def _declared(self) -> None:
        """The variables: those that must not be null are there."""
        if self._peek() != "(":
            return
        self._take()
        while self._peek() != ")":
            self._expect("$")
            name = self._take()
            self._expect(":")
            kind = self._take()
            while self._peek() not in ("$", ")"):
                kind += self._take()
            if kind.endswith("!") and self._variables.get(name) is None:
                raise SyntaxProblemError(f"Variable ${name} of type {kind} was provided invalid value")
        self._take()

    def _selection(self) -> tuple[Field, ...]:
        self._expect("{")
        fields: list[Field] = []
        while self._peek() != "}":
            if self._peek() == "...":
                fields += self._spread()
                continue
            name = self._take()
            arguments = self._arguments() if self._peek() == "(" else {}
            inside = self._selection() if self._peek() == "{" else ()
            fields.append(Field(name, arguments, inside))
        self._take()
        return tuple(fields)

    def _spread(self) -> tuple[Field, ...]:
        self._take()
        name = self._take()
        back = self._place
        if name not in self._fragments:
            raise SyntaxProblemError(f"Fragment {name} was used, but not defined")
        self._place = self._fragments[name]
        fields = self._selection()
        self._place = back
        return fields

    def _arguments(self) -> dict[str, Any]:
        self._take()
        found: dict[str, Any] = {}
        while self._peek() != ")":
            name = self._take()
            self._expect(":")
            found[name] = self._value()
        self._take()
        return found

    def _value(self) -> object:
        mark = self._take()
        if mark == "$":
            return self._variables.get(self._take())
        if mark in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[mark]
        return json.loads(mark) if mark[:1] in '"-0123456789' else mark

    def _skip_block(self) -> None:
        self._expect("{")
        depth = 1
        while depth:
            mark = self._take()
            depth += (mark == "{") - (mark == "}")

    def _peek(self) -> str:
        return self._marks[self._place]

    def _take(self) -> str:
        mark = self._marks[self._place]
        if not mark:
            raise SyntaxProblemError("unexpected end of document")
        self._place += 1
        return mark

    def _expect(self, mark: str) -> None:
        if self._take() != mark:
            raise SyntaxProblemError(f"expected {mark}")


def _marks(document: str) -> Iterator[str]:
    place = 0
    while place < len(document):
        match = _MARK.match(document, place)
        if match is None:
            raise SyntaxProblemError(document[place])
        place = match.end()
        if match[1]:
            yield match[1]
