from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.history import days_between
from packstation.domain.order_counts import COUNT_NAMES, Counts
from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.past_orders import KnownOutcome, PastOrder
from packstation.domain.times import DAY, parse_iso
from tests.domain.histories import HANOI, LONDON, T, customers, history, outcome_by_hand, past


def test_an_order_placed_at_the_moment_itself_is_not_known_and_one_placed_a_millisecond_before_is() -> None:
    assert history(past(1, T)).counts.orders == 0
    assert history(past(1, T - 1)).counts.orders == 1


def test_an_outcome_known_at_the_moment_itself_leaves_the_order_open() -> None:
    order = past(1, T - DAY, Outcome.DELIVERED, known_at=T)
    assert history(order).counts == Counts(orders=1, open=1, cod_orders=1)
    assert history(order, at=T + 1).counts == Counts(orders=1, delivered=1, cod_orders=1)


def test_without_a_moment_everything_stored_counts_even_what_lies_ahead() -> None:
    order = past(1, T + DAY, Outcome.DELIVERED, known_at=T + 2 * DAY)
    found = history(order, at=None)
    assert (found.counts.delivered, found.spent, found.spent_3m) == (1, 100_000, 100_000)


def test_the_order_being_judged_is_left_out_also_when_it_was_placed_before() -> None:
    judged = past(1, T - DAY, Outcome.DELIVERY_FAILED, cause=FailureCause.REFUSED)
    other = past(2, T - 2 * DAY, Outcome.DELIVERED)
    assert history(judged, other, judging=judged).counts == history(other).counts
    assert history(judged, other).counts.orders == 2


def test_of_outcomes_known_at_the_same_time_the_later_mapped_counts() -> None:
    order = replace(
        past(1),
        outcomes=(KnownOutcome(Outcome.DELIVERED, None, T - 1), KnownOutcome(Outcome.RETURNED, None, T - 1)),
    )
    assert history(order).counts.returned == 1


def test_an_end_that_the_channel_took_back_leaves_the_order_open_from_then_on() -> None:
    order = replace(
        past(1),
        outcomes=(KnownOutcome(Outcome.CANCELLED, None, T - 9), KnownOutcome(Outcome.OPEN, None, T - 4)),
    )
    assert history(order, at=T - 5).counts.cancelled == 1
    assert history(order).counts.open == 1


def test_spent_is_what_arrived_less_the_refunds_known_by_then() -> None:
    order = past(1, outcome=Outcome.DELIVERED, refunds=((T - 1, 30_000), (T, 20_000)))
    assert (history(order).spent, history(order, at=T + 1).spent) == (70_000, 50_000)


def test_other_currencies_stand_apart_and_are_never_added() -> None:
    found = history(past(1, outcome=Outcome.DELIVERED), past(2, outcome=Outcome.DELIVERED, currency="USD", worth=5_000))
    assert found.spent_by_currency == {"VND": 100_000, "USD": 5_000}
    assert (found.spent, found.spent_3m, found.average_order) == (100_000, 100_000, 100_000)


def test_a_returned_order_stays_in_the_divisor_of_the_average() -> None:
    returned = past(2, outcome=Outcome.RETURNED, refunds=((T - 1, 100_000),))
    assert history(past(1, outcome=Outcome.DELIVERED), returned).average_order == 50_000


@pytest.mark.parametrize(("worths", "average"), [((1, 2), 2), ((2, 3), 2), ((3, 4), 4), ((1, 1, 2), 1), ((-1, -2), -2)])
def test_the_average_order_is_rounded_half_even(worths: tuple[int, ...], average: int) -> None:
    orders = [past(n, outcome=Outcome.DELIVERED, worth=worth) for n, worth in enumerate(worths)]
    assert history(*orders).average_order == average


@pytest.mark.parametrize(
    ("moment", "start", "zone"),
    [
        ("2025-05-31T10:15", "2025-02-28T10:15", HANOI),
        ("2024-05-31T10:15", "2024-02-29T10:15", HANOI),
        ("2025-01-31T00:00", "2024-10-31T00:00", HANOI),
        ("2025-03-15T12:00", "2024-12-15T12:00", HANOI),
        ("2025-05-29T12:00", "2025-02-28T12:00", LONDON),
        ("2025-06-15T09:00+01:00", "2025-03-15T09:00+00:00", LONDON),
        ("2026-01-26T01:30+00:00", "2025-10-26T01:30+01:00", LONDON),
        ("2025-06-30T01:30+01:00", "2025-03-30T02:30+01:00", LONDON),
    ],
)
def test_three_months_go_back_by_the_shops_calendar_and_clock(moment: str, start: str, zone: str) -> None:
    at, first = parse_iso(moment, zone), parse_iso(start, zone)
    orders = (past(1, first, Outcome.DELIVERED, worth=1), past(2, first - 1, Outcome.DELIVERED, worth=1_000))
    assert (history(*orders, at=at, zone=zone).spent_3m, history(*orders, at=at, zone=zone).spent) == (1, 1_001)


def test_a_refund_lowers_the_period_of_its_order_not_its_own() -> None:
    old = past(1, T - 200 * DAY, Outcome.DELIVERED, refunds=((T - DAY, 60_000),))
    assert (history(old).spent, history(old).spent_3m) == (40_000, 0)


