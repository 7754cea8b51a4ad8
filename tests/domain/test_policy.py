from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.expressions import Value
from packstation.domain.holds import ChannelDefault, ContactMethod, HoldRules
from packstation.domain.policy import (
    FIGURES,
    Policy,
    PolicyOutcome,
    RuleVerdict,
    apply_rules,
    fill_reason,
    parse_policy,
    placeholders,
)
from packstation.domain.policy_reading import PolicyError
from packstation.domain.times import HOUR, MINUTE
from packstation.settings import default_config_folder


def a_rule(rule_id: str = "big", when: str = "total > 100", **more: str) -> str:
    fields = {"id": f'"{rule_id}"', "when": f'"{when}"', "vi": '"Đơn to"', "en": '"Big order"', **more}
    return "[[rule]]\n" + "".join(f"{key} = {value}\n" for key, value in fields.items() if value)


def a_pass(rule_id: str, when: str, over: str) -> str:
    return a_rule(rule_id, when, verdict='"pass"', over=over)


def figures(**known: Value) -> dict[str, Value]:
    return {**dict.fromkeys(FIGURES), "cod": True, "total": 0, **known}


def outcome(*rules: str, **known: Value) -> PolicyOutcome:
    return apply_rules(parse_policy("\n".join(rules), 1), figures(**known))


def shipped() -> Policy:
    return parse_policy((default_config_folder() / "risk.toml").read_text(encoding="utf-8"), 1)


def ids(found: PolicyOutcome) -> tuple[list[str], list[str], list[str]]:
    calls, passes, passed = (
        [finding.rule.id for finding in each] for each in (found.calls, found.passes, found.passed)
    )
    return calls, passes, passed


def test_a_rule_that_holds_calls_with_the_figures_it_looked_at_and_shows() -> None:
    rule = a_rule(when="cod and total > 100", en='"Big: {total}, {lines} lines, {cancel_ratio}"')
    [finding] = outcome(rule, total=101, lines=2).calls
    assert finding.evidence == {"cod": True, "total": 101, "lines": 2}
    assert outcome(rule, total=100) == PolicyOutcome((), (), ())


def test_a_rule_over_a_null_figure_does_not_call() -> None:
    assert ids(outcome(a_rule(when="total >= 0 or cancel_ratio > 0"), cancel_ratio=None)) == ([], [], [])


def test_a_pass_rule_sets_aside_the_flags_of_the_rules_it_names_and_no_others() -> None:
    rules = (a_rule("big"), a_rule("cod", "cod"), a_pass("good", "delivered > 4", '["big"]'))
    assert ids(outcome(*rules, total=200, delivered=5)) == (["cod"], ["good"], ["big"])
    assert ids(outcome(*rules, total=200, delivered=4)) == (["big", "cod"], [], [])
    assert ids(outcome(*rules, total=0, delivered=5)) == (["cod"], [], []), "nothing to set aside, nothing to tell"


def test_a_rule_that_cannot_be_computed_calls_and_no_pass_rule_sets_that_aside() -> None:
    rules = (a_rule("each", "total / lines > 100"), a_pass("good", "cod", '["each"]'))
    [finding] = outcome(*rules, total=5, lines=0).calls
    assert (finding.rule.id, finding.computable) == ("each", False)


def test_a_pass_rule_that_cannot_be_computed_calls_and_sets_nothing_aside() -> None:
    rules = (a_rule("big"), a_pass("good", "total / lines > 1", '["big"]'))
    assert ids(outcome(*rules, total=200, lines=0)) == (["big", "good"], [], [])


def test_the_shipped_policy_looks_at_cash_on_delivery_only() -> None:
    risky = figures(
        cancel_ratio=1.0,
        judged=9,
        failed=9,
        failed_deliveries_90d=9,
        cod_orders=0,
        currency="VND",
        to_collect=9_000_000,
        address_cod_orders_60m=9,
        delivered=0,
    )
    everything = ["cancel-ratio", "failed-deliveries", "first-cod-amount", "address-burst"]
    assert ids(apply_rules(shipped(), risky))[0] == everything
    assert ids(apply_rules(shipped(), {**risky, "cod": False}))[0] == []


