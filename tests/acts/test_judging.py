from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from packstation.acts.blocking import NoSuchBuyerError, block_buyer
from packstation.acts.checking import check
from packstation.acts.judging import judge_stored
from packstation.acts.overriding import override
from packstation.acts.policies import NoPolicyError, current_policy, publish_policy
from packstation.domain.holds import AttemptResult, RefusalWhy
from packstation.domain.ledger import text_digest
from packstation.domain.orders import FailureCause, IncomingOrder, Outcome, Status
from packstation.domain.policy_reading import PolicyError
from packstation.domain.times import DAY, HOUR, MINUTE, SECOND
from packstation.store.database import execute_many, rows_of
from packstation.store.holds import open_holds
from packstation.store.policies import newest_version
from tests.acts.worlds import (
    PIN,
    POLICY,
    World,
    checked,
    entries,
    failed_before,
    hold_moves,
    kinds,
    risky,
    standing_of_hold,
    tracked,
    verdict_of,
)
from tests.factories import HOME, NOW, a_shop, an_item, an_order, order_id, stored

TRUCKS = """
[holds.cut_offs.spx]
mon-sun = ["17:00"]
[holds.cut_offs."*"]
mon-sun = ["12:00"]
"""
FIVE_IN_HANOI = NOW - NOW % DAY + 10 * HOUR

# On arrival


def test_a_risky_order_is_held_when_it_arrives(world: World) -> None:
    stored_now = world.arrive(risky("A-1"), an_order("A-2"))
    assert (stored_now.new, stored_now.judged) == (2, 2)
    assert standing_of_hold(world.hold_of()) == ("waiting", "rule")
    assert [order for _hold, order, _state in open_holds()] == [order_id("A-1")]
    assert checked("A-1") == ("call", ["big", "hold"])
    assert checked("A-2") == ("pack", [])


def test_an_order_that_cannot_be_packed_is_not_held(world: World) -> None:
    world.arrive(risky("A-1", status=Status.CANCELLED), risky("A-2", status=Status.UNPAID, cod=False))
    assert open_holds() == []


def test_a_failure_that_arrives_holds_the_customers_other_orders_and_nobody_elses(world: World) -> None:
    world.arrive(an_order("A-1"), an_order("A-2"), an_order("B-1", buyer="binh"))
    world.arrive(failed_before())
    assert [order for _hold, order, _state in open_holds()] == [order_id("A-1"), order_id("A-2")]


def test_a_buyers_failure_in_one_shop_of_a_platform_counts_in_the_other(world: World) -> None:
    world.arrive(an_order("A-1"))
    world.arrive(failed_before(), shop=a_shop("shop-b"))
    assert standing_of_hold(world.hold_of()) == ("waiting", "rule")


# What ends holds


@pytest.mark.parametrize(
    ("news", "state", "reason"),
    [
        (risky("A-1", status=Status.CANCELLED), "closed", "order_cancelled"),
        (risky("A-1", status=Status.SHIPPED), "closed", "order_shipped"),
        (risky("A-1", status=Status.DELIVERED), "closed", "order_shipped"),
        (risky("A-1", cod=False, paid_at=NOW + MINUTE), "released", "prepaid"),
        (risky("A-1", items=[an_item(price=1)]), "released", "rejudged"),
        (risky("A-1", status=Status.CANCEL_REQUESTED), "waiting", "rule"),
        (risky("A-1", status=Status.CHANNEL_HOLD), "waiting", "rule"),
        (risky("A-1", seller_note="x"), "waiting", "rule"),
    ],
)
def test_news_of_the_channel_end_a_hold(world: World, news: IncomingOrder, state: str, reason: str) -> None:
    card = world.held()
    world.arrive(news)
    assert standing_of_hold(world.hold_of()) == (state, reason)
    assert world.hold_of().id == card.id
    if state != "waiting":
        assert entries("kind", "hold_id", "person_id", "facts")[-1] == (
            "hold_moved",
            card.id,
            None,
            {"why": reason},
        )


