from __future__ import annotations

import pytest

from packstation.domain.order_counts import Counts
from packstation.domain.orders import Outcome
from packstation.domain.past_orders import replaced_positions
from packstation.domain.times import DAY, HOUR, MINUTE
from tests.domain.histories import T, cancelled, history, past


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
