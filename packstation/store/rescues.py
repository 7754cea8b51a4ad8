"""Rescue calls in the store: parcels whose delivery failed, their contacts, and what is shown of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from packstation.domain.holds import AttemptResult, ContactMethod
from packstation.domain.orders import Address, FailureCause, Outcome
from packstation.domain.phones import phone_key
from packstation.domain.rescues import Rescue, RescueState
from packstation.store.contacts import clear_phone
from packstation.store.database import execute_many, rows_of
from packstation.store.tables.carriers import RescueAttemptRow, RescueRow

_RESCUE = (
    "r.carrier, r.reason, r.cause, r.failed_at, r.opened_at, r.deadline, r.state, r.changed_at, r.tries, r.next_try_at, r.wanted_at, "
    "r.instruction"
)
_CARDS = (
    f"SELECT r.id, o.id, r.tracking, {_RESCUE}, o.outcome, o.number, s.name, s.channel, s.zone, o.recipient, b.name, o.phone, b.phone, "
    "o.street, o.ward, o.district, o.province, o.country, o.currency, "
    "CASE WHEN o.counts_as_cod THEN coalesce(o.to_collect, o.total) ELSE 0 END, b.customer_id "
    "FROM rescue r JOIN orders c ON c.id = r.order_id JOIN orders o ON o.id = coalesce(c.became, c.id) "
    "JOIN shop s ON s.id = o.shop_id LEFT JOIN buyer b ON b.id = o.buyer_id WHERE {which} "
    "ORDER BY r.deadline, r.id"
)
_OF_ORDER = "SELECT id FROM orders WHERE id = ? OR became = ?"


@dataclass(frozen=True, slots=True)
class RescueCard:
    """A rescue as it is shown. Money in minor units of `currency`; `phone_key` is E.164, empty where the channel hides the phone."""

    id: int
    order_id: int
    tracking: str
    rescue: Rescue
    outcome: Outcome
    number: str
    shop: str
    channel: str
    zone: str
    recipient: str
    phone: str
    phone_key: str
    address: Address
    currency: str
    to_collect: int
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class RescueAttempt:
    """A contact for a rescue that runs."""

    id: int
    rescue_id: int
    person_id: int
    method: ContactMethod
    opened_at: int


def undecided() -> list[RescueCard]:
    """The rescues of which it is not known yet what becomes of the parcel, most urgent first."""
    return _cards("r.state IN ('waiting', 'will_take')", ())


def rescue_card(rescue_id: int) -> RescueCard | None:
    """One rescue; None when there is none."""
    return next(iter(_cards("r.id = ?", (rescue_id,))), None)


def _cards(which: str, values: Sequence[Any]) -> list[RescueCard]:
    return [_card(row) for row in rows_of(_CARDS.format(which=which), values)]


def _card(row: Sequence[Any]) -> RescueCard:
    rescue_id, order_id, tracking = row[:3]
    outcome, number, shop, channel, zone, recipient, name, phone, profile_phone = row[15:24]
    street, ward, district, province, country, currency, to_collect, customer_id = row[24:]
    best = clear_phone(phone, profile_phone) or phone or profile_phone or ""
    return RescueCard(
        rescue_id,
        order_id,
        tracking,
        _rescue(row[3:15]),
        Outcome(outcome),
        number,
        shop,
        channel,
        zone,
        recipient or name or "",
        best,
        phone_key(best),
        Address(recipient, best, street, ward, district, province, country),
        currency,
        to_collect,
        customer_id,
    )


def _rescue(row: Sequence[Any]) -> Rescue:
    carrier, reason, cause, failed_at, opened_at, deadline, state, *rest = row
    why = FailureCause(cause) if cause else None
    return Rescue(carrier, reason, why, failed_at, opened_at, deadline, RescueState(state), *rest)


def latest_rescue(order_id: int, tracking: str) -> tuple[int, Rescue] | None:
    """The latest rescue of an order's parcel, with its id."""
    rows = rows_of(
        f"SELECT r.id, {_RESCUE} FROM rescue r WHERE r.order_id IN ({_OF_ORDER}) AND r.tracking = ? ORDER BY r.id DESC LIMIT 1",
        (order_id, order_id, tracking),
    )
    return (rows[0][0], _rescue(rows[0][1:])) if rows else None


def add_rescue(order_id: int, tracking: str, rescue: Rescue) -> int:
    """Store a new rescue; its id."""
    rescue_id: int = RescueRow.insert(
        order_id=order_id,
        tracking=tracking,
        carrier=rescue.carrier,
        opened_at=rescue.opened_at,
        **_moved(rescue),
    ).execute()
    return rescue_id


def save_rescue(rescue_id: int, rescue: Rescue) -> None:
    """Store where a rescue stands now."""
    RescueRow.update(**_moved(rescue)).where(RescueRow.id == rescue_id).execute()


def _moved(rescue: Rescue) -> dict[str, Any]:
    return {
        "reason": rescue.reason,
        "cause": str(rescue.cause) if rescue.cause else None,
        "failed_at": rescue.failed_at,
        "deadline": rescue.deadline,
        "state": str(rescue.state),
        "changed_at": rescue.changed_at,
        "tries": rescue.tries,
        "next_try_at": rescue.next_try_at,
        "wanted_at": rescue.wanted_at,
        "instruction": rescue.instruction,
    }


def open_attempt(rescue_id: int, person_id: int, station_id: int | None, method: ContactMethod, now: int) -> None:
    """Note that somebody contacts the buyer."""
    RescueAttemptRow.insert(
        rescue_id=rescue_id, person_id=person_id, station_id=station_id, method=str(method), opened_at=now
    ).execute()


def end_attempt(attempt_id: int, result: AttemptResult, now: int) -> None:
    """Note how a contact ended."""
    execute_many("UPDATE rescue_attempt SET ended_at = ?, result = ? WHERE id = ?", [(now, str(result), attempt_id)])


def running_attempt(rescue_id: int, person_id: int) -> RescueAttempt | None:
    """This person's contact that runs."""
    rows = _attempts("rescue_id = ? AND person_id = ?", (rescue_id, person_id))
    return rows[-1] if rows else None


def running_attempts_before(moment: int) -> list[RescueAttempt]:
    """The contacts that run since before a moment, ms UTC."""
    return _attempts("opened_at <= ?", (moment,))


def _attempts(which: str, values: Sequence[int]) -> list[RescueAttempt]:
    sql = f"SELECT id, rescue_id, person_id, method, opened_at FROM rescue_attempt WHERE result IS NULL AND {which} ORDER BY id"
    return [RescueAttempt(row[0], row[1], row[2], ContactMethod(row[3]), row[4]) for row in rows_of(sql, values)]
