"""The letter by which a buyer is reported to their channel: what the channel needs to look into it, and no more.

It names the buyer's accounts at this channel, never a name, phone or street, and none of the people here.
"""

from __future__ import annotations

from collections.abc import Iterator

from packstation.domain.cases import CaseRules, Ground
from packstation.domain.letters import Letter, Part
from packstation.domain.order_counts import Counts
from packstation.domain.plain_text import plain
from packstation.domain.times import DAY, from_ms
from packstation.locale import _, speaking
from packstation.locale.words import (
    hold_reason_word,
    hold_state_word,
    method_word,
    money,
    outcome_word,
    result_word,
    status_word,
)
from packstation.store.case_evidence import Evidence

_MOST_ITEMS = 10
_MOST_LINES = 40
_CHANNELS = {"tiktok": "TikTok Shop", "woocommerce": "WooCommerce", "kiotviet": "KiotViet"}
"""How channels write their names, where that is not with one capital letter."""


def case_letter(evidence: Evidence, ground: Ground, rules: CaseRules, language: str, now: int) -> Letter:
    """The letter, in a language.

    Args:
        evidence: what it tells.
        ground: why the buyer is reported.
        rules: within how many days was counted.
        language: "vi" or "en".
        now: ms UTC.
    """
    with speaking(language):
        order = evidence.order
        subject = _("Report about a buyer: order {number}, shop {shop}")
        parts = [
            Part("", tuple(_beginning(evidence, ground, rules))),
            Part(_("The order"), tuple(_order_lines(evidence))),
            Part(_("Attempts to reach the buyer"), _cut(list(_attempt_lines(evidence)))),
            Part(_("Orders held for a confirmation"), _cut(list(_hold_lines(evidence)))),
            Part(_("Orders that failed at the door"), _cut(list(_failed_lines(evidence)))),
            Part(
                _("This buyer's orders at our shops on {channel}").format(channel=_channel(evidence)),
                _counted(evidence.counts),
            ),
            Part(
                "",
                (
                    _("Times are those of {zone}. Written on {day}.").format(
                        zone=order.zone, day=_when(now, order.zone)
                    ),
                ),
            ),
        ]
        return Letter(
            subject.format(number=plain(order.number, 60), shop=plain(order.shop, 60)),
            tuple(part for part in parts if part.lines),
        )


def _beginning(evidence: Evidence, ground: Ground, rules: CaseRules) -> Iterator[str]:
    days, conduct = rules.window_ms // DAY, evidence.conduct
    yield _("To {channel}").format(channel=_channel(evidence))
    if ground is Ground.NEVER_ANSWERS:
        line = _("In the last {days} days the buyer of this order answered none of our contacts about {count} orders.")
        yield line.format(days=days, count=conduct.unanswered)
    elif ground is Ground.KEEPS_REFUSING:
        line = _("In the last {days} days the buyer of this order refused {count} orders, on the phone or at the door.")
        yield line.format(days=days, count=conduct.refused)
    else:
        yield _("We report the buyer of this order.")
    yield _("Please look into this account and tell us what you decided.")


def _order_lines(evidence: Evidence) -> Iterator[str]:
    order = evidence.order
    yield _("Number: {number}").format(number=plain(order.number, 60))
    yield _("Shop: {shop}").format(shop=plain(order.shop, 60))
    if evidence.accounts:
        yield _("Buyer's account: {accounts}").format(accounts=", ".join(plain(each, 60) for each in evidence.accounts))
    yield _("Placed: {time}").format(time=_when(order.placed_at, order.zone))
    yield _("Status: {status}").format(status=status_word(order.status))
    amount = money(order.first_total, order.currency)
    if order.cod:
        yield _("Amount: {amount}, cash on delivery").format(amount=amount)
    else:
        yield _("Amount: {amount}").format(amount=amount)
    for parcel in order.parcels:
        if parcel.tracking:
            yield (
                _("Parcel: {tracking} {carrier}")
                .format(tracking=plain(parcel.tracking, 60), carrier=plain(parcel.carrier or "", 40))
                .rstrip()
            )
    for item in order.items[:_MOST_ITEMS]:
        yield _("Product: {count} × {name}").format(count=item.quantity, name=plain(item.name or item.sku, 120))
    if len(order.items) > _MOST_ITEMS:
        yield _("and {count} more product lines").format(count=len(order.items) - _MOST_ITEMS)


def _attempt_lines(evidence: Evidence) -> Iterator[str]:
    zone = evidence.order.zone
    for hold in evidence.holds:
        for attempt in hold.attempts:
            if attempt.result is not None:
                line = _("{time}: {method}, {result} (order {number})")
                yield line.format(
                    time=_when(attempt.opened_at, zone),
                    method=method_word(attempt.method),
                    result=result_word(attempt.result).lower(),
                    number=plain(hold.number, 60),
                )


def _hold_lines(evidence: Evidence) -> Iterator[str]:
    for hold in evidence.holds:
        line = _("{time}: order {number}, held {why}; now: {reason}")
        yield line.format(
            time=_when(hold.opened_at, evidence.order.zone),
            number=plain(hold.number, 60),
            why=hold_reason_word(hold.opened_reason),
            reason=hold_state_word(hold.state) if hold.reason is hold.opened_reason else hold_reason_word(hold.reason),
        )


def _failed_lines(evidence: Evidence) -> Iterator[str]:
    for order in evidence.failed:
        line = _("{time}: order {number}, {outcome}")
        yield line.format(
            time=_when(order.known_at, evidence.order.zone),
            number=plain(order.number, 60),
            outcome=outcome_word(order.outcome, order.cause),
        )


def _counted(counts: Counts | None) -> tuple[str, ...]:
    if counts is None:
        return ()
    told = (
        (_("ordered"), counts.orders),
        (_("delivered"), counts.delivered),
        (_("sent back after delivery"), counts.returned),
        (_("cancelled by the buyer before shipping"), counts.early_cancels),
        (_("not taken at the door"), counts.failed_deliveries),
        (_("still under way"), counts.open),
    )
    return tuple(f"{word}: {count}" for word, count in told)


def _cut(told: list[str]) -> tuple[str, ...]:
    """The latest lines, where there are very many."""
    if len(told) <= _MOST_LINES:
        return tuple(told)
    return (_("{count} earlier ones").format(count=len(told) - _MOST_LINES), *told[-_MOST_LINES:])


def _channel(evidence: Evidence) -> str:
    channel = evidence.order.channel
    return _CHANNELS.get(channel) or plain(channel, 40).capitalize()


def _when(ms: int, zone: str) -> str:
    return from_ms(ms, zone).strftime("%d/%m/%Y %H:%M")
