"""What the daemon asks of a channel: one small protocol, so that a third party can add a channel of its own.

A channel is made by the factory that its entry point (group `packstation.channels`) names, from the shop's configuration and
the connection that the daemon lends it. It keeps nothing between calls: cursors, credentials and orders are the daemon's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from packstation.domain.orders import WITHOUT_NUMBER, IncomingBalance, IncomingOrder
from packstation.domain.outbox import DecisionKind
from sync.channels.errors import without_contacts
from sync.credentials.credential import Credential

if TYPE_CHECKING:
    from sync.shops_config import ShopConfig
    from sync.web.connection import Connection


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a channel can do, and what it needs for it.

    Attributes:
        secrets: names of the long-lived secrets that `sync login` asks for, such as `partner_key`.
        push_secrets: names of further secrets that only pushes need; `sync login` takes an empty line for each.
        account: names of the ids that `channels.toml` must give under `account`.
        finds_codes: whether `find` can search for a code; by order number alone counts.
        decisions: what `deliver` can tell the channel.
        longest_span: the longest time that one listing may cover, ms; None without limit.
        index_lag: how long a change may take to appear in listings, ms: spans overlap by it.
        pushes: whether `read_push` understands deliveries of this channel.
        deletes_refunds_silently: whether a refund can be deleted there without the order's update time moving, so that orders with
            refunds have to be read again now and then.
        requests_per_second: a rate that the channel bears; None where nothing is known.
        consent: whether the seller gives consent in a browser.
    """

    secrets: tuple[str, ...] = ()
    push_secrets: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    finds_codes: bool = False
    decisions: frozenset[DecisionKind] = frozenset()
    longest_span: int | None = None
    index_lag: int = 10 * 60_000
    pushes: bool = False
    deletes_refunds_silently: bool = False
    requests_per_second: float | None = None
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A span of the channel's update times, [since, until) in ms UTC, constant while its pages are read."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record of the channel that makes no order: it is parked and shown, and the rest goes on.

    `number` may be empty; then `mark` tells the record from others, as `of` gives it one.
    """

    number: str
    why: str
    mark: str = ""

    def __post_init__(self) -> None:
        """Make the reason fit to be stored and shown, whoever wrote it."""
        object.__setattr__(self, "why", without_contacts(self.why))

    @classmethod
    def of(cls, record: object, number: str, why: str) -> Unreadable:
        """A record that is known again by what stands in it where it tells no number.

        Args:
            record: as the channel handed it in, a JSON value.
            number: the order's; empty for none.
            why: what is wrong with it, without its values.
        """
        text = "" if number else json.dumps(record, sort_keys=True, ensure_ascii=False, default=str)
        return cls(number, why, _digest(text) if text else "")

    @property
    def key(self) -> str:
        """What it is parked under: its number, or a mark where it has none."""
        return self.number or WITHOUT_NUMBER + (self.mark or _digest(self.why))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of changed orders. `next_cursor` None: it was the last; a cursor is opaque and good for this span alone.

    `balances` are those of buyers that changed in the span, where the channel is a POS that counts debt and points.
    """

    orders: tuple[IncomingOrder, ...]
    next_cursor: str | None = None
    unreadable: tuple[Unreadable, ...] = ()
    balances: tuple[IncomingBalance, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadOrders:
    """Orders that were read now; `missing` are the numbers that the channel does not have any more."""

    orders: tuple[IncomingOrder, ...]
    missing: tuple[str, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Something decided here that the channel is told. Delivered at least once: `idempotency_key` stays the same.

    Attributes:
        order_number: as the channel numbers the order.
        kind: what was decided.
        text: the note, in the shop's own words; empty for the others.
        packages: package numbers that it is about; empty for the whole order.
        reason: why a cancellation is asked for.
        decided_at: ms UTC.
    """

    order_number: str
    kind: DecisionKind
    idempotency_key: str
    decided_at: int
    text: str = ""
    packages: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The channel took a decision, or had it already. `reference` is its own id of it, if it names one."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class PushHint:
    """What a verified delivery says: these orders may have changed. Never more than a hint to read them again.

    `shop_account` is the channel's id of the shop that it is about, where one address serves several shops.
    """

    numbers: tuple[str, ...]
    shop_account: str = ""
    seller_must_act: bool = False


@dataclass(frozen=True, slots=True)
class LostPushes:
    """Deliveries that a channel gave up on and kept, the oldest ones of all that nobody confirmed.

    Attributes:
        hints: what they say; what is about no order says nothing.
        mark: confirms these and everything before them; empty when there are none.
        has_more: whether there are later ones, which it hands out once these are confirmed.
    """

    hints: tuple[PushHint, ...] = ()
    mark: str = ""
    has_more: bool = False


class PushVerdict(StrEnum):
    """What the receiver makes of a delivery before it looks into it."""

    GENUINE = "genuine"
    FORGED = "forged"
    PING = "ping"


@dataclass(frozen=True, slots=True)
class PushDelivery:
    """A delivery as it arrived: `url` as configured at the channel, header names in lower case, the body's raw bytes.

    `challenge` is the query of a GET request, by which some channels ask whether the address is ours; None for a delivery.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes
    challenge: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """How the channel wants its delivery answered."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadPush:
    """What came of a delivery: whether it is genuine, its answer, and what it hints at. Nothing of a forged one is read."""

    verdict: PushVerdict
    answer: PushAnswer
    hint: PushHint | None = None


class Consent(Protocol):
    """How a seller lets packstation in, for channels with a consent page."""

    def consent_url(self, redirect: str, state: str) -> str:
        """Where the seller's browser goes."""
        ...

    async def exchange(self, answer: Mapping[str, str]) -> Credential:
        """The credential for what the redirect brought back (its query parameters).

        Raises:
            ChannelError: the channel refuses it.
        """
        ...


class Channel(Protocol):
    """One shop at one channel. All calls raise `ChannelError` and nothing else for what the channel does wrong."""

    abilities: Abilities

    @property
    def consent(self) -> Consent | None:
        """How the seller gives consent; None where secrets are enough."""
        ...

    async def check(self) -> None:
        """Make one cheap call that fails where nothing else would work either."""
        ...

    async def changes(self, span: Span, cursor: str | None) -> Page:
        """One page of the orders that changed in `span`, complete as `orders` would give them; cursor None for the first.

        The same order may come twice and orders may be lost when pages shift: spans overlap, and the last days are reconciled.
        """
        ...

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        """These orders as they are now, in as few calls as the channel allows."""
        ...

    async def find(self, code: str) -> Sequence[str]:
        """Numbers of the orders that a scanned code may mean; empty when its shape is none of the channel's or it has none."""
        ...

    async def renew(self, credential: Credential) -> Credential:
        """A fresh access token; channels without any return what they are given."""
        ...

    async def deliver(self, decision: Decision) -> Delivered:
        """Tell the channel; what it was told before with the same key changes nothing."""
        ...

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        """Verify a delivery in constant time on its raw bytes, with the secrets of `credential`, and say what it hints at."""
        ...


@runtime_checkable
class KeepsLostPushes(Protocol):
    """What a channel that pushes may be able to do besides: it keeps what could not be delivered until somebody confirms it."""

    async def lost_pushes(self) -> LostPushes:
        """The oldest deliveries that were lost; the same ones again until they are confirmed.

        Raises:
            ChannelError: as all calls.
        """
        ...

    async def confirm_lost_pushes(self, mark: str) -> None:
        """Let the channel forget everything up to `mark`; to confirm twice changes nothing.

        Raises:
            ChannelError: as all calls.
        """
        ...


ChannelFactory = Callable[["ShopConfig", "Connection"], Channel]
"""What an entry point of the group `packstation.channels` names."""
