"""The other pages of the customer screen as tables."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.acts.customer_pages import WrittenPage
from packstation.acts.customers import CustomerFigures
from packstation.domain.candidates import LinkState, ProfileLink
from packstation.domain.cards import OrderLineCard
from packstation.domain.customer_profile import Field
from packstation.domain.order_stories import RelatedOrder, TimelineEntry
from packstation.domain.orders import Outcome
from packstation.domain.plain_text import plain
from packstation.domain.product_tally import ProductTally
from packstation.locale import _, words
from packstation.locale.customer_words import field_word, happened, why_related
from packstation.locale.link_words import link_reason_word
from packstation.store.balances import Balance, BalanceSeen
from packstation.tui.theme import BAD, GOOD, MUTED, STRONG, TITLE, WARNING
from packstation.tui.views.customer_overview import shown_value
from packstation.tui.views.past_orders import outcome_style
from packstation.tui.widgets.cells import Alignment
from packstation.tui.widgets.line_table import Cell, Column, Row
from packstation.tui.widgets.panel import Fact, fact

_RIGHT = Alignment.RIGHT


def order_columns(*, people: bool = False) -> tuple[Column, ...]:
    """The columns of all orders; with the shop's people where there is room for them."""
    named = (Column(plain(_("sold by")), 14), Column(plain(_("created by")), 14)) if people else ()
    return (
        Column(plain(_("placed")), 16),
        Column(plain(_("order")), None, least=10),
        Column(plain(_("invoice")), None, least=6),
        Column(plain(_("where from")), None, least=8),
        *named,
        Column(plain(_("what became of it")), None, least=12),
        Column(plain(_("qty")), 4, _RIGHT),
        Column(plain(_("amount")), 13, _RIGHT),
    )


def order_row(card: OrderLineCard, *, people: bool = False) -> Row:
    """One of all orders."""
    named = (plain(card.sold_by, 60), plain(card.created_by, 60)) if people else ()
    open_still = card.outcome is Outcome.OPEN
    ended = (
        words.status_word(card.status)
        if open_still
        else words.outcome_word(card.outcome, card.cause, replaced=card.replaced)
    )
    where = f"{card.channel} · {card.source}" if card.source else card.channel
    return (
        Cell(plain(words.day_and_time(card.placed_at, card.zone)), MUTED),
        plain(card.number, 60),
        Cell(plain(", ".join(card.codes), 80), MUTED),
        plain(where, 80),
        *named,
        Cell(plain(ended), outcome_style(card.outcome, card.cause, replaced=card.replaced)),
        plain(card.units),
        plain(words.money(card.total - card.refunded, card.currency)),
    )


def product_columns() -> tuple[Column, ...]:
    """The columns of products."""
    return (
        Column(plain(_("product")), None, least=14),
        Column(plain(_("bought")), 7, _RIGHT),
        Column(plain(_("sent back")), 9, _RIGHT),
        Column(plain(_("cancelled")), 9, _RIGHT),
        Column(plain(_("refused")), 8, _RIGHT),
        Column(plain(_("spent")), 13, _RIGHT),
        Column(plain(""), 11),
    )


def product_row(product: ProductTally) -> Row:
    """One product."""
    says = (
        Cell(plain(_("sends back")), BAD)
        if product.sends_back
        else Cell(plain(_("likes") if product.likes else ""), GOOD)
    )
    return (
        plain(product.name or product.sku or "–", 120),
        plain(product.bought),
        Cell(plain(product.sent_back or ""), WARNING),
        Cell(plain(product.cancelled or ""), WARNING),
        Cell(plain(product.refused or ""), BAD),
        plain(words.money(product.spent, product.currency)),
        says,
    )


