"""A channel whose orders a test lays out: the edge of our world, as small as it can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from packstation.acts.policies import publish_policy
from packstation.acts.workplace import Workplace, open_command
from packstation.domain.orders import IncomingBalance, IncomingOrder, Status
from packstation.domain.times import HOUR
from packstation.settings import default_config_folder
from packstation.store import sync_state
from packstation.store.database import database_now, rows_of, transaction
from packstation.store.policies import newest_version
from packstation.store.shops import shop_id_of
from sync.bulk_storing import BulkStore
from sync.channels.errors import Advice, ChannelError
from sync.channels.protocol import (
    Abilities,
    Consent,
    Decision,
    Delivered,
    Page,
    PushAnswer,
    PushDelivery,
    PushVerdict,
    ReadOrders,
    ReadPush,
    Span,
    Unreadable,
)
from sync.credentials.credential import Credential
from sync.database_thread import DatabaseThread
from sync.pull import Pull
from sync.storing import ShopStore
from tests.factories import a_shop, an_order

POLICY = (default_config_folder() / "risk.toml").read_text(encoding="utf-8")
DAEMON = "here/1/aa"


@dataclass
class ScriptedChannel:
    """Lists `listed` by update time, two a page, and reads `there`; `errors` are raised by the next listings, one each.

    Of single orders it refuses a call that names one of `refused`, and makes no order of the records of `garbled`.
    """

    listed: list[IncomingOrder] = field(default_factory=list)
    there: dict[str, IncomingOrder] | None = None
    abilities: Abilities = field(default_factory=lambda: Abilities(index_lag=600_000, finds_codes=True))
    page_size: int = 2
    spans: list[Span] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    errors: list[ChannelError | None] = field(default_factory=list)
    unreadable: tuple[Unreadable, ...] = ()
    refused: frozenset[str] = frozenset()
    garbled: frozenset[str] = frozenset()
    balances: tuple[IncomingBalance, ...] = ()
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def consent(self) -> Consent | None:
        return None

    async def check(self) -> None:
        return None

    async def changes(self, span: Span, cursor: str | None) -> Page:
        if self.errors and (error := self.errors.pop(0)) is not None:
            raise error
        if cursor is None:
            self.spans.append(span)
        inside = [order for order in self.listed if span.since <= (order.updated_at or 0) < span.until]
        start = int(cursor or 0)
        after = start + self.page_size
        return Page(
            tuple(inside[start:after]),
            str(after) if after < len(inside) else None,
            self.unreadable if cursor is None else (),
            self.balances if cursor is None else (),
        )

    async def orders(self, numbers: Sequence[str]) -> ReadOrders:
        self.read += numbers
        if not self.refused.isdisjoint(numbers):
            raise ChannelError("invalid order number", Advice.SKIP)
        there = {order.number: order for order in self.listed} if self.there is None else self.there
        garbled = tuple(Unreadable(number, "no price") for number in numbers if number in self.garbled)
        numbers = [number for number in numbers if number not in self.garbled]
        found = tuple(there[number] for number in numbers if number in there)
        return ReadOrders(found, tuple(number for number in numbers if number not in there), garbled)

    async def find(self, code: str) -> Sequence[str]:
        return self.codes.get(code, ())

    async def renew(self, credential: Credential) -> Credential:
        return credential

    async def deliver(self, decision: Decision) -> Delivered:
        return Delivered()

    def read_push(self, delivery: PushDelivery, credential: Credential) -> ReadPush:
        return ReadPush(PushVerdict.FORGED, PushAnswer())


@dataclass
class Pulling:
    """A shop that is pulled from a scripted channel, at a moment that the test moves on."""

    store: ShopStore
    channel: ScriptedChannel
    in_db: DatabaseThread
    now: int
    pull: Pull = field(init=False)


def changed(number: str, at: int, status: Status = Status.TO_PACK) -> IncomingOrder:
    """An order that changed last at a moment."""
    return an_order(number, placed_at=at - HOUR, status=status, updated_at=at, buyer=None)


def stored() -> dict[str, str]:
    """The status of each order that is stored, by number."""
    return dict(rows_of("SELECT number, status FROM orders"))


async def pulling(channel: ScriptedChannel, now: int, history_days: int = 10, daemon: str = DAEMON) -> Pulling:
    """Begin to pull; the shop is this daemon's."""
    in_db = DatabaseThread()
    shop = a_shop()

    def begin() -> tuple[Workplace, int]:
        place = open_command("sync")
        if newest_version() == 0:
            publish_policy(place, POLICY, None, "risk.toml")
        with transaction():
            shop_id = shop_id_of(shop)
            sync_state.begin(shop_id)
            sync_state.take_shop(shop_id, daemon, database_now(), database_now() + 60_000)
        return place, shop_id

    place, shop_id = await in_db(begin)
    store = ShopStore(place, shop, shop_id, in_db, BulkStore())
    begun = Pulling(store, channel, in_db, now)
    begun.pull = Pull(channel, store, daemon, lambda: begun.now, history_days)
    await begun.pull.begin()
    return begun
