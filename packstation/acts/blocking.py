"""A buyer whose orders must not be packed, until a moment or for good; and the end of that."""

from __future__ import annotations

from packstation.acts.judging import judge_stored
from packstation.acts.overriding import NoCustomerError, reason_given
from packstation.acts.proving import prove_supervisor
from packstation.acts.workplace import Workplace
from packstation.domain.ledger import EntryKind
from packstation.domain.supervision import until_after
from packstation.store import blocks
from packstation.store.database import database_now, transaction
from packstation.store.histories import buyers_of
from packstation.store.order_cards import customer_of


class NoSuchBuyerError(LookupError):
    """The channel has no buyer of this id here."""


class NotBlockedError(Exception):
    """Nobody blocks this customer."""


def block_buyer(
    place: Workplace, channel: str, external_id: str, why: str, until: int | None = None, person_id: int | None = None
) -> None:
    """Stop every order of a buyer from now on.

    Args:
        place: who acts.
        channel: the buyer's channel.
        external_id: the buyer's id there.
        why: what the packer reads.
        until: when it ends, ms UTC; None for good.
        person_id: who decided.

    Raises:
        NoSuchBuyerError: no such buyer.
    """
    with transaction():
        now = database_now()
        buyer_id = blocks.buyer_named(channel, external_id)
        if buyer_id is None:
            raise NoSuchBuyerError(external_id)
        _block(place, buyer_id, why, until, person_id, now)


def block_customer(place: Workplace, customer_id: int, why: str, days: int | None, person_id: int | None) -> int:
    """Stop every order of a customer, whichever of their buyers places it; how many buyers are blocked.

    Args:
        place: who acts.
        customer_id: the customer.
        why: what the packer reads.
        days: for how long; None for good.
        person_id: the supervisor who decided, and proved it.

    Raises:
        ReasonMissingError: nothing says why.
        DaysError: too few or too many days.
    """
    reason = reason_given(why)
    with transaction():
        now = database_now()
        until = None if days is None else until_after(days, now)
        buyer_ids = [buyer_id for buyer_id, _channel, _external in buyers_of(customer_id)]
        for buyer_id in buyer_ids:
            _block(place, buyer_id, reason, until, person_id, now)
    return len(buyer_ids)


def unblock_customer(place: Workplace, customer_id: int, why: str, person_id: int | None) -> None:
    """Let a customer's orders be packed again; they are judged anew at once.

    Raises:
        ReasonMissingError: nothing says why.
        NotBlockedError: no block is in force.
    """
    reason = reason_given(why)
    with transaction():
        now = database_now()
        buyer_ids = [buyer_id for buyer_id, _channel, _external in buyers_of(customer_id)]
        blocked = blocks.end_blocks(buyer_ids, now)
        if not blocked:
            raise NotBlockedError
        for buyer_id in blocked:
            facts = {"buyer": buyer_id}
            place.ledger.write(
                EntryKind.BUYER_UNBLOCKED,
                now,
                person_id=person_id,
                station_id=place.station_id,
                facts=facts,
                text=reason,
            )
    judge_stored(place, blocks.order_of(buyer_ids))


def block_by_order(
    place: Workplace, supervisor_id: int, pin: str, order_id: int, *, days: int | None, reason: str
) -> None:
    """Block the customer of an order.

    Raises:
        NotASupervisorError, WrongPinError, PinLockedError: the person may not, or did not prove who they are.
        NoCustomerError: a guest's order.
        ReasonMissingError, DaysError: as `block_customer`.
    """
    reason_given(reason)
    if days is not None:
        until_after(days, 0)
    prove_supervisor(place, supervisor_id, pin)
    block_customer(place, _customer(order_id), reason, days, supervisor_id)


def unblock_by_order(place: Workplace, supervisor_id: int, pin: str, order_id: int, *, reason: str) -> None:
    """End the blocks of the customer of an order.

    Raises:
        NotASupervisorError, WrongPinError, PinLockedError: the person may not, or did not prove who they are.
        NoCustomerError: a guest's order.
        ReasonMissingError, NotBlockedError: as `unblock_customer`.
    """
    reason_given(reason)
    prove_supervisor(place, supervisor_id, pin)
    unblock_customer(place, _customer(order_id), reason, supervisor_id)


def _customer(order_id: int) -> int:
    customer_id = customer_of(order_id)
    if customer_id is None:
        raise NoCustomerError
    return customer_id


def _block(place: Workplace, buyer_id: int, why: str, until: int | None, person_id: int | None, now: int) -> None:
    blocks.add_block(buyer_id, why, now, until, person_id)
    place.ledger.write(
        EntryKind.BUYER_BLOCKED,
        now,
        person_id=person_id,
        station_id=place.station_id,
        facts={"buyer": buyer_id, "until": until},
        text=why,
    )
