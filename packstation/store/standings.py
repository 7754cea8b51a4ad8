"""What a customer's tier and tags are reckoned from beside the history: debt, its age, the order bought before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packstation.domain.rule_kinds import RuleKind
from packstation.domain.tiers import NO_RULES, Dealings, TierRules, parse_tiers
from packstation.domain.times import DAY
from packstation.store.balances import Balance
from packstation.store.database import rows_of
from packstation.store.debts import unpaid_of_buyers
from packstation.store.rule_versions import newest_rules

_FAR = 2**62
_OUTCOME_AT = (
    "coalesce((SELECT c.outcome FROM outcome_change c WHERE c.order_id = o.id AND c.known_at < ? "
    "ORDER BY c.known_at DESC, c.place DESC LIMIT 1), 'open')"
)
_BOUGHT = "('open', 'delivered', 'returned')"

_compiled: dict[int, TierRules] = {}


@dataclass(frozen=True, slots=True)
class OrderInHand:
    """The order that is judged, and when it was placed, ms UTC."""

    id: int
    placed_at: int


def current_tiers() -> TierRules:
    """The newest published rules for tiers and tags, compiled once per version and process; none where none are published."""
    newest = newest_rules(RuleKind.TIERS)
    if newest is None:
        return NO_RULES
    version, text = newest
    if version not in _compiled or _compiled[version].text != text:
        _compiled[version] = parse_tiers(text, version, f"tiers version {version}")
    return _compiled[version]


def dealings_of(
    buyer_ids: Sequence[int], balance: Balance, at: int | None, now: int, order: OrderInHand | None
) -> Dealings:
    """What is known of a customer beside the orders that are counted.

    Args:
        buyer_ids: the customer's.
        balance: at the moment.
        at: the moment, ms UTC; None for the present.
        now: the present, ms UTC.
        order: the order that is judged; None for the customer screen, which looks at the last order bought.
    """
    bought = bought_before(buyer_ids, at, order, 1 if order else 2)
    later = order.placed_at if order else (bought[0] if bought else None)
    before = bought[-1] if bought and (order or len(bought) == 2) else None
    return Dealings(
        balance.debt,
        balance.points,
        # Nobody keeps which orders were not paid at a past moment.
        _unpaid_days(buyer_ids, balance.debt, now) if at is None else None,
        None if later is None or before is None else (later - before) / DAY,
    )


def bought_before(buyer_ids: Sequence[int], at: int | None, order: OrderInHand | None, most: int) -> list[int]:
    """When the latest orders up to the one in hand were placed, ms UTC, latest first: those that arrived or are under way.

    Args:
        buyer_ids: the customer's.
        at: only what was known before this moment, ms UTC; None for the present.
        order: the order in hand, which is left out with all placed after it; None for none.
        most: how many at most.
    """
    until = order.placed_at if order else _FAR
    leave_out = order.id if order else 0
    outcome = "o.outcome" if at is None else _OUTCOME_AT
    moments = [] if at is None else [at]
    found = [
        row[0]
        for buyer_id in buyer_ids
        for row in rows_of(
            "SELECT o.placed_at FROM orders o WHERE o.buyer_id = ? AND o.id <> ? AND o.placed_at <= ? AND o.placed_at < ? "
            f"AND o.kind = 'normal' AND {outcome} IN {_BOUGHT} ORDER BY o.placed_at DESC, o.id DESC LIMIT ?",
            (buyer_id, leave_out, until, _FAR if at is None else at, *moments, most),
        )
    ]
    return sorted(found, reverse=True)[:most]


def _unpaid_days(buyer_ids: Sequence[int], debt: int | None, now: int) -> float | None:
    """Days since the oldest order that a debt is owed for; 0 without debt."""
    if debt is None or debt <= 0:
        return None if debt is None else 0.0
    unpaid = unpaid_of_buyers(buyer_ids)
    return max(0, now - unpaid[0].placed_at) / DAY if unpaid else None
