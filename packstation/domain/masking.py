"""What stands in place of what identifies a person, for those who need not know it."""

from __future__ import annotations

from packstation.domain.customer_profile import Field
from packstation.domain.phones import mask_phone

HIDDEN = "•••"


def mask_email(text: str) -> str:
    """The address with what stands before the @ hidden; all of it where there is none: it may be a phone in the wrong column."""
    _before, at, domain = text.rpartition("@")
    return f"{HIDDEN}@{domain}" if at else HIDDEN


def masked_profile(external_id: str) -> str:
    """A profile's id as anybody may see it: one that is a phone or an email is masked, a channel's own stays."""
    kind, colon, rest = external_id.partition(":")
    if colon and kind == "phone":
        return mask_phone(rest)
    if colon and kind == "email":
        return mask_email(rest)
    return external_id


def masked_field(field: Field, value: str) -> str:
    """A field of a profile as anybody may see it."""
    if not value:
        return value
    match field:
        case Field.PHONE:
            return mask_phone(value)
        case Field.EMAIL:
            return mask_email(value)
        case Field.ADDRESS:
            return HIDDEN
        case _:
            return value
