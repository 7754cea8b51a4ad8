"""How urgent a decision is, as colour and as sign: nobody has to tell the colours apart."""

from __future__ import annotations

from packstation.domain.deadlines import Urgency
from packstation.tui.theme import BAD, OVERDUE, WARNING

_SIGNS = {Urgency.CALM: "·", Urgency.SOON: "!", Urgency.NEAR: "!!", Urgency.PASSED: "×"}
_STYLES = {Urgency.CALM: "", Urgency.SOON: WARNING, Urgency.NEAR: BAD, Urgency.PASSED: OVERDUE}
SIGN_WIDTH = 2
"""The cells of the widest sign."""


def urgency_style(urgency: Urgency) -> str:
    """Its colour."""
    return _STYLES[urgency]


def urgency_sign(urgency: Urgency) -> str:
    """Its sign, in `SIGN_WIDTH` cells."""
    return _SIGNS[urgency].ljust(SIGN_WIDTH)