@pytest.mark.parametrize(
    ("news", "state", "reason"),
    [
        (an_order("A-1", status=Status.CANCELLED), "closed", "order_cancelled"),
        (an_order("A-1", status=Status.SHIPPED), "closed", "order_shipped"),
        (an_order("A-1", cod=False, paid_at=NOW + HOUR), "released", "prepaid"),
        (an_order("A-1", cod=False, paid_at=NOW - HOUR), "waiting", "by_hand"),
        (an_order("A-1", seller_note="x"), "waiting", "by_hand"),
    ],
)
def test_a_hold_by_hand_ends_by_facts_but_never_because_no_rule_asks_for_it(
    world: World, news: IncomingOrder, state: str, reason: str
) -> None:
    world.arrive(an_order("A-1", parcels=tracked("T-0001")))
    world.desk.scan("T-0001")
    world.desk.hold()
    world.arrive(news)
    world.publish("")
    world.desk.scan("T-0001")
    assert standing_of_hold(world.hold_of()) == (state, reason)


@pytest.mark.parametrize("result", [AttemptResult.WANTS_CHANGES, AttemptResult.WILL_PREPAY])
def test_a_hold_whose_buyer_wants_something_stays_whatever_the_policy_says(world: World, result: AttemptResult) -> None:
    card = world.held()
    world.contact(card.id, result)
    world.publish("")
    assert standing_of_hold(world.hold_of()) == ("waiting", "rule")


def test_an_escalated_hold_waits_for_the_supervisor_even_if_no_rule_asks_for_it_any_more(world: World) -> None:
    card = world.held()
    world.contact(card.id, AttemptResult.WRONG_NUMBER)
    world.publish("")
    assert standing_of_hold(world.hold_of()) == ("escalated", "wrong_number")


def test_a_cancelled_order_that_comes_back_is_held_anew(world: World) -> None:
    first = world.held()
    world.arrive(risky("A-1", status=Status.CANCELLED))
    world.arrive(risky("A-1"))
    assert world.hold_of().id != first.id
    assert checked() == ("call", ["big", "hold"])


# Publishing


def test_a_published_policy_judges_every_packable_order_at_once(world: World) -> None:
    world.arrive(an_order("A-1"), risky("A-2"))
    strict = '[[rule]]\nid = "cod"\nwhen = "cod and total < 1000000"\nvi = "x"\nen = "x"\n'
    world.publish(strict)
    assert standing_of_hold(world.hold_of("A-1")) == ("waiting", "rule")
    assert standing_of_hold(world.hold_of("A-2")) == ("released", "rejudged")
    assert current_policy().version == 2
    world.publish(POLICY)
    assert standing_of_hold(world.hold_of("A-1")) == ("released", "rejudged")
    assert checked("A-2") == ("call", ["big", "hold"])
    assert [(version, kind) for kind, version in entries("kind", "policy_version") if kind == "policy_published"] == [
        (1, "policy_published"),
        (2, "policy_published"),
        (3, "policy_published"),
    ]


def test_a_policy_with_a_mistake_is_not_published(world: World) -> None:
    with pytest.raises(PolicyError):
        publish_policy(world.daemon, '[[rule]]\nid = "x"\nwhen = "5"\n', None)
    assert newest_version() == 1


def test_without_a_policy_nothing_is_judged(database: str) -> None:
    with pytest.raises(NoPolicyError):
        current_policy()


def test_a_rule_that_cannot_be_computed_holds_the_order_in_its_own_name(world: World) -> None:
    world.publish('[[rule]]\nid = "each"\nwhen = "total / judged > 1"\nvi = "x"\nen = "x"\n')
    world.arrive(an_order("A-1"))
    assert verdict_of(world.desk.scan("A-1")) == ("call", ["each", "hold"])
    assert entries("facts")[-1] == ({"why": "each"},)


# What a release covers


def by_confirmation(world: World) -> None:
    world.contact(world.hold_of().id, AttemptResult.CONFIRMED)


def by_override(world: World) -> None:
    override(world.desk.place, world.supervisor(), PIN, world.hold_of().id, release=True, reason="x")


@pytest.mark.parametrize("release", [by_confirmation, by_override])
def test_a_release_covers_the_order_while_nothing_of_it_changes(world: World, release: Callable[[World], None]) -> None:
    world.held()
    release(world)
    world.arrive(risky("A-1", seller_note="gói kỹ", status=Status.LABEL_READY))
    world.publish(POLICY)
    assert checked() == ("pack", ["release"])
    assert kinds().count("hold_opened") == 1


