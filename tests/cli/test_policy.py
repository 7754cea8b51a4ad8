from __future__ import annotations

from pathlib import Path

import pytest

from packstation.store.database import execute_many
from tests.cli.conftest import CommandLine
from tests.cli.test_orders import CANCELLER

STRICT = """
[[rule]]
id = "everything"
when = "cod"
vi = "COD"
en = "Cash on delivery"
"""


def test_the_shipped_policy_has_nothing_wrong(packstation: CommandLine) -> None:
    assert packstation("policy", "check").code == 0


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (STRICT.replace('"cod"', '"refusals > 2"'), ("rule[1].when", "refusals")),
        (STRICT.replace('"cod"', '"cod and"'), ("rule[1].when", "cod and")),
        (STRICT.replace('en = "Cash on delivery"', ""), ("rule[1].en",)),
        ("[holds]\ntries = -1\n" + STRICT, ("holds.tries", "-1", "1 to 20")),
        ("[hold]\n" + STRICT, ("hold", "holds")),
        ('[holds.calling]\nmon = ["20:00-08:00"]\n' + STRICT, ("holds.calling.mon", "20:00-08:00", "earlier to later")),
        ('[holds.cut_offs.spx]\ntoday = ["17:00"]\n' + STRICT, ("holds.cut_offs.spx.today", "days of the week")),
        ("not toml", ("TOML",)),
    ],
)
def test_a_mistake_is_one_line_naming_file_key_and_value(
    packstation: CommandLine, tmp_path: Path, text: str, named: tuple[str, ...]
) -> None:
    file = tmp_path / "risk.toml"
    file.write_text(text)
    ran = packstation("policy", "check", file)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert str(file) in ran.err
    assert all(word in ran.err for word in named)


def test_a_first_start_with_a_mistake_in_the_calling_hours_is_refused_and_publishes_nothing(
    packstation: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "risk.toml"
    file.write_text('[holds.calling]\nmon-fri = ["08:00-12:00", "11:30-20:00"]\n')
    monkeypatch.setenv("PACKSTATION_CONFIG", str(tmp_path))
    ran = packstation("db", "init")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert f"{file}: holds.calling.mon-fri = '08:00-12:00, 11:30-20:00': must not overlap" in ran.err
    assert packstation("policy", "show").code == 4


def test_publishing_judges_every_packable_order_by_the_new_version(packstation: CommandLine, tmp_path: Path) -> None:
    packstation.hand_in(*CANCELLER)
    lenient = tmp_path / "risk.toml"
    lenient.write_text(STRICT.replace('when = "cod"', 'when = "cod and orders > 100"'))
    ran = packstation("policy", "publish", lenient)
    assert "version 2" in ran.out
    document = packstation("check", "C-3", "--json").document
    assert (document["verdict"], document["policy_version"]) == ("pack", 2)
    assert (document["hold"]["state"], document["hold"]["reason"]) == ("released", "rejudged")
    assert [version["version"] for version in packstation("policy", "show", "--json").document["versions"]] == [2, 1]


TIERS = """
[[tier]]
is = "loyal"
when = "delivered >= 1"

[[tag]]
id = "failed-before"
when = "failed >= 1"
vi = "từng bom"
en = "failed before"
"""


def test_tiers_are_published_beside_the_policy_and_rules_of_the_policy_can_name_them(
    packstation: CommandLine, tmp_path: Path
) -> None:
    packstation.hand_in(*CANCELLER)
    tiers, risk = tmp_path / "tiers.toml", tmp_path / "risk.toml"
    tiers.write_text(TIERS)
    assert "version 2" in packstation("policy", "publish", "--tiers", tiers).out
    customer = packstation("check", "C-3", "--json").document["customer"]
    assert (customer["tier"], customer["tags"]) == (None, ["failed-before"])
    risk.write_text(STRICT.replace('"cod"', "\"'failed-before' in tags and tier != 'vip'\""))
    assert packstation("policy", "publish", risk).code == 0
    assert packstation("check", "C-3", "--json").document["verdict"] == "pack"
    risk.write_text(STRICT.replace('"cod"', "\"'failed-before' in tags\"").replace("COD", "Nhãn: {tags}"))
    assert packstation("policy", "publish", risk).code == 0
    [reason] = [one for one in packstation("check", "C-3", "--json").document["reasons"] if one["rule"] == "everything"]
    assert (reason["text"], reason["evidence"]) == ("Cash on delivery", {"tags": "failed-before"})
    assert "Nhãn: failed-before" in packstation("check", "C-3", lang="vi").out
    versions = packstation("policy", "show", "--of", "tiers", "--json").document["versions"]
    assert [version["version"] for version in versions] == [2, 1]


def test_tiers_with_a_mistake_publish_nothing_and_a_folder_without_the_file_brings_none_back(
    packstation: CommandLine, tmp_path: Path
) -> None:
    packstation.hand_in(*CANCELLER)
    tiers = tmp_path / "tiers.toml"
    tiers.write_text(TIERS.replace("loyal", "gold"))
    for command in ("check", "publish"):
        ran = packstation("policy", command, "--tiers", tiers)
        assert (ran.code, ran.err.count("\n")) == (2, 1)
        assert f"{tiers}: tier[1].is = 'gold': must be one of: walk_in" in ran.err
    tiers.write_text(TIERS)
    packstation("policy", "publish", "--tiers", tiers)
    (tmp_path / "empty").mkdir()
    assert packstation("--config", tmp_path / "empty", "policy", "publish").code == 0
    assert packstation("policy", "publish").code == 0
    assert packstation("policy", "show", "--of", "tiers").out.strip() == TIERS.strip()
    own = tmp_path / "empty" / "tiers.toml"
    own.write_text(TIERS.replace("loyal", "vip"))
    assert "tiers.toml: version 3" in packstation("--config", tmp_path / "empty", "policy", "publish").out
    assert "tiers.toml" not in packstation("--config", tmp_path / "empty", "policy", "publish").out


def test_a_database_from_before_there_were_tiers_gets_the_shipped_ones(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER)
    execute_many("DELETE FROM rules_version WHERE version = ?", [(1,)])
    assert packstation("policy", "show", "--of", "tiers").code == 4
    assert packstation("check", "C-3", "--json").document["customer"]["tier"] is None
    assert packstation("policy", "publish").code == 0
    assert packstation("policy", "show", "--of", "care", "--json").document["version"] == 1
    assert packstation("check", "C-3", "--json").document["customer"]["tier"] == "never_bought"


def test_explain_says_rule_by_rule_what_it_looked_at(packstation: CommandLine) -> None:
    packstation.hand_in(*CANCELLER)
    rules = {line["rule"]: line for line in packstation("policy", "explain", "C-3", "--json").document["rules"]}
    assert rules["cancel-ratio"]["answer"] == "holds"
    assert rules["cancel-ratio"]["figures"]["judged"] == 2
    assert rules["good-history"]["answer"] == "does not hold"
    assert packstation("policy", "explain", "NONE").code == 4
