"""Faults on demand: as often as they are asked for, the same for the same seed."""

from __future__ import annotations

import pytest

from sync.sandbox.faults import Fault, Faults, everything


def test_what_is_switched_off_never_strikes_and_what_is_certain_always_does() -> None:
    faults = Faults(1, {Fault.SLOW: 1.0, Fault.CUT_OFF: 0.0})
    assert all(faults.strikes(Fault.SLOW) for _call in range(50))
    assert not any(faults.strikes(fault) for _call in range(50) for fault in (Fault.CUT_OFF, Fault.STALLED))
    assert faults.struck == {Fault.SLOW: 50}


def test_a_fault_strikes_about_as_often_as_its_chance_says_and_the_same_for_the_same_seed() -> None:
    def draws(seed: int) -> list[bool]:
        faults = Faults(seed, {Fault.SHIFTED: 0.2})
        return [faults.strikes(Fault.SHIFTED) for _call in range(2_000)]

    assert 300 < sum(draws(1)) < 500
    assert draws(1) == draws(1)
    assert draws(1) != draws(2)


def test_chances_can_be_changed_while_it_runs() -> None:
    faults = Faults(1)
    assert not faults.strikes(Fault.REVOKED)
    faults.chances = {Fault.REVOKED: 1.0}
    assert faults.strikes(Fault.REVOKED)


@pytest.mark.parametrize("fault", list(Fault))
def test_everything_is_every_fault_that_passes_by_itself(fault: Fault) -> None:
    assert (fault in everything(0.1)) == (fault is not Fault.REVOKED)
    assert all(0 < chance <= 0.1 for chance in everything(0.1).values())
