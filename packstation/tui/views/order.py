"""The order panel."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.cards import OrderCard, ParcelCard
from packstation.domain.deadlines import Urgency
from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _, words
from packstation.tui.theme import GOOD, MUTED, STRONG, WARNING
from packstation.tui.views.urgency import urgency_sign, urgency_style
from packstation.tui.widgets.panel import Draw, Fact, fact, fitting, heading, wrapped
from packstation.tui.widgets.text import Shown, styled

_MOST_ITEM_ROWS = 6


def order_panel(order: OrderCard, now: int) -> Draw:
    """The panel of an order.

    Args:
        order: the order.
        now: ms UTC; times of the same day are shown without it.
    """

    def draw(width: int, height: int) -> Sequence[Shown]:
        title = heading(_("ORDER {number}").format(number=plain(order.number, 40)), _channel(order))
        notes = _notes(order, width)
        room = max(0, height - 1 - len(notes))
        facts = _facts(order, now)
        items = item_rows(order, width)
        most = max(1, min(len(items), max(_MOST_ITEM_ROWS, room - len(facts)), room - min(len(facts), 3)))
        shown = items if len(items) <= most else [*items[: most - 1], _more(len(items) - most + 1)]
        return [title, *notes, *shown, *fitting(facts, width, room - len(shown))]

    return draw


def item_rows(order: OrderCard, width: int) -> list[Shown]:
    """One line a product line."""
    rows: list[Shown] = []
    for item in order.items:
        count = plain(f"{item.quantity} × ")
        name = plain(item.name or item.sku or "–", max(4, width - len(count)))
        style = WARNING if item.quantity > 1 else MUTED
        rows.append(styled((count, style), (name, STRONG)))
    return rows


def parcel_text(parcel: ParcelCard, zone: str, now: int) -> str:
    """A parcel with its state and where it is."""
    number = parcel.tracking or parcel.package or ""
    parts = [number, words.parcel_word(parcel.state)]
    if parcel.slot:
        parts.append(_("slot {slot}").format(slot=parcel.slot))
    if parcel.by and parcel.at is not None:
        parts.append(f"{parcel.by} {words.moment(parcel.at, zone, now=now)}")
    return " · ".join(part for part in parts if part)


def _channel(order: OrderCard) -> str:
    return f"{order.shop} · {order.channel}" + (f"/{order.source}" if order.source else "")


def _notes(order: OrderCard, width: int) -> list[Shown]:
    rows: list[Shown] = []
    if order.number_marked_at is not None:
        rows.append(styled((plain(words.marked_text(order, order.number_marked_at)), WARNING)))
    told = ((_("Courier:"), order.instruction), (_("Buyer:"), order.buyer_note), (_("Shop:"), order.seller_note))
    for who, text in told:
        note = plain(text).strip()
        if note:
            rows += [styled((line, WARNING)) for line in wrapped(plain(f"{who} {note}"), width, 2)]
    return rows


def _more(count: int) -> PlainText:
    return plain(_("+ {count} more lines").format(count=count))


def _facts(order: OrderCard, now: int) -> list[Fact]:
    collect = words.money(order.to_collect, order.currency) if order.to_collect else _("nothing")
    facts = [
        fact(_("to collect"), collect, WARNING if order.to_collect else GOOD),
        fact(_("total"), words.money(order.total or order.first_total, order.currency)),
        _decide_by(order, now),
        fact(_("status"), words.status_word(order.status)),
    ]
    for name, deadline in ((_("truck leaves"), order.cut_off), (_("hand-over deadline"), order.ship_by)):
        if deadline is not None:
            facts.append(fact(name, words.moment(deadline, order.zone, now=now), _style(order, deadline, now)))
    facts.append(fact(_("placed"), words.moment(order.placed_at, order.zone, now=now)))
    facts += [fact(_("parcel"), parcel_text(parcel, order.zone, now)) for parcel in order.parcels[:3]]
    if order.province:
        facts.append(fact(_("province"), order.province))
    if order.vouchers:
        facts.append(fact(_("vouchers"), ", ".join(order.vouchers)))
    return facts


def _decide_by(order: OrderCard, now: int) -> Fact:
    urgency = order.notices.urgency(order.decide_by, now)
    due = words.moment(order.decide_by, order.zone, now=now)
    said = due if urgency is Urgency.CALM else f"{due} {urgency_sign(urgency).strip()} {words.urgency_word(urgency)}"
    return fact(_("decide-by"), said, _style(order, order.decide_by, now))


def _style(order: OrderCard, deadline: int, now: int) -> str:
    return urgency_style(order.notices.urgency(deadline, now)) or STRONG
