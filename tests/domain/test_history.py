from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.history import (
    COUNT_NAMES,
    Counts,
    History,
    KnownOutcome,
    Label,
    PastOrder,
    ShopRate,
    days_between,
    history_from_orders,
    rate_changes,
    replaced_positions,
)
from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.times import DAY, HOUR, MINUTE, parse_iso

T = parse_iso("2025-10-09T16:00", "Asia/Ho_Chi_Minh")
HANOI = "Asia/Ho_Chi_Minh"
LONDON = "Europe/London"


def past(
    position: int,
    placed_at: int = T - 10 * DAY,
    outcome: Outcome | None = None,
    known_at: int | None = None,
    *,
    cause: FailureCause | None = None,
    skus: str = "TEA",
    worth: int = 100_000,
    refunds: tuple[tuple[int, int], ...] = (),
    currency: str = "VND",
    channel: str = "shopee",
    cod: bool = True,
    voucher: bool = False,
) -> PastOrder:
    known = (
        () if outcome is None else (KnownOutcome(outcome, cause, placed_at + HOUR if known_at is None else known_at),)
    )
    return PastOrder(
        position, channel, currency, placed_at, worth, cod, voucher, frozenset(skus.split()), known, refunds
    )


def history(
    *orders: PastOrder,
    at: int | None = T,
    judging: PastOrder | None = None,
    zone: str = HANOI,
    rate: ShopRate | None = None,
    weight: float = 6,
) -> History:
    return history_from_orders(
        orders,
        at=at,
        now=T if at is None else at,
        zone=zone,
        currency="VND",
        shop_rate=rate or ShopRate(),
        prior_weight=weight,
        judging=judging,
    )


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


@pytest.mark.parametrize(
    ("outcome", "cause", "judged", "failed"),
    [
        (Outcome.OPEN, None, 0, 0),
        (Outcome.DELIVERED, None, 1, 0),
        (Outcome.RETURNED, None, 1, 0),
        (Outcome.BUYER_CANCELLED, None, 1, 1),
        (Outcome.DELIVERY_FAILED, FailureCause.REFUSED, 1, 1),
        (Outcome.DELIVERY_FAILED, FailureCause.UNREACHABLE, 1, 1),
        (Outcome.DELIVERY_FAILED, None, 1, 1),
        (Outcome.DELIVERY_FAILED, FailureCause.COURIER, 0, 0),
        (Outcome.SELLER_CANCELLED, None, 0, 0),
        (Outcome.SYSTEM_CANCELLED, None, 0, 0),
        (Outcome.UNPAID_EXPIRED, None, 0, 0),
        (Outcome.CANCELLED, None, 0, 0),
        (Outcome.LOST, None, 0, 0),
    ],
)
def test_the_buyer_is_charged_only_with_what_the_buyer_did(
    outcome: Outcome, cause: FailureCause | None, judged: int, failed: int
) -> None:
    counts = history(past(1, outcome=outcome, cause=cause)).counts
    assert (counts.orders, counts.judged, counts.failed) == (1, judged, failed)


def test_ratios_are_null_while_nothing_was_judged_or_ordered() -> None:
    nothing = history()
    assert (nothing.counts.cancel_ratio, nothing.counts.plain_cancel_ratio, nothing.average_order) == (None, None, None)
    only_lost = history(past(1, outcome=Outcome.LOST))
    assert (only_lost.counts.cancel_ratio, only_lost.counts.plain_cancel_ratio) == (None, 0.0)


def test_the_plain_ratio_charges_every_end_that_is_no_arrival_but_lost_and_courier_included_ones() -> None:
    ends = [
        Outcome.BUYER_CANCELLED,
        Outcome.DELIVERY_FAILED,
        Outcome.SELLER_CANCELLED,
        Outcome.SYSTEM_CANCELLED,
        Outcome.UNPAID_EXPIRED,
        Outcome.CANCELLED,
        Outcome.LOST,
        Outcome.DELIVERED,
    ]
    orders = [past(n, T - (50 + 3 * n) * DAY, outcome=end, cause=FailureCause.COURIER) for n, end in enumerate(ends)]
    assert history(*orders).counts.plain_cancel_ratio == 6 / 8


def test_the_smoothed_ratio_leans_on_ten_percent_until_the_shop_has_judged_a_hundred_orders() -> None:
    failed = past(1, outcome=Outcome.DELIVERY_FAILED)
    assert history(failed, rate=ShopRate(99, 99)).smoothed_cancel_ratio == pytest.approx((1 + 6 * 0.1) / 7)
    assert history(failed, rate=ShopRate(100, 50)).smoothed_cancel_ratio == pytest.approx((1 + 6 * 0.5) / 7)
    assert history(rate=ShopRate(200, 20), weight=5).smoothed_cancel_ratio == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("outcomes", "label"),
    [
        ([], Label.NEW),
        ([None], Label.NEW),
        ([Outcome.DELIVERED], Label.RETURNING),
        ([Outcome.RETURNED, Outcome.DELIVERY_FAILED], Label.RETURNING),
        ([Outcome.UNPAID_EXPIRED], Label.NEVER_RECEIVED),
        ([Outcome.LOST, None], Label.NEVER_RECEIVED),
    ],
)
def test_the_label_says_what_ever_arrived(outcomes: list[Outcome | None], label: Label) -> None:
    assert history(*(past(n, outcome=end) for n, end in enumerate(outcomes))).counts.label is label


