"""What carriers say, pay and bring back, in the reader's language."""

from __future__ import annotations

from packstation.domain.cod import CodKind
from packstation.domain.orders import FailureCause, Outcome
from packstation.domain.rescues import RescueState
from packstation.domain.returns import ReturnStage
from packstation.locale import _
from packstation.locale.order_words import outcome_word


def cod_word(kind: CodKind) -> str:
    """What a line of a statement is."""
    return {
        CodKind.OK: _("as it should be"),
        CodKind.SHORT: _("paid short"),
        CodKind.OVER: _("paid over"),
        CodKind.TWICE: _("paid twice"),
        CodKind.UNKNOWN: _("unknown parcel"),
        CodKind.NOT_DELIVERED: _("not delivered"),
        CodKind.MISSING: _("not paid out"),
    }[kind]


def failure_word(cause: FailureCause | None) -> str:
    """Why a delivery failed."""
    return outcome_word(Outcome.DELIVERY_FAILED, cause)


def rescue_word(state: RescueState) -> str:
    """Where a rescue stands."""
    return {
        RescueState.WAITING: _("to call"),
        RescueState.WILL_TAKE: _("will take it"),
        RescueState.REFUSED: _("refuses"),
        RescueState.EXPIRED: _("too late"),
        RescueState.DELIVERED: _("delivered"),
        RescueState.RETURNED: _("coming back"),
    }[state]


def return_word(stage: ReturnStage) -> str:
    """How far a parcel's way back is."""
    return {
        ReturnStage.ON_ITS_WAY: _("on its way"),
        ReturnStage.OVERDUE: _("overdue: claim"),
        ReturnStage.TOO_LATE: _("too late"),
    }[stage]
