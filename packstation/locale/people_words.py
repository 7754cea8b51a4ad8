"""What people are, in the reader's language: those who work here, and customers to the seller."""

from __future__ import annotations

from packstation.domain.cards import TagCard
from packstation.domain.customer_profile import Tier
from packstation.domain.order_counts import Label
from packstation.domain.people import Role
from packstation.locale import _, language


def role_word(role: Role) -> str:
    """What a person is."""
    return {
        Role.PACKER: _("packer"),
        Role.CALLER: _("caller"),
        Role.SUPERVISOR: _("supervisor"),
        Role.OWNER: _("owner"),
    }[role]


def label_word(label: Label) -> str:
    """What the customer is to the seller."""
    return {
        Label.NEW: _("new customer"),
        Label.RETURNING: _("returning customer"),
        Label.NEVER_RECEIVED: _("ordered before, never received"),
    }[label]


def tier_word(tier: Tier) -> str:
    """What a customer is to the seller, by rule or by hand."""
    return {
        Tier.WALK_IN: _("walk-in"),
        Tier.NEVER_BOUGHT: _("never bought"),
        Tier.REGULAR: _("regular"),
        Tier.LOYAL: _("loyal"),
        Tier.VIP: _("VIP"),
        Tier.SUPER: _("super"),
    }[tier]


def tag_word(tag: TagCard) -> str:
    """A tag as people read it: a rule's in their language, one given by hand as it was written."""
    return tag.texts.get(language()) or tag.tag
