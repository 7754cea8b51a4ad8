from __future__ import annotations

import pytest

from packstation.domain.people import FREE_TRIES, Person, Role, locked_until
from packstation.domain.times import MINUTE

NOW = 1_760_000_000_000


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("active", [True, False])
def test_supervisors_and_owners_override_while_they_work_here(role: Role, active: bool) -> None:
    person = Person(1, "An", role, active, has_badge=False, has_pin=True)
    assert person.supervises is (active and role in (Role.SUPERVISOR, Role.OWNER))


def test_the_first_wrong_pins_lock_nothing_and_then_each_locks_for_twice_as_long_up_to_an_hour() -> None:
    assert [locked_until(tries, NOW) for tries in range(FREE_TRIES)] == [None] * FREE_TRIES
    waits = [(locked_until(tries, NOW) or 0) - NOW for tries in range(FREE_TRIES, FREE_TRIES + 9)]
    assert [wait // MINUTE for wait in waits] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert locked_until(10_000, NOW) == NOW + 60 * MINUTE