@pytest.mark.parametrize(
    ("known", "calls"),
    [
        ({"cancel_ratio": 0.5, "judged": 2}, []),
        ({"cancel_ratio": 0.51, "judged": 2}, ["cancel-ratio"]),
        ({"cancel_ratio": 1.0, "judged": 1}, []),
        ({"failed_deliveries_90d": 1}, []),
        ({"failed_deliveries_90d": 2}, ["failed-deliveries"]),
        ({"cod_orders": 0, "currency": "VND", "to_collect": 2_000_001}, ["first-cod-amount"]),
        ({"cod_orders": 1, "currency": "VND", "to_collect": 2_000_001}, []),
        ({"cod_orders": None, "currency": "VND", "to_collect": 2_000_001}, []),
        ({"address_cod_orders_60m": 2}, []),
        ({"address_cod_orders_60m": 3}, ["address-burst"]),
        ({"address_cod_orders_60m": None}, []),
        ({"address_cod_orders_60m": 3, "delivered": 5, "failed": 0}, []),
        ({"address_cod_orders_60m": 3, "delivered": 5, "failed": 1}, ["address-burst"]),
    ],
)
def test_the_shipped_rules_hold_exactly_from_their_limits_on(known: dict[str, Value], calls: list[str]) -> None:
    assert ids(apply_rules(shipped(), figures(**known)))[0] == calls


def test_an_empty_file_is_a_policy_without_rules_and_with_the_standard_holds() -> None:
    policy = parse_policy("", 3)
    assert (policy.version, policy.rules, policy.prior_weight, policy.holds) == (3, (), 6, HoldRules())


