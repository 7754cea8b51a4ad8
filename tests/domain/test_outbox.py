from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.holds import REASONS, HoldReason, HoldState, open_by_rule
from packstation.domain.outbox import (
    MOST_TRIES,
    Announcement,
    DecisionKind,
    announced_hold,
    announcement_of,
    next_wait,
    opens_again,
)
from packstation.domain.times import HOUR, MINUTE

OPEN = open_by_rule(0, 0)
TOLD = {
    HoldReason.CONFIRMED: DecisionKind.HOLD_RELEASED,
    HoldReason.PREPAID: DecisionKind.HOLD_RELEASED,
    HoldReason.OVERRIDDEN: DecisionKind.HOLD_RELEASED,
    HoldReason.DEFAULTED: DecisionKind.HOLD_RELEASED,
    HoldReason.REFUSED: DecisionKind.HOLD_REJECTED,
    HoldReason.DUPLICATE_ORDER: DecisionKind.HOLD_REJECTED,
    HoldReason.REJECTED: DecisionKind.HOLD_REJECTED,
}


@pytest.mark.parametrize(
    ("state", "reason"), [(state, reason) for state in HoldState for reason in sorted(REASONS[state])]
)
def test_a_channel_is_told_of_decisions_about_the_buyer_and_of_nothing_else(
    state: HoldState, reason: HoldReason
) -> None:
    told = announced_hold(7, OPEN, replace(OPEN, state=state, reason=reason))
    expected = TOLD.get(reason)
    assert told == (Announcement(expected, 7, reason=str(reason)) if expected else None)


def test_a_hold_that_stays_as_decided_is_not_told_again() -> None:
    released = replace(OPEN, state=HoldState.RELEASED, reason=HoldReason.CONFIRMED)
    assert announced_hold(7, released, replace(released, tries=2)) is None
    assert opens_again(released, replace(OPEN, state=HoldState.ESCALATED, reason=HoldReason.REOPENED))
    assert not opens_again(OPEN, replace(OPEN, state=HoldState.ESCALATED, reason=HoldReason.TRIES_USED))
    assert not opens_again(OPEN, released)


@given(st.text(max_size=500), st.lists(st.text(max_size=20), max_size=5), st.sampled_from(DecisionKind))
def test_any_announcement_is_read_back_as_it_was(text: str, packages: list[str], kind: DecisionKind) -> None:
    announcement = Announcement(kind, 1, text, tuple(packages), "confirmed")
    assert announcement_of(kind, 1, announcement.payload()) == announcement


def test_the_key_is_the_decisions_own() -> None:
    announcement = Announcement(DecisionKind.NOTE, 1, "gọi trước")
    key = announcement.key(1, 1_000)
    assert key == Announcement(DecisionKind.NOTE, 1, "gọi trước").key(1, 1_000)
    others = [
        announcement.key(2, 1_000),
        announcement.key(1, 1_001),
        replace(announcement, text="khác").key(1, 1_000),
        replace(announcement, subject=2).key(1, 1_000),
        replace(announcement, kind=DecisionKind.CANCELLATION).key(1, 1_000),
    ]
    assert len({key, *others}) == 6


def test_waits_grow_with_a_fifth_of_jitter_until_no_try_is_left() -> None:
    chance = random.Random(1)
    for tries, minutes in enumerate((1, 3, 9, 27, 81, 243, 360), 1):
        waits = {next_wait(tries, chance) for _ in range(50)}
        assert len(waits) > 10
        assert all(wait and 0.8 * minutes * MINUTE <= wait <= 1.2 * minutes * MINUTE for wait in waits)
    assert next_wait(MOST_TRIES, chance) is None
    assert next_wait(MOST_TRIES + 3, chance) is None
    assert (next_wait(MOST_TRIES - 1, chance) or 0) < 8 * HOUR
