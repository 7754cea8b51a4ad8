"""The words of the customer screen in the reader's language."""

from __future__ import annotations

from datetime import date

from packstation.domain.customer_profile import YES, Field, Gender, PosStatus, Tier
from packstation.domain.holds import HoldReason, HoldState
from packstation.domain.order_stories import Happening, TimelineEntry, Why
from packstation.domain.orders import FailureCause, Outcome, Status
from packstation.domain.packing import ParcelState
from packstation.locale import _, words


def field_word(field: Field) -> str:
    """What a field of a customer is called."""
    return {
        Field.NAME: _("name"),
        Field.PHONE: _("phone"),
        Field.EMAIL: _("email"),
        Field.CODE: _("customer code"),
        Field.GENDER: _("gender"),
        Field.BIRTHDAY: _("birthday"),
        Field.COMPANY: _("company"),
        Field.ADDRESS: _("address"),
        Field.AREA: _("area"),
        Field.SOURCE: _("customer source"),
        Field.POS_STATUS: _("at the POS"),
        Field.TIER: _("tier"),
        Field.DO_NOT_CONTACT: _("no messages"),
    }[field]


def field_value(field: Field, value: str) -> str:
    """A field's value as people read it; one that is no word of ours stays as it is."""
    try:
        if field is Field.TIER:
            return words.tier_word(Tier(value))
        if field is Field.GENDER:
            return gender_word(Gender(value))
        if field is Field.POS_STATUS:
            return {PosStatus.ACTIVE: _("active"), PosStatus.INACTIVE: _("no longer active")}[PosStatus(value)]
        if field is Field.DO_NOT_CONTACT:
            return _("yes") if value == YES else value
        if field is Field.BIRTHDAY:
            return date.fromisoformat(value).strftime("%d/%m/%Y")
    except ValueError:
        pass
    return value


def gender_word(gender: Gender) -> str:
    """A gender."""
    return {
        Gender.FEMALE: _("female"),
        Gender.MALE: _("male"),
        Gender.OTHER: _("other gender"),
        Gender.UNKNOWN: _("unknown"),
    }[gender]


def age_word(group: tuple[int, int | None]) -> str:
    """An age group."""
    first, last = group
    if last is None:
        return _("{age} and older").format(age=first)
    return _("under {age}").format(age=last + 1) if first == 0 else f"{first}–{last}"


def why_related(why: Why) -> str:
    """What two orders have in common."""
    return {
        Why.PHONE: _("same phone"),
        Why.EMAIL: _("same email"),
        Why.ADDRESS: _("same address"),
        Why.NAME: _("same name"),
    }[why]


def happened(entry: TimelineEntry, currency: str) -> str:
    """What happened to an order, with who and where."""
    match entry.kind:
        case Happening.PLACED:
            return _("placed")
        case Happening.STATUS:
            word = words.status_word(Status(entry.word))
            return f"{word} ({entry.more})" if entry.more else word
        case Happening.OUTCOME:
            cause = FailureCause(entry.more) if entry.more else None
            return _("ended: {how}").format(how=words.outcome_word(Outcome(entry.word), cause))
        case Happening.REFUND:
            return _("refunded {amount}").format(amount=words.money(entry.amount, currency))
        case Happening.PARCEL:
            parts = (words.parcel_word(ParcelState(entry.word)), entry.more, entry.where, entry.by)
        case Happening.HOLD:
            reason = words.hold_reason_word(HoldReason(entry.more))
            parts = (_("hold {state}").format(state=words.hold_state_word(HoldState(entry.word))), reason, "", entry.by)
    return " · ".join(part for part in parts if part)
