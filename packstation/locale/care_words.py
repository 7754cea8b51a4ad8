"""Care at the desk in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.care import Insert, InsertKind
from packstation.domain.due import DueKind, VoucherGroup
from packstation.locale import _, language
from packstation.locale.measures import day, money


def insert_kind_word(kind: InsertKind) -> str:
    """What is put in."""
    return {
        InsertKind.CARD: _("card"),
        InsertKind.LEAFLET: _("leaflet"),
        InsertKind.GIFT: _("gift"),
        InsertKind.SAMPLE: _("sample"),
        InsertKind.VOUCHER: _("voucher"),
    }[kind]


def insert_text(insert: Insert, zone: str) -> str:
    """What is put in as the packer reads it; a voucher with its code, amount, last day and condition.

    Args:
        insert: what.
        zone: the shop's, for the day.
    """
    text = insert.texts[language()]
    voucher = insert.voucher
    if voucher is None:
        return text
    parts = [voucher.code, money(voucher.amount, voucher.currency)]
    if voucher.expires_at is not None:
        # It is valid until just before that moment.
        parts.append(_("until {day}").format(day=day(voucher.expires_at - 1, zone)))
    if voucher.condition:
        parts.append(voucher.condition)
    return f"{text}: {', '.join(parts)}"


def given_text(counts: Sequence[tuple[InsertKind, int]]) -> str:
    """How much of each kind was given."""
    return ", ".join(f"{insert_kind_word(kind)} {count}" for kind, count in counts)


def due_kind_word(kind: DueKind) -> str:
    """Why somebody is due to hear from the shop."""
    return {
        DueKind.RUN_OUT: _("runs out"),
        DueKind.LAPSED: _("has not come back"),
        DueKind.BIRTHDAY: _("has a birthday"),
    }[kind]


def due_when(days_left: int) -> str:
    """When something is due."""
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    if days_left in near:
        return near[days_left]
    if days_left > 0:
        return _("in {days} days").format(days=days_left)
    return _("{days} days ago").format(days=-days_left)


def voucher_group_word(group: VoucherGroup) -> str:
    """Whether somebody buys mostly with vouchers."""
    return {
        VoucherGroup.LOVERS: _("mostly with vouchers"),
        VoucherGroup.FULL_PRICE: _("mostly at full price"),
    }[group]
