"""The rules published beside the policy: those for tiers and tags, and those for care at the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from packstation.acts.workplace import Workplace
from packstation.domain.care import parse_care
from packstation.domain.ledger import EntryKind
from packstation.domain.rule_kinds import RuleKind
from packstation.domain.tiers import parse_tiers
from packstation.store.database import database_now, transaction
from packstation.store.rule_versions import add_rules

_CHECKS: Mapping[RuleKind, Callable[[str, int, str], object]] = {RuleKind.TIERS: parse_tiers, RuleKind.CARE: parse_care}
_ENTRIES = {RuleKind.TIERS: EntryKind.TIERS_PUBLISHED, RuleKind.CARE: EntryKind.CARE_PUBLISHED}


def check_rules(kind: RuleKind, text: str, source: str) -> None:
    """Find out what is wrong with rules.

    Raises:
        PolicyError: a mistake in the text.
    """
    _CHECKS[kind](text, 0, source)


def publish_rules(place: Workplace, kind: RuleKind, text: str, person_id: int | None, source: str) -> int:
    """Check rules and publish them as the next version of their kind, which every process follows; its number.

    Orders are not judged here: where rules of the policy name tiers or tags, the caller has them judged.

    Raises:
        PolicyError: a mistake in the text; nothing is published.
    """
    check_rules(kind, text, source)
    with transaction():
        now = database_now()
        version = add_rules(kind, text, person_id, now)
        place.ledger.write(_ENTRIES[kind], now, person_id=person_id, facts={"version": version}, text=text)
    return version
