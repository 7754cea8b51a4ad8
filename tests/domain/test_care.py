from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.birthdays import days_until
from packstation.domain.care import CARE_FIGURES, CareKnown, CareRules, InsertKind, inserts_for, parse_care
from packstation.domain.due import STANDARD_DUE
from packstation.domain.expressions import Figure
from packstation.domain.policy import FIGURES
from packstation.domain.policy_reading import PolicyError
from packstation.domain.times import DAY
from packstation.settings import default_config_folder

NOW = 1_760_000_000_000
CUSTOMER = CareKnown(is_guest=False)
TEXTS = 'vi = "x"\nen = "x"\n'


def rules(*entries: str, most: int = 5) -> CareRules:
    lines = [f"[parcel]\nmost = {most}"]
    for place, entry in enumerate(entries):
        kind = "" if "kind" in entry else 'kind = "card"\n'
        when = "" if "when" in entry else 'when = "units > 0"\n'
        lines.append(f'[[insert]]\nid = "r{place}"\n{kind}{when}{TEXTS}{entry}')
    return parse_care("\n".join(lines), 1)


def figures(**known: Figure) -> dict[str, Figure]:
    return {**dict.fromkeys((*FIGURES, *CARE_FIGURES)), "units": 1, "tags": (), "products": (), **known}


def given_by(rule_set: CareRules, known: CareKnown = CUSTOMER, **facts: Figure) -> list[str]:
    return [rule.id for rule in inserts_for(rule_set, figures(**facts), known, NOW)]


@pytest.mark.parametrize(
    ("when", "facts", "otherwise"),
    [
        ("tier == 'vip'", {"tier": "vip"}, {"tier": "loyal"}),
        ("'quen' in tags", {"tags": ("quen",)}, {"tags": ()}),
        ("'TEA-01' in products", {"products": ("TEA-01", "CUP")}, {"products": ("CUP",)}),
        ("nth_order == 3", {"nth_order": 3}, {"nth_order": 2}),
        ("birthday_month", {"birthday_month": True}, {"birthday_month": False}),
        ("birthday_in_days <= 7", {"birthday_in_days": 7}, {}),
        ("days_from_usual >= -3 and days_from_usual <= 3", {"days_from_usual": -2.5}, {"days_from_usual": 4.0}),
        ("days_since_previous_order >= 180", {"days_since_previous_order": 200.0}, {}),
    ],
)
def test_care_goes_by_tier_tag_product_nth_order_birthday_and_rhythm(
    when: str, facts: dict[str, Figure], otherwise: dict[str, Figure]
) -> None:
    one = rules(f'when = "{when}"')
    assert given_by(one, CUSTOMER, **facts) == ["r0"]
    assert given_by(one, CUSTOMER, **otherwise) == []


def test_after_a_refused_order_nothing_is_given_unless_the_rule_says_so() -> None:
    both = rules("", "even_after_refusal = true")
    assert given_by(both) == ["r0", "r1"]
    assert given_by(both, replace(CUSTOMER, after_refusal=True)) == ["r1"]


def test_what_a_customer_gets_once_or_again_only_after_a_while_needs_a_customer() -> None:
    limited = rules("once = true", "every_days = 30", "")
    assert given_by(limited) == ["r0", "r1", "r2"]
    assert given_by(limited, CareKnown(is_guest=True)) == ["r2"]
    before = {"r0": NOW - 900 * DAY, "r1": NOW - 30 * DAY + 1, "r2": NOW}
    assert given_by(limited, replace(CUSTOMER, last_given=before)) == ["r2"]
    assert given_by(limited, replace(CUSTOMER, last_given={**before, "r1": NOW - 30 * DAY})) == ["r1", "r2"]


def test_the_same_order_gets_nothing_twice_and_a_stock_runs_out() -> None:
    two = rules("stock = 2", "")
    assert given_by(two, replace(CUSTOMER, in_this_order=frozenset({"r1"}))) == ["r0"]
    assert given_by(two, replace(CUSTOMER, used={"r0": 1})) == ["r0", "r1"]
    assert given_by(two, replace(CUSTOMER, used={"r0": 2})) == ["r1"]


