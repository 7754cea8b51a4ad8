"""The call desk's queue: its first line, and its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from packstation.acts.calling import CallQueue
from packstation.domain.call_queue import SUPERVISORS, QueueFilter, ShelfFilter, Waiting
from packstation.domain.customer_profile import Tier
from packstation.domain.deadlines import Urgency
from packstation.domain.holds import AttemptResult
from packstation.domain.order_counts import Label
from packstation.domain.plain_text import PlainText, plain
from packstation.locale import _, words
from packstation.store.rescues import RescueCard
from packstation.tui.theme import BAD, GOOD, MUTED, STRONG, TITLE, WARNING
from packstation.tui.views.urgency import SIGN_WIDTH, urgency_sign, urgency_style
from packstation.tui.widgets.cells import Alignment, width_of
from packstation.tui.widgets.line_table import Cell, Column, Row
from packstation.tui.widgets.text import Shown, styled

_BETWEEN = plain("  ")


def queue_columns() -> tuple[Column, ...]:
    """The columns of the queue."""
    return (
        Column(plain(_("decide-by")), SIGN_WIDTH + 13),
        Column(plain(_("number")), 15),
        Column(plain(_("customer")), None, least=6),
        Column(plain(_("channel")), 7),
        Column(plain(_("shelf")), 5),
        Column(plain(_("next try")), 12),
        Column(plain(_("to collect")), 11, Alignment.RIGHT),
    )


def queue_row(waiting: Waiting, queue: CallQueue, person_id: int | None) -> Row:
    """Somebody with open holds: the most urgent of them, and how many more there are."""
    first, now = waiting.first, queue.now
    urgency = waiting.urgency(now)
    due = words.moment(first.hold.decide_by, first.zone, now=now)
    more = f" +{len(waiting.holds) - 1}" if len(waiting.holds) > 1 else ""
    slots = sorted({slot for held in waiting.holds for slot in held.slots})
    rush = "» " if waiting.rush else ""
    return (
        Cell(plain(f"{urgency_sign(urgency)} {due}"), urgency_style(urgency)),
        plain(f"{rush}{plain(first.number, 40)}{more}"),
        plain(first.recipient or "–", 60),
        plain(first.channel, 20),
        plain(",".join(slots) or "–"),
        _turn(waiting, queue, person_id),
        plain(words.money(sum(held.to_collect for held in waiting.holds), first.currency)),
    )


def _turn(waiting: Waiting, queue: CallQueue, person_id: int | None) -> Cell:
    """Whose turn it is: who has them, else when they are contacted next, else what is waited for."""
    if waiting.leased_by is not None and waiting.leased_by != person_id:
        return Cell(plain(queue.names.get(waiting.leased_by, "?"), 20), TITLE)
    if waiting.is_due(queue.now):
        return Cell(plain(_("now")), GOOD)
    if waiting.due_at is not None:
        return Cell(plain(words.moment(waiting.due_at, waiting.first.zone, now=queue.now)), MUTED)
    if any(held.hold.reason in SUPERVISORS for held in waiting.holds):
        return Cell(plain(_("supervisor")), WARNING)
    last = waiting.first.last
    paid = last is not None and last.result is AttemptResult.WILL_PREPAY
    return Cell(plain(_("payment") if paid else _("the seller")), MUTED)


def queue_title(queue: CallQueue, shown: Sequence[Waiting], seen: QueueFilter, person: str, width: int) -> list[Shown]:
    """The first lines, in so many cells: who calls, how many wait, how urgent, and what is left out."""
    due = sum(each.is_due(queue.now) for each in queue.waiting)
    held = sum(len(each.holds) for each in queue.waiting)
    told = [
        (plain(_("CALL DESK")), TITLE),
        (plain(_("Open holds: {count}").format(count=held)), STRONG),
        (plain(_("due {count}").format(count=due)), MUTED),
        (plain(person, 20), STRONG),
        (plain(_("on shift {count}").format(count=queue.on_shift)), MUTED),
    ]
    counts = Counter(each.urgency(queue.now) for each in queue.waiting)
    urgent = [
        (
            plain(f" {urgency_sign(urgency).strip()} {counts[urgency]} {words.urgency_word(urgency)} "),
            urgency_style(urgency),
        )
        for urgency in (Urgency.PASSED, Urgency.NEAR, Urgency.SOON)
        if counts[urgency]
    ]
    while len(told) > 2 and _wide([*told, *urgent]) > width:
        told.pop()
    parts: list[PlainText | tuple[PlainText, str]] = []
    for part in (*told, *urgent):
        parts += [_BETWEEN, part] if parts else [part]
    rows: list[Shown] = [styled(*parts)]
    if not queue.waiting:
        rows.append(styled((plain(_("No order waits for a confirmation.")), MUTED)))
    if queue.rescues:
        rows.append(rescue_line(queue.rescues, queue.now))
    filters = filter_words(seen)
    if filters:
        left = _("shown {count}: {filters}").format(count=len(shown), filters=" · ".join(filters))
        rows.append(styled((plain(left, 200), BAD if not shown else WARNING)))
    return rows


def rescue_line(rescues: Sequence[RescueCard], now: int) -> Shown:
    """Deliveries that failed and wait for a call: how many, and the most urgent."""
    first = rescues[0]
    told = _("V  Rescue calls: {count}, the first {number} until {at}").format(
        count=len(rescues),
        number=plain(first.number, 40),
        at=words.moment(first.rescue.deadline, first.zone, now=now),
    )
    return styled((plain(told), WARNING))


def _wide(parts: Sequence[tuple[PlainText, str]]) -> int:
    return sum(width_of(text) + width_of(_BETWEEN) for text, _style in parts)


def filter_words(seen: QueueFilter) -> list[str]:
    """What is left out of the queue, in words; nothing for all of it."""
    found = []
    if seen.ringing:
        found.append(_("number ends in {digits}").format(digits=seen.ringing[-4:]))
    if seen.channel:
        found.append(_("channel {channel}").format(channel=seen.channel))
    if seen.shelf == ShelfFilter.ON_SHELF:
        found.append(_("on the shelf"))
    elif seen.shelf == ShelfFilter.ELSEWHERE:
        found.append(_("not on the shelf"))
    elif seen.shelf:
        found.append(_("shelf row {row}").format(row=seen.shelf))
    if seen.only_due:
        found.append(_("due now"))
    if seen.tier:
        found.append(_tier_word(seen.tier))
    return found


def _tier_word(tier: str) -> str:
    return words.label_word(Label(tier)) if tier in tuple(Label) else words.tier_word(Tier(tier))
