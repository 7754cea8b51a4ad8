"""The first page of the customer screen: who it is, and every figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from packstation.acts.customers import CustomerFigures
from packstation.domain.customer_profile import Field, Tier, age_group, initials
from packstation.domain.customer_worth import Profit, Worth
from packstation.domain.masking import masked_field
from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _, words
from packstation.locale.customer_words import age_word, field_value, field_word
from packstation.tui.theme import BAD, GOOD, KEY, MUTED, STRONG, TITLE, WARNING
from packstation.tui.views.customer import LABEL_STYLES, balance_facts, ratio_style
from packstation.tui.widgets.cells import fitted
from packstation.tui.widgets.panel import Draw, Fact, fact, heading
from packstation.tui.widgets.text import Shown, StyledText, content_of, styled

_GAP = 3
_LEAST = 34


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted order by order, after the screen is painted; `is_done` False while there is more to count."""

    worth: Worth
    profit: Profit | None
    is_done: bool


def title_line(figures: CustomerFigures) -> StyledText:
    """Initials, name, tier, label and number."""
    card = figures.card
    label = card.history.counts.label
    name = plain(figures.profile.value(Field.NAME) or card.name or _("without a name"), 60)
    parts: list[PlainText | tuple[PlainText, str]] = [
        (plain(f" {initials(name)} "), KEY),
        (plain(f" {name}"), STRONG),
        (plain(f"  #{card.id}"), MUTED),
        (plain(f"  {words.label_word(label)}"), LABEL_STYLES[label]),
    ]
    if card.tier:
        parts.append((plain(f"  ★ {field_value(Field.TIER, card.tier)}"), WARNING))
    if card.tags:
        parts.append((plain("  " + " ".join(f"#{words.tag_word(tag)}" for tag in card.tags), 200), TITLE))
    return styled(*parts)


def overview(figures: CustomerFigures, counted: Counted | None, *, in_clear: bool) -> Draw:
    """All of it, in as many columns as fit.

    Args:
        figures: the customer.
        counted: None until it was counted.
        in_clear: whether phone, email and address may be read.
    """

    def draw(width: int, height: int) -> Sequence[Shown]:
        blocks = [
            (_("WHO"), identity(figures, in_clear=in_clear)),
            (_("ORDERS"), order_facts(figures)),
            (_("MONEY"), money_facts(figures, counted)),
            (_("RHYTHM"), rhythm_facts(figures)),
        ]
        if height < 1:
            return []
        columns = 4 if width >= 4 * (_LEAST + _GAP) else 2
        room = (width - (columns - 1) * _GAP) // columns
        who, orders, money, rhythm = (_titled(block, room) for block in blocks)
        lines = [who, orders, money, rhythm] if columns == 4 else [[*who, *rhythm], [*orders, *money]]
        if columns == 2 and max(map(len, lines)) > height:
            lines = _flowed([who, rhythm, orders, money], height)
        return _beside(lines, room, height)

    return draw


