"""The published policy: followed by every act, newest first; and its publishing."""

from __future__ import annotations

from packstation.acts.workplace import Workplace
from packstation.domain.ledger import EntryKind
from packstation.domain.policy import Policy, parse_policy
from packstation.store.database import database_now, transaction
from packstation.store.policies import add_version, newest_policy

_compiled: dict[int, Policy] = {}


class NoPolicyError(Exception):
    """No policy was ever published."""


def current_policy() -> Policy:
    """The newest published policy; compiled once per version and process.

    Raises:
        NoPolicyError: none is published.
    """
    newest = newest_policy()
    if newest is None:
        raise NoPolicyError
    version, text = newest
    # Versions count from 1 in every database: the text tells whether it is still the same one.
    if version not in _compiled or _compiled[version].text != text:
        _compiled[version] = parse_policy(text, version, f"policy version {version}")
    return _compiled[version]


def publish_policy(place: Workplace, text: str, person_id: int | None, source: str = "risk.toml") -> Policy:
    """Check a policy and publish it as the next version.

    Raises:
        PolicyError: a mistake in the text; nothing is published.
    """
    parse_policy(text, 0, source)
    with transaction():
        now = database_now()
        version = add_version(text, person_id, now)
        place.ledger.write(EntryKind.POLICY_PUBLISHED, now, person_id=person_id, policy_version=version, text=text)
    return current_policy()
