"""How urgent a decision is, as colour and as sign: nobody has to tell the colours apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from packstation.acts.desk_views import HeldOrder
from packstation.domain.deadlines import Urgency
from packstation.domain.plain_text import PlainText, plain
from packstation.locale import words
from packstation.tui.theme import BAD, OVERDUE, WARNING

_SIGNS = {Urgency.CALM: "·", Urgency.SOON: "!", Urgency.NEAR: "!!", Urgency.PASSED: "×"}
_STYLES = {Urgency.CALM: "", Urgency.SOON: WARNING, Urgency.NEAR: BAD, Urgency.PASSED: OVERDUE}
SIGN_WIDTH = 2
"""The cells of the widest sign."""


def urgency_of(held: HeldOrder, now: int) -> Urgency:
    """How urgent a hold is; `now` in ms UTC."""
    return held.order.notices.urgency(held.hold.hold.decide_by, now)


def urgency_style(urgency: Urgency) -> str:
    """Its colour."""
    return _STYLES[urgency]


def urgency_sign(urgency: Urgency) -> str:
    """Its sign, in `SIGN_WIDTH` cells."""
    return _SIGNS[urgency].ljust(SIGN_WIDTH)


def urgency_counts(held: Sequence[HeldOrder], now: int) -> list[tuple[PlainText, str]]:
    """How many holds are how urgent, most urgent first, each with its sign and word: what the signs of the list mean.

    Those in good time are not counted: they are the rest.
    """
    counts = Counter(urgency_of(each, now) for each in held)
    return [
        (plain(f" {_SIGNS[urgency]} {counts[urgency]} {words.urgency_word(urgency)} "), _STYLES[urgency])
        for urgency in reversed(Urgency)
        if counts[urgency] and urgency is not Urgency.CALM
    ]