def at_days(*days: float, outcome: Outcome | None = None) -> list[PastOrder]:
    return [past(n, T - round(day * DAY), outcome) for n, day in enumerate(days)]


@pytest.mark.parametrize(
    ("days", "gap"),
    [
        ([], None),
        ([3], None),
        ([3, 3], 0.0),
        ([9, 4], 5.0),
        ([10, 6, 1], 4.5),
        ([1, 6, 10], 4.5),
        ([2.25, 2.0], 0.2),
        ([2.35, 2.0], 0.4),
        ([20, 10.25, 10], 5.0),
    ],
)
def test_the_gap_is_the_median_rounded_once_half_even(days: list[float], gap: float | None) -> None:
    assert history(*at_days(*days)).days_between_orders == gap


def test_the_median_of_an_even_number_of_gaps_is_not_rounded_before_its_mean_is_taken() -> None:
    assert days_between([T, T - round(0.25 * DAY), T - round(0.5 * DAY) - 1]) == 0.3
    assert days_between([T, T - round(0.25 * DAY), T - round(0.5 * DAY)]) == 0.2


def test_only_the_last_twenty_orders_make_gaps_and_never_paid_ones_make_none() -> None:
    daily = [past(n, T - (n + 1) * DAY) for n in range(20)]
    older = [past(100 + n, T - (500 + 50 * n) * DAY) for n in range(40)]
    assert history(*daily, *older).days_between_orders == 1.0
    found = history(*at_days(9, 4), past(50, T - 6 * DAY, Outcome.UNPAID_EXPIRED))
    assert (found.days_between_orders, found.counts.orders) == (5.0, 3)


def test_a_voucher_counts_unless_the_order_was_never_paid() -> None:
    orders = (past(1, voucher=True), past(2, outcome=Outcome.UNPAID_EXPIRED, voucher=True), past(3))
    assert history(*orders).counts.voucher_orders == 1


@pytest.mark.parametrize(
    ("known_at", "cause", "counted"),
    [
        (T - 90 * DAY - 1, FailureCause.REFUSED, 0),
        (T - 90 * DAY, FailureCause.REFUSED, 1),
        (T - 1, None, 1),
        (T, FailureCause.REFUSED, 0),
        (T - 1, FailureCause.COURIER, 0),
    ],
)
def test_failed_deliveries_count_for_ninety_days_from_when_they_became_known(
    known_at: int, cause: FailureCause | None, counted: int
) -> None:
    order = past(1, T - 200 * DAY, Outcome.DELIVERY_FAILED, known_at, cause=cause)
    assert history(order).failed_deliveries_90d == counted


def test_channels_are_counted_apart_and_add_up() -> None:
    found = history(past(1), past(2, outcome=Outcome.DELIVERED, channel="tiktok"), past(3, channel="tiktok"))
    assert {channel: counts.orders for channel, counts in found.by_channel.items()} == {"shopee": 1, "tiktok": 2}
    assert sum(found.by_channel.values(), Counts()) == found.counts


@given(customers(), st.integers(T - 2 * DAY, T + 2 * DAY), st.one_of(st.none(), st.integers(0, 7)))
def test_every_figure_equals_a_count_made_by_hand(orders: list[PastOrder], at: int, judged: int | None) -> None:
    judging = next((order for order in orders if order.position == judged), None)
    counted = [order for order in orders if order.placed_at < at and order is not judging]
    by_outcome = Counter(outcome_by_hand(order, at)[0] for order in counted)
    replaced = courier = 0
    for order in counted:
        outcome, cause, known_at = outcome_by_hand(order, at)
        courier += outcome is Outcome.DELIVERY_FAILED and cause is FailureCause.COURIER
        replaced += outcome is Outcome.BUYER_CANCELLED and any(
            other is not order
            and (other.placed_at < at or other is judging)
            and outcome_by_hand(other, at)[0] is not Outcome.BUYER_CANCELLED
            and abs(other.placed_at - known_at) <= DAY
            and order.skus & other.skus
            for other in orders
        )
    arrived = [o for o in counted if outcome_by_hand(o, at)[0] in (Outcome.DELIVERED, Outcome.RETURNED)]
    spent = Counter[str]()
    for order in arrived:
        spent[order.currency] += order.first_total - sum(amount for known, amount in order.refunds if known < at)
    gaps_of = sorted(o.placed_at for o in counted if outcome_by_hand(o, at)[0] is not Outcome.UNPAID_EXPIRED)
    gaps = [Decimal(later - earlier) for earlier, later in pairwise(gaps_of)]
    found = history(*orders, at=at, judging=judging)
    counts = found.counts
    assert all(getattr(counts, str(outcome)) == by_outcome[outcome] for outcome in Outcome)
    assert (counts.orders, counts.replaced, counts.courier_failed) == (len(counted), replaced, courier)
    assert counts.judged == len(arrived) + counts.failed
    assert 0 <= counts.failed <= counts.judged <= counts.orders
    assert found.spent_by_currency == dict(spent)
    expected = (Decimal(median(gaps)) / DAY).quantize(Decimal("0.1"), ROUND_HALF_EVEN) if gaps else None
    assert found.days_between_orders == (None if expected is None else float(expected))
    assert found.figures().keys() >= set(COUNT_NAMES)
    assert 0 < found.smoothed_cancel_ratio < 1
