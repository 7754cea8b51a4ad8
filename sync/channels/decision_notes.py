"""What an order note says of a decision, and the mark by which it is found again."""

from __future__ import annotations

from packstation.domain.outbox import DecisionKind
from packstation.locale import _
from sync.channels.protocol import Decision


def marker(decision: Decision) -> str:
    """What only the note of this decision contains."""
    return f"[packstation {decision.idempotency_key}]"


def note_of(decision: Decision) -> str:
    """The whole note, in the language that packstation speaks."""
    match decision.kind:
        case DecisionKind.PACKED:
            said = _("Packed.")
        case DecisionKind.HOLD_RELEASED:
            said = _("Checked: the order may go.")
        case DecisionKind.HOLD_REJECTED:
            said = _("Checked: do not send this order.")
        case _:
            said = decision.text
    if decision.packages:
        said = f"{said} ({', '.join(decision.packages)})"
    return f"{said} {marker(decision)}".strip()
