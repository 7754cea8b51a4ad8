from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.product_tally import ProductTally, TalliedLine, TalliedOrder, tally


def order(
    placed_at: int,
    *lines: TalliedLine,
    outcome: Outcome = Outcome.DELIVERED,
    cause: FailureCause | None = None,
    replaced: bool = False,
    refunds: tuple[tuple[int | None, int, int], ...] = (),
) -> TalliedOrder:
    return TalliedOrder(1, placed_at, "VND", outcome, cause, replaced, 0, lines, refunds)


TEA = TalliedLine("TEA", "Trà", 2, 200)
CUP = TalliedLine("CUP", "Chén", 1, 50)


def test_pieces_are_counted_by_what_became_of_their_order() -> None:
    tea, cup = tally(
        [
            order(1, TEA, CUP),
            order(2, TEA, refunds=((0, 1, 90),)),
            order(3, TEA, CUP, outcome=Outcome.BUYER_CANCELLED),
            order(4, TEA, outcome=Outcome.BUYER_CANCELLED, replaced=True),
            order(5, CUP, outcome=Outcome.DELIVERY_FAILED, cause=FailureCause.REFUSED),
            order(6, CUP, outcome=Outcome.DELIVERY_FAILED, cause=FailureCause.COURIER),
            order(7, TalliedLine("TEA", "Trà mới", 1, 100), outcome=Outcome.RETURNED, refunds=((0, 1, 100),)),
        ]
    )
    assert tea == ProductTally("TEA", "Trà mới", "VND", 3, 5, 2, 2, 0, 310, 7)
    assert cup == ProductTally("CUP", "Chén", "VND", 1, 1, 0, 1, 1, 50, 6)
    assert (tea.likes, tea.sends_back) == (False, True)
    assert (cup.likes, cup.sends_back) == (False, True)


def test_who_keeps_what_came_twice_likes_it() -> None:
    [tea] = tally([order(1, TEA, TEA), order(2, TEA)])
    assert (tea.orders, tea.bought, tea.likes) == (2, 6, True)
    [once] = tally([order(1, TEA, TEA)])
    assert once.likes is False


def test_lines_without_a_code_are_told_apart_by_their_names() -> None:
    names = [TalliedLine("", name, 1, 10) for name in ("Trà", "Chén", "Trà")]
    assert sorted((one.name, one.bought) for one in tally([order(1, *names)])) == [("Chén", 1), ("Trà", 2)]


_LINES = st.tuples(st.sampled_from("ABC"), st.integers(0, 9)).map(
    lambda line: TalliedLine(line[0], line[0], line[1], line[1])
)
_ORDERS = st.lists(
    st.builds(
        order, st.integers(0, 50), _LINES, _LINES, outcome=st.sampled_from(list(Outcome)), replaced=st.booleans()
    ),
    max_size=12,
)


@given(_ORDERS, st.integers())
def test_the_order_of_the_orders_is_nothing_to_the_figures(orders: list[TalliedOrder], seed: int) -> None:
    shuffled = orders[:]
    Random(seed).shuffle(shuffled)
    assert tally(orders) == tally(shuffled)
    assert all(0 <= one.sent_back <= one.bought for one in tally(orders))
