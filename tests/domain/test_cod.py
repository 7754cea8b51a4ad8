from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.cod import (
    CodKind,
    CodLine,
    CodResult,
    Due,
    IncomingCodLine,
    digests_of,
    judge_lines,
    missing,
    totals,
)
from packstation.domain.times import DAY
from tests.factories import NOW


def a_line(id: int = 1, amount: int = 100, *, paid_at: int = NOW, **more: object) -> CodLine:
    line = CodLine(id, "ghn", "S1", f"T{id}", "", amount, None, "VND", paid_at, str(id))
    return replace(line, **more)  # type: ignore[arg-type]


def a_due(*order_ids: int, amount: int = 100, delivered_at: int | None = NOW - DAY, carrier: str = "ghn") -> Due:
    return Due(order_ids or (1,), "web", "A-1", "T1", carrier, amount, "VND", delivered_at)


def judged(*lines: CodLine, due: Due | None = None) -> list[tuple[CodKind, int]]:
    dues = {line.id: due or a_due() for line in lines}
    return [(one.kind, one.difference) for one in judge_lines(lines, dues)]


def test_a_line_is_right_short_or_over_by_what_was_to_be_collected() -> None:
    assert judged(a_line()) == [(CodKind.OK, 0)]
    assert judged(a_line(amount=70)) == [(CodKind.SHORT, -30)]
    assert judged(a_line(amount=120)) == [(CodKind.OVER, 20)]


def test_a_second_payment_is_twice_unless_the_first_was_short_of_it() -> None:
    assert judged(a_line(1), a_line(2, paid_at=NOW + 1)) == [(CodKind.OK, 0), (CodKind.TWICE, 100)]
    assert judged(a_line(1, 60), a_line(2, 40, paid_at=NOW + 1)) == [(CodKind.OK, 0), (CodKind.OK, 0)]
    assert judged(a_line(1, 60), a_line(2, 60, paid_at=NOW + 1)) == [(CodKind.OK, 0), (CodKind.OVER, 20)]


def test_what_a_carrier_takes_back_makes_a_second_payment_right_and_a_single_one_short() -> None:
    taken = a_line(3, -100, paid_at=NOW + 2)
    kinds = [kind for kind, _difference in judged(a_line(1), a_line(2, paid_at=NOW + 1), taken)]
    assert kinds == [CodKind.OK, CodKind.OK, CodKind.OK]
    assert judged(a_line(1), taken) == [(CodKind.SHORT, -100), (CodKind.OK, 0)]


def test_a_line_for_nothing_known_for_another_currency_or_for_what_did_not_arrive() -> None:
    assert judge_lines([a_line()], {})[0].kind is CodKind.UNKNOWN
    assert judged(a_line(currency="USD")) == [(CodKind.UNKNOWN, 100)]
    assert judged(a_line(), due=a_due(delivered_at=None)) == [(CodKind.NOT_DELIVERED, 100)]


def test_a_prepaid_order_paid_by_a_carrier_is_paid_over() -> None:
    assert judged(a_line(), due=a_due(amount=0)) == [(CodKind.OVER, 100)]


def found_missing(*delivered: Due, paid: tuple[int, ...] = (), first: dict[str, int] | None = None) -> list[CodResult]:
    return missing(delivered, paid, {"ghn": 7 * DAY}, first or {}, NOW)


def test_a_delivery_is_missing_once_its_payment_is_late_and_no_line_is_about_it() -> None:
    late, early = a_due(1, delivered_at=NOW - 7 * DAY), a_due(2, delivered_at=NOW - 7 * DAY + 1)
    assert [(one.due, one.difference) for one in found_missing(late, early)] == [(late, -100)]
    assert found_missing(late, paid=(1,)) == []
    assert found_missing(a_due(amount=0, delivered_at=NOW - 9 * DAY)) == []


def test_what_may_have_been_paid_before_the_first_statement_here_is_not_looked_for() -> None:
    old, newer = a_due(1, delivered_at=NOW - 60 * DAY), a_due(2, delivered_at=NOW - 20 * DAY)
    found = found_missing(old, newer, first={"ghn": NOW - 25 * DAY})
    assert [one.due for one in found] == [newer]


def test_equal_lines_of_one_statement_are_told_apart_and_the_same_file_again_gives_the_same() -> None:
    line = IncomingCodLine("S1", "T1", "", 100, None, NOW)
    first = digests_of([line, line])
    assert len(set(first)) == 2
    assert digests_of([line, line]) == first


amounts = st.integers(-50, 250)
lines_and_dues = st.lists(
    st.tuples(
        amounts, st.integers(0, 5), st.integers(0, 4), st.sampled_from(["S1", "S2"]), st.sampled_from(["VND", "USD"])
    )
)


@given(lines_and_dues, st.randoms(use_true_random=False))
def test_every_amount_is_in_one_part_and_the_order_of_statements_does_not_matter(
    drawn: list[tuple[int, int, int, str, str]], random: object
) -> None:
    known = {1: a_due(1), 2: a_due(2, amount=0), 3: a_due(3, delivered_at=None), 4: a_due(4, 5, amount=230)}
    lines = [
        a_line(id, amount, paid_at=NOW + day, statement=statement, currency=currency)
        for id, (amount, day, _due, statement, currency) in enumerate(drawn)
    ]
    dues = {id: known[due] for id, (_amount, _day, due, _statement, _currency) in enumerate(drawn) if due}
    results = judge_lines(lines, dues)
    for total in totals(results):
        surplus = sum(difference for kind, difference in total.differences.items() if kind is not CodKind.SHORT)
        assert total.paid == total.counted + surplus
        assert total.paid == sum(line.amount for line in lines if line.currency == total.currency)
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert judge_lines(shuffled, dues) == results