def test_hold_settings_are_read_in_their_units() -> None:
    text = """
    [history]
    prior_weight = 5.5
    [holds]
    tries = 2
    decide_by_hours = 24
    escalate_before_minutes = 90
    packing_takes_minutes = 0
    abandoned_after_minutes = 0.5e1
    [holds.wait_minutes]
    call = 10
    [holds.at_decide_by]
    shopee = "ship"
    """
    policy = parse_policy(text, 1)
    holds = policy.holds
    assert (policy.prior_weight, holds.tries, holds.default_decide_by_ms) == (5.5, 2, 24 * HOUR)
    assert (holds.escalate_before_ms, holds.packing_takes_ms, holds.abandoned_after_ms) == (90 * MINUTE, 0, 5 * MINUTE)
    assert (holds.waits[ContactMethod.CALL], holds.waits[ContactMethod.CHAT]) == (10 * MINUTE, 120 * MINUTE)
    assert holds.channel_default("shopee") is ChannelDefault.SHIP
    assert holds.channel_default("tiktok") is ChannelDefault.ESCALATE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[rule", ("file", "must be TOML")),
        ("colour = 1", ("colour = 1", "allowed: history, holds, rule")),
        ('"a\\u001b[2J\\nb" = 1', ("no setting here",)),
        ("history = 5", ("history = 5", "must be a table")),
        ("[history]\nweight = 1", ("history.weight = 1", "allowed: prior_weight")),
        ("[history]\nprior_weight = 0", ("history.prior_weight = 0", "from 0.1 to 1000")),
        ('[history]\nprior_weight = "6"', ("history.prior_weight = '6'", "must be a number")),
        ("[history]\nprior_weight = nan", ("history.prior_weight = nan", "must be a number")),
        ("[holds]\ntries = 0", ("holds.tries = 0", "whole number from 1 to 20")),
        ("[holds]\ntries = 2.5", ("holds.tries = 2.5", "whole number")),
        ("[holds]\ntries = true", ("holds.tries = True", "whole number")),
        ("[holds]\nhours = 2", ("holds.hours = 2", "tries")),
        ("[holds]\ndecide_by_hours = inf", ("holds.decide_by_hours = inf", "from 1 to 1440")),
        ("[holds.wait_minutes]\npigeon = 1", ("holds.wait_minutes.pigeon = 1", "call, chat, email, sms, zalo")),
        ("[holds.wait_minutes]\ncall = -1", ("holds.wait_minutes.call = -1", "from 0 to 10080")),
        ('[holds.at_decide_by]\nshopee = "pack"', ("holds.at_decide_by.shopee = 'pack'", '"escalate" or "ship"')),
        ("[holds.at_decide_by]\nshopee = []", ("holds.at_decide_by.shopee = []", '"escalate" or "ship"')),
        ("rule = 5", ("rule = 5", "list of [[rule]] tables")),
        ("rule = [5]", ("rule[1] = 5", "[[rule]] table")),
        (a_rule(colour="1"), ("rule[1].colour = 1", "allowed: en, id, over, verdict, vi, when")),
        (a_rule("Big!"), ("rule[1].id = 'Big!'", "small letters")),
        (a_rule("x" * 41), ("rule[1].id", "at most 40")),
        (a_rule(id=""), ("rule[1].id = None", "small letters")),
        (a_rule(verdict='"stop"'), ("rule[1].verdict = 'stop'", '"call" or "pass"')),
        (a_rule(verdict="[]"), ("rule[1].verdict = []", '"call" or "pass"')),
        (a_rule(when=""), ("rule[1].when = ''", "syntax error")),
        (a_rule(when="5 > 3"), ("rule[1].when = '5 > 3'", "names no figure")),
        (a_rule(when="totals > 3"), ("rule[1].when", "unknown figure 'totals'")),
        ("[[rule]]\nid = 'a'\nwhen = 5", ("rule[1].when = 5", "expression in quotes")),
        (a_rule(vi=""), ("rule[1].vi = None", "the reason as people read it")),
        (a_rule(en='"  "'), ("rule[1].en = '  '", "the reason as people read it")),
        (a_rule(en='"{colour}"'), ("rule[1].en = 'colour'", "no figure that a reason can show")),
        (a_rule(en='"{}"'), ("rule[1].en = ''", "no figure that a reason can show")),
        (a_rule(over='["big"]'), ("rule[1].over = ['big']", 'verdict = "pass"')),
        (a_rule(verdict='"pass"'), ("rule[1].over = []", 'verdict = "pass"')),
        (a_rule(verdict='"pass"', over='"big"'), ("rule[1].over = 'big'", "list of rule ids")),
        (a_rule("one") + a_pass("good", "cod", '["two"]'), ("rule[2].over = 'two'", "rules that call: one")),
        (a_rule("one") + a_pass("good", "cod", '["good"]'), ("rule[2].over = 'good'", "rules that call: one")),
        (a_rule("one") + a_rule("one"), ("rule[1].id = 'one'", "an id of its own")),
    ],
)
def test_a_mistake_is_one_line_naming_file_key_value_and_what_is_allowed(text: str, says: tuple[str, ...]) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_policy(text, 1, "risk.toml")
    line = str(refused.value)
    assert line.startswith("risk.toml: ")
    assert line.isprintable()
    assert all(part in line for part in says), line


@given(
    st.dictionaries(st.text(max_size=8), st.one_of(st.integers(), st.text(max_size=9)), max_size=3),
    st.text(max_size=30),
)
def test_any_other_file_is_either_a_policy_or_refused_in_one_printable_line(keys: dict[str, object], rest: str) -> None:
    written = "".join(f"{_toml(key)} = {_toml(value)}\n" for key, value in keys.items())
    for text in (written, rest, f"[holds]\n{written}", f"[[rule]]\n{written}"):
        complaint = ""
        try:
            parse_policy(text, 1)
        except PolicyError as error:
            complaint = str(error)
        assert complaint.isprintable()


def _toml(value: object) -> str:
    if isinstance(value, int):
        return str(value % 2**62)
    return '"' + "".join(f"\\U{ord(c) if not 0xD800 <= ord(c) < 0xE000 else 63:08x}" for c in str(value)) + '"'


def test_a_reason_is_filled_once_and_never_from_what_a_figure_says() -> None:
    assert fill_reason("{failed} of {judged}", {"failed": "{judged}", "judged": "3"}) == "{judged} of 3"
    assert fill_reason("{average_order}", {}) == "–"
    assert placeholders("{failed} of {judged}") == ("failed", "judged")


def test_verdicts_of_rules_are_call_unless_said_otherwise() -> None:
    policy = parse_policy(a_rule("big") + a_pass("good", "cod", '["big"]'), 1)
    assert [rule.verdict for rule in policy.rules] == [RuleVerdict.CALL, RuleVerdict.PASS]