# Replaced cancels


def cancelled(position: int, at: int, skus: str = "TEA") -> PastOrder:
    return past(position, at - DAY, Outcome.BUYER_CANCELLED, at, skus=skus)


@pytest.mark.parametrize(
    ("placed_after_cancel", "replaces"),
    [(-DAY - 1, False), (-DAY, True), (0, True), (5 * MINUTE, True), (DAY, True), (DAY + 1, False)],
)
def test_another_order_within_a_day_around_the_cancellation_replaces_it(
    placed_after_cancel: int, replaces: bool
) -> None:
    at = T - 5 * DAY
    counts = history(cancelled(1, at), past(2, at + placed_after_cancel)).counts
    assert (counts.buyer_cancelled, counts.replaced, counts.failed) == (1, int(replaces), int(not replaces))


def test_an_order_replaces_only_what_it_shares_a_sku_with() -> None:
    at = T - 5 * DAY
    assert history(cancelled(1, at, "TEA CUP"), past(2, at, skus="CUP POT")).counts.replaced == 1
    assert history(cancelled(1, at, "TEA"), past(2, at, skus="CUP POT")).counts.replaced == 0


def test_an_order_that_the_buyer_cancelled_too_replaces_nothing_but_one_that_failed_later_does() -> None:
    at = T - 5 * DAY
    assert history(cancelled(1, at), cancelled(2, at + HOUR)).counts.replaced == 0
    assert history(cancelled(1, at), past(2, at + HOUR, Outcome.DELIVERY_FAILED)).counts.replaced == 1


def test_the_order_being_judged_replaces_an_earlier_cancel_whenever_it_was_placed() -> None:
    at = T - HOUR
    judged = past(2, T)
    assert history(cancelled(1, at), judged, judging=judged).counts == Counts(
        orders=1, buyer_cancelled=1, replaced=1, cod_orders=1
    )
    assert history(cancelled(1, at), judging=judged).counts.replaced == 1, "also when it is not among the orders"
    assert history(cancelled(1, at), judged).counts.replaced == 0, "but no other order that is not known yet"


def test_a_replacement_counts_only_as_far_as_its_own_cancel_is_not_known_yet() -> None:
    at = T - 3 * DAY
    orders = (cancelled(1, at), past(2, at, Outcome.BUYER_CANCELLED, known_at=T - HOUR, skus="TEA"))
    assert history(*orders, at=T - HOUR).counts.replaced == 1
    assert history(*orders, at=T).counts.replaced == 0


def test_orders_without_skus_replace_nothing() -> None:
    at = T - 5 * DAY
    assert replaced_positions([cancelled(1, at, ""), past(2, at, skus="")], T) == frozenset()


# Money


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


# Gaps


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


# Against an independent count


ends = st.tuples(st.sampled_from(Outcome), st.sampled_from([None, *FailureCause]), st.integers(T - 4 * DAY, T + DAY))


@st.composite
def customers(draw: st.DrawFn) -> list[PastOrder]:
    orders = []
    for position in range(draw(st.integers(0, 8))):
        known = sorted(draw(st.lists(ends, max_size=3)), key=lambda end: end[2])
        orders.append(
            PastOrder(
                position,
                draw(st.sampled_from(["shopee", "tiktok"])),
                draw(st.sampled_from(["VND", "USD"])),
                draw(st.one_of(st.integers(T - 5 * DAY, T + DAY), st.just(T - 100 * DAY))),
                draw(st.integers(0, 10**7)),
                draw(st.booleans()),
                draw(st.booleans()),
                frozenset(draw(st.sets(st.sampled_from(["A", "B", "C"]), max_size=2))),
                tuple(KnownOutcome(outcome, cause, at) for outcome, cause, at in known),
                tuple(draw(st.lists(st.tuples(st.integers(T - DAY, T + DAY), st.integers(0, 1_000)), max_size=2))),
            )
        )
    return orders


def outcome_by_hand(order: PastOrder, at: int) -> tuple[Outcome, FailureCause | None, int]:
    found: tuple[Outcome, FailureCause | None, int] = (Outcome.OPEN, None, 0)
    for known in order.outcomes:
        if known.known_at < at:
            found = (known.outcome, known.cause, known.known_at)
    return found


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


@given(customers(), st.integers(T - 5 * DAY, T + 2 * DAY))
def test_the_changes_of_a_shops_rate_add_up_to_what_is_known_at_any_moment(orders: list[PastOrder], at: int) -> None:
    # A status is known no earlier than its order.
    orders = [replace(o, placed_at=min([o.placed_at, *(k.known_at for k in o.outcomes)])) for o in orders]
    of_shop = {order.position for order in orders if order.channel == "shopee"}
    before = [change for change in rate_changes(orders, of_shop) if change[0] < at]
    replaced = replaced_positions(orders, at)
    judged = failed = 0
    for order in orders:
        outcome, cause, _known_at = outcome_by_hand(order, at)
        if order.position in of_shop:
            charged = (outcome is Outcome.BUYER_CANCELLED and order.position not in replaced) or (
                outcome is Outcome.DELIVERY_FAILED and cause is not FailureCause.COURIER
            )
            failed += charged
            judged += charged or outcome in (Outcome.DELIVERED, Outcome.RETURNED)
    assert (sum(change[1] for change in before), sum(change[2] for change in before)) == (judged, failed)