def money_compared(figures: CustomerFigures) -> list[Fact]:
    """What the POS says beside what was counted here."""
    history, balance = figures.card.history, figures.balance
    currency = history.currency

    def amount(value: int | None) -> str:
        return _("nobody says") if value is None else words.money(value, currency)

    def number(value: int | None) -> str:
        return _("nobody says") if value is None else str(value)

    return [
        fact(_("spent, counted here"), words.money(history.spent, currency)),
        fact(_("spent, by the POS"), amount(balance.total_spent), _differs(balance, history.spent)),
        fact(_("owes now"), amount(balance.debt), BAD if (balance.debt or 0) > 0 else STRONG),
        fact(_("points now"), number(balance.points)),
        fact(_("points ever given"), number(balance.total_points)),
        fact(
            _("with voucher"),
            f"{history.counts.voucher_orders} / {history.counts.orders - history.counts.unpaid_expired}",
        ),
    ]


def _differs(balance: Balance, spent: int) -> str:
    if balance.total_spent is None:
        return MUTED
    return STRONG if balance.total_spent == spent else WARNING


def money_columns() -> tuple[Column, ...]:
    """The columns of what was seen of debt and points, and of orders on which money is still due."""
    return (
        Column(plain(_("when")), 16),
        Column(plain(_("seen at")), None, least=8),
        Column(plain(_("owes")), 16, _RIGHT),
        Column(plain(_("change")), 16, _RIGHT),
        Column(plain(_("points")), 8, _RIGHT),
        Column(plain(_("change")), 8, _RIGHT),
    )


def money_rows(seen: Sequence[BalanceSeen], currency: str, zone: str) -> list[Row]:
    """What was seen of a customer's debt and points, latest first, each with what it changed."""
    rows: list[Row] = []
    for place, each in enumerate(seen):
        before = next((other for other in seen[place + 1 :] if other.channel == each.channel), None)
        debt = each.debt - (before.debt if before else 0)
        points = each.points - (before.points if before else 0)
        rows.append(
            (
                Cell(plain(words.day_and_time(each.known_at, zone)), MUTED),
                plain(each.channel, 40),
                Cell(plain(words.money(each.debt, currency)), BAD if each.debt > 0 else ""),
                Cell(plain(f"{'+' if debt > 0 else ''}{words.money(debt, currency)}" if debt else ""), MUTED),
                plain(each.points),
                Cell(plain(f"{points:+d}" if points else ""), MUTED),
            )
        )
    return rows


def related_columns() -> tuple[Column, ...]:
    """The columns of others' orders."""
    return (
        Column(plain(_("placed")), 10),
        Column(plain(_("why")), None, least=12),
        Column(plain(_("whose")), None, least=8),
        Column(plain(_("order")), None, least=10),
        Column(plain(_("what became of it")), None, least=12),
        Column(plain(_("amount")), 13, _RIGHT),
    )


def link_row(link: ProfileLink, zone: str) -> Row:
    """A profile that is the customer's, was split off or is proposed; by whom and why, if somebody decided so."""
    states = {
        LinkState.LINKED: (_("this customer's"), GOOD),
        LinkState.SPLIT_OFF: (_("split off"), WARNING),
        LinkState.PROPOSED: (_("maybe the same"), TITLE),
    }
    word, style = states[link.state]
    parts = [", ".join(link_reason_word(reason) for reason in link.reasons), link.why]
    if link.by:
        parts.append(_written_by(link.by, link.at or 0, zone))
    why = " · ".join(part for part in parts if part)
    sure = "" if link.confidence is None else words.percent(link.confidence)
    return (
        Cell(plain(_("profile")), TITLE),
        Cell(plain(why, 200), MUTED),
        plain(link.name or _("without a name"), 60),
        plain(f"{link.channel} {shown_code(link.external_id)}", 60),
        Cell(plain(word), style),
        plain(sure),
    )


def related_row(related: RelatedOrder) -> Row:
    """One of others' orders."""
    card = related.order
    open_still = card.outcome is Outcome.OPEN
    ended = (
        words.status_word(card.status)
        if open_still
        else words.outcome_word(card.outcome, card.cause, replaced=card.replaced)
    )
    whose = related.name or _("without a name")
    return (
        Cell(plain(words.day(card.placed_at, card.zone)), MUTED),
        Cell(plain(", ".join(why_related(why) for why in related.why)), TITLE),
        plain(f"{whose} ({_('guest')})" if related.customer_id is None else whose, 60),
        plain(card.number, 60),
        Cell(plain(ended), outcome_style(card.outcome, card.cause, replaced=card.replaced)),
        plain(words.money(card.total, card.currency)),
    )


