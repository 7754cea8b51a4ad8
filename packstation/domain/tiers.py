"""Tiers and tags by rule: what a customer is to the seller, from the history, the balances and the last purchase. Pure.

What a person says by hand stands instead of a rule's tier, and beside the rules' tags. Definitions: docs/tiers.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packstation.domain.customer_profile import Tier
from packstation.domain.expressions import Expression, ExpressionError, Figure, compile_expression
from packstation.domain.history import HISTORY_FIGURES, History
from packstation.domain.order_counts import Label
from packstation.domain.policy_reading import PolicyError, only, read_tree

DEALING_FIGURES: Mapping[str, type] = dict.fromkeys(
    ("debt", "points", "unpaid_days", "days_since_previous_order"), float
)
STANDING_FIGURES: Mapping[str, type] = {"tier": str, "tags": tuple, **DEALING_FIGURES}
"""What a rule of the policy may name of the customer beside the history."""
_TIER_FIGURES: Mapping[str, type] = {"has_customer": bool, "currency": str, **HISTORY_FIGURES, **DEALING_FIGURES}
_TAG_FIGURES: Mapping[str, type] = {**_TIER_FIGURES, "tier": str}

_TAG_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


WORDS: Mapping[str, Sequence[str]] = {"tier": tuple(Tier), "label": tuple(Label)}
"""The figures that are one of a few words, and these words."""


@dataclass(frozen=True, slots=True)
class TierRule:
    """Whoever `when` is true of is of this tier, unless a rule above said something else."""

    tier: Tier
    when: Expression


@dataclass(frozen=True, slots=True)
class TagRule:
    """Whoever `when` is true of has this tag; `texts` is what people read in each language.

    It says what the tags in `implies` say, and more: screens show it instead of them.
    """

    id: str
    when: Expression
    texts: Mapping[str, str]
    implies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TierRules:
    """A published tiers.toml; version 0 is none, by which nobody has a tier or a tag."""

    version: int = 0
    text: str = ""
    tiers: tuple[TierRule, ...] = ()
    tags: tuple[TagRule, ...] = ()


NO_RULES = TierRules()


@dataclass(frozen=True, slots=True)
class Dealings:
    """What is known of a customer beside the orders that are counted; None where nobody says or nothing is known.

    Attributes:
        debt: minor units, as the shop's POS says; below 0 is paid ahead.
        points: as the shop's POS says.
        unpaid_days: days since the oldest order that the debt is owed for; 0 without debt.
        days_since_previous_order: from the order bought before it to the order in hand, else to the last one.
    """

    debt: int | None = None
    points: int | None = None
    unpaid_days: float | None = None
    days_since_previous_order: float | None = None

    def figures(self) -> dict[str, Figure]:
        """Every figure by its name."""
        return {name: getattr(self, name) for name in DEALING_FIGURES}


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer's tier and tags with the dealings: what rules of the policy may look at beside the history.

    Attributes:
        tier: None where no rule holds and nobody says.
        tags: given by hand, then those by rule; each once.
        by_rule: those of the tags that a rule gave.
        dealings: what the POS and the last purchases say.
    """

    tier: Tier | None = None
    tags: tuple[str, ...] = ()
    by_rule: tuple[str, ...] = ()
    dealings: Dealings = Dealings()

    def figures(self) -> dict[str, Figure]:
        """Every figure of STANDING_FIGURES by its name."""
        return {"tier": None if self.tier is None else str(self.tier), "tags": self.tags, **self.dealings.figures()}


NOTHING_KNOWN = Standing()


def standing_of(
    rules: TierRules,
    history: History | None,
    dealings: Dealings,
    tier_by_hand: Tier | None = None,
    tags_by_hand: Sequence[str] = (),
) -> Standing:
    """What a customer is, as the rules and people say; a guest (no history) can have a tier and tags by rule too.

    A rule that names a null figure, or cannot be computed, does not hold.
    """
    figures: dict[str, Figure] = {
        "has_customer": history is not None,
        "currency": history.currency if history else None,
        **(history.figures() if history else dict.fromkeys(HISTORY_FIGURES)),
        **dealings.figures(),
    }
    tier = tier_by_hand or next((rule.tier for rule in rules.tiers if rule.when.surely_holds(figures)), None)
    figures["tier"] = None if tier is None else str(tier)
    given = tuple(rule.id for rule in rules.tags if rule.when.surely_holds(figures))
    tags = tuple(dict.fromkeys((*tags_by_hand, *given)))
    return Standing(tier, tags, tuple(tag for tag in given if tag not in tags_by_hand), dealings)


