from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.expressions import ExpressionError, NotComputableError, Value, compile_expression

TYPES: dict[str, type] = {"cod": bool, "total": float, "lines": float, "ratio": float, "source": str}
FIGURES: dict[str, Value] = {"cod": True, "total": 300, "lines": 2, "ratio": 0.3, "source": "app"}


def holds(text: str, **figures: Value) -> bool:
    return compile_expression(text, TYPES).holds({**FIGURES, **figures})


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("cod", True),
        ("not cod", False),
        ("cod and total > 299", True),
        ("cod and total > 300", False),
        ("total / lines == 150", True),
        ("ratio >= 0.3", True),
        ("ratio == 0.3", True),
        ("source in ['app', 'web']", True),
        ("source == 'null' or source == '$now' or source == '=~'", False),
        ("cod ? total > 1 : lines > 5", True),
        ("total > 1 == true", True),
        ("cod\n and lines == 2", True),
    ],
)
def test_an_expression_says_whether_it_is_true_of_the_figures(text: str, answer: bool) -> None:
    assert holds(text) is answer


@given(st.integers(0, 1000), st.integers(1, 1000), st.integers(0, 1000))
def test_a_ratio_compares_with_a_number_written_down_as_people_expect(part: int, whole: int, percent: int) -> None:
    ratio = part / whole
    assert holds(f"ratio > {percent / 1000}", ratio=ratio) is (ratio > percent / 1000)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "syntax error"),
        ("   ", "syntax error"),
        ("cod and", "syntax error"),
        ("cod and 'open", "illegal character"),
        ("total += 1", "illegal character"),
        ("cod and lines > 'a'", "data type mismatch"),
        ("total > cod", "data type mismatch"),
        ("colour == 'red'", "unknown figure 'colour'"),
        ("[x for x in [1]] == [1]", "unknown figure 'x'"),
        ("5", "names no figure"),
        ("5 > 3", "names no figure"),
        ("true", "names no figure"),
        ("total", "'total' is not"),
        ("source", "'source' is not"),
        ("total + lines", "a part of it is not"),
        ("cod and total", "'total' is not"),
        ("cod or not ratio", "'ratio' is not"),
        ("total ? cod : not cod", "'total' is not"),
        ("(cod and source) == true", "'source' is not"),
        ("ratio == null", "null cannot be compared"),
        ("null != ratio", "null cannot be compared"),
        ("ratio in [null]", "null cannot be compared"),
        ("cod and total > $now", "builtins"),
        ("$random(10) > 5 and cod", "builtins"),
        ("source =~ '(a+)+$'", "regular expressions"),
        ("source =~~ 'a'", "regular expressions"),
        ("source !~ 'a'", "regular expressions"),
        ("source !~~ 'a'", "regular expressions"),
        ("cod and 1 / 0 > total", "division by zero"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_in_one_line_that_says_why(text: str, complaint: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile_expression(text, TYPES)
    assert complaint in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_marks_of_what_is_refused_are_allowed_inside_texts() -> None:
    assert holds("source == '$now =~ null'", source="$now =~ null")
    assert holds('source == "it\'s null"', source="it's null")


@pytest.mark.parametrize("text", ["ratio > 0.5", "ratio < 0.5", "cod or ratio > 0.5", "not (cod and ratio > 0.5)"])
def test_an_expression_that_names_a_null_figure_anywhere_does_not_hold(text: str) -> None:
    assert holds(text, ratio=None) is False


def test_the_figures_an_expression_names_are_told_once_each() -> None:
    assert compile_expression("cod and total > 1 and total < 9", TYPES).names == ("cod", "total")


@pytest.mark.parametrize(
    "text", ["total / lines > 1", "total % lines == 0", "total ** total ** total > 1", "source[5] == 'a'"]
)
def test_an_expression_without_a_value_for_these_figures_says_so(text: str) -> None:
    expression = compile_expression(text, TYPES)
    with pytest.raises(NotComputableError):
        expression.holds({**FIGURES, "total": 10**6, "lines": 0})


def test_what_is_not_reached_is_not_computed() -> None:
    assert holds("cod and total / lines > 1", cod=False, lines=0) is False
