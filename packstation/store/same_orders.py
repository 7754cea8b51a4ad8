"""Which stored orders the records of a page are: their own rows, the orders that they are copies of, the copies that they replace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from packstation.domain.orders import PLATFORM_CHANNELS, IncomingOrder, OrderKind, Origin, Outcome
from packstation.domain.same_orders import HUB_CHANNELS, Lifetime, may_be_one_parcel
from packstation.store.database import rows_of
from packstation.store.order_codes import CodeKind

_SOME = 500


@dataclass(frozen=True, slots=True)
class Known:
    """What a shop's number stands for already. `copied`: the order is kept under another number, or in another shop."""

    order_id: int
    digest: str
    copied: bool
    row_id: int | None = None
    origin: Origin | None = None


@dataclass(slots=True)
class Links:
    """By number: the order that a record is a copy of, and the stored orders that turn out to be copies of the record."""

    copy_of: dict[str, int] = field(default_factory=dict)
    absorbs: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def order_ids(self) -> set[int]:
        """Every order named."""
        return {*self.copy_of.values(), *(order_id for ids in self.absorbs.values() for order_id in ids)}


@dataclass(frozen=True, slots=True)
class _Candidate:
    order_id: int
    shop_id: int
    channel: str
    lifetime: Lifetime


def known_numbers(shop_id: int, orders: Sequence[IncomingOrder]) -> dict[str, Known]:
    """What the shop's numbers stand for, as far as anything was stored under them."""
    numbers = [order.number for order in orders]
    found: dict[str, Known] = {}
    columns = "number, id, digest, became, origin_channel, origin_number"
    for number, row_id, digest, became, channel, origin_number in _rows(
        f"SELECT {columns} FROM orders WHERE shop_id = ? AND number IN (%s)", (shop_id,), numbers
    ):
        origin = Origin(channel, origin_number) if channel is not None else None
        found[number] = Known(became or row_id, digest, became is not None, row_id, origin)
    kinds = {order.number: order.kind for order in orders}
    for code, order_id, kind, digest in _rows(
        f"SELECT code, order_id, kind, digest FROM order_code WHERE shop_id = ? AND kind <> '{CodeKind.ALSO}' AND code IN (%s)",
        (shop_id,),
        numbers,
    ):
        if (kind == CodeKind.BOOKING) == (kinds[code] is OrderKind.BOOKING):
            row_id = found[code].row_id if code in found else None
            found[code] = Known(order_id, digest, True, row_id)
    return found


def find_links(shop_id: int, channel: str, orders: Sequence[IncomingOrder], known: dict[str, Known]) -> Links:
    """What the records have to do with orders stored under other numbers or in other shops."""
    links = Links()
    orders = [order for order in orders if order.number not in known or not known[order.number].copied]
    _link_bookings(shop_id, orders, known, links)
    shops = dict(rows_of("SELECT id, channel FROM shop"))
    _link_by_origin(channel, orders, known, shops, links)
    _link_by_tracking(shop_id, channel, orders, known, shops, links)
    return links


def booking_owners(shop_id: int, bookings: Sequence[str]) -> dict[str, int]:
    """The orders that bookings of a shop became: a booking becomes one order only, the first that says so."""
    sql = f"SELECT code, order_id FROM order_code WHERE shop_id = ? AND kind = '{CodeKind.BOOKING}' AND code IN (%s)"
    return dict(_rows(sql, (shop_id,), bookings))


def _link_bookings(shop_id: int, orders: Sequence[IncomingOrder], known: dict[str, Known], links: Links) -> None:
    """Orders take their bookings over, as far as those are stored."""
    by_booking = {order.booking: order.number for order in orders if order.booking}
    for number, booking_id in _rows(
        f"SELECT number, id FROM orders WHERE shop_id = ? AND kind = '{OrderKind.BOOKING}' AND became IS NULL AND number IN (%s)",
        (shop_id,),
        by_booking,
    ):
        order = by_booking[number]
        if order not in known or known[order].order_id != booking_id:
            links.absorbs[order].append(booking_id)


def _link_by_origin(
    channel: str,
    orders: Sequence[IncomingOrder],
    known: dict[str, Known],
    shops: dict[int, str],
    links: Links,
) -> None:
    """A copy that names its origin is the order of that channel and number, or joins the copy that another hub sent first."""
    origins = {order.number: origin for order in orders if (origin := _origin(order, known))}
    of_channel: dict[Origin, list[int]] = defaultdict(list)
    of_origin: dict[Origin, list[int]] = defaultdict(list)
    numbers = {origin.number for origin in origins.values()}
    for order_shop, number, order_id in _rows(
        "SELECT shop_id, number, id FROM orders WHERE became IS NULL AND number IN (%s)", (), numbers
    ):
        of_channel[Origin(shops[order_shop], number)].append(order_id)
    own = {order.number for order in orders if order.number not in origins}
    for origin_channel, number, order_id in _rows(
        "SELECT origin_channel, origin_number, id FROM orders WHERE became IS NULL AND origin_number IN (%s) ORDER BY id",
        (),
        numbers | own,
    ):
        of_origin[Origin(origin_channel, number)].append(order_id)
    for number, origin in origins.items():
        if not _names_one_shop(origin.channel, shops):
            continue
        own_id = known[number].order_id if number in known else None
        direct = [order_id for order_id in of_channel[origin] if order_id != own_id]
        if len(direct) == 1:
            links.copy_of[number] = direct[0]
            continue
        for other in of_origin[origin]:
            if other == own_id:
                continue
            if own_id is None or other < own_id:
                links.copy_of[number] = other
                break
            links.absorbs[number].append(other)
    for number in own if _names_one_shop(channel, shops) else ():
        own_id = known[number].order_id if number in known else None
        links.absorbs[number] += [other for other in of_origin[Origin(channel, number)] if other != own_id]


