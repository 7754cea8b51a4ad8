from __future__ import annotations

import pytest

from packstation.domain.alarms import PullReason, reason_to_pull
from packstation.domain.orders import Status
from packstation.domain.packing import ParcelState


@pytest.mark.parametrize("state", [ParcelState.PACKED, ParcelState.ON_DESK])
def test_a_parcel_in_our_hands_is_pulled_when_its_order_is_cancelled_or_asked_to_be(state: ParcelState) -> None:
    for status, why in (
        (Status.CANCELLED, PullReason.CANCELLED),
        (Status.CANCEL_REQUESTED, PullReason.CANCEL_REQUESTED),
        (Status.LABEL_READY, None),
        (Status.SHIPPED, None),
    ):
        assert reason_to_pull(status, state, on_shelf=False, held=False) is why


@pytest.mark.parametrize("state", [ParcelState.UNSEEN, ParcelState.REOPENED])
def test_a_parcel_that_lies_nowhere_is_pulled_from_the_shelf_alone(state: ParcelState) -> None:
    assert reason_to_pull(Status.CANCELLED, state, on_shelf=False, held=False) is None
    assert reason_to_pull(Status.CANCELLED, state, on_shelf=True, held=False) is PullReason.CANCELLED


def test_a_hold_pulls_packed_parcels_only_as_a_held_one_belongs_on_the_shelf() -> None:
    pulled = {
        state: reason_to_pull(Status.TO_PACK, state, on_shelf=on_shelf, held=True)
        for state in ParcelState
        for on_shelf in (False, True)
    }
    assert {state for state, why in pulled.items() if why} == {ParcelState.PACKED}
    assert pulled[ParcelState.PACKED] is PullReason.HELD


def test_what_a_carrier_has_cannot_be_pulled_any_more() -> None:
    assert reason_to_pull(Status.CANCELLED, ParcelState.HANDED_OVER, on_shelf=True, held=True) is None
