"""The customer panel: who buys, and what became of their orders."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.cards import CustomerCard
from packstation.domain.customer_profile import Tier
from packstation.domain.history import History
from packstation.domain.masking import masked_profile
from packstation.domain.order_counts import Label
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.tui.theme import BAD, GOOD, MUTED, STRONG, TITLE, WARNING
from packstation.tui.widgets.panel import Draw, Fact, fact, fitting, heading, wrapped
from packstation.tui.widgets.text import Shown, styled

LABEL_STYLES = {Label.NEW: TITLE, Label.RETURNING: GOOD, Label.NEVER_RECEIVED: WARNING}
TIER_STYLES = {Tier.LOYAL: GOOD, Tier.VIP: GOOD, Tier.SUPER: GOOD}


def customer_panel(customer: CustomerCard | None, zone: str) -> Draw:
    """The panel of a customer; None is a guest."""

    def draw(width: int, height: int) -> Sequence[Shown]:
        if customer is None:
            text = _("No profile: a guest or walk-in. Judged by the order alone.")
            return [heading(_("CUSTOMER")), *wrapped(plain(text), width, max(1, height - 1))]
        label = customer.history.counts.label
        title = styled(
            (plain(words.label_word(label).upper()), f"bold {LABEL_STYLES[label].removeprefix('bold ')}"),
            (plain(f"  {plain(customer.name, 60)}"), STRONG),
        )
        return [title, *fitting(_facts(customer, zone), width, height - 1)]

    return draw


def _facts(customer: CustomerCard, zone: str) -> list[Fact]:
    history = customer.history
    counts = history.counts
    facts = [
        fact(_("ordered"), counts.orders),
        fact(_("delivered"), counts.delivered, GOOD if counts.delivered else MUTED),
        fact(_("failed deliveries"), counts.failed_deliveries, BAD if counts.failed_deliveries else MUTED),
        fact(_("early cancels"), counts.early_cancels, WARNING if counts.early_cancels else MUTED),
        *_standing(customer),
        *balance_facts(customer),
        fact(_("cancel ratio"), _ratio(counts.cancel_ratio), ratio_style(counts.cancel_ratio)),
        fact(_("judged"), counts.judged),
        fact(_("smoothed"), words.percent(history.smoothed_cancel_ratio), MUTED),
        fact(_("plain ratio"), _ratio(counts.plain_cancel_ratio), MUTED),
        fact(_("spent"), words.money(history.spent, history.currency)),
        fact(_("last 3 months"), words.money(history.spent_3m, history.currency)),
    ]
    if history.average_order is not None:
        facts.append(fact(_("average order"), words.money(history.average_order, history.currency)))
    facts += _rarer(history, zone)
    facts += [fact(channel, masked_profile(external)) for channel, external in customer.buyers[:4]]
    return facts


def _standing(customer: CustomerCard) -> list[Fact]:
    """The tier, and the tags."""
    facts = []
    if customer.tier:
        facts.append(
            fact(_("tier"), words.tier_word(Tier(customer.tier)), TIER_STYLES.get(Tier(customer.tier), STRONG))
        )
    if customer.tags:
        facts.append(fact(_("tags"), ", ".join(words.tag_word(tag) for tag in customer.tags)))
    return facts


def balance_facts(customer: CustomerCard) -> list[Fact]:
    """What the buyer owes the shop or has paid ahead, and their points, where a POS counts them."""
    facts = []
    if customer.debt is not None:
        amount = words.money(abs(customer.debt), customer.history.currency)
        facts.append(
            fact(_("paid ahead") if customer.debt < 0 else _("owes"), amount, BAD if customer.debt > 0 else MUTED)
        )
    if customer.points is not None:
        facts.append(fact(_("points"), customer.points, MUTED))
    return facts


def _rarer(history: History, zone: str) -> list[Fact]:
    facts = []
    if history.days_between_orders is not None:
        facts.append(fact(_("usual gap"), _("{days} days").format(days=words.decimal(history.days_between_orders))))
    if history.counts.returned:
        facts.append(fact(_("returned"), history.counts.returned))
    if history.counts.voucher_orders:
        facts.append(fact(_("with voucher"), history.counts.voucher_orders))
    if history.first_order_at is not None:
        facts.append(fact(_("first order"), words.day(history.first_order_at, zone)))
    if history.last_order_at is not None:
        facts.append(fact(_("last order"), words.day(history.last_order_at, zone)))
    if len(history.by_channel) > 1:
        split = ", ".join(f"{channel} {counts.orders}" for channel, counts in history.by_channel.items())
        facts.append(fact(_("by channel"), split))
    return facts


def _ratio(ratio: float | None) -> str:
    return "–" if ratio is None else words.percent(ratio)


def ratio_style(ratio: float | None) -> str:
    """How a cancel ratio is painted."""
    if ratio is None:
        return MUTED
    return BAD if ratio > 0.5 else WARNING if ratio > 0.2 else GOOD