def test_a_parcel_gets_the_first_of_the_file_only_as_many_as_may_go_in() -> None:
    assert given_by(rules("", 'when = "units > 9"', "", "", most=2)) == ["r0", "r2"]


def test_a_rule_that_cannot_be_computed_gives_nothing() -> None:
    assert given_by(rules('when = "points / debt > 0"'), points=1, debt=0) == []


@given(
    st.sets(st.sampled_from(["r0", "r1", "r2", "r3"])),
    st.dictionaries(st.sampled_from(["r0", "r1", "r2", "r3"]), st.integers(0, 60)),
    st.booleans(),
    st.integers(0, 3),
)
def test_whatever_was_given_before_no_limit_is_ever_passed(
    here: set[str], days_ago: dict[str, int], refused: bool, used: int
) -> None:
    four = rules("once = true", "every_days = 30", "stock = 2", "even_after_refusal = true")
    last = {rule: NOW - days * DAY for rule, days in days_ago.items()}
    given_now = given_by(four, CareKnown(False, refused, last, frozenset(here), {"r2": used}))
    assert not here.intersection(given_now)
    assert "r0" not in given_now or "r0" not in last
    assert "r1" not in given_now or days_ago.get("r1", 30) >= 30
    assert "r2" not in given_now or used < 2
    assert not refused or set(given_now) <= {"r3"}


def test_the_shipped_file_gives_nothing_and_its_examples_are_sound() -> None:
    text = (default_config_folder() / "care.toml").read_text("utf-8")
    shipped = parse_care(text, 1)
    assert (shipped.inserts, shipped.due) == ((), STANDARD_DUE)
    start, end = text.index("# The second order"), text.index("# Who is due")
    examples = "\n".join(
        line.removeprefix("# ") for line in text[start:end].splitlines() if "=" in line or line.startswith("# [[")
    )
    kinds = [rule.kind for rule in parse_care(examples, 1).inserts]
    assert set(kinds) == set(InsertKind)


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ('kind = "cake"', ("insert[1].kind", "cake", "card")),
        ('kind = "voucher"', ("insert[1].list", "voucher")),
        ('list = "A"', ("insert[1].list", "belongs to a voucher")),
        ('kind = "voucher"\nlist = "A B"', ("insert[1].list", "letters")),
        ("when = \"tier == 'gold'\"", ("insert[1].when", "gold")),
        ('when = "nth_order"', ("insert[1].when", "true or false")),
        ("when = \"products == 'TEA'\"", ("insert[1].when", "list")),
        ("once = 1", ("insert[1].once", "true or false")),
        ("every_days = 0", ("insert[1].every_days", "1 to 3650")),
        ("stock = 1.5", ("insert[1].stock", "whole")),
        ("colour = 1", ("insert[1].colour", "no setting")),
    ],
)
def test_a_mistake_names_file_key_and_reason(entry: str, named: tuple[str, ...]) -> None:
    with pytest.raises(PolicyError) as refused:
        rules(entry)
    assert str(refused.value).startswith("care.toml: ")
    assert all(word in str(refused.value) for word in named)


def test_two_inserts_need_ids_of_their_own() -> None:
    one = f'[[insert]]\nid = "a"\nkind = "card"\nwhen = "units > 0"\n{TEXTS}'
    with pytest.raises(PolicyError, match=r"insert\[1\].id"):
        parse_care(one * 2, 1)


@given(st.dates(date(1920, 1, 1), date(2020, 12, 31)), st.dates(date(2021, 1, 1), date(2040, 12, 31)))
def test_the_next_birthday_is_within_a_year_on_its_day(born: date, today: date) -> None:
    days = days_until(born, today)
    on = today + timedelta(days=days)
    assert 0 <= days <= 366
    leap = (born.month, born.day) == (2, 29) and (on.month, on.day) == (2, 28)
    assert leap or (on.month, on.day) == (born.month, born.day)
