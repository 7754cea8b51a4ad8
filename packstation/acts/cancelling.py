"""The channel is asked to cancel an order: a supervisor's act of its own, as closing a hold sends nothing of the kind."""

from __future__ import annotations

from packstation.acts.announcing import SwitchedOffError, announce
from packstation.acts.overriding import reason_given
from packstation.acts.policies import current_policy
from packstation.acts.proving import prove_supervisor
from packstation.acts.recording import facts_of, record_decision
from packstation.acts.workplace import Workplace
from packstation.domain.holds import stops
from packstation.domain.ledger import EntryKind
from packstation.domain.orders import Status
from packstation.domain.outbox import Announcement, DecisionKind
from packstation.domain.packing import ParcelState
from packstation.store.database import database_now, lock_orders, transaction
from packstation.store.holds import latest_hold
from packstation.store.order_cards import order_card
from packstation.store.outbox import is_told

_CANCELLABLE = frozenset({Status.UNPAID, Status.CHANNEL_HOLD, Status.TO_PACK, Status.LABEL_READY})


class NotCancellableError(Exception):
    """It is too late: the parcel left with a carrier, or the order is cancelled, shipped or ended at its channel."""


class NotStoppedError(Exception):
    """The order could still be packed: its hold has to be closed first, so that no desk packs what is to be cancelled."""


class AskedAlreadyError(Exception):
    """The channel was asked already, or is about to be."""


def ask_cancellation(place: Workplace, supervisor_id: int, pin: str, order_id: int, *, reason: str) -> None:
    """Have the channel asked to cancel an order whose hold was closed; recorded with its reason.

    Raises:
        ReasonMissingError: no reason was given.
        NotASupervisorError, WrongPinError, PinLockedError: the person may not, or did not prove who they are.
        NotCancellableError, NotStoppedError, AskedAlreadyError: see there.
        SwitchedOffError: the shop's channel is not asked from here.
    """
    why = reason_given(reason)
    prove_supervisor(place, supervisor_id, pin)
    with transaction():
        lock_orders([order_id])
        now = database_now()
        policy = current_policy()
        _refuse_unless_stopped(order_id)
        order = order_card(order_id, policy.holds)
        handed_over = any(parcel.state is ParcelState.HANDED_OVER for parcel in order.parcels)
        if handed_over or order.status not in _CANCELLABLE:
            raise NotCancellableError
        if is_told(order_id, DecisionKind.CANCELLATION):
            raise AskedAlreadyError
        if not announce(order_id, Announcement(DecisionKind.CANCELLATION, order_id, reason=why), now):
            raise SwitchedOffError
        facts = facts_of(order_id, now)
        record_decision(place, EntryKind.CANCELLATION_ASKED, facts, now, told={}, person_id=supervisor_id, text=why)


def _refuse_unless_stopped(order_id: int) -> None:
    card = latest_hold(order_id)
    if card is None or not stops(card.hold):
        raise NotStoppedError
