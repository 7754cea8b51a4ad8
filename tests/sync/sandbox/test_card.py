"""The card's codes get the verdicts that the card says, by the default policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from packstation.domain.order_counts import Label
from packstation.domain.orders import PACKABLE, IncomingOrder, Status, is_masked
from packstation.domain.phones import phone_key
from packstation.domain.times import HOUR
from packstation.domain.verdict import AMBIGUOUS_CODE, VerdictKind
from sync.sandbox.world import DemoCode, demo_world
from tests.sync.sandbox.judging import DemoJudge

NOW = 1_790_000_000_000
WORLD = demo_world(NOW, orders=1_500)
JUDGE = DemoJudge(WORLD, NOW)


def line(*, rule: str) -> DemoCode:
    (found,) = [one for one in WORLD.card if one.rules == (rule,)]
    return found


def order(code: DemoCode) -> IncomingOrder:
    (meaning,) = JUDGE.meanings(code.code)
    return meaning[1]


def is_unique(code: DemoCode) -> bool:
    return code.expected != VerdictKind.UNKNOWN


@pytest.mark.parametrize("code", [one for one in WORLD.card if is_unique(one)], ids=lambda one: one.what_it_shows_en)
def test_a_code_gets_the_verdict_and_the_reasons_that_the_card_says(code: DemoCode) -> None:
    verdict = JUDGE.verdict(code.code)
    assert (verdict.kind, tuple(reason.rule for reason in verdict.reasons)) == (code.expected, code.rules)


@pytest.mark.parametrize("seed", [2, 3, 4])
@pytest.mark.parametrize("now", [1_772_300_000_000, 1_798_761_599_999])
def test_the_card_holds_for_other_people_on_other_days(seed: int, now: int) -> None:
    world = demo_world(now, seed, orders=600)
    judge = DemoJudge(world, now)
    wanted = [(one.expected, one.rules) for one in world.card if is_unique(one)]
    verdicts = [judge.verdict(one.code) for one in world.card if is_unique(one)]
    assert [(verdict.kind, tuple(reason.rule for reason in verdict.reasons)) for verdict in verdicts] == wanted


def test_every_verdict_is_on_the_card() -> None:
    assert {one.expected for one in WORLD.card} == {str(kind) for kind in VerdictKind}


def test_a_stop_is_shown_for_every_status_that_a_packer_meets() -> None:
    stopped = [order(one) for one in WORLD.card if one.rules == ("status",)]
    assert {one.statuses[-1].status for one in stopped} == {
        Status.CANCELLED,
        Status.CANCEL_REQUESTED,
        Status.UNPAID,
        Status.SHIPPED,
    }


def test_the_unpaid_order_is_no_cash_on_delivery() -> None:
    (unpaid,) = [one for one in map(order, filter(is_unique, WORLD.card)) if one.statuses[-1].status is Status.UNPAID]
    assert unpaid.cod is False


def test_the_first_line_is_a_returning_buyer_and_the_second_a_new_one_who_paid() -> None:
    regular, fresh = (JUDGE.history(one.code) for one in WORLD.card[:2])
    assert regular
    assert fresh
    assert (regular.counts.label, regular.counts.delivered, regular.counts.failed) == (Label.RETURNING, 8, 0)
    assert (fresh.counts.label, order(WORLD.card[1]).cod) == (Label.NEW, False)


def test_the_buyer_who_often_cancels_can_be_rung_up() -> None:
    assert phone_key(order(line(rule="cancel-ratio")).address.phone)


def test_the_buyer_who_refuses_parcels_hides_the_phone() -> None:
    assert is_masked(order(line(rule="failed-deliveries")).address.phone)


def test_the_address_burst_comes_from_several_people() -> None:
    burst = order(line(rule="address-burst"))
    same_door = [one for _shop, one, _kept in JUDGE.orders if one.address.street == burst.address.street]
    near = [one for one in same_door if abs(one.placed_at - burst.placed_at) <= HOUR]
    assert len({one.address.recipient for one in near}) == 3


def test_one_buyer_has_another_open_order() -> None:
    def has_another(code: DemoCode) -> bool:
        others = JUDGE.others_of_buyer(code.code)
        return any(other.statuses[-1].status in PACKABLE for other in others)

    assert [one.what_it_shows_en for one in WORLD.card if one.expected == "pack" and has_another(one)] == [
        "The buyer has another open order: pack together?"
    ]


def test_one_order_number_asks_which_of_two_parcels() -> None:
    split = [one for one in WORLD.card if is_unique(one) and len(order(one).parcels) > 1]
    assert [order(one).number for one in split] == [one.code for one in split]
    assert [len(order(one).parcels) for one in split] == [2]


def test_one_order_number_is_in_two_shops() -> None:
    meanings = JUDGE.meanings(line(rule=AMBIGUOUS_CODE).code)
    assert len({shop.name for shop, _order in meanings}) == 2


def test_one_code_is_unknown() -> None:
    unknown = [one for one in WORLD.card if one.expected == "unknown" and not one.rules]
    assert [JUDGE.meanings(one.code) for one in unknown] == [[]]


@pytest.mark.parametrize("wording", [lambda one: one.what_it_shows_vi, lambda one: one.what_it_shows_en])
def test_each_line_says_something_else(wording: Callable[[DemoCode], str]) -> None:
    assert len({wording(one) for one in WORLD.card}) == len(WORLD.card)
