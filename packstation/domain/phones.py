"""Phone numbers: one key for all spellings of a number, masking, and the link that dials it."""

from __future__ import annotations

from functools import lru_cache

from packstation.domain.orders import is_masked

DEFAULT_REGION = "VN"


@lru_cache(maxsize=65_536)
def phone_key(text: str, region: str = DEFAULT_REGION) -> str:
    """The number in E.164 (`+84912345678`) whatever its spelling; empty when masked or no possible number."""
    import phonenumbers

    if not text or is_masked(text):
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(text: str) -> str:
    """The number with all but its last three digits hidden, its length not told."""
    digits = [character for character in text if character.isdigit()]
    return f"••• ••• {''.join(digits[-3:])}" if len(digits) > 3 else "•••"


def tel_link(key: str) -> str:
    """The `tel:` link (RFC 3966) of an E.164 number."""
    return f"tel:{key}"
