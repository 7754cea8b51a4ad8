"""The reasons of a verdict with the figures behind them, and what else the packer should notice."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.acts.desk_views import BesideVerdict
from packstation.domain.plain_text import PlainText, plain
from packstation.domain.verdict import Reason, VerdictKind
from packstation.locale import _, in_this_language, words
from packstation.tui.theme import BAD, GOOD, MUTED, STRONG, WARNING
from packstation.tui.views.answers import DeskAnswer
from packstation.tui.views.care import CareShown, care_rows
from packstation.tui.widgets.panel import Draw, wrapped
from packstation.tui.widgets.text import Shown, styled

_BULLET = plain("▪ ")
_INDENT = plain("  ")
_STYLES = {VerdictKind.PACK: GOOD, VerdictKind.CALL: WARNING, VerdictKind.STOP: BAD, VerdictKind.UNKNOWN: STRONG}


def reasons(answer: DeskAnswer, beside: BesideVerdict | None = None, care: CareShown | None = None) -> Draw:
    """The reasons panel; what goes into the parcel stands instead of there being no reason."""

    def draw(width: int, height: int) -> Sequence[Shown]:
        notices = _notices(answer, beside)
        rows: list[Shown] = [styled((plain(notice), WARNING)) for notice in notices]
        order = answer.judgement.order
        if care and care.inserts and order:
            spare = height - len(rows) - len(answer.judgement.verdict.reasons)
            rows += care_rows(care, order.zone, width, max(1, spare))
        style = _STYLES[answer.judgement.verdict.kind]
        verdict_reasons = answer.judgement.verdict.reasons
        room = max(1, height - len(rows))
        texts = [words.reason_text(reason, answer.judgement.order) for reason in verdict_reasons]
        if not texts and not (care and care.inserts) and answer.judgement.verdict.kind is VerdictKind.PACK:
            texts = [_("Nothing speaks against this order")]
        currency = answer.judgement.order.currency if answer.judgement.order else ""
        figures = [figures_text(reason, currency) for reason in verdict_reasons] or [""] * len(texts)
        most = 2 if room >= 2 * len(texts) else 1
        body: list[Shown] = []
        spare = room - len(texts)
        for text, figure in zip(texts, figures, strict=True):
            lines = wrapped(plain(text), max(10, width - 2), most)
            body += _bulleted(lines, style)
            if figure and spare > 0:
                body.append(styled((plain(f"  {figure}"), MUTED)))
                spare -= 1
        return [*rows, *body] if len(rows) < height else [*body[:1], *rows]

    return draw


def _bulleted(lines: Sequence[PlainText], style: str) -> list[Shown]:
    return [
        styled((_BULLET if place == 0 else _INDENT, style), (line, STRONG if place == 0 else ""))
        for place, line in enumerate(lines)
    ]


def figures_text(reason: Reason, currency: str) -> str:
    """What a rule looked at; its id comes last, where a narrow panel cuts."""
    if not reason.texts:
        return ""
    figures = ", ".join(
        f"{words.figure_word(name)} {words.figure_value(name, value, currency)}"
        for name, value in reason.evidence.items()
    )
    passed = _("lets pass: {rules}").format(rules=", ".join(reason.lets_pass)) if reason.lets_pass else ""
    return "  ·  ".join(part for part in (figures, passed, reason.rule) if part)


def _notices(answer: DeskAnswer, beside: BesideVerdict | None) -> list[str]:
    notices = []
    if answer.trouble:
        notices.append(in_this_language(answer.trouble))
    if beside and beside.packable:
        numbers = ", ".join(card.number for card in beside.packable[:3])
        more = len(beside.packable) - 3
        notices.append(
            _("Same buyer, another open order: {numbers} – pack together?").format(
                numbers=f"{numbers} +{more}" if more > 0 else numbers
            )
        )
    return notices