def written_columns() -> tuple[Column, ...]:
    """The columns of what is known and written."""
    return (
        Column(plain(_("what")), 14),
        Column(plain(_("says")), None, least=16),
        Column(plain(_("who says so")), None, least=14),
    )


Written = Field | int | str
"""What a row of the last page is about: a field, a note by its id, a tag by its text."""


def written_rows(figures: CustomerFigures, page: WrittenPage, *, in_clear: bool) -> list[tuple[Written | None, Row]]:
    """Notes, tags, fields, then what was written before; each with what it is about, None where nothing can be done to it."""
    zone = figures.zone
    rows: list[tuple[Written | None, Row]] = []
    for note in page.notes:
        if note.ended_at is None:
            by = _written_by(note.by, note.at, zone)
            rows.append((note.id, (Cell(plain(_("note")), TITLE), plain(note.text), Cell(plain(by), MUTED))))
    for tag in figures.card.tags:
        by = _("rule {rule}").format(rule=tag.rule) if tag.rule else _written_by(tag.by, tag.at, zone)
        rows.append(
            (tag.tag, (Cell(plain(_("tag")), TITLE), plain(f"#{words.tag_word(tag)}"), Cell(plain(by, 120), MUTED)))
        )
    for field in Field:
        said = figures.profile.fields.get(field)
        value = "–" if said is None else shown_value(field, said.value, in_clear=in_clear)
        if said is None:
            who = ""
        elif said.is_by_hand:
            below = said.said_by_channel
            who = f"{_('written by hand')} · {_written_by(said.by, said.at or 0, zone)}"
            if below:
                was = shown_value(field, below.value, in_clear=in_clear)
                who = f"{_('was {value} from {channel}').format(value=was, channel=below.channel)} · {who}"
        else:
            who = _("from {channel}").format(channel=said.channel)
        by_hand = said is not None and said.is_by_hand
        rows.append(
            (field, (plain(field_word(field)), plain(value, 200), Cell(plain(who, 200), WARNING if by_hand else MUTED)))
        )
    for note in page.notes:
        if note.ended_at is not None:
            by = _("{first}; ended by {second}").format(
                first=_written_by(note.by, note.at, zone), second=_written_by(note.ended_by, note.ended_at, zone)
            )
            rows.append(
                (
                    None,
                    (
                        Cell(plain(_("earlier note")), MUTED),
                        Cell(plain(note.text or _("erased")), MUTED),
                        Cell(plain(by), MUTED),
                    ),
                )
            )
    for edit in page.edits:
        value = shown_value(edit.field, edit.value, in_clear=in_clear) if edit.value else _("taken back")
        by = _written_by(edit.by, edit.at, zone)
        what = _("{field} by hand").format(field=field_word(edit.field))
        rows.append((None, (Cell(plain(what), MUTED), Cell(plain(value), MUTED), Cell(plain(by), MUTED))))
    return rows


def _written_by(by: str, at: int, zone: str) -> str:
    return f"{by or '–'}, {words.day_and_time(at, zone)}"


def shown_code(code: str) -> str:
    """A profile's id as it may be seen: one that is a phone or an email says nothing more than those do."""
    return "" if code.startswith(("phone:", "email:", "erased-")) else code


def timeline_columns() -> tuple[Column, ...]:
    """The columns of what happened to an order."""
    return (Column(plain(_("when")), 16), Column(plain(_("what happened"))))


def timeline_row(entry: TimelineEntry, currency: str, zone: str) -> Row:
    """One thing that happened."""
    return (Cell(plain(words.day_and_time(entry.at, zone)), MUTED), plain(happened(entry, currency), 200))
