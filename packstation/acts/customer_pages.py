"""The pages of the customer screen, each read when it is opened. Never writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packstation.acts.linking import links_of
from packstation.acts.policies import current_policy
from packstation.domain.candidates import ProfileLink
from packstation.domain.cards import NoteCard, OrderCard, OrderLineCard
from packstation.domain.customer_worth import Profit, profit_of
from packstation.domain.order_stories import RelatedOrder, TimelineEntry
from packstation.domain.product_tally import ProductCount, ProductTally, TalliedOrder
from packstation.domain.times import DAY
from packstation.store.balances import BalanceSeen, balances_seen
from packstation.store.costs import cost_of, has_costs
from packstation.store.customer_edits import EditCard, edits_of, every_note_of
from packstation.store.customer_orders import (
    OrderFilter,
    Position,
    channels_and_sources,
    order_page,
    placed_times,
    tallied_pieces,
)
from packstation.store.customers import shop_of_customer, shops_of
from packstation.store.database import answering, database_now
from packstation.store.histories import buyers_of
from packstation.store.order_cards import order_card
from packstation.store.related import related_orders
from packstation.store.timelines import timeline_of

PLOTTED = 2 * 366 * DAY
"""So far back, ms, orders are plotted."""


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Some orders, and what can be chosen from; the latter with the first page only."""

    orders: tuple[OrderLineCard, ...]
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """What people wrote: notes, rewritten ones too, and fields, both latest first."""

    notes: tuple[NoteCard, ...]
    edits: tuple[EditCard, ...]


@dataclass(frozen=True, slots=True)
class RelatedPage:
    """Who is linked, was split off or is proposed, and orders of others with something in common."""

    links: tuple[ProfileLink, ...]
    orders: tuple[RelatedOrder, ...]


@dataclass(frozen=True, slots=True)
class OpenedOrder:
    """One order with its lines and what happened to it."""

    order: OrderCard
    timeline: tuple[TimelineEntry, ...]


class ProductReading:
    """The products of a customer's orders, and what these left over, read a piece at a time so that scans go between."""

    def __init__(self, customer_id: int) -> None:
        self._customer_id = customer_id
        self._count = ProductCount()
        self._cost_of = cost_of()
        self._after: Position | None = None
        self._profit: Profit | None = None
        self._currency = ""
        self._has_costs: bool | None = None
        self.is_done = False

    def read_on(self) -> None:
        """Read the next piece."""
        with answering():
            if self._has_costs is None:
                self._currency = shop_of_customer(self._customer_id)[1]
                self._has_costs = has_costs(shops_of(self._customer_id))
            ids = [buyer_id for buyer_id, _channel, _external in buyers_of(self._customer_id)]
            orders, self._after = tallied_pieces(ids, self._after)
            self._take(orders)
            self.is_done = self._after is None

    def _take(self, orders: Sequence[TalliedOrder]) -> None:
        for order in orders:
            self._count.add(order)
        if self._has_costs:
            more = profit_of(orders, self._currency, self._cost_of)
            so_far = self._profit or Profit(0, 0, 0)
            self._profit = Profit(
                so_far.amount + more.amount,
                so_far.orders_with_costs + more.orders_with_costs,
                so_far.orders_without_costs + more.orders_without_costs,
            )

    @property
    def products(self) -> tuple[ProductTally, ...]:
        """What was counted so far."""
        return tuple(self._count.tallies())

    @property
    def profit(self) -> Profit | None:
        """What the orders left over, None where no costs are known."""
        return self._profit


def orders_page(customer_id: int, wanted: OrderFilter, after: Position | None) -> OrdersPage:
    """The next orders of a customer, newest first."""
    with answering():
        ids = [buyer_id for buyer_id, _channel, _external in buyers_of(customer_id)]
        orders = tuple(order_page(ids, wanted, after))
        return OrdersPage(orders, *(channels_and_sources(ids) if after is None else ((), ())))


def written_page(customer_id: int) -> WrittenPage:
    """What people wrote of a customer."""
    with answering():
        return WrittenPage(every_note_of(customer_id), tuple(reversed(edits_of(customer_id))))


def money_page(customer_id: int) -> tuple[BalanceSeen, ...]:
    """What was seen of a customer's debt and points, latest first."""
    with answering():
        return tuple(balances_seen(customer_id))


def related_page(customer_id: int) -> RelatedPage:
    """The profiles that are or may be the same person, and orders of others that look like theirs."""
    with answering():
        return RelatedPage(tuple(links_of(customer_id)), tuple(related_orders(customer_id)))


def plotted_times(customer_id: int) -> tuple[int, ...]:
    """When the orders that are plotted were placed, ms UTC, rising."""
    with answering():
        ids = [buyer_id for buyer_id, _channel, _external in buyers_of(customer_id)]
        return tuple(placed_times(ids, database_now() - PLOTTED))


def opened_order(order_id: int) -> OpenedOrder:
    """An order with its lines and what happened to it."""
    with answering():
        return OpenedOrder(order_card(order_id, current_policy().holds), tuple(timeline_of(order_id)))
