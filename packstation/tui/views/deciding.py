"""What the supervisor's dialog has been told, and what it asks next."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.people import Person
from packstation.domain.plain_text import plain
from packstation.locale import _
from packstation.tui.decisions import KEYS, Decision, HeldFor, Stage, decision_words, number_words
from packstation.tui.theme import KEY, MUTED, STRONG, WARNING
from packstation.tui.widgets.panel import wrapped
from packstation.tui.widgets.text import Shown, styled

ASK_KEY, COPY_KEY = "a", "y"


@dataclass(frozen=True, slots=True)
class Asked:
    """How far the dialog is: what it asks, who decides, which way and why as far as that was said, and the reasons there are."""

    stage: Stage
    person: Person | None
    decision: Decision | None
    reason: str
    reasons: tuple[str, ...]


def deciding_rows(held: HeldFor, asked: Asked, width: int) -> list[Shown]:
    """What is known so far, and what is asked now."""
    room = max(width, 20)
    why = wrapped(plain(f"{_('Marked:') if held.holds else _('Why held:')} {held.why}", 300), room, 2)
    rows: list[Shown] = [styled((line, WARNING)) for line in why] if held.why else []
    if asked.stage is Stage.ASK_BOARD:
        return [*rows, plain(""), styled((plain(_("A supervisor at a board is asked. Why should it go?")), STRONG))]
    if asked.person is None:
        rows += [plain(""), styled((plain(_("Scan a supervisor's badge")), STRONG))]
        rows.append(styled((plain(_("(or change person with F10 and ask again)")), MUTED)))
        if held.can_ask_board:
            rows += [
                plain(""),
                styled((plain(f" {ASK_KEY.upper()} "), KEY), plain(f" {_('nobody here: ask the board')}")),
            ]
        return rows
    rows.append(styled((plain(_("Who:") + " "), MUTED), (plain(asked.person.name, 60), STRONG)))
    if asked.stage is Stage.DECISION:
        for choice in held.choices:
            text, style = decision_words(choice)
            rows.append(styled((plain(f" {KEYS[choice][0].upper()} "), KEY), (plain(f"  {text}"), style)))
        return rows
    if asked.decision:
        text, style = decision_words(asked.decision)
        rows.append(styled((plain(text), style)))
    if asked.stage is Stage.COST:
        return [*rows, *_cost(held, room)]
    if asked.stage is Stage.REASON:
        rows.append(styled((plain(_("Why?")), STRONG)))
        rows += [
            styled((plain(f" {place} "), KEY), plain(f" {plain(reason, 80)}"))
            for place, reason in enumerate(asked.reasons, 1)
        ]
        return rows
    if asked.reason:
        rows.append(styled((plain(_("Why:") + " "), MUTED), (plain(asked.reason, 120), STRONG)))
    if asked.stage is Stage.NUMBER and asked.decision:
        rows += [plain(""), styled((plain(number_words(asked.decision)[0]), STRONG))]
    elif asked.stage is Stage.PIN:
        rows += [plain(""), styled((plain(_("PIN, then Enter:")), MUTED))]
    return rows


def _cost(held: HeldFor, room: int) -> list[Shown]:
    """What a cancellation costs, and what to send the buyer instead."""
    rows: list[Shown] = [styled((line, STRONG)) for line in wrapped(plain(held.cost, 400), room, 4)]
    rows.append(styled((plain(_("Better: the buyer cancels. Send them:")), MUTED)))
    text = " ".join(held.asks_buyer)
    return [*rows, *wrapped(plain(text, 500), room, 5)]
