"""Care at the desk: what is put into a parcel beside the goods, by published rules. Pure. Definitions: docs/care.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from packstation.domain.due import STANDARD_DUE, DueRules, due_rules
from packstation.domain.expressions import Expression, Figure
from packstation.domain.policy import FIGURES
from packstation.domain.policy_reading import PolicyError, number, only, read_tree, table
from packstation.domain.tiers import condition, tables, words_in_both
from packstation.domain.times import DAY

CARE_FIGURES: Mapping[str, type] = {
    "products": tuple,
    "nth_order": float,
    "birthday_month": bool,
    "birthday_in_days": float,
    "days_from_usual": float,
}
"""What a rule of care may name beside the policy's figures."""
_ALL_FIGURES: Mapping[str, type] = {**FIGURES, **CARE_FIGURES}
_RULE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LIST = re.compile(r"[\w.-]{1,40}")


class InsertKind(StrEnum):
    """What is put in."""

    CARD = "card"
    LEAFLET = "leaflet"
    GIFT = "gift"
    SAMPLE = "sample"
    VOUCHER = "voucher"


@dataclass(frozen=True, slots=True)
class InsertRule:
    """When something is put in, and how often.

    Attributes:
        id: what it is counted by.
        kind: what it is.
        when: of which orders.
        texts: what the packer reads, in each language.
        once: a customer gets it once ever.
        every_ms: a customer gets it again only after so long; None for no limit.
        stock: how many there are, those given before counted; None for enough.
        even_after_refusal: also in the first order after a refused one.
        list: of a voucher: which codes it is taken from; empty for everything else.
    """

    id: str
    kind: InsertKind
    when: Expression
    texts: Mapping[str, str]
    once: bool = False
    every_ms: int | None = None
    stock: int | None = None
    even_after_refusal: bool = False
    list: str = ""


@dataclass(frozen=True, slots=True)
class CareRules:
    """A published care.toml; version 0 is none.

    `most` is how many inserts a parcel gets at most, `due` who is due to hear from the shop.
    """

    version: int = 0
    text: str = ""
    most: int = 5
    inserts: tuple[InsertRule, ...] = ()
    due: DueRules = STANDARD_DUE


NO_CARE = CareRules()


@dataclass(frozen=True, slots=True)
class Voucher:
    """A code that is given once; money in minor units, times ms UTC."""

    id: int
    code: str
    amount: int
    currency: str
    expires_at: int | None
    condition: str


@dataclass(frozen=True, slots=True)
class Insert:
    """Something to put into a parcel: by which rule, and the voucher that is kept for it."""

    rule: str
    kind: InsertKind
    texts: Mapping[str, str]
    version: int
    voucher: Voucher | None = None


@dataclass(frozen=True, slots=True)
class CareKnown:
    """What was given before, and whether care is withheld.

    Attributes:
        is_guest: nobody knows what this person got before.
        after_refusal: the customer's order before this one was refused, and none arrived since.
        last_given: when the customer got something by each rule last, ms UTC.
        in_this_order: the rules by which this order got something already.
        used: how often each rule gave something, to whomever.
    """

    is_guest: bool = True
    after_refusal: bool = False
    last_given: Mapping[str, int] = field(default_factory=dict)
    in_this_order: frozenset[str] = frozenset()
    used: Mapping[str, int] = field(default_factory=dict)


def inserts_for(rules: CareRules, figures: Mapping[str, Figure], known: CareKnown, now: int) -> tuple[InsertRule, ...]:
    """The rules by which an order gets something, in the file's order.

    Args:
        rules: the published ones.
        figures: every name of the policy's figures and of CARE_FIGURES.
        known: what was given before.
        now: ms UTC.
    """
    found = (rule for rule in rules.inserts if _may_give(rule, known, now) and rule.when.surely_holds(figures))
    return tuple(found)[: rules.most]


def _may_give(rule: InsertRule, known: CareKnown, now: int) -> bool:
    if rule.id in known.in_this_order or (known.after_refusal and not rule.even_after_refusal):
        return False
    if known.is_guest and (rule.once or rule.every_ms is not None):
        return False
    last = known.last_given.get(rule.id)
    if last is not None and (rule.once or (rule.every_ms is not None and now - last < rule.every_ms)):
        return False
    return rule.stock is None or known.used.get(rule.id, 0) < rule.stock


def parse_care(text: str, version: int, source: str = "care.toml") -> CareRules:
    """Read the rules of care from the text of a care.toml.

    Raises:
        PolicyError: any mistake, with file, key, value and what is allowed.
    """
    tree = read_tree(text, source, {"parcel", "insert", "due"})
    parcel = table(tree, "parcel", source)
    only(parcel, {"most"}, source, "parcel.")
    most = int(number(parcel, "most", 5, 1, 20, source, "parcel.", whole=True))
    inserts = tuple(_insert(entry, key, source) for key, entry in tables(tree, "insert", source))
    ids = [rule.id for rule in inserts]
    for place, rule_id in enumerate(ids, start=1):
        if ids.count(rule_id) > 1:
            raise PolicyError(source, f"insert[{place}].id", rule_id, "each insert needs an id of its own")
    return CareRules(version, text, most, inserts, due_rules(table(tree, "due", source), source))


_KEYS = {"id", "kind", "when", "vi", "en", "once", "every_days", "stock", "even_after_refusal", "list"}


def _insert(entry: Mapping[str, object], key: str, source: str) -> InsertRule:
    only(entry, _KEYS, source, f"{key}.")
    rule_id, kind = entry.get("id"), entry.get("kind")
    if not isinstance(rule_id, str) or not _RULE_ID.fullmatch(rule_id):
        raise PolicyError(source, f"{key}.id", rule_id, "must be small letters, digits and dashes, at most 40")
    if kind not in tuple(InsertKind):
        raise PolicyError(source, f"{key}.kind", kind, f"must be one of: {', '.join(InsertKind)}")
    codes = entry.get("list", "")
    if (kind == InsertKind.VOUCHER) != bool(codes):
        raise PolicyError(source, f"{key}.list", codes, "belongs to a voucher, which needs it: the list of its codes")
    if not isinstance(codes, str) or (codes and not _LIST.fullmatch(codes)):
        raise PolicyError(source, f"{key}.list", codes, "must be letters, digits, dots and dashes, at most 40")
    every = number(entry, "every_days", 0, 1, 3650, source, f"{key}.") if "every_days" in entry else None
    stock = number(entry, "stock", 0, 0, 10**9, source, f"{key}.", whole=True) if "stock" in entry else None
    return InsertRule(
        rule_id,
        InsertKind(str(kind)),
        condition(entry, key, source, _ALL_FIGURES),
        words_in_both(entry, key, source),
        _switch(entry, "once", key, source),
        None if every is None else round(every * DAY),
        None if stock is None else int(stock),
        _switch(entry, "even_after_refusal", key, source),
        codes,
    )


def _switch(entry: Mapping[str, object], name: str, key: str, source: str) -> bool:
    value = entry.get(name, False)
    if not isinstance(value, bool):
        raise PolicyError(source, f"{key}.{name}", value, "must be true or false")
    return value
