from __future__ import annotations

from packstation.domain.people import Role
from packstation.store.database import transaction
from packstation.store.people import add_person
from packstation.store.policies import add_version, newest_policy, newest_version, versions
from tests.factories import NOW


def test_published_policies_are_numbered_and_kept_word_for_word(database: str) -> None:
    assert newest_version() == 0
    owner = add_person("Mai", Role.OWNER, None, NOW)
    with transaction():
        assert add_version("# một\n", None, NOW) == 1
        assert add_version("# hai\n", owner, NOW + 1) == 2
    assert newest_version() == 2
    assert newest_policy() == (2, "# hai\n")
    assert versions() == [(2, NOW + 1, "Mai"), (1, NOW, None)]