def shown_tags(rules: TierRules, by_rule: Sequence[str]) -> list[TagRule]:
    """The rules whose tags screens show, of those that a customer has by rule: without those that another one implies."""
    given = [rule for rule in rules.tags if rule.id in by_rule]
    implied = {name for rule in given for name in rule.implies}
    return [rule for rule in given if rule.id not in implied]


def parse_tiers(text: str, version: int, source: str = "tiers.toml") -> TierRules:
    """Read the rules for tiers and tags from the text of a tiers.toml.

    Raises:
        PolicyError: any mistake, with file, key, value and what is allowed.
    """
    tree = read_tree(text, source, {"tier", "tag"})
    tiers = tuple(_tier(entry, key, source) for key, entry in tables(tree, "tier", source))
    tags = tuple(_tag(entry, key, source) for key, entry in tables(tree, "tag", source))
    ids = [rule.id for rule in tags]
    for place, tag_id in enumerate(ids, start=1):
        if ids.count(tag_id) > 1:
            raise PolicyError(source, f"tag[{place}].id", tag_id, "each tag needs an id of its own")
        for name in tags[place - 1].implies:
            if name not in ids or name == tag_id:
                raise PolicyError(source, f"tag[{place}].implies", name, "must name other tags of this file")
    return TierRules(version, text, tiers, tags)


def tables(tree: Mapping[str, object], name: str, source: str) -> list[tuple[str, Mapping[str, object]]]:
    """The `[[name]]` tables of a file, each with its key for errors.

    Raises:
        PolicyError: it is something else than a list of tables.
    """
    entries = tree.get(name, [])
    if not isinstance(entries, list):
        raise PolicyError(source, name, entries, f"must be a list of [[{name}]] tables")
    found: list[tuple[str, Mapping[str, object]]] = []
    for place, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            raise PolicyError(source, f"{name}[{place}]", entry, f"must be a [[{name}]] table")
        found.append((f"{name}[{place}]", entry))
    return found


def condition(
    entry: Mapping[str, object],
    key: str,
    source: str,
    figures: Mapping[str, type],
    words: Mapping[str, Sequence[str]] = WORDS,
) -> Expression:
    """The `when` of a table.

    Raises:
        PolicyError: none, or no expression over these figures.
    """
    when = entry.get("when")
    if not isinstance(when, str):
        raise PolicyError(source, f"{key}.when", when, "must be an expression in quotes")
    try:
        return compile_expression(when, figures, words)
    except ExpressionError as error:
        raise PolicyError(source, f"{key}.when", when, str(error)) from error


def words_in_both(entry: Mapping[str, object], key: str, source: str) -> dict[str, str]:
    """The texts `vi` and `en` of a table.

    Raises:
        PolicyError: one is missing or is no line of text.
    """
    texts = {}
    for language in ("vi", "en"):
        text = entry.get(language)
        if not isinstance(text, str) or not text.strip() or not text.isprintable():
            raise PolicyError(source, f"{key}.{language}", text, "must be one line as people read it")
        texts[language] = text
    return texts


def _tier(entry: Mapping[str, object], key: str, source: str) -> TierRule:
    only(dict(entry), {"is", "when"}, source, f"{key}.")
    said = entry.get("is")
    if said not in tuple(Tier):
        raise PolicyError(source, f"{key}.is", said, f"must be one of: {', '.join(Tier)}")
    return TierRule(Tier(str(said)), condition(entry, key, source, _TIER_FIGURES))


def _tag(entry: Mapping[str, object], key: str, source: str) -> TagRule:
    only(dict(entry), {"id", "when", "vi", "en", "implies"}, source, f"{key}.")
    tag_id = entry.get("id")
    if not isinstance(tag_id, str) or not _TAG_ID.fullmatch(tag_id):
        raise PolicyError(source, f"{key}.id", tag_id, "must be small letters, digits and dashes, at most 40")
    implies = entry.get("implies", [])
    if not isinstance(implies, list) or not all(isinstance(name, str) for name in implies):
        raise PolicyError(source, f"{key}.implies", implies, "must be a list of ids of tags")
    when = condition(entry, key, source, _TAG_FIGURES)
    return TagRule(tag_id, when, words_in_both(entry, key, source), tuple(implies))
