"""The documents say what the code says, as far as a program can tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from packstation.domain.care import CARE_FIGURES, InsertKind
from packstation.domain.history import HISTORY_FIGURES
from packstation.domain.holds import REASONS, HoldRules
from packstation.domain.order_counts import COUNT_NAMES
from packstation.domain.orders import Outcome, Status
from packstation.domain.policy import FIGURES, parse_policy
from packstation.domain.verdict import StopRule
from sync.files.mapping import ColumnKeys, Mapping, load_mapping
from sync.files.result import RejectReason

ROOT = Path(__file__).parents[1]
DOCS = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}


def headings(document: str) -> set[str]:
    return set(re.findall(r"^#+ (.+)$", DOCS[document], re.MULTILINE))


def section(document: str, heading: str) -> str:
    after = DOCS[document].split(f"## {heading}\n", 1)[1]
    return re.split(r"^## ", after, maxsplit=1, flags=re.MULTILINE)[0]


def code_blocks(document: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", DOCS[document], re.DOTALL)


def named(text: str) -> set[str]:
    return set(re.findall(r"`([a-z0-9_-]+)`", text))


def test_every_section_that_code_refers_to_is_there() -> None:
    sources = [path for folder in ("packstation", "sync") for path in (ROOT / folder).rglob("*.py")]
    text = " ".join(" ".join(path.read_text("utf-8").split()) for path in sources)
    found = re.findall(r'docs/(\w+\.md), "([^"]+)"(?: and "([^"]+)")?', text)
    assert len(found) > 10
    missing = {
        (document, name) for document, *names in found for name in names if name and name not in headings(document)
    }
    assert missing == set()


def test_links_between_the_documents_lead_somewhere() -> None:
    targets = {target for text in DOCS.values() for target in re.findall(r"\]\((\w+\.md)\)", text)}
    assert targets <= set(DOCS)


def test_every_figure_that_a_rule_may_name_is_in_the_policy_document() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", section("policy.md", "Figures"), re.MULTILINE))
    assert rows == set(FIGURES)


def test_every_figure_and_key_of_care_is_in_its_document() -> None:
    rows = set(re.findall(r"^\| `(\w+)`", section("care.md", "A rule"), re.MULTILINE))
    assert rows >= set(CARE_FIGURES)
    assert {str(kind) for kind in InsertKind} <= named(section("care.md", "A rule"))


def test_every_figure_of_a_history_is_defined() -> None:
    defined = named(section("definitions.md", "History")) | headings("definitions.md")
    assert set(HISTORY_FIGURES) | set(COUNT_NAMES) <= defined


def test_statuses_outcomes_stops_and_hold_reasons_are_defined() -> None:
    assert {str(status) for status in Status} <= named(section("definitions.md", "Order status"))
    assert {str(outcome) for outcome in Outcome} <= named(section("definitions.md", "Outcome"))
    assert {str(rule) for rule in StopRule} <= named(section("definitions.md", "Verdict"))
    holds = named(section("definitions.md", "Hold"))
    assert {str(word) for state, reasons in REASONS.items() for word in (state, *reasons)} <= holds


def test_every_column_and_every_reject_is_in_the_import_document() -> None:
    assert set(ColumnKeys.model_fields) <= named(DOCS["imports.md"])
    assert {str(reason) for reason in RejectReason} <= named(DOCS["imports.md"])
    assert {
        f"`[{name}]`" for name in ("shop", "file", "time", "money", "columns", "cod", "guests", "credit_notes")
    } <= {heading for heading in headings("imports.md") if heading.startswith("`[")}


@pytest.mark.parametrize("extra", ["", "outcomes"])
def test_the_mapping_in_the_import_document_loads(tmp_path: Path, extra: str) -> None:
    whole, outcomes = code_blocks("imports.md")
    (tmp_path / "shown.toml").write_text(whole + (outcomes if extra else ""), "utf-8")
    mapping: Mapping = load_mapping(tmp_path, "shown")
    assert len(mapping.outcomes) == (2 if extra else 0)


def test_the_rules_in_the_policy_document_parse_beside_the_shipped_ones() -> None:
    shipped = parse_policy((ROOT / "config" / "risk.toml").read_text("utf-8"), 1)
    shown = [block for block in code_blocks("policy.md") if "[[rule]]" in block]
    flagged = '[[rule]]\nid = "{}"\nwhen = "cod"\nvi = "x"\nen = "x"\n'
    text = "\n".join([*shown, flagged.format("first-cod-amount"), flagged.format("address-burst")])
    rules = {rule.id: (rule.when.text, rule.texts, rule.over) for rule in parse_policy(text, 1).rules}
    of_shipped = {rule.id: (rule.when.text, rule.texts, rule.over) for rule in shipped.rules}
    both = ("failed-deliveries", "good-history")
    assert {name: rules[name] for name in both} == {name: of_shipped[name] for name in both}


def test_the_hours_and_trucks_that_are_shown_as_examples_can_be_published() -> None:
    [in_the_document] = [block for block in code_blocks("policy.md") if "[holds]" in block]
    shipped = (ROOT / "config" / "risk.toml").read_text("utf-8")
    in_the_file = re.sub(r"^# (\[holds\.|[a-z-]+ = )", r"\1", shipped, flags=re.MULTILINE)
    for text in (in_the_document, in_the_file):
        holds = parse_policy(text, 1).holds
        assert holds.calling is not None
        assert holds.messaging is not None
        assert set(holds.cut_offs) == {"spx express", "*"}


def test_the_defaults_in_the_policy_document_are_the_shipped_ones() -> None:
    assert parse_policy((ROOT / "config" / "risk.toml").read_text("utf-8"), 1).holds == HoldRules()
