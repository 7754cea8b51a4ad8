"""An order of the family in neutral words, between a vendor's JSON and packstation's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from packstation.domain.orders import Address, FailureCause, IncomingBuyer, Origin


class Way(Enum):
    """How far a shipment has come; several have come as far as the first of these that one of them has."""

    LABELLED = auto()
    """The shipment is arranged; the parcel is still in the shop."""
    SENT = auto()
    DELIVERED = auto()
    COMING_BACK = auto()
    CAME_BACK = auto()


class WhyCancelled(Enum):
    """As far as the vendor's reason tells who caused it."""

    BUYER = auto()
    SELLER = auto()
    PAYMENT = auto()
    NOBODY_SAYS = auto()


class Fulfilled(Enum):
    """How much of an order is in shipments."""

    NOTHING = auto()
    PARTLY = auto()
    ALL = auto()
    UNKNOWN_WORD = auto()
    """A word that no document knows: the order is held until somebody says what it means."""


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One product line. `price` and `total` are minor units; `removed` pieces were taken out without a refund."""

    key: str
    sku: str
    name: str
    quantity: int
    price: int
    total: int
    removed: int = 0


@dataclass(frozen=True, slots=True)
class GivenBack:
    """One refund. `pieces` by line key, `worth` what they cost there, `amount` what was paid back altogether; minor units."""

    at: int | None
    amount: int
    pieces: Mapping[str, int] = field(default_factory=dict)
    worth: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shipment:
    """One live shipment; cancelled ones are left out. Times are ms UTC, None where the vendor tells none.

    Attributes:
        way: how far it has come; None for a word that no document knows.
        word: the vendor's own word for that.
        carrier: who carries it.
        trackings: its tracking numbers.
        labelled_at: when it was arranged.
        sent_at: when the carrier had it.
        delivered_at: when the buyer had it.
        turned_at: when it was known that it comes back.
        came_back_at: when the shop had it again.
        cause: why it comes back, where the vendor tells.
    """

    way: Way | None
    word: str = ""
    carrier: str = ""
    trackings: tuple[str, ...] = ()
    labelled_at: int | None = None
    sent_at: int | None = None
    delivered_at: int | None = None
    turned_at: int | None = None
    came_back_at: int | None = None
    cause: FailureCause | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """One order. Times are ms UTC, money is minor units of `currency`.

    Attributes:
        number: the id that the vendor's calls take.
        name: the number that buyers and labels show.
        void: shipments that were cancelled; their labels may still lie about.
        word: the vendor's own word for where it stands, kept beside the status.
        unpaid: whether it waits for a payment before it may be shipped.
        held: whether the vendor itself keeps it back.
        all_refunded: whether the vendor says that all money was given back.
        cod: whether money is collected at the door; None where nobody says.
        to_collect: how much.
        archived_at: when it was closed.
        archived: whether it was closed.
    """

    number: str
    name: str
    word: str
    placed_at: int
    updated_at: int | None
    currency: str
    total: int
    lines: tuple[SaleLine, ...]
    given_back: tuple[GivenBack, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    void: tuple[Shipment, ...] = ()
    fulfilled: Fulfilled = Fulfilled.NOTHING
    unpaid: bool = False
    held: bool = False
    all_refunded: bool = False
    cod: bool | None = None
    to_collect: int | None = None
    paid_at: int | None = None
    cancelled: bool = False
    cancelled_at: int | None = None
    why_cancelled: WhyCancelled = WhyCancelled.NOBODY_SAYS
    archived: bool = False
    archived_at: int | None = None
    buyer: IncomingBuyer | None = None
    address: Address = field(default_factory=Address)
    vouchers: tuple[str, ...] = ()
    source: str = ""
    note: str = ""
    origin: Origin | None = None

    @property
    def sent_at(self) -> int | None:
        """When the first parcel left."""
        return min((one.sent_at for one in self.shipments if one.sent_at is not None), default=None)

    @property
    def was_sent(self) -> bool:
        """Whether any parcel left."""
        return any(one.way not in (None, Way.LABELLED) for one in self.shipments)

    @property
    def delivered_at(self) -> int | None:
        """When the last delivered parcel was delivered."""
        if self.at_counter:
            return self.archived_at
        return max((one.delivered_at for one in self.shipments if one.delivered_at is not None), default=None)

    @property
    def at_counter(self) -> bool:
        """Whether it was closed without any shipment: sold at the counter, or nothing to send."""
        through = self.archived and not self.unpaid and not self.cancelled
        return through and not self.shipments and self.fulfilled in (Fulfilled.NOTHING, Fulfilled.ALL)

    @property
    def was_delivered(self) -> bool:
        """Whether the buyer has any of it."""
        return self.at_counter or any(one.way is Way.DELIVERED for one in self.shipments)