@pytest.mark.parametrize(
    "news",
    [
        risky("A-1", address=replace(HOME, street="99 Hàng Bông")),
        risky("A-1", address=replace(HOME, phone="0987654321")),
        risky("A-1", items=[an_item(price=2_000_000, quantity=2)]),
        risky("A-1", items=[an_item("CUP", price=2_000_000)]),
        risky("A-1", total=2_500_000),
        failed_before(known_at=NOW + HOUR),
        failed_before(outcome=Outcome.BUYER_CANCELLED, known_at=NOW + HOUR, placed_at=NOW - 40 * DAY, items=["CUP"]),
    ],
)
def test_a_release_ends_when_the_order_changes_or_the_customer_fails_again(world: World, news: IncomingOrder) -> None:
    first = world.held()
    by_confirmation(world)
    world.clock.pass_(2 * HOUR)
    world.arrive(news)
    second = world.hold_of()
    assert second.id != first.id
    assert standing_of_hold(second) == ("waiting", "rule")
    assert hold_moves(first.id)[-1] == ("released", "confirmed")


@pytest.mark.parametrize(
    "news",
    [
        failed_before(cause=FailureCause.COURIER, known_at=NOW + HOUR),
        failed_before(outcome=Outcome.DELIVERED, known_at=NOW + HOUR),
        failed_before(known_at=NOW - HOUR),
        failed_before(known_at=NOW + HOUR, buyer="binh"),
        failed_before(outcome=Outcome.SELLER_CANCELLED, known_at=NOW + HOUR),
    ],
)
def test_what_the_buyer_did_not_do_since_leaves_the_release_alone(world: World, news: IncomingOrder) -> None:
    world.held()
    by_confirmation(world)
    world.clock.pass_(2 * HOUR)
    world.arrive(news)
    assert checked()[0] == "pack"


def test_a_withdrawn_or_rejudged_hold_covers_nothing(world: World) -> None:
    world.held()
    world.publish("")
    assert standing_of_hold(world.hold_of()) == ("released", "rejudged")
    world.publish(POLICY)
    assert checked() == ("call", ["big", "hold"])


# Blocks


def test_a_blocked_buyers_orders_are_stopped_until_the_block_ends(world: World) -> None:
    world.arrive(an_order("A-1"), an_order("B-1", buyer="binh"))
    block_buyer(world.daemon, "shopee", "an.nguyen", "lừa đảo", until=world.clock.now + HOUR, person_id=world.packer)
    answer = world.desk.scan("A-1")
    assert verdict_of(answer) == ("stop", ["blocked"])
    assert answer.judgement is not None
    assert answer.judgement.verdict.reasons[0].evidence == {"why": "lừa đảo"}
    assert checked("B-1") == ("pack", [])
    world.clock.pass_(HOUR)
    assert verdict_of(world.desk.scan("A-1")) == ("pack", [])
    assert ("buyer_blocked", world.packer) in entries("kind", "person_id")


def test_only_a_buyer_that_is_known_is_blocked(world: World) -> None:
    with pytest.raises(NoSuchBuyerError):
        block_buyer(world.daemon, "shopee", "nobody", "x")


def test_judging_again_changes_nothing(world: World) -> None:
    ids = stored(risky("A-1"), an_order("A-2"), failed_before())
    assert judge_stored(world.daemon, ids) == 2
    before = len(rows_of("SELECT 1 FROM ledger")), len(rows_of("SELECT 1 FROM hold_event"))
    assert judge_stored(world.daemon, ids) == 2
    assert (len(rows_of("SELECT 1 FROM ledger")), len(rows_of("SELECT 1 FROM hold_event"))) == before


def test_a_refused_order_stays_stopped_whatever_arrives(world: World) -> None:
    world.contact(world.held().id, AttemptResult.REFUSED, why=RefusalWhy.PRICE)
    world.arrive(risky("A-1", total=1))
    world.publish("")
    assert checked() == ("stop", ["hold-closed"])


# The shelf


def test_an_order_held_by_its_number_puts_the_parcel_still_to_pack_on_the_shelf(world: World) -> None:
    world.arrive(an_order("A-1", parcels=tracked("SPXVN0001", "SPXVN0002")))
    world.desk.pack("SPXVN0001")
    world.arrive(failed_before())
    answer = world.desk.scan("A-1")
    assert (verdict_of(answer)[0], answer.slot) == ("call", "A1")
    assert rows_of("SELECT tracking, slot FROM parcel ORDER BY tracking") == [("SPXVN0001", None), ("SPXVN0002", "A1")]


