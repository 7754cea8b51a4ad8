"""Whom one contacts, on one panel: why they are called, what they ordered, and what became of their orders, with product lines."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.acts.callee_views import CalleeView, HeldWhy
from packstation.domain.cards import CustomerCard
from packstation.domain.customer_profile import Tier
from packstation.domain.orders import Item
from packstation.domain.plain_text import plain
from packstation.domain.verdict import OPEN_HOLD
from packstation.locale import _, words
from packstation.tui.theme import BAD, GOOD, MUTED, STRONG, WARNING
from packstation.tui.views.past_orders import failed, outcome_style
from packstation.tui.widgets.panel import Draw, fact, flowed, heading, wrapped
from packstation.tui.widgets.text import Shown, styled


def callee_panel(view: CalleeView, now: int, from_row: int) -> Draw:
    """The panel, from one of its rows on.

    Args:
        view: whom.
        now: ms UTC.
        from_row: how far it is scrolled; further than its end shows the last rows.
    """

    def draw(width: int, height: int) -> Sequence[Shown]:
        rows = [*_reasons(view, width), *_customer(view.customer, width)]
        for each in view.holds:
            rows += _held(each, width, now)
        wanted = {item.sku for each in view.holds for item in each.held.order.items if item.sku}
        if view.past:
            rows.append(heading(_("PAST ORDERS"), _("red: this very product again")))
        for card, items in view.past:
            ended = words.status_word(card.status) if card.outcome == "open" else ""
            ended = ended or words.outcome_word(card.outcome, card.cause, replaced=card.replaced)
            number = plain(card.number, 40)
            rows.append(
                styled(
                    (plain(f"{words.day(card.placed_at, card.zone)} {number}  "), MUTED),
                    (plain(ended), outcome_style(card.outcome, card.cause, replaced=card.replaced)),
                    (plain(f"  {words.money(card.total, card.currency)}"), MUTED),
                )
            )
            charged = failed(card.outcome, card.cause) and not card.replaced
            rows += [_line(item, again=charged and item.sku in wanted) for item in items[:4]]
            if len(items) > 4:
                rows.append(styled((plain("   " + _("+ {count} more lines").format(count=len(items) - 4)), MUTED)))
        start = max(0, min(from_row, len(rows) - height))
        seen = rows[start : start + height]
        if start + height < len(rows) and seen:
            left = len(rows) - start - height + 1
            seen[-1] = styled((plain("▾ " + _("{count} more lines: PgDn").format(count=left)), MUTED))
        return seen

    return draw


def _line(item: Item, *, again: bool = False) -> Shown:
    return styled((plain(f"   {item.quantity} × {plain(item.name or item.sku or '–', 100)}"), BAD if again else ""))


def _customer(customer: CustomerCard | None, width: int) -> list[Shown]:
    if customer is None:
        return [styled((plain(_("No profile: a guest or walk-in. Judged by the order alone.")), MUTED))]
    counts = customer.history.counts
    facts = [
        fact(words.label_word(counts.label), plain(customer.name, 40)),
        *([fact(_("tier"), words.tier_word(Tier(customer.tier)))] if customer.tier else []),
        fact(_("ordered"), counts.orders),
        fact(_("delivered"), counts.delivered, GOOD if counts.delivered else MUTED),
        fact(_("failed deliveries"), counts.failed_deliveries, BAD if counts.failed_deliveries else MUTED),
        fact(_("early cancels"), counts.early_cancels, WARNING if counts.early_cancels else MUTED),
        fact(_("spent"), words.money(customer.history.spent, customer.history.currency), MUTED),
    ]
    return list(flowed(facts, width))


def _reasons(view: CalleeView, width: int) -> list[Shown]:
    """Why they are called, each reason once; that there is a hold says nothing beside another one."""
    found = {
        words.reason_text(reason, each.held.order): reason.rule != OPEN_HOLD
        for each in view.holds
        for reason in each.reasons
    }
    told = [text for text, says_why in found.items() if says_why] or list(found)
    return [styled((line, WARNING)) for text in told for line in wrapped(plain(f"▪ {text}"), width, 2)]


def _held(each: HeldWhy, width: int, now: int) -> list[Shown]:
    order, hold = each.held.order, each.held.hold
    due = words.moment(hold.hold.decide_by, order.zone, now=now)
    slots = f" · {_('slot {slot}').format(slot=', '.join(hold.slots))}" if hold.slots else ""
    amount = words.money(order.to_collect, order.currency)
    rows: list[Shown] = [
        styled(
            (plain(f"{plain(order.number, 40)}  "), STRONG),
            (plain(f"{amount} · {_('decide-by')} {due}{slots} · {plain(order.shop, 30)}"), MUTED),
        )
    ]
    for note in (order.buyer_note, order.seller_note):
        if text := plain(note).strip():
            rows += [styled((line, WARNING)) for line in wrapped(plain(f"“{text}”"), width, 2)]
    return [*rows, *(_line(item) for item in order.items)]
