from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.orders import Item
from sync.files.credit_notes import CreditLine, CreditNote, Sale, settle

Left = dict[tuple[int, int], int]


def item(sku: str, quantity: int) -> Item:
    return Item(sku, sku, quantity, 100, 100 * quantity)


def note(buyer: str | None, at: int, *lines: tuple[str, int]) -> CreditNote:
    return CreditNote(
        "C1",
        buyer,
        at,
        [CreditLine(place, sku, quantity, lambda pieces: pieces * 100) for place, (sku, quantity) in enumerate(lines)],
    )


def one_piece_at_a_time(sales: Sequence[Sale], notes: Sequence[CreditNote]) -> tuple[Left, dict[int, int], int]:
    """The same rule spelt out piece by piece: who gets it is asked anew for each piece, over plain lists."""
    left = {(place, at): one.quantity for place, sale in enumerate(sales) for at, one in enumerate(sale.items)}
    empty_since: dict[int, int] = {}
    unmatched = 0
    for at, _place, credit in sorted((credit.known_at, place, credit) for place, credit in enumerate(notes)):
        for line in credit.lines:
            latest_first = [
                place
                for _when, place in sorted(((sale.placed_at, place) for place, sale in enumerate(sales)), reverse=True)
                if sales[place].buyer == credit.buyer is not None and sales[place].placed_at <= at
            ]

            def pieces(place: int, sku: str = line.sku) -> list[tuple[int, int]]:
                lines = [(place, index) for index, one in enumerate(sales[place].items) if one.sku == sku]
                return [key for key in lines for _piece in range(left[key])]

            whole = [place for place in latest_first if len(pieces(place)) >= line.quantity][:1]
            for _piece in range(line.quantity):
                source = next((key for place in whole or latest_first for key in pieces(place)), None)
                if source is None:
                    unmatched += 1
                    continue
                left[source] -= 1
                rest = sum(count for (place, _at), count in left.items() if place == source[0])
                if rest == 0:
                    empty_since.setdefault(source[0], at)
    return left, empty_since, unmatched


SKUS = st.sampled_from(["A", "B", "a", "A "])
BUYERS = st.sampled_from(["1", "2", None])
TIMES = st.integers(0, 6)
SALES = st.lists(
    st.builds(Sale, BUYERS, TIMES, st.lists(st.builds(item, SKUS, st.integers(0, 4)), min_size=1, max_size=4)),
    max_size=6,
)
NOTES = st.lists(
    st.builds(
        lambda buyer, at, lines: note(buyer, at, *lines),
        BUYERS,
        TIMES,
        st.lists(st.tuples(SKUS, st.integers(1, 6)), min_size=1, max_size=3),
    ),
    max_size=6,
)


@given(SALES, NOTES)
def test_settling_equals_handing_out_pieces_one_by_one(sales: list[Sale], notes: list[CreditNote]) -> None:
    settlement = settle(sales, notes)
    left, empty_since, unmatched = one_piece_at_a_time(sales, notes)

    given_back = {key: sales[key[0]].items[key[1]].quantity - count for key, count in left.items()}
    refunded = dict.fromkeys(given_back, 0)
    for place, refunds in settlement.refunds.items():
        for refund in refunds:
            assert refund.line is not None
            refunded[place, refund.line] += refund.quantity
    assert refunded == given_back
    assert settlement.returned_at == empty_since
    assert sum(one.quantity for one in settlement.unmatched) == unmatched
    amounts = sum(refund.amount for refunds in settlement.refunds.values() for refund in refunds)
    assert amounts == 100 * sum(given_back.values())


def test_a_line_goes_to_the_latest_order_that_has_enough_left() -> None:
    sales = [Sale("1", 1, [item("A", 5)]), Sale("1", 2, [item("A", 5)]), Sale("1", 3, [item("A", 2)])]
    refunds = settle(sales, [note("1", 9, ("A", 4))]).refunds
    assert {place: one[0].quantity for place, one in refunds.items()} == {1: 4}


def test_orders_of_the_same_moment_count_later_in_the_file_first() -> None:
    sales = [Sale("1", 1, [item("A", 5)]), Sale("1", 1, [item("A", 5)])]
    assert list(settle(sales, [note("1", 1, ("A", 1))]).refunds) == [1]


def test_an_amount_spread_over_lines_of_one_sku_is_rounded_once() -> None:
    sales = [Sale("1", 1, [item("A", 1), item("A", 2)])]
    credit = CreditNote("C1", "1", 2, [CreditLine(2, "A", 3, lambda pieces: round(pieces * 33.4))])
    refunds = settle(sales, [credit]).refunds[0]
    assert [refund.quantity for refund in refunds] == [1, 2]
    assert sum(refund.amount for refund in refunds) == 100


def test_notes_are_worked_off_by_time_and_not_by_file_order() -> None:
    sales = [Sale("1", 1, [item("A", 3)])]
    settlement = settle(sales, [note("1", 9, ("A", 2)), note("1", 5, ("A", 2))])
    assert [(refund.quantity, refund.known_at) for refund in settlement.refunds[0]] == [(2, 5), (1, 9)]
    assert [(one.quantity, one.known_at) for one in settlement.unmatched] == [(1, 9)]
    assert settlement.returned_at == {0: 9}


def test_guests_notes_match_nothing() -> None:
    assert [one.quantity for one in settle([Sale(None, 1, [item("A", 3)])], [note(None, 2, ("A", 3))]).unmatched] == [3]
