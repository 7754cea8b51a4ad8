from __future__ import annotations

from dataclasses import replace

import pytest

from packstation.domain.desk_flow import DeskRules, OnDesk, ScanStep, step_for_scan

RULES = DeskRules(slots=("A1",))
NEXT_PARCEL = replace(RULES, finish_by_next_parcel=True)
A, B = 1, 2
SEEN = OnDesk(A, "A-1", 1_500)
TOO_SOON = OnDesk(A, "A-1", 1_499)
NOT_PAINTED = OnDesk(A, "A-1", None)


@pytest.mark.parametrize("rules", [RULES, NEXT_PARCEL])
@pytest.mark.parametrize("on_desk", [None, SEEN, TOO_SOON, NOT_PAINTED])
def test_an_unknown_or_ambiguous_code_leaves_the_desk_alone(on_desk: OnDesk | None, rules: DeskRules) -> None:
    assert step_for_scan(on_desk, None, rules) is ScanStep.SAY_UNKNOWN


@pytest.mark.parametrize("means", [frozenset(), frozenset({A}), frozenset({A, B})])
def test_an_empty_desk_judges_whatever_is_scanned(means: frozenset[int]) -> None:
    assert step_for_scan(None, means, NEXT_PARCEL) is ScanStep.JUDGE


@pytest.mark.parametrize("rules", [RULES, NEXT_PARCEL])
def test_a_second_scan_finishes_only_what_was_painted_long_enough(rules: DeskRules) -> None:
    means = frozenset({A})
    assert step_for_scan(SEEN, means, rules) is ScanStep.FINISH
    assert step_for_scan(TOO_SOON, means, rules) is ScanStep.REPEAT
    assert step_for_scan(NOT_PAINTED, means, rules) is ScanStep.REPEAT


@pytest.mark.parametrize("means", [frozenset({B}), frozenset(), frozenset({B, 3})])
def test_another_parcel_leaves_the_first_unless_the_shop_finishes_by_it(means: frozenset[int]) -> None:
    assert step_for_scan(SEEN, means, RULES) is ScanStep.LEAVE_THEN_JUDGE
    assert step_for_scan(SEEN, means, NEXT_PARCEL) is ScanStep.FINISH_THEN_JUDGE
    assert step_for_scan(TOO_SOON, means, NEXT_PARCEL) is ScanStep.LEAVE_THEN_JUDGE
    assert step_for_scan(NOT_PAINTED, means, NEXT_PARCEL) is ScanStep.LEAVE_THEN_JUDGE


@pytest.mark.parametrize("rules", [RULES, NEXT_PARCEL])
def test_the_number_of_an_order_with_several_parcels_to_pack_finishes_none_of_them(rules: DeskRules) -> None:
    assert step_for_scan(SEEN, frozenset({A, B}), rules) is ScanStep.SAY_UNKNOWN


def test_the_guard_is_the_stations_own() -> None:
    assert step_for_scan(TOO_SOON, frozenset({A}), replace(RULES, repeat_guard_ms=0)) is ScanStep.FINISH
    assert step_for_scan(NOT_PAINTED, frozenset({A}), replace(RULES, repeat_guard_ms=0)) is ScanStep.REPEAT
