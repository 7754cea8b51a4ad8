"""Who a customer is: what channels say of them, what people wrote over it, and what follows from both. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from packstation.domain.times import from_ms


class Field(StrEnum):
    """What is known of a customer beside the orders. Each can be written by hand over what channels say."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    CODE = "code"
    GENDER = "gender"
    BIRTHDAY = "birthday"
    COMPANY = "company"
    ADDRESS = "address"
    AREA = "area"
    SOURCE = "source"
    POS_STATUS = "pos_status"
    TIER = "tier"
    DO_NOT_CONTACT = "do_not_contact"


class Gender(StrEnum):
    """A customer's gender, as far as somebody says."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class PosStatus(StrEnum):
    """Whether the shop's POS still keeps the customer."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class Tier(StrEnum):
    """What a customer is to the seller, from the least to the most."""

    WALK_IN = "walk_in"
    NEVER_BOUGHT = "never_bought"
    REGULAR = "regular"
    LOYAL = "loyal"
    VIP = "vip"
    SUPER = "super"


YES = "yes"
"""The value of a field that is a mark: it is set."""
_YES_OR_NO = {"yes": YES, "có": YES, "no": "", "không": ""}


class UnreadableFieldError(ValueError):
    """The text is no value of this field."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value and who says it: a channel's name, or, for `by`, a person at a moment, ms UTC."""

    value: str
    channel: str = ""
    by: str = ""
    at: int | None = None
    said_by_channel: Said | None = None

    @property
    def is_by_hand(self) -> bool:
        """Whether a person wrote it."""
        return bool(self.by) or self.at is not None


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a customer, by field; fields that nobody says anything of are missing."""

    fields: Mapping[Field, Said]

    def value(self, field: Field) -> str:
        """What is known of a field, empty for nothing."""
        said = self.fields.get(field)
        return said.value if said else ""

    @property
    def gender(self) -> Gender:
        """The gender, unknown where nobody says."""
        try:
            return Gender(self.value(Field.GENDER))
        except ValueError:
            return Gender.UNKNOWN

    @property
    def birthday(self) -> date | None:
        """The birthday, None where nobody says one that can be."""
        try:
            return date.fromisoformat(self.value(Field.BIRTHDAY))
        except ValueError:
            return None

    def age(self, moment: int, zone: str) -> int | None:
        """The full years at a moment, ms UTC, by a zone's calendar; None without a birthday or before it."""
        born, today = self.birthday, from_ms(moment, zone).date()
        if born is None or born > today:
            return None
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


AGE_GROUPS: tuple[tuple[int, int | None], ...] = ((0, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, None))
"""The first and the last age of each group; None for no last."""


def age_group(age: int | None) -> tuple[int, int | None] | None:
    """The group of an age, None where the age is unknown."""
    if age is None:
        return None
    return next(group for group in AGE_GROUPS if age >= group[0] and (group[1] is None or age <= group[1]))


def initials(name: str) -> str:
    """What stands for a picture: the first letters of the first and the last word of a name; `?` without any."""
    words = [word for word in name.split() if word[:1].isalnum()]
    letters = [words[0][0], *([words[-1][0]] if len(words) > 1 else [])] if words else []
    return "".join(letters).upper() or "?"


def checked(field: Field, text: str) -> str:
    """What a person wrote for a field, as it is kept; empty takes back what was written.

    Raises:
        UnreadableFieldError: it is no value of this field: a date that is none, an unknown word.
    """
    value = " ".join(text.split())
    try:
        if not value:
            return ""
        if field is Field.BIRTHDAY:
            return _day(value).isoformat()
        if field is Field.GENDER:
            return Gender(value.casefold()).value
        if field is Field.POS_STATUS:
            return PosStatus(value.casefold()).value
        if field is Field.TIER:
            return Tier(value.casefold()).value
        if field is Field.DO_NOT_CONTACT:
            return _YES_OR_NO[value.casefold()]
    except (ValueError, KeyError) as error:
        raise UnreadableFieldError(text) from error
    if field is Field.EMAIL and "@" not in value:
        raise UnreadableFieldError(text)
    return value


def _day(text: str) -> date:
    """A day as 1990-12-31 or 31/12/1990."""
    parts = text.split("/")
    if len(parts) == 3:
        return date(int(parts[2]), int(parts[1]), int(parts[0]))
    return date.fromisoformat(text)


def profile_of(by_channels: Sequence[tuple[str, Mapping[Field, str]]], by_hand: Mapping[Field, Said]) -> Profile:
    """Channels' words put together, the first that says something counting, with what people wrote over them."""
    fields: dict[Field, Said] = {}
    for channel, values in by_channels:
        for field, value in values.items():
            if value and field not in fields:
                fields[field] = Said(value, channel)
    for field, said in by_hand.items():
        below = fields.get(field)
        if said.value:
            fields[field] = Said(said.value, "", said.by, said.at, below)
    return Profile(fields)
