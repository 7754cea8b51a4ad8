"""What is stored or logged is English and in the catalogue, so that whoever looks reads it in their language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import sync

FOLDER = Path(sync.__file__ or "").parent
_PLACES = {"Unreadable": 1, "_Failure": 3, "_after_try": 1, "_show": 0}
"""Which argument is the text, where it is not an error's first."""
_NOT_STORED = frozenset({"files", "sandbox"})
_TOLD_AT_ONCE = frozenset({"NoCredentialError", "SettingsError", "ValueError"})
"""Errors that are caught and told in other words, or by a command before anything runs."""


def texts_in(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if method == "__init__" and node.args:
            yield node.args[0]
        place = _PLACES.get(name or method, 0 if name.endswith("Error") and name not in _TOLD_AT_ONCE else None)
        if place is not None and len(node.args) > place:
            yield node.args[place]


def is_told_well(text: ast.expr) -> bool:
    match text:
        case ast.Constant() | ast.JoinedStr():
            return False
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
            return is_told_well(one) and is_told_well(other)
        case ast.Call(func=ast.Attribute(attr="format")):
            return False
        case _:
            return True


def test_every_text_of_an_error_is_made_by_what_the_catalogue_knows() -> None:
    bad = []
    for file in FOLDER.rglob("*.py"):
        part = file.relative_to(FOLDER)
        if part.parts[0] in _NOT_STORED:
            continue
        for text in texts_in(ast.parse(file.read_text(encoding="utf-8"))):
            if not is_told_well(text):
                bad.append(f"{part}:{text.lineno}: {ast.unparse(text)}")
    assert bad == []


def test_only_what_is_printed_at_once_is_translated_by_the_daemon() -> None:
    at_once = {"credentials/consent.py", "channels/decision_notes.py"}
    translating = {
        str(part)
        for part in (file.relative_to(FOLDER) for file in FOLDER.rglob("*.py"))
        if part.parts[0] not in _NOT_STORED
        for node in ast.walk(ast.parse((FOLDER / part).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
    }
    assert translating <= at_once
