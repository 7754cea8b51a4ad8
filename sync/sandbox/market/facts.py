"""What is true of a simulated order at one moment, in no channel's words: simulators write it on the wire, tests compare with it."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.domain.orders import Address, FailureCause, OrderKind, Origin, Outcome, Status


@dataclass(frozen=True, slots=True)
class Line:
    """One product of an order. Quantities are pieces; `price` is one piece's in minor units.

    Attributes:
        cancelled: pieces cancelled before shipping, out of `ordered`.
        returned: pieces that came back after delivery.
        failed: pieces that were refused at the door while the rest was taken.
        changed_at: when the latest of these three happened, ms UTC.
        free: a present or the free part of a bundle.
    """

    sku: str
    name: str
    ordered: int
    price: int
    cancelled: int = 0
    returned: int = 0
    failed: int = 0
    changed_at: int | None = None
    free: bool = False

    @property
    def active(self) -> int:
        """Pieces that are still to be delivered, or were."""
        return self.ordered - self.cancelled


@dataclass(frozen=True, slots=True)
class Package:
    """One parcel. `tracking` is None until the carrier gives a number; `lines` says how many pieces of which line are in it."""

    number: str
    carrier: str
    tracking: str | None
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Person:
    """The buyer as they are. `id` is None for a guest."""

    id: str | None
    username: str
    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A status that the order reached, and when, ms UTC."""

    status: Status
    at: int


@dataclass(frozen=True, slots=True)
class Facts:
    """A simulated order at one moment. Times are ms UTC, money is VND.

    Attributes:
        passed: the statuses reached so far, in time; the last is the current one.
        odd_word: a word for the current status that no document knows; the simulator writes it instead of the real one.
        cancelled_by: `buyer`, `seller` or `system`; empty when it is not cancelled.
        cancel_reason: in the buyer's or seller's words.
        address: where it goes, in clear; the simulators mask it as their channel does.
        address_changed_at: when the buyer changed it after the label was made.
        withdrawn: a request to cancel was made and taken back.
        deleted: the record is gone from the channel.
    """

    number: str
    serial: int
    placed_at: int
    updated_at: int
    passed: tuple[Passed, ...]
    outcome: Outcome
    cause: FailureCause | None
    outcome_at: int | None
    lines: tuple[Line, ...]
    packages: tuple[Package, ...]
    buyer: Person
    address: Address
    cod: bool
    paid_at: int | None
    shipping_fee: int
    voucher: tuple[str, int] | None
    carrier: str
    source: str
    kind: OrderKind = OrderKind.NORMAL
    odd_word: str = ""
    cancelled_by: str = ""
    cancel_reason: str = ""
    arrange_by: int | None = None
    ship_by: int | None = None
    cancels_at: int | None = None
    answer_by: int | None = None
    address_changed_at: int | None = None
    buyer_note: str = ""
    seller_note: str = ""
    booking: str | None = None
    invoice: str = ""
    origin: Origin | None = None
    preorder_until: int | None = None
    withdrawn: bool = False
    deleted: bool = False

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.passed[-1].status

    @property
    def goods(self) -> int:
        """What the pieces cost that were not cancelled; all of them when the whole order is."""
        whole = all(line.active == 0 for line in self.lines)
        return sum(line.price * (line.ordered if whole else line.active) for line in self.lines)

    @property
    def total(self) -> int:
        """What the buyer pays."""
        return max(0, self.goods + self.shipping_fee - (self.voucher[1] if self.voucher else 0))

    def reached(self, status: Status) -> int | None:
        """When it first reached a status, ms UTC."""
        return next((passed.at for passed in self.passed if passed.status is status), None)
