from __future__ import annotations

import pytest

from packstation.store.check import check
from packstation.store.linking import wrong_links
from tests.store.linked_world import Measured, make_world, measure, store


def linked(profiles: int) -> Measured:
    world = make_world(profiles)
    store(world)
    assert list(wrong_links()) == []
    return measure(world)


def holds(measured: Measured) -> None:
    assert measured.recall >= 0.99, measured
    assert measured.unshared == 0, measured
    assert measured.handed_on <= measured.identified / 500, measured


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_profiles_with_a_number_in_common_are_linked_and_hardly_any_others(database: str) -> None:
    holds(linked(4_000))
    assert check() == []


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_200_000_profiles_with_a_number_in_common_are_linked_and_hardly_any_others(database: str) -> None:
    measured = linked(200_000)
    print(measured, measured.recall, measured.precision)
    holds(measured)
