"""Orders and parcels in the reader's language."""

from __future__ import annotations

from packstation.domain.cards import OrderCard
from packstation.domain.orders import FailureCause, Outcome, Status
from packstation.domain.packing import ParcelState
from packstation.locale import _
from packstation.locale.measures import day


def status_word(status: Status) -> str:
    """The order's status at its channel."""
    return {
        Status.UNPAID: _("unpaid"),
        Status.CHANNEL_HOLD: _("kept back by the channel"),
        Status.TO_PACK: _("to pack"),
        Status.LABEL_READY: _("label ready"),
        Status.SHIPPED: _("shipped"),
        Status.DELIVERED: _("delivered"),
        Status.COMPLETED: _("completed"),
        Status.CANCEL_REQUESTED: _("cancellation asked for"),
        Status.CANCELLED: _("cancelled"),
        Status.RETURNING: _("coming back"),
        Status.RETURNED: _("returned"),
        Status.LOST: _("lost"),
    }[status]


def outcome_word(outcome: Outcome, cause: FailureCause | None = None, *, replaced: bool = False) -> str:
    """How the order ended, and by whom."""
    if outcome is Outcome.DELIVERY_FAILED:
        return {
            None: _("delivery failed"),
            FailureCause.REFUSED: _("refused at the door"),
            FailureCause.UNREACHABLE: _("buyer not reached"),
            FailureCause.COURIER: _("failed by the courier"),
        }[cause]
    if outcome is Outcome.BUYER_CANCELLED and replaced:
        return _("placed again")
    return {
        Outcome.OPEN: _("open"),
        Outcome.DELIVERED: _("delivered"),
        Outcome.RETURNED: _("returned"),
        Outcome.BUYER_CANCELLED: _("cancelled by the buyer"),
        Outcome.SELLER_CANCELLED: _("cancelled by the shop"),
        Outcome.SYSTEM_CANCELLED: _("cancelled by the channel"),
        Outcome.UNPAID_EXPIRED: _("never paid"),
        Outcome.CANCELLED: _("cancelled, nobody says by whom"),
        Outcome.LOST: _("lost"),
    }[outcome]


def parcel_word(state: ParcelState) -> str:
    """What we did with a parcel."""
    return {
        ParcelState.UNSEEN: _("not seen yet"),
        ParcelState.ON_DESK: _("on a desk"),
        ParcelState.PACKED: _("packed"),
        ParcelState.HANDED_OVER: _("handed over"),
        ParcelState.REOPENED: _("opened again"),
    }[state]


def marked_text(order: OrderCard, at: int) -> str:
    """That the owner of the order's number once said that an order was not theirs, at a moment, ms UTC."""
    return _("number marked {day}: not their order").format(day=day(at, order.zone))
