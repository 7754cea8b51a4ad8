"""The policy: published rules that turn an order and its buyer's history into CALL or PACK, each with a readable reason.

A rule's `verdict` is "call" (a confirmation is needed) or "pass" (lets the orders through that the rules named in `over` flag).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from packstation.domain.expressions import (
    Expression,
    ExpressionError,
    Figure,
    NotComputableError,
    Value,
    compile_expression,
)
from packstation.domain.history import HISTORY_FIGURES
from packstation.domain.hold_settings import hold_rules
from packstation.domain.holds import HoldRules
from packstation.domain.policy_reading import PolicyError, number, only, read_tree, table
from packstation.domain.tiers import STANDING_FIGURES, WORDS

ORDER_FIGURES: Mapping[str, type] = {
    "cod": bool,
    "total": float,
    "to_collect": float,
    "currency": str,
    "channel": str,
    "shop": str,
    "source": str,
    "province": str,
    "lines": float,
    "units": float,
    "has_customer": bool,
    "address_cod_orders_60m": float,
}
FIGURES: Mapping[str, type] = {**ORDER_FIGURES, **HISTORY_FIGURES, **STANDING_FIGURES}

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_RULE_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")


class RuleVerdict(StrEnum):
    """What a rule that holds asks for."""

    CALL = "call"
    PASS = "pass"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when it holds, what it asks for, and its reason in each language (`{figure}` is filled in)."""

    id: str
    verdict: RuleVerdict
    when: Expression
    texts: Mapping[str, str]
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds for an order, with the figures it looked at and shows. `computable` False: it could not be computed."""

    rule: Rule
    evidence: Mapping[str, Value]
    computable: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """A published set of rules. `text` is the file it came from, `prior_weight` m of the smoothed ratio."""

    version: int
    text: str
    prior_weight: float
    rules: tuple[Rule, ...]
    holds: HoldRules


@dataclass(frozen=True, slots=True)
class PolicyOutcome:
    """What the rules say of one order: `calls` ask for a confirmation, `passed` were let pass by the rules in `passes`."""

    calls: tuple[Finding, ...]
    passes: tuple[Finding, ...]
    passed: tuple[Finding, ...]


def apply_rules(policy: Policy, figures: Mapping[str, Figure]) -> PolicyOutcome:
    """Find the rules that hold for an order's figures; every name of FIGURES is a key of `figures`."""
    found = [finding for rule in policy.rules if (finding := _find(rule, figures))]
    passes = tuple(finding for finding in found if finding.rule.verdict is RuleVerdict.PASS and finding.computable)
    lets_pass = {rule_id for finding in passes for rule_id in finding.rule.over}
    flags = [finding for finding in found if finding not in passes]
    calls = tuple(finding for finding in flags if not finding.computable or finding.rule.id not in lets_pass)
    passed = tuple(finding for finding in flags if finding not in calls)
    used = {finding.rule.id for finding in passed}
    return PolicyOutcome(calls, tuple(p for p in passes if used.intersection(p.rule.over)), passed)


def _find(rule: Rule, figures: Mapping[str, Figure]) -> Finding | None:
    shown = {name for text in rule.texts.values() for name in placeholders(text)}
    looked_at = {name: evident(figures[name]) for name in sorted(shown.union(rule.when.names))}
    evidence = {name: value for name, value in looked_at.items() if value is not None}
    try:
        return Finding(rule, evidence) if rule.when.holds(figures) else None
    except NotComputableError:
        return Finding(rule, evidence, computable=False)


def evident(figure: Figure) -> Value:
    """A figure as evidence shows it: a list of words as one text."""
    return ", ".join(figure) if isinstance(figure, tuple) else figure


def parse_policy(text: str, version: int, source: str = "risk.toml") -> Policy:
    """Read a policy from the text of a risk.toml.

    Raises:
        PolicyError: any mistake, with file, key, value and what is allowed.
    """
    tree = read_tree(text, source, {"history", "holds", "rule"})
    history = table(tree, "history", source)
    only(history, {"prior_weight"}, source, "history.")
    prior_weight = number(history, "prior_weight", 6, 0.1, 1000, source, "history.")
    entries = tree.get("rule", [])
    if not isinstance(entries, list):
        raise PolicyError(source, "rule", entries, "must be a list of [[rule]] tables")
    rules = tuple(_rule(entry, f"rule[{place}]", source) for place, entry in enumerate(entries, start=1))
    ids = [rule.id for rule in rules]
    flagging = [rule.id for rule in rules if rule.verdict is RuleVerdict.CALL]
    for place, rule in enumerate(rules, start=1):
        if ids.count(rule.id) > 1:
            raise PolicyError(source, f"rule[{place}].id", rule.id, "each rule needs an id of its own")
        for name in rule.over:
            if name not in flagging:
                allowed = f"must name rules that call: {', '.join(flagging)}"
                raise PolicyError(source, f"rule[{place}].over", name, allowed)
    return Policy(version, text, prior_weight, rules, hold_rules(table(tree, "holds", source), source))


def _rule(entry: object, key: str, source: str) -> Rule:
    if not isinstance(entry, dict):
        raise PolicyError(source, key, entry, "must be a [[rule]] table")
    only(entry, {"id", "verdict", "when", "over", "vi", "en"}, source, f"{key}.")
    rule_id, verdict, when = entry.get("id"), entry.get("verdict", "call"), entry.get("when")
    if not isinstance(rule_id, str) or not _RULE_ID.fullmatch(rule_id):
        raise PolicyError(source, f"{key}.id", rule_id, "must be small letters, digits and dashes, at most 40")
    if verdict not in tuple(RuleVerdict):
        raise PolicyError(source, f"{key}.verdict", verdict, 'must be "call" or "pass"')
    if not isinstance(when, str):
        raise PolicyError(source, f"{key}.when", when, "must be an expression in quotes")
    try:
        expression = compile_expression(when, FIGURES, WORDS)
    except ExpressionError as error:
        raise PolicyError(source, f"{key}.when", when, str(error)) from error
    texts = {language: _reason_text(entry, language, key, source) for language in ("vi", "en")}
    over = entry.get("over", [])
    if not isinstance(over, list) or not all(isinstance(name, str) for name in over):
        raise PolicyError(source, f"{key}.over", over, "must be a list of rule ids")
    if bool(over) != (verdict == RuleVerdict.PASS):
        raise PolicyError(source, f"{key}.over", over, 'belongs to a rule with verdict = "pass", which needs it')
    return Rule(rule_id, RuleVerdict(verdict), expression, texts, tuple(over))


def _reason_text(entry: Mapping[str, object], language: str, key: str, source: str) -> str:
    text = entry.get(language)
    if not isinstance(text, str) or not text.strip():
        raise PolicyError(source, f"{key}.{language}", text, "must be the reason as people read it")
    for name in _PLACEHOLDER.findall(text):
        if name not in FIGURES:
            raise PolicyError(source, f"{key}.{language}", name, "is no figure that a reason can show")
    return text


def fill_reason(text: str, shown: Mapping[str, str]) -> str:
    """The reason's text with each `{figure}` replaced by how the reader's language shows it; once, never recursively."""
    return _PLACEHOLDER.sub(lambda match: shown.get(match.group(1), "–"), text)


def placeholders(text: str) -> tuple[str, ...]:
    """The figures that a reason's text shows."""
    return tuple(_PLACEHOLDER.findall(text))
