from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.customer_profile import Tier
from packstation.domain.history import History
from packstation.domain.order_counts import Counts
from packstation.domain.policy_reading import PolicyError
from packstation.domain.shop_rates import ShopRate
from packstation.domain.tiers import NO_RULES, Dealings, parse_tiers, shown_tags, standing_of
from packstation.settings import default_config_folder

SHIPPED = parse_tiers((default_config_folder() / "tiers.toml").read_text("utf-8"), 1)
WORDS = 'vi = "x"\nen = "x"\n'


def history(spent: int = 0, currency: str = "VND", **counts: int) -> History:
    arrived = counts.get("delivered", 0) + counts.get("returned", 0)
    return History(Counts(**counts), {}, currency, {currency: spent}, 0, arrived, None, None, None, 0, ShopRate(), 6)


@pytest.mark.parametrize(
    ("past", "tier"),
    [
        (None, Tier.WALK_IN),
        (history(), Tier.NEVER_BOUGHT),
        (history(orders=3, open=1, buyer_cancelled=2), Tier.NEVER_BOUGHT),
        (history(orders=1, delivered=1), Tier.REGULAR),
        (history(orders=1, returned=1), Tier.REGULAR),
        (history(orders=5, delivered=5), Tier.LOYAL),
        (history(orders=7, delivered=5, delivery_failed=2), Tier.REGULAR),
        (history(orders=15, delivered=15), Tier.VIP),
        (history(15_000_000, orders=1, delivered=1), Tier.VIP),
        (history(15_000_000, "GBP", orders=1, delivered=1), Tier.REGULAR),
        (history(orders=40, delivered=40), Tier.SUPER),
        (history(50_000_000, orders=3, delivered=3), Tier.SUPER),
        (history(50_000_000, orders=5, delivered=4, delivery_failed=1), Tier.VIP),
    ],
)
def test_the_shipped_tiers_are_those_of_the_document(past: History | None, tier: Tier) -> None:
    assert standing_of(SHIPPED, past, Dealings()).tier is tier


@pytest.mark.parametrize(
    ("days", "tags"),
    [
        (None, []),
        (0.0, [7, 15, 30]),
        (7.0, [7, 15, 30]),
        (7.001, [15, 30]),
        (15.0, [15, 30]),
        (30.0, [30]),
        (30.01, []),
    ],
)
def test_who_bought_again_soon_has_the_tags_of_every_span_that_it_was_within(
    days: float | None, tags: list[int]
) -> None:
    dealings = Dealings(days_since_previous_order=days)
    assert standing_of(SHIPPED, history(orders=1, delivered=1), dealings).tags == tuple(
        f"bought-again-{span}" for span in tags
    )


def test_screens_show_the_tag_that_says_most() -> None:
    for days, shown in (
        (3.0, ["bought-again-7"]),
        (10.0, ["bought-again-15"]),
        (20.0, ["bought-again-30"]),
        (40.0, []),
    ):
        given_now = standing_of(SHIPPED, history(), Dealings(days_since_previous_order=days)).by_rule
        assert [rule.id for rule in shown_tags(SHIPPED, given_now)] == shown


def test_by_hand_a_tier_stands_instead_of_the_rules_and_tags_beside_theirs() -> None:
    past, dealings = history(orders=5, delivered=5), Dealings(days_since_previous_order=20)
    standing = standing_of(SHIPPED, past, dealings, Tier.SUPER, ["hay hỏi", "bought-again-30"])
    assert standing.tier is Tier.SUPER
    assert standing.tags == ("hay hỏi", "bought-again-30")
    assert standing.by_rule == ()


def test_a_tag_can_go_by_the_tier_and_by_what_is_owed() -> None:
    rules = parse_tiers(
        f"""
        [[tier]]
        is = "vip"
        when = "delivered >= 2"
        [[tag]]
        id = "owes"
        when = "debt > 0 and unpaid_days > 30"
        {WORDS}
        [[tag]]
        id = "good"
        when = "tier == 'vip'"
        {WORDS}
        [[tag]]
        id = "broken"
        when = "points / debt > 1"
        {WORDS}
        """,
        1,
    )
    past = history(orders=2, delivered=2)
    assert standing_of(rules, past, Dealings(debt=5, unpaid_days=31)).tags == ("owes", "good")
    assert standing_of(rules, past, Dealings(debt=5)).tags == ("good",)
    assert standing_of(rules, past, Dealings(debt=0, points=3)).tags == ("good",)


@given(
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 10**8),
    st.one_of(st.none(), st.floats(0, 100)),
)
def test_tier_and_tags_follow_from_history_and_dealings_alone(
    delivered: int, failed: int, still_open: int, spent: int, days: float | None
) -> None:
    past = history(
        spent, orders=delivered + failed + still_open, delivered=delivered, delivery_failed=failed, open=still_open
    )
    dealings = Dealings(days_since_previous_order=days)
    standing = standing_of(SHIPPED, past, dealings)
    assert standing == standing_of(SHIPPED, replace(past), replace(dealings))
    order = list(Tier)
    assert standing.tier is not None
    # What a customer keeps never lowers the tier.
    kept_more = replace(past, counts=replace(past.counts, orders=past.counts.orders + 1, delivered=delivered + 1))
    better = standing_of(SHIPPED, kept_more, dealings).tier
    assert better is not None
    assert order.index(better) >= order.index(standing.tier)
    assert (standing.tier is Tier.NEVER_BOUGHT) == (delivered == 0)


def test_without_published_rules_only_people_give_tiers_and_tags() -> None:
    standing = standing_of(NO_RULES, history(orders=9, delivered=9), Dealings(), None, ["quen"])
    assert (standing.tier, standing.tags) == (None, ("quen",))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[[tier]]\nis = "gold"\nwhen = "delivered > 1"\n', ("tier[1].is", "gold", "walk_in")),
        ('[[tier]]\nis = "vip"\nwhen = "spend > 1"\n', ("tier[1].when", "spend")),
        ('[[tier]]\nis = "vip"\nwhen = "tier == \'vip\'"\n', ("tier[1].when", "tier")),
        ('[[tier]]\nis = "vip"\n', ("tier[1].when", "expression")),
        ('[[tier]]\nis = "vip"\nwhen = "has_customer"\nname = 1\n', ("tier[1].name", "no setting")),
        (f'[[tag]]\nid = "Đẹp"\nwhen = "has_customer"\n{WORDS}', ("tag[1].id", "small letters")),
        (f"[[tag]]\nid = \"a\"\nwhen = \"tier in ['vip', 'gold']\"\n{WORDS}", ("tag[1].when", "gold")),
        (f'[[tag]]\nid = "a"\nwhen = "has_customer"\n{WORDS}' * 2, ("tag[1].id", "own")),
        ('[[tag]]\nid = "a"\nwhen = "has_customer"\nvi = "x"\n', ("tag[1].en", "as people read it")),
        (f'[[tag]]\nid = "a"\nwhen = "has_customer"\nimplies = ["b"]\n{WORDS}', ("tag[1].implies", "other tags")),
        (f'[[tag]]\nid = "a"\nwhen = "has_customer"\nimplies = "b"\n{WORDS}', ("tag[1].implies", "list")),
        ("[tier]\n", ("tier", "[[tier]]")),
        ("[[tiers]]\n", ("tiers", "tier")),
        ("tier", ("TOML",)),
    ],
)
def test_a_mistake_names_file_key_and_reason(text: str, named: tuple[str, ...]) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_tiers(text, 1, "my.toml")
    assert str(refused.value).startswith("my.toml: ")
    assert "\n" not in str(refused.value)
    assert all(word in str(refused.value) for word in named)
