"""What the desk shows beside a verdict: read after it is painted, changing nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from packstation.acts.policies import current_policy
from packstation.acts.workplace import Workplace
from packstation.domain.cards import ContactCard, HoldCard, OrderCard, PastOrderCard
from packstation.domain.next_truck import NextTruck, next_truck
from packstation.domain.times import HOUR, MINUTE
from packstation.store import refreshes
from packstation.store.contacts import contact_card
from packstation.store.database import answering, database_now
from packstation.store.histories import buyers_of
from packstation.store.holds import latest_hold, open_holds, open_holds_of
from packstation.store.judging import count_to_pack, ready_to_pack
from packstation.store.order_cards import customer_of, open_packable_cards, order_card, past_order_cards
from packstation.store.outbox import outbox_standing
from packstation.store.parcels import packed_times
from packstation.store.shops import data_ages
from packstation.store.sync_state import Keeper, SyncStanding, sync_standings

PAST_ORDERS = 50
MOST_COUNTED = 1_000
"""Of the orders that are ready no more are counted: the header is refreshed all the time."""
_RESTART = 2 * MINUTE
"""So long, ms, a shop may be without a daemon before that counts as trouble: one that is started anew takes less."""


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An order on hold, as a line to choose; `customer_id` None for a guest's."""

    hold: HoldCard
    order: OrderCard
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class BesideVerdict:
    """The customer's other orders, newest first; those that could be packed together; their other open holds."""

    past: tuple[PastOrderCard, ...]
    packable: tuple[PastOrderCard, ...]
    other_holds: tuple[HeldOrder, ...]


@dataclass(frozen=True, slots=True)
class ShopStanding:
    """How a shop's sync stands.

    Attributes:
        shop: its name.
        channel: where it sells.
        age: ms since its last successful sync; None for never.
        history: how much of the first back-fill is done, 0 to 1.
        trouble: what keeps it from being synced, in English as it was stored; empty for nothing.
        trouble_for: since when, ms.
        has_daemon: whether a daemon has it.
        is_removed: whether it was taken out of the configuration, so that nobody is to sync it.
        single_run_ago: ms since the last single run ended; None where it is not single runs that keep it up to date.
        asked: questions of desks that wait for an answer.
        rereads: orders that are to be read again.
        unreadable: orders that were put aside because nothing could make sense of them.
    """

    shop: str
    channel: str
    age: int | None
    history: float
    trouble: str
    trouble_for: int
    has_daemon: bool
    is_removed: bool
    single_run_ago: int | None
    asked: int
    rereads: int
    unreadable: int

    @property
    def is_left(self) -> bool:
        """Whether a daemon should sync it, and none has for longer than one takes to be started anew."""
        is_wanted = not (self.has_daemon or self.is_removed or self.single_run_ago is not None)
        return is_wanted and (self.age is None or self.age >= _RESTART)

    @property
    def is_troubled(self) -> bool:
        """Whether somebody has to look after it, or will have to if it goes on."""
        return bool(self.trouble) or self.is_left


@dataclass(frozen=True, slots=True)
class ChannelAge:
    """How fresh a channel's data is: that of its shop that lags most.

    `age` in ms, None for never; `history` the least share of the first back-fill, 0 to 1; `is_troubled` when any shop is.
    """

    channel: str
    age: int | None
    history: float = 1.0
    is_troubled: bool = False


@dataclass(frozen=True, slots=True)
class DataStanding:
    """How fresh the data is, by channel, the shop to be looked after first, if any, and how many orders are ready.

    Ready is what is still to pack and not on hold. Of these no more than MOST_COUNTED are counted.
    """

    ages: tuple[ChannelAge, ...] = ()
    worst: ShopStanding | None = None
    ready: int = 0


@dataclass(frozen=True, slots=True)
class SyncOverview:
    """Every shop that was ever synced, by name, and how many decisions wait for their channels or did not go out.

    `oldest_for`: how long the oldest of those that wait does, ms.
    """

    shops: tuple[ShopStanding, ...]
    unsent: int
    oldest_for: int
    parked: int


@dataclass(frozen=True, slots=True)
class StationHeader:
    """What the header counts: `packed_today` since the station's midnight, `per_hour` over the last 60 minutes.

    `truck`: the next that orders have to make which are ready, None where that is not known.
    """

    packed_today: int
    per_hour: int
    data: DataStanding
    truck: NextTruck | None = None

    @property
    def ages(self) -> tuple[ChannelAge, ...]:
        """How fresh the data is, for channels that sync."""
        return self.data.ages


