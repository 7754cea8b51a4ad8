"""The expressions of policy rules: checked when loaded, computed without surprises.

The language is rule-engine's. Its builtins (`$now`, `$random`) and its regular expressions are refused: a verdict must depend
on the order, the history and the policy alone, and a pattern over text from outside can run for very long. Refused too is what
would never do what it seems to say: comparing with null, numbers and texts where a condition is due, words that a figure never
has, a list where one value is due.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rule_engine import Rule as EngineRule
    from rule_engine.ast import ExpressionBase

_STRING_LITERAL = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_PARTS = ("left", "right", "condition", "case_true", "case_false", "container", "member", "object", "item")
_NULL = re.compile(r"\bnull\b")
_REFUSED = (("$", "builtins ($now, $random ...)"), ("=~", "regular expressions"), ("!~", "regular expressions"))

Value = int | float | str | bool | None
Figure = Value | tuple[str, ...]
"""What a figure can be: one value, or a list of words such as tags."""


class ExpressionError(ValueError):
    """The expression cannot be used; the text says why in one line."""


class NotComputableError(Exception):
    """The expression is sound but has no value for these figures (a division by zero, say)."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression and the figures it names."""

    text: str
    names: tuple[str, ...]
    _compiled: EngineRule

    def holds(self, figures: Mapping[str, Figure]) -> bool:
        """Whether the expression is true of the figures; one that names a null figure is not.

        Raises:
            NotComputableError: it has no value for these figures.
        """
        from rule_engine.errors import EngineError

        if any(figures[name] is None for name in self.names):
            return False
        try:
            return bool(self._compiled.matches(figures))
        except (EngineError, ArithmeticError, TypeError, ValueError, RecursionError) as error:
            raise NotComputableError(str(error)) from error

    def surely_holds(self, figures: Mapping[str, Figure]) -> bool:
        """Whether the expression is true of the figures; one that has no value for them is not."""
        try:
            return self.holds(figures)
        except NotComputableError:
            return False


def compile_expression(
    text: str, figure_types: Mapping[str, type], words: Mapping[str, Collection[str]] = MappingProxyType({})
) -> Expression:
    """Check an expression against the figures that exist and make it ready to compute.

    Args:
        text: the expression, e.g. ``cod and cancel_ratio > 0.5 and judged >= 2``.
        figure_types: every figure's name with its type: bool, str, float for numbers, or tuple for a list of words.
        words: the only words that these figures can be; naming another one is a mistake.

    Raises:
        ExpressionError: not an expression that is true or false, no figure or an unknown one, mismatched types, or a refused
            construct.
    """
    import rule_engine
    from rule_engine.errors import EngineError, SymbolResolutionError

    bare = _STRING_LITERAL.sub("''", text)
    for mark, what in _REFUSED:
        if mark in bare:
            raise ExpressionError(f"{what} are not allowed in a rule")
    if _NULL.search(bare):
        raise ExpressionError("null cannot be compared: a rule that names a null figure does not hold anyway")
    engine_types = {
        bool: rule_engine.DataType.BOOLEAN,
        str: rule_engine.DataType.STRING,
        float: rule_engine.DataType.FLOAT,
        tuple: rule_engine.DataType.ARRAY(rule_engine.DataType.STRING),
    }
    context = rule_engine.Context(
        type_resolver=rule_engine.type_resolver_from_dict(
            {name: engine_types[kind] for name, kind in figure_types.items()}
        )
    )
    try:
        compiled = rule_engine.Rule(text, context=context)
    except SymbolResolutionError as error:
        raise ExpressionError(f"unknown figure {error.symbol_name!r}") from error
    except (EngineError, RecursionError) as error:
        raise ExpressionError(f"not an expression: {_first_line(error)}") from error
    names = tuple(sorted(context.symbols))
    unknown = [name for name in names if name not in figure_types]
    if unknown:
        raise ExpressionError(f"unknown figure {unknown[0]!r}")
    if not names:
        raise ExpressionError("names no figure, so that it says the same of every order")
    whole = compiled.statement.expression
    _refuse_what_is_no_condition(whole)
    for part in _parts(whole):
        _refuse_misused_list(part, {name for name, kind in figure_types.items() if kind is tuple})
        _refuse_unknown_word(part, words)
    return Expression(text, names, compiled)


def _first_line(error: Exception) -> str:
    """What the engine complains of, without the tokens and positions that it adds."""
    lines = str(error.args[0] if error.args else error).splitlines()
    return lines[0] if lines else type(error).__name__


def _refuse_what_is_no_condition(expression: ExpressionBase) -> None:
    """Make sure that the whole and every side of `and`, `or`, `not` and `?` is true or false: the engine takes any value there."""
    from rule_engine import DataType

    for condition in (expression, *_conditions(expression)):
        if condition.result_type != DataType.BOOLEAN:
            name = getattr(condition, "name", None)
            what = repr(name) if isinstance(name, str) else "a part of it"
            raise ExpressionError(f"must be true or false: {what} is not, compare it with something")


def _conditions(expression: ExpressionBase) -> Iterator[ExpressionBase]:
    """All parts of an expression that are taken for true or false."""
    from rule_engine import ast

    for part in _parts(expression):
        if isinstance(part, ast.LogicExpression):
            yield from (part.left, part.right)
        elif isinstance(part, ast.TernaryExpression):
            yield part.condition
        elif isinstance(part, ast.UnaryExpression) and part.type == "not":
            yield part.right


def _parts(expression: ExpressionBase) -> Iterator[ExpressionBase]:
    """The expression and everything that it is made of."""
    from rule_engine import ast

    yield expression
    for part in (getattr(expression, name, None) for name in _PARTS):
        if isinstance(part, ast.ExpressionBase):
            yield from _parts(part)


def _refuse_misused_list(part: ExpressionBase, lists: Collection[str]) -> None:
    """A list of words can be asked whether it has a word, and nothing else: compared it would never be equal to one."""
    from rule_engine import DataType, ast

    is_member_test = isinstance(part, ast.ContainsExpression)
    for name in _PARTS:
        named = getattr(getattr(part, name, None), "name", None)
        if named in lists and not (is_member_test and name == "container"):
            raise ExpressionError(f"{named} is a list: write 'word' in {named}")
    if is_member_test and getattr(part.container, "name", None) in lists and part.member.result_type != DataType.STRING:
        raise ExpressionError(f"{part.container.name} has words only: write 'word' in {part.container.name}")


def _refuse_unknown_word(part: ExpressionBase, words: Mapping[str, Collection[str]]) -> None:
    """A figure compared with a word that it can never be would make a rule that never holds."""
    from rule_engine import ast

    sides = (part.member, part.container) if isinstance(part, ast.ContainsExpression) else ()
    if isinstance(part, ast.ComparisonExpression):
        sides = (part.left, part.right)
    for figure, other in (sides, sides[::-1]) if sides else ():
        name = figure.name if isinstance(figure, ast.SymbolExpression) else None
        if name is None or name not in words or not isinstance(other, ast.StringExpression | ast.ArrayExpression):
            continue
        literals = (other,) if isinstance(other, ast.StringExpression) else tuple(other.value)
        said = [literal.value for literal in literals if isinstance(literal, ast.StringExpression)]
        unknown = next((word for word in said if word not in words[name]), None)
        if unknown is not None:
            raise ExpressionError(f"{name} is never {unknown!r}, only one of: {', '.join(sorted(words[name]))}")
