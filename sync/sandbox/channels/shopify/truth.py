"""What can be known of an order at this shop."""

from __future__ import annotations

from dataclasses import replace

from packstation.domain.orders import Outcome, Status
from packstation.domain.times import SECOND
from sync.sandbox.channels.shopify.writing import total_before_returns
from sync.sandbox.channels.shopify_like.truth import told
from sync.sandbox.market.facts import Facts
from sync.sandbox.truth import Expected


def expected(facts: Facts) -> Expected | None:
    """As the family tells it; Shopify never tells that a parcel is back, nor why it comes."""
    if facts.deleted:
        return None
    truth = told(facts)
    lost_track = truth.status is Status.RETURNED and facts.outcome is Outcome.DELIVERY_FAILED
    return replace(
        truth,
        status=Status.RETURNING if lost_track else truth.status,
        cause=None,
        total=total_before_returns(facts),
        placed_at=facts.placed_at // SECOND * SECOND,
    )
