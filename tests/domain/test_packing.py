from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.packing import (
    AlreadyPackedError,
    HandedOverError,
    NotOnDeskError,
    NotPackedError,
    OnOtherStationError,
    PackingError,
    ParcelStanding,
    ParcelState,
    UndoTooLateError,
    expire,
    finish,
    hand_over,
    lease,
    release,
    reopen,
    undo,
    undo_until,
)
from packstation.domain.times import MINUTE, SECOND

NOW = 1_700_000_000_000
A, B = 1, 2
PACKER, SUPERVISOR = 7, 9
LEASE = 5 * MINUTE

UNSEEN = ParcelStanding()
ON_A = lease(UNSEEN, A, PACKER, NOW, LEASE)
PACKED = finish(ON_A, A, PACKER, NOW + SECOND)
GONE = hand_over(PACKED, B, SUPERVISOR, NOW + MINUTE)
REOPENED = undo(PACKED, A, PACKER, NOW + 2 * SECOND)

Act = Callable[[ParcelStanding], ParcelStanding]
SOON = NOW + 3 * SECOND
ACTS: dict[str, Act] = {
    "lease": lambda standing: lease(standing, A, PACKER, SOON, LEASE),
    "release": lambda standing: release(standing, A, SOON),
    "expire": lambda standing: expire(standing, SOON),
    "finish": lambda standing: finish(standing, A, PACKER, SOON),
    "undo": lambda standing: undo(standing, A, PACKER, SOON),
    "reopen": lambda standing: reopen(standing, A, PACKER, SOON),
    "hand_over": lambda standing: hand_over(standing, A, PACKER, SOON),
}
U, D, P, H, R = ParcelState
TABLE: dict[str, tuple[ParcelState | type[PackingError], ...]] = {
    # act:      unseen          on this desk    packed              handed over      reopened
    "lease": (D, D, AlreadyPackedError, HandedOverError, D),
    "release": (U, U, P, H, R),
    "expire": (U, D, P, H, R),
    "finish": (NotOnDeskError, P, AlreadyPackedError, HandedOverError, NotOnDeskError),
    "undo": (NotPackedError, NotPackedError, R, HandedOverError, NotPackedError),
    "reopen": (NotPackedError, NotPackedError, R, HandedOverError, NotPackedError),
    "hand_over": (NotPackedError, NotPackedError, H, HandedOverError, NotPackedError),
}


@pytest.mark.parametrize("act", sorted(TABLE))
@pytest.mark.parametrize(
    ("column", "standing"), list(enumerate([UNSEEN, ON_A, PACKED, GONE, REOPENED])), ids=list(ParcelState)
)
def test_every_act_on_every_state_does_or_refuses_as_the_table_says(
    act: str, column: int, standing: ParcelStanding
) -> None:
    expected = TABLE[act][column]
    if isinstance(expected, ParcelState):
        assert ACTS[act](standing).state is expected
    else:
        with pytest.raises(PackingError) as refused:
            ACTS[act](standing)
        assert type(refused.value) is expected
        assert refused.value.standing == standing


def test_a_packed_parcel_says_where_by_whom_and_when() -> None:
    with pytest.raises(AlreadyPackedError) as refused:
        lease(PACKED, B, SUPERVISOR, NOW + MINUTE, LEASE)
    found = refused.value.standing
    assert (found.station_id, found.person_id, found.packed_at) == (A, PACKER, NOW + SECOND)


@pytest.mark.parametrize("act", [lease, finish], ids=["lease", "finish"])
def test_a_parcel_on_another_desk_is_refused_naming_it(act: Callable[..., ParcelStanding]) -> None:
    more = (LEASE,) if act is lease else ()
    with pytest.raises(OnOtherStationError) as refused:
        act(ON_A, B, SUPERVISOR, SOON, *more)
    assert refused.value.standing.station_id == A


