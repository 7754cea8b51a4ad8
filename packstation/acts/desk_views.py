"""What the desk shows beside a verdict: read after it is painted, changing nothing."""

from __future__ import annotations

from dataclasses import dataclass

from packstation.acts.policies import current_policy
from packstation.acts.workplace import Workplace
from packstation.domain.cards import ContactCard, HoldCard, OrderCard, PastOrderCard
from packstation.domain.times import HOUR
from packstation.store.contacts import contact_card
from packstation.store.database import answering, database_now
from packstation.store.histories import buyers_of
from packstation.store.holds import latest_hold, open_holds, open_holds_of
from packstation.store.order_cards import customer_of, open_packable_cards, order_card, past_order_cards
from packstation.store.parcels import packed_times
from packstation.store.shops import data_ages

PAST_ORDERS = 50


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
class StationHeader:
    """What the header counts. `ages` are (channel, ms since its last successful sync) for channels that sync.

    `packed_today` since midnight in `zone`; `per_hour` over the last 60 minutes.
    """

    packed_today: int
    per_hour: int
    ages: tuple[tuple[str, int], ...]


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
            tuple(_held(other) for _hold, other, _state in open_holds_of(buyer_ids, order_id)),
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
        return [_held(order_id) for _hold, order_id, _state in open_holds()]


def _held(order_id: int) -> HeldOrder:
    card = latest_hold(order_id)
    if card is None:
        raise LookupError(f"order {order_id} has no hold")
    return HeldOrder(card, order_card(order_id, current_policy().holds), customer_of(order_id))


def channel_ages() -> tuple[tuple[str, int], ...]:
    """For each channel that syncs the age of its data, ms: that of the shop that lags most."""
    with answering():
        now = database_now()
        return tuple((channel, max(0, now - synced)) for channel, synced in data_ages())


def station_header(place: Workplace, midnight: int) -> StationHeader:
    """The figures of the station's header.

    Args:
        place: the station.
        midnight: when today began for it, ms UTC.
    """
    with answering():
        now = database_now()
        times = packed_times(place.station_id, min(midnight, now - HOUR)) if place.station_id is not None else []
        return StationHeader(
            packed_today=sum(packed >= midnight for packed in times),
            per_hour=sum(packed >= now - HOUR for packed in times),
            ages=channel_ages(),
        )
