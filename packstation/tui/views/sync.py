"""How fresh the data is: parts of the header, one line for the status line, and the page that lists the shops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packstation.acts.desk_views import ChannelAge, ShopStanding, SyncOverview
from packstation.domain.plain_text import plain
from packstation.domain.times import HOUR, MINUTE, SECOND
from packstation.locale import _, in_this_language, words
from packstation.tui.theme import BAD, GOOD, MUTED, STRONG, TITLE, WARNING
from packstation.tui.widgets.cells import Alignment, fitted
from packstation.tui.widgets.header_bar import HeaderPart
from packstation.tui.widgets.panel import wrapped
from packstation.tui.widgets.text import Shown, styled

_GETTING_OLD = 10 * MINUTE
_TOO_OLD = HOUR
_HEALTHY, _OLD, _TROUBLED = 2, 3, 5
"""What a channel is worth in the header."""
_CHANNEL, _AGE, _HISTORY, _WAITING = 12, 9, 9, 8
_LEAST_NAME, _MOST_NAME = 12, 36
_INDENT = "   "


def channel_parts(ages: Sequence[ChannelAge], since: int) -> list[HeaderPart]:
    """Each channel with the age of its data, those that are fresh by name, then the older ones, the worst last.

    Args:
        ages: as they were read.
        since: how long ago that was, ms.
    """
    if not ages:
        return [HeaderPart(plain(_("data: {ages}").format(ages=_("files"))), worth=_HEALTHY)]
    return [
        _channel_part(each, since) for each in sorted(ages, key=lambda each: (*_badness(each, since), each.channel))
    ]


def _badness(each: ChannelAge, since: int) -> tuple[bool, bool, int]:
    age = 0 if each.age is None else each.age + since
    return each.is_troubled, each.age is None, age if age > _GETTING_OLD else 0


def _channel_part(each: ChannelAge, since: int) -> HeaderPart:
    age = None if each.age is None else each.age + since
    style = BAD if each.is_troubled else _age_style(age)
    worth = _TROUBLED if each.is_troubled else _OLD if style else _HEALTHY
    behind = f" ({_history(each.history)})" if each.history < 1 else ""
    if each.is_troubled:
        behind += " !"
    seconds = _age(age) if age is None or age >= 2 * MINUTE else f"{age // SECOND}s"
    text, short = (plain(f"{each.channel} {told}{behind}") for told in (_age(age), seconds))
    return HeaderPart(text, style, worth, short)


def trouble_line(shop: ShopStanding | None) -> str:
    """The trouble to be looked after first, in one line; empty for none."""
    if shop is None:
        return ""
    return f"{plain(shop.shop, 40)}: {_troubles(shop)[0]}"


def overview_rows(overview: SyncOverview, width: int) -> list[Shown]:
    """Every shop in a line, those in trouble first, below it what there is to say of it; then what waits to be sent."""
    if not overview.shops:
        return [*_folded(_("No shop is synced here: orders come from files."), width, MUTED)]
    name = max(_LEAST_NAME, min(_MOST_NAME, width - _CHANNEL - _AGE - _HISTORY - _WAITING - 5))
    heads = (_("shop"), _("channel"), _("data age"), _("history"), _("waiting"))
    rows: list[Shown] = [styled((plain(_cells(heads, name)), TITLE))]
    for shop in sorted(overview.shops, key=lambda shop: (shop.is_removed, not shop.is_troubled)):
        rows += _shop_rows(shop, name, width)
    rows.append(plain(""))
    rows += _outbox_rows(overview, width)
    if any(shop.is_troubled for shop in overview.shops):
        rows += _folded(
            _("Pack on: when an answer is given on old data, the screen says so. Tell the supervisor."), width, STRONG
        )
    return rows


def _shop_rows(shop: ShopStanding, name: int, width: int) -> Iterator[Shown]:
    mark = "! " if shop.is_troubled else ""
    cells = (
        f"{mark}{plain(shop.shop, 60)}",
        shop.channel,
        _age(shop.age),
        _history(shop.history) if shop.history < 1 else "✓",
        str(shop.asked + shop.rereads),
    )
    style = MUTED if shop.is_removed else BAD if shop.is_troubled else _age_style(shop.age) or GOOD
    yield styled((plain(_cells(cells, name)), style))
    if shop.is_removed:
        yield from _folded(
            _("not in channels.toml any more: its orders stay, nothing new comes in"), width, MUTED, _INDENT
        )
        return
    if shop.single_run_ago is not None:
        single = _("no daemon runs for it: the last `packstation sync --once` ended {age} ago")
        yield from _folded(single.format(age=words.age(shop.single_run_ago)), width, MUTED, _INDENT)
    for trouble in _troubles(shop):
        yield from _folded(trouble, width, WARNING, _INDENT)
    if shop.unreadable:
        unread = _("{count} orders could not be read: `packstation status` lists them")
        yield from _folded(unread.format(count=shop.unreadable), width, MUTED, _INDENT)


def _outbox_rows(overview: SyncOverview, width: int) -> Iterator[Shown]:
    if overview.unsent:
        waiting = _("outbox: {count} decisions wait for their channels, the oldest for {age}")
        yield from _folded(waiting.format(count=overview.unsent, age=words.span(overview.oldest_for)), width, MUTED)
    if overview.parked:
        parked = _("outbox: {count} decisions did not go out; `packstation sync retry` sends them again")
        yield from _folded(parked.format(count=overview.parked), width, BAD)


def _troubles(shop: ShopStanding) -> list[str]:
    """What is wrong with a shop and what to do, the most important first."""
    found = []
    if shop.is_left:
        found.append(_("nobody syncs this shop: start `packstation sync`, or look at its log"))
    if shop.trouble:
        trouble = plain(in_this_language(shop.trouble), 300)
        found.append(_("{trouble}, for {age}").format(trouble=trouble, age=words.age(shop.trouble_for)))
    return found


def _cells(texts: Sequence[str], name: int) -> str:
    shop, channel, *figures = (plain(text) for text in texts)
    widths = (_AGE, _HISTORY, _WAITING)
    right = (fitted(text, wide, Alignment.RIGHT) for text, wide in zip(figures, widths, strict=True))
    return " ".join((fitted(shop, name), fitted(channel, _CHANNEL), *right))


def _folded(text: str, width: int, style: str, indent: str = "") -> Iterator[Shown]:
    for line in wrapped(plain(text), max(20, width - len(indent)), 4):
        yield styled((plain(f"{indent}{line}"), style))


def _age(age: int | None) -> str:
    return "–" if age is None else words.age(age)


def _age_style(age: int | None) -> str:
    if age is None or age > _TOO_OLD:
        return BAD
    return WARNING if age > _GETTING_OLD else ""


def _history(share: float) -> str:
    return f"{int(share * 100)} %"