def _titled(block: tuple[str, Sequence[Fact]], room: int) -> list[StyledText]:
    title, facts = block
    names = min(max((cell_len(each.label) for each in facts), default=0), room // 2)
    rows = [heading(title)]
    for each in facts:
        # A long name before a short figure takes what it needs, out of line with the others, rather than be cut.
        wide = max(names, min(cell_len(each.label), room - cell_len(each.value) - 1))
        value = fitted(each.value, max(1, room - wide - 1)).rstrip()
        rows.append(styled((plain(fitted(each.label, wide)), MUTED), plain(" "), (plain(value), each.style)))
    return rows


def _flowed(blocks: Sequence[Sequence[StyledText]], height: int) -> list[list[StyledText]]:
    """Blocks one below the other over two columns, for where they do not fit beside each other as they are."""
    rows = [(row, place == 0) for block in blocks for place, row in enumerate(block)]
    # No title is left alone at the foot of the first column.
    cut = height - 1 if len(rows) >= height and rows[height - 1][1] else height
    return [[row for row, _is_title in part] for part in (rows[:cut], rows[cut:])]


def _beside(columns: Sequence[Sequence[StyledText]], room: int, height: int) -> list[StyledText]:
    """Columns beside each other, each line padded to its column; what there is no room for is told by three dots."""
    lines = [
        [*column[: height - 1], styled((plain("…"), MUTED))] if len(column) > height else column for column in columns
    ]
    rows = []
    for place in range(max(map(len, lines))):
        parts: list[PlainText | StyledText] = []
        for index, column in enumerate(lines):
            line = column[place] if place < len(column) else plain("")
            parts.append(line)
            if index < len(lines) - 1:
                wide = cell_len(content_of(line).plain)
                parts.append(plain(" " * (max(0, room - wide) + _GAP)))
        rows.append(_joined(parts))
    return rows


def _joined(parts: Sequence[PlainText | StyledText]) -> StyledText:
    return StyledText(content_of(plain("")).join([content_of(part) for part in parts]))


def identity(figures: CustomerFigures, *, in_clear: bool) -> list[Fact]:
    """Who the customer is; what nobody says is left out, but the gender."""
    profile = figures.profile
    facts = []
    for field in (Field.CODE, Field.PHONE, Field.EMAIL):
        if value := profile.value(field):
            facts.append(fact(field_word(field), shown_value(field, value, in_clear=in_clear)))
    facts.append(
        fact(
            field_word(Field.GENDER),
            field_value(Field.GENDER, str(profile.gender)),
            STRONG if profile.value(Field.GENDER) else MUTED,
        )
    )
    group = age_group(profile.age(figures.moment, figures.zone))
    if birthday := profile.value(Field.BIRTHDAY):
        age = f" · {age_word(group)}" if group else ""
        facts.append(fact(field_word(Field.BIRTHDAY), field_value(Field.BIRTHDAY, birthday) + age))
    for field in (Field.COMPANY, Field.ADDRESS, Field.AREA, Field.SOURCE, Field.POS_STATUS):
        if value := profile.value(field):
            facts.append(fact(field_word(field), shown_value(field, value, in_clear=in_clear)))
    tier = figures.card.tier
    facts.append(fact(_("tier"), field_value(Field.TIER, tier) if tier else "–", WARNING if tier else MUTED))
    if figures.card.notes:
        facts.append(fact(_("note"), figures.card.notes[0].text))
    return facts


def shown_value(field: Field, value: str, *, in_clear: bool) -> str:
    """A field as it may be seen: phone, email and address are masked until somebody asks for them."""
    if in_clear:
        return field_value(field, value)
    return field_value(field, masked_field(field, value))


def order_facts(figures: CustomerFigures) -> list[Fact]:
    """What became of the orders, each kind apart, and the ratios."""
    history = figures.card.history
    counts = history.counts
    failures = (
        (_("failed deliveries"), counts.failed_deliveries, BAD),
        (_("early cancels"), counts.early_cancels, WARNING),
        (_("placed again"), counts.replaced, ""),
        (_("failed by the courier"), counts.courier_failed, ""),
        (_("cancelled by the shop"), counts.seller_cancelled, ""),
        (_("cancelled by the channel"), counts.system_cancelled, ""),
        (_("never paid"), counts.unpaid_expired, ""),
        (_("cancelled, nobody says by whom"), counts.cancelled, ""),
        (_("returned"), counts.returned, WARNING),
        (_("lost"), counts.lost, ""),
        (_("open"), counts.open, ""),
    )
    return [
        fact(_("ordered"), counts.orders),
        fact(_("delivered"), counts.delivered, GOOD if counts.delivered else MUTED),
        *(fact(word, count, style) for word, count, style in failures if count or style == BAD),
        fact(
            _("cancel ratio"),
            _("{ratio} of {judged}").format(
                ratio="–" if counts.cancel_ratio is None else words.percent(counts.cancel_ratio), judged=counts.judged
            ),
            ratio_style(counts.cancel_ratio),
        ),
        fact(
            _("smoothed / plain"),
            f"{words.percent(history.smoothed_cancel_ratio)} / "
            f"{'–' if counts.plain_cancel_ratio is None else words.percent(counts.plain_cancel_ratio)}",
            MUTED,
        ),
    ]


def money_facts(figures: CustomerFigures, counted: Counted | None) -> list[Fact]:
    """What was spent, what the customer is worth, what they owe."""
    history = figures.card.history
    worth = counted.worth if counted else figures.worth
    currency = history.currency
    facts = [
        fact(_("spent"), words.money(history.spent, currency)),
        fact(_("last 3 months"), words.money(history.spent_3m, currency)),
        fact(
            _("average order"), "–" if history.average_order is None else words.money(history.average_order, currency)
        ),
        fact(
            _("lifetime profit") if worth.is_profit else _("lifetime revenue"),
            words.money(worth.lifetime_value, currency) + ("" if counted is None or counted.is_done else " …"),
        ),
        fact(
            _("next 12 months"), "–" if worth.expected_12m is None else f"≈ {words.money(worth.expected_12m, currency)}"
        ),
    ]
    for other, amount in history.spent_by_currency.items():
        if other != currency:
            facts.append(fact(_("spent in {currency}").format(currency=other), words.money(amount, other)))
    return [*facts, *balance_facts(figures.card)]


def rhythm_facts(figures: CustomerFigures) -> list[Fact]:
    """When the customer orders, with vouchers or without, and where."""
    history, worth, zone = figures.card.history, figures.worth, figures.zone

    def day(moment: int | None) -> str:
        return "–" if moment is None else words.day(moment, zone)

    gap = history.days_between_orders
    overdue = worth.next_order_at is not None and worth.next_order_at < figures.moment
    share = worth.voucher_share
    return [
        fact(_("first order"), day(history.first_order_at)),
        fact(_("last order"), day(history.last_order_at)),
        fact(_("usual gap"), "–" if gap is None else _("{days} days").format(days=words.decimal(gap))),
        fact(_("next expected"), day(worth.next_order_at), WARNING if overdue else STRONG),
        fact(
            _("with voucher"),
            f"{history.counts.voucher_orders} ({'–' if share is None else words.percent(share)})",
        ),
        fact(
            _("by channel"),
            ", ".join(f"{channel} {counts.orders}" for channel, counts in history.by_channel.items()) or "–",
        ),
    ]


def tier_words() -> str:
    """The tiers that can be set by hand, for whoever types one."""
    return ", ".join(f"{tier} ({words.tier_word(tier)})" for tier in Tier)
