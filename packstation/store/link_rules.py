"""The limits by which buyers are linked: the whole installation agrees on them."""

from __future__ import annotations

from packstation.domain.identities import LinkRules
from packstation.store.database import execute_many, rows_of

_HUB_LIMIT = "hub_limit"
_HANDED_ON_DAYS = "handed_on_days"


def link_rules() -> LinkRules:
    """The limits that every process of this installation goes by."""
    kept = dict(rows_of("SELECT name, value FROM installation WHERE name IN (?, ?)", (_HUB_LIMIT, _HANDED_ON_DAYS)))
    standard = LinkRules()
    return LinkRules(
        int(kept.get(_HUB_LIMIT, standard.hub_limit)), int(kept.get(_HANDED_ON_DAYS, standard.handed_on_days))
    )


def keep_link_rules(rules: LinkRules) -> None:
    """Make these the limits; what was linked by others has to be linked anew."""
    execute_many(
        "INSERT INTO installation (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [(_HUB_LIMIT, str(rules.hub_limit)), (_HANDED_ON_DAYS, str(rules.handed_on_days))],
    )