def test_another_station_may_take_a_parcel_whose_lease_has_ended() -> None:
    taken = lease(ON_A, B, SUPERVISOR, NOW + LEASE, LEASE)
    assert (taken.state, taken.station_id, taken.former_state) == (ParcelState.ON_DESK, B, ParcelState.UNSEEN)


def test_a_renewed_lease_keeps_what_the_parcel_was_before() -> None:
    renewed = lease(lease(REOPENED, A, PACKER, NOW, LEASE), A, PACKER, SOON, LEASE)
    assert (renewed.former_state, renewed.since, renewed.lease_until) == (ParcelState.REOPENED, NOW, SOON + LEASE)
    assert release(renewed, A, SOON).state is ParcelState.REOPENED


def test_a_lease_ends_at_its_last_moment_and_then_nothing_can_be_finished() -> None:
    assert expire(ON_A, NOW + LEASE - 1) == ON_A
    assert expire(ON_A, NOW + LEASE) == UNSEEN
    assert finish(ON_A, A, PACKER, NOW + LEASE - 1).state is ParcelState.PACKED
    with pytest.raises(NotOnDeskError):
        finish(ON_A, A, PACKER, NOW + LEASE)


def test_a_station_cannot_release_what_another_has() -> None:
    assert release(ON_A, B, SOON) == ON_A


def test_a_finish_is_taken_back_inside_the_window_only() -> None:
    end = undo_until(PACKED)
    assert end == NOW + 31 * SECOND
    assert undo(PACKED, A, PACKER, end - 1).state is ParcelState.REOPENED
    with pytest.raises(UndoTooLateError):
        undo(PACKED, A, PACKER, end)
    assert reopen(PACKED, A, SUPERVISOR, end).state is ParcelState.REOPENED
    assert undo_until(GONE) is None


def test_a_station_takes_back_its_own_finish_only() -> None:
    with pytest.raises(OnOtherStationError):
        undo(PACKED, B, SUPERVISOR, SOON)


def test_a_handed_over_parcel_remembers_when_it_was_packed_and_a_reopened_one_does_not() -> None:
    assert GONE.packed_at == NOW + SECOND
    assert REOPENED.packed_at is None


steps = st.tuples(
    st.sampled_from(["lease", "release", "expire", "finish", "undo", "reopen", "hand_over"]),
    st.sampled_from([A, B]),
    st.integers(0, 10 * MINUTE),
)


@given(st.lists(steps, max_size=15))
def test_whatever_the_desks_do_no_parcel_is_packed_twice_or_leaves_unpacked(
    happenings: list[tuple[str, int, int]],
) -> None:
    standing, now = UNSEEN, NOW
    for act, station, later in happenings:
        now += later
        former = standing
        try:
            match act:
                case "lease":
                    standing = lease(standing, station, PACKER, now, LEASE)
                case "release":
                    standing = release(standing, station, now)
                case "expire":
                    standing = expire(standing, now)
                case "finish":
                    standing = finish(standing, station, PACKER, now)
                case "undo":
                    standing = undo(standing, station, PACKER, now)
                case "reopen":
                    standing = reopen(standing, station, PACKER, now)
                case _:
                    standing = hand_over(standing, station, PACKER, now)
        except PackingError:
            continue
        on_desk = standing.state is ParcelState.ON_DESK
        assert (standing.lease_until is not None) == on_desk == (standing.former_state is not None)
        assert (standing.packed_at is not None) == (standing.state in (ParcelState.PACKED, ParcelState.HANDED_OVER))
        if standing.state is ParcelState.PACKED and former.state is not ParcelState.PACKED:
            assert former.state is ParcelState.ON_DESK
            assert former.station_id == station
            assert former.lease_until is not None
            assert now < former.lease_until
        if standing.state is ParcelState.HANDED_OVER:
            assert former.state in (ParcelState.PACKED, ParcelState.HANDED_OVER)
        if former.state is ParcelState.HANDED_OVER:
            assert standing == former
