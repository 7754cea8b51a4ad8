"""A judged code in a few lines of text, for people at a shell."""

from __future__ import annotations

from collections.abc import Iterator

from packstation.domain.cards import CustomerCard, Judgement
from packstation.domain.customer_profile import Field, Profile, Tier
from packstation.domain.masking import masked_field
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.locale.words import (
    headline,
    label_word,
    marked_text,
    money,
    outcome_word,
    percent,
    reason_text,
    status_word,
    tag_word,
    tier_word,
)


def verdict_lines(judgement: Judgement) -> Iterator[str]:
    """The verdict, its reasons, the order and its customer; text from outside cleaned."""
    yield f"{headline(judgement.verdict)}  {plain(judgement.code)}"
    for reason in judgement.verdict.reasons:
        yield f"  - {plain(reason_text(reason, judgement.order))} [{reason.rule}]"
    for candidate in judgement.candidates:
        yield f"  ? {plain(candidate.shop)}  {plain(candidate.number)}"
    order = judgement.order
    if order:
        collect = _("{amount} to collect").format(amount=money(order.to_collect, order.currency))
        yield f"  {plain(order.shop)} {plain(order.number)}: {status_word(order.status)}, {outcome_word(order.outcome)}, {collect}"
    if order and order.number_marked_at is not None:
        yield f"  {marked_text(order, order.number_marked_at)}"
    if judgement.customer:
        yield f"  {customer_line(judgement.customer)}"
    elif order:
        yield "  " + _("guest: no profile")


def customer_line(customer: CustomerCard) -> str:
    """A customer in one line."""
    history = customer.history
    counts = history.counts
    ratio = counts.cancel_ratio
    parts = (
        f"{plain(customer.name)} #{customer.id}".strip(),
        label_word(counts.label),
        *([tier_word(Tier(customer.tier))] if customer.tier else []),
        *(f"#{plain(tag_word(tag), 60)}" for tag in customer.tags),
        _("{count} ordered").format(count=counts.orders),
        _("{count} delivered").format(count=counts.delivered),
        _("{count} early cancels").format(count=counts.early_cancels),
        _("{count} failed deliveries").format(count=counts.failed_deliveries),
        _("cancel ratio {ratio}").format(ratio="–" if ratio is None else percent(ratio)),
        _("spent {amount}").format(amount=money(history.spent, history.currency)),
    )
    return ", ".join(parts)


def contact_lines(profile: Profile, *, in_clear: bool) -> Iterator[str]:
    """How a customer is reached, as far as that is known: masked unless it is to be `in_clear`."""
    words = {Field.PHONE: _("phone: {value}"), Field.EMAIL: _("email: {value}"), Field.ADDRESS: _("address: {value}")}
    for field, line in words.items():
        if value := profile.value(field):
            yield line.format(value=plain(value if in_clear else masked_field(field, value)))
