"""The expressions of policy rules: checked when loaded, computed without surprises.

The language is rule-engine's. Its builtins (`$now`, `$random`) and its regular expressions are refused: a verdict must depend
on the order, the history and the policy alone, and a pattern over text from outside can run for very long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rule_engine import Rule as EngineRule

_STRING_LITERAL = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_REFUSED = (("$", "builtins ($now, $random ...)"), ("=~", "regular expressions"), ("!~", "regular expressions"))

Value = int | float | str | bool | None


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

    def holds(self, figures: Mapping[str, Value]) -> bool:
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


def compile_expression(text: str, figure_types: Mapping[str, type]) -> Expression:
    """Check an expression against the figures that exist and make it ready to compute.

    Args:
        text: the expression, e.g. ``cod and cancel_ratio > 0.5 and judged >= 2``.
        figure_types: every figure's name with its type: bool, str, or float for numbers.

    Raises:
        ExpressionError: not an expression, an unknown name, mismatched types, or a refused construct.
    """
    import rule_engine
    from rule_engine.errors import EngineError, SymbolResolutionError

    bare = _STRING_LITERAL.sub("''", text)
    for mark, what in _REFUSED:
        if mark in bare:
            raise ExpressionError(f"{what} are not allowed in a rule")
    engine_types = {
        bool: rule_engine.DataType.BOOLEAN,
        str: rule_engine.DataType.STRING,
        float: rule_engine.DataType.FLOAT,
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
        raise ExpressionError(f"not an expression: {str(error).splitlines()[0] if str(error) else 'syntax'}") from error
    unknown = sorted(context.symbols - figure_types.keys())
    if unknown:
        raise ExpressionError(f"unknown figure {unknown[0]!r}")
    return Expression(text, tuple(sorted(context.symbols)), compiled)