def _origin(order: IncomingOrder, known: dict[str, Known]) -> Origin | None:
    return order.origin or (known[order.number].origin if order.number in known else None)


def _names_one_shop(channel: str, shops: dict[int, str]) -> bool:
    """Whether channel and number together name one order: platforms number all shops' orders, others each shop's own."""
    return channel in PLATFORM_CHANNELS or sum(other == channel for other in shops.values()) <= 1


def _link_by_tracking(
    shop_id: int,
    channel: str,
    orders: Sequence[IncomingOrder],
    known: dict[str, Known],
    shops: dict[int, str],
    links: Links,
) -> None:
    """A hub's order without an origin is the one order of a platform that has its tracking number."""
    if channel not in HUB_CHANNELS and channel not in PLATFORM_CHANNELS:
        return
    wanted = HUB_CHANNELS if channel in PLATFORM_CHANNELS else PLATFORM_CHANNELS
    if wanted.isdisjoint(shops.values()):
        return
    carriers: dict[str, set[str]] = defaultdict(set)
    for order in orders:
        if order.kind is not OrderKind.BOOKING and not _origin(order, known) and order.number not in links.copy_of:
            for tracking in (parcel.tracking for parcel in order.parcels if parcel.tracking):
                carriers[tracking].add(order.number)
    by_number = {order.number: order for order in orders}
    candidates = _with_tracking(carriers, shops)
    copies = _hubs_with_copies({found.order_id for some in candidates.values() for found in some} | _ids(known))
    for tracking, numbers in carriers.items():
        if len(numbers) > 1:
            continue
        [number] = numbers
        own_id = known[number].order_id if number in known else None
        found = [candidate for candidate in candidates[tracking] if candidate.order_id != own_id]
        directs = [candidate for candidate in found if candidate.channel in PLATFORM_CHANNELS]
        lifetime = _lifetime(by_number[number])
        if channel in HUB_CHANNELS:
            direct = directs[0] if len(directs) == 1 else None
            if direct and shop_id not in copies[direct.order_id] and may_be_one_parcel(lifetime, direct.lifetime):
                links.copy_of[number] = direct.order_id
                copies[direct.order_id].add(shop_id)
        elif not directs:
            have = copies[own_id] if own_id is not None else set()
            for candidate in found:
                alone = sum(other.shop_id == candidate.shop_id for other in found) == 1
                if alone and candidate.shop_id not in have and may_be_one_parcel(lifetime, candidate.lifetime):
                    links.absorbs[number].append(candidate.order_id)


def _ids(known: dict[str, Known]) -> set[int]:
    return {found.order_id for found in known.values()}


def _lifetime(order: IncomingOrder) -> Lifetime:
    ended = [
        timed.known_at for timed in order.outcomes if timed.outcome is not Outcome.OPEN and timed.known_at is not None
    ]
    return Lifetime(order.placed_at, max(ended) if ended else None)


def _with_tracking(trackings: Collection[str], shops: dict[int, str]) -> defaultdict[str, list[_Candidate]]:
    """The orders of platforms, and those of hubs without an origin, whose parcels have these tracking numbers."""
    found: defaultdict[str, list[_Candidate]] = defaultdict(list)
    for tracking, order_id, shop_id, placed_at, outcome, known_at in _rows(
        "SELECT p.tracking, o.id, o.shop_id, o.placed_at, o.outcome, o.outcome_known_at FROM parcel p "
        "JOIN parcel_order po ON po.parcel_id = p.id JOIN orders o ON o.id = po.order_id "
        f"WHERE o.became IS NULL AND o.origin_number IS NULL AND o.kind <> '{OrderKind.BOOKING}' AND p.tracking IN (%s) ORDER BY o.id",
        (),
        trackings,
    ):
        if shops[shop_id] in PLATFORM_CHANNELS or shops[shop_id] in HUB_CHANNELS:
            lifetime = Lifetime(placed_at, None if outcome == Outcome.OPEN else known_at)
            found[tracking].append(_Candidate(order_id, shop_id, shops[shop_id], lifetime))
    return found


def _hubs_with_copies(order_ids: Iterable[int]) -> defaultdict[int, set[int]]:
    """The shops that hold copies of orders, by order: one shop has an order once, whatever parcels share a number."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for order_id, shop_id in _rows(
        f"SELECT order_id, shop_id FROM order_code WHERE kind = '{CodeKind.HUB}' AND order_id IN (%s)", (), order_ids
    ):
        found[order_id].add(shop_id)
    return found


def _rows(sql: str, values: Sequence[Any], keys: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query for many keys, `%s` standing for the marks of some of them; duplicates asked for once."""
    every = sorted(set(keys))
    for start in range(0, len(every), _SOME):
        some = every[start : start + _SOME]
        yield from rows_of(sql % ",".join("?" * len(some)), (*values, *some))
