"""What is shown of an order, its customer and its hold: on the desk, and as JSON by `check`.

Money in minor units of the card's currency, times ms UTC. Texts from outside are as stored; screens clean them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from packstation.domain.deadlines import Notices
from packstation.domain.history import History
from packstation.domain.holds import AttemptResult, ContactMethod, Hold
from packstation.domain.orders import Address, FailureCause, Item, Outcome, Status
from packstation.domain.packing import ParcelState
from packstation.domain.tiers import NOTHING_KNOWN, Standing
from packstation.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ParcelCard:
    """One parcel; `id` None is the implicit parcel of an order without packages that was never touched."""

    id: int | None
    package: str | None
    tracking: str | None
    carrier: str | None
    state: ParcelState
    slot: str | None
    station: str | None
    by: str | None
    at: int | None


@dataclass(frozen=True, slots=True)
class OrderCard:
    """One order with its product lines and parcels.

    `cut_off`: when the truck leaves that it has to make, if that is known. `instruction`: what the buyer asked of the courier when
    they confirmed. `number_marked_at`: when the owner of its phone number said that an order was not theirs; None for never.
    `sold_by` and `created_by`: the shop's own people, empty where no channel names any.
    """

    id: int
    shop: str
    channel: str
    zone: str
    source: str
    number: str
    status: Status
    channel_status: str
    outcome: Outcome
    currency: str
    total: int
    first_total: int
    to_collect: int
    cod: bool
    placed_at: int
    ship_by: int | None
    cut_off: int | None
    decide_by: int
    notices: Notices
    province: str
    items: tuple[Item, ...]
    parcels: tuple[ParcelCard, ...]
    buyer_note: str
    seller_note: str
    vouchers: tuple[str, ...]
    instruction: str = ""
    number_marked_at: int | None = None
    sold_by: str = ""
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class TagCard:
    """A tag of a customer; `rule` is the rule that gives it, empty where `by` did. `texts`: a rule's tag in each language."""

    tag: str
    by: str
    rule: str
    at: int
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoteCard:
    """A note about a customer. One that has ended was rewritten, by the note that is there instead of it, or taken back."""

    id: int
    text: str
    by: str
    at: int
    ended_at: int | None = None
    ended_by: str = ""
    instead_of: int | None = None


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """One person. `buyers` are (channel, id) pairs; `history` leaves the order being judged out.

    `debt` (minor units) and `points` are what the POS shops say in sum; None where none says. `tier`, empty for none, and `tags` are
    those by hand and by rule, as `standing` has them; tags that another one implies are left out.
    """

    id: int
    name: str
    buyers: tuple[tuple[str, str], ...]
    history: History
    debt: int | None = None
    points: int | None = None
    tier: str = ""
    tags: tuple[TagCard, ...] = ()
    notes: tuple[NoteCard, ...] = ()
    standing: Standing = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class HoldCard:
    """A hold with how often its buyer was contacted, and the slots where its parcels wait."""

    id: int
    hold: Hold
    attempts: int
    slots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastOrderCard:
    """A line of the customer's orders: what it was and what became of it."""

    id: int
    number: str
    shop: str
    channel: str
    zone: str
    placed_at: int
    outcome: Outcome
    cause: FailureCause | None
    replaced: bool
    status: Status
    total: int
    currency: str
    units: int
    cod: bool


@dataclass(frozen=True, slots=True)
class OrderLineCard:
    """A line of all of a customer's orders; `codes` are its other numbers, an invoice's among them; people as `OrderCard` has them."""

    id: int
    number: str
    shop: str
    channel: str
    zone: str
    source: str
    placed_at: int
    outcome: Outcome
    cause: FailureCause | None
    replaced: bool
    status: Status
    total: int
    refunded: int
    currency: str
    units: int
    codes: tuple[str, ...]
    sold_by: str = ""
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class AttemptCard:
    """One contact with the buyer. `incoming`: they rang back; `recording`: where it can be heard, empty for nowhere."""

    by: str
    method: ContactMethod
    opened_at: int
    ended_at: int | None
    result: AttemptResult | None
    why: str
    incoming: bool = False
    recording: str = ""


@dataclass(frozen=True, slots=True)
class ContactCard:
    """All that is needed to contact the buyer of one order. `phone_key` is E.164, empty where the channel hides the phone.

    `open_attempt` is the running contact, `open_method` how it goes on.
    """

    hold_id: int
    order_id: int
    recipient: str
    phone: str
    phone_key: str
    address: Address
    attempts: tuple[AttemptCard, ...]
    open_attempt: int | None
    open_method: ContactMethod | None = None
    email: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the orders that an ambiguous code may mean."""

    shop: str
    number: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A code judged: the verdict and everything that was looked at. `order` None for UNKNOWN."""

    code: str
    verdict: Verdict
    order: OrderCard | None = None
    customer: CustomerCard | None = None
    hold: HoldCard | None = None
    candidates: tuple[Candidate, ...] = ()
    data_age_ms: int | None = None
