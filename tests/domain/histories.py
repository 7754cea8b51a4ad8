"""Past orders and histories, written shortly."""

from __future__ import annotations

from hypothesis import strategies as st

from packstation.domain.history import History, history_from_orders
from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.past_orders import KnownOutcome, PastOrder
from packstation.domain.shop_rates import ShopRate
from packstation.domain.times import DAY, HOUR, parse_iso

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


def cancelled(position: int, at: int, skus: str = "TEA") -> PastOrder:
    return past(position, at - DAY, Outcome.BUYER_CANCELLED, at, skus=skus)


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
