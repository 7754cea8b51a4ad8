from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.cases import (
    UNANSWERED,
    Case,
    CaseMoveError,
    CaseRules,
    CaseState,
    Conduct,
    EmptyResultError,
    Ground,
    answered,
    closed,
    ground_of,
    is_unanswered,
    opened,
    sent,
)
from packstation.domain.holds import AttemptResult
from packstation.domain.letters import Letter, Part, letter_of
from packstation.domain.times import DAY
from tests.factories import NOW

RULES = CaseRules(unanswered=3, refused=2)


@pytest.mark.parametrize(
    ("conduct", "ground"),
    [
        (Conduct(2, 1), None),
        (Conduct(3, 1), Ground.NEVER_ANSWERS),
        (Conduct(0, 2), Ground.KEEPS_REFUSING),
        (Conduct(9, 9), Ground.KEEPS_REFUSING),
    ],
)
def test_a_case_is_due_from_the_configured_counts_on(conduct: Conduct, ground: Ground | None) -> None:
    assert ground_of(conduct, RULES) is ground
    assert opened(conduct, RULES, NOW).ground is (ground or Ground.BY_HAND)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 5), st.integers(1, 5))
def test_more_of_it_never_makes_a_case_less_due(unanswered: int, refused: int, most: int, least: int) -> None:
    rules = CaseRules(most, least)
    if ground_of(Conduct(unanswered, refused), rules) is not None:
        assert ground_of(Conduct(unanswered + 1, refused), rules) is not None
        assert ground_of(Conduct(unanswered, refused + 1), rules) is not None


@given(st.lists(st.sampled_from(AttemptResult)))
def test_a_hold_was_never_answered_when_somebody_tried_and_nobody_ever_answered(results: list[AttemptResult]) -> None:
    tried = [result for result in results if result is not AttemptResult.ABANDONED]
    assert is_unanswered(results) == (bool(tried) and set(tried) <= UNANSWERED)


def test_a_case_goes_from_its_letter_to_its_end_and_is_looked_at_in_between() -> None:
    case = opened(Conduct(3, 0), RULES, NOW)
    assert (case.state, case.next_check_at, case.is_overdue(NOW)) == (CaseState.DRAFT, NOW + 7 * DAY, False)
    assert case.is_overdue(NOW + 7 * DAY)
    out = sent(case, NOW + 1, by_mail=True)
    assert (out.state, out.sent_at, out.next_check_at) == (CaseState.SENT, NOW + 1, NOW + 7 * DAY)
    assert sent(case, NOW, by_mail=False).state is CaseState.SAVED
    told = answered(out, " khóa tài khoản 7 ngày ", NOW + 9 * DAY, NOW + 2)
    assert (told.state, told.result, told.next_check_at) == (CaseState.ANSWERED, "khóa tài khoản 7 ngày", NOW + 9 * DAY)
    assert not answered(told, "đã xong", None, NOW + 3).is_overdue(2**62)
    ended = closed(told, NOW + 4)
    assert (ended.is_open, ended.next_check_at, ended.is_overdue(2**62)) == (False, None, False)


def test_an_answer_says_something() -> None:
    with pytest.raises(EmptyResultError):
        answered(sent(opened(Conduct(), RULES, NOW), NOW, by_mail=True), " \n", None, NOW)


@given(st.sampled_from(CaseState), st.sampled_from(["sent", "answered", "closed"]))
def test_no_move_leads_back_and_none_out_of_the_end(state: CaseState, move: str) -> None:
    case = replace(opened(Conduct(), RULES, NOW), state=state)
    moves: dict[str, Callable[[], Case]] = {
        "sent": lambda: sent(case, NOW, by_mail=True),
        "answered": lambda: answered(case, "xong", None, NOW),
        "closed": lambda: closed(case, NOW),
    }
    order = list(CaseState)
    try:
        after = moves[move]()
    except CaseMoveError:
        return
    assert state is not CaseState.CLOSED
    assert order.index(after.state) >= order.index(state)


@given(st.text(), st.lists(st.tuples(st.text(), st.lists(st.text()))))
def test_a_letter_is_kept_as_it_was_written(subject: str, parts: list[tuple[str, list[str]]]) -> None:
    letter = Letter(subject, tuple(Part(title, tuple(lines)) for title, lines in parts))
    assert letter_of(letter.kept()) == letter


def test_an_erased_letter_is_none() -> None:
    assert letter_of("") is None


def test_the_lines_of_a_letter_stand_under_their_headings() -> None:
    letter = Letter("x", (Part("", ("Kính gửi", "Xin chào")), Part("Đơn hàng", ("Mã đơn: A-1",))))
    assert letter.text == "Kính gửi\nXin chào\n\nĐơn hàng\n- Mã đơn: A-1"