def beside_verdict(customer_id: int | None, order_id: int) -> BesideVerdict:
    """What is shown of the customer beside an order.

    Args:
        customer_id: None for a guest, who has nothing else.
        order_id: the order in question, left out.
    """
    if customer_id is None:
        return BesideVerdict((), (), ())
    with answering():
        buyer_ids = [buyer_id for buyer_id, _channel, _external in buyers_of(customer_id)]
        return BesideVerdict(
            tuple(past_order_cards(buyer_ids, PAST_ORDERS, order_id)),
            tuple(open_packable_cards(buyer_ids, order_id)),
            tuple(held_order(other) for _hold, other, _state in open_holds_of(buyer_ids, order_id)),
        )


def past_order(order_id: int) -> OrderCard:
    """One of the customer's other orders with its product lines."""
    with answering():
        return order_card(order_id, current_policy().holds)


def contact_of(hold_id: int, person_id: int | None) -> ContactCard:
    """The contact card of a hold; screens mask the phone until this person's contact is open."""
    with answering():
        return contact_card(hold_id, person_id)


def all_open_holds() -> list[HeldOrder]:
    """Every open hold, by decide-by."""
    with answering():
        return [held_order(order_id) for _hold, order_id, _state in open_holds()]


def held_order(order_id: int) -> HeldOrder:
    """An order with its open hold, else its latest."""
    card = latest_hold(order_id)
    if card is None:
        raise LookupError(f"order {order_id} has no hold")
    return HeldOrder(card, order_card(order_id, current_policy().holds), customer_of(order_id))


def data_standing() -> DataStanding:
    """How fresh the data is, and what troubles it."""
    with answering():
        now = database_now()
        shops = [shop for shop in _shops(now) if not shop.is_removed]
        ages = {channel: max(0, now - synced) for channel, synced in data_ages()}
        channels = sorted({*ages, *(shop.channel for shop in shops)})
        return DataStanding(
            tuple(_channel_age(channel, ages.get(channel), shops) for channel in channels),
            _worst(shops),
            count_to_pack(MOST_COUNTED),
        )


def sync_overview() -> SyncOverview:
    """How the sync of every shop stands."""
    with answering():
        now = database_now()
        outbox = outbox_standing()
        oldest = 0 if outbox.oldest_at is None else max(0, now - outbox.oldest_at)
        return SyncOverview(_shops(now), outbox.waiting, oldest, outbox.parked)


def _shops(now: int) -> tuple[ShopStanding, ...]:
    asked = dict(refreshes.waiting(now))
    return tuple(_shop(each, asked.get(each.shop, 0), now) for each in sync_standings())


def _shop(sync: SyncStanding, asked: int, now: int) -> ShopStanding:
    keeper = sync.keeper(now)
    return ShopStanding(
        sync.shop,
        sync.channel,
        None if sync.synced_at is None else max(0, now - sync.synced_at),
        sync.progress.history_share,
        sync.trouble,
        0 if sync.trouble_since is None else max(0, now - sync.trouble_since),
        keeper is Keeper.DAEMON,
        keeper is Keeper.REMOVED,
        max(0, now - sync.single_run_at) if keeper is Keeper.SINGLE_RUNS and sync.single_run_at is not None else None,
        asked,
        sync.rereads,
        sync.unreadable,
    )


def _channel_age(channel: str, age: int | None, shops: Iterable[ShopStanding]) -> ChannelAge:
    own = [shop for shop in shops if shop.channel == channel]
    return ChannelAge(
        channel,
        None if any(shop.age is None for shop in own) else age,
        min((shop.history for shop in own), default=1.0),
        any(shop.is_troubled for shop in own),
    )


def _worst(shops: Iterable[ShopStanding]) -> ShopStanding | None:
    """A shop that nobody syncs, else the one in trouble for the longest; trouble that may pass by itself does not count yet."""
    bad = [shop for shop in shops if shop.is_left or (shop.trouble and shop.trouble_for >= MINUTE)]
    return max(bad, key=lambda shop: (shop.is_left, shop.trouble_for), default=None)


def station_header(place: Workplace, midnight: int) -> StationHeader:
    """The figures of the station's header.

    Args:
        place: the station.
        midnight: when today began for it, ms UTC.
    """
    with answering():
        now = database_now()
        rules = current_policy().holds
        times = packed_times(place.station_id, min(midnight, now - HOUR)) if place.station_id is not None else []
        return StationHeader(
            packed_today=sum(packed >= midnight for packed in times),
            per_hour=sum(packed >= now - HOUR for packed in times),
            data=data_standing(),
            truck=next_truck(ready_to_pack(MOST_COUNTED), rules, now) if rules.cut_offs else None,
        )
