"""Orders as packstation knows them: statuses, outcomes, and the order as a channel or a file hands it in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where an order stands at its channel. *Packed* is never one of these: it is ours, and a parcel's."""

    UNPAID = "unpaid"
    CHANNEL_HOLD = "channel_hold"
    TO_PACK = "to_pack"
    LABEL_READY = "label_ready"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCEL_REQUESTED = "cancel_requested"
    CANCELLED = "cancelled"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"


GONE = "gone"
"""The status word of an order that its channel deleted; no channel has it."""

WITHOUT_NUMBER = "?"
"""Begins what a record is called that makes no order and tells no number; no channel's number begins so."""

PACKABLE = frozenset({Status.TO_PACK, Status.LABEL_READY})
"""The statuses in which an order may be packed. A COD order that is `unpaid` at its channel counts as `to_pack`."""


class Outcome(StrEnum):
    """How an order ended, and who caused it."""

    OPEN = "open"
    DELIVERED = "delivered"
    RETURNED = "returned"
    BUYER_CANCELLED = "buyer_cancelled"
    DELIVERY_FAILED = "delivery_failed"
    SELLER_CANCELLED = "seller_cancelled"
    SYSTEM_CANCELLED = "system_cancelled"
    UNPAID_EXPIRED = "unpaid_expired"
    CANCELLED = "cancelled"
    LOST = "lost"


class FailureCause(StrEnum):
    """Why a delivery failed. A failure by the courier is charged to nobody."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    COURIER = "courier"


class OrderKind(StrEnum):
    """What the order is for. Only normal orders count in a buyer's history.

    A booking is a parcel that a channel wants packed before anybody has ordered it (Shopee's advance fulfilment); it is judged
    by its own status alone.
    """

    NORMAL = "normal"
    SAMPLE = "sample"
    EXCHANGE = "exchange"
    REPLACEMENT = "replacement"
    WARRANTY = "warranty"
    BOOKING = "booking"


@dataclass(frozen=True, slots=True)
class Item:
    """One product line. `price` is per unit, `total` the line's, both in minor units of the order's currency."""

    sku: str
    name: str
    quantity: int
    price: int
    total: int


@dataclass(frozen=True, slots=True)
class Refund:
    """Money and pieces given back for one line. `line` is the item's index in the order, or None for the order as a whole."""

    line: int | None
    quantity: int
    amount: int
    known_at: int


@dataclass(frozen=True, slots=True)
class TimedStatus:
    """A status and when it became known, in ms UTC; None where the channel gives no time of its own for it."""

    status: Status
    channel_status: str
    known_at: int | None


@dataclass(frozen=True, slots=True)
class TimedOutcome:
    """An outcome and when it became known, in ms UTC; None where the channel gives no time of its own for it."""

    outcome: Outcome
    cause: FailureCause | None
    known_at: int | None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a parcel goes. Empty strings are unknown; text with an asterisk is masked by the channel."""

    recipient: str = ""
    phone: str = ""
    street: str = ""
    ward: str = ""
    district: str = ""
    province: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """What a channel says of the buyer's person beside the order; empty for nothing.

    `gender` and `pos_status` are words of `domain.customer_profile`, `birthday` is ISO 8601, `area` a province or region.
    """

    code: str = ""
    gender: str = ""
    birthday: str = ""
    company: str = ""
    address: str = ""
    area: str = ""
    source: str = ""
    pos_status: str = ""


@dataclass(frozen=True, slots=True)
class IncomingBuyer:
    """The buyer as the channel names them. Guests have no `external_id`.

    `also` holds other ids of the same profile seen on the same order (a username beside a number).
    """

    external_id: str | None
    name: str = ""
    phone: str = ""
    email: str = ""
    also: tuple[str, ...] = ()
    facts: BuyerFacts | None = None


@dataclass(frozen=True, slots=True)
class IncomingBalance:
    """What a buyer owes the shop (minor units of its currency) and the points they have, as its POS counts both, at `known_at`, ms UTC.

    `total_spent` and `total_points` are the POS's own sums over all time, None where it says none; `buyer` is who it says they are.
    """

    external_id: str
    debt: int
    points: int
    known_at: int
    total_spent: int | None = None
    total_points: int | None = None
    buyer: IncomingBuyer | None = None


@dataclass(frozen=True, slots=True)
class IncomingParcel:
    """One package of an order as the channel reports it; any field may be missing yet, but not all."""

    package: str | None = None
    tracking: str | None = None
    carrier: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The order that a hub's copy stands for: the channel where the buyer placed it, and its number there."""

    channel: str
    number: str


@dataclass(frozen=True, slots=True)
class IncomingOrder:
    """One order as a channel or an export file hands it in. Times are ms UTC, money is minor units of `currency`.

    `statuses` and `outcomes` are in the order in which they became known; the last status is the current one.
    `cod` None means that nobody says; it counts as true unless `paid_at` lies before shipping. `items` are what is still to be
    delivered: quantities cancelled before shipping are left out, unless the whole order is cancelled. The deadlines are the
    channel's: until when the shipment must be arranged, the parcel handed over, when the channel cancels by itself, and until
    when a buyer's request to cancel must be answered.

    `address_changed_at`: the channel says that the buyer changed the address, and when (the order's placing where it does not
    say when); what the address is may be hidden by masks.

    `refunds_are_complete`: its channel lists every refund there is with the order, so that one which is not among `refunds` was
    taken back; else an order without refunds says nothing about them.

    `also` holds other codes that mean this order (an invoice's, a return's), `booking` the number of the booking that became it,
    `origin` the marketplace's order when this comes through a hub. `sold_by` and `created_by` are the shop's own people, by name.
    """

    number: str
    placed_at: int
    currency: str
    total: int
    statuses: tuple[TimedStatus, ...]
    outcomes: tuple[TimedOutcome, ...] = ()
    items: tuple[Item, ...] = ()
    refunds: tuple[Refund, ...] = ()
    buyer: IncomingBuyer | None = None
    address: Address = Address()
    parcels: tuple[IncomingParcel, ...] = ()
    vouchers: tuple[str, ...] = ()
    cod: bool | None = None
    to_collect: int | None = None
    paid_at: int | None = None
    updated_at: int | None = None
    arrange_by: int | None = None
    ship_by: int | None = None
    cancels_at: int | None = None
    answer_by: int | None = None
    address_changed_at: int | None = None
    source: str = ""
    kind: OrderKind = OrderKind.NORMAL
    buyer_note: str = ""
    seller_note: str = ""
    also: tuple[str, ...] = ()
    booking: str | None = None
    origin: Origin | None = None
    sold_by: str = ""
    created_by: str = ""
    refunds_are_complete: bool = False


@dataclass(frozen=True, slots=True)
class Shop:
    """One seller account on a channel. `zone` is an IANA name, `currency` an ISO 4217 code."""

    name: str
    channel: str
    currency: str
    zone: str


PLATFORM_CHANNELS = frozenset({"shopee", "lazada", "tiktok", "tiki"})
"""Channels whose buyer ids are the platform's, so that one id is one buyer in all shops there."""


def is_masked(text: str) -> bool:
    """Whether the channel hid part of this text (an asterisk stands for what it hid)."""
    return "*" in text


def counts_as_cod(cod: bool | None, paid_at: int | None, shipped_at: int | None) -> bool:
    """Whether money is still to be collected at the door; unknown counts as true unless paid before shipping."""
    if cod is not None:
        return cod
    return paid_at is None or (shipped_at is not None and paid_at >= shipped_at)
