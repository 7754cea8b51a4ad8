"""How profiles are linked, in the reader's language."""

from __future__ import annotations

from packstation.domain.candidates import LinkReason, LinkState, ProfileLink
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.locale.measures import percent


def link_text(link: ProfileLink) -> str:
    """How a profile stands to a customer, and why."""
    why = ", ".join(link_reason_word(reason) for reason in link.reasons)
    match link.state:
        case LinkState.PROPOSED:
            return _("perhaps ({confidence}): {why}").format(confidence=percent(link.confidence or 0.0), why=why)
        case LinkState.SPLIT_OFF:
            return _("split off: {why}").format(why=plain(link.why) or why)
        case LinkState.LINKED:
            return _("linked: {why}").format(why=why) if why else ""


def link_reason_word(reason: LinkReason) -> str:
    """Why profiles are one person, or may be."""
    return {
        LinkReason.PHONE: _("same phone"),
        LinkReason.EMAIL: _("same email"),
        LinkReason.SUPERVISOR: _("by a supervisor"),
        LinkReason.NAME_AND_ADDRESS: _("name and address"),
        LinkReason.DENIED: _("the number's owner: not my order"),
    }[reason]
