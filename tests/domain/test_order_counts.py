from __future__ import annotations

import pytest

from packstation.domain.order_counts import Label
from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.times import DAY
from tests.domain.histories import T, history, past


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
