"""Phone numbers: one key for all spellings of a number, what of them tells who somebody is, masking, and the link that dials it."""

from __future__ import annotations

import re
from functools import lru_cache

from packstation.domain.orders import is_masked

DEFAULT_REGION = "VN"

_OLD_MOBILES = {
    **{f"16{digit}": f"3{digit}" for digit in "23456789"},
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    "186": "56",
    "188": "58",
    "199": "59",
}
"""Vietnam's mobile prefixes of eleven digits, each with what replaced it in 2018 (both without the leading 0)."""
_OLD_MOBILE = re.compile(rf"\+84({'|'.join(sorted(_OLD_MOBILES))})(\d{{7}})")
_SEVERAL = re.compile(r"[/;,|&\n]|\b(?:hoặc|hoac|or|và|va|and)\b", re.IGNORECASE)
_EXTENSION = re.compile(
    r"(?<=\d)[\s.,(]*(?:ext\.?|extension|x|máy lẻ|may le|nhánh)[\s.:]*(\d{1,6})\)?\s*$", re.IGNORECASE
)
_HIDDEN = re.compile(r"[x•#?]{2,}|(?<=\d)x(?=\d{7})", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+")
_FEWEST_DIGITS = 8
_RUN = "123456789"
_SAME = re.compile(r"(\d)\1{6}$")


def phone_key(text: str, region: str = DEFAULT_REGION) -> str:
    """The number in E.164 (`+84912345678`) whatever its spelling; empty when masked or no possible number.

    Of several numbers in one field it is the first. Vietnam's old mobile numbers of eleven digits are told as what they became.
    """
    numbers = _numbers(text, region)
    return numbers[0].partition(";")[0] if numbers else ""


def identifying_phones(text: str, region: str = DEFAULT_REGION) -> tuple[str, ...]:
    """The numbers in a field that tell who somebody is: E.164, with `;ext=` and an extension where one is named.

    Numbers that people make up (all digits the same, or 0123456789) tell nothing.
    """
    return tuple(number for number in _numbers(text, region) if not _is_made_up(number))


def region_of(currency: str) -> str:
    """The country (ISO 3166) whose currency this is (ISO 4217): where a shop's numbers without a country code belong.

    `ZZ`, in which no number without a country code can be read, for a currency of several countries.
    """
    from phonenumbers import SUPPORTED_REGIONS

    return currency[:2] if currency[:2] in SUPPORTED_REGIONS else "ZZ"


@lru_cache(maxsize=65_536)
def _numbers(text: str, region: str) -> tuple[str, ...]:
    if not text or is_masked(text) or _HIDDEN.search(text):
        return ()
    found = []
    for part in _SEVERAL.split(text):
        number = _number(part, region)
        # Two numbers with nothing but a dash or a blank between them are too long for one.
        pieces = [part] if number else re.split(r"[-–\s]+", part)
        found += [number] if number else [_number(piece, region) for piece in pieces if _is_long(piece)]
    return tuple(dict.fromkeys(number for number in found if number))


def _is_long(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= _FEWEST_DIGITS


def _number(text: str, region: str) -> str:
    import phonenumbers

    extension = _EXTENSION.search(text)
    bare = _WORDS.sub(" ", text[: extension.start()] if extension else text)
    try:
        number = phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    key: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    key = _OLD_MOBILE.sub(lambda old: f"+84{_OLD_MOBILES[old[1]]}{old[2]}", key) if len(key) == 13 else key
    return f"{key};ext={extension[1]}" if extension else key


def _is_made_up(number: str) -> bool:
    digits = number.partition(";")[0]
    return bool(_SAME.search(digits)) or digits.endswith(_RUN)


def mask_phone(text: str) -> str:
    """The number with all but its last three digits hidden, its length not told.

    Of a number that the channel masked only digits behind what it hid are shown: no others are its last ones.
    """
    is_hidden = is_masked(text) or _HIDDEN.search(text)
    behind = re.split(r"[x*•#?]", text, flags=re.IGNORECASE)[-1] if is_hidden else text
    last = "".join(character for character in behind if character.isdigit())[-3:]
    return f"••• ••• {last}" if last and sum(map(str.isdigit, text)) > 3 else "•••"


def tel_link(key: str) -> str:
    """The `tel:` link (RFC 3966) of an E.164 number."""
    return f"tel:{key}"


def zalo_link(key: str) -> str:
    """The link that opens a Zalo chat with an E.164 number."""
    return f"https://zalo.me/{key.removeprefix('+')}"


def sms_link(key: str) -> str:
    """The `sms:` link (RFC 5724) of an E.164 number."""
    return f"sms:{key}"