# Trucks


def test_a_hold_is_to_be_decided_before_its_carriers_truck_leaves(world: World) -> None:
    world.publish(POLICY + TRUCKS)
    by = FIVE_IN_HANOI + DAY + 3 * HOUR
    card = world.held(ship_by=by)
    assert card.hold.decide_by == FIVE_IN_HANOI + DAY - 5 * HOUR - 30 * MINUTE, "any carrier's truck leaves at noon"
    world.arrive(risky(ship_by=by, parcels=tracked("T-0001")))
    assert world.hold_of().hold.decide_by == FIVE_IN_HANOI + DAY - 30 * MINUTE, "now the carrier is known"
    order = check("A-1").order
    assert order is not None
    assert (order.cut_off, order.decide_by) == (FIVE_IN_HANOI + DAY, FIVE_IN_HANOI + DAY - 30 * MINUTE)


def test_trucks_that_are_published_move_every_open_hold(world: World) -> None:
    by = FIVE_IN_HANOI + DAY + 3 * HOUR
    world.held(ship_by=by)
    world.arrive(risky("A-2", ship_by=by))
    world.arrive(risky("A-2", ship_by=by, status=Status.CANCEL_REQUESTED))
    world.publish(POLICY + TRUCKS)
    noon = FIVE_IN_HANOI + DAY - 5 * HOUR
    assert [world.hold_of(number).hold.decide_by for number in ("A-1", "A-2")] == [noon - 30 * MINUTE] * 2
    world.publish(POLICY)
    assert world.hold_of().hold.decide_by == by - 30 * MINUTE


def test_the_ledger_says_on_which_data_a_hold_was_opened_and_a_parcel_packed(world: World) -> None:
    world.arrive(failed_before(), an_order("A-1"))
    execute_many("UPDATE shop SET synced_at = ?", [(world.clock.now - MINUTE,)])
    world.desk.scan("A-1")
    [(facts, version)] = rows_of("SELECT facts, policy_version FROM ledger WHERE kind = 'hold_opened'")
    [(salt, text)] = rows_of("SELECT salt, text FROM ledger_text WHERE digest = ?", (json.loads(facts)["evidence"],))
    evidence = json.loads(text)
    assert version == 1
    assert (evidence["failed_deliveries_90d"], evidence["judged"], evidence["order_total"]) == (1, 1, 150_000)
    assert text_digest(salt, text) == json.loads(facts)["evidence"]
    world.arrive(an_order("A-2", buyer="binh"))
    world.desk.pack("A-2")
    [(facts,)] = rows_of("SELECT facts FROM ledger WHERE kind = 'packed'")
    packed = json.loads(facts)
    assert packed["data_age_ms"] == MINUTE + 4 * SECOND + 2 * SECOND
    [(text,)] = rows_of("SELECT text FROM ledger_text WHERE digest = ?", (packed["evidence"],))
    assert json.loads(text)["orders"] == 0


def test_contacts_holds_by_hand_and_what_time_decides_are_recorded_with_data_and_policy_too(world: World) -> None:
    boss = world.supervisor()
    execute = "UPDATE shop SET synced_at = ?"
    world.arrive(an_order("B-1", buyer="binh"))
    world.desk.scan("B-1")
    world.desk.hold("mùi lạ")
    hold = world.held("A-1")
    world.contact(hold.id, AttemptResult.NO_ANSWER)
    override(world.desk.place, boss, PIN, hold.id, release=True, reason="Khách quen")
    world.held("C-1", buyer="chi")
    execute_many(execute, [(world.clock.now,)])
    world.clock.pass_(3 * DAY)
    world.tick()
    decided = rows_of(
        "SELECT kind, facts, policy_version FROM ledger WHERE kind IN ('hold_opened', 'hold_moved', 'contact_ended') ORDER BY at"
    )
    assert {row[0] for row in decided} == {"hold_opened", "hold_moved", "contact_ended"}
    for kind, facts, version in decided:
        told = json.loads(facts)
        assert (kind, version, "data_age_ms" in told) == (kind, 1, True)
        assert rows_of("SELECT count(*) FROM ledger_text WHERE digest = ?", (told["evidence"],))[0][0] == 1
    assert json.loads(decided[-1][1])["data_age_ms"] == 3 * DAY
